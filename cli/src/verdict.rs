//! What an error of a call means for the update and for the run.
//!
//! Only a response from the API finishes a line. A response from a firewall or captive portal says nothing about the
//! update, and the next update would get it as well.

use std::fmt;

use cinnox_destination::{Error, ErrorCode, ErrorKind, Outcome, Response, UpdatedDestination};
use serde::{Deserialize, Serialize};

use crate::text::with_cause;

/// How an update ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LineOutcome {
    Updated,
    Rejected,
    #[serde(rename = "not sent")]
    NotSent,
    Unknown,
}

impl LineOutcome {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Rejected => "rejected",
            Self::NotSent => "not sent",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for LineOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Outcome> for LineOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotSent => Self::NotSent,
            Outcome::Rejected => Self::Rejected,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

/// Why a request did not finish its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The server asks for fewer requests.
    Throttled,
    /// No connection, a response from an intermediary, or a server failure.
    Unavailable,
}

/// Maximum attempts if the outcome is unknown and the update may be applied twice.
const MAX_ATTEMPTS_IF_UNKNOWN: u32 = 3;

/// Maximum attempts if an intermediary refuses the update, which may be because of its content.
const MAX_ATTEMPTS_IF_REFUSED: u32 = 5;

/// Maximum attempts if the update is known not to be applied; other lines succeed in between, or the run stops earlier.
const MAX_ATTEMPTS: u32 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every further update would fail in the same way.
    Stop(LineOutcome),
    /// The line is finished, and the server can be reached.
    Final(LineOutcome),
    /// A pause is needed, and then the line may be sent again, up to so many attempts.
    Pause { cause: Cause, max_attempts: u32 },
}

impl Verdict {
    pub(crate) fn of(error: &Error, idempotent: bool) -> Self {
        let (outcome, is_from_api) = (error.outcome(), error.is_from_api());
        if is_about_account(error) {
            // The account is refused, and the update with it: a later run can send it.
            let is_unknown = outcome == Outcome::Unknown;
            return Self::Stop(if is_unknown { LineOutcome::Unknown } else { LineOutcome::NotSent });
        }
        if is_from_api && !error.is_retryable() {
            return Self::Final(outcome.into());
        }
        let is_throttled = error.is_throttled() || (outcome == Outcome::Rejected && error.retry_after().is_some());
        let max_attempts = match outcome {
            Outcome::Rejected if is_throttled => MAX_ATTEMPTS,
            // A conflict with another writer.
            Outcome::Rejected if is_from_api && !idempotent => return Self::Final(LineOutcome::Rejected),
            Outcome::Rejected => MAX_ATTEMPTS_IF_REFUSED,
            Outcome::NotSent => MAX_ATTEMPTS,
            Outcome::Unknown if idempotent => MAX_ATTEMPTS_IF_UNKNOWN,
            Outcome::Unknown => 1,
        };
        Self::Pause { cause: if is_throttled { Cause::Throttled } else { Cause::Unavailable }, max_attempts }
    }
}

/// The outcome of an update whose last attempt failed with this error, and that is not sent again.
pub(crate) fn final_outcome(error: &Error, idempotent: bool) -> LineOutcome {
    match Verdict::of(error, idempotent) {
        Verdict::Stop(outcome) | Verdict::Final(outcome) => outcome,
        Verdict::Pause { .. } if error.outcome() == Outcome::Unknown => LineOutcome::Unknown,
        Verdict::Pause { .. } => LineOutcome::NotSent,
    }
}

/// The error as a sentence for operators.
pub(crate) fn describe(error: &Error) -> String {
    let text = with_cause(error);
    match error.status().map(|status| status.as_u16()) {
        Some(401 | 403) => text + "; check CINNOX_APP_TOKEN",
        _ => text,
    }
}

/// The code of a successful response.
pub(crate) fn code_of(response: &Response<UpdatedDestination>) -> Option<i64> {
    // Every code is a whole number, but shown as a floating-point number in JSON.
    response.code.and_then(|code| code.to_string().parse().ok())
}

