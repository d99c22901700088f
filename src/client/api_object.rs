//! Reads a response in the vendor's format: a JSON object with `code`, and `message` or `result`.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    generated::types::{ApiError, UpdatedDestination},
    model::{ErrorCode, integer},
};

/// The code of a success, on the vendor's page on error codes. Whether a success has another one is not documented.
pub(crate) const SUCCESS: i64 = 200;

/// A JSON object in the body of a response.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiObject {
    /// `None` if it has none that can be read.
    pub(crate) code: Option<ErrorCode>,
    pub(crate) message: String,
    has_result: bool,
}

impl ApiObject {
    /// Whether it reports success, unless its code is a documented error.
    pub(crate) fn reports_success(&self) -> bool {
        self.has_result || self.code == Some(SUCCESS.into())
    }
}

/// Reads a body; `None` if it is not a JSON object.
///
/// Because the code decides the outcome, parsing is lenient: a code may be a string, a message any JSON value, and
/// strings may contain raw control characters. In a documented error response (`is_documented`), a missing code is 0.
///
/// # Errors
///
/// Why the code is unclear: the object is truncated or otherwise malformed, or it has two codes.
pub(crate) fn api_object(body: &[u8], is_documented: bool) -> Result<Option<ApiObject>, String> {
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
    Ok(Some(ApiObject { code: code.map(Into::into), message: message.into_owned(), has_result: fields.has_result }))
}

/// The text from the beginning of a JSON object, skipping leading white space, byte order marks and invisible
/// characters; `None` if something else comes first.
pub(crate) fn object(text: &str) -> Option<&str> {
    let is_skipped = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{2060}');
    Some(text.trim_start_matches(is_skipped)).filter(|text| text.starts_with('{'))
}

/// The value of a JSON string; any other JSON as it is written.
fn plain(json: &str) -> Cow<'_, str> {
    serde_json::from_str::<String>(json).map_or(json.into(), Cow::Owned)
}

/// The code and the message as they are written. Other fields may have any value and are not stored.
#[derive(Default)]
struct Fields<'a> {
    code: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
    has_two_codes: bool,
    has_result: bool,
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
        // A name may be invalid as a string: `\ud800` is an unpaired surrogate.
        while let Some(name) = map.next_key::<&RawValue>()? {
            match &*plain(name.get()) {
                ApiError::CODE => {
                    codes += 1;
                    fields.code = map.next_value()?;
                }
                ApiError::MESSAGE => fields.message = map.next_value()?,
                name => {
                    map.next_value::<IgnoredAny>()?;
                    fields.has_result |= name == UpdatedDestination::RESULT;
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

    #[track_caller]
    fn assert_rows(rows: &[Row], is_documented: bool) {
        for Row { body, code, message } in rows {
            let read = api_object(body.as_bytes(), is_documented).unwrap();
            let read = read.and_then(|object| Some((object.code?.number(), object.message)));
            assert_eq!(read, code.map(|code| (code, (*message).to_owned())), "{body}");
        }
    }

    #[test]
    fn reads_code_and_message_leniently() {
        let rows = [
            Row { body: r#"{"code":7,"message":"m"}"#, code: Some(7), message: "m" },
            Row { body: r#"{"code":"7","message":"m","more":[{}]}"#, code: Some(7), message: "m" },
            Row { body: r#"{"co\u0064e":"\u0037"}"#, code: Some(7), message: "" },
            Row { body: r#"{"code":7.0}"#, code: Some(7), message: "" },
            Row { body: "\u{feff}{\"code\":7,\"message\":null}", code: Some(7), message: "" },
            Row { body: "\n\u{feff}\u{200b} {\"code\":7}", code: Some(7), message: "" },
            Row { body: r#"{"code":7,"message":{"en":"m"}}"#, code: Some(7), message: r#"{"en":"m"}"# },
            Row { body: "{\r\n\t\"code\": 7,\n\"message\": \"a\nb\"}", code: Some(7), message: "a b" },
            Row { body: r#"{"code":7,"\udfff":"\ud800","message":"\ud800"}"#, code: Some(7), message: r#""\ud800""# },
            Row { body: r#"{"code":7.5}"#, code: None, message: "" },
            Row { body: r#"{"message":"m"}"#, code: None, message: "" },
            Row { body: r#"[7,"m"]"#, code: None, message: "" },
            Row { body: "<p>", code: None, message: "" },
        ];
        assert_rows(&rows, false);
    }

    #[test]
    fn explains_why_code_is_unclear() {
        struct Row {
            body: &'static str,
            problem: &'static str,
        }
        let rows = [
            Row { body: r#"{"code":7,"mess"#, problem: "malformed JSON at line 1, column 15" },
            Row { body: "{\n\"code\":7}}", problem: "malformed JSON at line 1, column 12" },
            Row { body: r#"{"code":7,"code":7}"#, problem: "it has two codes" },
            Row { body: r#"{"code":7,"code":null}"#, problem: "it has two codes" },
        ];
        for Row { body, problem } in rows {
            assert_eq!(api_object(body.as_bytes(), false), Err(problem.to_owned()), "{body}");
        }
    }

    #[test]
    fn missing_code_is_0_in_documented_response() {
        let rows = [
            Row { body: "{}", code: Some(0), message: "" },
            Row { body: r#"{"code":null,"message":"m"}"#, code: Some(0), message: "m" },
            Row { body: r#"{"message":"m"}"#, code: Some(0), message: "m" },
            Row { body: r#"{"error":"m"}"#, code: None, message: "" },
        ];
        assert_rows(&rows, true);
    }

    #[test]
    fn success_has_a_result_or_code_200() {
        struct Row {
            body: &'static str,
            reports_success: bool,
        }
        let rows = [
            Row { body: r#"{"code":200}"#, reports_success: true },
            Row { body: r#"{"code":"200","message":"OK"}"#, reports_success: true },
            Row { body: r#"{"code":0,"result":{}}"#, reports_success: true },
            Row { body: r#"{"result":null}"#, reports_success: true },
            Row { body: r#"{"code":0}"#, reports_success: false },
            Row { body: r#"{"code":201,"message":"result"}"#, reports_success: false },
            Row { body: "{}", reports_success: false },
        ];
        for Row { body, reports_success } in rows {
            let object = api_object(body.as_bytes(), true).unwrap().unwrap();
            assert_eq!(object.reports_success(), reports_success, "{body}");
        }
    }
}
