//! The kinds of JSON values, by the names that people use, and how a value of the wrong kind is to be corrected.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use crate::{
    text::{escaped, quoted},
    validation::number::is_e164,
};

/// How many characters of a value a sentence repeats.
const SHOWN_CHARS: usize = 48;

/// Read from the keyword `type` of a schema; the generated type tells whole numbers from others.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Null,
    Boolean,
    #[serde(alias = "integer")]
    Number,
    #[serde(rename = "string")]
    Text,
    #[serde(rename = "array")]
    List,
    Object,
}

impl Kind {
    /// By the first character, as the text is well-formed.
    pub(crate) fn of(value: &RawValue) -> Self {
        match value.get().as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::List,
            Some(b'"') => Self::Text,
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
            Self::Text => "text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// Says that a value is not of the expected kind, and what to write. `values` are those of an enumeration.
pub(crate) fn correction(value: &RawValue, expected: Kind, values: Option<&[Value]>, is_optional: bool) -> String {
    let form = form(expected, values);
    let advice = match (Kind::of(value), expected) {
        (Kind::Null, _) if is_optional => format!("leave the field out or write {form}"),
        (_, Kind::Text) if values.is_some() => format!("write {form}"),
        (Kind::Number, Kind::Text) if value.get().contains(['e', 'E']) => "write all its digits, in quotes".to_owned(),
        (Kind::Number, Kind::Text) if value.get().strip_suffix(".0").is_some_and(is_e164) => {
            "write it without .0, in quotes".to_owned()
        }
        (Kind::Number | Kind::Boolean, Kind::Text) => "put it in quotes".to_owned(),
        (Kind::Number | Kind::Text, Kind::List) => "put it in square brackets".to_owned(),
        (Kind::Text, Kind::Number | Kind::Boolean) => format!("write {form} without quotes"),
        _ => format!("write {form}"),
    };
    format!("{} is not {}; {advice}", shown(value), expected.name())
}

/// What a value of this kind looks like.
pub(crate) fn form(kind: Kind, values: Option<&[Value]>) -> String {
    match (kind, values) {
        (Kind::Text, Some(values)) => {
            let values: Vec<_> = values.iter().map(ToString::to_string).collect();
            format!("one of {}", values.join(", "))
        }
        (Kind::Text, None) => "\"…\"".to_owned(),
        (Kind::List, _) => "[…]".to_owned(),
        (Kind::Object, _) => "{ … }".to_owned(),
        _ => kind.name().to_owned(),
    }
}

/// The value itself, or its kind if it holds others.
pub(crate) fn shown(value: &RawValue) -> String {
    match Kind::of(value) {
        kind @ (Kind::List | Kind::Object) => kind.name().to_owned(),
        Kind::Text => match serde_json::from_str::<String>(value.get()) {
            Ok(text) => quoted(&text, SHOWN_CHARS),
            // Half of a character cannot be in a text, so it is shown as it is written.
            Err(_) => escaped(value.get(), SHOWN_CHARS),
        },
        Kind::Null | Kind::Boolean | Kind::Number => escaped(value.get(), SHOWN_CHARS),
    }
}

/// The name of a field, as sentences show it.
pub(crate) fn named(field: &str) -> String {
    format!("`{}`", escaped(field, SHOWN_CHARS))
}

/// What is wrong with a value that is of the right kind and that the generated type does not take.
pub(crate) fn refused(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let reason = message.rsplit_once(" at line ").map_or(message.as_str(), |(reason, _)| reason);
    // These are the words of the generated type; all others are serde's.
    let problem = if let Some(pattern) = reason.strip_prefix("doesn't match pattern ") {
        format!("does not match the pattern {pattern}")
    } else if reason.starts_with("longer than ") || reason.starts_with("shorter than ") {
        format!("is {reason}")
    } else {
        "is not a value that this field takes".to_owned()
    };
    format!("{problem}; correct it")
}

#[cfg(test)]
mod tests {
    use serde::de::Error;

    use super::*;

    #[test]
    fn says_what_a_type_refuses_without_words_of_serde() {
        let limit = serde_json::Error::custom("longer than 40 characters");
        assert_eq!(refused(&limit), "is longer than 40 characters; correct it");
        let pattern = serde_json::Error::custom("doesn't match pattern \"^[a-z]+$\"");
        assert_eq!(refused(&pattern), "does not match the pattern \"^[a-z]+$\"; correct it");
        let other = "is not a value that this field takes; correct it";
        assert_eq!(refused(&serde_json::from_str::<u8>("300").unwrap_err()), other);
        assert_eq!(refused(&serde_json::from_str::<(u8, u8)>("[1]").unwrap_err()), other);
        assert_eq!(refused(&serde_json::from_str::<f64>("{}").unwrap_err()), other);
    }
}
