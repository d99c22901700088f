//! The form of an update: whether each value is of the kind that the document's schema gives.
//!
//! It knows the keywords `$ref`, `type`, `nullable`, `enum`, `items`, `properties`, `required` and
//! `additionalProperties: false`; whatever else a schema says is left to the generated type. Values are kept as they
//! stand in the text, so that the place of each is known.

use std::{collections::HashSet, fmt, sync::LazyLock};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, json, value::RawValue};

use super::{
    error::JsonError,
    kind::{self, Kind},
};
use crate::generated::document::SCHEMAS;

/// The key under which an editor finds the JSON Schema of a file; it is allowed beside the fields of an update.
pub(crate) const SCHEMA_KEY: &str = "$schema";

const UPDATE: &str = "DestinationUpdate";

/// Reading nested lists and objects takes stack; serde_json has a similar limit.
const MAX_DEPTH: usize = 100;

/// The document's schemas. An update may have `$schema`, and nothing else that the document does not name.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut schemas: Value = serde_json::from_str(SCHEMAS).unwrap_or_default();
    schemas[UPDATE]["additionalProperties"] = false.into();
    schemas[UPDATE]["properties"][SCHEMA_KEY] = json!({ "type": "string" });
    schemas
});

/// The fields of an object in their order, each value as it stands in the text.
pub(crate) type Fields<'a> = Vec<(String, &'a RawValue)>;

/// The fields of an update, each with a value of the right form.
pub(crate) fn read(text: &str) -> Result<Fields<'_>, JsonError> {
    let start = text.len() - text.trim_ascii_start().len();
    if !text[start..].starts_with('{') {
        let what = if start == text.len() { "is empty" } else { "is not an object" };
        return Err(JsonError::at("", text.as_bytes(), start, &format!("{what}; write the update as {{ … }}")));
    }
    let update: &RawValue = serde_json::from_str(text).map_err(|e| JsonError::syntax(text, &e))?;
    check_fields(update, &DOCUMENT[UPDATE], 0).map_err(|problem| {
        let offset = problem.value.get().as_ptr().addr() - text.as_ptr().addr();
        JsonError::at(&problem.pointer, text.as_bytes(), offset, &problem.sentence)
    })
}

/// What is wrong with a value, and the JSON pointer to it.
struct Problem<'a> {
    pointer: String,
    value: &'a RawValue,
    sentence: String,
}

impl<'a> Problem<'a> {
    fn new(value: &'a RawValue, sentence: String) -> Self {
        Self { pointer: String::new(), value, sentence }
    }

    fn under(self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("/{key}{}", self.pointer), ..self }
    }
}

fn check<'a>(value: &'a RawValue, schema: &Value, is_optional: bool, depth: usize) -> Result<(), Problem<'a>> {
    let schema = match schema["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        Some(name) => &DOCUMENT[name],
        None => schema,
    };
    let found = Kind::of(value);
    let expected = schema["type"].as_str().and_then(Kind::of_type);
    if expected.is_none() || (found == Kind::Null && schema["nullable"] == true) {
        return Ok(());
    }
    if depth > MAX_DEPTH {
        return Err(Problem::new(value, "is nested too deeply; write fewer levels".to_owned()));
    }
    if expected != Some(found) {
        return Err(Problem::new(value, kind::correction(value, schema, is_optional)));
    }
    match found {
        Kind::Object => check_fields(value, schema, depth).map(drop),
        Kind::List => check_entries(value, schema, depth),
        Kind::Text => check_text(value, schema),
        Kind::Number | Kind::Boolean | Kind::Null => Ok(()),
    }
}

fn check_fields<'a>(object: &'a RawValue, schema: &Value, depth: usize) -> Result<Fields<'a>, Problem<'a>> {
    let Members(fields) = parse(object)?;
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut seen = HashSet::new();
    for (key, value) in &fields {
        let checked = match schema["properties"].get(key) {
            None if schema["additionalProperties"] == false => Err(Problem::new(value, unknown(key, schema))),
            _ if !seen.insert(key.as_str()) => {
                Err(Problem::new(value, format!("duplicate field `{key}`; remove one of the two")))
            }
            Some(schema) => check(value, schema, !required.contains(&key.as_str()), depth + 1),
            None => Ok(()),
        };
        checked.map_err(|problem| problem.under(key))?;
    }
    match required.into_iter().find(|name| !seen.contains(name)) {
        Some(name) => Err(Problem::new(object, format!("missing field `{name}`"))),
        None => Ok(fields),
    }
}

fn unknown(key: &str, schema: &Value) -> String {
    let mut known: Vec<_> =
        schema["properties"].as_object().into_iter().flat_map(|properties| properties.keys()).collect();
    known.retain(|name| *name != SCHEMA_KEY);
    known.sort();
    let known: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    format!("unknown field `{key}`, expected one of {}", known.join(", "))
}

fn check_entries<'a>(list: &'a RawValue, schema: &Value, depth: usize) -> Result<(), Problem<'a>> {
    let entries: Vec<&RawValue> = parse(list)?;
    entries.into_iter().enumerate().try_for_each(|(index, entry)| {
        check(entry, &schema["items"], false, depth + 1).map_err(|problem| problem.under(&index.to_string()))
    })
}

fn check_text<'a>(value: &'a RawValue, schema: &Value) -> Result<(), Problem<'a>> {
    let text: String = parse(value)?;
    match schema["enum"].as_array() {
        Some(values) if !values.contains(&text.into()) => {
            let problem = format!("{} is unknown; write {}", kind::shown(value), kind::form(Kind::Text, schema));
            Err(Problem::new(value, problem))
        }
        _ => Ok(()),
    }
}

/// Reads JSON that is known to be well-formed, so that only an escape can be wrong: `\ud800` is half of a character.
fn parse<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<T, Problem<'a>> {
    serde_json::from_str(value.get()).map_err(|_| {
        let problem = r"has a \u escape that is only half of a character; write the character itself";
        Problem::new(value, problem.to_owned())
    })
}

/// The fields of an object, also those that are there twice.
struct Members<'a>(Fields<'a>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Members(fields))
    }
}
