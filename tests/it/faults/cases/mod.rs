//! Failures and unusual responses of a server, with the expected result of each.

mod broken;
mod endless;
mod errors;
mod not_http;
pub(super) mod redirects;
mod retry_after;
mod silent;
mod successes;
mod unreadable;

use std::time::Duration;

use cinnox_destination::Outcome;

use crate::support::{observed::Observed, server::Behavior};

/// The default of `ClientBuilder::max_response_bytes`.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;

/// The maximum number of response headers.
pub(crate) const HEADER_LIMIT: usize = 200;

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) server: Behavior,
    pub(crate) result: Observed,
    pub(crate) retried: Retried,
    /// The part of the body that the error must keep.
    pub(crate) body: Kept,
    /// Whether each attempt runs into its timeout.
    pub(crate) stalls: bool,
    /// The shortest delay before each retry.
    pub(crate) min_delay: Duration,
    /// Whether the connection may end before the request is written; the update is then not sent, and is retried.
    pub(crate) may_be_unsent: bool,
}

#[derive(Clone)]
pub(crate) enum Kept {
    /// The case is not about the body.
    Anything,
    Exactly(Vec<u8>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Retried {
    Never,
    ByDefault,
    IfIdempotent,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            name: String::new(),
            server: Behavior::success(),
            result: Observed::Updated,
            retried: Retried::Never,
            body: Kept::Anything,
            stalls: false,
            min_delay: Duration::ZERO,
            may_be_unsent: false,
        }
    }
}

impl Case {
    /// Whether the server may have applied the update without saying so.
    pub(crate) fn is_unknown(&self) -> bool {
        self.result.outcome() == Some(Outcome::Unknown)
    }
}

pub(crate) fn kept(body: impl AsRef<[u8]>) -> Kept {
    Kept::Exactly(body.as_ref().to_vec())
}

pub(crate) fn all() -> Vec<Case> {
    [
        silent::cases(),
        broken::cases(),
        not_http::cases(),
        endless::cases(),
        successes::successes(),
        successes::not_successes(),
        errors::cases(),
        retry_after::cases(),
        redirects::cases(),
        unreadable::cases(),
    ]
    .concat()
}
