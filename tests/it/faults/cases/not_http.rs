//! Responses that are not HTTP, or whose head is too large.

use bytes::Bytes;
use cinnox_destination::Outcome::Unknown;

use super::{BODY_LIMIT, Case, HEADER_LIMIT, Retried::IfIdempotent};
use crate::support::{UPDATED, answer::Answer, observed::Observed, server::Behavior};

pub(super) fn cases() -> Vec<Case> {
    let lost = |name: &str, server: Behavior| Case {
        name: name.to_owned(),
        server,
        result: Observed::failed("ConnectionLost", Unknown, None),
        retried: IfIdempotent,
        ..Case::default()
    };
    let ok = |headers: Bytes| {
        Behavior::answer([&b"HTTP/1.1 200 OK\r\n"[..], &headers, b"\r\n", UPDATED.as_bytes()].concat())
    };
    vec![
        lost("another protocol", Behavior::answer("SSH-2.0-OpenSSH_9.6\r\n")),
        lost("binary", Behavior::answer(&[0, 0, 18, 4, 0, 0, 0, 0, 0, 255, 254][..])),
        lost("an HTTP version that does not exist", Behavior::answer("HTTP/7.3 200 OK\r\n\r\n")),
        lost("a status of two digits", Behavior::answer("HTTP/1.1 20 OK\r\n\r\n")),
        lost("100,000 headers", ok("x-header: value\r\n".repeat(100_000).into())),
        lost("one header more than the limit", ok("x-header: value\r\n".repeat(HEADER_LIMIT + 1).into())),
        lost(
            "a header line of 1 MiB",
            Behavior::answer(Answer::status(200).header("x-header", &"v".repeat(BODY_LIMIT)).body(UPDATED)),
        ),
        lost("an endless status line", Behavior::answer("HTTP/1.1 200 ").then_forever("O".repeat(4096))),
        lost("endless headers", Behavior::answer("HTTP/1.1 200 OK\r\n").then_forever("a: b\r\n".repeat(500))),
    ]
}
