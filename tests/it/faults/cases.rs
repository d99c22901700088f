//! Failures and unusual responses of a server, with the result of each.

use std::time::Duration;

use bytes::Bytes;

use crate::support::UPDATED;
use crate::support::answer::{Answer, gzip};
use crate::support::server::Behavior;

/// The default of `ClientBuilder::max_response_bytes`.
pub(crate) const BODY_LIMIT: usize = 1024 * 1024;
/// The maximum number of response headers.
pub(crate) const HEADER_LIMIT: usize = 200;

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 37\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const PAGE: &str = "<html><body>Maintenance</body></html>";

#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) server: Behavior,
    /// As [`crate::support::observed`] writes it.
    pub(crate) result: String,
    pub(crate) retried: Retried,
    /// The body that the error must keep.
    pub(crate) body: Option<Vec<u8>>,
    /// Whether each attempt runs into its timeout.
    pub(crate) stalls: bool,
    /// The shortest delay before each retry.
    pub(crate) min_delay: Duration,
    /// Whether the connection may end before the request is written; the update is then not sent, and is retried.
    pub(crate) may_be_unsent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Retried {
    Never,
    ByDefault,
    IfIdempotent,
}

use Retried::{ByDefault, IfIdempotent, Never};

impl Case {
    fn new(name: impl Into<String>, result: impl Into<String>, retried: Retried, server: Behavior) -> Self {
        let (name, result, min_delay) = (name.into(), result.into(), Duration::ZERO);
        Self { name, server, result, retried, body: None, stalls: false, min_delay, may_be_unsent: false }
    }

    fn keeping(self, body: impl AsRef<[u8]>) -> Self {
        Self { body: Some(body.as_ref().to_vec()), ..self }
    }

    /// Whether the server may have applied the update without saying so.
    pub(crate) fn is_unknown(&self) -> bool {
        self.result.contains(", unknown")
    }
}

pub(crate) fn all() -> Vec<Case> {
    let without_response = [silent(), lost_before_the_head(), lost_inside_the_body(), not_http(), endless()].concat();
    [without_response, successes(), responses(), redirects(), retry_after()].concat()
}

/// The server stops sending, or sends so slowly that the attempt times out.
fn silent() -> Vec<Case> {
    let second = Duration::from_secs(1);
    let half = "HTTP/1.1 500 Oops\r\ncontent-length: 9\r\n\r\n1";
    let timeout = |name: &str, result, server| Case { stalls: true, ..Case::new(name, result, IfIdempotent, server) };
    let nothing = "attempt timeout, unknown";
    vec![
        timeout("accepts and never responds", nothing, Behavior::silence()),
        timeout("sends one byte a second", nothing, Behavior::silence().then_bytewise(second, HEAD)),
        timeout("100 Continue for ever", nothing, Behavior::silence().then_forever("HTTP/1.1 100 Continue\r\n\r\n")),
        timeout("stops inside a 500", "attempt timeout, unknown, 500", Behavior::silence().then(half)).keeping("1"),
        timeout(
            "sends one byte of the body a second",
            "attempt timeout, unknown, 200",
            Behavior::silence().then(HEAD).then_bytewise(second, UPDATED),
        ),
    ]
}

