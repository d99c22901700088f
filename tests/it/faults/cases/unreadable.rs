//! Bodies that cannot be read. Such a body may say that the update was applied, whatever the status.

use cinnox_destination::Outcome::{Rejected, Unknown};

use super::{
    Case,
    Retried::{ByDefault, IfIdempotent, Never},
    kept,
};
use crate::support::{
    UPDATED,
    answer::{Answer, gzip, utf16},
    observed::Observed,
    server::Behavior,
};

/// An internal service of the vendor failed: the update may have been applied.
const FAILED_SERVICE: &str = r#"{"code":6451001}"#;

pub(super) fn cases() -> Vec<Case> {
    [every_status(), every_problem(), contradictory(), readable()].concat()
}

fn gzipped(status: u16, text: &str) -> Answer {
    Answer::status(status).header("content-encoding", "gzip").body(gzip(text.as_bytes()))
}

fn every_status() -> Vec<Case> {
    [200, 302, 400, 404, 409, 422, 429, 500, 503]
        .into_iter()
        .flat_map(|status| {
            let repeatable = matches!(status, 409 | 429 | 500 | 503);
            let retried = if repeatable { IfIdempotent } else { Never };
            let text = if status == 200 { UPDATED } else { FAILED_SERVICE };
            let case = |coding: &str, answer: Answer| Case {
                name: format!("{status} in {coding}"),
                server: Behavior::answer(answer.header("retry-after", "0")),
                result: Observed::failed(format!("UnreadableResponse({coding})"), Unknown, status),
                retried,
                ..Case::default()
            };
            [case("gzip", gzipped(status, text)), case("UTF-16", Answer::status(status).body(utf16(text)))]
        })
        .collect()
}

fn every_problem() -> Vec<Case> {
    struct Row {
        what: &'static str,
        headers: &'static [(&'static str, &'static str)],
        body: Vec<u8>,
        problem: &'static str,
    }
    let big_endian = |text: &str| -> Vec<u8> {
        let units = text.encode_utf16().flat_map(u16::to_be_bytes);
        [0xfe, 0xff].into_iter().chain(units).collect()
    };
    let utf32: Vec<u8> = FAILED_SERVICE.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    [
        Row {
            what: "Brotli",
            headers: &[("content-encoding", "br")],
            body: b"\x0b\x02\x80{}\x03".to_vec(),
            problem: "br",
        },
        Row {
            what: "two codings",
            headers: &[("content-encoding", "deflate, gzip")],
            body: b"?".to_vec(),
            problem: "deflate, gzip",
        },
        Row { what: "UTF-16, big-endian", headers: &[], body: big_endian(FAILED_SERVICE), problem: "UTF-16" },
        Row {
            what: "UTF-16 without a byte order mark",
            headers: &[],
            body: utf16(FAILED_SERVICE)[2..].to_vec(),
            problem: "UTF-16, UTF-32 or binary",
        },
        Row { what: "UTF-32", headers: &[], body: utf32, problem: "UTF-16, UTF-32 or binary" },
        Row {
            what: "a charset that is not like ASCII",
            headers: &[("content-type", "application/json; charset=utf-7")],
            body: b"+AHsAIgBjAG8AZABlACI-".to_vec(),
            problem: "utf-7",
        },
        Row {
            what: "JSON in Big5, in which a character ends like a backslash",
            headers: &[("content-type", "application/json; charset=big5")],
            body: b"{\"code\":6451001,\"message\":\"\xa6\xa8\xa5\x5c\"}".to_vec(),
            problem: "big5",
        },
        Row { what: "gzip that is not declared", headers: &[], body: gzip(b"{}"), problem: "UTF-16, UTF-32 or binary" },
        Row {
            what: "Latin-1 that is not declared",
            headers: &[],
            body: b"ferm\xe9 ici".to_vec(),
            problem: "not UTF-8",
        },
        Row { what: "Latin-1 at the end", headers: &[], body: b"ferm\xe9".to_vec(), problem: "not UTF-8" },
        Row {
            what: "JSON that a proxy has cut off",
            headers: &[("content-type", "application/json")],
            body: b"{\"code\":6451001,\"message\":\"ba".to_vec(),
            problem: "malformed JSON at line 1, column 29",
        },
        Row {
            what: "JSON with a comma too many",
            headers: &[],
            body: b"{\"code\":6451001,}".to_vec(),
            problem: "malformed JSON at line 1, column 17",
        },
        Row {
            what: "JSON behind a byte order mark and white space, with a comment",
            headers: &[],
            body: b"\xef\xbb\xbf\n{ /* failed */ \"code\":6451001}".to_vec(),
            problem: "malformed JSON at line 1, column 3",
        },
    ]
    .map(|Row { what, headers, body, problem }| {
        let answer = headers.iter().fold(Answer::status(403), |answer, (name, value)| answer.header(name, value));
        Case {
            name: format!("403 in {what}"),
            server: Behavior::answer(answer.body(&body)),
            result: Observed::failed(format!("UnreadableResponse({problem})"), Unknown, 403),
            body: kept(body),
            ..Case::default()
        }
    })
    .into()
}

