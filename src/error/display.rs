//! `Display` for errors: one lower-case sentence without a full stop, which says what is known of the update.

use std::{error::Error as StdError, fmt};

use super::{Error, ErrorKind, Outcome, Timeout};
use crate::text::{escaped, quoted};

/// Maximum length of untrusted text in an error message, in characters.
const SHOWN_CHARS: usize = 512;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (responded, cause) = (self.responded(), self.cause());
        match self.kind() {
            ErrorKind::Configuration { error } => return error.fmt(f),
            ErrorKind::InvalidUpdate { violations } => return violations.fmt(f),
            ErrorKind::Connect => {
                write!(f, "could not connect{cause}; check the base URL, the network and the proxy, if any")?;
            }
            ErrorKind::Tls => {
                let advice = "check the certificates of the server, and whether it wants one of the client";
                write!(f, "the TLS connection failed{cause}; {advice}")?;
            }
            ErrorKind::Timeout { timeout } => {
                let expired = self.0.expired.map(|duration| format!(" of {duration:?}")).unwrap_or_default();
                write!(f, "{} within the {timeout}{expired}", self.missed(*timeout))?;
            }
            ErrorKind::ConnectionLost if self.status().is_some() => {
                write!(f, "{responded}, but the connection was lost before the body was complete{cause}")?;
            }
            ErrorKind::ConnectionLost => {
                let missed = if self.was_written() { "response was complete" } else { "request was written" };
                write!(f, "the connection was lost before the {missed}{cause}")?;
            }
            ErrorKind::Api { code, message } => {
                write!(f, "{responded} with code {code}")?;
                if !message.is_empty() {
                    write!(f, ": {}", quoted(message, SHOWN_CHARS))?;
                }
                if self.is_unauthorized() {
                    f.write_str("; check the App Token")?;
                }
            }
            ErrorKind::UnexpectedResponse { problem } => {
                let problem = escaped(problem, SHOWN_CHARS);
                let body = quoted(&String::from_utf8_lossy(self.body()), SHOWN_CHARS);
                write!(f, "{responded}, but not in the API's form ({problem}): {body}")?;
            }
            ErrorKind::UnclearResponse { problem } => {
                let problem = escaped(problem, SHOWN_CHARS);
                write!(f, "{responded}, but its meaning is unclear ({problem})")?;
            }
        }
        self.write_history(f)
    }
}

impl Error {
    /// Whether the request of the last attempt was written.
    fn was_written(&self) -> bool {
        self.0.verdict.outcome != Outcome::NotSent
    }

    /// `the server responded 502 Bad Gateway`.
    fn responded(&self) -> String {
        let status = self.status().map(|status| match status.canonical_reason() {
            Some(reason) => format!(" {} {reason}", status.as_str()),
            None => format!(" {}", status.as_str()),
        });
        format!("the server responded{}", status.unwrap_or_default())
    }

    /// `: ` and the root cause, if there is one.
    fn cause(&self) -> String {
        self.source().map(|source| format!(": {}", innermost(source))).unwrap_or_default()
    }

    /// What did not happen in time.
    fn missed(&self, timeout: Timeout) -> &'static str {
        match timeout {
            Timeout::Connect => "could not connect",
            _ if !self.was_written() => "the request could not be written",
            Timeout::Read => "no further part of the response arrived",
            Timeout::Attempt | Timeout::Total => "the response was not complete",
        }
    }

    fn write_history(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempt = (self.attempts() > 1).then(|| format!("attempt {}", self.attempts()));
        let no_retry = self.0.no_retry.map(|reason| format!("not retried: {reason}"));
        let history: Vec<_> = [attempt, no_retry].into_iter().flatten().collect();
        if !history.is_empty() {
            write!(f, " ({})", history.join(", "))?;
        }
        if self.outcome() == Outcome::Unknown {
            f.write_str("; the update may have been applied")?;
        }
        Ok(())
    }
}

/// Contains the `Display` message, which is escaped and bounded.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("message", &self.to_string())
            .field("outcome", &self.outcome())
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

/// The root cause; the errors above it only say that sending failed.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let last = chain(error).last().map(ToString::to_string).unwrap_or_default();
    escaped(&last, SHOWN_CHARS)
}

/// The error itself, followed by its sources.
pub(crate) fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
