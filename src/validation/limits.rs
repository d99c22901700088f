//! Checks the document's limits that the generated types do not enforce: patterns, numeric ranges, list lengths and
//! lengths of inline strings.
//!
//! The generated code says whether there are any. If so, the update is checked against the JSON Schemas that the build
//! script writes. This module implements every keyword of a limit that they use.

use std::{
    cmp::Ordering::{self, Equal, Greater, Less},
    sync::LazyLock,
};

use serde_json::{Map, Value};

use super::violation::Violation;
use crate::{
    generated::{document, types::DestinationUpdate},
    text::quoted,
};

/// Maximum number of characters of a value shown in a message.
const SHOWN_CHARS: usize = 48;

static SCHEMAS: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(document::SCHEMAS).unwrap_or_default());

/// Checks the limits that the types do not enforce, if the document has any.
pub(crate) fn check(update: &DestinationUpdate, found: &mut Vec<Violation>) {
    if document::IS_LIMITED {
        let value = serde_json::to_value(update).unwrap_or_default();
        check_schema("DestinationUpdate", &value, &mut |pointer, message| {
            found.push(Violation::outside_limit(pointer, message));
        });
    }
}

/// Calls `found` with the JSON pointer and a message for each violated limit of the schema with this name.
fn check_schema(name: &str, value: &Value, found: &mut dyn FnMut(&str, String)) {
    if let Some(schema) = SCHEMAS.get(name) {
        check_at("", schema, value, found);
    }
}

fn check_at(at: &str, schema: &Value, value: &Value, found: &mut dyn FnMut(&str, String)) {
    for (keyword, limit) in schema.as_object().into_iter().flatten() {
        match (keyword.as_str(), value) {
            ("$ref", _) => {
                let name = limit.as_str().and_then(|target| target.rsplit('/').next()).unwrap_or_default();
                check_schema(name, value, &mut |inner, problem| found(&format!("{at}{inner}"), problem));
            }
            ("anyOf", _) => check_any(at, limit, value, found),
            ("items", Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    check_at(&format!("{at}/{index}"), limit, item, found);
                }
            }
            ("properties", Value::Object(fields)) => {
                for (name, field) in fields {
                    check_at(&format!("{at}/{}", escape(name)), &limit[name], field, found);
                }
            }
            ("additionalProperties", Value::Object(fields)) => {
                for (name, field) in fields.iter().filter(|(name, _)| schema["properties"].get(name.as_str()).is_none())
                {
                    check_at(&format!("{at}/{}", escape(name)), limit, field, found);
                }
            }
            _ => {
                if let Some(problem) = problem(keyword, limit, value) {
                    found(at, problem);
                }
            }
        }
    }
}

/// `anyOf`: if no schema matches, reports the problems of the last one.
fn check_any(at: &str, schemas: &Value, value: &Value, found: &mut dyn FnMut(&str, String)) {
    let mut problems = Vec::new();
    for schema in schemas.as_array().into_iter().flatten() {
        problems.clear();
        if schema["type"] == "null" && !value.is_null() {
            continue;
        }
        check_at(at, schema, value, &mut |at, problem| problems.push((at.to_owned(), problem)));
        if problems.is_empty() {
            return;
        }
    }
    for (at, problem) in problems {
        found(&at, problem);
    }
}

