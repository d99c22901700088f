//! The JSON Schema of an update: what the document says, and the rules that OpenAPI 3.0 cannot say.
//!
//! The build script writes the schemas of the document in the words of JSON Schema. Here each rule is added to them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{
    characters::{FORBIDDEN, INVISIBLE, Table},
    entries::{CODE_SEPARATORS, EntryForm, WILDCARD_LOOKALIKES},
    json::SCHEMA_KEY,
    targets::form,
};
use crate::{
    generated::{
        document::SCHEMAS,
        types::{DestinationType, DestinationUpdate},
    },
    model::{WILDCARD, target_list},
};

/// Where `SCHEMAS` refers to.
const DEFINITIONS: &str = "#/$defs/";

/// White space as Rust and Unicode have it; what `\s` means differs from one implementation to the next.
const WHITE_SPACE: &Table = &[
    '\t'..='\r',
    ' '..=' ',
    '\u{85}'..='\u{85}',
    '\u{a0}'..='\u{a0}',
    '\u{1680}'..='\u{1680}',
    '\u{2000}'..='\u{200a}',
    '\u{2028}'..='\u{2029}',
    '\u{202f}'..='\u{202f}',
    '\u{205f}'..='\u{205f}',
    '\u{3000}'..='\u{3000}',
];

/// The rules of [`Validate`](crate::Validate) in the words of draft 2020-12: `schemars::schema_for!` gives a schema that
/// takes the updates that [`DestinationUpdate::from_json`] takes. It cannot say everything: a validator does not see
/// that a key is there twice, that a number is there with and without `+`, or that the JSON is larger than 4 MiB.
///
/// Its patterns are understood by ECMA-262, RE2 (Go) and PCRE (PHP), and its words mean the same in draft-07: for an
/// editor that knows no other, make it with `schemars::generate::SchemaSettings::draft07()`.
impl JsonSchema for DestinationUpdate {
    fn schema_name() -> Cow<'static, str> {
        "DestinationUpdate".into()
    }

    fn inline_schema() -> bool {
        false
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let definitions: Map<String, Value> = serde_json::from_str(SCHEMAS).unwrap_or_default();
        let mut schema = definitions.get(Self::schema_name().as_ref()).cloned().unwrap_or_default();
        add_definitions(&mut schema, &definitions, generator);
        let properties = &mut schema["properties"];
        properties[SCHEMA_KEY] = json!({
            "type": "string",
            "description": "Where an editor finds this schema. It is not sent.",
            "examples": ["./destination-update.schema.json"],
        });
        add(&mut properties[Self::DISPLAY_NAME], visible(&[FORBIDDEN]));
        for field in [Self::SUPPORT_LANGUAGES, Self::SUPPORT_LOCATIONS] {
            add(&mut properties[field], json!({ "minItems": 1 }));
            add(&mut properties[field], unique());
            add(&mut properties[field], wildcard_alone());
            add(&mut properties[field], each_entry(EntryForm::Code));
        }
        add(&mut properties[Self::TYPES], json!({ "minItems": 1 }));
        add(&mut properties[Self::TYPES], unique());
        for &kind in DestinationType::ALL {
            let list = target_list(kind).name;
            add(&mut properties[list], unique());
            add(&mut properties[list], each_entry(form(kind)));
        }
        for &kind in DestinationType::ALL {
            add(&mut schema, targets_of_selected_type(kind));
        }
        schema.try_into().unwrap_or_default()
    }
}