fn lost_before_the_head() -> Vec<Case> {
    let with_length = |length: &str| Behavior::answer(format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\n{UPDATED}"));
    let lost = |name: &str, server| Case::new(name, "connection_lost, unknown", IfIdempotent, server);
    vec![
        Case { may_be_unsent: true, ..lost("closes before reading", Behavior::close_before_reading()) },
        lost("closes while reading", Behavior::close_while_reading()),
        lost("closes after reading", Behavior::close_after_reading()),
        lost("RST before reading", Behavior::close_before_reading().resetting()),
        lost("RST while reading", Behavior::close_while_reading().resetting()),
        lost("RST after reading", Behavior::close_after_reading().resetting()),
        lost("closes after the status line", Behavior::answer("HTTP/1.1 200 OK\r\n").closing()),
        lost("closes inside the headers", Behavior::answer("HTTP/1.1 200 OK\r\ncontent-le").closing()),
        lost("closes after an informational status", Behavior::answer("HTTP/1.1 102 Wait\r\n\r\n").closing()),
        lost("Content-Length is not a number", with_length("content-length: x")),
        lost("two Content-Lengths", with_length("content-length: 37\r\ncontent-length: 3")),
    ]
}

fn lost_inside_the_body() -> Vec<Case> {
    let half = &UPDATED[..20];
    let lost = "connection_lost, unknown, 200";
    let closes =
        |name: &str, text: &str| Case::new(name, lost, IfIdempotent, Behavior::answer(text.to_owned()).closing());
    let half_of_400 = "HTTP/1.1 400 Bad Request\r\ncontent-length: 99\r\n\r\n{\"code\":3000205}";
    vec![
        closes("closes after the headers", HEAD),
        closes("closes inside the body", &format!("{HEAD}{half}")).keeping(half),
        closes("Content-Length too large", &format!("{}{UPDATED}", HEAD.replace("37", "38"))),
        closes("chunk size is not a number", &format!("{CHUNKED}zz\r\n{UPDATED}\r\n0\r\n\r\n")),
        closes("chunk is longer than its size", &format!("{CHUNKED}3\r\n{UPDATED}\r\n0\r\n\r\n")),
        closes("closes before the last chunk", &format!("{CHUNKED}25\r\n{UPDATED}\r\n")).keeping(UPDATED),
        Case { server: Behavior::answer(format!("{HEAD}{half}")).resetting(), ..closes("RST inside the body", "") },
        Case { result: lost.replace("200", "400"), ..closes("closes inside the body of a 400", half_of_400) },
    ]
}

fn not_http() -> Vec<Case> {
    let lost = |name: &str, server| Case::new(name, "connection_lost, unknown", IfIdempotent, server);
    let headers = |count| format!("HTTP/1.1 200 OK\r\n{}\r\n{UPDATED}", "x-header: value\r\n".repeat(count));
    let wide = Answer::status(200).header("x-header", &"v".repeat(BODY_LIMIT)).body(UPDATED);
    vec![
        lost("another protocol", Behavior::answer("SSH-2.0-OpenSSH_9.6\r\n")),
        lost("binary", Behavior::answer(&[0, 0, 18, 4, 0, 0, 0, 0, 0, 255, 254][..])),
        lost("a status of two digits", Behavior::answer("HTTP/1.1 20 OK\r\n\r\n")),
        lost("100,000 headers", Behavior::answer(headers(100_000))),
        lost("one header more than the limit", Behavior::answer(headers(HEADER_LIMIT + 1))),
        lost("a header line of 1 MiB", Behavior::answer(wide)),
        lost("an endless status line", Behavior::answer("HTTP/1.1 200 ").then_forever("O".repeat(4096))),
        lost("endless headers", Behavior::answer("HTTP/1.1 200 OK\r\n").then_forever("a: b\r\n".repeat(500))),
    ]
}

/// Responses that would exhaust the memory of a client without limits.
fn endless() -> Vec<Case> {
    let plain = |head: &str| Behavior::answer(format!("{head}\r\n\r\n")).then_forever("x".repeat(0x4000));
    let chunk = format!("3ff1\r\n{}\r\n", "x".repeat(0x3ff1));
    let chunked = |status| Behavior::answer(CHUNKED.replace("200", status)).then_forever(chunk.clone());
    let over = Answer::status(200).body("x".repeat(BODY_LIMIT + 1));
    let full = UPDATED.to_owned() + &" ".repeat(BODY_LIMIT - UPDATED.len());
    let many = format!(r#"{{"code":7,"x":[{}0]}}"#, r#"{"":0},"#.repeat(BODY_LIMIT / 7 - 9));
    let deep = format!(r#"{{"code":7,"x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let extension = Behavior::answer(format!("{CHUNKED}5;")).then_forever("x".repeat(4096));
    let trailers = Behavior::answer(format!("{CHUNKED}25\r\n{UPDATED}\r\n0\r\n")).then_forever("a: b\r\n".repeat(500));
    let huge = plain(&HEAD.trim_end().replace("37", "9223372036854775807"));
    let large = |name: &str, server| Case::new(name, "unclear_response, unknown, 200", Never, server);
    let coded = |name: &str, body: String| {
        Case::new(name, "api 7, rejected, 400", Never, Behavior::answer(Answer::status(400).body(body)))
    };
    let lost = |name: &str, server| Case::new(name, "connection_lost, unknown, 200", IfIdempotent, server);
    let (not_found, failed) = ("unclear_response, unknown, 404", "unclear_response, unknown, 500");
    vec![
        large("an endless body", plain("HTTP/1.1 200 OK")),
        large("an endless body in chunks", chunked("200")),
        Case::new("an endless body with a 404", not_found, Never, chunked("404")),
        Case::new("an endless body with a 500", failed, IfIdempotent, chunked("500")),
        large("a Content-Length of 2^63 - 1", huge),
        large("one byte more than the limit", Behavior::answer(over)),
        Case::new("as many bytes as the limit", "updated", Never, Behavior::answer(Answer::status(200).body(full))),
        coded("many small objects", many),
        coded("deep nesting", deep),
        lost("an endless chunk extension", extension),
        lost("endless trailers", trailers),
    ]
}

fn successes() -> Vec<Case> {
    let ok: Bytes = Answer::status(200).body(UPDATED).into();
    let text = String::from_utf8(ok.to_vec()).unwrap();
    let many_headers = format!("\r\n{}\r\n", "a: b\r\n".repeat(HEADER_LIMIT - 1));
    let body = |body: &str| Behavior::answer(Answer::status(200).body(body));
    let row =
        |what: &str, server: Behavior| Case::new(format!("200 with {what}"), "updated", Never, server.applying(true));
    let html = Behavior::answer(Answer::status(200).header("content-type", "text/html").body(UPDATED));
    let replaced = |old: &str, new: &str| Behavior::answer(text.replace(old, new));
    let rest = &UPDATED[1..];
    let chunks = format!("{CHUNKED}1\r\n{{\r\n24;a=b\r\n{rest}\r\n0\r\nx: y\r\n\r\n");
    vec![
        row("the code as text", body(r#"{"code":"200","result":{"id":"dest-1"}}"#)),
        row("a decimal code", body(r#"{"code":200.0,"result":{"id":"dest-1"}}"#)),
        row("no code", body(r#"{"result":{"id":"dest-1"},"more":{"a":null}}"#)),
        row("an undocumented code", body(r#"{"code":1,"result":{"id":"dest-1"}}"#)),
        row("a byte order mark", body(&format!("\u{feff}{UPDATED}\n"))),
        row("another content type", html),
        row("the identity coding", replaced("\r\n\r\n", "\r\ncontent-encoding: identity\r\n\r\n")),
        row("as many headers as the limit", replaced("\r\n\r\n", &many_headers)),
        row("100 first", Behavior::answer(format!("HTTP/1.1 100 Continue\r\n\r\n{text}"))),
        row("103 first", Behavior::answer(format!("HTTP/1.1 103 Hints\r\nlink: </x>\r\n\r\n{text}"))),
        row("no reason phrase", replaced(" Reason", "")),
        row("HTTP/1.0", Behavior::answer(format!("HTTP/1.0 200 OK\r\n\r\n{UPDATED}")).closing()),
        row("chunks, an extension and a trailer", Behavior::answer(chunks)),
        row("single bytes", Behavior::answer("").then_bytewise(Duration::ZERO, ok)),
    ]
}

/// What each kind of response means; each row of the design's table, with and without a body in the API's form.
fn responses() -> Vec<Case> {
    struct Row<'a> {
        status: u16,
        body: &'a [u8],
        result: &'static str,
        retried: Retried,
    }
    let json = |status, body: &'static str, result, retried| Row { status, body: body.as_bytes(), result, retried };
    let empty = |status, result, retried| json(status, "", result, retried);
    let page = |status, result, retried| json(status, PAGE, result, retried);
    let mut cases: Vec<Case> = [
        json(200, r#"{"code":3000205,"message":"gone"}"#, "api 3000205, rejected, 200", Never),
        json(200, r#"{"code":6451010}"#, "api 6451010, rejected, 200", ByDefault),
        json(200, r#"{"code":"6451001"}"#, "unexpected_response, unknown, 200", Never),
        json(200, r#"{"code":7,"message":"?"}"#, "api 7, unknown, 200", Never),
        json(200, r#"{"code":6451000,"result":{"id":"dest-1"}}"#, "unclear_response, unknown, 200", Never),
        json(200, r#"{"code":200,"result":{"id":"dest-2"}}"#, "unclear_response, unknown, 200", Never),
        json(200, r#"{"code":200,"result":{"id":""}}"#, "unclear_response, unknown, 200", Never),
        json(200, r#"{"code":200,"result":{"id":true}}"#, "unclear_response, unknown, 200", Never),
        json(200, &UPDATED[..30], "unclear_response, unknown, 200", Never),
        json(200, r#"{"code":200}"#, "unexpected_response, unknown, 200", Never),
        json(200, r#"["dest-1"]"#, "unexpected_response, unknown, 200", Never),
        page(200, "unexpected_response, unknown, 200", Never),
        empty(200, "unexpected_response, unknown, 200", Never),
        json(201, UPDATED, "unclear_response, unknown, 201", Never),
        json(201, r#"{"message":"queued"}"#, "unexpected_response, unknown, 201", Never),
        page(202, "unexpected_response, unknown, 202", Never),
        json(400, r#"{"code":6451000}"#, "api 6451000, rejected, 400", Never),
        json(400, r#"{"code":6451001}"#, "api 6451001, unknown, 400", IfIdempotent),
        json(400, r#"{"code":"6451010"}"#, "unexpected_response, rejected, 400", Never),
        json(400, r#"{"code":9223372036854775807}"#, "api 9223372036854775807, rejected, 400", Never),
        json(400, r#"{"message":"wrong"}"#, "api 0, rejected, 400", Never),
        json(400, "\u{feff}{\"code\":6451001.0}", "api 6451001, unknown, 400", IfIdempotent),
        json(400, r#"{"error":{"code":6451000}}"#, "unexpected_response, rejected, 400", Never),
        json(400, UPDATED, "unclear_response, unknown, 400", Never),
        // Of a field that occurs twice, either value may be meant.
        json(400, r#"{"code":6451001,"code":400}"#, "unclear_response, unknown, 400", Never),
        json(400, r#"{"code":400,"co\u0064e":6451010}"#, "unclear_response, unknown, 400", Never),
        page(400, "unexpected_response, rejected, 400", Never),
        empty(401, "unexpected_response, rejected, 401", Never),
        json(403, r#"{"code":7,"message":"no"}"#, "api 7, rejected, 403", Never),
        page(403, "unexpected_response, unknown, 403", Never),
        empty(403, "unexpected_response, unknown, 403", Never),
        page(404, "unexpected_response, rejected, 404", Never),
        json(404, r#"{"code":200,"message":"OK"}"#, "unclear_response, unknown, 404", Never),
        page(408, "unexpected_response, unknown, 408", IfIdempotent),
        page(409, "unexpected_response, rejected, 409", IfIdempotent),
        page(413, "unexpected_response, rejected, 413", Never),
        page(429, "unexpected_response, rejected, 429", ByDefault),
        json(429, r#"{"code":77}"#, "api 77, rejected, 429", ByDefault),
        json(429, UPDATED, "unclear_response, unknown, 429", IfIdempotent),
        json(429, r#"{"code":6451001,"mess"#, "unclear_response, unknown, 429", IfIdempotent),
        page(500, "unexpected_response, unknown, 500", IfIdempotent),
        json(500, r#"{"code":6451000}"#, "api 6451000, rejected, 500", Never),
        page(501, "unexpected_response, unknown, 501", Never),
        page(502, "unexpected_response, unknown, 502", IfIdempotent),
        json(503, r#"{"code":9,"message":"down"}"#, "api 9, unknown, 503", IfIdempotent),
        page(505, "unexpected_response, unknown, 505", Never),
        page(521, "unexpected_response, unknown, 521", IfIdempotent),
        page(999, "unexpected_response, unknown, 999", Never),
        Row { status: 403, body: b"ferm\xe9", result: "unexpected_response, unknown, 403", retried: Never },
    ]
    .map(|Row { status, body, result, retried }| {
        let name = format!("{status} with {:?}", String::from_utf8_lossy(body));
        Case::new(name, result, retried, Behavior::answer(Answer::status(status).body(body))).keeping(body)
    })
    .into();
    cases.extend([200, 302, 400, 403, 429, 503].map(|status| {
        let retried = if status >= 429 { IfIdempotent } else { Never };
        let result = format!("unclear_response, unknown, {status}");
        let coded = Answer::status(status).header("content-encoding", "gzip").body(gzip(UPDATED.as_bytes()));
        Case::new(format!("{status} in gzip"), result, retried, Behavior::answer(coded))
            .keeping(gzip(UPDATED.as_bytes()))
    }));
    cases
}

/// Redirects, which are never followed. Only 307 and 308 ask to resend the request elsewhere.
fn redirects() -> Vec<Case> {
    [301, 302, 303, 304, 307, 308]
        .into_iter()
        .flat_map(|status| {
            let outcome = if matches!(status, 307 | 308) { "rejected" } else { "unknown" };
            let result = format!("unexpected_response, {outcome}, {status}");
            let body = if status == 304 { "" } else { PAGE };
            ["/elsewhere", "https://elsewhere.test/v1", ""].map(|location| {
                let server = Behavior::answer(Answer::status(status).header("location", location).body(body));
                Case::new(format!("{status} to {location:?}"), &result, Never, server).keeping(body)
            })
        })
        .collect()
}

/// Throttling and unavailability, with every form of `Retry-After`.
fn retry_after() -> Vec<Case> {
    struct Row {
        value: &'static str,
        /// The `Date` of the same response; empty if it has none.
        date: &'static str,
        /// In seconds; `None` if it is more than the policy allows.
        delay: Option<u64>,
    }
    let seconds = |value, delay| Row { value, date: "", delay };
    let past = "Sun, 06 Nov 1994 08:49:37 GMT";
    let far = "Fri, 31 Dec 9999 23:59:59 GMT";
    [
        seconds("0", Some(0)),
        seconds("1", Some(1)),
        seconds("30.1", None),
        seconds(far, None),
        Row { value: past, date: "Sun, 06 Nov 1994 08:49:36 GMT", delay: Some(1) },
        Row { value: past, date: "Sun, 06 Nov 1994 08:48:37 GMT", delay: None },
        Row { value: far, date: "Fri, 31 Dec 9999 23:59:58 GMT", delay: Some(1) },
        // HTTP does not define these.
        seconds("soon", Some(0)),
        seconds("\u{fc}", Some(0)),
    ]
    .into_iter()
    .flat_map(|Row { value, date, delay }| {
        let answer = |status| {
            let answer = Answer::status(status).header("retry-after", value);
            Behavior::answer(if date.is_empty() { answer } else { answer.header("date", date) }.body(PAGE))
        };
        let case = |what: &str, result, retried, server| Case {
            min_delay: Duration::from_secs(delay.unwrap_or_default()),
            ..Case::new(format!("{what} with Retry-After {value:?} and Date {date:?}"), result, retried, server)
        };
        let retried = if delay.is_some() { ByDefault } else { Never };
        let throttled =
            Answer::status(400).header("retry-after", value).header("date", date).code(6_451_010, "slow down");
        [
            case("429", "unexpected_response, rejected, 429", retried, answer(429)),
            case("code 6451010", "api 6451010, rejected, 400", retried, Behavior::answer(throttled)),
            // A gateway answers so also after the server has applied the update.
            case(
                "503",
                "unexpected_response, unknown, 503",
                if delay.is_some() { IfIdempotent } else { Never },
                answer(503),
            ),
        ]
    })
    .collect()
}
