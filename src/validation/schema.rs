//! The JSON Schema of an update: what the document says, and the rules that OpenAPI 3.0 cannot say.
//!
//! The build script writes the schemas of the document in the words of JSON Schema. Here each rule of ours is added by a
//! function, in words that mean the same in draft 2020-12 and in draft-07, which editors know.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{entries::EntryForm, targets::form};
use crate::{
    generated::{
        document::SCHEMAS,
        types::{DestinationType, DestinationUpdate},
    },
    model::{WILDCARD, target_list},
};

/// Where `SCHEMAS` refers to.
const DEFINITIONS: &str = "#/$defs/";

/// White space as Rust and Unicode have it, as characters: the syntaxes of regular expressions have no escape for them
/// in common, and what `\s` means differs from one to the next.
const WHITE_SPACE: &str =
    "\u{9}-\u{d}\u{20}\u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// Draft 2020-12 has a word for each rule of [`Validate`](crate::Validate), so `schemars::schema_for!` gives a schema
/// that takes the updates that [`DestinationUpdate::from_json`] takes. They differ on a key that stands twice, of which
/// a validator sees the last, and on a type that is written as `{"STAFF": null}`, which `from_json` takes.
///
/// Its patterns are understood by ECMA-262, RE2 (Go) and PCRE (PHP). For an editor that knows draft-07 only, make it with
/// `schemars::generate::SchemaSettings::draft07()`.
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
        // How editors find the schema of a file. It is not sent.
        properties["$schema"] = json!({ "type": "string" });
        add(&mut properties[Self::DISPLAY_NAME], trimmed());
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
    let referred = match schema.get("$ref") {
        Some(Value::String(target)) => target.strip_prefix(DEFINITIONS).map(str::to_owned),
        _ => None,
    };
    if let Some(name) = referred {
        let unique_name = format!("{}.{name}", DestinationUpdate::schema_name());
        let path = generator.settings().definitions_path.trim_start_matches('#').trim_matches('/').to_owned();
        schema["$ref"] = format!("#/{path}/{unique_name}").into();
        if let Some(definition) = definitions.get(&name)
            && !generator.definitions().contains_key(&unique_name)
        {
            let mut definition = definition.clone();
            // Before its own references are followed: one of them may lead back.
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

/// Adds a rule to what a schema says. Draft-07 ignores what stands beside a reference.
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

fn each_entry(form: EntryForm) -> Value {
    let entry = match form {
        EntryForm::Code => trimmed(),
        // Where `$` also stands before a line feed at the end, the second pattern finds it.
        EntryForm::Number => json!({ "pattern": r"^\+?[1-9][0-9]{6,14}$", "not": { "pattern": "[^+0-9]" } }),
        EntryForm::StaffId => json!({ "pattern": format!("[^{WHITE_SPACE}]"), "not": { "const": WILDCARD } }),
    };
    json!({ "items": entry })
}

fn trimmed() -> Value {
    json!({ "pattern": format!("[^{WHITE_SPACE}]"), "not": { "pattern": format!("^[{WHITE_SPACE}]|[{WHITE_SPACE}]$") } })
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
