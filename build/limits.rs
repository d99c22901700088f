//! Checks the keywords that limit a value, and rewrites them as JSON Schema, so that our code and validators agree.

use std::cmp::Ordering::{self, Greater, Less};

use serde_json::{Map, Value};

use super::{Result, pattern, schema::Kind};

/// More values of an `enum` take progenitor seconds.
const MAX_VALUES: usize = 1000;

/// The largest integer up to which a 64-bit float holds each.
const EXACT: i64 = 1 << 53;

pub(crate) fn check(
    kind: &Kind,
    nullable: bool,
    format: Option<&Value>,
    limits: &mut Map<String, Value>,
    at: &str,
) -> Result<()> {
    for (word, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        if limits.remove(exclusive) == Some(Value::Bool(true)) {
            let Some(limit) = limits.remove(word) else {
                return Err(format!("{at}/{exclusive}: requires `{word}`; add it").into());
            };
            limits.insert(exclusive.into(), limit);
        }
    }
    if let Kind::Integer | Kind::Number = kind {
        check_numbers(kind, limits, at)?;
    }
    if let Kind::Integer = kind {
        check_range(format.is_some_and(|format| format == "int32"), limits, at)?;
    }
    if let Some(values) = limits.get("enum").and_then(Value::as_array) {
        check_enum(kind, nullable, values, &format!("{at}/enum"))?;
    }
    if let Some(pattern) = limits.get("pattern").and_then(Value::as_str) {
        pattern::check(pattern, &format!("{at}/pattern"))?;
    }
    if limits.get("uniqueItems") == Some(&false.into()) {
        limits.remove("uniqueItems");
    }
    if let Kind::Object(properties, _) = kind
        && !properties.is_empty()
        && let Some(word) = ["minProperties", "maxProperties"].iter().find(|word| limits.contains_key(**word))
    {
        return Err(format!("{at}/{word}: is not supported for objects with named properties; use `required`").into());
    }
    Ok(())
}

fn check_enum(kind: &Kind, nullable: bool, values: &[Value], at: &str) -> Result<()> {
    if values.len() > MAX_VALUES {
        return Err(format!("{at}: has more than {MAX_VALUES} values; leave it out").into());
    }
    for (index, value) in values.iter().enumerate() {
        let fits = match kind {
            Kind::String => value.is_string(),
            Kind::Integer => value.is_i64(),
            _ => value.is_number(),
        };
        if value.is_null() && !nullable {
            return Err(format!("{at}/{index}: null needs `nullable: true`; add it, or put \"null\" in quotes").into());
        }
        if !fits && !value.is_null() {
            return Err(format!("{at}/{index}: {value} is not of the type; correct it or put it in quotes").into());
        }
        if values[..index].contains(value) {
            return Err(format!("{at}/{index}: {value} is there twice; remove one of the two").into());
        }
    }
    if values.iter().all(Value::is_null) {
        return Err(format!("{at}: has only null; add another value").into());
    }
    Ok(())
}

/// Writes each integer as such. Rejects what floats of 64 bits do not hold, or divide, exactly.
fn check_numbers(kind: &Kind, limits: &mut Map<String, Value>, at: &str) -> Result<()> {
    for (word, limit) in limits.iter_mut() {
        let at = format!("{at}/{word}");
        for number in limit.as_array_mut().map_or_else(Vec::new, |values| values.iter_mut().collect()) {
            normalize(kind, number, &at)?;
        }
        if limit.is_number() {
            normalize(kind, limit, &at)?;
        }
        if word == "multipleOf" && limit.as_i64().is_none_or(|limit| limit > EXACT) {
            let advice = "JSON Schema validators differ over its multiples; leave it out";
            return Err(format!("{at}: {limit} is not an integer up to {EXACT}; {advice}").into());
        }
    }
    Ok(())
}

fn normalize(kind: &Kind, number: &mut Value, at: &str) -> Result<()> {
    let fits = |integer: &i64| matches!(kind, Kind::Integer) || (-EXACT..=EXACT).contains(integer);
    if let Some(float) = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0)
        && let Some(integer) = format!("{float:.0}").parse().ok().filter(fits)
    {
        *number = integer.into();
    }
    let is_exact = matches!(kind, Kind::Integer) || number.is_f64() || number.as_i64().is_some_and(|n| fits(&n));
    if number.is_number() && !is_exact {
        return Err(format!("{at}: a float cannot hold {number}; write another number, or `type: integer`").into());
    }
    Ok(())
}

/// Removes limits that are wider than the type.
fn check_range(is_int32: bool, limits: &mut Map<String, Value>, at: &str) -> Result<()> {
    let (low, high) = if is_int32 { (i32::MIN.into(), i32::MAX.into()) } else { (i64::MIN, i64::MAX) };
    for (word, bound, other, beyond) in [
        ("minimum", low, high, Less),
        ("exclusiveMinimum", low, high, Less),
        ("maximum", high, low, Greater),
        ("exclusiveMaximum", high, low, Greater),
    ] {
        let Some(limit) = limits.get(word) else { continue };
        if compare(limit, other) == beyond.reverse() {
            return Err(format!("{at}/{word}: {limit} leaves no integer from {low} to {high}; correct it").into());
        }
        if compare(limit, bound) == beyond {
            limits.remove(word);
        }
    }
    for (word, exclusive, bound) in [("minimum", "exclusiveMinimum", low), ("maximum", "exclusiveMaximum", high)] {
        if is_int32 && !limits.contains_key(exclusive) {
            limits.entry(word).or_insert(bound.into());
        }
    }
    Ok(())
}

fn compare(limit: &Value, bound: i64) -> Ordering {
    match (limit.as_i64(), limit.as_f64().unwrap_or_default()) {
        (Some(limit), _) => limit.cmp(&bound),
        // A fraction, or too large for an integer of 64 bits.
        (None, limit) => limit
            .partial_cmp(&Value::from(bound).as_f64().unwrap_or_default())
            .map_or(Less, |order| if order.is_eq() && limit > 0.0 { Greater } else { order }),
    }
}
