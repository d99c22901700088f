//! Makes a response or an [`Error`] of what became of one attempt.

use std::{
    error::Error as StdError,
    io,
    time::{Duration, SystemTime},
};

use http::header;
use http_body_util::LengthLimitError;
use progenitor_client::ResponseValue;
use tokio::time::Instant;

use super::{attempt::Capture, retry_after::retry_after, text::unreadable_coding, vendor_error::vendor_error};
use crate::{
    error::{Answer, ConfigError, Error, ErrorKind, Timeout, by_code, chain, innermost},
    generated::{self, types::ApiError},
    model::ErrorCode,
};

/// The limits that an attempt had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) began: Instant,
    pub(crate) connect_timeout: Duration,
    /// For the attempt: its own timeout, or what was left of the total timeout.
    pub(crate) timeout: Duration,
    /// Which of the two it is, and how long that one is in all.
    pub(crate) timeout_kind: (Timeout, Duration),
    pub(crate) max_response_bytes: usize,
}

/// Tells a success, with its body and the whole answer, from a failure. All that is known of the failure besides the
/// history of the call is in the error.
pub(crate) fn classify<T>(
    result: Result<ResponseValue<T>, generated::Error<ApiError>>,
    capture: &Capture,
    limits: &Limits,
) -> Result<(T, Answer), Error> {
    use generated::Error as Generated;

    let mut answer = capture.take_answer();
    let failure = match result {
        // There is an answer, or there would be no body.
        Ok(value) => return Ok((value.into_inner(), answer.unwrap_or_default())),
        Err(failure) => failure,
    };
    if let Some(answer) = &mut answer {
        answer.retry_after = retry_after(&answer.headers, SystemTime::now());
    }
    let (problem, is_documented) = match failure {
        Generated::InvalidRequest(problem) | Generated::Custom(problem) => {
            return Err(ConfigError::Request(problem).into());
        }
        Generated::CommunicationError(error)
        | Generated::ResponseBodyError(error)
        | Generated::InvalidUpgrade(error) => return Err(incomplete(error.without_url(), answer, capture, limits)),
        Generated::InvalidResponsePayload(_, problem) => (problem.to_string(), false),
        Generated::ErrorResponse(_) => ("it has no code and no message".to_owned(), true),
        Generated::UnexpectedResponse(_) => ("no such status is documented".to_owned(), false),
    };
    let kind = answer.as_ref().and_then(|answer| kind_of_answer(answer, is_documented));
    Err(Error::new(kind.unwrap_or(ErrorKind::UnexpectedResponse { problem })).with_answer(answer))
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
    let timeout = expired(&error, limits);
    let mut failure = Error::new(match timeout {
        Some((timeout, _)) => ErrorKind::Timeout(timeout),
        None if error.is_connect() => ErrorKind::Connect,
        None => ErrorKind::ConnectionLost,
    });
    if let Some(duration) = timeout.and_then(|(_, duration)| duration) {
        failure = failure.with_timeout(duration);
    }
    failure.with_answer(answer).with_request_written(capture.is_request_written()).with_source(error)
}

/// Which timeout expired, if one did, and how long it was, if that is known.
fn expired(error: &reqwest::Error, limits: &Limits) -> Option<(Timeout, Option<Duration>)> {
    let is_of_the_system = || {
        chain(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.raw_os_error().is_some())
    };
    if !error.is_timeout() {
        None
    } else if error.is_connect() {
        // The operating system has a limit of its own, which may be the shorter one.
        Some((Timeout::Connect, Some(limits.connect_timeout).filter(|_| !is_of_the_system())))
    } else if limits.began.elapsed() >= limits.timeout {
        Some((limits.timeout_kind.0, Some(limits.timeout_kind.1)))
    } else if is_of_the_system() {
        None
    } else {
        Some((Timeout::Read, None))
    }
}

/// Without TLS, reqwest's connector takes only http. It has no other way to say so.
fn is_without_tls(error: &reqwest::Error) -> bool {
    chain(error).any(|cause| cause.to_string().contains("scheme is not http"))
}
