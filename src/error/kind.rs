//! What went wrong: with a call, [`ErrorKind`] and [`Timeout`]; with the settings of a client, [`ConfigError`].

use std::fmt;

use crate::model::{ErrorCode, InvalidId};
use crate::validation::Violations;

/// What went wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or setting is invalid. Nothing was sent.
    #[non_exhaustive]
    Configuration {
        /// What is missing or wrong.
        error: ConfigError,
    },
    /// The update breaks rules. Nothing was sent.
    #[non_exhaustive]
    InvalidUpdate {
        /// All broken rules.
        violations: Violations,
    },
    /// Could not connect: unknown host, connection refused, or a proxy that refuses. Nothing was sent.
    Connect,
    /// The server's certificate is not accepted, or the server ended the TLS connection with an alert, for example because
    /// it wants a client certificate. With TLS 1.3, that alert can arrive after the request was written; the outcome is
    /// then [`Unknown`](crate::Outcome::Unknown).
    Tls,
    /// A timeout expired. If the request had not been written, for example while connecting, the outcome is
    /// [`NotSent`](crate::Outcome::NotSent).
    #[non_exhaustive]
    Timeout {
        /// Which one.
        timeout: Timeout,
    },
    /// The connection broke, or the server sent something that is not HTTP. If that happened before the request was
    /// written, the outcome is [`NotSent`](crate::Outcome::NotSent).
    ConnectionLost,
    /// The API responded with an error in its own form. Use [`outcome`](crate::Error::outcome) to find out whether it
    /// rejected the update.
    #[non_exhaustive]
    Api {
        /// The vendor's code; 0 if the response had none.
        code: ErrorCode,
        /// The server's message, neither escaped nor shortened.
        message: String,
    },
    /// The response is readable but not in the API's form, or redirects, which is never followed. It most likely came from
    /// a proxy, a firewall or a captive portal.
    #[non_exhaustive]
    UnexpectedResponse {
        /// Why it is not a response of the API.
        problem: String,
    },
    /// Nothing can be concluded from the response: it cannot be read, is too large, contradicts itself, or names another
    /// destination. The outcome is unknown.
    #[non_exhaustive]
    UnclearResponse {
        /// What is wrong with it.
        problem: String,
    },
}

impl ErrorKind {
    /// A stable name without spaces, such as `connection_lost`, for logs and metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Configuration { .. } => "configuration",
            Self::InvalidUpdate { .. } => "invalid_update",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout { .. } => "timeout",
            Self::ConnectionLost => "connection_lost",
            Self::Api { .. } => "api",
            Self::UnexpectedResponse { .. } => "unexpected_response",
            Self::UnclearResponse { .. } => "unclear_response",
        }
    }
}

/// Which timeout expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Timeout {
    /// [`ClientBuilder::connect_timeout`](crate::ClientBuilder::connect_timeout).
    Connect,
    /// [`ClientBuilder::attempt_timeout`](crate::ClientBuilder::attempt_timeout).
    Attempt,
    /// [`ClientBuilder::total_timeout`](crate::ClientBuilder::total_timeout).
    Total,
    /// The `read_timeout` of the [`reqwest::ClientBuilder`] that was given to
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
    Read,
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Connect => "connect timeout",
            Self::Attempt => "attempt timeout",
            Self::Total => "total timeout",
            Self::Read => "read timeout",
        })
    }
}

/// Why a client or a request cannot be built. Nothing was sent.
///
/// `Display` lists everything that is missing or wrong. Neither it nor `Debug` shows the App Token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.join("; "))]
pub struct ConfigError {
    pub(crate) problems: Vec<String>,
}

impl ConfigError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { problems: vec![problem.into()] }
    }

    /// Each problem, as a sentence that says what to do; at least one.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl From<InvalidId> for ConfigError {
    fn from(problem: InvalidId) -> Self {
        Self::new(problem.to_string())
    }
}
