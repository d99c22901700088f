//! Errors of a call.
//!
//! Start with [`Error`]: its [`kind`](Error::kind) says what went wrong, its [`outcome`](Error::outcome) whether the
//! update may have been applied. `outcome.rs` decides outcome and retry; `display.rs` writes the messages. The layer
//! above, `client`, makes the errors.

mod display;
mod kind;
mod outcome;

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

pub(crate) use self::display::{chain, innermost};
pub use self::kind::{ConfigError, ErrorKind, Timeout};
pub use self::outcome::Outcome;
pub(crate) use self::outcome::{NoRetry, Retry};
use crate::model::{ErrorCode, InvalidId};
use crate::validation::Violations;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call that did not succeed.
///
/// It answers three questions: what went wrong ([`kind`](Self::kind) and the `is_…` methods), whether the update may
/// have been applied ([`outcome`](Self::outcome)), and whether resending can succeed
/// ([`is_retryable`](Self::is_retryable)). The outcome covers all attempts, everything else the last one.
///
/// `Display` is one sentence, except for an invalid update, which has one line per violation. If the outcome is unknown,
/// it ends with "the update may have been applied". Text from the server is escaped and at most 512 characters long. After
/// a connection failure it names the root cause; the whole chain is in [`source`](StdError::source).
///
/// Neither `Display` nor `Debug` shows the App Token. If a server sends back the token, plain or escaped for JSON, HTML or
/// a URL, the whole text is replaced by `***`. Not covered are a token shorter than 8 bytes, and other encodings: Base64,
/// a second escape, named HTML references such as `&sol;`, and numeric ones padded with many zeros.
///
/// ```no_run
/// # use cinnox_destination::prelude::*;
/// # async fn example(client: Client, id: DestinationId, update: DestinationUpdate) {
/// match client.update(&id, &update).await {
///     Ok(updated) => println!("updated {}", updated.id()),
///     Err(error) => match error.outcome() {
///         Outcome::NotSent | Outcome::Rejected => eprintln!("not applied: {error}"),
///         Outcome::Unknown => eprintln!("check the service group before resending: {error}"),
///     },
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    /// Of the last attempt, as is `retry`.
    outcome: Outcome,
    retry: Retry,
    /// Complete or up to the point where the connection broke.
    response: Option<Response<Bytes>>,
    retry_after: Option<Duration>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    /// The duration of the timeout that expired.
    expired: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the last one may have been applied.
    maybe_applied: bool,
    no_retry: Option<NoRetry>,
}

impl Error {
    /// Makes the error of an attempt that got no response. `request_written`: whether any byte of the request may have
    /// been written.
    pub(crate) fn without_response(kind: ErrorKind, request_written: bool) -> Self {
        Self::new(kind, request_written, None)
    }

    /// Makes the error of an attempt that got a response, perhaps an incomplete one.
    pub(crate) fn with_response(kind: ErrorKind, response: Response<Bytes>, retry_after: Option<Duration>) -> Self {
        let mut error = Self::new(kind, true, Some(response));
        error.0.retry_after = retry_after;
        error
    }

    fn new(kind: ErrorKind, request_written: bool, response: Option<Response<Bytes>>) -> Self {
        let (outcome, retry) = outcome::decide(&kind, request_written, response.as_ref().map(Response::status));
        Self(Box::new(Inner {
            kind,
            outcome,
            retry,
            response,
            retry_after: None,
            source: None,
            expired: None,
            attempts: 0,
            maybe_applied: false,
            no_retry: None,
        }))
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Sets the duration of the timeout that expired.
    pub(crate) fn with_expired(mut self, timeout: Duration) -> Self {
        self.0.expired = Some(timeout);
        self
    }

    /// `maybe_applied`: whether an attempt before the last one has an unknown outcome.
    pub(crate) fn with_history(mut self, attempts: u32, maybe_applied: bool) -> Self {
        self.0.attempts = attempts;
        self.0.maybe_applied = maybe_applied;
        self
    }

    pub(crate) fn with_no_retry(mut self, reason: Option<NoRetry>) -> Self {
        self.0.no_retry = reason;
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Whether any attempt may have applied the update. All other methods describe the last attempt.
    pub fn outcome(&self) -> Outcome {
        if self.0.maybe_applied { Outcome::Unknown } else { self.0.outcome }
    }

    /// Whether resending the same update can succeed. If the [outcome](Self::outcome) is unknown, resending may apply
    /// it twice and overwrite a change that another writer made in between.
    pub fn is_retryable(&self) -> bool {
        self.0.retry != Retry::Never
    }

    /// Whether the API itself responded, in its own form ([`ErrorKind::Api`]). Any other response may come from a proxy,
    /// a firewall or a gateway.
    pub fn is_from_api(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Api { .. })
    }

    /// Whether any timeout expired.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout { .. })
    }

    /// Whether connecting failed or timed out, including the TLS handshake.
    pub fn is_connect(&self) -> bool {
        let connecting = ErrorKind::Timeout { timeout: Timeout::Connect };
        let kinds = [ErrorKind::Connect, ErrorKind::Tls, connecting];
        kinds.contains(&self.0.kind) && self.0.outcome == Outcome::NotSent
    }

    /// Whether the server throttled the request: code 6451010 or status 429. See [`retry_after`](Self::retry_after).
    pub fn is_throttled(&self) -> bool {
        self.code() == Some(ErrorCode::TOO_MANY_REQUESTS) || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the status is 401. Blame the App Token only if the error also [is from the API](Self::is_from_api): a proxy
    /// or gateway has credentials of its own.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether the API reported that the destination does not exist: code 3000205.
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(ErrorCode::DESTINATION_NOT_FOUND)
    }

    /// The HTTP status, if a response began to arrive.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(Response::status)
    }

    /// The headers of the response, if one began to arrive. One that contains an App Token of at least 8 bytes is
    /// redacted.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(Response::headers)
    }

    /// The response body, possibly truncated by a lost connection or the size limit. A body that contains an App Token of
    /// at least 8 bytes is redacted.
    pub fn body(&self) -> &[u8] {
        self.0.response.as_ref().map_or(&[], |response| response.body())
    }

    /// The vendor's code, if the API responded.
    pub fn code(&self) -> Option<ErrorCode> {
        match self.0.kind {
            ErrorKind::Api { code, .. } => Some(code),
            _ => None,
        }
    }

    /// How long the server asks to wait before the next attempt (`Retry-After`), measured from its response and rounded
    /// up to whole seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number of attempts, including those that did not connect; 0 if the call failed before the first one.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    pub(crate) fn retry(&self) -> Retry {
        self.0.retry
    }

    /// Why the call was not retried, if a retry could have helped.
    pub(crate) fn no_retry(&self) -> Option<NoRetry> {
        self.0.no_retry
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::without_response(ErrorKind::Configuration { error }, false)
    }
}

impl From<InvalidId> for Error {
    fn from(problem: InvalidId) -> Self {
        ConfigError::from(problem).into()
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::without_response(ErrorKind::InvalidUpdate { violations }, false)
    }
}
