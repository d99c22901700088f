//! Simulated failures: what the server does, and the error that a client makes of it.

use std::{io, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::{endpoint, server::Reply};
use crate::client::{ATTEMPT_TIMEOUT, error_of_response};
use crate::{Error, ErrorCode, ErrorKind, Outcome, Timeout};

/// A simulated failure, for a server ([`MockServer::fail_next`](super::MockServer::fail_next)) or for an error without
/// one ([`error`]).
///
/// ```
/// use std::time::Duration;
///
/// use cinnox_destination::{ErrorCode, mock::Failure};
///
/// // The vendor's response to too many requests.
/// let throttled = Failure::code(ErrorCode::TOO_MANY_REQUESTS).status(429).retry_after("7");
/// // A proxy whose upstream server is down.
/// let proxy = Failure::respond(502).header("content-type", "text/html").body("<h1>Bad Gateway</h1>");
/// // The update is applied, but the connection is lost after 100 ms.
/// let lost = Failure::disconnect().delay(Duration::from_millis(100)).applied();
/// // No response within any timeout.
/// let silent = Failure::slow(Duration::MAX);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Failure {
    /// `None`: that of the endpoint.
    response: Option<Response<Bytes>>,
    /// Whether the body alone is written, and the connection then closed.
    is_raw: bool,
    pub(super) delay: Duration,
    pub(super) is_applied: bool,
}

impl Failure {
    fn new(response: Option<Response<Bytes>>) -> Self {
        Self { response, is_raw: false, delay: Duration::ZERO, is_applied: false }
    }

    /// Responds in the vendor's format: status 400, this code, and its meaning as the message.
    pub fn code(code: ErrorCode) -> Self {
        Self::api(code, code.meaning().unwrap_or("simulated failure"))
    }

    /// Responds in the vendor's format: status 400, this code and this message.
    pub fn api(code: ErrorCode, message: &str) -> Self {
        Self::new(Some(endpoint::error(StatusCode::BAD_REQUEST, code, message)))
    }

    /// Responds with this status, and an empty body unless [`Failure::body`] sets one.
    ///
    /// # Panics
    ///
    /// If the status is not from 200 to 999.
    #[track_caller]
    pub fn respond(status: u16) -> Self {
        Self::new(None).status(status)
    }

    /// Closes the connection without a response.
    pub fn disconnect() -> Self {
        Self::raw("")
    }

    /// Writes these bytes instead of a response, whether or not they are HTTP, and closes the connection. For example half
    /// a response: `Failure::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")`.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self { is_raw: true, ..Self::new(None).body(bytes) }
    }

    /// Responds like the endpoint, but after a delay. The update is applied when it is received, as with
    /// [`Failure::applied`].
    pub fn slow(delay: Duration) -> Self {
        Self::new(None).delay(delay).applied()
    }

    /// Sets the status.
    ///
    /// # Panics
    ///
    /// If the status is not from 200 to 999.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        match StatusCode::from_u16(status) {
            Ok(status) if !status.is_informational() => *self.response.get_or_insert_default().status_mut() = status,
            _ => panic!("{status} is not the status of a response; use one from 200 to 999"),
        }
        self
    }

    /// Sets a header. To describe the length of the body wrongly, use [`Failure::raw`].
    ///
    /// # Panics
    ///
    /// If the name or the value contains a character that is not allowed in a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        match (name.parse::<HeaderName>(), HeaderValue::from_bytes(value.as_ref())) {
            (Ok(name), Ok(value)) => self.response.get_or_insert_default().headers_mut().insert(name, value),
            (Err(_), _) => panic!("{name:?} is not a valid header name"),
            (_, Err(_)) => panic!("the value of {name} is not a valid header value"),
        };
        self
    }

    /// Sets the `Retry-After` header: seconds or an HTTP date.
    ///
    /// # Panics
    ///
    /// Like [`Failure::header`].
    #[track_caller]
    pub fn retry_after(self, value: impl AsRef<[u8]>) -> Self {
        self.header(header::RETRY_AFTER.as_str(), value)
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        *self.response.get_or_insert_default().body_mut() = body.into();
        self
    }

    /// Waits before the response, or before the connection is closed.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Applies the update despite the failure, unless the endpoint would reject it. It is applied before the delay.
    pub fn applied(mut self) -> Self {
        self.is_applied = true;
        self
    }

    /// `endpoint` is what the endpoint responds if the update is applied.
    pub(super) fn reply(self, endpoint: Option<Response<Bytes>>) -> Reply {
        let response = self.response.or(endpoint).unwrap_or_default();
        if self.is_raw { Reply::Close(response.into_body()) } else { Reply::Respond(response) }
    }

    /// The error of a client's attempt that fails like this; `None` if it succeeds.
    fn error(self) -> Option<Error> {
        if self.delay >= ATTEMPT_TIMEOUT {
            let error = Error::without_response(ErrorKind::Timeout { timeout: Timeout::Attempt }, true);
            return Some(error.with_expired(ATTEMPT_TIMEOUT));
        }
        if self.is_raw {
            return Some(Error::without_response(ErrorKind::ConnectionLost, true));
        }
        error_of_response(self.response?)
    }
}

