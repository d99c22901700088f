//! Whether a failed update may have been applied.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whether the update of a failed call may have been applied.
///
/// In serde, and as a label value, it is [`as_str`](Self::as_str). `Display` writes `not sent` with a space.
///
/// What a response means:
///
/// | response | outcome | retried |
/// |---|---|---|
/// | no byte of the request was written | not sent | yes (after a certificate failure: no) |
/// | code 6451010, or status 429 | rejected | yes |
/// | code 400, 3000203, 3000205, 6450001 or 6451000 | rejected | no |
/// | code 6451001 | unknown | if idempotent |
/// | another code, or a documented 400 without one | by the status, as below; 403 is rejected | |
/// | status 408 or 5xx | unknown | if idempotent (501, 505: no) |
/// | status 403, not from the API | unknown: a firewall may have blocked the response, not the request | no |
/// | another 4xx | rejected | no (409: if idempotent) |
/// | status 307 or 308 | rejected | no |
/// | anything else, or a response that is unreadable, contradictory or names another destination | unknown | never without [`idempotent`](crate::RetryPolicy::idempotent) |
///
/// A code counts only in a response in the API's form: a JSON object with a numeric `code`, or with `result.id`.
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
    #[must_use]
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
        f.pad(match self {
            Self::NotSent => "not sent",
            Self::Rejected | Self::Unknown => self.as_str(),
        })
    }
}
