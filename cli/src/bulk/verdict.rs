//! What an error of a call means for its line and for the run.
//!
//! Only the vendor's own answer ends a line. Any other one, such as a firewall's or a captive portal's, is trouble on the
//! way: it says nothing about the update, and the next update would get it as well.

use cinnox_destination::{Error, ErrorCode, ErrorKind, Outcome};

use super::{rate_limiter::Cause, record::LineOutcome};
use crate::compat::{is_from_api, is_throttled};

/// How often an update is sent if its outcome is unknown and it may be applied twice.
const MAX_ATTEMPTS_IF_UNKNOWN: u32 = 3;

/// How often it is sent if somebody on the way refuses it. It may be what is in it.
const MAX_ATTEMPTS_IF_REFUSED: u32 = 5;

/// How often it is sent if it was not applied: in vain only while others are taken.
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
        let is_about_account = matches!(error.status().map(|status| status.as_u16()), Some(401 | 403))
            || error.code() == Some(ErrorCode::MethodOrUrlNotFound);
        Facts {
            is_from_api: is_from_api(error),
            is_about_account,
            is_unusable: matches!(error.kind(), ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_)),
            is_throttled: is_throttled(error),
            is_retryable: error.is_retryable(),
            outcome: error.outcome(),
        }
        .verdict(idempotent)
    }
}

/// What an error says.
#[allow(clippy::struct_excessive_bools)] // Each is an answer of the error's own.
#[derive(Clone, Copy, Debug)]
struct Facts {
    is_from_api: bool,
    is_about_account: bool,
    is_unusable: bool,
    is_throttled: bool,
    is_retryable: bool,
    outcome: Outcome,
}

impl Facts {
    fn verdict(self, idempotent: bool) -> Verdict {
        let Self { is_from_api, is_about_account, is_unusable, is_throttled, is_retryable, outcome } = self;
        if is_unusable || (is_from_api && is_about_account) {
            // The account is refused, and the update with it: a further run can send it.
            let outcome = if outcome == Outcome::Unknown { LineOutcome::Unknown } else { LineOutcome::NotSent };
            return Verdict::Stop(outcome);
        }
        if is_from_api && !is_retryable {
            return Verdict::Final(outcome.into());
        }
        let cause = if is_throttled { Cause::Throttled } else { Cause::Trouble };
        let max_attempts = match outcome {
            Outcome::Unknown if idempotent => MAX_ATTEMPTS_IF_UNKNOWN,
            Outcome::Unknown => 1,
            Outcome::Rejected if !is_throttled => MAX_ATTEMPTS_IF_REFUSED,
            Outcome::Rejected | Outcome::NotSent => MAX_ATTEMPTS,
        };
        Verdict::Pause { cause, max_attempts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: Facts = Facts {
        is_from_api: true,
        is_about_account: false,
        is_unusable: false,
        is_throttled: false,
        is_retryable: false,
        outcome: Outcome::Rejected,
    };

    fn pause(cause: Cause, max_attempts: u32) -> Verdict {
        Verdict::Pause { cause, max_attempts }
    }

    struct Row {
        what: &'static str,
        facts: Facts,
        idempotent: bool,
        verdict: Verdict,
    }

    #[test]
    fn only_the_vendors_answer_ends_a_line() {
        let html = Facts { is_from_api: false, ..API };
        let (unknown, not_sent) = (Outcome::Unknown, Outcome::NotSent);
        let row = |what, facts, verdict| Row { what, facts, idempotent: false, verdict };
        let again = |what, facts, verdict| Row { what, facts, idempotent: true, verdict };
        let rows = [
            row("wrong parameter", API, Verdict::Final(LineOutcome::Rejected)),
            row("a firewall's 405", html, pause(Cause::Trouble, 5)),
            row("a firewall's 403", Facts { is_about_account: true, ..html }, pause(Cause::Trouble, 5)),
            row("the vendor's 403", Facts { is_about_account: true, ..API }, Verdict::Stop(LineOutcome::NotSent)),
            row("a captive portal's 200", Facts { outcome: unknown, ..html }, pause(Cause::Trouble, 1)),
            again("a captive portal's 200", Facts { outcome: unknown, ..html }, pause(Cause::Trouble, 3)),
            row("a success that is none", Facts { outcome: unknown, ..API }, Verdict::Final(LineOutcome::Unknown)),
            row(
                "a service that failed",
                Facts { outcome: unknown, is_retryable: true, ..API },
                pause(Cause::Trouble, 1),
            ),
            row("throttled", Facts { is_throttled: true, is_retryable: true, ..API }, pause(Cause::Throttled, 20)),
            row(
                "a gateway's 503",
                Facts { is_throttled: true, is_retryable: true, ..html },
                pause(Cause::Throttled, 20),
            ),
            row("no connection", Facts { outcome: not_sent, is_retryable: true, ..html }, pause(Cause::Trouble, 20)),
            row(
                "no request",
                Facts { outcome: not_sent, is_unusable: true, ..html },
                Verdict::Stop(LineOutcome::NotSent),
            ),
        ];
        for Row { what, facts, idempotent, verdict } in rows {
            assert_eq!(facts.verdict(idempotent), verdict, "{what}");
        }
    }
}
