//! What went wrong with a call, what it means for the update, and whether trying again helps.

use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

mod config;

pub use config::ConfigError;

use crate::{
    model::{ErrorCode, InvalidId},
    text::{escaped, quoted},
    validation::Violations,
};

/// How many characters of the server's text a sentence repeats.
const SHOWN_CHARS: usize = 512;

/// What a failure means for the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing left this machine, or the connection was never made: the update is not applied.
    NotSent,
    /// The server said no: the update is not applied.
    Rejected,
    /// The update was sent and no trustworthy response came: it may be applied, now or later.
    Unknown,
}

impl Outcome {
    /// `not sent`, `rejected` or `unknown`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a failure means, and whether the same update can succeed when it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict(Outcome, bool);

const NEVER_SENT: Verdict = Verdict(Outcome::NotSent, false);
const NOT_CONNECTED: Verdict = Verdict(Outcome::NotSent, true);
pub(crate) const PERMANENT: Verdict = Verdict(Outcome::Rejected, false);
pub(crate) const THROTTLED: Verdict = Verdict(Outcome::Rejected, true);
pub(crate) const AMBIGUOUS: Verdict = Verdict(Outcome::Unknown, true);
const NOT_UNDERSTOOD: Verdict = Verdict(Outcome::Unknown, false);

pub(crate) fn verdict_of_code(code: ErrorCode) -> Option<Verdict> {
    match code {
        ErrorCode::BadServiceResponse => Some(AMBIGUOUS),
        ErrorCode::TooManyRequests => Some(THROTTLED),
        ErrorCode::Other(_) => None,
        _ => Some(PERMANENT),
    }
}

fn verdict_of_status(status: StatusCode, retry_after: Option<Duration>) -> Verdict {
    match status.as_u16() {
        429 => THROTTLED,
        503 if retry_after.is_some() => THROTTLED,
        408 | 500 | 502 | 503 | 504 => AMBIGUOUS,
        // Of the redirects these say "send it there", while the others can say "done, see there".
        307 | 308 | 400..=499 => PERMANENT,
        _ => NOT_UNDERSTOOD,
    }
}

/// A call that did not succeed.
///
/// It answers three questions: [what happened](Error::kind), [may the update be applied](Error::outcome), and
/// [does trying again help](Error::is_retryable). As text it is one sentence, in which the server's own words are
/// shortened and escaped; the violations of an invalid update stand one a line. Neither `Display` nor `Debug` shows
/// the token.
pub struct Error(Box<Failure>);

struct Failure {
    kind: ErrorKind,
    response: Option<Response>,
    attempts: u32,
    /// Whether an attempt before the last one may have been applied.
    doubt: bool,
}

/// What is known of the server's response.
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<Duration>,
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value or setting cannot be used. Correct it; nothing was sent.
    Configuration(ConfigError),
    /// The update breaks rules. Correct it; nothing was sent.
    InvalidUpdate(Violations),
    /// No connection was made: no such host, nobody listening, or TLS that cannot be trusted.
    Connect(reqwest::Error),
    /// Time ran out.
    Timeout(Timeout),
    /// The connection broke, or what came over it was not HTTP, after the request may have been sent.
    ConnectionLost(reqwest::Error),
    /// The server refused with a code of the vendor's.
    Api {
        /// The code.
        code: ErrorCode,
        /// The server's words, as they came.
        message: String,
    },
    /// The response is not one that the vendor documents.
    UnexpectedResponse {
        /// What was wrong with it.
        problem: String,
    },
    /// The server pointed to another place. It was not followed: the update and the token would have gone there.
    Redirect {
        /// The `location` header, as it came.
        location: String,
    },
    /// The response was longer than the limit, in bytes.
    BodyTooLarge {
        /// The limit, see [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes).
        limit: u64,
    },
}