/// Builds the error of a call whose attempts fail like these, one after the other, for tests without a server.
///
/// Its kind, outcome and response are those that a client with default limits reports: a delay of 15 seconds or more is a
/// timeout, [`Failure::raw`] a lost connection, whatever its bytes. It has no source, and does not say why there was no
/// further attempt. See also [`connect_error`]. For an error before the first
/// attempt, convert [`Violations`](crate::Violations) or a [`ConfigError`](crate::ConfigError): `Error::from(violations)`.
///
/// ```
/// use std::time::Duration;
///
/// use cinnox_destination::{ErrorCode, Outcome, mock::{self, Failure}};
///
/// let throttled = mock::error([Failure::code(ErrorCode::TOO_MANY_REQUESTS).status(429).retry_after("7")]);
/// assert_eq!((throttled.outcome(), throttled.retry_after()), (Outcome::Rejected, Some(Duration::from_secs(7))));
///
/// let wrong_token = mock::error([Failure::api(ErrorCode::new(401), "wrong token").status(401)]);
/// assert!(wrong_token.is_unauthorized() && wrong_token.is_from_api());
///
/// // The first attempt may have been applied, so the outcome of the call is unknown.
/// let not_found = mock::error([Failure::disconnect(), Failure::code(ErrorCode::DESTINATION_NOT_FOUND)]);
/// assert!(not_found.is_not_found());
/// assert_eq!((not_found.outcome(), not_found.attempts()), (Outcome::Unknown, 2));
///
/// let timeout = mock::error([Failure::slow(Duration::MAX)]);
/// assert!(timeout.is_timeout() && timeout.outcome() == Outcome::Unknown);
/// ```
///
/// # Panics
///
/// If there is no attempt, or one succeeds: [`Failure::slow`] with a delay of less than 15 seconds, or a success as the
/// response. A success that names another destination counts as a success here, because no destination was requested.
#[track_caller]
pub fn error(attempts: impl IntoIterator<Item = Failure>) -> Error {
    let (mut last, mut maybe_applied) = (None, false);
    for (failure, attempt) in attempts.into_iter().zip(1..) {
        let Some(error) = failure.clone().error() else { panic!("attempt {attempt} would succeed: {failure:?}") };
        let error = error.with_history(attempt, maybe_applied);
        maybe_applied = error.outcome() == Outcome::Unknown;
        last = Some(error);
    }
    let Some(error) = last else { panic!("a call has at least one attempt; describe how it fails") };
    error
}

/// Builds the error of a call that cannot connect, because the connection is refused. Nothing was sent.
///
/// ```
/// use cinnox_destination::{Outcome, mock};
///
/// let error = mock::connect_error();
/// assert!(error.is_connect() && error.is_retryable());
/// assert_eq!(error.outcome(), Outcome::NotSent);
/// ```
pub fn connect_error() -> Error {
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    Error::without_response(ErrorKind::Connect, false).with_source(refused).with_history(1, false)
}
