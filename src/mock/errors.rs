//! Errors for unit tests that need no server.

use std::{error::Error as StdError, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::{
    answers::JSON,
    failure::{append, status_code},
};
use crate::{Error, ErrorKind, Timeout, client::retry_after, error::Answer, generated::types::ApiError};

/// Makes an error of this kind, as a client would return it, for the unit test of a function that handles errors.
///
/// An error of a kind that comes with a response has the status that is usual for it: 400 for `Api` and
/// `UnreadableResponse`, 502 for `UnexpectedResponse`, 302 for `Redirect`, 200 for `BodyTooLarge`. The methods of
/// [`ErrorBuilder`] change that and add the rest. [`Error::outcome`] and [`Error::is_retryable`] follow from all of it by
/// the rules of the client.
///
/// ```
/// use std::time::Duration;
///
/// use cinnox_destination::{Error, ErrorCode, ErrorKind, Outcome, Timeout, mock};
///
/// fn may_repeat(error: &Error) -> bool {
///     error.is_retryable() && error.outcome() != Outcome::Unknown
/// }
///
/// let code = ErrorCode::TooManyRequests;
/// let throttled = mock::error(ErrorKind::Api { code, message: code.to_string() }).status(429).retry_after("7").build();
/// assert!(may_repeat(&throttled));
/// assert_eq!(throttled.retry_after(), Some(Duration::from_secs(7)));
///
/// let too_late = mock::error(ErrorKind::Timeout(Timeout::Attempt)).attempts(3).build();
/// assert!(!may_repeat(&too_late));
/// ```
pub fn error(kind: ErrorKind) -> ErrorBuilder {
    let mut headers = HeaderMap::new();
    let (status, body) = match &kind {
        ErrorKind::Api { code, message } => {
            headers.insert(header::CONTENT_TYPE, JSON);
            let body = json!({ ApiError::CODE: code.number(), ApiError::MESSAGE: message });
            (Some(StatusCode::BAD_REQUEST), body.to_string().into())
        }
        ErrorKind::UnreadableResponse { .. } => (Some(StatusCode::BAD_REQUEST), Bytes::new()),
        ErrorKind::UnexpectedResponse { .. } => (Some(StatusCode::BAD_GATEWAY), Bytes::new()),
        ErrorKind::Redirect { location } => {
            headers.extend(HeaderValue::from_str(location).map(|location| (header::LOCATION, location)));
            (Some(StatusCode::FOUND), Bytes::new())
        }
        ErrorKind::BodyTooLarge { .. } => (Some(StatusCode::OK), Bytes::new()),
        ErrorKind::Configuration(_)
        | ErrorKind::InvalidUpdate(_)
        | ErrorKind::Connect
        | ErrorKind::Timeout(_)
        | ErrorKind::ConnectionLost => (None, Bytes::new()),
    };
    let is_before_call = matches!(kind, ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_));
    ErrorBuilder {
        is_request_written: !is_before_request(&kind),
        error: Error::new(kind),
        answer: status.map(|status| Answer { status, headers, body, retry_after: None }),
        attempts: u32::from(!is_before_call),
        maybe_applied: false,
    }
}

/// Whether an error of this kind always comes before the request is written.
fn is_before_request(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Configuration(_)
            | ErrorKind::InvalidUpdate(_)
            | ErrorKind::Connect
            | ErrorKind::Timeout(Timeout::Connect)
    )
}

/// Makes an [`Error`]; see [`error`].
#[derive(Debug)]
#[must_use]
pub struct ErrorBuilder {
    error: Error,
    answer: Option<Answer>,
    is_request_written: bool,
    attempts: u32,
    maybe_applied: bool,
}

impl ErrorBuilder {
    /// Sets the status of the response. For a `Timeout` or `ConnectionLost` it means that the response had begun.
    ///
    /// # Panics
    ///
    /// If the status is not from 100 to 999, or an error of this kind comes without a response.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.answer_mut().status = status_code(status);
        self
    }

    /// Adds a header of the response.
    ///
    /// # Panics
    ///
    /// If the name or the value has a character that a header cannot have, or an error of this kind comes without a
    /// response.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        append(&mut self.answer_mut().headers, name, value.as_ref());
        self
    }

    /// Adds a `Retry-After` header: seconds or an HTTP date.
    ///
    /// # Panics
    ///
    /// As [`ErrorBuilder::header`].
    #[track_caller]
    pub fn retry_after(self, value: impl AsRef<[u8]>) -> Self {
        self.header(header::RETRY_AFTER.as_str(), value)
    }

    /// Sets the body of the response.
    ///
    /// # Panics
    ///
    /// If an error of this kind comes without a response.
    #[track_caller]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.answer_mut().body = body.into();
        self
    }

    /// Sets the [`source`](StdError::source), which a client takes from reqwest.
    pub fn source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.error = self.error.with_source(source);
        self
    }

    /// Sets how many attempts were made; 1 if not set, and 0 for `Configuration` and `InvalidUpdate`.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Says that a `Timeout` or `ConnectionLost` came before the request was written, so that nothing was sent.
    pub fn before_request(mut self) -> Self {
        self.is_request_written = false;
        self
    }

    /// Says that an attempt before the last one may have been applied, so that the outcome is unknown.
    pub fn maybe_applied(mut self) -> Self {
        self.attempts = self.attempts.max(2);
        self.maybe_applied = true;
        self
    }

    /// Makes the error.
    #[must_use]
    pub fn build(self) -> Error {
        let mut answer = self.answer;
        if let Some(answer) = &mut answer {
            answer.retry_after = retry_after(&answer.headers, SystemTime::now());
        }
        self.error
            .with_answer(answer)
            .with_request_written(self.is_request_written)
            .with_history(self.attempts, self.maybe_applied)
    }

    #[track_caller]
    fn answer_mut(&mut self) -> &mut Answer {
        let kind = self.error.kind();
        assert!(!is_before_request(kind), "an error of this kind comes without a response: {}", self.error);
        self.answer.get_or_insert_default()
    }
}
