//! The ways in which a server fails, and what each must become.

// Each test program has its own use for it.
#![allow(dead_code)]

use std::time::Duration;

use cinnox_destination::{Error, ErrorKind};

use crate::fault::{Plan, UPDATED, response};

pub(crate) const LIMIT: usize = 1024 * 1024;

pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) plan: Plan,
    /// As [`describe`] says it, or `updated`.
    pub(crate) expected: String,
    pub(crate) tried: Tried,
    /// What the error must keep of the body.
    pub(crate) body: Option<Vec<u8>>,
    /// Whether each attempt takes all its time.
    pub(crate) stalls: bool,
    /// What each waiting time is at least.
    pub(crate) wait: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Tried {
    Once,
    Always,
    IfIdempotent,
}
use Tried::{Always, IfIdempotent, Once};

impl Row {
    pub(crate) fn succeeds(&self) -> bool {
        self.expected == "updated"
    }

    /// Whether the server may have applied the update, though it says otherwise or nothing.
    pub(crate) fn is_unknown(&self) -> bool {
        self.expected.contains(" unknown ")
    }

    fn keeps(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Some(body.as_ref().to_vec());
        self
    }

    fn stalls(self) -> Self {
        Self { stalls: true, ..self }
    }

    fn waits(self, wait: Duration) -> Self {
        Self { wait, ..self }
    }
}

/// Kind, outcome and status.
pub(crate) fn describe(error: &Error) -> String {
    let kind = match error.kind() {
        ErrorKind::Configuration(_) => "Configuration".to_owned(),
        ErrorKind::InvalidUpdate(_) => "InvalidUpdate".to_owned(),
        ErrorKind::Connect(_) => "Connect".to_owned(),
        ErrorKind::Timeout(which) => format!("Timeout::{which:?}"),
        ErrorKind::ConnectionLost(_) => "ConnectionLost".to_owned(),
        ErrorKind::Api { code, .. } => format!("Api({})", code.number()),
        ErrorKind::UnexpectedResponse { .. } => "UnexpectedResponse".to_owned(),
        ErrorKind::Redirect { location } => format!("Redirect({location})"),
        ErrorKind::BodyTooLarge { limit } => format!("BodyTooLarge({limit})"),
        other => format!("{other:?}"),
    };
    let status = error.status().map_or("-".to_owned(), |status| status.as_u16().to_string());
    format!("{kind} {} {status}", error.outcome())
}

fn row(name: impl Into<String>, plan: Plan, expected: impl Into<String>, tried: Tried) -> Row {
    let (name, expected) = (name.into(), expected.into());
    Row { name, plan, expected, tried, body: None, stalls: false, wait: Duration::ZERO }
}

