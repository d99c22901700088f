//! What a failure means for the update: the one table that decides outcome and retry, by kind, code and status.
//!
//! It is asked once, when an error is made. The documentation of [`Outcome`] shows the same table to users. [`NoRetry`]
//! says why the client did not retry nevertheless.

use std::{fmt, time::Duration};

use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{ErrorKind, Timeout};
use crate::model::ErrorCode;

/// Whether the update of a failed call may have been applied.
///
/// In serde, and as a label value, it is [`as_str`](Self::as_str). `Display` writes `not sent` with a space.
///
/// What a failed attempt means; the first row that matches counts:
///
/// | result of the attempt | outcome | retried |
/// |---|---|---|
/// | no byte of the request was written | not sent | yes (TLS failure, invalid update or setting: no) |
/// | timeout or lost connection after that, also amid a response | unknown | if idempotent |
/// | TLS alert after that | unknown | no |
/// | unclear response | unknown | if idempotent and the status is 408, 409, 429 or 5xx (501, 505: no) |
/// | code 6451001 | unknown | if idempotent |
/// | code 6451010, or status 429 | rejected | yes |
/// | code 400, 3000203, 3000205, 6450001 or 6451000 | rejected | no |
/// | any other code with status 403 | rejected | no |
/// | status 403 without a code | unknown: a firewall may have blocked the response, not the request | no |
/// | status 408 or 5xx | unknown | if idempotent (501, 505: no) |
/// | status 409 | rejected | if idempotent |
/// | another 4xx, or 307 or 308 | rejected | no |
/// | anything else, such as a 200 without a result | unknown | no |
///
/// *If idempotent* means: if the policy is [idempotent](crate::RetryPolicy::idempotent).
///
/// A code counts only if it is a whole JSON number in an object without a `result`. A response is *unclear*
/// ([`UnclearResponse`](crate::ErrorKind::UnclearResponse)) if it is too large, compressed or a malformed JSON object,
/// contradicts itself, or names another destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// No byte of the request was written to a connection, so the update was not applied.
    NotSent,
    /// The server rejected the update, so it was not applied.
    Rejected,
    /// The request was sent, but no response says whether the update was applied. It may still be applied later.
    Unknown,
}

impl Outcome {
    /// A stable name without spaces: `not_sent`, `rejected` or `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

/// `not sent`, `rejected` or `unknown`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.as_str().replace('_', " "))
    }
}

/// When the same update may be resent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Never: it would fail in the same way, or nobody knows.
    Never,
    /// It may succeed, but the update may already have been applied: retried only if the caller declares it idempotent.
    IfIdempotent,
    /// It may succeed, and the update is known not to have been applied.
    Always,
}

/// Why a failure that may be retried was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoRetry {
    #[error("the retry policy is not idempotent")]
    NotIdempotent,
    #[error("the operation is not idempotent")]
    OperationNotIdempotent,
    #[error("retry_if declined")]
    Declined,
    #[error("the maximum of {0} attempts was reached")]
    AttemptsUsed(u32),
    #[error("the server asks for {retry_after:?}, more than the {max:?} allowed")]
    RetryAfterTooLong { retry_after: Duration, max: Duration },
    #[error("the next attempt would begin after the total timeout of {0:?}")]
    OutOfTime(Duration),
    #[error("the retry budget is empty")]
    BudgetEmpty,
}

/// `request_written`: whether any byte of the request may have been written. `status`: if a response began to arrive.
pub(crate) fn decide(kind: &ErrorKind, request_written: bool, status: Option<StatusCode>) -> (Outcome, Retry) {
    let status = status.map_or(0, |status| status.as_u16());
    match kind {
        ErrorKind::Tls if request_written => (Outcome::Unknown, Retry::Never),
        ErrorKind::Configuration { .. } | ErrorKind::InvalidUpdate { .. } | ErrorKind::Tls => {
            (Outcome::NotSent, Retry::Never)
        }
        ErrorKind::Connect | ErrorKind::Timeout { timeout: Timeout::Connect } => (Outcome::NotSent, Retry::Always),
        ErrorKind::Timeout { .. } | ErrorKind::ConnectionLost if request_written => {
            (Outcome::Unknown, Retry::IfIdempotent)
        }
        ErrorKind::Timeout { .. } | ErrorKind::ConnectionLost => (Outcome::NotSent, Retry::Always),
        ErrorKind::Api { code, .. } => by_code(*code, status),
        ErrorKind::UnexpectedResponse { .. } => by_status(status),
        // It could say that the update was applied, whatever the status.
        ErrorKind::UnclearResponse { .. } => match by_status(status) {
            (_, Retry::Never) => (Outcome::Unknown, Retry::Never),
            (_, Retry::IfIdempotent | Retry::Always) => (Outcome::Unknown, Retry::IfIdempotent),
        },
    }
}

