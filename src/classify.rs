//! From what the generated call says of a failure to what it means.

use std::{error::Error as StdError, time::SystemTime};

use bytes::Bytes;
use http::{HeaderValue, header};
use http_body_util::LengthLimitError;
use serde_json::{Map, Value};

use crate::{
    ConfigError, Error, ErrorKind, Timeout,
    code::integer,
    error::{Response, chain},
    generated::{self, types::ApiError},
    retry::retry_after,
    transport::{Head, Trail, Transport, read},
};

const UNKNOWN_STATUS: &str = "the vendor documents no such status";

/// `expired` is the time that has run out, if one has.
pub(crate) async fn classify(
    failure: generated::Error<ApiError>,
    Trail { head, refusal, .. }: Trail,
    expired: Timeout,
    transport: &Transport,
) -> Error {
    use generated::Error as Generated;

    let secret = Secret(transport.token());
    let status = head.as_ref().map(|(status, _)| *status).unwrap_or_default();
    let location = head.as_ref().and_then(|(_, headers)| headers.get(header::LOCATION).cloned());
    let response = |body| head.map(|head| secret.response(head, body));
    if let Some(location) = location.filter(|_| status.is_redirection()) {
        let location = secret.hide(String::from_utf8_lossy(location.as_bytes()).into_owned());
        return Error::new(ErrorKind::Redirect { location }, response(Bytes::new()));
    }
    let documented = matches!(failure, Generated::ErrorResponse(_));
    let (received, problem) = match failure {
        Generated::InvalidRequest(problem) | Generated::Custom(problem) => return ConfigError::Request(problem).into(),
        Generated::CommunicationError(error) => return no_response(error.without_url(), expired),
        Generated::ResponseBodyError(e) | Generated::InvalidUpgrade(e) => ((Bytes::new(), Err(e)), String::new()),
        Generated::InvalidResponsePayload(body, problem) => ((body, Ok(())), problem.to_string()),
        Generated::ErrorResponse(_) => ((Bytes::new(), Ok(())), "it has neither a code nor a message".to_owned()),
        Generated::UnexpectedResponse(_) if refusal.is_some() => ((Bytes::new(), Ok(())), UNKNOWN_STATUS.to_owned()),
        Generated::UnexpectedResponse(mut response) => (read(&mut response).await, UNKNOWN_STATUS.to_owned()),
    };
    let (body, end) = refusal.unwrap_or(received);
    let kind = match end {
        Err(error) if chain(&error).any(<dyn StdError>::is::<LengthLimitError>) => {
            ErrorKind::BodyTooLarge { limit: transport.max_response_bytes }
        }
        Err(error) if error.is_timeout() => ErrorKind::Timeout(expired),
        Err(error) => ErrorKind::ConnectionLost(error.without_url()),
        Ok(()) => match error_in(&body, documented) {
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
        return ConfigError::Request(error.to_string()).into();
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
    let mut fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let message = fields.remove(ApiError::MESSAGE);
    let code = match fields.remove(ApiError::CODE) {
        Some(Value::Number(number)) => integer(number.as_f64()?)?,
        Some(Value::String(text)) => text.parse().ok()?,
        None if documented && (message.is_some() || fields.is_empty()) => 0,
        _ => return None,
    };
    let message = match message {
        Some(Value::String(text)) => text,
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    };
    Some((code, message))
}

/// The token, which a server may send back (some proxies show the request that they refuse) and no error may hold.
#[derive(Clone, Copy)]
struct Secret<'a>(&'a str);

impl Secret<'_> {
    fn is_in(&self, bytes: &[u8]) -> bool {
        !self.0.is_empty() && bytes.windows(self.0.len()).any(|window| window == self.0.as_bytes())
    }

    fn hide(&self, text: String) -> String {
        if self.is_in(text.as_bytes()) { text.replace(self.0, "***") } else { text }
    }

    fn response(&self, (status, mut headers): Head, body: Bytes) -> Response {
        for value in headers.values_mut().filter(|value| self.is_in(value.as_bytes())) {
            *value = HeaderValue::from_static("***");
        }
        let body = if self.is_in(&body) { self.hide(String::from_utf8_lossy(&body).into_owned()).into() } else { body };
        let retry_after = retry_after(&headers, SystemTime::now());
        Response { status, headers, body, retry_after }
    }
}
