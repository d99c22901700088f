//! Throttling and unavailability, with every form of `Retry-After`.

use std::time::Duration;

use cinnox_destination::Outcome::{Rejected, Unknown};

use super::{
    Case,
    Retried::{ByDefault, IfIdempotent, Never},
    kept,
};
use crate::support::{answer::Answer, observed::Observed, server::Behavior};

struct Header {
    value: &'static str,
    /// What the value asks for.
    delay: Delay,
}

enum Delay {
    AtLeast(Duration),
    /// More than `RetryPolicy::max_retry_after` allows.
    TooLong,
    /// The value is not one that HTTP defines.
    Unreadable,
}

const HEADERS: [Header; 12] = [
    Header { value: "0", delay: Delay::AtLeast(Duration::ZERO) },
    Header { value: "1", delay: Delay::AtLeast(Duration::from_secs(1)) },
    Header { value: "31", delay: Delay::TooLong },
    Header { value: "18446744073709551616", delay: Delay::TooLong },
    Header { value: "Sun, 06 Nov 1994 08:49:37 GMT", delay: Delay::AtLeast(Duration::ZERO) },
    Header { value: "Fri, 31 Dec 9999 23:59:59 GMT", delay: Delay::TooLong },
    Header { value: "Sunday, 06-Nov-94 08:49:37 GMT", delay: Delay::AtLeast(Duration::ZERO) },
    Header { value: "-5", delay: Delay::Unreadable },
    Header { value: "1.5", delay: Delay::Unreadable },
    Header { value: "soon", delay: Delay::Unreadable },
    Header { value: "", delay: Delay::Unreadable },
    Header { value: "\u{fc}", delay: Delay::Unreadable },
];

pub(super) fn cases() -> Vec<Case> {
    HEADERS.iter().flat_map(with_header).chain(without_header()).collect()
}

fn without_header() -> [Case; 2] {
    let throttled = Case { retried: ByDefault, ..Case::default() };
    [
        Case {
            name: "429 without Retry-After".into(),
            server: Behavior::answer(Answer::status(429)),
            result: Observed::failed("UnexpectedResponse", Rejected, 429),
            body: kept(""),
            ..throttled.clone()
        },
        Case {
            name: "code 6451010 without Retry-After".into(),
            server: Behavior::answer(Answer::status(400).body(r#"{"code":6451010}"#)),
            result: Observed::failed("Api(6451010)", Rejected, 400),
            ..throttled
        },
    ]
}

fn with_header(Header { value, delay }: &Header) -> [Case; 3] {
    let (retried, min_delay) = match delay {
        Delay::AtLeast(delay) => (ByDefault, *delay),
        Delay::TooLong => (Never, Duration::ZERO),
        Delay::Unreadable => (ByDefault, Duration::ZERO),
    };
    // Only a value that can be read says that the server refused before it did anything.
    let (outcome_of_503, retried_503) = match delay {
        Delay::Unreadable => (Unknown, IfIdempotent),
        _ => (Rejected, retried),
    };
    let answer = |status| Answer::status(status).header("Retry-After", value);
    [
        Case {
            name: format!("429 with Retry-After {value:?}"),
            server: Behavior::answer(answer(429).body("no")),
            result: Observed::failed("UnexpectedResponse", Rejected, 429),
            retried,
            min_delay,
            body: kept("no"),
            ..Case::default()
        },
        Case {
            name: format!("code 6451010 with Retry-After {value:?}"),
            server: Behavior::answer(answer(400).code(6_451_010, "slow down")),
            result: Observed::failed("Api(6451010)", Rejected, 400),
            retried,
            min_delay,
            ..Case::default()
        },
        Case {
            name: format!("503 with Retry-After {value:?}"),
            server: Behavior::answer(answer(503)),
            result: Observed::failed("UnexpectedResponse", outcome_of_503, 503),
            retried: retried_503,
            min_delay,
            ..Case::default()
        },
    ]
}