/// The meaning of the vendor's codes is from the vendor's page on error codes.
fn by_code(code: ErrorCode, status: u16) -> (Outcome, Retry) {
    match code {
        // An internal service of the vendor failed, perhaps after it applied the update.
        ErrorCode::BAD_SERVICE_RESPONSE => (Outcome::Unknown, Retry::IfIdempotent),
        ErrorCode::TOO_MANY_REQUESTS => (Outcome::Rejected, Retry::Always),
        // A 403 is not a firewall's, but of the API itself.
        _ if status == 403 || status != 429 && code.meaning().is_some() => (Outcome::Rejected, Retry::Never),
        _ => by_status(status),
    }
}

/// Ours: the vendor documents only 200 and 400. Gateways answer 5xx also after the server has applied the update, and a
/// firewall that inspects responses answers 403 then.
fn by_status(status: u16) -> (Outcome, Retry) {
    match status {
        429 => (Outcome::Rejected, Retry::Always),
        // Not applied. A conflict with another writer may be over by the next attempt.
        409 => (Outcome::Rejected, Retry::IfIdempotent),
        // Not retried: a firewall will block the response again, the method or HTTP version will stay unsupported.
        403 | 501 | 505 => (Outcome::Unknown, Retry::Never),
        408 | 500..=599 => (Outcome::Unknown, Retry::IfIdempotent),
        // 307 and 308 ask to resend the request elsewhere; other redirects may mean that it was processed.
        307 | 308 | 400..=499 => (Outcome::Rejected, Retry::Never),
        _ => (Outcome::Unknown, Retry::Never),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::Outcome::{NotSent, Rejected, Unknown};
    use super::Retry::{Always, IfIdempotent, Never};
    use super::*;
    use crate::error::ConfigError;

    type Verdict = (Outcome, Retry);

    const fn verdict(outcome: Outcome, retry: Retry) -> Verdict {
        (outcome, retry)
    }

    /// The meaning of a response that has no documented code, and is not the API's.
    struct ByStatus {
        statuses: RangeInclusive<u16>,
        outcome: Outcome,
        retry: Retry,
    }

    const BY_STATUS: [ByStatus; 16] = [
        ByStatus { statuses: 100..=306, outcome: Unknown, retry: Never },
        ByStatus { statuses: 307..=308, outcome: Rejected, retry: Never },
        ByStatus { statuses: 309..=399, outcome: Unknown, retry: Never },
        ByStatus { statuses: 400..=402, outcome: Rejected, retry: Never },
        ByStatus { statuses: 403..=403, outcome: Unknown, retry: Never },
        ByStatus { statuses: 404..=407, outcome: Rejected, retry: Never },
        ByStatus { statuses: 408..=408, outcome: Unknown, retry: IfIdempotent },
        ByStatus { statuses: 409..=409, outcome: Rejected, retry: IfIdempotent },
        ByStatus { statuses: 410..=428, outcome: Rejected, retry: Never },
        ByStatus { statuses: 429..=429, outcome: Rejected, retry: Always },
        ByStatus { statuses: 430..=499, outcome: Rejected, retry: Never },
        ByStatus { statuses: 500..=500, outcome: Unknown, retry: IfIdempotent },
        ByStatus { statuses: 501..=501, outcome: Unknown, retry: Never },
        ByStatus { statuses: 502..=504, outcome: Unknown, retry: IfIdempotent },
        ByStatus { statuses: 505..=505, outcome: Unknown, retry: Never },
        ByStatus { statuses: 506..=599, outcome: Unknown, retry: IfIdempotent },
    ];

    fn by_status_table() -> impl Iterator<Item = (u16, Verdict)> {
        BY_STATUS.iter().flat_map(|ByStatus { statuses, outcome, retry }| {
            statuses.clone().map(|status| (status, verdict(*outcome, *retry)))
        })
    }

    fn responded(kind: &ErrorKind, status: u16) -> Verdict {
        decide(kind, true, Some(StatusCode::from_u16(status).unwrap()))
    }

    fn api(code: ErrorCode) -> ErrorKind {
        ErrorKind::Api { code, message: "why".to_owned() }
    }

    #[test]
    fn status_decides_without_a_documented_code() {
        let unexpected = ErrorKind::UnexpectedResponse { problem: "odd".to_owned() };
        let unclear = ErrorKind::UnclearResponse { problem: "gzip".to_owned() };
        assert!(by_status_table().map(|(status, _)| status).eq(100..=599));
        for (status, expected) in by_status_table() {
            assert_eq!(responded(&unexpected, status), expected, "{status}, not from the API");
            for code in [0, 7, -1, 403].map(ErrorCode::new) {
                let expected = if status == 403 { verdict(Rejected, Never) } else { expected };
                assert_eq!(responded(&api(code), status), expected, "{status} with code {code}");
            }
            let retry = if expected.1 == Never { Never } else { IfIdempotent };
            assert_eq!(responded(&unclear, status), verdict(Unknown, retry), "unclear {status}");
        }
        assert_eq!(responded(&unexpected, 999), verdict(Unknown, Never));
    }

    #[test]
    fn documented_code_decides_over_the_status() {
        struct Row {
            code: ErrorCode,
            verdict: Verdict,
            with_429: Verdict,
        }
        let permanent = |code| Row { code, verdict: verdict(Rejected, Never), with_429: verdict(Rejected, Always) };
        let same = |code, verdict| Row { code, verdict, with_429: verdict };
        let rows = [
            permanent(ErrorCode::new(400)),
            permanent(ErrorCode::new(3_000_203)),
            permanent(ErrorCode::new(3_000_205)),
            permanent(ErrorCode::new(6_450_001)),
            permanent(ErrorCode::new(6_451_000)),
            same(ErrorCode::new(6_451_001), verdict(Unknown, IfIdempotent)),
            same(ErrorCode::new(6_451_010), verdict(Rejected, Always)),
        ];
        for Row { code, verdict, with_429 } in rows {
            assert!(code.meaning().is_some(), "{code}");
            for status in 100..=599 {
                let expected = if status == 429 { with_429 } else { verdict };
                assert_eq!(responded(&api(code), status), expected, "{code} with {status}");
            }
        }
    }

    #[test]
    fn failure_without_complete_response_is_not_sent_only_if_nothing_was_written() {
        struct Row {
            kind: ErrorKind,
            before: Verdict,
            written: Verdict,
        }
        let lost = |kind| Row { kind, before: verdict(NotSent, Always), written: verdict(Unknown, IfIdempotent) };
        let same = |kind, retry| Row { kind, before: verdict(NotSent, retry), written: verdict(NotSent, retry) };
        let rows = [
            lost(ErrorKind::ConnectionLost),
            lost(ErrorKind::Timeout { timeout: Timeout::Attempt }),
            lost(ErrorKind::Timeout { timeout: Timeout::Total }),
            lost(ErrorKind::Timeout { timeout: Timeout::Read }),
            Row { kind: ErrorKind::Tls, before: verdict(NotSent, Never), written: verdict(Unknown, Never) },
            same(ErrorKind::Timeout { timeout: Timeout::Connect }, Always),
            same(ErrorKind::Connect, Always),
            same(ErrorKind::Configuration { error: ConfigError::new("wrong") }, Never),
        ];
        for Row { kind, before, written } in rows {
            assert_eq!(decide(&kind, false, None), before, "{kind:?}");
            assert_eq!(decide(&kind, true, None), written, "{kind:?}");
        }
        for status in 100..=599 {
            let lost = responded(&ErrorKind::ConnectionLost, status);
            assert_eq!(lost, verdict(Unknown, IfIdempotent), "half of a {status}");
        }
    }
}
