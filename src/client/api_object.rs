//! Reads a response in the API's form: a JSON object with `code`, and `message` or `result`.

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{json, value::RawValue};

use crate::generated::types::{UpdatedDestination, UpdatedDestinationResult};
use crate::model::ErrorCode;

/// The code of a success, on the vendor's page on error codes. Whether a success has another one is not documented.
pub(crate) const SUCCESS: ErrorCode = ErrorCode::new(200);
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A JSON object in the body of a response. Other fields may have any value.
#[derive(Debug, Deserialize)]
pub(crate) struct ApiObject<'a> {
    #[serde(borrow)]
    code: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    /// All of it.
    #[serde(skip)]
    json: &'a str,
}

impl<'a> ApiObject<'a> {
    /// Reads a body, which may begin with a byte order mark; `None` if it does not begin like an object.
    ///
    /// # Errors
    ///
    /// Why the object cannot be understood: it is truncated or otherwise malformed, or has a field twice.
    pub(crate) fn read(body: &'a [u8]) -> Result<Option<Self>, String> {
        let body = body.trim_ascii_start();
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii_start();
        if !body.starts_with(b"{") {
            return Ok(None);
        }
        let json = str::from_utf8(body).map_err(|error| error.to_string())?;
        let object: Self = serde_json::from_str(json).map_err(|error| error.to_string())?;
        Ok(Some(Self { json, ..object }))
    }

    /// The code, if it is a number.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        self.code.and_then(|code| number(code.get()))
    }

    pub(crate) fn has_code(&self) -> bool {
        self.code.is_some()
    }

    /// The message; JSON that is not a string is kept as it is written.
    pub(crate) fn message(&self) -> Option<String> {
        self.message.map(|message| plain(message.get()).into_owned())
    }

    /// Whether there is a result with anything in it.
    pub(crate) fn has_result(&self) -> bool {
        let is_empty = |result: &RawValue| matches!(result.get(), "null" | "{}" | "[]");
        self.result.is_some_and(|result| !is_empty(result))
    }

    /// The code of a success, which may be a text.
    pub(crate) fn lenient_code(&self) -> Option<ErrorCode> {
        self.code.and_then(|code| number(plain(code.get()).trim()))
    }

    /// The body of a success. Its code may be a text, and its ID a number, which is kept as it is written.
    pub(crate) fn success<T: DeserializeOwned>(&self) -> Option<T> {
        #[derive(Deserialize)]
        struct Identified<'a> {
            #[serde(borrow)]
            id: &'a RawValue,
        }

        let result = self.result?.get();
        let is_object = result.starts_with('{');
        is_object.then(|| serde_json::from_str(self.json).ok()).flatten().or_else(|| {
            let Identified { id } = serde_json::from_str(result).ok().filter(|_| is_object)?;
            let is_id = id.get().starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit());
            let code = self.lenient_code().map(ErrorCode::number);
            let is_success = is_id && code.is_some() == self.code.is_some();
            let result = json!({ UpdatedDestinationResult::ID: plain(id.get()) });
            let body = json!({ UpdatedDestination::CODE: code, UpdatedDestination::RESULT: result });
            is_success.then(|| serde_json::from_value(body).ok())?
        })
    }
}

/// Parses a code. The vendor's page calls it a number in one place and an integer in another, so a whole number such as
/// `200.0` is accepted.
fn number(text: &str) -> Option<ErrorCode> {
    /// The largest magnitude up to which `f64` represents every integer exactly.
    const MAX: f64 = 9_007_199_254_740_992.0;
    let whole = |number: &f64| number.fract() == 0.0 && number.abs() <= MAX;
    #[allow(clippy::cast_possible_truncation)]
    let rounded = || text.parse().ok().filter(whole).map(|number| number as i64);
    text.parse().ok().or_else(rounded).map(ErrorCode::new)
}

/// The value of a JSON string; any other JSON as it is written.
fn plain(json: &str) -> Cow<'_, str> {
    let text = json.starts_with('"').then(|| serde_json::from_str(json).ok());
    text.flatten().map_or(json.into(), Cow::Owned)
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
            Row { body: r#"{"co\u0064e":7e0}"#, code: Some(7), ..NONE },
            Row { body: r#"{"code":" 7 "}"#, ..NONE },
            Row { body: r#"{"code":6.451001e6}"#, code: Some(6_451_001), ..NONE },
            Row { body: r#"{"code":1e300}"#, ..NONE },
            Row { body: r#"{"code":7.00}"#, code: Some(7), ..NONE },
            Row { body: "\n\u{feff} {\"code\":-7}", code: Some(-7), ..NONE },
            Row { body: r#"{"message":{"en":"m"}}"#, message: Some(r#"{"en":"m"}"#), ..NONE },
            Row { body: r#"{"code":7.5,"result":{"id":null}}"#, has_result: true, ..NONE },
            Row { body: r#"{"code":null,"result":null}"#, ..NONE },
            Row { body: r#"{"code":1,"result":{}}"#, code: Some(1), ..NONE },
            Row { body: r#"{"code":true,"result":["dest-1"]}"#, has_result: true, ..NONE },
            Row { body: "{}", ..NONE },
        ];
        for Row { body, code, message, has_result } in rows {
            let read = ApiObject::read(body.as_bytes()).unwrap().unwrap();
            let found = (read.code().map(ErrorCode::number), read.message(), read.has_result());
            assert_eq!(found, (code, message.map(ToOwned::to_owned), has_result), "{body}");
        }
        for body in [r#"[7,"m"]"#, "<p>", "", "7", "\u{feff}\u{feff}{}"] {
            assert!(matches!(ApiObject::read(body.as_bytes()), Ok(None)), "{body}");
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
            Row { body: b"{\"code\":7,\"\xff\":1}", problem: "invalid utf-8 sequence of 1 bytes from index 11" },
        ];
        for Row { body, problem } in rows {
            assert_eq!(ApiObject::read(body).unwrap_err(), problem);
        }
    }

    #[test]
    fn reads_success_leniently() {
        let read = |body: &str| {
            let object = ApiObject::read(body.as_bytes()).unwrap()?;
            object.success::<UpdatedDestination>().map(|updated| (updated.code, updated.result.id))
        };
        let id = |id: &str| id.to_owned();
        assert_eq!(read("\u{feff}{\"result\":{\"id\":\"a\"}}"), Some((None, id("a"))));
        assert_eq!(read(r#"{"code":"200.0","result":{"id":12}}"#), Some((Some(200.0), id("12"))));
        assert_eq!(
            read(r#"{"code":1,"result":{"id":18446744073709551615}}"#),
            Some((Some(1.0), id("18446744073709551615")))
        );
        let huge = "12345678901234567890123";
        assert_eq!(read(&format!(r#"{{"result":{{"id":{huge}}}}}"#)), Some((None, id(huge))));
        for other in [
            r#"{"code":"x","result":{"id":"a"}}"#,
            r#"{"result":{"id":"b","id":"a"}}"#,
            r#"{"result":{"id":"b","id":1}}"#,
            r#"{"result":{"id":null}}"#,
            r#"{"result":["a"]}"#,
            r#"{"result":{}}"#,
            "{}",
            "[]",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
