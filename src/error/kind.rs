//! What went wrong with a call.

use std::fmt;

use super::ConfigError;
use crate::{model::ErrorCode, validation::Violations};

/// What went wrong with a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or setting is invalid. Nothing was sent.
    Configuration(ConfigError),
    /// The update breaks rules. Nothing was sent.
    InvalidUpdate(Violations),
    /// Could not connect: unknown host, connection refused, or an untrusted certificate. Nothing was sent.
    Connect,
    /// A timeout expired. If the request had not been written, for example while connecting, the outcome is
    /// [`NotSent`](crate::Outcome::NotSent).
    Timeout(Timeout),
    /// The connection broke, or the server sent something that is not HTTP. If that happened before the request was
    /// written, the outcome is [`NotSent`](crate::Outcome::NotSent).
    ConnectionLost,
    /// The API responded with an error in the vendor's format. Use [`outcome`](crate::Error::outcome) to find out
    /// whether it rejected the update.
    Api {
        /// The vendor's code; 0 if the response had none.
        code: ErrorCode,
        /// The server's message, neither escaped nor shortened.
        message: String,
    },
    /// The response is not in the vendor's format. It most likely came from a proxy, a firewall or a captive portal.
    UnexpectedResponse {
        /// Why it is not a response of the API.
        problem: String,
    },
    /// The meaning of the response is unclear: its body cannot be read, is malformed JSON, or contradicts the status.
    /// The outcome is unknown.
    UnreadableResponse {
        /// Why: the body's encoding, such as `gzip` or `UTF-16`, or what is wrong with its content.
        problem: String,
    },
    /// The server redirects to another URL. Redirects are never followed, because they would send the update and the
    /// token to the new URL.
    Redirect {
        /// The `location` header, not escaped.
        location: String,
    },
    /// The response body is larger than the limit. The rest was not read.
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
