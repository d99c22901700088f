//! What a failure of a call means.
//!
//! Start with [`Error`]: its [`kind`](Error::kind) says what went wrong, its [`outcome`](Error::outcome) whether the
//! update may have been applied. `verdict.rs` is where codes and statuses are classified; `display.rs` has the sentences. The
//! layer above, `client`, makes the errors.

mod cause;
mod config;
mod display;
mod gave_up;
mod kind;
mod outcome;
mod verdict;

use std::{error::Error as StdError, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub(crate) use self::{
    cause::{chain, innermost},
    gave_up::GaveUp,
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
/// be applied ([`outcome`](Self::outcome)), and whether the same update can succeed later
/// ([`is_retryable`](Self::is_retryable)).
///
/// `Display` is one sentence, in which the server's text is shortened and escaped; only the violations of an invalid
/// update take a line each. The cause (an error of reqwest or of the operating system) is the
/// [`source`](StdError::source) and not part of the sentence. Neither `Display` nor `Debug` shows the App Token.
/// If a server sends it back, in whole or in half, plainly or escaped (as in JSON, HTML or a URL), it is redacted, unless
/// it is shorter than 8 bytes; in another coding, such as Base64, it is not recognized.
///
/// ```no_run
/// # use cinnox_destination::prelude::*;
/// # async fn example(client: Client, id: DestinationId, update: DestinationUpdate) {
/// match client.update(&id, &update).await {
///     Ok(updated) => println!("updated {}", updated.id()),
///     Err(error) => match error.outcome() {
///         Outcome::NotSent | Outcome::Rejected => eprintln!("not applied: {error}"),
///         Outcome::Unknown => eprintln!("look at the service group before sending it again: {error}"),
///     },
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    answer: Option<Answer>,
    source: Option<Box<dyn StdError + Send + Sync>>,
    /// Whether the first byte of the request may have left this machine.
    request_written: bool,
    /// How long the timeout was that expired.
    timeout: Option<Duration>,
    attempts: u32,
    /// Whether an attempt before the last one may have been applied.
    maybe_applied: bool,
    gave_up: Option<GaveUp>,
}

/// What is known of the server's answer: all of it, or what came before the connection broke.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<Duration>,
}

impl Error {
    /// An error before anything was written. The `with_…` methods add what is known beside it.
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            answer: None,
            source: None,
            request_written: false,
            timeout: None,
            attempts: 0,
            maybe_applied: false,
            gave_up: None,
        }))
    }

    /// A server answers only what was written to it.
    pub(crate) fn with_answer(mut self, answer: Option<Answer>) -> Self {
        self.0.request_written |= answer.is_some();
        self.0.answer = answer;
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

    /// `maybe_applied` is whether an attempt before the last one has an unknown outcome.
    pub(crate) fn with_history(mut self, attempts: u32, maybe_applied: bool) -> Self {
        self.0.attempts = attempts;
        self.0.maybe_applied = maybe_applied;
        self
    }

    pub(crate) fn with_gave_up(mut self, why: Option<GaveUp>) -> Self {
        self.0.gave_up = why;
        self
    }

    /// What went wrong, to `match` on.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// What went wrong, by value.
    #[must_use]
    pub fn into_kind(self) -> ErrorKind {
        self.0.kind
    }

    /// Whether the update may have been applied, by any of the attempts. Everything else the error says is about the last one.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.0.maybe_applied { Outcome::Unknown } else { self.verdict().outcome }
    }

    /// Whether the same update can succeed when it is sent again later. If the [outcome](Self::outcome) is unknown, it
    /// may then be applied twice, the second time over what another writer has set in between.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.verdict().retry != Retry::Never
    }

    /// Whether the API itself answered, in the vendor's own form ([`ErrorKind::Api`]). Any other answer may come from
    /// a proxy, a firewall or a gateway; its outcome is judged by the HTTP status alone.
    #[must_use]
    pub fn is_from_api(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Api { .. })
    }

    /// Whether a timeout expired, whichever it was.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Timeout(_))
    }

    /// Whether no connection was made, at all or within the connect timeout.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Connect | ErrorKind::Timeout(Timeout::Connect))
    }

    /// Whether the server limits the rate: code 6451010 or status 429. See [`retry_after`](Self::retry_after).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.code() == Some(ErrorCode::TooManyRequests) || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the API says that the destination does not exist: code 3000205.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code() == Some(ErrorCode::DestinationNotFound)
    }

    /// The HTTP status, if a response began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// The headers of the response, if one began to arrive. An App Token of at least 8 bytes is redacted.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The body of the response, up to where the connection broke or the limit was reached; of a 200 only if it is whole.
    /// An App Token of at least 8 bytes is redacted.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.answer.as_ref().map_or(&[], |answer| &answer.body)
    }

    /// The vendor's code, if the API answered.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.0.kind {
            ErrorKind::Api { code, .. } => Some(code),
            _ => None,
        }
    }

    /// How long the server asks to wait before the next attempt (`Retry-After`), counted from its response and rounded up
    /// to whole seconds.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.answer.as_ref().and_then(|answer| answer.retry_after)
    }

    /// How many attempts were made, those without a connection included; 0 if the error came before the first one.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Why no further attempt followed, if one could have helped.
    #[cfg(feature = "tracing")]
    pub(crate) fn gave_up(&self) -> Option<GaveUp> {
        self.0.gave_up
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
