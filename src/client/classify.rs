//! Makes a response or an [`Error`] of what became of one attempt.

use std::{
    error::Error as StdError,
    io, mem,
    time::{Duration, SystemTime},
};

use http::header;
use http_body_util::LengthLimitError;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use super::{
    attempt::Capture, coding::unreadable_coding, retry_after::retry_after, token::AppToken, vendor_error::vendor_error,
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
        .with_answer(answer(capture, token))
        .with_request_written(capture.is_request_written())
}

fn answer(capture: &Capture, token: &AppToken) -> Option<Answer> {
    let mut answer = capture.take_answer(token)?;
    answer.retry_after = retry_after(&answer.headers, SystemTime::now());
    Some(answer)
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

    let failure = match result {
        // There is an answer, or there would be no body.
        Ok(value) => return Ok((value.into_inner(), capture.take_answer(token).unwrap_or_default())),
        Err(failure) => failure,
    };
    let mut answer = answer(capture, token);
    let (problem, is_documented) = match failure {
        Generated::InvalidRequest(problem) | Generated::Custom(problem) => {
            return Err(ConfigError::Request(problem).into());
        }
        Generated::CommunicationError(error)
        | Generated::ResponseBodyError(error)
        | Generated::InvalidUpgrade(error) => return Err(incomplete(error.without_url(), answer, capture, limits)),
        Generated::InvalidResponsePayload(body, problem) => {
            if let Some(answer) = answer.as_mut().filter(|answer| answer.status.is_success()) {
                if let Some(value) = after_byte_order_mark(&body) {
                    return Ok((value, mem::take(answer)));
                }
                answer.body = token.redact_body(body, true);
            }
            (token.redact_text(problem.to_string()), false)
        }
        Generated::ErrorResponse(_) => ("it has no code and no message".to_owned(), true),
        Generated::UnexpectedResponse(_) => ("no such status is documented".to_owned(), false),
    };
    let kind = answer.as_ref().and_then(|answer| kind_of_answer(answer, is_documented));
    Err(Error::new(kind.unwrap_or(ErrorKind::UnexpectedResponse { problem })).with_answer(answer))
}

/// JSON with a byte order mark is not for serde_json, but its meaning is plain.
fn after_byte_order_mark<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf")?).ok()
}

/// What a complete answer says; nothing if it is not known who speaks.
fn kind_of_answer(answer: &Answer, is_documented: bool) -> Option<ErrorKind> {
    let vendor_error = vendor_error(&answer.body, is_documented);
    // A code of the vendor's counts more than the status.
    let is_known = vendor_error.as_ref().is_some_and(|(code, _)| by_code(*code).is_some());
    if let Some(redirect) = redirect(answer).filter(|_| !is_known) {
        return Some(redirect);
    }
    // Only a success can have 0 or 200 as the code of a success.
    let is_success = |code: ErrorCode| answer.status.is_success() && matches!(code.number(), 0 | 200);
    match vendor_error {
        Some((code, message)) if !is_success(code) => Some(ErrorKind::Api { code, message }),
        _ => unreadable_coding(&answer.headers, &answer.body).map(|coding| ErrorKind::UnreadableResponse { coding }),
    }
}

fn redirect(answer: &Answer) -> Option<ErrorKind> {
    let location = answer.headers.get(header::LOCATION).filter(|_| answer.status.is_redirection())?;
    Some(ErrorKind::Redirect { location: String::from_utf8_lossy(location.as_bytes()).into_owned() })
}

/// No answer, or one that broke off.
fn incomplete(error: reqwest::Error, answer: Option<Answer>, capture: &Capture, limits: &Limits) -> Error {
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
    if let Some(redirect) = answer.as_ref().and_then(redirect) {
        return Error::new(redirect).with_answer(answer);
    }
    if chain(&error).any(<dyn StdError>::is::<LengthLimitError>) {
        return Error::new(ErrorKind::BodyTooLarge { limit: limits.max_response_bytes }).with_answer(answer);
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
    failure.with_answer(answer).with_request_written(capture.is_request_written()).with_source(error)
}

fn is_of_the_system(error: &reqwest::Error) -> bool {
    chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.raw_os_error().is_some())
}

/// Without TLS, reqwest's connector takes only http. It has no other way to say so.
fn is_without_tls(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.to_string().contains("scheme is not http"))
}
