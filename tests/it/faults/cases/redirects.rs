//! Redirects, which are never followed.

use cinnox_destination::Outcome::{self, Rejected, Unknown};

use super::{Case, kept};
use crate::support::{UPDATED, answer::Answer, observed::Observed, server::Behavior};

pub(super) fn cases() -> Vec<Case> {
    [300, 301, 302, 303, 304, 307, 308].into_iter().flat_map(of_status).collect()
}

/// Only 307 and 308 say "send it there"; the others may mean "done, see there".
pub(crate) fn outcome_of(status: u16) -> Outcome {
    if matches!(status, 307 | 308) { Rejected } else { Unknown }
}

fn of_status(status: u16) -> Vec<Case> {
    let redirect = |location: &str| Case {
        name: format!("{status} to {location:?}"),
        server: Behavior::answer(Answer::status(status).header("Location", location).body(UPDATED)),
        result: Observed::failed(format!("Redirect({location})"), outcome_of(status), status),
        // A 304 has no body by definition.
        body: if status == 304 { kept("") } else { kept(UPDATED) },
        ..Case::default()
    };
    let mut cases = ["/elsewhere", "https://elsewhere.test/v1", "//elsewhere.test", ""].map(redirect).to_vec();
    cases.push(Case {
        name: format!("{status} without a location"),
        server: Behavior::answer(Answer::status(status)),
        result: Observed::failed("UnexpectedResponse", outcome_of(status), status),
        body: kept(""),
        ..Case::default()
    });
    cases
}
