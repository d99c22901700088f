//! Responses with a success status: those that name the updated destination, and those that do not.

use std::time::Duration;

use bytes::Bytes;
use cinnox_destination::Outcome::{Rejected, Unknown};

use super::{
    Case, HEADER_LIMIT,
    Retried::{ByDefault, IfIdempotent, Never},
    kept,
};
use crate::support::{UPDATED, answer::Answer, observed::Observed, server::Behavior};

pub(super) fn successes() -> Vec<Case> {
    let ok: Bytes = Answer::status(200).body(UPDATED).into();
    let text = String::from_utf8(ok.to_vec()).unwrap();
    let deep = format!(r#"{{"result":{{"id":"dest-1"}},"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let many_headers = format!("\r\n{}\r\n", "a: b\r\n".repeat(HEADER_LIMIT - 1));
    let body = |body: &str| Behavior::answer(Answer::status(200).body(body));
    [
        ("code 200", Behavior::answer(ok.clone())),
        ("code 0", body(r#"{"code":0,"result":{"id":"dest-1"}}"#)),
        ("code 200.0", body(r#"{"code":200.0,"result":{"id":"dest-1"}}"#)),
        ("code null", body(r#"{"code":null,"result":{"id":"dest-1"}}"#)),
        ("the code as text", body(r#"{"code":"200","result":{"id":"dest-1"}}"#)),
        ("a byte order mark", body(&format!("\u{feff}{UPDATED}"))),
        ("two byte order marks and white space", body(&format!("\n\u{feff}\u{a0}\u{feff}{UPDATED}"))),
        ("no code", body(r#"{"result":{"id":"dest-1"}}"#)),
        ("extra fields", body(r#"{"code":200,"result":{"id":"dest-1","x":[1]},"more":{"a":null}}"#)),
        ("an extra field of deep nesting", body(&deep)),
        ("white space around the JSON", body(&format!("\r\n {UPDATED} \n"))),
        (
            "another content type",
            Behavior::answer(Answer::status(200).header("content-type", "text/html").body(UPDATED)),
        ),
        ("as many headers as the limit allows", Behavior::answer(text.replace("\r\n\r\n", &many_headers))),
        ("upper-case header names", Behavior::answer(text.replace("content-length", "CONTENT-LENGTH"))),
        ("100 first", Behavior::answer(format!("HTTP/1.1 100 Continue\r\n\r\n{text}"))),
        ("103 first", Behavior::answer(format!("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n{text}"))),
        ("no reason phrase", Behavior::answer(text.replace(" Reason", ""))),
        ("HTTP/1.0", Behavior::answer(format!("HTTP/1.0 200 OK\r\n\r\n{UPDATED}")).closing()),
        ("no length but the end", Behavior::answer(format!("HTTP/1.1 200 OK\r\n\r\n{UPDATED}")).closing()),
        (
            "chunks, an extension and a trailer",
            Behavior::answer(format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{{\r\n24;a=b\r\n{}\r\n0\r\nx: y\r\n\r\n",
                &UPDATED[1..]
            )),
        ),
        ("single bytes", Behavior::answer("").then_bytewise(Duration::ZERO, ok)),
    ]
    .map(|(name, server)| Case { name: format!("200 with {name}"), server: server.applying(true), ..Case::default() })
    .into()
}

/// Success statuses without the updated destination.
pub(super) fn not_successes() -> Vec<Case> {
    [without_result(), with_malformed_json(), with_an_error(), other_statuses(), vec![throttled_for_an_hour()]].concat()
}

fn without_result() -> Vec<Case> {
    [
        ("an empty body", String::new()),
        ("HTML", "<!doctype html><title>Maintenance</title>".to_owned()),
        ("null", "null".to_owned()),
        ("a list", "[]".to_owned()),
        ("a list of the values of the fields", r#"[0,["dest-1"]]"#.to_owned()),
        ("a list of null and a result", r#"[null,{"id":"dest-1"}]"#.to_owned()),
        ("a list of the values of the result", r#"{"result":["blocked by policy"]}"#.to_owned()),
        ("deep nesting", "[".repeat(100_000)),
        ("a fraction as ID", r#"{"code":200,"result":{"id":1.5}}"#.to_owned()),
        ("a Boolean as ID", r#"{"code":200,"result":{"id":true}}"#.to_owned()),
        ("a code that is not a number", r#"{"code":"ok","result":{"id":"dest-1"}}"#.to_owned()),
        ("an empty ID", r#"{"code":200,"result":{"id":""}}"#.to_owned()),
        ("a list as result", r#"{"code":"200","result":[{"id":"dest-1"}]}"#.to_owned()),
        ("no result and no code", "{}".to_owned()),
        ("null as ID", r#"{"code":0,"result":{"id":null}}"#.to_owned()),
        ("no result", r#"{"code":200}"#.to_owned()),
    ]
    .map(|(what, body)| Case {
        name: format!("200 with {what}"),
        server: Behavior::answer(Answer::status(200).body(&body)),
        result: Observed::failed("UnexpectedResponse", Unknown, 200),
        body: kept(body),
        ..Case::default()
    })
    .into()
}

fn with_malformed_json() -> Vec<Case> {
    struct Row {
        what: &'static str,
        body: String,
        column: usize,
    }
    [
        Row { what: "truncated JSON", body: UPDATED[..30].to_owned(), column: 30 },
        Row {
            what: "deep nesting inside",
            body: format!(r#"{{"code":200,"result":{{"id":{}"#, "{\"a\":".repeat(100_000)),
            column: 500_027,
        },
        Row { what: "a comma too many", body: r#"{"code":200,"result":{"id":"dest-1"},}"#.to_owned(), column: 38 },
        Row { what: "more after the JSON", body: format!("{UPDATED}x"), column: 38 },
    ]
    .map(|Row { what, body, column }| Case {
        name: format!("200 with {what}"),
        server: Behavior::answer(Answer::status(200).body(&body)),
        result: Observed::failed(
            format!("UnreadableResponse(malformed JSON at line 1, column {column})"),
            Unknown,
            200,
        ),
        body: kept(body),
        ..Case::default()
    })
    .into()
}

fn with_an_error() -> Vec<Case> {
    struct Row {
        what: &'static str,
        body: &'static str,
        result: Observed,
        retried: super::Retried,
    }
    let api = |code, outcome| Observed::failed(format!("Api({code})"), outcome, 200);
    [
        Row {
            what: "an error",
            body: r#"{"code":3000205,"message":"destination not found"}"#,
            result: api(3_000_205, Rejected),
            retried: Never,
        },
        Row {
            what: "an error and a result",
            body: r#"{"code":6451000,"result":{"id":"dest-1"}}"#,
            result: api(6_451_000, Rejected),
            retried: Never,
        },
        Row {
            what: "an error code as text and a result",
            body: r#"{"code":"6451000","result":{"id":"dest-1"}}"#,
            result: api(6_451_000, Rejected),
            retried: Never,
        },
        Row {
            what: "throttling",
            body: r#"{"code":6451010,"message":"slow down"}"#,
            result: api(6_451_010, Rejected),
            retried: ByDefault,
        },
        Row {
            what: "a failed service",
            body: r#"{"code":6451001.0}"#,
            result: api(6_451_001, Unknown),
            retried: IfIdempotent,
        },
        Row { what: "an unknown code", body: r#"{"code":7,"message":"?"}"#, result: api(7, Unknown), retried: Never },
        Row {
            what: "an empty ID and an unknown code",
            body: r#"{"code":401,"result":{"id":""}}"#,
            result: api(401, Unknown),
            retried: Never,
        },
    ]
    .map(|Row { what, body, result, retried }| Case {
        name: format!("200 with {what}"),
        server: Behavior::answer(Answer::status(200).body(body)),
        result,
        retried,
        body: kept(body),
        ..Case::default()
    })
    .into()
}

/// The status that carries the code is not documented, so `Retry-After` counts whatever it is.
fn throttled_for_an_hour() -> Case {
    let throttled = Answer::status(200).header("retry-after", "3600").body(r#"{"code":6451010}"#);
    Case {
        name: "200 with throttling for an hour".into(),
        server: Behavior::answer(throttled),
        result: Observed::failed("Api(6451010)", Rejected, 200),
        retried: Never,
        ..Case::default()
    }
}

fn other_statuses() -> Vec<Case> {
    [101, 204, 206]
        .map(|status| Case {
            name: format!("{status} without a body"),
            server: Behavior::answer(format!("HTTP/1.1 {status} Reason\r\n\r\n")).closing(),
            result: Observed::failed("UnexpectedResponse", Unknown, status),
            body: kept(""),
            ..Case::default()
        })
        .into()
}