/// Adds the schemas to which a schema refers, under names that no type of the caller has.
fn add_definitions(schema: &mut Value, definitions: &Map<String, Value>, generator: &mut SchemaGenerator) {
    let name = match schema.get("$ref") {
        Some(Value::String(target)) => target.strip_prefix(DEFINITIONS).map(str::to_owned),
        _ => None,
    };
    if let Some(name) = name {
        let unique_name = format!("{}.{name}", DestinationUpdate::schema_name());
        let path = generator.settings().definitions_path.trim_start_matches('#').trim_matches('/').to_owned();
        schema["$ref"] = format!("#/{path}/{unique_name}").into();
        if let Some(definition) = definitions.get(&name)
            && !generator.definitions().contains_key(&unique_name)
        {
            let mut definition = definition.clone();
            // First, because a reference in it may lead back to it.
            generator.definitions_mut().insert(unique_name.clone(), Value::Null);
            add_definitions(&mut definition, definitions, generator);
            generator.definitions_mut().insert(unique_name, definition);
        }
    }
    match schema {
        Value::Object(words) => words.values_mut().for_each(|word| add_definitions(word, definitions, generator)),
        Value::Array(items) => items.iter_mut().for_each(|item| add_definitions(item, definitions, generator)),
        _ => {}
    }
}

/// Adds a rule to what a schema says. Draft-07 ignores what is beside a reference.
fn add(schema: &mut Value, rule: Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ "allOf": [schema.take()] });
    }
    match schema.get_mut("allOf").and_then(Value::as_array_mut) {
        Some(rules) => rules.push(rule),
        None => schema["allOf"] = json!([rule]),
    }
}

fn unique() -> Value {
    json!({ "uniqueItems": true })
}

fn wildcard_alone() -> Value {
    json!({ "if": { "contains": { "const": WILDCARD } }, "then": { "maxItems": 1 } })
}

fn targets_of_selected_type(kind: DestinationType) -> Value {
    let list = target_list(kind).name;
    let types = DestinationUpdate::TYPES;
    json!({
        "if": { "required": [types], "properties": { (types): { "contains": { "const": kind } } } },
        "then": { "required": [list], "properties": { (list): { "minItems": 1 } } },
        "else": { "properties": { (list): { "maxItems": 0 } } },
    })
}

fn each_entry(form: EntryForm) -> Value {
    let hidden = &[FORBIDDEN, INVISIBLE];
    let entry = match form {
        EntryForm::Code => {
            let separators = format!("[{}]", CODE_SEPARATORS.iter().collect::<String>());
            other_than(visible(hidden), &[json!({ "enum": WILDCARD_LOOKALIKES }), json!({ "pattern": separators })])
        }
        // Where `$` also stands before a line feed at the end, the second pattern finds it.
        EntryForm::Number => json!({ "pattern": r"^\+?[1-9][0-9]{6,14}$", "not": { "pattern": "[^+0-9]" } }),
        EntryForm::StaffId => {
            other_than(visible(hidden), &[json!({ "const": WILDCARD }), json!({ "enum": WILDCARD_LOOKALIKES })])
        }
    };
    json!({ "items": entry })
}

/// Adds to what is refused already.
fn other_than(mut words: Value, refused: &[Value]) -> Value {
    let mut all = vec![words["not"].take()];
    all.extend_from_slice(refused);
    words["not"] = json!({ "anyOf": all });
    words
}

/// Text that shows something, has no white space around it, and none of the hidden characters.
fn visible(hidden: &[&Table]) -> Value {
    let (space, hidden) = (class(&[WHITE_SPACE]), class(hidden));
    let unseen = class(&[WHITE_SPACE, FORBIDDEN, INVISIBLE]);
    json!({
        "pattern": format!("[^{unseen}]"),
        "not": { "pattern": format!("^[{space}]|[{space}]$|[{hidden}]") },
    })
}

/// What stands between the brackets of a regular expression. An escape with two digits is the only one that ECMA 262,
/// RE2 and PCRE have in common.
fn class(tables: &[&Table]) -> String {
    let written = |c: char| match u32::from(c) {
        code @ ..=0xff => format!("\\x{code:02x}"),
        _ => c.to_string(),
    };
    let ranges = tables.iter().copied().flatten().map(|range| match (*range.start(), *range.end()) {
        (start, end) if start == end => written(start),
        (start, end) => format!("{}-{}", written(start), written(end)),
    });
    ranges.collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_rust() {
        let is_listed = |c: &char| WHITE_SPACE.iter().any(|range| range.contains(c));
        assert!(('\0'..=char::MAX).all(|c| c.is_whitespace() == is_listed(&c)));
    }
}