/// What one keyword of JSON Schema finds wrong with a value.
fn problem(keyword: &str, limit: &Value, value: &Value) -> Option<String> {
    let length = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        _ => 0,
    };
    let is_below_count = || limit.as_u64().is_some_and(|limit| (length as u64) < limit);
    let is_beyond_count = || limit.as_u64().is_some_and(|limit| length as u64 > limit);
    let (is_broken, must) = match (keyword, value) {
        ("minLength", Value::String(_)) | ("minItems", Value::Array(_)) | ("minProperties", Value::Object(_)) => {
            (is_below_count(), "at least")
        }
        ("maxLength", Value::String(_)) | ("maxItems", Value::Array(_)) | ("maxProperties", Value::Object(_)) => {
            (is_beyond_count(), "at most")
        }
        ("minimum", Value::Number(_)) => (compare(value, limit) == Some(Less), "at least"),
        ("maximum", Value::Number(_)) => (compare(value, limit) == Some(Greater), "at most"),
        ("exclusiveMinimum", Value::Number(_)) => (compare(value, limit) != Some(Greater), "more than"),
        ("exclusiveMaximum", Value::Number(_)) => (compare(value, limit) != Some(Less), "less than"),
        ("multipleOf", Value::Number(_)) => (!is_multiple(value, limit), "a multiple of"),
        ("pattern", Value::String(_)) => return mismatch(limit, value),
        ("enum", Value::Number(_)) => {
            let values = limit.as_array().map(Vec::as_slice).unwrap_or_default();
            (!values.iter().any(|known| compare(value, known) == Some(Equal)), "one of")
        }
        ("uniqueItems", Value::Array(items)) => {
            let is_twice = |(index, item): &(usize, &Value)| items[..*index].iter().any(|other| are_equal(other, item));
            let (_, item) = items.iter().enumerate().find(is_twice)?;
            return Some(format!("contains {item} twice; remove one"));
        }
        _ => return None,
    };
    is_broken.then(|| match value {
        Value::String(_) => format!("has {}; it must have {must} {limit}", count(length, "character", "characters")),
        Value::Number(_) => format!("is {value}; it must be {must} {limit}"),
        _ => format!("has {}; it must have {must} {limit}", count(length, "entry", "entries")),
    })
}

fn count(length: usize, one: &str, many: &str) -> String {
    format!("{length} {}", if length == 1 { one } else { many })
}

/// The generated code has a function for each pattern, so that only a document with patterns needs a regex crate.
fn mismatch(pattern: &Value, text: &Value) -> Option<String> {
    let (pattern, text) = (pattern.as_str()?, text.as_str()?);
    let (_, is_match) = document::PATTERNS.iter().find(|(known, _)| *known == pattern)?;
    (!is_match(text)).then(|| format!("{} does not match the pattern {pattern}; correct it", quoted(text, SHOWN_CHARS)))
}

