//! The JSON Schema of an update: what the document says, and the rules that OpenAPI 3.0 cannot say.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{
    characters::{FORBIDDEN, INVISIBLE, Table},
    entries::EntryForm,
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
        extend(&mut properties[Self::DISPLAY_NAME], visible(&[FORBIDDEN]));
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
        properties[SCHEMA_KEY] = json!({ "description": "Where an editor finds this schema.", "type": "string" });
        schema["allOf"] = conditions.into();
        schema.try_into().unwrap_or_default()
    }
}

fn entry(form: EntryForm) -> Value {
    match form {
        EntryForm::Code => visible(&[FORBIDDEN, INVISIBLE]),
        // Where `$` also stands before a line feed at the end, the second pattern finds it.
        EntryForm::Number => json!({ "pattern": r"^\+?[1-9][0-9]{6,14}$", "not": { "pattern": "[^+0-9]" } }),
        EntryForm::StaffId => {
            let mut words = visible(&[FORBIDDEN, INVISIBLE]);
            words["not"] = json!({ "anyOf": [words["not"], { "const": WILDCARD }] });
            words
        }
    }
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
    tables
        .iter()
        .copied()
        .flatten()
        .map(|range| format!("{}-{}", written(*range.start()), written(*range.end())))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_rust() {
        let is_listed = |c: &char| WHITE_SPACE.iter().any(|range| range.contains(c));
        assert!(('\0'..=char::MAX).all(|c| c.is_whitespace() == is_listed(&c)));
    }
}
