//! From what the generated call says of a failure to what it means.

use std::{error::Error as StdError, time::SystemTime};

use bytes::Bytes;
use http::{HeaderValue, header};
use http_body_util::LengthLimitError;
use serde_json::{Map, Value};

use crate::{
    ConfigError, Error, ErrorKind, Timeout,
    code::whole,
    error::{Answer, chain},
    generated::{self, types::ApiError},
    retry::retry_after,
    transport::{Head, Trail, Transport, read},
};

const NO_SUCH_STATUS: &str = "the vendor documents no such status";

/// `whose_time` is the one that was running out.
pub(crate) async fn explain(
    failure: generated::Error<ApiError>,
    Trail { head, refusal, .. }: Trail,
    whose_time: Timeout,
    transport: &Transport,
) -> Error {
    let secret = Secret(transport.token());
    let success = head.as_ref().is_some_and(|(status, _)| status.is_success());
    let location = head.as_ref().and_then(|(_, headers)| headers.get(header::LOCATION).cloned());
    let answer = |body| head.map(|head| secret.answer(head, body));
    let broken_off = |error: reqwest::Error| {
        let too_large = |error: &(dyn StdError + 'static)| error.is::<LengthLimitError>();
        if chain(&error).any(too_large) {
            ErrorKind::BodyTooLarge { limit: transport.max_response_bytes }
        } else if error.is_timeout() {
            ErrorKind::Timeout(whose_time)
        } else {
            ErrorKind::ConnectionLost(error.without_url())
        }
    };
    // Only a success can have 0 or 200 as the code of a success, and only the documented error has 0 by default.
    let documented = matches!(failure, generated::Error::ErrorResponse(_));
    let kind_of = |body: &[u8], problem| match error_in(body, documented) {
        Some((code, message)) if !(success && matches!(code, 0 | 200)) => {
            ErrorKind::Api { code: code.into(), message: secret.hide(message) }
        }
        _ => ErrorKind::UnexpectedResponse { problem: secret.hide(problem) },
    };
    if let Some((body, end)) = refusal {
        let problem = match failure {
            generated::Error::InvalidResponsePayload(_, problem) => problem.to_string(),
            generated::Error::ErrorResponse(_) => "it has neither a code nor a message".to_owned(),
            _ => NO_SUCH_STATUS.to_owned(),
        };
        let kind = match end {
            Ok(()) => kind_of(&body, problem),
            Err(error) => broken_off(error),
        };
        return Error::new(kind, answer(body));
    }
    match failure {
        generated::Error::InvalidRequest(problem) | generated::Error::Custom(problem) => {
            ConfigError::Request(problem).into()
        }
        generated::Error::CommunicationError(error) => {
            let error = error.without_url();
            if error.is_builder() {
                return ConfigError::Request(error.to_string()).into();
            }
            let kind = match (error.is_connect(), error.is_timeout()) {
                (true, true) => ErrorKind::Timeout(Timeout::Connect),
                (true, false) => ErrorKind::Connect(error),
                (false, true) => ErrorKind::Timeout(whose_time),
                (false, false) => ErrorKind::ConnectionLost(error),
            };
            Error::new(kind, None)
        }
        generated::Error::ResponseBodyError(error) | generated::Error::InvalidUpgrade(error) => {
            Error::new(broken_off(error), answer(Bytes::new()))
        }
        generated::Error::ErrorResponse(reply) => {
            let ApiError { code, message, .. } = reply.into_inner();
            let message = secret.hide(message.unwrap_or_default());
            Error::new(ErrorKind::Api { code: code.into(), message }, answer(Bytes::new()))
        }
        generated::Error::InvalidResponsePayload(body, problem) => {
            let kind = kind_of(&body, problem.to_string());
            Error::new(kind, answer(body))
        }
        generated::Error::UnexpectedResponse(mut response) => {
            if let Some(location) = location.filter(|_| response.status().is_redirection()) {
                let location = secret.hide(String::from_utf8_lossy(location.as_bytes()).into_owned());
                return Error::new(ErrorKind::Redirect { location }, answer(Bytes::new()));
            }
            let (body, end) = read(&mut response).await;
            let kind = match end {
                Ok(()) => kind_of(&body, NO_SUCH_STATUS.to_owned()),
                Err(error) => broken_off(error),
            };
            Error::new(kind, answer(body))
        }
    }
}

/// The code and the message of an error, in whatever form they come: the code decides what a failure means. The
/// documented error has the code 0 if it has none.
fn error_in(body: &[u8], documented: bool) -> Option<(i64, String)> {
    let mut fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let message = fields.remove(ApiError::MESSAGE);
    let code = match fields.remove(ApiError::CODE) {
        Some(Value::Number(number)) => whole(number.as_f64()?)?,
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
struct Secret<'a>(&'a [u8]);

impl Secret<'_> {
    fn is_in(&self, bytes: &[u8]) -> bool {
        !self.0.is_empty() && bytes.windows(self.0.len()).any(|window| window == self.0)
    }

    fn hide(&self, text: String) -> String {
        if self.is_in(text.as_bytes()) { text.replace(&*String::from_utf8_lossy(self.0), "***") } else { text }
    }

    fn answer(&self, (status, mut headers): Head, body: Bytes) -> Answer {
        for value in headers.values_mut().filter(|value| self.is_in(value.as_bytes())) {
            *value = HeaderValue::from_static("***");
        }
        let body = if self.is_in(&body) { self.hide(String::from_utf8_lossy(&body).into_owned()).into() } else { body };
        let retry_after = retry_after(&headers, SystemTime::now());
        Answer { status, headers, body, retry_after }
    }
}
