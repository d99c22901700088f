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
    /// The `Date` of the same response; empty if it has none.
    date: &'static str,
    /// The delay that the value asks for.
    delay: Delay,
}

enum Delay {
    AtLeast(Duration),
    /// More than `RetryPolicy::max_retry_after` allows.
    TooLong,
    /// HTTP does not define such a value.
    Unreadable,
}

/// A header of a response without `Date`.
const fn header(value: &'static str, delay: Delay) -> Header {
    Header { value, date: "", delay }
}

const SECOND: Duration = Duration::from_secs(1);

const HEADERS: [Header; 17] = [
    header("0", Delay::AtLeast(Duration::ZERO)),
    header("1", Delay::AtLeast(SECOND)),
    header("0.2", Delay::AtLeast(SECOND)),
    header("1.0", Delay::AtLeast(SECOND)),
    header("30.1", Delay::TooLong),
    header("31", Delay::TooLong),
    header("18446744073709551616", Delay::TooLong),
    header("Sun, 06 Nov 1994 08:49:37 GMT", Delay::AtLeast(Duration::ZERO)),
    header("Fri, 31 Dec 9999 23:59:59 GMT", Delay::TooLong),
    header("Sunday, 06-Nov-94 08:49:37 GMT", Delay::AtLeast(Duration::ZERO)),
    Header {
        value: "Sun, 06 Nov 1994 08:49:37 GMT",
        date: "Sun, 06 Nov 1994 08:49:36 GMT",
        delay: Delay::AtLeast(SECOND),
    },
    Header { value: "Sun, 06 Nov 1994 08:49:37 GMT", date: "Sun, 06 Nov 1994 08:48:37 GMT", delay: Delay::TooLong },
    Header {
        value: "Fri, 31 Dec 9999 23:59:59 GMT",
        date: "Fri, 31 Dec 9999 23:59:58 GMT",
        delay: Delay::AtLeast(SECOND),
    },
    header("-5", Delay::Unreadable),
    header("soon", Delay::Unreadable),
    header("", Delay::Unreadable),
    header("\u{fc}", Delay::Unreadable),
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

fn with_header(Header { value, date, delay }: &Header) -> [Case; 3] {
    let (retried, min_delay) = match delay {
        Delay::AtLeast(delay) => (ByDefault, *delay),
        Delay::TooLong => (Never, Duration::ZERO),
        Delay::Unreadable => (ByDefault, Duration::ZERO),
    };
    // Only a valid value shows that the server rejected the update.
    let (outcome_of_503, retried_503) = match delay {
        Delay::Unreadable => (Unknown, IfIdempotent),
        _ => (Rejected, retried),
    };
    let answer = |status| {
        let answer = Answer::status(status).header("Retry-After", value);
        if date.is_empty() { answer } else { answer.header("Date", date) }
    };
    let header = if date.is_empty() { format!("{value:?}") } else { format!("{value:?} and Date {date:?}") };
    [
        Case {
            name: format!("429 with Retry-After {header}"),
            server: Behavior::answer(answer(429).body("no")),
            result: Observed::failed("UnexpectedResponse", Rejected, 429),
            retried,
            min_delay,
            body: kept("no"),
            ..Case::default()
        },
        Case {
            name: format!("code 6451010 with Retry-After {header}"),
            server: Behavior::answer(answer(400).code(6_451_010, "slow down")),
            result: Observed::failed("Api(6451010)", Rejected, 400),
            retried,
            min_delay,
            ..Case::default()
        },
        Case {
            name: format!("503 with Retry-After {header}"),
            server: Behavior::answer(answer(503)),
            result: Observed::failed("UnexpectedResponse", outcome_of_503, 503),
            retried: retried_503,
            min_delay,
            ..Case::default()
        },
    ]
}
