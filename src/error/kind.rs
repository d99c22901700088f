//! What went wrong.

use std::fmt;

use super::ConfigError;
use crate::{model::ErrorCode, validation::Violations};

/// What went wrong with a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or setting cannot be used. Nothing was sent.
    Configuration(ConfigError),
    /// The update breaks rules. Nothing was sent.
    InvalidUpdate(Violations),
    /// No connection was made: no such host, nobody listening, or a certificate that is not trusted. Nothing was sent.
    Connect,
    /// A timeout expired. If the request had not been written yet, for example because the connection was still being
    /// made, the outcome is [`NotSent`](crate::Outcome::NotSent).
    Timeout(Timeout),
    /// The connection broke, or what came over it was not HTTP. If that happened before the request was written, the
    /// outcome is [`NotSent`](crate::Outcome::NotSent).
    ConnectionLost,
    /// The API answered with an error in the vendor's own form. [`outcome`](crate::Error::outcome) says whether the update
    /// was refused.
    Api {
        /// The vendor's code; 0 if the answer had none.
        code: ErrorCode,
        /// The server's message, unescaped and in full.
        message: String,
    },
    /// The response is not in the vendor's form: most likely a proxy, a firewall or a captive portal answered.
    UnexpectedResponse {
        /// Why it could not be read as an answer of the API.
        problem: String,
    },
    /// It is unclear what the response says: its body cannot be read, is malformed JSON, or contradicts its status.
    UnreadableResponse {
        /// Why: the name of a coding such as `gzip` or `UTF-16`, or what is wrong with the body.
        problem: String,
    },
    /// The server redirects to another URL. The client never follows: the update and the token would go there.
    Redirect {
        /// The `location` header, unescaped.
        location: String,
    },
    /// The body of the response is longer than the limit. It was not read to its end.
    BodyTooLarge {
        /// The limit in bytes: [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes).
        limit: usize,
    },
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
