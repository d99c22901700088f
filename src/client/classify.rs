//! Turns the result of one attempt into a response or an [`Error`].

use std::{
    error::Error as StdError,
    io,
    time::{Duration, SystemTime},
};

#[cfg(feature = "mock")]
use bytes::Bytes;
use bytes::BytesMut;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::LengthLimitError;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use super::{
    api_object::{ApiObject, SUCCESS, api_object, object},
    attempt::{Capture, CapturedResponse},
    coding::unreadable_coding,
    retry_after::retry_after,
    token::AppToken,
};
use crate::{
    error::{ConfigError, Error, ErrorKind, ResponseParts, Timeout, by_code, chain, innermost},
    generated::{self, types::ApiError},
    model::ErrorCode,
};

/// The limits of one attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    /// The attempt timeout, or the rest of the total timeout if that is shorter.
    pub(crate) timeout: Duration,
    /// Which of the two applies, and its full duration.
    pub(crate) timeout_kind: (Timeout, Duration),
    pub(crate) max_response_bytes: usize,
}

/// The error of an attempt that timed out.
pub(crate) fn expired(capture: &Capture, limits: &Limits, token: &AppToken) -> Error {
    let (timeout, duration) = limits.timeout_kind;
    Error::new(ErrorKind::Timeout(timeout))
        .with_timeout(duration)
        .with_request_written(capture.abandon())
        .with_response(capture.take().map(|captured| failed(captured, token)))
}

/// Returns the body and the response, or an error that holds everything except the attempt history.
pub(crate) fn classify<T: DeserializeOwned>(
    result: Result<ResponseValue<T>, generated::Error<ApiError>>,
    capture: &Capture,
    limits: &Limits,
    token: &AppToken,
) -> Result<(T, ResponseParts), Error> {
    use generated::Error as Generated;

    let mut captured = capture.take();
    let success =
        |captured: Option<CapturedResponse>| captured.map(|captured| redacted(captured, token)).unwrap_or_default();
    let problem = match result {
        // A parsed body implies a captured response.
        Ok(value) => return Ok((value.into_inner(), success(captured))),
        Err(Generated::InvalidRequest(problem) | Generated::Custom(problem)) => {
            return Err(ConfigError::Request(problem).into());
        }
        Err(
            Generated::CommunicationError(error)
            | Generated::ResponseBodyError(error)
            | Generated::InvalidUpgrade(error),
        ) => {
            let response = captured.map(|captured| failed(captured, token));
            return Err(incomplete(error.without_url(), capture, limits).with_response(response));
        }
        Err(Generated::InvalidResponsePayload(body, _)) => {
            if let Some(captured) = captured.as_mut().filter(|captured| captured.status.is_success()) {
                (captured.body, captured.is_complete) = (BytesMut::from(body), true);
            }
            if let Some(value) = captured.as_ref().filter(|captured| captured.status.is_success()).and_then(parsed) {
                return Ok((value, success(captured)));
            }
            "its body does not match the documented schema"
        }
        Err(Generated::ErrorResponse(_)) => "its body has no code and no message",
        Err(Generated::UnexpectedResponse(_)) => UNDOCUMENTED,
    };
    // Redact last: it could change how the response is classified.
    let kind = captured.as_ref().and_then(|captured| kind_of_response(captured, problem != UNDOCUMENTED, token));
    let kind = kind.unwrap_or_else(|| ErrorKind::UnexpectedResponse { problem: problem.to_owned() });
    Err(Error::new(kind).with_response(captured.map(|captured| failed(captured, token))))
}

const UNDOCUMENTED: &str = "its status is not documented";

fn redacted(captured: CapturedResponse, token: &AppToken) -> ResponseParts {
    let CapturedResponse { status, mut headers, body, is_complete } = captured;
    token.redact_headers(&mut headers);
    ResponseParts { status, headers, body: token.redact_body(body.freeze(), is_complete), retry_after: None }
}

fn failed(captured: CapturedResponse, token: &AppToken) -> ResponseParts {
    let retry_after = retry_after(&captured.headers, SystemTime::now());
    ResponseParts { retry_after, ..redacted(captured, token) }
}

/// The body of a success. serde_json rejects a byte order mark, so parse what follows it.
fn parsed<T: DeserializeOwned>(captured: &CapturedResponse) -> Option<T> {
    serde_json::from_str(object(std::str::from_utf8(&captured.body).ok()?)?).ok()
}

