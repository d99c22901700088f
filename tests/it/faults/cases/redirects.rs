//! Redirects, which are never followed.

use cinnox_destination::Outcome::{self, Rejected, Unknown};

use super::{Case, Retried::IfIdempotent, kept};
use crate::support::{
    UPDATED,
    answer::{Answer, utf16},
    observed::Observed,
    server::Behavior,
};

const PAGE: &str = "<a href=\"/elsewhere\">moved</a>";

pub(super) fn cases() -> Vec<Case> {
    let plain = [300, 301, 302, 303, 304, 307, 308].into_iter().flat_map(of_status);
    plain.chain([302, 307, 308].into_iter().flat_map(with_an_unclear_body)).collect()
}

/// The body may say that the update was applied.
fn with_an_unclear_body(status: u16) -> Vec<Case> {
    let answer = || Answer::status(status).header("Location", "/elsewhere");
    let unclear = |what: &str, body: &[u8], kind: &str| Case {
        name: format!("{status} to /elsewhere with {what}"),
        server: Behavior::answer(answer().body(body)),
        result: Observed::failed(kind, Unknown, status),
        ..Case::default()
    };
    vec![
        unclear("a success", UPDATED.as_bytes(), "UnreadableResponse(it reports success)"),
        unclear("UTF-16", &utf16(UPDATED), "UnreadableResponse(UTF-16)"),
        unclear("half of an error", br#"{"code":6451001,"#, "UnreadableResponse(malformed JSON at line 1, column 16)"),
        Case {
            name: format!("{status} to /elsewhere that breaks off"),
            server: Behavior::answer(format!(
                "HTTP/1.1 {status} Moved\r\nlocation: /elsewhere\r\ncontent-length: 99\r\n\r\n{{"
            ))
            .closing(),
            result: Observed::failed("ConnectionLost", Unknown, status),
            retried: IfIdempotent,
            ..Case::default()
        },
    ]
}

/// Only 307 and 308 ask to resend the request elsewhere; the others may mean that it was processed.
pub(crate) fn outcome_of(status: u16) -> Outcome {
    if matches!(status, 307 | 308) { Rejected } else { Unknown }
}

fn of_status(status: u16) -> Vec<Case> {
    let redirect = |location: &str| Case {
        name: format!("{status} to {location:?}"),
        server: Behavior::answer(Answer::status(status).header("Location", location).body(PAGE)),
        result: Observed::failed(format!("Redirect({location})"), outcome_of(status), status),
        // A 304 has no body by definition.
        body: if status == 304 { kept("") } else { kept(PAGE) },
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
