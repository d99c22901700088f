//! The connection ends, or its framing is invalid, before the response is complete.

use cinnox_destination::Outcome::Unknown;

use super::{
    Case,
    Retried::{IfIdempotent, Never},
    kept,
};
use crate::support::{UPDATED, observed::Observed, server::Behavior};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 37\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    [before_the_head_is_complete(), inside_the_body()].concat()
}

fn lost(name: &str, status: Option<u16>, server: Behavior) -> Case {
    Case {
        name: name.to_owned(),
        server,
        result: Observed::failed("ConnectionLost", Unknown, status),
        retried: IfIdempotent,
        ..Case::default()
    }
}

fn before_the_head_is_complete() -> Vec<Case> {
    let with_length = |length: &str| Behavior::answer(format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\n{UPDATED}"));
    vec![
        Case {
            may_be_unsent: true,
            ..lost("closes before reading the request", None, Behavior::close_before_reading())
        },
        lost("closes while reading the request", None, Behavior::close_while_reading()),
        lost("closes after reading the request", None, Behavior::close_after_reading()),
        lost("RST before reading the request", None, Behavior::close_before_reading().resetting()),
        lost("RST while reading the request", None, Behavior::close_while_reading().resetting()),
        lost("RST after reading the request", None, Behavior::close_after_reading().resetting()),
        lost("closes after the status line", None, Behavior::answer("HTTP/1.1 200 OK\r\n").closing()),
        lost("closes inside the headers", None, Behavior::answer("HTTP/1.1 200 OK\r\ncontent-le").closing()),
        lost("Content-Length is not a number", None, with_length("content-length: x")),
        lost("Content-Length is negative", None, with_length("content-length: -1")),
        lost("two Content-Lengths", None, with_length("content-length: 37\r\ncontent-length: 3")),
    ]
}

fn inside_the_body() -> Vec<Case> {
    let (half, ok) = (&UPDATED[..20], Some(200));
    let closes = |text: String| Behavior::answer(text).closing();
    vec![
        lost("closes after the headers", ok, closes(HEAD.to_owned())),
        lost("closes inside the body", ok, closes(format!("{HEAD}{half}"))),
        lost("RST inside the body", ok, Behavior::answer(format!("{HEAD}{half}")).resetting()),
        lost("Content-Length too large", ok, closes(format!("{}{UPDATED}", HEAD.replace("37", "38")))),
        Case {
            name: "Content-Length too small".into(),
            server: Behavior::answer(format!("{}{UPDATED}", HEAD.replace("37", "36"))),
            result: Observed::failed("UnreadableResponse(malformed JSON at line 1, column 36)", Unknown, 200),
            retried: Never,
            body: kept(&UPDATED[..36]),
            ..Case::default()
        },
        lost("chunk size is not a number", ok, closes(format!("{CHUNKED}zz\r\n{UPDATED}\r\n0\r\n\r\n"))),
        lost("chunk size is too large to hold", ok, closes(format!("{CHUNKED}fffffffffffffffff\r\n{UPDATED}"))),
        lost("chunk is longer than its size", ok, closes(format!("{CHUNKED}3\r\n{UPDATED}\r\n0\r\n\r\n"))),
        lost("closes inside a chunk", ok, closes(format!("{CHUNKED}25\r\n{half}"))),
        lost("closes before the last chunk", ok, closes(format!("{CHUNKED}25\r\n{UPDATED}\r\n"))),
        Case {
            body: kept("half"),
            ..lost(
                "closes inside the body of a 500",
                Some(500),
                closes("HTTP/1.1 500 Oops\r\ncontent-length: 9\r\n\r\nhalf".to_owned()),
            )
        },
        lost(
            "closes inside the body of a 400",
            Some(400),
            closes("HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{\"code\":3000205".to_owned()),
        ),
    ]
}