/// Which time ran out. Each has its method on [`ClientBuilder`](crate::ClientBuilder).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Timeout {
    /// The time for making a connection.
    Connect,
    /// The time for one attempt.
    Attempt,
    /// The time for the whole call.
    Total,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, response: Option<Response>) -> Self {
        Self(Box::new(Failure { kind, response, attempts: 0, doubt: false }))
    }

    /// `doubt` is whether one of the attempts before the last one has an unknown outcome.
    pub(crate) fn after(mut self, attempts: u32, doubt: bool) -> Self {
        self.0.attempts = attempts;
        self.0.doubt = doubt;
        self
    }

    /// What happened, to `match` on.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Whether the update may be applied, by any of the attempts. The rest of the error is about the last one.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        if self.0.doubt { Outcome::Unknown } else { self.verdict().0 }
    }

    /// Whether the same update can succeed when it is sent again later. If the [outcome](Error::outcome) is unknown,
    /// it may then be applied twice, the second time over what another writer has done in between.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.verdict().1
    }

    /// The HTTP status, if a response began to arrive.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.response.as_ref().map(|response| response.status)
    }

    /// The headers of the response, if one began to arrive.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.response.as_ref().map(|response| &response.headers)
    }

    /// The body of a response that is an error, or not what the vendor documents. Of a client or server error (4xx, 5xx)
    /// it is kept up to where the connection broke or the limit was reached; of a success that broke off, nothing is.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.0.response.as_ref().map_or(&[], |response| &response.body)
    }

    /// The vendor's code, if the response had one.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.0.kind {
            ErrorKind::Api { code, .. } => Some(code),
            _ => None,
        }
    }

    /// How long the server asks to wait before the next attempt (`Retry-After`), counted from its response.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.response.as_ref().and_then(|response| response.retry_after)
    }

    /// How many attempts were made, those without a connection included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    fn verdict(&self) -> Verdict {
        let by_status = || {
            self.0
                .response
                .as_ref()
                .map_or(NOT_UNDERSTOOD, |response| verdict_of_status(response.status, response.retry_after))
        };
        match &self.0.kind {
            ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_) => NEVER_SENT,
            ErrorKind::Connect(_) | ErrorKind::Timeout(Timeout::Connect) => NOT_CONNECTED,
            ErrorKind::Timeout(Timeout::Attempt | Timeout::Total) | ErrorKind::ConnectionLost(_) => AMBIGUOUS,
            ErrorKind::Api { code, .. } => verdict_of_code(*code).unwrap_or_else(by_status),
            ErrorKind::UnexpectedResponse { .. } | ErrorKind::Redirect { .. } => by_status(),
            ErrorKind::BodyTooLarge { .. } => NOT_UNDERSTOOD,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status().map(|status| status.to_string()).unwrap_or_default();
        match &self.0.kind {
            ErrorKind::Configuration(problem) => problem.fmt(f),
            ErrorKind::InvalidUpdate(violations) => violations.fmt(f),
            ErrorKind::Connect(error) => write!(f, "no connection could be made: {}", innermost(error)),
            ErrorKind::Timeout(Timeout::Connect) => {
                f.write_str("no connection could be made within the time for it; check the base URL and the network")
            }
            ErrorKind::Timeout(Timeout::Attempt) => {
                f.write_str("no complete response came within the time for an attempt")
            }
            ErrorKind::Timeout(Timeout::Total) => {
                f.write_str("no complete response came within the time for the whole call")
            }
            ErrorKind::ConnectionLost(error) => {
                write!(f, "the connection was lost before a complete response came: {}", innermost(error))
            }
            ErrorKind::Api { code, message } if message.is_empty() => {
                write!(f, "the server answered {status} with code {code}")
            }
            ErrorKind::Api { code, message } => {
                let message = quoted(message, SHOWN_CHARS);
                write!(f, "the server answered {status} with code {code}: {message}")
            }
            ErrorKind::UnexpectedResponse { problem } => {
                // It may repeat what the server sent.
                let problem = escaped(problem, SHOWN_CHARS);
                let body = quoted(&String::from_utf8_lossy(self.body()), SHOWN_CHARS);
                write!(f, "the server answered {status} with an undocumented response ({problem}): {body}")
            }
            ErrorKind::Redirect { location } => {
                let location = quoted(location, SHOWN_CHARS);
                write!(
                    f,
                    "the server answered {status} and points to {location}, which was not followed; check the base URL"
                )
            }
            ErrorKind::BodyTooLarge { limit } => {
                write!(
                    f,
                    "the server answered {status} with a body of more than {limit} bytes, which was not read to its end"
                )
            }
        }
    }
}

/// The last error of the chain: the ones before it say only that sending failed.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let last = chain(error).last().map(ToString::to_string).unwrap_or_default();
    escaped(&last, SHOWN_CHARS)
}

