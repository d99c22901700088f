//! The JSON Schema of an update: the document's schema plus the rules that OpenAPI 3.0 cannot express.
//!
//! The build script converts the document's schemas to JSON Schema; this module adds our rules to them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{
    characters::{FORBIDDEN, INVISIBLE, Table},
    entries::{CODE_SEPARATORS, EntryKind, WILDCARD_LOOKALIKES},
    json::SCHEMA_KEY,
    targets::entry_kind,
};
use crate::{
    generated::{
        document::SCHEMAS,
        types::{DestinationType, DestinationUpdate},
    },
    model::{WILDCARD, target_list},
};

/// Prefix of the references in `SCHEMAS`.
const DEFINITIONS: &str = "#/$defs/";

/// Unicode white space, as in Rust. `\s` differs between regex implementations.
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

/// The rules of [`Validate`](crate::Validate) as JSON Schema (draft 2020-12). The schema accepts the updates that
/// [`DestinationUpdate::from_json`] accepts, with these exceptions: a validator does not detect duplicate keys, the
/// same number with and without `+`, or JSON of more than 4 MiB.
///
/// The patterns work in ECMA-262, RE2 (Go) and PCRE (PHP). All keywords have the same meaning in draft-07; for editors
/// that support only that, generate the schema with `schemars::generate::SchemaSettings::draft07()`.
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
            "description": "URL of this schema, for editors. Not sent to the server.",
            "examples": ["./destination-update.schema.json"],
        });
        add(&mut properties[Self::DISPLAY_NAME], visible(&[FORBIDDEN]));
        for field in [Self::SUPPORT_LANGUAGES, Self::SUPPORT_LOCATIONS] {
            add(&mut properties[field], json!({ "minItems": 1 }));
            add(&mut properties[field], unique());
            add(&mut properties[field], wildcard_alone());
            add(&mut properties[field], each_entry(EntryKind::Code));
        }
        add(&mut properties[Self::TYPES], json!({ "minItems": 1 }));
        add(&mut properties[Self::TYPES], unique());
        for &kind in DestinationType::ALL {
            let list = target_list(kind).name;
            add(&mut properties[list], unique());
            add(&mut properties[list], each_entry(entry_kind(kind)));
        }
        for &kind in DestinationType::ALL {
            add(&mut schema, targets_of_selected_type(kind));
        }
        schema.try_into().unwrap_or_default()
    }
}

/// Adds referenced schemas to the definitions, under names that cannot clash with the caller's types.
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
            // Inserted before the recursion, because the definition may refer to itself.
            generator.definitions_mut().insert(unique_name.clone(), Value::Null);
            add_definitions(&mut definition, definitions, generator);
            generator.definitions_mut().insert(unique_name, definition);
        }
    }
    match schema {
        Value::Object(keywords) => {
            keywords.values_mut().for_each(|value| add_definitions(value, definitions, generator));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add_definitions(item, definitions, generator)),
        _ => {}
    }
}

/// Adds a rule to a schema. A `$ref` is wrapped in `allOf`, because draft-07 ignores its siblings.
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

fn each_entry(kind: EntryKind) -> Value {
    let hidden = &[FORBIDDEN, INVISIBLE];
    let entry = match kind {
        EntryKind::Code => {
            let separators = format!("[{}]", CODE_SEPARATORS.iter().collect::<String>());
            other_than(visible(hidden), &[json!({ "enum": WILDCARD_LOOKALIKES }), json!({ "pattern": separators })])
        }
        // In some dialects `$` matches before a final line feed; the second pattern rejects that.
        EntryKind::Number => json!({ "pattern": r"^\+?[1-9][0-9]{6,14}$", "not": { "pattern": "[^+0-9]" } }),
        EntryKind::StaffId => {
            other_than(visible(hidden), &[json!({ "const": WILDCARD }), json!({ "enum": WILDCARD_LOOKALIKES })])
        }
    };
    json!({ "items": entry })
}

/// Adds exceptions to a schema that has a `not`.
fn other_than(mut schema: Value, exceptions: &[Value]) -> Value {
    let mut all = vec![schema["not"].take()];
    all.extend_from_slice(exceptions);
    schema["not"] = json!({ "anyOf": all });
    schema
}

/// A string that is not blank and has no surrounding white space or hidden characters.
fn visible(hidden: &[&Table]) -> Value {
    let (space, hidden) = (class(&[WHITE_SPACE]), class(hidden));
    let invisible = class(&[WHITE_SPACE, FORBIDDEN, INVISIBLE]);
    json!({
        "pattern": format!("[^{invisible}]"),
        "not": { "pattern": format!("^[{space}]|[{space}]$|[{hidden}]") },
    })
}

/// The content of a regex character class. `\xHH` is the only escape that ECMA-262, RE2 and PCRE have in common.
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
    fn white_space_table_matches_rust() {
        let is_listed = |c: &char| WHITE_SPACE.iter().any(|range| range.contains(c));
        assert!(('\0'..=char::MAX).all(|c| c.is_whitespace() == is_listed(&c)));
    }
}
