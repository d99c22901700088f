//! Where a failure is classified: what a code, a status or the kind of an error means for the update, and whether the
//! same update may be sent again. These tables are the only place that decides it.

use std::time::Duration;

use http::StatusCode;

use super::{ErrorKind, Outcome, Timeout};
use crate::model::ErrorCode;

/// What a failure means for the update, and when the update may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) retry: Retry,
}

/// When the same update may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Retry {
    /// It would fail in the same way.
    Never,
    /// It may succeed, but only a caller for whom the update is idempotent may repeat it automatically.
    IfIdempotent,
    /// It may succeed, and it is known not to be applied.
    Always,
}

const fn verdict(outcome: Outcome, retry: Retry) -> Verdict {
    Verdict { outcome, retry }
}

/// By what went wrong. `request_written` is whether the first byte of the request may have left this machine.
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
        // The body may say that the update is applied, whatever the status says.
        ErrorKind::UnreadableResponse { .. } => match by_status().retry {
            Retry::Never => verdict(Outcome::Unknown, Retry::Never),
            Retry::IfIdempotent | Retry::Always => verdict(Outcome::Unknown, Retry::IfIdempotent),
        },
        ErrorKind::BodyTooLarge { .. } => verdict(Outcome::Unknown, Retry::Never),
    }
}

/// By the vendor's code (vendor's page on error codes); `None` for a code that the page does not have.
pub(crate) fn by_code(code: ErrorCode) -> Option<Verdict> {
    Some(match code {
        ErrorCode::BadRequest
        | ErrorCode::TagNotFound
        | ErrorCode::DestinationNotFound
        | ErrorCode::MethodOrUrlNotFound
        | ErrorCode::WrongParameter => verdict(Outcome::Rejected, Retry::Never),
        // One of the vendor's own services failed, perhaps after it had applied the update.
        ErrorCode::BadServiceResponse => verdict(Outcome::Unknown, Retry::IfIdempotent),
        ErrorCode::TooManyRequests => verdict(Outcome::Rejected, Retry::Always),
        ErrorCode::Other(_) => return None,
    })
}

/// By the HTTP status (ours: the vendor documents 200 and 400 only).
pub(crate) fn by_status(status: StatusCode, retry_after: Option<Duration>) -> Verdict {
    match status.as_u16() {
        429 => verdict(Outcome::Rejected, Retry::Always),
        503 if retry_after.is_some() => verdict(Outcome::Rejected, Retry::Always),
        // A conflict with another writer may be over by the time of the next attempt.
        409 => verdict(Outcome::Rejected, Retry::IfIdempotent),
        // A method or HTTP version that is not supported stays unsupported.
        501 | 505 => verdict(Outcome::Unknown, Retry::Never),
        408 | 500..=599 => verdict(Outcome::Unknown, Retry::IfIdempotent),
        // Other redirects can mean "done, the result is there"; these mean "send it there instead".
        307 | 308 | 400..=499 => verdict(Outcome::Rejected, Retry::Never),
        _ => verdict(Outcome::Unknown, Retry::Never),
    }
}
