//! JSON types, their names in messages, and the advice for values of the wrong type.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    text::{escaped, quoted},
    validation::number::is_e164,
};

/// Maximum number of characters of a value shown in a message.
const SHOWN_CHARS: usize = 48;

/// A JSON type, read from the keyword `type` of a schema.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Null,
    Boolean,
    #[serde(alias = "integer")]
    Number,
    String,
    #[serde(rename = "array")]
    List,
    Object,
}

impl Kind {
    /// Decided by the first character, because the JSON is known to be well-formed.
    pub(crate) fn of(value: &RawValue) -> Self {
        match value.get().as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::List,
            Some(b'"') => Self::String,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Number => "a number",
            Self::String => "a string",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// The message for a value of the wrong type. `values` are the values of an enumeration.
pub(crate) fn correction(value: &RawValue, expected: Kind, values: Option<&[Value]>, is_optional: bool) -> String {
    let example = example(expected, values);
    let advice = match (Kind::of(value), expected) {
        (Kind::Null, _) if is_optional => format!("leave the field out or write {example}"),
        (_, Kind::String) if values.is_some() => format!("write {example}"),
        (Kind::Number, Kind::String) if value.get().contains(['e', 'E']) => {
            "write all its digits, in quotes".to_owned()
        }
        (Kind::Number, Kind::String) if value.get().strip_suffix(".0").is_some_and(is_e164) => {
            "write it without .0, in quotes".to_owned()
        }
        (Kind::Number | Kind::Boolean, Kind::String) => "put it in quotes".to_owned(),
        (Kind::Number | Kind::String, Kind::List) => "put it in square brackets".to_owned(),
        (Kind::String, Kind::Number | Kind::Boolean) => format!("write {example} without quotes"),
        _ => format!("write {example}"),
    };
    format!("{} is not {}; {advice}", shown(value), expected.name())
}

/// An example of a value of this type.
pub(crate) fn example(kind: Kind, values: Option<&[Value]>) -> String {
    match (kind, values) {
        (Kind::String, Some(values)) => {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            format!("one of {}", values.join(", "))
        }
        (Kind::String, None) => "\"…\"".to_owned(),
        (Kind::List, _) => "[…]".to_owned(),
        (Kind::Object, _) => "{ … }".to_owned(),
        _ => kind.name().to_owned(),
    }
}

/// A scalar as written; "a list" or "an object" otherwise.
pub(crate) fn shown(value: &RawValue) -> String {
    match Kind::of(value) {
        kind @ (Kind::List | Kind::Object) => kind.name().to_owned(),
        Kind::String => match serde_json::from_str::<String>(value.get()) {
            Ok(text) => quoted(&text, SHOWN_CHARS),
            // A string cannot contain an unpaired surrogate, so the value is shown as written.
            Err(_) => escaped(value.get(), SHOWN_CHARS),
        },
        Kind::Null | Kind::Boolean | Kind::Number => escaped(value.get(), SHOWN_CHARS),
    }
}

/// The name of a field as shown in messages.
pub(crate) fn named(field: &str) -> String {
    format!("`{}`", escaped(field, SHOWN_CHARS))
}

/// The message for a value of the right type that the generated type rejects.
pub(crate) fn rejected(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let reason = message.rsplit_once(" at line ").map_or(message.as_str(), |(reason, _)| reason);
    // These messages are those of the generated type; all others are serde's.
    let problem = if let Some(pattern) = reason.strip_prefix("doesn't match pattern ") {
        format!("does not match the pattern {pattern}")
    } else if reason.starts_with("longer than ") || reason.starts_with("shorter than ") {
        format!("is {reason}")
    } else {
        "is not a valid value for this field".to_owned()
    };
    format!("{problem}; correct it")
}

#[cfg(test)]
mod tests {
    use serde::de::Error;

    use super::*;

    #[test]
    fn rejected_value_is_explained_without_serde_terms() {
        let limit = serde_json::Error::custom("longer than 40 characters");
        assert_eq!(rejected(&limit), "is longer than 40 characters; correct it");
        let pattern = serde_json::Error::custom("doesn't match pattern \"^[a-z]+$\"");
        assert_eq!(rejected(&pattern), "does not match the pattern \"^[a-z]+$\"; correct it");
        let other = "is not a valid value for this field; correct it";
        assert_eq!(rejected(&serde_json::from_str::<u8>("300").unwrap_err()), other);
        assert_eq!(rejected(&serde_json::from_str::<(u8, u8)>("[1]").unwrap_err()), other);
        assert_eq!(rejected(&serde_json::from_str::<f64>("{}").unwrap_err()), other);
    }
}
