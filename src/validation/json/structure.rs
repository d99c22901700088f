//! Checks that each value has the JSON type that the document's schema requires.
//!
//! Values are kept as slices of the input, so that their position is known.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    document::{OF_UPDATE, SCHEMA_KEY, Schema},
    error::JsonError,
    kind::{self, Kind},
    meant::meant,
    syntax,
};

/// Bounds recursion; serde_json has a similar limit.
const MAX_DEPTH: usize = 100;

/// The fields of an object in order; each value is a slice of the input.
pub(crate) type Fields<'a> = Vec<(String, &'a RawValue)>;

/// Reads the fields of an update and checks their structure.
pub(crate) fn read(text: &str) -> Result<Fields<'_>, JsonError> {
    let start = text.len() - text.trim_start_matches(syntax::WHITE_SPACE).len();
    // `syntax` reports the other characters that may precede an object.
    if !text[start..].starts_with(|c| "{｛/#".contains(c) || syntax::is_invisible(c)) {
        let what = if start == text.len() { "is empty" } else { "is not an object" };
        return Err(JsonError::at("", text.as_bytes(), start, &format!("{what}; write the update as {{ … }}")));
    }
    let update: &RawValue = serde_json::from_str(text).map_err(|_| {
        let (offset, problem) = syntax::find(text).unwrap_or((start, "is not valid JSON; correct it".to_owned()));
        JsonError::at("", text.as_bytes(), offset, &problem)
    })?;
    check_fields(update, &OF_UPDATE, 0).map_err(|problem| problem.in_text(text))
}

/// The error for a well-formed value that the generated type rejects; `field` is the one that was deserialized last.
pub(crate) fn rejected_by_type(
    text: &str,
    field: Option<&(String, &RawValue)>,
    error: &serde_json::Error,
) -> JsonError {
    match field {
        Some((key, value)) => Problem::new(value, kind::rejected(error)).under(key).in_text(text),
        None => JsonError::at("", text.as_bytes(), 0, &kind::rejected(error)),
    }
}

/// What is wrong with a value, and the JSON pointer to it.
struct Problem<'a> {
    pointer: String,
    value: &'a RawValue,
    message: String,
}

impl<'a> Problem<'a> {
    fn new(value: &'a RawValue, message: String) -> Self {
        Self { pointer: String::new(), value, message }
    }

    fn under(self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("/{key}{}", self.pointer), ..self }
    }

    fn in_text(self, text: &str) -> JsonError {
        // The placeholder of a name that is too long is not a slice of the text.
        let offset = self.value.get().as_ptr().addr().checked_sub(text.as_ptr().addr());
        let offset = offset.filter(|offset| *offset < text.len()).unwrap_or_default();
        JsonError::at(&self.pointer, text.as_bytes(), offset, &self.message)
    }
}

fn check<'a>(value: &'a RawValue, schema: &Schema, is_optional: bool, depth: usize) -> Result<(), Problem<'a>> {
    let found = Kind::of(value);
    if found == Kind::Null && schema.is_nullable() {
        return Ok(());
    }
    let schema = schema.resolve();
    let Some(expected) = schema.kind() else { return Ok(()) };
    if depth > MAX_DEPTH {
        return Err(Problem::new(value, "is nested too deeply; write fewer levels".to_owned()));
    }
    if found != expected {
        let problem = kind::correction(value, expected, schema.values.as_deref(), is_optional);
        return Err(Problem::new(value, problem));
    }
    match found {
        Kind::Object => check_fields(value, schema, depth).map(drop),
        Kind::List => check_entries(value, schema, depth),
        Kind::String => check_string(value, schema),
        Kind::Number if schema.is_integer() && value.get().parse::<i64>().is_err() => {
            let problem = format!("{} is not a whole number, or too large; correct it", kind::shown(value));
            Err(Problem::new(value, problem))
        }
        Kind::Number | Kind::Boolean | Kind::Null => Ok(()),
    }
}

fn check_fields<'a>(object: &'a RawValue, schema: &Schema, depth: usize) -> Result<Fields<'a>, Problem<'a>> {
    let Members(members) = parse(object)?;
    let mut fields = Vec::with_capacity(members.len());
    for (key, value) in members {
        fields.push((parse::<String>(key)?, value));
    }
    let mut seen = HashSet::new();
    for (key, value) in &fields {
        let checked = match schema.properties.get(key) {
            None if schema.is_closed() => Err(Problem::new(value, unknown(key, schema, depth))),
            _ if !seen.insert(key) => {
                Err(Problem::new(value, format!("{} occurs twice; remove one", kind::named(key))))
            }
            _ => check(value, schema.of_field(key), !schema.required.contains(key), depth + 1),
        };
        checked.map_err(|problem| problem.under(key))?;
    }
    match schema.required.iter().find(|name| !seen.contains(name)) {
        Some(name) => {
            let field = schema.of_field(name).resolve();
            let example = field.kind().map_or("…".to_owned(), |kind| kind::example(kind, field.values.as_deref()));
            Err(Problem::new(object, format!("`{name}` is missing; add \"{name}\": {example}")))
        }
        None => Ok(fields),
    }
}

fn unknown(key: &str, schema: &Schema, depth: usize) -> String {
    let known = || schema.properties.keys().map(String::as_str).filter(|name| *name != SCHEMA_KEY);
    let advice = match meant(key, known()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("use one of {}", known().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")),
    };
    let whole = if depth == 0 { "an update" } else { "this object" };
    format!("{} is not a field of {whole}; {advice}", kind::named(key))
}

fn check_entries<'a>(list: &'a RawValue, schema: &Schema, depth: usize) -> Result<(), Problem<'a>> {
    let entries: Vec<&RawValue> = parse(list)?;
    let schema = schema.of_entries();
    entries.into_iter().enumerate().try_for_each(|(index, entry)| {
        check(entry, schema, false, depth + 1).map_err(|problem| problem.under(&index.to_string()))
    })
}

fn check_string<'a>(value: &'a RawValue, schema: &Schema) -> Result<(), Problem<'a>> {
    // Only an escape can be wrong in a well-formed string.
    if schema.values.is_none() && !value.get().contains('\\') {
        return Ok(());
    }
    let text: String = parse(value)?;
    match &schema.values {
        Some(values) if !values.contains(&text.into()) => {
            let example = kind::example(Kind::String, Some(values));
            let problem = format!("{} is unknown; write {example}", kind::shown(value));
            Err(Problem::new(value, problem))
        }
        _ => Ok(()),
    }
}

/// Deserializes JSON that is known to be well-formed, so that only an escape can be wrong: `\ud800` is an unpaired
/// surrogate.
fn parse<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<T, Problem<'a>> {
    serde_json::from_str(value.get()).map_err(|_| {
        let problem = r"contains an unpaired surrogate \u escape; write the character itself";
        Problem::new(value, problem.to_owned())
    })
}

/// The fields of an object, including duplicates; names and values are slices of the input.
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

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
