//! Classifies failures: maps the kind, code and status of an error to an outcome and to whether it may be retried.
//!
//! These tables are the only place where this is decided.

use std::time::Duration;

use http::StatusCode;

use super::{ErrorKind, Outcome, Timeout};
use crate::model::ErrorCode;

/// Whether the update may have been applied, and when the same update may be resent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) retry: Retry,
}

/// When the same update may be resent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// Never: it would fail in the same way.
    Never,
    /// It may succeed, but the update may already have been applied: retried only if the caller declares it idempotent.
    IfIdempotent,
    /// It may succeed, and the update is known not to have been applied.
    Always,
}

const fn verdict(outcome: Outcome, retry: Retry) -> Verdict {
    Verdict { outcome, retry }
}

/// Classifies an error by its kind. `request_written`: whether any byte of the request may have been written.
pub(crate) fn by_kind(
    kind: &ErrorKind,
    request_written: bool,
    status: Option<StatusCode>,
    retry_after: Option<Duration>,
) -> Verdict {
    let by_status = || status.map_or(verdict(Outcome::Unknown, Retry::Never), |status| by_status(status, retry_after));
    match kind {
        ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_) => verdict(Outcome::NotSent, Retry::Never),
        ErrorKind::Connect | ErrorKind::Timeout(Timeout::Connect) => verdict(Outcome::NotSent, Retry::Always),
        ErrorKind::Timeout(_) | ErrorKind::ConnectionLost if !request_written => {
            verdict(Outcome::NotSent, Retry::Always)
        }
        ErrorKind::Timeout(_) | ErrorKind::ConnectionLost => verdict(Outcome::Unknown, Retry::IfIdempotent),
        ErrorKind::Api { code, .. } => by_code(*code).unwrap_or_else(by_status),
        ErrorKind::UnexpectedResponse { .. } | ErrorKind::Redirect { .. } => by_status(),
        // The body may say that the update was applied, whatever the status.
        ErrorKind::UnreadableResponse { .. } => match by_status().retry {
            Retry::Never => verdict(Outcome::Unknown, Retry::Never),
            Retry::IfIdempotent | Retry::Always => verdict(Outcome::Unknown, Retry::IfIdempotent),
        },
        ErrorKind::BodyTooLarge { .. } => verdict(Outcome::Unknown, Retry::Never),
    }
}

/// Classifies an error by the vendor's code (vendor's page on error codes); `None` for an undocumented code.
pub(crate) fn by_code(code: ErrorCode) -> Option<Verdict> {
    Some(match code {
        ErrorCode::BadRequest
        | ErrorCode::TagNotFound
        | ErrorCode::DestinationNotFound
        | ErrorCode::MethodOrUrlNotFound
        | ErrorCode::WrongParameter => verdict(Outcome::Rejected, Retry::Never),
        // An internal service of the vendor failed, perhaps after it applied the update.
        ErrorCode::BadServiceResponse => verdict(Outcome::Unknown, Retry::IfIdempotent),
        ErrorCode::TooManyRequests => verdict(Outcome::Rejected, Retry::Always),
        ErrorCode::Other(_) => return None,
    })
}

/// Classifies an error by its HTTP status (ours: the vendor documents only 200 and 400).
pub(crate) fn by_status(status: StatusCode, retry_after: Option<Duration>) -> Verdict {
    match status.as_u16() {
        429 => verdict(Outcome::Rejected, Retry::Always),
        503 if retry_after.is_some() => verdict(Outcome::Rejected, Retry::Always),
        // Not applied. A conflict with another writer may be over by the next attempt.
        409 => verdict(Outcome::Rejected, Retry::IfIdempotent),
        // Not retried: the method or HTTP version will stay unsupported.
        501 | 505 => verdict(Outcome::Unknown, Retry::Never),
        408 | 500..=599 => verdict(Outcome::Unknown, Retry::IfIdempotent),
        // 307 and 308 ask to resend the request elsewhere; other redirects may mean that it was processed.
        307 | 308 | 400..=499 => verdict(Outcome::Rejected, Retry::Never),
        _ => verdict(Outcome::Unknown, Retry::Never),
    }
}
