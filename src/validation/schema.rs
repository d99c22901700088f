//! The JSON Schema of an update: the document's schema plus the rules that OpenAPI 3.0 cannot express.
//!
//! The build script converts the document's schemas to JSON Schema; this module adds our rules to them.

use std::{borrow::Cow, iter};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{
    list::{EntryKind, is_separator_or_quote},
    object::SCHEMA_KEY,
    text::{is_forbidden, is_hidden},
    validate::entry_kind,
};
use crate::{
    generated::{
        document::SCHEMAS,
        types::{DestinationType, DestinationUpdate},
    },
    model::{WILDCARD, target_field},
};

/// Prefix of the references in `SCHEMAS`.
const DEFINITIONS: &str = "#/$defs/";

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

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let definitions: Map<String, Value> = serde_json::from_str(SCHEMAS).unwrap_or_default();
        let mut schema = definitions.get(Self::schema_name().as_ref()).cloned().unwrap_or_default();
        define_references(&mut schema, &definitions, generator);
        schema["properties"][SCHEMA_KEY] = json!({
            "type": "string",
            "description": "URL of this schema, for editors. Not sent to the server.",
            "examples": ["./destination-update.schema.json"],
        });
        let fields = json!({
            (Self::DISPLAY_NAME): text_without(is_forbidden),
            (Self::SUPPORT_LANGUAGES): codes(),
            (Self::SUPPORT_LOCATIONS): codes(),
            (Self::TYPES): { "minItems": 1, "uniqueItems": true },
        });
        let targets = DestinationType::ALL.iter().map(|kind| targets(*kind));
        schema["allOf"] = iter::once(json!({ "properties": fields })).chain(targets).collect();
        schema.try_into().unwrap_or_default()
    }
}

/// Adds the schemas that this one refers to, under names that cannot clash with the caller's types.
fn define_references(schema: &mut Value, definitions: &Map<String, Value>, generator: &mut SchemaGenerator) {
    match schema {
        Value::Object(keywords) => {
            for (keyword, value) in keywords {
                match value.as_str().and_then(|target| target.strip_prefix(DEFINITIONS)) {
                    Some(name) if keyword == "$ref" => *value = define(name, definitions, generator),
                    _ => define_references(value, definitions, generator),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| define_references(item, definitions, generator)),
        _ => {}
    }
}

/// Adds a schema to the definitions, and returns the reference to it.
fn define(name: &str, definitions: &Map<String, Value>, generator: &mut SchemaGenerator) -> Value {
    let unique_name = format!("{}.{name}", DestinationUpdate::schema_name());
    if !generator.definitions().contains_key(&unique_name) {
        // Before the recursion, because the schema may refer to itself.
        generator.definitions_mut().insert(unique_name.clone(), Value::Null);
        let mut definition = definitions.get(name).cloned().unwrap_or_default();
        define_references(&mut definition, definitions, generator);
        generator.definitions_mut().insert(unique_name.clone(), definition);
    }
    let path = generator.settings().definitions_path.trim_start_matches('#').trim_matches('/');
    format!("#/{path}/{unique_name}").into()
}

fn codes() -> Value {
    json!({
        "minItems": 1,
        "uniqueItems": true,
        "items": entry(EntryKind::Code),
        "if": { "contains": { "const": WILDCARD } },
        "then": { "maxItems": 1 },
    })
}

/// The rules of a type's targets: there are some if, and only if, the type is selected.
fn targets(kind: DestinationType) -> Value {
    let (list, types) = (target_field(kind), DestinationUpdate::TYPES);
    json!({
        "properties": { (list): { "uniqueItems": true, "items": entry(entry_kind(kind)) } },
        "if": { "required": [types], "properties": { (types): { "contains": { "const": kind } } } },
        "then": { "required": [list], "properties": { (list): { "minItems": 1 } } },
        "else": { "properties": { (list): { "maxItems": 0 } } },
    })
}

fn entry(kind: EntryKind) -> Value {
    match kind {
        EntryKind::Code => text_without(|c| is_hidden(c) || is_separator_or_quote(c)),
        // In some dialects `$` matches before a final line feed; the second pattern rejects that.
        EntryKind::Number => json!({ "pattern": r"^\+?[1-9][0-9]{6,14}$", "not": { "pattern": "[^+0-9]" } }),
        EntryKind::StaffId => json!({ "allOf": [text_without(is_hidden), { "not": { "const": WILDCARD } }] }),
    }
}

/// A text that is not blank, has no white space around it, is not damaged and has none of these characters.
fn text_without(is_disallowed: fn(char) -> bool) -> Value {
    let space = class(char::is_whitespace);
    let disallowed = class(|c| is_disallowed(c) || c == char::REPLACEMENT_CHARACTER);
    let invisible = class(|c| c.is_whitespace() || is_hidden(c));
    json!({
        "pattern": format!("[^{invisible}]"),
        "not": { "pattern": format!("^[{space}]|[{space}]$|[{disallowed}]") },
    })
}

/// These characters as the content of a regex character class; `\s` and other names differ between dialects. `\xHH` is
/// the only escape that ECMA-262, RE2 and PCRE have in common.
fn class(is_member: impl Fn(char) -> bool) -> String {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut before = None;
    for c in '\0'..=char::MAX {
        if is_member(c) {
            match ranges.last_mut() {
                Some((_, end)) if before == Some(*end) => *end = c,
                _ => ranges.push((c, c)),
            }
        }
        before = Some(c);
    }
    let written = |c: char| if c <= '\u{ff}' { format!("\\x{:02x}", u32::from(c)) } else { c.to_string() };
    let written = |(start, end)| format!("{}-{}", written(start), written(end));
    ranges.into_iter().map(written).collect()
}
