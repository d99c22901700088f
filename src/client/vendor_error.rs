//! The vendor's form of an error: a JSON object with `code` and `message`.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    generated::types::ApiError,
    model::{ErrorCode, integer},
};

/// The code and the message of an error in the vendor's form; nothing if the body has another form. They decide the
/// outcome, so they are parsed leniently: a code may be text, a message may be any JSON, and text may hold raw line
/// breaks and other control characters. In a documented response (`is_documented`) the code may be missing and is then 0.
///
/// # Errors
///
/// Why a JSON object does not tell its code: it was cut off or put together by hand, or it has two codes.
pub(crate) fn vendor_error(body: &[u8], is_documented: bool) -> Result<Option<(ErrorCode, String)>, String> {
    let text = String::from_utf8_lossy(body).replace(|c: char| c.is_ascii_control(), " ");
    let Some(json) = object(&text) else { return Ok(None) };
    let fields: Fields<'_> = serde_json::from_str(json)
        .map_err(|error| format!("malformed JSON at line {}, column {}", error.line(), error.column()))?;
    if fields.has_two_codes {
        return Err("it has two codes".to_owned());
    }
    let code = match fields.code {
        Some(code) => integer(plain(code.get()).trim()),
        None => (is_documented && (fields.message.is_some() || !fields.has_others)).then_some(0),
    };
    let message = fields.message.map_or(Cow::default(), |message| plain(message.get()));
    Ok(code.map(|code| (code.into(), message.into_owned())))
}

/// The text from where a JSON object begins. White space, byte order marks and invisible characters before it do not
/// count.
pub(crate) fn object(text: &str) -> Option<&str> {
    let is_nothing = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}');
    Some(text.trim_start_matches(is_nothing)).filter(|text| text.starts_with('{'))
}

/// JSON text without its quotes and escapes; other JSON as it is written.
fn plain(json: &str) -> Cow<'_, str> {
    serde_json::from_str::<String>(json).map_or(json.into(), Cow::Owned)
}

/// Code and message as they are written. Other fields may have any form and take no memory.
#[derive(Default)]
struct Fields<'a> {
    code: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
    has_two_codes: bool,
    has_others: bool,
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let (mut fields, mut codes) = (Fields::default(), 0);
        // A name can be no text: `\ud800` is half of a character.
        while let Some(name) = map.next_key::<&RawValue>()? {
            match &*plain(name.get()) {
                ApiError::CODE => {
                    codes += 1;
                    fields.code = map.next_value()?;
                }
                ApiError::MESSAGE => fields.message = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    fields.has_others = true;
                }
            }
        }
        fields.has_two_codes = codes > 1;
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        body: &'static str,
        code: Option<i64>,
        message: &'static str,
    }

    fn row(body: &'static str, code: impl Into<Option<i64>>, message: &'static str) -> Row {
        Row { body, code: code.into(), message }
    }

    #[test]
    fn reads_code_and_message_in_any_plain_form() {
        let rows = [
            row(r#"{"code":7,"message":"m"}"#, 7, "m"),
            row(r#"{"code":"7","message":"m","more":[{}]}"#, 7, "m"),
            row(r#"{"co\u0064e":"\u0037"}"#, 7, ""),
            row(r#"{"code":7.0}"#, 7, ""),
            row("\u{feff}{\"code\":7,\"message\":null}", 7, ""),
            row("\n\u{feff}\u{200b} {\"code\":7}", 7, ""),
            row(r#"{"code":7,"message":{"en":"m"}}"#, 7, r#"{"en":"m"}"#),
            row("{\r\n\t\"code\": 7,\n\"message\": \"a\nb\"}", 7, "a b"),
            row(r#"{"code":7,"\udfff":"\ud800","message":"\ud800"}"#, 7, r#""\ud800""#),
            row(r#"{"code":7.5}"#, None, ""),
            row(r#"{"message":"m"}"#, None, ""),
            row(r#"[7,"m"]"#, None, ""),
            row("<p>", None, ""),
        ];
        for Row { body, code, message } in rows {
            let expected = code.map(|code| (ErrorCode::from(code), message.to_owned()));
            assert_eq!(vendor_error(body.as_bytes(), false), Ok(expected), "{body}");
        }
    }

    #[test]
    fn says_why_an_object_does_not_tell_its_code() {
        let rows = [
            (r#"{"code":7,"mess"#, "malformed JSON at line 1, column 15"),
            ("{\n\"code\":7}}", "malformed JSON at line 1, column 12"),
            (r#"{"code":7,"code":7}"#, "it has two codes"),
            (r#"{"code":7,"code":null}"#, "it has two codes"),
        ];
        for (body, problem) in rows {
            assert_eq!(vendor_error(body.as_bytes(), false), Err(problem.to_owned()), "{body}");
        }
    }

    #[test]
    fn takes_a_missing_code_for_0_in_a_documented_response() {
        let rows = [
            row("{}", 0, ""),
            row(r#"{"code":null,"message":"m"}"#, 0, "m"),
            row(r#"{"message":"m"}"#, 0, "m"),
            row(r#"{"error":"m"}"#, None, ""),
        ];
        for Row { body, code, message } in rows {
            let expected = code.map(|code| (ErrorCode::from(code), message.to_owned()));
            assert_eq!(vendor_error(body.as_bytes(), true), Ok(expected), "{body}");
        }
    }
}
