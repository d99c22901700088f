//! Every HTTP status from 100 to 599: without a body, with a proxy's HTML, and with the vendor's JSON.

use std::ops::RangeInclusive;

use cinnox_destination::Outcome::{self, Rejected, Unknown};

use super::{
    assert_cases,
    cases::{
        Case,
        Retried::{self, ByDefault, IfIdempotent, Never},
        kept,
    },
};
use crate::support::{UPDATED, answer::Answer, observed::Observed, server::Behavior};

/// The meaning of a status without a code, or with an undocumented code.
struct Meaning {
    statuses: RangeInclusive<u16>,
    outcome: Outcome,
    retried: Retried,
}

const BY_STATUS: [Meaning; 16] = [
    Meaning { statuses: 100..=306, outcome: Unknown, retried: Never },
    Meaning { statuses: 307..=308, outcome: Rejected, retried: Never },
    Meaning { statuses: 309..=399, outcome: Unknown, retried: Never },
    Meaning { statuses: 400..=407, outcome: Rejected, retried: Never },
    Meaning { statuses: 408..=408, outcome: Unknown, retried: IfIdempotent },
    Meaning { statuses: 409..=409, outcome: Rejected, retried: IfIdempotent },
    Meaning { statuses: 410..=428, outcome: Rejected, retried: Never },
    Meaning { statuses: 429..=429, outcome: Rejected, retried: ByDefault },
    Meaning { statuses: 430..=499, outcome: Rejected, retried: Never },
    Meaning { statuses: 500..=500, outcome: Unknown, retried: IfIdempotent },
    Meaning { statuses: 501..=501, outcome: Unknown, retried: Never },
    Meaning { statuses: 502..=504, outcome: Unknown, retried: IfIdempotent },
    Meaning { statuses: 505..=505, outcome: Unknown, retried: Never },
    Meaning { statuses: 506..=519, outcome: Unknown, retried: IfIdempotent },
    // Statuses of CDNs.
    Meaning { statuses: 520..=530, outcome: Unknown, retried: IfIdempotent },
    Meaning { statuses: 531..=599, outcome: Unknown, retried: IfIdempotent },
];

/// A documented code decides, whatever the status.
struct Code {
    number: i64,
    outcome: Outcome,
    retried: Retried,
}

const BY_CODE: [Code; 7] = [
    Code { number: 400, outcome: Rejected, retried: Never },
    Code { number: 3_000_203, outcome: Rejected, retried: Never },
    Code { number: 3_000_205, outcome: Rejected, retried: Never },
    Code { number: 6_450_001, outcome: Rejected, retried: Never },
    Code { number: 6_451_000, outcome: Rejected, retried: Never },
    Code { number: 6_451_001, outcome: Unknown, retried: IfIdempotent },
    Code { number: 6_451_010, outcome: Rejected, retried: ByDefault },
];

const HTML: &str = "<html><body>502 Bad Gateway</body></html>";

/// Statuses that have no body by definition.
fn is_bodiless(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 304)
}

fn by_status() -> impl Iterator<Item = (u16, &'static Meaning)> {
    BY_STATUS.iter().flat_map(|meaning| meaning.statuses.clone().map(move |status| (status, meaning)))
}

#[test]
fn every_status_is_in_the_table_once() {
    assert!(by_status().map(|(status, _)| status).eq(100..=599));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_decides_without_a_documented_code() {
    let case = |status, meaning: &Meaning, body: &str, kind: &str| Case {
        name: format!("{status} with {body:?}"),
        server: Behavior::answer(Answer::status(status).body(body)),
        result: Observed::failed(kind, meaning.outcome, status),
        retried: meaning.retried,
        body: kept(body),
        ..Case::default()
    };
    let mut cases = Vec::new();
    for (status, meaning) in by_status().filter(|(status, _)| !is_bodiless(*status)) {
        cases.push(case(status, meaning, "", "UnexpectedResponse"));
        cases.push(case(status, meaning, HTML, "UnexpectedResponse"));
        cases.push(case(status, meaning, r#"{"code":1234,"message":"no"}"#, "Api(1234)"));
    }
    // Only a 200 is documented as a success.
    cases.extend((201..=299).filter(|status| !is_bodiless(*status)).map(|status| Case {
        name: format!("{status} with a result"),
        server: Behavior::answer(Answer::status(status).body(UPDATED)),
        result: Observed::failed("UnexpectedResponse", Unknown, status),
        ..Case::default()
    }));
    assert_cases(&cases).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documented_code_decides_over_the_status() {
    let statuses = by_status().map(|(status, _)| status).filter(|status| !is_bodiless(*status));
    // Each status has one of the codes, and each code many statuses.
    let cases: Vec<_> = statuses
        .zip(BY_CODE.iter().cycle())
        .map(|(status, Code { number, outcome, retried })| Case {
            name: format!("{status} with code {number}"),
            server: Behavior::answer(Answer::status(status).code(*number, "why")),
            result: Observed::failed(format!("Api({number})"), *outcome, status),
            retried: *retried,
            ..Case::default()
        })
        .collect();
    assert_cases(&cases).await;
}

/// After an informational status, the client waits for the final one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_without_a_body_is_unknown() {
    let cases: Vec<_> = by_status()
        .filter(|(status, _)| is_bodiless(*status))
        .map(|(status, _)| {
            let informational = matches!(status, 100 | 102..=199);
            Case {
                name: format!("{status} and the end of the connection"),
                server: Behavior::answer(format!("HTTP/1.1 {status} Reason\r\n\r\n")).closing(),
                result: match status {
                    _ if informational => Observed::failed("ConnectionLost", Unknown, None),
                    _ => Observed::failed("UnexpectedResponse", Unknown, status),
                },
                retried: if informational { IfIdempotent } else { Never },
                ..Case::default()
            }
        })
        .collect();
    assert_cases(&cases).await;
}

/// HTTP allows any three digits.
#[tokio::test]
async fn status_beyond_599_is_unknown() {
    let cases = [600, 999].map(|status| Case {
        name: format!("{status} with HTML"),
        server: Behavior::answer(Answer::status(status).body(HTML)),
        result: Observed::failed("UnexpectedResponse", Unknown, status),
        body: kept(HTML),
        ..Case::default()
    });
    assert_cases(&cases).await;
}
