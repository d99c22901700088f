//! The form of an update: whether each value is of the kind that the document's schema gives.
//!
//! Values are kept as they stand in the text, so that the place of each is known.

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

/// Reading nested lists and objects takes stack; serde_json has a similar limit.
const MAX_DEPTH: usize = 100;

/// The fields of an object in their order, each value as it stands in the text.
pub(crate) type Fields<'a> = Vec<(String, &'a RawValue)>;

/// The fields of an update, each with a value of the right form.
pub(crate) fn read(text: &str) -> Result<Fields<'_>, JsonError> {
    let start = text.len() - text.trim_start_matches(syntax::WHITE_SPACE).len();
    // `syntax` says what else may stand before an object.
    if !text[start..].starts_with(|c| "{｛/#".contains(c) || syntax::is_unseen(c)) {
        let what = if start == text.len() { "is empty" } else { "is not an object" };
        return Err(JsonError::at("", text.as_bytes(), start, &format!("{what}; write the update as {{ … }}")));
    }
    let update: &RawValue = serde_json::from_str(text).map_err(|_| {
        let (offset, problem) = syntax::find(text).unwrap_or((start, "is not JSON; correct it".to_owned()));
        JsonError::at("", text.as_bytes(), offset, &problem)
    })?;
    check_fields(update, &OF_UPDATE, 0).map_err(|problem| problem.in_text(text))
}

/// A value that has the form, but that the generated type does not take; `field` is the one that was read last.
pub(crate) fn refused_by_type(text: &str, field: Option<&(String, &RawValue)>, error: &serde_json::Error) -> JsonError {
    match field {
        Some((key, value)) => Problem::new(value, kind::refused(error)).under(key).in_text(text),
        None => JsonError::at("", text.as_bytes(), 0, &kind::refused(error)),
    }
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

    fn in_text(self, text: &str) -> JsonError {
        // A name that was replaced is not in the text.
        let offset = self.value.get().as_ptr().addr().checked_sub(text.as_ptr().addr());
        let offset = offset.filter(|offset| *offset < text.len()).unwrap_or_default();
        JsonError::at(&self.pointer, text.as_bytes(), offset, &self.sentence)
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
        Kind::Text => check_text(value, schema),
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
                Err(Problem::new(value, format!("{} is there twice; remove one of the two", kind::named(key))))
            }
            _ => check(value, schema.of_field(key), !schema.required.contains(key), depth + 1),
        };
        checked.map_err(|problem| problem.under(key))?;
    }
    match schema.required.iter().find(|name| !seen.contains(name)) {
        Some(name) => {
            let field = schema.of_field(name).resolve();
            let form = field.kind().map_or("…".to_owned(), |kind| kind::form(kind, field.values.as_deref()));
            Err(Problem::new(object, format!("`{name}` is missing; add \"{name}\": {form}")))
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

fn check_text<'a>(value: &'a RawValue, schema: &Schema) -> Result<(), Problem<'a>> {
    // Only an escape can be wrong in a text.
    if schema.values.is_none() && !value.get().contains('\\') {
        return Ok(());
    }
    let text: String = parse(value)?;
    match &schema.values {
        Some(values) if !values.contains(&text.into()) => {
            let problem = format!("{} is unknown; write {}", kind::shown(value), kind::form(Kind::Text, Some(values)));
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

/// The fields of an object, also those that are there twice, each name as it stands in the text.
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