/// Compares integers exactly. The build script accepts any other limit only if it is exact as a float.
fn compare(value: &Value, other: &Value) -> Option<Ordering> {
    match (value.as_i64(), other.as_i64()) {
        (Some(value), Some(other)) => Some(value.cmp(&other)),
        _ => value.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// `of` is an integer: the build script accepts no other `multipleOf`.
fn is_multiple(value: &Value, of: &Value) -> bool {
    match (value.as_i64(), of.as_i64()) {
        (Some(value), Some(of @ 1..)) => value % of == 0,
        _ => value.as_f64().unwrap_or_default() % of.as_f64().unwrap_or(1.0) == 0.0,
    }
}

/// Equality as in JSON Schema, where 1 equals 1.0.
fn are_equal(value: &Value, other: &Value) -> bool {
    match (value, other) {
        (Value::Number(_), Value::Number(_)) => value == other || compare(value, other) == Some(Equal),
        (Value::Array(items), Value::Array(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| are_equal(item, other))
        }
        (Value::Object(fields), Value::Object(others)) => {
            let is_in_both = |(name, field): (&String, &Value)| others.get(name).is_some_and(|o| are_equal(field, o));
            fields.len() == others.len() && fields.iter().all(is_in_both)
        }
        _ => value == other,
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Row {
        schema: Value,
        right: Value,
        wrong: Value,
        problem: &'static str,
    }

    #[test]
    fn each_keyword_accepts_and_rejects() {
        let rows = [
            Row {
                schema: json!({ "minLength": 2 }),
                right: json!("夜夜"),
                wrong: json!("夜"),
                problem: ": has 1 character; it must have at least 2",
            },
            Row {
                schema: json!({ "maxLength": 2 }),
                right: json!("夜夜"),
                wrong: json!("abc"),
                problem: ": has 3 characters; it must have at most 2",
            },
            Row {
                schema: json!({ "minItems": 1 }),
                right: json!([0]),
                wrong: json!([]),
                problem: ": has 0 entries; it must have at least 1",
            },
            Row {
                schema: json!({ "maxItems": 1 }),
                right: json!([0]),
                wrong: json!([0, 1]),
                problem: ": has 2 entries; it must have at most 1",
            },
            Row {
                schema: json!({ "minProperties": 1 }),
                right: json!({ "a": 0 }),
                wrong: json!({}),
                problem: ": has 0 entries; it must have at least 1",
            },
            Row {
                schema: json!({ "maxProperties": 0 }),
                right: json!({}),
                wrong: json!({ "a": 0 }),
                problem: ": has 1 entry; it must have at most 0",
            },
            Row {
                schema: json!({ "minimum": 3 }),
                right: json!(3),
                wrong: json!(2),
                problem: ": is 2; it must be at least 3",
            },
            Row {
                schema: json!({ "maximum": 0.5 }),
                right: json!(0.5),
                wrong: json!(1),
                problem: ": is 1; it must be at most 0.5",
            },
            Row {
                schema: json!({ "exclusiveMinimum": 0 }),
                right: json!(0.1),
                wrong: json!(0),
                problem: ": is 0; it must be more than 0",
            },
            Row {
                schema: json!({ "exclusiveMaximum": 9 }),
                right: json!(8),
                wrong: json!(9),
                problem: ": is 9; it must be less than 9",
            },
            Row {
                schema: json!({ "maximum": 9_007_199_254_740_992_i64 }),
                right: json!(9_007_199_254_740_992_i64),
                wrong: json!(9_007_199_254_740_993_i64),
                problem: ": is 9007199254740993; it must be at most 9007199254740992",
            },
            Row {
                schema: json!({ "multipleOf": 2 }),
                right: json!(4.0),
                wrong: json!(3.5),
                problem: ": is 3.5; it must be a multiple of 2",
            },
            Row {
                schema: json!({ "multipleOf": 5 }),
                right: json!(-10),
                wrong: json!(12),
                problem: ": is 12; it must be a multiple of 5",
            },
            Row {
                schema: json!({ "enum": [1, 2.5] }),
                right: json!(1.0),
                wrong: json!(2),
                problem: ": is 2; it must be one of [1,2.5]",
            },
            Row {
                schema: json!({ "uniqueItems": true }),
                right: json!([1, 2]),
                wrong: json!([1, 2, 1]),
                problem: ": contains 1 twice; remove one",
            },
            Row {
                schema: json!({ "uniqueItems": true }),
                right: json!([1, 1.5, [1], { "a": 1 }, "1", null]),
                wrong: json!([{ "a": [1] }, { "a": [1.0] }]),
                problem: ": contains {\"a\":[1.0]} twice; remove one",
            },
            Row {
                schema: json!({ "items": { "maximum": 1 } }),
                right: json!([1]),
                wrong: json!([0, 2]),
                problem: "/1: is 2; it must be at most 1",
            },
            Row {
                schema: json!({ "properties": { "a/b": { "maximum": 1 } } }),
                right: json!({ "c": 9 }),
                wrong: json!({ "a/b": 2 }),
                problem: "/a~1b: is 2; it must be at most 1",
            },
            Row {
                schema: json!({ "properties": { "a": {} }, "additionalProperties": { "maximum": 1 } }),
                right: json!({ "a": 2 }),
                wrong: json!({ "b": 2 }),
                problem: "/b: is 2; it must be at most 1",
            },
            Row {
                schema: json!({ "anyOf": [{ "type": "null" }, { "maximum": 1 }] }),
                right: json!(null),
                wrong: json!(2),
                problem: ": is 2; it must be at most 1",
            },
            Row {
                schema: json!({ "anyOf": [{ "maxItems": 0 }, { "minItems": 2 }] }),
                right: json!([]),
                wrong: json!([1]),
                problem: ": has 1 entry; it must have at least 2",
            },
        ];
        for Row { schema, right, wrong, problem } in rows {
            let problems = |value| {
                let mut problems = Vec::new();
                check_at("", &schema, value, &mut |at, problem| problems.push(format!("{at}: {problem}")));
                problems
            };
            assert_eq!(problems(&right), [""; 0], "{schema} {right}");
            assert_eq!(problems(&wrong), [problem], "{schema} {wrong}");
        }
    }

    #[test]
    fn follows_reference() {
        let mut places = Vec::new();
        let update = json!({ "displayName": "n".repeat(1000) });
        check_schema("DestinationUpdate", &update, &mut |at, _| places.push(at.to_owned()));
        assert_eq!(places, ["/displayName"]);
    }
}
