//! `Display` for errors: one lower-case sentence without a full stop, not repeating the source.

use std::{error::Error as StdError, fmt};

use super::{
    Error, ErrorKind, Inner, Outcome, Timeout,
    cause::{SHOWN_CHARS, innermost},
    no_retry::Seconds,
};
use crate::text::{escaped, quoted};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let responded = Responded(self);
        match self.kind() {
            ErrorKind::Configuration(problem) => return problem.fmt(f),
            ErrorKind::InvalidUpdate(violations) => return violations.fmt(f),
            ErrorKind::Connect => {
                f.write_str("could not connect; check the base URL, the network and the proxy, if any")?;
            }
            ErrorKind::Timeout(timeout) => self.write_timeout(*timeout, f)?,
            ErrorKind::ConnectionLost if self.status().is_some() => {
                write!(f, "{responded}, but the connection was lost before the body was complete")?;
            }
            ErrorKind::ConnectionLost if self.0.request_written => {
                f.write_str("the connection was lost before the response was complete")?;
            }
            ErrorKind::ConnectionLost => f.write_str("the connection was lost before the request was written")?,
            ErrorKind::Api { code, message } if message.is_empty() => write!(f, "{responded} with code {code}")?,
            ErrorKind::Api { code, message } => {
                write!(f, "{responded} with code {code}: {}", quoted(message, SHOWN_CHARS))?;
            }
            ErrorKind::UnexpectedResponse { problem } => {
                let problem = escaped(problem, SHOWN_CHARS);
                let body = quoted(&String::from_utf8_lossy(self.body()), SHOWN_CHARS);
                write!(f, "{responded}, but not in the API's format ({problem}): {body}")?;
            }
            ErrorKind::UnreadableResponse { problem } => {
                let problem = escaped(problem, SHOWN_CHARS);
                write!(f, "{responded}, but the meaning of the body is unclear ({problem})")?;
            }
            ErrorKind::Redirect { location } => {
                let location = quoted(location, SHOWN_CHARS);
                write!(f, "{responded} with a redirect to {location}, which is not followed; check the base URL")?;
            }
            ErrorKind::BodyTooLarge { limit } => {
                write!(f, "{responded} with a body larger than the limit of {limit} bytes")?;
            }
        }
        self.write_history(f)
    }
}

impl Error {
    fn write_timeout(&self, timeout: Timeout, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match timeout {
            Timeout::Connect => "could not connect",
            _ if !self.0.request_written => "the request could not be written",
            Timeout::Read => "no further part of the response arrived",
            Timeout::Attempt | Timeout::Total => "the response was not complete",
        };
        write!(f, "{problem} within the {timeout}")?;
        match self.0.timeout {
            Some(duration) => write!(f, " of {}", Seconds(duration)),
            None => Ok(()),
        }
    }

    fn write_history(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { attempts, maybe_applied, no_retry, .. } = *self.0;
        let attempt = (attempts > 1).then(|| format!("attempt {attempts}"));
        let earlier = maybe_applied && self.verdict().outcome != Outcome::Unknown;
        let earlier = earlier.then(|| "an earlier attempt may have been applied".to_owned());
        let no_retry = no_retry.map(|reason| format!("not retried: {reason}"));
        let history: Vec<_> = [attempt, earlier, no_retry].into_iter().flatten().collect();
        if history.is_empty() { Ok(()) } else { write!(f, " ({})", history.join(", ")) }
    }
}

/// `the server responded 502 Bad Gateway`.
struct Responded<'a>(&'a Error);

impl fmt::Display for Responded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server responded")?;
        match self.0.status() {
            Some(status) if status.canonical_reason().is_some() => write!(f, " {status}"),
            Some(status) => write!(f, " {}", status.as_str()),
            None => Ok(()),
        }
    }
}

/// Contains the `Display` message, which is escaped and bounded, and the root cause.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("message", &self.to_string());
        if let Some(source) = self.source() {
            debug.field("cause", &innermost(source));
        }
        debug.field("outcome", &self.outcome()).field("attempts", &self.attempts()).finish_non_exhaustive()
    }
}