pub(crate) fn rows() -> Vec<Row> {
    [
        silent(),
        broken(),
        not_http(),
        endless(),
        strange_successes(),
        successes(),
        refusals(),
        odd_errors(),
        throttled(),
        redirects(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn silent() -> Vec<Row> {
    let second = Duration::from_secs(1);
    let ok = response("200 OK", "", UPDATED);
    let (head, body) = ok.split_at(ok.len() - UPDATED.len());
    vec![
        row("accepts and never answers", Plan::silence(), "Timeout::Attempt unknown -", IfIdempotent).stalls(),
        row(
            "answers one byte a second",
            Plan::silence().then_a_byte_each(second, ok.clone()),
            "Timeout::Attempt unknown -",
            IfIdempotent,
        )
        .stalls(),
        row(
            "answers one byte of the body a second",
            Plan::silence().then(head.to_owned()).then_a_byte_each(second, body.to_owned()),
            "Timeout::Attempt unknown 200",
            IfIdempotent,
        )
        .stalls(),
        row(
            "falls silent inside the body of a 500",
            Plan::silence().then("HTTP/1.1 500 Oops\r\ncontent-length: 9\r\n\r\n1"),
            "Timeout::Attempt unknown 500",
            IfIdempotent,
        )
        .keeps("1")
        .stalls(),
        row(
            "says 100 Continue for ever",
            Plan::silence().then_for_ever("HTTP/1.1 100 Continue\r\n\r\n".repeat(100)),
            "Timeout::Attempt unknown -",
            IfIdempotent,
        )
        .stalls(),
    ]
}

fn broken() -> Vec<Row> {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 37\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let lost = |name: &str, plan: Plan| row(name, plan, "ConnectionLost unknown -", IfIdempotent);
    let lost_after_head =
        |name: &str, text: String| row(name, Plan::answer(text).closing(), "ConnectionLost unknown 200", IfIdempotent);
    vec![
        lost("closes before reading the request", Plan::before_reading()),
        lost("closes while reading the request", Plan::while_reading()),
        lost("closes after reading the request", Plan::after_reading()),
        lost("RST before reading the request", Plan::before_reading().resetting()),
        lost("RST while reading the request", Plan::while_reading().resetting()),
        lost("RST after reading the request", Plan::after_reading().resetting()),
        lost("closes after the status line", Plan::answer("HTTP/1.1 200 OK\r\n").closing()),
        lost("closes inside the headers", Plan::answer("HTTP/1.1 200 OK\r\ncontent-le").closing()),
        lost_after_head("closes after the headers", head.to_owned()),
        lost_after_head("closes inside the body", format!("{head}{}", &UPDATED[..20])),
        row(
            "RST inside the body",
            Plan::answer(format!("{head}{}", &UPDATED[..20])).resetting(),
            "ConnectionLost unknown 200",
            IfIdempotent,
        ),
        lost_after_head("Content-Length too large", format!("HTTP/1.1 200 OK\r\ncontent-length: 38\r\n\r\n{UPDATED}")),
        row(
            "Content-Length too small",
            Plan::answer(format!("HTTP/1.1 200 OK\r\ncontent-length: 36\r\n\r\n{UPDATED}")),
            "UnexpectedResponse unknown 200",
            Once,
        )
        .keeps(&UPDATED[..36]),
        lost(
            "Content-Length is not a number",
            Plan::answer(format!("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n{UPDATED}")),
        ),
        lost(
            "Content-Length is negative",
            Plan::answer(format!("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{UPDATED}")),
        ),
        lost(
            "two Content-Lengths",
            Plan::answer(format!("HTTP/1.1 200 OK\r\ncontent-length: 37\r\ncontent-length: 3\r\n\r\n{UPDATED}")),
        ),
        lost_after_head("chunk size is not a number", format!("{chunked}zz\r\n{UPDATED}\r\n0\r\n\r\n")),
        lost_after_head("chunk size is too large to hold", format!("{chunked}fffffffffffffffff\r\n{UPDATED}")),
        lost_after_head("chunk is longer than its size", format!("{chunked}3\r\n{UPDATED}\r\n0\r\n\r\n")),
        lost_after_head("closes inside a chunk", format!("{chunked}25\r\n{}", &UPDATED[..20])),
        lost_after_head("closes before the last chunk", format!("{chunked}25\r\n{UPDATED}\r\n")),
        row(
            "closes inside the body of a 500",
            Plan::answer("HTTP/1.1 500 Oops\r\ncontent-length: 9\r\n\r\nhalf").closing(),
            "ConnectionLost unknown 500",
            IfIdempotent,
        )
        .keeps("half"),
        row(
            "closes inside the body of a 400",
            Plan::answer("HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{\"code\":3000205").closing(),
            "ConnectionLost unknown 400",
            IfIdempotent,
        ),
    ]
}

fn not_http() -> Vec<Row> {
    let many = "x-header: value\r\n".repeat(100_000);
    let long = format!("x-header: {}\r\n", "v".repeat(LIMIT));
    let plans = [
        ("another protocol", Plan::answer("SSH-2.0-OpenSSH_9.6\r\n")),
        ("binary", Plan::answer(&[0, 0, 18, 4, 0, 0, 0, 0, 0, 255, 254][..])),
        ("no HTTP version that exists", Plan::answer("HTTP/7.3 200 OK\r\n\r\n")),
        ("a status of two digits", Plan::answer("HTTP/1.1 20 OK\r\n\r\n")),
        ("100,000 headers", Plan::answer(response("200 OK", &many, UPDATED))),
        ("a header line of 1 MiB", Plan::answer(response("200 OK", &long, UPDATED))),
        ("a status line without end", Plan::answer("HTTP/1.1 200 ").then_for_ever("O".repeat(4096))),
        ("headers without end", Plan::answer("HTTP/1.1 200 OK\r\n").then_for_ever("a: b\r\n".repeat(500))),
    ];
    plans.into_iter().map(|(name, plan)| row(name, plan, "ConnectionLost unknown -", IfIdempotent)).collect()
}

/// What would fill the memory of a client that reads it all.
pub(crate) fn endless() -> Vec<Row> {
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    let odd = format!("3ff1\r\n{}\r\n", "x".repeat(0x3ff1));
    let many_objects = format!(r#"{{"code":7,"x":[{}0]}}"#, r#"{"":0},"#.repeat(LIMIT / 7 - 9));
    let too_large = |status: u16| format!("BodyTooLarge({LIMIT}) unknown {status}");
    let chunked = "transfer-encoding: chunked\r\n\r\n";
    let gzip = |bytes: usize| {
        let body = gzip_bomb(bytes);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", body.len());
        (Plan::answer([head.into_bytes(), body.clone()].concat()), body)
    };
    let (small_bomb, kept) = gzip(LIMIT - 100);
    let (large_bomb, _) = gzip(8 * LIMIT);
    vec![
        row(
            "an endless body, plain",
            Plan::answer("HTTP/1.1 200 OK\r\n\r\n").then_for_ever("x".repeat(0x4000)),
            too_large(200),
            Once,
        ),
        row(
            "an endless body, chunked",
            Plan::answer(format!("HTTP/1.1 200 OK\r\n{chunked}")).then_for_ever(chunk.clone()),
            too_large(200),
            Once,
        ),
        row(
            "an endless body with a 400",
            Plan::answer(format!("HTTP/1.1 400 Bad Request\r\n{chunked}")).then_for_ever(chunk.clone()),
            too_large(400),
            Once,
        ),
        row(
            "an endless body with a 500",
            Plan::answer(format!("HTTP/1.1 500 Oops\r\n{chunked}")).then_for_ever(chunk),
            too_large(500),
            Once,
        )
        .keeps("x".repeat(LIMIT)),
        row(
            "an endless body with a 404, in odd pieces",
            Plan::answer(format!("HTTP/1.1 404 Not Found\r\n{chunked}")).then_for_ever(odd),
            too_large(404),
            Once,
        )
        .keeps("x".repeat(LIMIT)),
        row(
            "a body of many small objects",
            Plan::answer(response("400 Bad Request", "", &many_objects)),
            "Api(7) rejected 400",
            Once,
        )
        .keeps(many_objects.clone()),
        row(
            "one byte more than the limit",
            Plan::answer(response("200 OK", "", &"x".repeat(LIMIT + 1))),
            too_large(200),
            Once,
        ),
        row(
            "as many bytes as the limit allows",
            Plan::answer(response("200 OK", "", &(UPDATED.to_owned() + &" ".repeat(LIMIT - UPDATED.len())))),
            "updated",
            Once,
        ),
        row(
            "a Content-Length of 2^63 - 1",
            Plan::answer("HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\n")
                .then_for_ever("x".repeat(0x4000)),
            too_large(200),
            Once,
        ),
        row("a gzip bomb within the limit", small_bomb, "UnexpectedResponse unknown 200", Once).keeps(kept),
        row("a gzip bomb beyond the limit", large_bomb, too_large(200), Once),
        row(
            "an endless chunk extension",
            Plan::answer(format!("HTTP/1.1 200 OK\r\n{chunked}5;")).then_for_ever("x".repeat(4096)),
            "ConnectionLost unknown 200",
            IfIdempotent,
        ),
        row(
            "endless trailers",
            Plan::answer(format!("HTTP/1.1 200 OK\r\n{chunked}25\r\n{UPDATED}\r\n0\r\n"))
                .then_for_ever("a: b\r\n".repeat(500)),
            "ConnectionLost unknown 200",
            IfIdempotent,
        ),
    ]
}

/// About `size` bytes of gzip that stand for 158 times as many.
fn gzip_bomb(size: usize) -> Vec<u8> {
    // A block with fixed codes: a zero, and then without end "repeat the last byte 258 times", of which eight make 13
    // whole bytes.
    let zero = [1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0];
    let repeat = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let bits: Vec<u8> = zero.into_iter().chain(repeat.repeat(9)).collect();
    let bytes: Vec<u8> = bits.chunks_exact(8).map(|byte| byte.iter().rfold(0, |byte, bit| byte << 1 | bit)).collect();
    [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], &bytes[..2], &bytes[2..15].repeat(size / 13)].concat()
}

/// A 200 that does not say what was updated.
fn strange_successes() -> Vec<Row> {
    let unexpected = [
        ("empty", String::new()),
        ("HTML", "<!doctype html><title>Maintenance</title>".to_owned()),
        ("null", "null".to_owned()),
        ("a list", "[]".to_owned()),
        ("truncated JSON", UPDATED[..30].to_owned()),
        ("deep nesting", "[".repeat(100_000)),
        ("deep nesting inside", format!(r#"{{"code":200,"result":{{"id":{}"#, "{\"a\":".repeat(100_000))),
        ("a number as ID", r#"{"code":200,"result":{"id":1}}"#.to_owned()),
        ("a list as result", r#"{"code":"200","result":[{"id":"dest-1"}]}"#.to_owned()),
        ("a text as code", r#"{"code":"200","result":{"id":"dest-1"}}"#.to_owned()),
        ("no result and no code", "{}".to_owned()),
        ("null as ID", r#"{"code":0,"result":{"id":null}}"#.to_owned()),
        ("no result", r#"{"code":200}"#.to_owned()),
        ("more behind the JSON", format!("{UPDATED}x")),
    ];
    let unexpected = unexpected.into_iter().map(|(name, body)| {
        let plan = Plan::answer(response("200 OK", "", &body));
        row(format!("200 with {name}"), plan, "UnexpectedResponse unknown 200", Once).keeps(body)
    });
    let envelopes = [
        ("an error", r#"{"code":3000205,"message":"destination not found"}"#, "Api(3000205) rejected 200", Once),
        ("an error and a result", r#"{"code":6451000,"result":{"id":"dest-1"}}"#, "Api(6451000) rejected 200", Once),
        ("throttling", r#"{"code":6451010,"message":"slow down"}"#, "Api(6451010) rejected 200", Always),
        ("a failed service", r#"{"code":6451001.0}"#, "Api(6451001) unknown 200", IfIdempotent),
        ("an unknown code", r#"{"code":7,"message":"?"}"#, "Api(7) unknown 200", Once),
    ];
    let envelopes = envelopes.into_iter().map(|(name, body, expected, tried)| {
        row(format!("200 with {name}"), Plan::answer(response("200 OK", "", body)), expected, tried).keeps(body)
    });
    let others = ["101 Switching Protocols", "204 No Content", "206 Partial Content"].map(|status| {
        let expected = format!("UnexpectedResponse unknown {}", &status[..3]);
        row(status, Plan::answer(format!("HTTP/1.1 {status}\r\n\r\n")).closing(), expected, Once).keeps("")
    });
    unexpected.chain(envelopes).chain(others).collect()
}

fn successes() -> Vec<Row> {
    let bodies = [
        ("extra fields", r#"{"code":200,"result":{"id":"dest-1","x":[1]},"more":{"a":null}}"#.to_owned()),
        (
            "an extra field of deep nesting",
            format!(r#"{{"result":{{"id":"dest-1"}},"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000)),
        ),
        ("code 0", r#"{"code":0,"result":{"id":"dest-1"}}"#.to_owned()),
        ("code 200.0", r#"{"code":200.0,"result":{"id":"dest-1"}}"#.to_owned()),
        ("no code", r#"{"result":{"id":"dest-1"}}"#.to_owned()),
        ("code null", r#"{"code":null,"result":{"id":"dest-1"}}"#.to_owned()),
        ("white space around the JSON", format!("\r\n {UPDATED} \n")),
    ];
    let bodies = bodies.map(|(name, body)| (name, Plan::answer(response("200 OK", "", &body))));
    let ok = response("200 OK", "", UPDATED);
    let plans = [
        ("code 200", Plan::answer(ok.clone())),
        ("another content type", Plan::answer(response("200 OK", "content-type: text/html\r\n", UPDATED))),
        ("upper-case header names", Plan::answer(ok.replace("content-length", "CONTENT-LENGTH"))),
        ("100 first", Plan::answer(format!("HTTP/1.1 100 Continue\r\n\r\n{ok}"))),
        ("103 first", Plan::answer(format!("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n{ok}"))),
        ("no reason", Plan::answer(ok.replace(" OK", ""))),
        ("HTTP/1.0", Plan::answer(format!("HTTP/1.0 200 OK\r\n\r\n{UPDATED}")).closing()),
        ("no length but the end", Plan::answer(format!("HTTP/1.1 200 OK\r\n\r\n{UPDATED}")).closing()),
        (
            "chunks",
            Plan::answer(format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{{\r\n24;a=b\r\n{}\r\n0\r\nx: y\r\n\r\n",
                &UPDATED[1..]
            )),
        ),
        ("single bytes", Plan::answer("").then_a_byte_each(Duration::ZERO, ok)),
    ];
    let plans = bodies.into_iter().chain(plans);
    plans.map(|(name, plan)| row(format!("200 with {name}"), plan.applying(true), "updated", Once)).collect()
}

/// Errors that are written in another way than is documented, and still say what happened.
fn odd_errors() -> Vec<Row> {
    let answer = |status: u16, body: &str| Plan::answer(response(&format!("{status} Reason"), "", body));
    vec![
        row(
            "400 with more fields of deep nesting, a number beyond all bounds and half a character",
            answer(
                400,
                &format!(r#"{{"code":6451001,"a":{}{},"b":1e999,"c":"\ud800"}}"#, "[".repeat(999), "]".repeat(999)),
            ),
            "Api(6451001) unknown 400",
            IfIdempotent,
        ),
        row(
            "400 with a byte order mark",
            answer(400, "\u{feff}{\"code\":6451001}"),
            "Api(6451001) unknown 400",
            IfIdempotent,
        ),
        row(
            "400 with a message that is not UTF-8",
            Plan::answer(
                [
                    &b"HTTP/1.1 400 Bad\r\ncontent-length: 31\r\n\r\n"[..],
                    b"{\"code\":6451001,\"message\":\"\xa4\xa3\"}",
                ]
                .concat(),
            ),
            "Api(6451001) unknown 400",
            IfIdempotent,
        ),
        row(
            "400 with a code of 19 digits",
            answer(400, r#"{"code":9223372036854775807}"#),
            "Api(9223372036854775807) rejected 400",
            Once,
        ),
    ]
}

fn refusals() -> Vec<Row> {
    let html = "<html><body>502 Bad Gateway</body></html>";
    let other = r#"{"code":1234,"message":"no"}"#;
    let answer = |status: u16, body: &str| Plan::answer(response(&format!("{status} Reason"), "", body));
    let mut rows = vec![
        row(
            "400 as documented",
            answer(400, r#"{"code":3000205,"message":"destination not found"}"#),
            "Api(3000205) rejected 400",
            Once,
        ),
        row(
            "400 with a code that is not a whole number",
            answer(400, r#"{"code":0.5}"#),
            "UnexpectedResponse rejected 400",
            Once,
        )
        .keeps(r#"{"code":0.5}"#),
        row("400 with its defaults", answer(400, "{}"), "Api(0) rejected 400", Once),
        row("400 with a failed service", answer(400, r#"{"code":6451001}"#), "Api(6451001) unknown 400", IfIdempotent),
        row(
            "400 with a list as the message",
            answer(400, r#"{"code":6451001,"message":["x"]}"#),
            "Api(6451001) unknown 400",
            IfIdempotent,
        )
        .keeps(r#"{"code":6451001,"message":["x"]}"#),
        row(
            "308 with a failed service",
            Plan::answer(response("308 Moved", "location: /x\r\n", r#"{"code":6451001}"#)),
            "Api(6451001) unknown 308",
            IfIdempotent,
        ),
        row("400 with the code as text", answer(400, r#"{"code":"6451010"}"#), "Api(6451010) rejected 400", Always),
        row(
            "400 with other JSON",
            answer(400, r#"{"error":{"code":6451001}}"#),
            "UnexpectedResponse rejected 400",
            Once,
        )
        .keeps(r#"{"error":{"code":6451001}}"#),
        row("400 with a list", answer(400, r#"[6451010,"x"]"#), "UnexpectedResponse rejected 400", Once)
            .keeps(r#"[6451010,"x"]"#),
        row(
            "200 with an empty ID",
            answer(200, r#"{"code":200,"result":{"id":""}}"#),
            "UnexpectedResponse unknown 200",
            Once,
        )
        .keeps(r#"{"code":200,"result":{"id":""}}"#),
        row(
            "200 with an empty ID and another code",
            answer(200, r#"{"code":401,"result":{"id":""}}"#),
            "Api(401) unknown 200",
            Once,
        ),
        row("400 empty", answer(400, ""), "UnexpectedResponse rejected 400", Once).keeps(""),
        row("400 with HTML", answer(400, html), "UnexpectedResponse rejected 400", Once).keeps(html),
        row("500 with a permanent code", answer(500, r#"{"code":6451000}"#), "Api(6451000) rejected 500", Once)
            .keeps(r#"{"code":6451000}"#),
        row("404 with throttling", answer(404, r#"{"code":6451010}"#), "Api(6451010) rejected 404", Always),
    ];
    for status in [401, 403, 404, 405, 408, 409, 413, 422, 500, 501, 502, 503, 504, 599, 999] {
        let (outcome, tried) = match status {
            408 | 500 | 502..=504 => ("unknown", IfIdempotent),
            400..=499 => ("rejected", Once),
            _ => ("unknown", Once),
        };
        for (name, body, kind) in
            [("JSON", other, "Api(1234)"), ("HTML", html, "UnexpectedResponse"), ("nothing", "", "UnexpectedResponse")]
        {
            let name = format!("{status} with {name}");
            rows.push(row(name, answer(status, body), format!("{kind} {outcome} {status}"), tried).keeps(body));
        }
    }
    rows
}

fn throttled() -> Vec<Row> {
    /// The value of `Retry-After`, what each wait is at least, and if it is kept to.
    const VALUES: [(&str, u64, bool); 12] = [
        ("0", 0, true),
        ("1", 1, true),
        ("31", 0, false),
        ("18446744073709551616", 0, false),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0, true),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 0, false),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0, true),
        ("-5", 0, true),
        ("1.5", 0, true),
        ("soon", 0, true),
        ("", 0, true),
        ("\u{fc}", 0, true),
    ];
    let mut rows = vec![
        row("429", Plan::answer(response("429 Slow", "", "")), "UnexpectedResponse rejected 429", Always).keeps(""),
        row(
            "code 6451010",
            Plan::answer(response("400 Bad", "", r#"{"code":6451010}"#)),
            "Api(6451010) rejected 400",
            Always,
        ),
    ];
    for (value, seconds, kept) in VALUES {
        let (header, wait) = (format!("Retry-After: {value}\r\n"), Duration::from_secs(seconds));
        let tried = if kept { Always } else { Once };
        let answer = |status, body| Plan::answer(response(status, &header, body));
        let name = |what: &str| format!("{what} with Retry-After {value:?}");
        rows.push(
            row(name("429"), answer("429 Slow", "no"), "UnexpectedResponse rejected 429", tried)
                .keeps("no")
                .waits(wait),
        );
        let envelope = r#"{"code":6451010,"message":"slow down"}"#;
        rows.push(
            row(name("code 6451010"), answer("400 Bad", envelope), "Api(6451010) rejected 400", tried).waits(wait),
        );
        // Only a value that can be read says that the server refused before it did anything.
        let understood = httpdate::parse_http_date(value).is_ok()
            || (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()));
        let (outcome, tried) = if understood { ("rejected", tried) } else { ("unknown", IfIdempotent) };
        rows.push(
            row(name("503"), answer("503 Busy", ""), format!("UnexpectedResponse {outcome} 503"), tried).waits(wait),
        );
    }
    rows
}

fn redirects() -> Vec<Row> {
    let mut rows = Vec::new();
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let outcome = if matches!(status, 307 | 308) { "rejected" } else { "unknown" };
        for location in ["/elsewhere", "https://elsewhere.test/v1", "//elsewhere.test", ""] {
            let plan =
                Plan::answer(response(&format!("{status} Moved"), &format!("Location: {location}\r\n"), UPDATED));
            let expected = format!("Redirect({location}) {outcome} {status}");
            // By definition a 304 has no body.
            let kept = if status == 304 { "" } else { UPDATED };
            rows.push(row(format!("{status} to {location:?}"), plan, expected, Once).keeps(kept));
        }
        let plan = Plan::answer(format!("HTTP/1.1 {status} Moved\r\ncontent-length: 0\r\n\r\n"));
        let expected = format!("UnexpectedResponse {outcome} {status}");
        rows.push(row(format!("{status} to nowhere"), plan, expected, Once).keeps(""));
    }
    rows
}