/// Whether every further update would fail in the same way.
fn is_about_account(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_) => true,
        ErrorKind::Api { code, .. } => {
            *code == ErrorCode::MethodOrUrlNotFound
                || error.status().is_some_and(|status| matches!(status.as_u16(), 401 | 403))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use cinnox_destination::{
        Timeout,
        mock::{self, ErrorBuilder},
    };

    use super::*;

    fn api(code: ErrorCode) -> ErrorBuilder {
        mock::error(ErrorKind::Api { code, message: String::new() })
    }

    fn html(status: u16) -> ErrorBuilder {
        mock::error(ErrorKind::UnexpectedResponse { problem: "is not JSON".to_owned() }).status(status)
    }

    const STOP: Verdict = Verdict::Stop(LineOutcome::NotSent);
    const REJECTED: Verdict = Verdict::Final(LineOutcome::Rejected);
    const UNKNOWN: Verdict = Verdict::Pause { cause: Cause::Unavailable, max_attempts: 1 };
    const UNKNOWN_IF_IDEMPOTENT: Verdict = Verdict::Pause { cause: Cause::Unavailable, max_attempts: 3 };
    const REFUSED_ON_THE_WAY: Verdict = Verdict::Pause { cause: Cause::Unavailable, max_attempts: 5 };
    const NOT_SENT: Verdict = Verdict::Pause { cause: Cause::Unavailable, max_attempts: 20 };
    const THROTTLED: Verdict = Verdict::Pause { cause: Cause::Throttled, max_attempts: 20 };

    struct Row {
        what: &'static str,
        error: ErrorBuilder,
        verdict: Verdict,
        if_idempotent: Verdict,
    }

    impl Row {
        fn new(what: &'static str, error: ErrorBuilder, verdict: Verdict) -> Self {
            Self { what, error, verdict, if_idempotent: verdict }
        }

        fn or_if_idempotent(self, if_idempotent: Verdict) -> Self {
            Self { if_idempotent, ..self }
        }
    }

    #[test]
    fn only_api_response_finishes_line() {
        let other = ErrorCode::Other(7);
        let rows = [
            Row::new("wrong parameter", api(ErrorCode::WrongParameter), REJECTED),
            Row::new("no such URL", api(ErrorCode::MethodOrUrlNotFound), STOP),
            Row::new("the vendor's 401", api(other).status(401), STOP),
            Row::new("the vendor's 403", api(other).status(403), STOP),
            Row::new("the vendor's 409", api(other).status(409), REJECTED).or_if_idempotent(REFUSED_ON_THE_WAY),
            Row::new("throttled", api(ErrorCode::TooManyRequests), THROTTLED),
            Row::new("a service that failed", api(ErrorCode::BadServiceResponse), UNKNOWN)
                .or_if_idempotent(UNKNOWN_IF_IDEMPOTENT),
            Row::new("a firewall's 403", html(403), REFUSED_ON_THE_WAY),
            Row::new("a firewall's 405", html(405), REFUSED_ON_THE_WAY),
            Row::new("a gateway's 429", html(429), THROTTLED),
            Row::new("a gateway's 503", html(503).retry_after("1"), THROTTLED),
            Row::new("a CDN's 521", html(521), UNKNOWN).or_if_idempotent(UNKNOWN_IF_IDEMPOTENT),
            Row::new("a captive portal's 200", html(200), UNKNOWN).or_if_idempotent(UNKNOWN_IF_IDEMPOTENT),
            Row::new(
                "a redirect",
                mock::error(ErrorKind::Redirect { location: "/".to_owned() }).status(308),
                REFUSED_ON_THE_WAY,
            ),
            Row::new("no connection", mock::error(ErrorKind::Connect), NOT_SENT),
            Row::new("no answer", mock::error(ErrorKind::Timeout(Timeout::Attempt)), UNKNOWN)
                .or_if_idempotent(UNKNOWN_IF_IDEMPOTENT),
        ];
        for Row { what, error, verdict, if_idempotent } in rows {
            let error = error.build();
            assert_eq!(Verdict::of(&error, false), verdict, "{what}");
            assert_eq!(Verdict::of(&error, true), if_idempotent, "{what}, idempotent");
        }
    }

    struct Single {
        error: ErrorBuilder,
        outcome: LineOutcome,
    }

    #[test]
    fn single_update_is_rejected_only_by_the_api() {
        let rows = [
            Single { error: api(ErrorCode::WrongParameter), outcome: LineOutcome::Rejected },
            Single { error: api(ErrorCode::TooManyRequests), outcome: LineOutcome::NotSent },
            Single { error: api(ErrorCode::BadServiceResponse), outcome: LineOutcome::Unknown },
            Single { error: api(ErrorCode::Other(7)).status(401), outcome: LineOutcome::NotSent },
            Single { error: html(403), outcome: LineOutcome::NotSent },
            Single { error: html(404), outcome: LineOutcome::NotSent },
            Single { error: html(429), outcome: LineOutcome::NotSent },
            Single { error: html(200), outcome: LineOutcome::Unknown },
        ];
        for Single { error, outcome } in rows {
            let error = error.build();
            assert_eq!(final_outcome(&error, false), outcome, "{error}");
        }
    }

    #[test]
    fn describes_errors_for_operators() {
        let refused = describe(&api(ErrorCode::Other(7)).status(401).build());
        assert!(refused.ends_with("; check CINNOX_APP_TOKEN"), "{refused}");
    }
}
