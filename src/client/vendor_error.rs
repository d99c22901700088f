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

/// The code and the message of an error in the vendor's form. They decide the outcome, so they are parsed leniently: a code
/// may be text, a message may be any JSON, and text may hold raw line breaks and other control characters. In a documented response (`is_documented`) the code
/// may be missing and is then 0.
pub(crate) fn vendor_error(body: &[u8], is_documented: bool) -> Option<(ErrorCode, String)> {
    let text = String::from_utf8_lossy(body).replace(|c: char| c.is_ascii_control(), " ");
    let fields: Fields<'_> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let code = match fields.code {
        Some(code) => integer(code.get().trim_matches('"').trim())?,
        None if is_documented && (fields.message.is_some() || !fields.has_others) => 0,
        None => return None,
    };
    let message = fields.message.map_or("", RawValue::get);
    Some((code.into(), serde_json::from_str(message).unwrap_or_else(|_| message.to_owned())))
}

/// Code and message as they are written. Other fields may have any form and take no memory.
struct Fields<'a> {
    code: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
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
        let mut fields = Fields { code: None, message: None, has_others: false };
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            match &*name {
                ApiError::CODE => fields.code = map.next_value()?,
                ApiError::MESSAGE => fields.message = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    fields.has_others = true;
                }
            }
        }
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_code_and_message_in_any_plain_form() {
        let rows = [
            (r#"{"code":7,"message":"m"}"#, Some((7, "m"))),
            (r#"{"code":"7","message":"m","more":[{}]}"#, Some((7, "m"))),
            (r#"{"code":7.0}"#, Some((7, ""))),
            ("\u{feff}{\"code\":7,\"message\":null}", Some((7, ""))),
            (r#"{"code":7,"message":{"en":"m"}}"#, Some((7, r#"{"en":"m"}"#))),
            ("{\r\n\t\"code\": 7,\n\"message\": \"a\nb\"}", Some((7, "a b"))),
            (r#"{"code":7,"message":"\ud800"}"#, Some((7, r#""\ud800""#))),
            (r#"{"code":7.5}"#, None),
            (r#"{"message":"m"}"#, None),
            (r#"[7,"m"]"#, None),
            ("<p>", None),
        ];
        for (body, expected) in rows {
            let expected = expected.map(|(code, message)| (ErrorCode::from(code), message.to_owned()));
            assert_eq!(vendor_error(body.as_bytes(), false), expected, "{body}");
        }
    }

    #[test]
    fn takes_a_missing_code_for_0_in_a_documented_response() {
        let read = |body: &str| vendor_error(body.as_bytes(), true).map(|(code, message)| (code.number(), message));
        assert_eq!(read("{}"), Some((0, String::new())));
        assert_eq!(read(r#"{"message":"m"}"#), Some((0, "m".to_owned())));
        assert_eq!(read(r#"{"error":"m"}"#), None);
    }
}
