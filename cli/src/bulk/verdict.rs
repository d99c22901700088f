//! What an error of a call means for its line and for the run.
//!
//! Only the vendor's own answer ends a line. Any other one, such as a firewall's or a captive portal's, is trouble on the
//! way: it says nothing about the update, and the next update would get it as well.

use cinnox_destination::{Error, ErrorCode, ErrorKind, Outcome};

use super::{rate_limiter::Cause, record::LineOutcome};

/// How often an update is sent if its outcome is unknown and it may be applied twice.
const MAX_ATTEMPTS_IF_UNKNOWN: u32 = 3;

/// How often it is sent if somebody on the way refuses it. It may be what is in it.
const MAX_ATTEMPTS_IF_REFUSED: u32 = 5;

/// How often it is sent if it is known not to be applied; other lines succeed in between, or the run stops earlier.
const MAX_ATTEMPTS: u32 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not about one update: the next one would end in the same way.
    Stop(LineOutcome),
    /// The line has ended, and the server can be reached.
    Final(LineOutcome),
    /// A pause is needed, and then the line may be sent again, up to so many attempts.
    Pause { cause: Cause, max_attempts: u32 },
}

impl Verdict {
    pub(crate) fn of(error: &Error, idempotent: bool) -> Self {
        let (outcome, is_from_api) = (error.outcome(), error.is_from_api());
        if is_about_account(error) {
            // The account is refused, and the update with it: a further run can send it.
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
        Self::Pause { cause: if is_throttled { Cause::Throttled } else { Cause::Trouble }, max_attempts }
    }
}

/// Whether the next update would end in the same way, whatever is in it.
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
    const UNKNOWN: Verdict = Verdict::Pause { cause: Cause::Trouble, max_attempts: 1 };
    const UNKNOWN_IF_IDEMPOTENT: Verdict = Verdict::Pause { cause: Cause::Trouble, max_attempts: 3 };
    const REFUSED_ON_THE_WAY: Verdict = Verdict::Pause { cause: Cause::Trouble, max_attempts: 5 };
    const NOT_SENT: Verdict = Verdict::Pause { cause: Cause::Trouble, max_attempts: 20 };
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
    fn only_the_vendors_answer_ends_a_line() {
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
}