/// The error of a response that a test describes; `None` if it is a success.
#[cfg(feature = "mock")]
pub(crate) fn error_of_response(response: http::Response<Bytes>, is_complete: bool) -> Option<Error> {
    let (http::response::Parts { status, headers, .. }, body) = response.into_parts();
    // So short that it is not redacted.
    let token = AppToken::new("-").ok()?;
    let is_too_large = body.len() > super::builder::MAX_RESPONSE_BYTES;
    // The body of a 200 is kept only if it is complete.
    let body = if status == http::StatusCode::OK && (is_too_large || !is_complete) { Bytes::new() } else { body };
    let captured = CapturedResponse { status, headers, body: BytesMut::from(body), is_complete };
    let problem = match captured.status {
        http::StatusCode::OK if is_complete && parsed::<generated::types::UpdatedDestination>(&captured).is_some() => {
            return None;
        }
        http::StatusCode::BAD_REQUEST if serde_json::from_slice::<ApiError>(&captured.body).is_ok() => {
            "its body has no code and no message"
        }
        http::StatusCode::OK | http::StatusCode::BAD_REQUEST => "its body does not match the documented schema",
        _ => UNDOCUMENTED,
    };
    let kind = if is_too_large {
        ErrorKind::BodyTooLarge { limit: super::builder::MAX_RESPONSE_BYTES }
    } else if is_complete {
        kind_of_response(&captured, problem != UNDOCUMENTED, &token)
            .unwrap_or_else(|| ErrorKind::UnexpectedResponse { problem: problem.to_owned() })
    } else {
        ErrorKind::ConnectionLost
    };
    Some(Error::new(kind).with_response(Some(failed(captured, &token))))
}

/// Classifies a complete response; `None` if nothing shows that the API sent it.
fn kind_of_response(captured: &CapturedResponse, is_documented: bool, token: &AppToken) -> Option<ErrorKind> {
    let CapturedResponse { status, headers, body, .. } = captured;
    let object = api_object(body, is_documented && !status.is_success());
    let unclear = |problem| Some(ErrorKind::UnreadableResponse { problem: token.redact_text(problem) });
    match &object {
        // A documented code takes precedence over the status.
        Ok(Some(ApiObject { code: Some(code), message, .. })) if by_code(*code).is_some() => {
            return Some(ErrorKind::Api { code: *code, message: token.redact_text(message.clone()) });
        }
        Ok(Some(object)) if object.reports_success() && !status.is_success() => {
            return unclear("it reports success".to_owned());
        }
        _ => {}
    }
    if let Some(coding) = unreadable_coding(headers, body) {
        return unclear(coding);
    }
    let object = match object {
        Ok(object) => object,
        Err(problem) => return unclear(problem),
    };
    if let Some(code) = ambiguous_code_in(body) {
        return unclear(format!("it mentions code {code}"));
    }
    if status.is_redirection() && headers.contains_key(header::LOCATION) {
        return Some(redirect(headers, token));
    }
    let ApiObject { code, message, .. } = object?;
    let code = code.filter(|code| !(status.is_success() && matches!(code, ErrorCode::Other(0 | SUCCESS))))?;
    Some(ErrorKind::Api { code, message: token.redact_text(message) })
}

fn redirect(headers: &HeaderMap, token: &AppToken) -> ErrorKind {
    let location = headers.get(header::LOCATION).map_or(&[][..], HeaderValue::as_bytes);
    ErrorKind::Redirect { location: token.redact_text(String::from_utf8_lossy(location).into_owned()) }
}

/// A gateway may wrap the vendor's error in its own page or envelope. This is the one code with an unknown outcome.
fn ambiguous_code_in(body: &[u8]) -> Option<ErrorCode> {
    let code = ErrorCode::BadServiceResponse;
    let numbers = body.split(|byte| !byte.is_ascii_digit());
    numbers.into_iter().any(|number| number == code.number().to_string().as_bytes()).then_some(code)
}

/// The error of an attempt without a complete response.
fn incomplete(error: reqwest::Error, capture: &Capture, limits: &Limits) -> Error {
    if error.is_builder() {
        return ConfigError::Request(innermost(&error)).into();
    }
    if error.is_connect() && is_without_tls(&error) {
        return ConfigError::HttpClient {
            problem: "this program has no TLS; turn on the feature `rustls` or `native-tls` of cinnox-destination",
            source: None,
        }
        .into();
    }
    if chain(&error).any(<dyn StdError>::is::<LengthLimitError>) {
        return Error::new(ErrorKind::BodyTooLarge { limit: limits.max_response_bytes });
    }
    let failure = if error.is_timeout() && error.is_connect() {
        let failure = Error::new(ErrorKind::Timeout(Timeout::Connect));
        // The operating system has its own connect timeout, which may be shorter.
        if is_system_error(&error) { failure } else { failure.with_timeout(limits.connect_timeout) }
    } else if error.is_connect() {
        Error::new(ErrorKind::Connect)
    } else if error.is_timeout() && !is_system_error(&error) {
        // This crate sets no other timeout on reqwest.
        Error::new(ErrorKind::Timeout(Timeout::Read))
    } else {
        Error::new(ErrorKind::ConnectionLost)
    };
    failure.with_request_written(capture.abandon()).with_source(error)
}

/// Whether the error comes from the operating system.
fn is_system_error(error: &reqwest::Error) -> bool {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.raw_os_error().is_some())
}

/// Without TLS, reqwest's connector accepts only http; its error can be recognised only by its text.
fn is_without_tls(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.to_string().contains("scheme is not http"))
}
