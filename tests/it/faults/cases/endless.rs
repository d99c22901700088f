//! Responses that would exhaust the memory of a client without limits.

use cinnox_destination::Outcome::{Rejected, Unknown};

use super::{
    BODY_LIMIT, Case,
    Retried::{IfIdempotent, Never},
    kept,
};
use crate::support::{UPDATED, answer::Answer, observed::Observed, server::Behavior};

pub(super) fn cases() -> Vec<Case> {
    [endless_bodies(), bodies_around_the_limit(), endless_framing(), gzip_bombs()].concat()
}

fn too_large(name: &str, status: u16, server: Behavior) -> Case {
    Case {
        name: name.to_owned(),
        server,
        result: Observed::failed(format!("BodyTooLarge({BODY_LIMIT})"), Unknown, status),
        retried: Never,
        ..Case::default()
    }
}

fn chunked(status: &str, size: usize) -> Behavior {
    let chunk = format!("{size:x}\r\n{}\r\n", "x".repeat(size));
    Behavior::answer(format!("HTTP/1.1 {status}\r\ntransfer-encoding: chunked\r\n\r\n")).then_forever(chunk)
}

fn endless_bodies() -> Vec<Case> {
    let plain = |head: &str| Behavior::answer(format!("{head}\r\n\r\n")).then_forever("x".repeat(0x4000));
    vec![
        too_large("an endless body without a length", 200, plain("HTTP/1.1 200 OK")),
        too_large("an endless body in chunks", 200, chunked("200 OK", 0x4000)),
        too_large("an endless body with a 400", 400, chunked("400 Bad Request", 0x4000)),
        Case {
            body: kept("x".repeat(BODY_LIMIT)),
            ..too_large("an endless body with a 500", 500, chunked("500 Oops", 0x4000))
        },
        too_large("an endless body with a 404, in odd pieces", 404, chunked("404 Not Found", 0x3ff1)),
        too_large("a Content-Length of 2^63 - 1", 200, plain("HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807")),
    ]
}

fn bodies_around_the_limit() -> Vec<Case> {
    let many_objects = format!(r#"{{"code":7,"x":[{}0]}}"#, r#"{"":0},"#.repeat(BODY_LIMIT / 7 - 9));
    vec![
        Case {
            name: "a body of many small objects".into(),
            server: Behavior::answer(Answer::status(400).body(&many_objects)),
            result: Observed::failed("Api(7)", Rejected, 400),
            body: kept(many_objects),
            ..Case::default()
        },
        too_large(
            "one byte more than the limit",
            200,
            Behavior::answer(Answer::status(200).body("x".repeat(BODY_LIMIT + 1))),
        ),
        Case {
            name: "as many bytes as the limit allows".into(),
            server: Behavior::answer(
                Answer::status(200).body(UPDATED.to_owned() + &" ".repeat(BODY_LIMIT - UPDATED.len())),
            )
            .applying(true),
            ..Case::default()
        },
    ]
}

fn endless_framing() -> Vec<Case> {
    let lost = |name: &str, server: Behavior| Case {
        name: name.to_owned(),
        server,
        result: Observed::failed("ConnectionLost", Unknown, 200),
        retried: IfIdempotent,
        ..Case::default()
    };
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    vec![
        lost("an endless chunk extension", Behavior::answer(format!("{head}5;")).then_forever("x".repeat(4096))),
        lost(
            "endless trailers",
            Behavior::answer(format!("{head}25\r\n{UPDATED}\r\n0\r\n")).then_forever("a: b\r\n".repeat(500)),
        ),
    ]
}

fn gzip_bombs() -> Vec<Case> {
    let answer = |body: &[u8]| Behavior::answer(Answer::status(200).header("content-encoding", "gzip").body(body));
    let small = gzip_bomb(BODY_LIMIT - 100);
    vec![
        Case {
            name: "a gzip bomb within the limit".into(),
            server: answer(&small),
            result: Observed::failed("UnreadableResponse(gzip)", Unknown, 200),
            body: kept(small),
            ..Case::default()
        },
        too_large("a gzip bomb beyond the limit", 200, answer(&gzip_bomb(8 * BODY_LIMIT))),
    ]
}

/// About `size` bytes of gzip that expand to 158 times their size.
fn gzip_bomb(size: usize) -> Vec<u8> {
    // A block with fixed codes: a zero, and then "repeat the last byte 258 times", of which eight fill 13 bytes.
    let zero = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    let repeat = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let bits: Vec<u8> = zero.into_iter().chain(repeat.repeat(9)).collect();
    let bytes: Vec<u8> = bits.chunks_exact(8).map(|byte| byte.iter().rfold(0, |byte, bit| byte << 1 | bit)).collect();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], &bytes[..2], &bytes[2..15].repeat(size / 13)].concat()
}
