//! The JSON Schema of an update: what the document says, and the rules that OpenAPI 3.0 cannot say.

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

/// White space as Rust and Unicode have it; what `\s` means differs from one implementation to the next.
const WHITE_SPACE: &str = r"\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// Draft 2020-12 has a word for each rule of [`Validate`](crate::Validate), so `schemars::schema_for!` gives a schema
/// that takes the updates that [`DestinationUpdate::from_json`] takes. They differ on a key that stands twice, of which
/// a validator sees the last, and on a type that is written as `{"STAFF": null}`, which `from_json` takes.
impl JsonSchema for DestinationUpdate {
    fn schema_name() -> Cow<'static, str> {
        "DestinationUpdate".into()
    }

    fn inline_schema() -> bool {
        false
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let schemas: Value = serde_json::from_str(SCHEMAS).unwrap_or_default();
        let mut schema = from_openapi(&schemas, &schemas[Self::schema_name().as_ref()]);
        schema["additionalProperties"] = false.into();
        let properties = &mut schema["properties"];
        extend(&mut properties[Self::DISPLAY_NAME], trimmed());
        for field in [Self::SUPPORT_LANGUAGES, Self::SUPPORT_LOCATIONS] {
            extend(&mut properties[field], json!({ "minItems": 1, "uniqueItems": true }));
            extend(
                &mut properties[field],
                json!({ "if": { "contains": { "const": WILDCARD } }, "then": { "maxItems": 1 } }),
            );
            extend(&mut properties[field]["items"], entry(EntryForm::Code));
        }
        extend(&mut properties[Self::TYPES], json!({ "minItems": 1, "uniqueItems": true }));
        let mut conditions = Vec::new();
        for &kind in DestinationType::ALL {
            let list = target_list(kind);
            extend(&mut properties[list.name], json!({ "uniqueItems": true }));
            extend(&mut properties[list.name]["items"], entry(form(kind)));
            conditions.push(json!({
                "if": { "required": [Self::TYPES], "properties": { (Self::TYPES): { "contains": { "const": kind } } } },
                "then": { "required": [list.name], "properties": { (list.name): { "minItems": 1 } } },
                "else": { "properties": { (list.name): { "maxItems": 0 } } },
            }));
        }
        schema["allOf"] = conditions.into();
        schema.try_into().unwrap_or_default()
    }
}

fn entry(form: EntryForm) -> Value {
    match form {
        EntryForm::Code => trimmed(),
        // Where `$` also stands before a line feed at the end, the second pattern finds it.
        EntryForm::Number => json!({ "pattern": r"^\+?[1-9][0-9]{6,14}$", "not": { "pattern": "[^+0-9]" } }),
        EntryForm::StaffId => json!({ "pattern": format!("[^{WHITE_SPACE}]"), "not": { "const": WILDCARD } }),
    }
}

fn trimmed() -> Value {
    json!({ "pattern": format!("[^{WHITE_SPACE}]"), "not": { "pattern": format!("^[{WHITE_SPACE}]|[{WHITE_SPACE}]$") } })
}

fn extend(schema: &mut Value, words: Value) {
    if let (Value::Object(schema), Value::Object(words)) = (schema, words) {
        schema.extend(words);
    }
}

/// Puts each schema in place of its reference, and writes an example as draft 2020-12 does.
fn from_openapi(schemas: &Value, schema: &Value) -> Value {
    match schema {
        Value::Object(words) => {
            match words.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next()) {
                Some(name) => from_openapi(schemas, &schemas[name]),
                None => words
                    .iter()
                    .map(|(word, value)| match word.as_str() {
                        "example" => ("examples".to_owned(), json!([value])),
                        _ => (word.clone(), from_openapi(schemas, value)),
                    })
                    .collect::<Map<_, _>>()
                    .into(),
            }
        }
        Value::Array(values) => values.iter().map(|value| from_openapi(schemas, value)).collect(),
        other => other.clone(),
    }
}
