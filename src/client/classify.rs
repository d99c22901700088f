//! From what the generated call says of a failure to what it means.

use std::{borrow::Cow, fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderValue, header};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    attempt::{End, Head, Trail, Attempt},
    retry::retry_after,
};
use crate::{
    ConfigError, Error, ErrorCode, ErrorKind, Timeout,
    error::{Response, innermost, verdict_of_code},
    generated::{self, types::ApiError},
    model::integer,
};

const UNKNOWN_STATUS: &str = "the vendor documents no such status";

/// `expired` is the time that has run out, if one has.
pub(crate) async fn classify(
    failure: generated::Error<ApiError>,
    Trail { head, refusal, .. }: Trail,
    expired: Timeout,
    transport: &Attempt,
) -> Error {
    use generated::Error as Generated;

    let secret = Secret(transport.token());
    let status = head.as_ref().map(|(status, _)| *status).unwrap_or_default();
    let location = head.as_ref().and_then(|(_, headers)| headers.get(header::LOCATION).cloned());
    let response = |body| head.map(|head| secret.response(head, body));
    // What the vendor says itself counts more.
    let known = |body: &[u8]| error_in(body, false).is_some_and(|(code, _)| verdict_of_code(ErrorCode::from(code)).is_some());
    let is_redirect = status.is_redirection() && !refusal.as_ref().is_some_and(|refusal| known(&refusal.0));
    if let Some(location) = location.filter(|_| is_redirect) {
        let location = secret.hide(String::from_utf8_lossy(location.as_bytes()).into_owned());
        let body = refusal.map_or_else(Bytes::new, |refusal| refusal.0);
        return Error::new(ErrorKind::Redirect { location }, response(body));
    }
    let documented = matches!(failure, Generated::ErrorResponse(_));
    let (received, problem) = match failure {
        Generated::InvalidRequest(problem) | Generated::Custom(problem) => return ConfigError::Request(problem).into(),
        Generated::CommunicationError(error) => return no_response(error.without_url(), expired),
        Generated::ResponseBodyError(e) | Generated::InvalidUpgrade(e) => ((Bytes::new(), e.into()), String::new()),
        Generated::InvalidResponsePayload(body, problem) => ((body, End::Whole), problem.to_string()),
        Generated::ErrorResponse(_) => ((Bytes::new(), End::Whole), "it has no code and no message".to_owned()),
        Generated::UnexpectedResponse(_) if refusal.is_some() => {
            ((Bytes::new(), End::Whole), UNKNOWN_STATUS.to_owned())
        }
        Generated::UnexpectedResponse(mut response) => (transport.read(&mut response).await, UNKNOWN_STATUS.to_owned()),
    };
    let (body, end) = refusal.map_or(received, |refusal| *refusal);
    let kind = match end {
        End::TooLarge => ErrorKind::BodyTooLarge { limit: transport.max_response_bytes },
        End::Broken(error) if error.is_timeout() => ErrorKind::Timeout(expired),
        End::Broken(error) => ErrorKind::ConnectionLost(error.without_url()),
        End::Whole => match error_in(&body, documented) {
            // Only a success can have 0 or 200 as the code of a success.
            Some((code, message)) if !(status.is_success() && matches!(code, 0 | 200)) => {
                ErrorKind::Api { code: code.into(), message: secret.hide(message) }
            }
            _ => ErrorKind::UnexpectedResponse { problem: secret.hide(problem) },
        },
    };
    Error::new(kind, response(body))
}

fn no_response(error: reqwest::Error, expired: Timeout) -> Error {
    if error.is_builder() {
        return ConfigError::Request(innermost(&error)).into();
    }
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, true) => ErrorKind::Timeout(Timeout::Connect),
        (true, false) => ErrorKind::Connect(error),
        (false, true) => ErrorKind::Timeout(expired),
        (false, false) => ErrorKind::ConnectionLost(error),
    };
    Error::new(kind, None)
}

/// The code and the message of an error, in whatever form they come: the code decides what a failure means. The
/// documented error has the code 0 if it has none.
fn error_in(body: &[u8], documented: bool) -> Option<(i64, String)> {
    let text = String::from_utf8_lossy(body);
    let fields: Fields<'_> = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    let code = match fields.code {
        Some(code) => integer(code.get().trim_matches('"'))?,
        None if documented && (fields.message.is_some() || !fields.others) => 0,
        None => return None,
    };
    let message = fields.message.map_or("", RawValue::get);
    Some((code, serde_json::from_str(message).unwrap_or_else(|_| message.to_owned())))
}

/// Code and message as they are written; whatever else there is may have any form, and takes no memory.
struct Fields<'a> {
    code: Option<&'a RawValue>,
    message: Option<&'a RawValue>,
    others: bool,
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Fields { code: None, message: None, others: false };
                while let Some(name) = map.next_key::<Cow<'_, str>>()? {
                    match &*name {
                        ApiError::CODE => fields.code = map.next_value()?,
                        ApiError::MESSAGE => fields.message = map.next_value()?,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            fields.others = true;
                        }
                    }
                }
                Ok(fields)
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// The token, which a server may send back (some proxies show the request that they refuse) and no error may hold.
#[derive(Clone, Copy)]
struct Secret<'a>(&'a str);

impl Secret<'_> {
    /// What is shorter is no secret, and would be found in many a word.
    const SHORTEST: usize = 8;

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.0.len() >= Self::SHORTEST && contains(bytes, self.0.as_bytes())
    }

    /// A token that looks escaped itself is changed in the same way as the text around it.
    fn is_escaped_in(&self, text: &str) -> bool {
        let plain = unescaped(text);
        self.is_in(&plain) || (self.0.len() >= Self::SHORTEST && contains(&plain, &unescaped(self.0)))
    }

    fn hide(&self, text: String) -> String {
        let text = if self.is_in(text.as_bytes()) { text.replace(self.0, "***") } else { text };
        if self.is_escaped_in(&text) { "***".to_owned() } else { text }
    }

    fn response(&self, (status, mut headers): Head, body: Bytes) -> Response {
        let retry_after = retry_after(&headers, SystemTime::now());
        let shows = |bytes: &[u8]| self.is_in(bytes) || self.is_escaped_in(&String::from_utf8_lossy(bytes));
        for value in headers.values_mut().filter(|value| shows(value.as_bytes())) {
            *value = HeaderValue::from_static("***");
        }
        let body = if shows(&body) { self.hide(String::from_utf8_lossy(&body).into_owned()).into() } else { body };
        Response { status, headers, body, retry_after }
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Text as it was before it became part of JSON or of a URL, as far as visible ASCII goes.
fn unescaped(text: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    let hexadecimal = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
    while let [first, behind @ ..] = rest {
        let escape = match rest {
            [b'%', a, b, ..] => hexadecimal(&[*a, *b]).map(|byte| (byte, 3)),
            [b'\\', b'u', b'0', b'0', a, b, ..] => hexadecimal(&[*a, *b]).map(|byte| (byte, 6)),
            [b'\\', other, ..] => Some((*other, 2)),
            _ => None,
        };
        let (byte, length) = escape.unwrap_or((*first, rest.len() - behind.len()));
        bytes.push(byte);
        rest = &rest[length..];
    }
    bytes
}
