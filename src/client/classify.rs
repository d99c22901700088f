//! Makes a response or an [`Error`] of what became of one attempt.

use std::{
    error::Error as StdError,
    io,
    time::{Duration, SystemTime},
};

use bytes::BytesMut;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::LengthLimitError;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use super::{
    attempt::{Capture, Received},
    coding::unreadable_coding,
    retry_after::retry_after,
    token::AppToken,
    vendor_error::{object, vendor_error},
};
use crate::{
    error::{Answer, ConfigError, Error, ErrorKind, Timeout, by_code, chain, innermost},
    generated::{self, types::ApiError},
    model::ErrorCode,
};

/// The limits that an attempt has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connect_timeout: Duration,
    /// For this attempt: the attempt timeout, or what is left of the total timeout.
    pub(crate) timeout: Duration,
    /// Which of the two it is, and how long that one is in all.
    pub(crate) timeout_kind: (Timeout, Duration),
    pub(crate) max_response_bytes: usize,
}

/// The attempt was dropped when its timeout expired.
pub(crate) fn expired(capture: &Capture, limits: &Limits, token: &AppToken) -> Error {
    let (timeout, duration) = limits.timeout_kind;
    Error::new(ErrorKind::Timeout(timeout))
        .with_timeout(duration)
        .with_request_written(capture.give_up())
        .with_answer(capture.take().map(|received| failed(received, token)))
}

/// Returns the body and the rest of the response of a successful attempt. The error has all that is known of a failed
/// one, except the history of the call.
pub(crate) fn classify<T: DeserializeOwned>(
    result: Result<ResponseValue<T>, generated::Error<ApiError>>,
    capture: &Capture,
    limits: &Limits,
    token: &AppToken,
) -> Result<(T, Answer), Error> {
    use generated::Error as Generated;

    let mut received = capture.take();
    let success = |received: Option<Received>| received.map(|received| redacted(received, token)).unwrap_or_default();
    let problem = match result {
        // There is a response, or there would be no body.
        Ok(value) => return Ok((value.into_inner(), success(received))),
        Err(Generated::InvalidRequest(problem) | Generated::Custom(problem)) => {
            return Err(ConfigError::Request(problem).into());
        }
        Err(
            Generated::CommunicationError(error)
            | Generated::ResponseBodyError(error)
            | Generated::InvalidUpgrade(error),
        ) => {
            let answer = received.map(|received| failed(received, token));
            return Err(incomplete(error.without_url(), capture, limits).with_answer(answer));
        }
        Err(Generated::InvalidResponsePayload(body, _)) => {
            if let Some(received) = received.as_mut().filter(|received| received.status.is_success()) {
                (received.body, received.is_whole) = (BytesMut::from(body), true);
            }
            if let Some(value) = received.as_ref().filter(|received| received.status.is_success()).and_then(parsed) {
                return Ok((value, success(received)));
            }
            "it is not in the form of the API's responses"
        }
        Err(Generated::ErrorResponse(_)) => "it has no code and no message",
        Err(Generated::UnexpectedResponse(_)) => UNDOCUMENTED,
    };
    // Redaction could change what the response says, so it comes last.
    let kind = received.as_ref().and_then(|received| kind_of_response::<T>(received, problem != UNDOCUMENTED, token));
    let kind = kind.unwrap_or_else(|| ErrorKind::UnexpectedResponse { problem: problem.to_owned() });
    Err(Error::new(kind).with_answer(received.map(|received| failed(received, token))))
}

const UNDOCUMENTED: &str = "its status is not documented";

fn redacted(received: Received, token: &AppToken) -> Answer {
    let Received { status, mut headers, body, is_whole } = received;
    token.redact_headers(&mut headers);
    Answer { status, headers, body: token.redact_body(body.freeze(), is_whole), retry_after: None }
}

fn failed(received: Received, token: &AppToken) -> Answer {
    let retry_after = retry_after(&received.headers, SystemTime::now());
    Answer { retry_after, ..redacted(received, token) }
}

/// The body of a success. A byte order mark is not for serde_json, but its meaning is plain.
fn parsed<T: DeserializeOwned>(received: &Received) -> Option<T> {
    serde_json::from_str(object(std::str::from_utf8(&received.body).ok()?)?).ok()
}

/// What a complete response says; `None` if it does not come from the API.
fn kind_of_response<T: DeserializeOwned>(
    received: &Received,
    is_documented: bool,
    token: &AppToken,
) -> Option<ErrorKind> {
    let Received { status, headers, body, .. } = received;
    let vendor_error = vendor_error(body, is_documented && !status.is_success());
    let unclear = |problem| Some(ErrorKind::UnreadableResponse { problem: token.redact_text(problem) });
    match vendor_error {
        // A code of the vendor's counts more than the status.
        Ok(Some((code, message))) if by_code(code).is_some() => {
            return Some(ErrorKind::Api { code, message: token.redact_text(message) });
        }
        // Only a success has such a code, and a success has no other.
        Ok(None | Some((ErrorCode::Other(0 | 200), _))) if !status.is_success() && parsed::<T>(received).is_some() => {
            return unclear("it reports success".to_owned());
        }
        _ => {}
    }
    if let Some(coding) = unreadable_coding(headers, body) {
        return unclear(coding);
    }
    match vendor_error {
        Err(problem) => unclear(problem),
        _ if status.is_redirection() && headers.contains_key(header::LOCATION) => Some(redirect(headers, token)),
        Ok(Some((ErrorCode::Other(0 | 200), _))) if status.is_success() => None,
        Ok(Some((code, message))) => Some(ErrorKind::Api { code, message: token.redact_text(message) }),
        Ok(None) => ambiguous_code_in(body).and_then(|code| unclear(format!("it mentions code {code}"))),
    }
}

fn redirect(headers: &HeaderMap, token: &AppToken) -> ErrorKind {
    let location = headers.get(header::LOCATION).map_or(&[][..], HeaderValue::as_bytes);
    ErrorKind::Redirect { location: token.redact_text(String::from_utf8_lossy(location).into_owned()) }
}

/// A gateway can put the vendor's error into a page or an envelope of its own.
fn ambiguous_code_in(body: &[u8]) -> Option<ErrorCode> {
    let code = ErrorCode::BadServiceResponse;
    let digits = code.number().to_string();
    body.windows(digits.len()).any(|window| window == digits.as_bytes()).then_some(code)
}

/// No response, or one that broke off.
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
        // The operating system has a limit of its own, which may be the shorter one.
        if is_of_the_system(&error) { failure } else { failure.with_timeout(limits.connect_timeout) }
    } else if error.is_connect() {
        Error::new(ErrorKind::Connect)
    } else if error.is_timeout() && !is_of_the_system(&error) {
        // reqwest has no other timeout from this crate.
        Error::new(ErrorKind::Timeout(Timeout::Read))
    } else {
        Error::new(ErrorKind::ConnectionLost)
    };
    failure.with_request_written(capture.give_up()).with_source(error)
}

fn is_of_the_system(error: &reqwest::Error) -> bool {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.raw_os_error().is_some())
}

/// Without TLS, reqwest's connector takes only http. It has no other way to say so.
fn is_without_tls(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.to_string().contains("scheme is not http"))
}
