//! Errors as sentences: lower case, without a full stop, and without what `source()` says.

use std::{error::Error as StdError, fmt};

use super::{
    Error, ErrorKind, Inner, Outcome, Timeout,
    cause::{SHOWN_CHARS, innermost},
    gave_up::Seconds,
};
use crate::text::{escaped, quoted};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            ErrorKind::Configuration(problem) => return problem.fmt(f),
            ErrorKind::InvalidUpdate(violations) => return violations.fmt(f),
            ErrorKind::Connect => {
                f.write_str("no connection could be made; check the base URL, the network and the proxy, if any")?;
            }
            ErrorKind::Timeout(timeout) => self.write_timeout(*timeout, f)?,
            ErrorKind::ConnectionLost if self.status().is_some() => {
                self.write_answer(f, format_args!("a body that broke off; the connection was lost"))?;
            }
            ErrorKind::ConnectionLost if self.0.request_written => {
                f.write_str("the connection was lost before a complete response came")?;
            }
            ErrorKind::ConnectionLost => f.write_str("the connection was lost before the request was written")?,
            ErrorKind::Api { code, message } if message.is_empty() => {
                self.write_answer(f, format_args!("code {code}"))?;
            }
            ErrorKind::Api { code, message } => {
                self.write_answer(f, format_args!("code {code}: {}", quoted(message, SHOWN_CHARS)))?;
            }
            ErrorKind::UnexpectedResponse { problem } => {
                let problem = escaped(problem, SHOWN_CHARS);
                let body = quoted(&String::from_utf8_lossy(self.body()), SHOWN_CHARS);
                self.write_answer(f, format_args!("a body that is not from the API ({problem}): {body}"))?;
            }
            ErrorKind::UnreadableResponse { problem } => {
                let problem = escaped(problem, SHOWN_CHARS);
                self.write_answer(f, format_args!("a body whose meaning is unclear ({problem})"))?;
            }
            ErrorKind::Redirect { location } => {
                let location = quoted(location, SHOWN_CHARS);
                self.write_answer(
                    f,
                    format_args!("a redirect to {location}, which is not followed; check the base URL"),
                )?;
            }
            ErrorKind::BodyTooLarge { limit } => {
                self.write_answer(f, format_args!("a body of more than {limit} bytes, which was not read to its end"))?;
            }
        }
        self.write_history(f)
    }
}

impl Error {
    fn write_answer(&self, f: &mut fmt::Formatter<'_>, what: fmt::Arguments<'_>) -> fmt::Result {
        match self.status() {
            Some(status) if status.canonical_reason().is_some() => {
                write!(f, "the server answered {status} with {what}")
            }
            Some(status) => write!(f, "the server answered {} with {what}", status.as_str()),
            None => write!(f, "the server answered with {what}"),
        }
    }

    fn write_timeout(&self, timeout: Timeout, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing = match timeout {
            Timeout::Connect => "no connection was made",
            _ if !self.0.request_written => "the request could not be written",
            Timeout::Read => "no more of the response came",
            Timeout::Attempt | Timeout::Total => "no complete response came",
        };
        write!(f, "{missing} within the {timeout}")?;
        match self.0.timeout {
            Some(duration) => write!(f, " of {}", Seconds(duration)),
            None => Ok(()),
        }
    }

    fn write_history(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { attempts, maybe_applied, gave_up, .. } = *self.0;
        let attempt = (attempts > 1).then(|| format!("attempt {attempts}"));
        let earlier = maybe_applied && self.verdict().outcome != Outcome::Unknown;
        let earlier = earlier.then(|| "an earlier attempt may have been applied".to_owned());
        let gave_up = gave_up.map(|why| format!("not retried: {why}"));
        let history: Vec<_> = [attempt, earlier, gave_up].into_iter().flatten().collect();
        if history.is_empty() { Ok(()) } else { write!(f, " ({})", history.join(", ")) }
    }
}

/// Shows what `Display` shows, because that is escaped and bounded, and the innermost cause.
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
