//! Whether a failed update may have been applied.

use std::fmt;

use serde::Serialize;

/// Whether the update of a failed call may have been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Outcome {
    /// No byte of the request was written to a connection, so the update was not applied.
    #[serde(rename = "not sent")]
    NotSent,
    /// The server rejected the update, so it was not applied.
    #[serde(rename = "rejected")]
    Rejected,
    /// The request was sent, but no response says whether the update was applied. It may still be applied later.
    #[serde(rename = "unknown")]
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
