//! Makes a response or an [`Error`] of what became of one attempt.

use std::{
    error::Error as StdError,
    io,
    time::{Duration, SystemTime},
};

use bytes::BytesMut;
use http::header;
use http_body_util::LengthLimitError;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use super::{
    attempt::{Capture, Received},
    retry_after::retry_after,
    token::AppToken,
    unreadable::unreadable,
    vendor_error::vendor_error,
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
        .with_answer(capture.take().map(|received| redacted(received, token)))
}

/// Tells a success, with its body and the rest of the answer, from a failure. All that is known of the failure besides
/// the history of the call is in the error.
pub(crate) fn classify<T: DeserializeOwned>(
    result: Result<ResponseValue<T>, generated::Error<ApiError>>,
    capture: &Capture,
    limits: &Limits,
    token: &AppToken,
) -> Result<(T, Answer), Error> {
    use generated::Error as Generated;

    let mut received = capture.take();
    let success = |received: Option<Received>| received.map(|received| redacted(received, token)).unwrap_or_default();
    let (problem, is_documented) = match result {
        // There is an answer, or there would be no body.
        Ok(value) => return Ok((value.into_inner(), success(received))),
        Err(Generated::InvalidRequest(problem) | Generated::Custom(problem)) => {
            return Err(ConfigError::Request(problem).into());
        }
        Err(
            Generated::CommunicationError(error)
            | Generated::ResponseBodyError(error)
            | Generated::InvalidUpgrade(error),
        ) => {
            let kind = received.as_ref().and_then(|received| redirect(received, token));
            let answer = received.map(|received| redacted(received, token));
            return Err(incomplete(error.without_url(), kind, capture, limits).with_answer(answer));
        }
        Err(Generated::InvalidResponsePayload(body, problem)) => {
            if let Some(received) = received.as_mut().filter(|received| received.status.is_success()) {
                (received.body, received.is_whole) = (BytesMut::from(body), true);
            }
            if let Some(value) = received.as_ref().and_then(after_byte_order_mark) {
                return Ok((value, success(received)));
            }
            (problem.to_string(), false)
        }
        Err(Generated::ErrorResponse(_)) => ("it has no code and no message".to_owned(), true),
        Err(Generated::UnexpectedResponse(_)) => ("no such status is documented".to_owned(), false),
    };
    // Redacting could change what the answer says, so it comes last.
    let kind = received.as_ref().and_then(|received| kind_of_answer(received, is_documented, token));
    let kind = kind.unwrap_or_else(|| ErrorKind::UnexpectedResponse { problem: token.redact_text(problem) });
    Err(Error::new(kind).with_answer(received.map(|received| redacted(received, token))))
}

fn redacted(received: Received, token: &AppToken) -> Answer {
    let Received { status, mut headers, body, is_whole } = received;
    let retry_after = if status.is_success() { None } else { retry_after(&headers, SystemTime::now()) };
    token.redact_headers(&mut headers);
    Answer { status, headers, body: token.redact_body(body.freeze(), is_whole), retry_after }
}

/// JSON with a byte order mark is not for serde_json, but its meaning is plain.
fn after_byte_order_mark<T: DeserializeOwned>(received: &Received) -> Option<T> {
    serde_json::from_slice(received.body.strip_prefix(b"\xef\xbb\xbf").filter(|_| received.status.is_success())?).ok()
}

/// What a complete answer says; `None` if it is not known who speaks.
fn kind_of_answer(received: &Received, is_documented: bool, token: &AppToken) -> Option<ErrorKind> {
    let vendor_error = vendor_error(&received.body, is_documented);
    // A code of the vendor's counts more than the status.
    let is_known = vendor_error.as_ref().is_some_and(|(code, _)| by_code(*code).is_some());
    if let Some(redirect) = redirect(received, token).filter(|_| !is_known) {
        return Some(redirect);
    }
    // Only a success can have 0 or 200 as the code of a success.
    let is_success = |code: ErrorCode| received.status.is_success() && matches!(code.number(), 0 | 200);
    match vendor_error {
        Some((code, message)) if !is_success(code) => {
            Some(ErrorKind::Api { code, message: token.redact_text(message) })
        }
        _ => unreadable(&received.headers, &received.body)
            .map(|problem| ErrorKind::UnreadableResponse { problem: token.redact_text(problem) }),
    }
}

fn redirect(received: &Received, token: &AppToken) -> Option<ErrorKind> {
    let location = received.headers.get(header::LOCATION).filter(|_| received.status.is_redirection())?;
    let location = String::from_utf8_lossy(location.as_bytes()).into_owned();
    Some(ErrorKind::Redirect { location: token.redact_text(location) })
}

/// No answer, or one that broke off; `redirect` is what its headers say.
fn incomplete(error: reqwest::Error, redirect: Option<ErrorKind>, capture: &Capture, limits: &Limits) -> Error {
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
    if let Some(redirect) = redirect {
        return Error::new(redirect);
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
