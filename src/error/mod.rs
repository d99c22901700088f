//! Errors of a call.
//!
//! Start with [`Error`]: its [`kind`](Error::kind) says what went wrong, its [`outcome`](Error::outcome) whether the
//! update may have been applied. `verdict.rs` classifies kinds, codes and statuses; `display.rs` writes the messages.
//! The layer above, `client`, creates the errors.

mod cause;
mod config;
mod display;
mod kind;
mod no_retry;
mod outcome;
mod verdict;

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub(crate) use self::{
    cause::{chain, innermost},
    no_retry::NoRetry,
    verdict::{Retry, Verdict, by_code},
};
pub use self::{
    config::ConfigError,
    kind::{ErrorKind, Timeout},
    outcome::Outcome,
};
use crate::{
    model::{ErrorCode, InvalidId},
    validation::Violations,
};

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A call that did not succeed.
///
/// It answers three questions: what went wrong ([`kind`](Self::kind) and the `is_…` methods), whether the update may
/// have been applied ([`outcome`](Self::outcome)), and whether a later retry can succeed
/// ([`is_retryable`](Self::is_retryable)).
///
/// `Display` is one sentence, except for an invalid update, which has one line per violation. Text from the server is
/// shortened and escaped. The cause (an error of reqwest or of the operating system) is the
/// [`source`](StdError::source) and is not repeated in the sentence.
///
/// Neither `Display` nor `Debug` shows the App Token. If a server sends back the token, or half of it, it is redacted,
/// whether plain or escaped (as in JSON, HTML or a URL). Two cases are not covered: a token shorter than 8 bytes, and
/// another encoding, such as Base64.
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
    response: Option<ResponseParts>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    /// Whether any byte of the request may have been written to a connection.
    request_written: bool,
    /// The duration of the timeout that expired.
    timeout: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the last one may have been applied.
    maybe_applied: bool,
    no_retry: Option<NoRetry>,
}

/// The response, complete or up to the point where the connection broke.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResponseParts {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    /// Creates the error of an attempt whose request was not written. The `with_…` methods add details.
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            response: None,
            source: None,
            request_written: false,
            timeout: None,
            attempts: 0,
            maybe_applied: false,
            no_retry: None,
        }))
    }

    /// A response implies that the request was written.
    pub(crate) fn with_response(mut self, response: Option<ResponseParts>) -> Self {
        self.0.request_written |= response.is_some();
        self.0.response = response;
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_request_written(mut self, written: bool) -> Self {
        self.0.request_written |= written;
        self
    }

    pub(crate) fn with_timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = Some(timeout);
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
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What went wrong, by value.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// Whether any attempt may have applied the update. All other methods describe the last attempt.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.0.maybe_applied { Outcome::Unknown } else { self.verdict().outcome }
    }

    /// Whether resending the same update can succeed. If the [outcome](Self::outcome) is unknown, resending may apply
    /// it twice and overwrite a change that another writer made in between.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.verdict().retry != Retry::Never
    }

    /// Whether the API itself responded, in the vendor's format ([`ErrorKind::Api`]). Any other response may come from
    /// a proxy, a firewall or a gateway; its outcome is derived from the HTTP status alone.
    #[must_use]
    pub fn is_from_api(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Api { .. })
    }

    /// Whether any timeout expired.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout(_))
    }

    /// Whether connecting failed or timed out.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Connect | ErrorKind::Timeout(Timeout::Connect))
    }

    /// Whether the server throttled the request: code 6451010 or status 429. See [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.code() == Some(ErrorCode::TooManyRequests) || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the API reported that the destination does not exist: code 3000205.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(ErrorCode::DestinationNotFound)
    }

    /// The HTTP status, if a response began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The headers of the response, if one began to arrive. An App Token of at least 8 bytes is redacted.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(|response| &response.headers)
    }

    /// The response body, possibly truncated by a lost connection or the size limit. The body of a 200 is kept only if
    /// it is complete. An App Token of at least 8 bytes is redacted.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.response.as_ref().map_or(&[], |response| &response.body)
    }

    /// The vendor's code, if the API responded.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.0.kind {
            ErrorKind::Api { code, .. } => Some(code),
            _ => None,
        }
    }

    /// How long the server asks to wait before the next attempt (`Retry-After`), measured from its response and rounded
    /// up to whole seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.response.as_ref().and_then(|response| response.retry_after)
    }

    /// The number of attempts, including those that did not connect; 0 if the call failed before the first one.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Why the call was not retried, if a retry could have helped.
    #[cfg(feature = "tracing")]
    pub(crate) fn gave_up(&self) -> Option<NoRetry> {
        self.0.no_retry
    }

    pub(crate) fn verdict(&self) -> Verdict {
        verdict::by_kind(&self.0.kind, self.0.request_written, self.status(), self.retry_after())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorKind::Configuration(problem) => problem.source(),
            _ => self.0.source.as_deref().map(|source| source as _),
        }
    }
}

impl From<ConfigError> for Error {
    fn from(problem: ConfigError) -> Self {
        Self::new(ErrorKind::Configuration(problem))
    }
}

impl From<InvalidId> for Error {
    fn from(problem: InvalidId) -> Self {
        ConfigError::from(problem).into()
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::new(ErrorKind::InvalidUpdate(violations))
    }
}

#[cfg(test)]
mod tests;
