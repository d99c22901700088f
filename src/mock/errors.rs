//! Builds errors for unit tests that do not use a server.

use std::{
    error::Error as StdError,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::{
    answers::JSON,
    failure::{append, status_code},
};
use crate::{
    Error, ErrorKind, Timeout,
    client::{default_timeout, retry_after},
    error::ResponseParts,
    generated::types::ApiError,
};

/// Builds an error of this kind, as a client would return it, for unit tests of error handling.
///
/// If errors of this kind have a response, the error has a typical status: 400 for `Api` and `UnreadableResponse`, 502
/// for
/// `UnexpectedResponse`, 302 for `Redirect`, 200 for `BodyTooLarge`. Use [`ErrorBuilder`] to change the status and to add
/// details. [`Error::outcome`] and [`Error::is_retryable`] are derived as in the client.
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
/// assert_eq!(too_late.to_string(), "the response was not complete within the attempt timeout of 15 s (attempt 3)");
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
    let timeout = match kind {
        ErrorKind::Timeout(timeout) => default_timeout(timeout),
        _ => None,
    };
    ErrorBuilder {
        is_request_written: !is_before_request(&kind),
        attempts: u32::from(!is_before_call(&kind)),
        error: Error::new(normalized(kind)),
        response: status.map(|status| ResponseParts { status, headers, body, retry_after: None }),
        timeout,
        maybe_applied: false,
    }
}

/// Converts the code as a client does.
fn normalized(kind: ErrorKind) -> ErrorKind {
    match kind {
        ErrorKind::Api { code, message } => ErrorKind::Api { code: code.number().into(), message },
        other => other,
    }
}

/// Whether an error of this kind occurs before the first attempt.
fn is_before_call(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_))
}

/// Whether an error of this kind always occurs before the request is written.
fn is_before_request(kind: &ErrorKind) -> bool {
    is_before_call(kind) || matches!(kind, ErrorKind::Connect | ErrorKind::Timeout(Timeout::Connect))
}

/// Builds an [`Error`]; see [`error`].
#[derive(Debug)]
#[must_use]
pub struct ErrorBuilder {
    error: Error,
    response: Option<ResponseParts>,
    is_request_written: bool,
    timeout: Option<Duration>,
    attempts: u32,
    maybe_applied: bool,
}

impl ErrorBuilder {
    /// Sets the status of the response. For a `Timeout` or `ConnectionLost` it means that a response had begun to
    /// arrive.
    ///
    /// # Panics
    ///
    /// If the status is not from 100 to 999.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.response_mut().status = status_code(status);
        self
    }

    /// Adds a header to the response.
    ///
    /// # Panics
    ///
    /// If the name or the value contains a character that is not allowed in a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        append(&mut self.response_mut().headers, name, value.as_ref());
        self
    }

    /// Adds a `Retry-After` header: seconds or an HTTP date.
    ///
    /// # Panics
    ///
    /// Like [`ErrorBuilder::header`].
    #[track_caller]
    pub fn retry_after(self, value: impl AsRef<[u8]>) -> Self {
        self.header(header::RETRY_AFTER.as_str(), value)
    }

    /// Sets the body of the response.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.response_mut().body = body.into();
        self
    }

    /// Sets the [`source`](StdError::source); in a client it is an error of reqwest.
    pub fn source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.error = self.error.with_source(source);
        self
    }

    /// Sets the duration of the expired timeout. The default is that of [`ClientBuilder`](crate::ClientBuilder);
    /// `Timeout::Read` has none.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the number of attempts. The default is 1, and 0 for `Configuration` and `InvalidUpdate`.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Marks a `Timeout` or `ConnectionLost` as having occurred before the request was written, so nothing was sent.
    pub fn before_request(mut self) -> Self {
        self.is_request_written = false;
        self
    }

    /// Marks an attempt before the last one as possibly applied, so the outcome is unknown. Sets the number of attempts
    /// to at least 2.
    pub fn maybe_applied(mut self) -> Self {
        self.maybe_applied = true;
        self
    }

    /// Builds the error.
    ///
    /// # Panics
    ///
    /// If no client returns such an error: a response together with [`before_request`](Self::before_request), or for a
    /// kind that has none; a redirect whose status is not a redirect; a number of attempts, a timeout or a source that
    /// an error of this kind cannot have.
    #[must_use]
    #[track_caller]
    pub fn build(mut self) -> Error {
        if self.maybe_applied {
            self.attempts = self.attempts.max(2);
        }
        if let Some(problem) = self.problem() {
            panic!("{problem}: {}", self.error);
        }
        if let Some(response) = &mut self.response {
            response.retry_after = retry_after(&response.headers, SystemTime::now());
        }
        let error = match self.timeout {
            Some(timeout) => self.error.with_timeout(timeout),
            None => self.error,
        };
        error
            .with_response(self.response)
            .with_request_written(self.is_request_written)
            .with_history(self.attempts, self.maybe_applied)
    }

    /// Why no client returns such an error.
    fn problem(&self) -> Option<&'static str> {
        let kind = self.error.kind();
        let has_duration = matches!(kind, ErrorKind::Timeout(Timeout::Connect | Timeout::Attempt | Timeout::Total));
        let has_source = matches!(
            kind,
            ErrorKind::Configuration(_)
                | ErrorKind::Connect
                | ErrorKind::ConnectionLost
                | ErrorKind::Timeout(Timeout::Connect | Timeout::Read)
        );
        match (kind, &self.response) {
            (_, Some(_)) if is_before_request(kind) => Some("an error of this kind has no response"),
            (_, Some(_)) if !self.is_request_written => {
                Some("a response requires that the request was written; remove `before_request`")
            }
            (ErrorKind::Redirect { .. }, Some(response)) if !response.status.is_redirection() => {
                Some("the status of a redirect is from 300 to 399")
            }
            // Without TLS, the first attempt fails with `Configuration`.
            (ErrorKind::Configuration(_), _) if self.attempts > 1 => {
                Some("an error of this kind occurs at or before the first attempt")
            }
            (ErrorKind::InvalidUpdate(_), _) if self.attempts > 0 => {
                Some("an error of this kind occurs before the first attempt")
            }
            _ if self.attempts == 0 && !is_before_call(kind) => Some("an error of this kind has at least one attempt"),
            _ if self.timeout.is_some() && !has_duration => Some("an error of this kind has no timeout duration"),
            _ if StdError::source(&self.error).is_some() && !has_source => Some("an error of this kind has no source"),
            _ => None,
        }
    }

    fn response_mut(&mut self) -> &mut ResponseParts {
        self.response.get_or_insert_default()
    }
}