pub(crate) fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// Shows what `Display` shows, because that is escaped and bounded.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("message", &self.to_string())
            .field("outcome", &self.outcome())
            .field("attempts", &self.0.attempts)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorKind::Configuration(problem) => problem.source(),
            ErrorKind::Connect(error) | ErrorKind::ConnectionLost(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ConfigError> for Error {
    fn from(problem: ConfigError) -> Self {
        Self::new(ErrorKind::Configuration(problem), None)
    }
}

impl From<InvalidId> for Error {
    fn from(problem: InvalidId) -> Self {
        ConfigError::from(problem).into()
    }
}

impl From<Violations> for Error {
    fn from(violations: Violations) -> Self {
        Self::new(ErrorKind::InvalidUpdate(violations), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(kind: ErrorKind, status: u16, retry_after: Option<Duration>) -> Error {
        let (status, body) = (StatusCode::from_u16(status).unwrap(), Bytes::from_static(b"<p>"));
        Error::new(kind, Some(Response { status, headers: HeaderMap::new(), body, retry_after }))
    }

    fn api(number: i64, message: &str, status: u16) -> Error {
        answered(ErrorKind::Api { code: number.into(), message: message.to_owned() }, status, None)
    }

    fn unexpected(status: u16, retry_after: Option<Duration>) -> Error {
        answered(ErrorKind::UnexpectedResponse { problem: "odd".to_owned() }, status, retry_after)
    }

    #[test]
    fn the_verdict_on_every_status() {
        for status in 200..=599 {
            let expected = match status {
                408 | 500 | 502 | 503 | 504 => (Outcome::Unknown, true),
                429 => (Outcome::Rejected, true),
                307 | 308 | 400..=499 => (Outcome::Rejected, false),
                _ => (Outcome::Unknown, false),
            };
            for error in [unexpected(status, None), api(1234, "", status)] {
                assert_eq!((error.outcome(), error.is_retryable()), expected, "{status}");
            }
            let told = unexpected(status, Some(Duration::ZERO));
            let expected = if status == 503 { (Outcome::Rejected, true) } else { expected };
            assert_eq!((told.outcome(), told.is_retryable()), expected, "{status} with Retry-After");
        }
    }

    #[test]
    fn the_verdict_on_every_code_is_the_same_with_every_status() {
        let rows = [
            (400, Outcome::Rejected, false),
            (3_000_203, Outcome::Rejected, false),
            (3_000_205, Outcome::Rejected, false),
            (6_450_001, Outcome::Rejected, false),
            (6_451_000, Outcome::Rejected, false),
            (6_451_001, Outcome::Unknown, true),
            (6_451_010, Outcome::Rejected, true),
        ];
        for (number, outcome, retryable) in rows {
            let code = ErrorCode::from(number);
            assert!(!matches!(code, ErrorCode::Other(_)), "{number}");
            assert_eq!(code.number(), number);
            for status in 200..=599 {
                let error = api(number, "", status);
                assert_eq!((error.outcome(), error.is_retryable()), (outcome, retryable), "{number} with {status}");
                assert_eq!(error.code(), Some(code));
            }
        }
        for number in [i64::MIN, -1, 0, 200, 6_451_002, i64::MAX] {
            assert_eq!(ErrorCode::from(number), ErrorCode::Other(number));
            assert_eq!(ErrorCode::Other(number).number(), number);
        }
    }

    #[test]
    fn an_attempt_in_doubt_makes_the_call_one_in_doubt() {
        for (doubt, outcome) in [(false, Outcome::Rejected), (true, Outcome::Unknown)] {
            let error = api(3_000_205, "", 400).after(2, doubt);
            assert_eq!((error.outcome(), error.is_retryable(), error.attempts()), (outcome, false, 2));
        }
    }

    #[test]
    fn a_problem_that_repeats_what_the_server_sent_is_shortened() {
        let problem = serde_json::from_str::<i64>(&format!("\"{}\"", "x".repeat(1_000_000))).unwrap_err().to_string();
        let text = answered(ErrorKind::UnexpectedResponse { problem }, 200, None).to_string();
        assert!(
            text.len() < 700 && text.contains("(invalid type: string \"xxx") && text.ends_with("x…): \"<p>\""),
            "{text}"
        );
    }

    #[test]
    fn an_error_is_one_sentence() {
        let timeout = |which| Error::new(ErrorKind::Timeout(which), None);
        let rows = [
            (ConfigError::BaseUrl("has no host").into(), "the base URL has no host"),
            (
                timeout(Timeout::Connect),
                "no connection could be made within the time for it; check the base URL and the network",
            ),
            (timeout(Timeout::Attempt), "no complete response came within the time for an attempt"),
            (timeout(Timeout::Total), "no complete response came within the time for the whole call"),
            (api(7, "", 400), "the server answered 400 Bad Request with code 7"),
            (
                api(3_000_205, "no \u{202e}such\nthing", 400),
                "the server answered 400 Bad Request with code 3000205 (destination not found): \
                 \"no \\u{202e}such\\nthing\"",
            ),
            (unexpected(502, None), "the server answered 502 Bad Gateway with an undocumented response (odd): \"<p>\""),
            (
                answered(ErrorKind::Redirect { location: "/a\tb".to_owned() }, 308, None),
                "the server answered 308 Permanent Redirect and points to \"/a\\tb\", which was not followed; check \
                 the base URL",
            ),
            (
                answered(ErrorKind::BodyTooLarge { limit: 9 }, 200, None),
                "the server answered 200 OK with a body of more than 9 bytes, which was not read to its end",
            ),
        ];
        for (error, sentence) in rows {
            assert_eq!(error.to_string(), sentence);
            assert_eq!(
                format!("{:?}", error.after(2, false)).split(", outcome").next(),
                Some(&*format!("Error {{ message: {sentence:?}"))
            );
        }
        let long = api(7, &"夜".repeat(1000), 400).to_string();
        assert_eq!(long, format!("the server answered 400 Bad Request with code 7: \"{}…\"", "夜".repeat(512)));
    }
}