/// Responses that report both success and failure: either may be true.
fn contradictory() -> Vec<Case> {
    struct Row {
        status: u16,
        body: &'static str,
        problem: &'static str,
    }
    let success = "it reports success";
    let mention = "it mentions code 6451001 (bad response from the service)";
    let two_codes = "it has two codes";
    [
        Row { status: 429, body: UPDATED, problem: success },
        Row { status: 503, body: r#"{"code":0,"result":{"id":"dest-1"}}"#, problem: success },
        Row { status: 400, body: r#"{"result":{"id":"dest-1"}}"#, problem: success },
        Row { status: 404, body: UPDATED, problem: success },
        Row { status: 404, body: r#"{"code":200,"message":"OK"}"#, problem: success },
        Row { status: 400, body: r#"{"code":201,"result":{"id":"dest-1"}}"#, problem: success },
        Row { status: 400, body: "{\"code\":0,\"result\":{\"id\":\"a\tb\"}}", problem: success },
        Row { status: 400, body: r#"{"code":6451001,"code":400}"#, problem: two_codes },
        Row { status: 400, body: r#"{"code":6451001,"code":null}"#, problem: two_codes },
        Row { status: 429, body: r#"{"code":6451001,"code":6451010}"#, problem: two_codes },
        Row { status: 200, body: r#"{"code":200,"code":6451000,"result":{"id":"dest-1"}}"#, problem: two_codes },
        Row { status: 400, body: r#"{"error":{"code":6451001}}"#, problem: mention },
        Row { status: 400, body: r#"{"message":"{\"code\":6451001}"}"#, problem: mention },
        Row { status: 400, body: r#"{"code":1,"error":{"code":6451001}}"#, problem: mention },
        Row { status: 503, body: r#"{"code":9,"message":"6451001"}"#, problem: mention },
        Row { status: 307, body: r#"{"error":{"code":6451001}}"#, problem: mention },
        Row { status: 429, body: r#"[{"code":"6451001"}]"#, problem: mention },
        Row { status: 403, body: r#")]}',{"code":6451001}"#, problem: mention },
        Row { status: 502, body: "<pre>{\"code\":6451001}</pre>", problem: mention },
    ]
    .map(|Row { status, body, problem }| Case {
        name: format!("{status} with {body}"),
        server: Behavior::answer(Answer::status(status).header("retry-after", "0").body(body)),
        result: Observed::failed(format!("UnreadableResponse({problem})"), Unknown, status),
        retried: if matches!(status, 429 | 502 | 503) { IfIdempotent } else { Never },
        body: kept(body),
        ..Case::default()
    })
    .into()
}

/// Unusual bodies that can be read.
fn readable() -> Vec<Case> {
    let failed_service = |what: &str, body: &str| Case {
        name: format!("400 with {what}"),
        server: Behavior::answer(Answer::status(400).body(body)),
        result: Observed::failed("Api(6451001)", Unknown, 400),
        retried: IfIdempotent,
        ..Case::default()
    };
    let identity = Answer::status(400).header("content-encoding", "identity").body(FAILED_SERVICE);
    let page = b"<p>\xa6\xa8\xa5\x5c</p>";
    let big5 = Answer::status(403).header("content-type", "text/html; charset=Big5").body(page);
    let latin1 = Answer::status(403).header("content-type", "text/html; charset=ISO-8859-1").body(b"ferm\xe9");
    vec![
        Case {
            name: "400 with the identity coding".into(),
            server: Behavior::answer(identity),
            result: Observed::failed("Api(6451001)", Unknown, 400),
            retried: IfIdempotent,
            ..Case::default()
        },
        failed_service("a raw line break in its message", "{\"code\":6451001,\"message\":\"bad\ngateway\"}"),
        failed_service("half a character in a name", r#"{"\ud800":1,"code":6451001}"#),
        failed_service("half a character in the message", r#"{"code":6451001,"message":"\udfff"}"#),
        failed_service("a code that is escaped text", r#"{"code":"\u0036451001"}"#),
        failed_service("white space and invisible characters before it", "\n\u{feff}\u{200b}\u{a0}{\"code\":6451001}"),
        Case {
            name: "404 with an empty charset".into(),
            server: Behavior::answer(Answer::status(404).header("content-type", "text/html; charset=").body("gone")),
            result: Observed::failed("UnexpectedResponse", Rejected, 404),
            ..Case::default()
        },
        Case {
            name: "429 with ASCII in a charset of Java and two identity codings".into(),
            server: Behavior::answer(
                Answer::status(429)
                    .header("content-type", "text/html; charset=ANSI_X3.4-1968")
                    .header("content-encoding", "identity, identity")
                    .body("slow down"),
            ),
            result: Observed::failed("UnexpectedResponse", Rejected, 429),
            retried: ByDefault,
            ..Case::default()
        },
        Case {
            name: "404 with a long number".into(),
            server: Behavior::answer(Answer::status(404).body("<p>request 99164510012345</p>")),
            result: Observed::failed("UnexpectedResponse", Rejected, 404),
            ..Case::default()
        },
        Case {
            name: "403 with a page that has braces".into(),
            server: Behavior::answer(Answer::status(403).body("<style>p {margin: 0}</style>")),
            result: Observed::failed("UnexpectedResponse", Rejected, 403),
            ..Case::default()
        },
        Case {
            name: "403 with declared Latin-1".into(),
            server: Behavior::answer(latin1),
            result: Observed::failed("UnexpectedResponse", Rejected, 403),
            ..Case::default()
        },
        Case {
            name: "403 with a page in Big5".into(),
            server: Behavior::answer(big5),
            result: Observed::failed("UnexpectedResponse", Rejected, 403),
            ..Case::default()
        },
        Case {
            name: "404 without a body, declared as gzip".into(),
            server: Behavior::answer(Answer::status(404).header("content-encoding", "gzip")),
            result: Observed::failed("UnexpectedResponse", Rejected, 404),
            ..Case::default()
        },
    ]
}
