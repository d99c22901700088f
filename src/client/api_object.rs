//! Reads a response in the API's form: a JSON object with `code`, and `message` or `result`.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use crate::generated::types::{UpdatedDestination, UpdatedDestinationResult};
use crate::model::ErrorCode;

/// The code of a success, on the vendor's page on error codes. Whether a success has another one is not documented.
pub(crate) const SUCCESS: ErrorCode = ErrorCode::new(200);
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A JSON object in the body of a response.
#[derive(Debug, PartialEq)]
pub(crate) struct ApiObject {
    /// `None` if it has no numeric code.
    pub(crate) code: Option<ErrorCode>,
    /// `None` if it has none.
    pub(crate) message: Option<String>,
    /// Whether `result` is an object.
    pub(crate) has_result: bool,
}

impl ApiObject {
    /// Reads a body; `None` if it is not a JSON object.
    ///
    /// # Errors
    ///
    /// Why the object cannot be understood: it is truncated or otherwise malformed, or has a field twice.
    pub(crate) fn read(body: &[u8]) -> Result<Option<Self>, String> {
        let Some(json) = object(body) else { return Ok(None) };
        let fields: Fields<'_> = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Ok(Some(Self {
            code: fields.code.and_then(|code| number(&plain(code.get()))),
            message: fields.message.map(|message| plain(message.get()).into_owned()),
            has_result: fields.result.is_some_and(|result| result.get().starts_with('{')),
        }))
    }
}

/// The body without a byte order mark and white space at the beginning; `None` if it does not begin like an object.
fn object(body: &[u8]) -> Option<&[u8]> {
    let body = body.trim_ascii_start();
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii_start();
    body.starts_with(b"{").then_some(body)
}

/// Reads the body of a success leniently: after a byte order mark, with the code as text, or with a numeric ID, which
/// becomes its digits.
pub(crate) fn lenient_success<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut value: Value = serde_json::from_slice(object(body)?).ok()?;
    if let Some(code @ Value::String(_)) = value.get_mut(UpdatedDestination::CODE) {
        *code = serde_json::from_str(code.as_str()?).ok()?;
    }
    let result = value.get_mut(UpdatedDestination::RESULT)?;
    if let Some(id @ Value::Number(_)) = result.get_mut(UpdatedDestinationResult::ID) {
        *id = id.to_string().into();
    }
    serde_json::from_value(value).ok()
}

/// Parses a code. The vendor's page calls it a number in one place and an integer in another, so an integral number such
/// as `200.0` is accepted.
fn number(text: &str) -> Option<ErrorCode> {
    let text = text.trim();
    let digits = text.split_once('.').filter(|(_, decimals)| decimals.bytes().all(|digit| digit == b'0'));
    digits.map_or(text, |(whole, _)| whole).parse().ok().map(ErrorCode::new)
}

/// The value of a JSON string; any other JSON as it is written.
fn plain(json: &str) -> Cow<'_, str> {
    serde_json::from_str::<String>(json).map_or(json.into(), Cow::Owned)
}

/// The fields as they are written. Others may have any value and are not stored.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_their_names_in_the_document() {
        use crate::generated::types::ApiError;

        assert_eq!([ApiError::CODE, ApiError::MESSAGE], ["code", "message"]);
        assert_eq!([UpdatedDestination::CODE, UpdatedDestination::RESULT], ["code", "result"]);
    }

    #[test]
    fn reads_objects_alone() {
        struct Row {
            body: &'static str,
            code: Option<i64>,
            message: Option<&'static str>,
            has_result: bool,
        }
        const NONE: Row = Row { body: "", code: None, message: None, has_result: false };
        let rows = [
            Row { body: r#"{"code":7,"message":"m","more":[{}]}"#, code: Some(7), message: Some("m"), ..NONE },
            Row { body: r#"{"co\u0064e":" 7 "}"#, code: Some(7), ..NONE },
            Row { body: r#"{"code":7.00}"#, code: Some(7), ..NONE },
            Row { body: "\n\u{feff} {\"code\":-7}", code: Some(-7), ..NONE },
            Row { body: r#"{"message":{"en":"m"}}"#, message: Some(r#"{"en":"m"}"#), ..NONE },
            Row { body: r#"{"code":7.5,"result":{}}"#, has_result: true, ..NONE },
            Row { body: r#"{"code":null,"result":null}"#, ..NONE },
            Row { body: r#"{"code":true,"result":["dest-1"]}"#, ..NONE },
            Row { body: "{}", ..NONE },
        ];
        for Row { body, code, message, has_result } in rows {
            let read = ApiObject::read(body.as_bytes()).unwrap().unwrap();
            let message = message.map(ToOwned::to_owned);
            assert_eq!(read, ApiObject { code: code.map(ErrorCode::new), message, has_result }, "{body}");
        }
        for body in [r#"[7,"m"]"#, "<p>", "", "7", "\u{feff}\u{feff}{}"] {
            assert_eq!(ApiObject::read(body.as_bytes()), Ok(None), "{body}");
        }
    }

    #[test]
    fn explains_what_is_malformed() {
        struct Row {
            body: &'static [u8],
            problem: &'static str,
        }
        let rows = [
            Row { body: br#"{"code":7,"mess"#, problem: "EOF while parsing a string at line 1 column 15" },
            Row { body: br#"{"code":7}}"#, problem: "trailing characters at line 1 column 11" },
            Row { body: br#"{"code":7,"code":null}"#, problem: "duplicate field `code` at line 1 column 16" },
            Row { body: b"{\"code\":7,\"\xff\":1}", problem: "invalid unicode code point at line 1 column 12" },
        ];
        for Row { body, problem } in rows {
            assert_eq!(ApiObject::read(body), Err(problem.to_owned()));
        }
    }

    #[test]
    fn reads_success_leniently() {
        let read = |body: &str| {
            lenient_success::<UpdatedDestination>(body.as_bytes()).map(|updated| (updated.code, updated.result.id))
        };
        let id = |id: &str| id.to_owned();
        assert_eq!(read("\u{feff}{\"result\":{\"id\":\"a\"}}"), Some((None, id("a"))));
        assert_eq!(read(r#"{"code":"200.0","result":{"id":12}}"#), Some((Some(200.0), id("12"))));
        assert_eq!(
            read(r#"{"code":1,"result":{"id":18446744073709551615}}"#),
            Some((Some(1.0), id("18446744073709551615")))
        );
        for other in
            [r#"{"code":"x","result":{"id":"a"}}"#, r#"{"result":{"id":null}}"#, r#"{"result":{}}"#, "{}", "[]"]
        {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
