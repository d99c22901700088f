//! Responses with an error status, in the vendor's format and in others.

use cinnox_destination::Outcome::{Rejected, Unknown};

use super::{
    Case,
    Retried::{self, ByDefault, IfIdempotent, Never},
    kept,
};
use crate::support::{answer::Answer, observed::Observed, server::Behavior};

pub(super) fn cases() -> Vec<Case> {
    [in_the_vendors_form(), nearly_in_the_vendors_form(), in_another_form()].concat()
}

struct Row<'a> {
    what: &'static str,
    status: u16,
    body: &'a [u8],
    result: Observed,
    retried: Retried,
}

impl From<Row<'_>> for Case {
    fn from(Row { what, status, body, result, retried }: Row<'_>) -> Self {
        Self {
            name: format!("{status} with {what}"),
            server: Behavior::answer(Answer::status(status).body(body)),
            result,
            retried,
            body: kept(body),
            ..Self::default()
        }
    }
}

fn in_the_vendors_form() -> Vec<Case> {
    [
        Row {
            what: "the documented error",
            status: 400,
            body: br#"{"code":3000205,"message":"destination not found"}"#,
            result: Observed::failed("Api(3000205)", Rejected, 400),
            retried: Never,
        },
        Row {
            what: "the defaults of the documented error",
            status: 400,
            body: b"{}",
            result: Observed::failed("Api(0)", Rejected, 400),
            retried: Never,
        },
        Row {
            what: "a failed service",
            status: 400,
            body: br#"{"code":6451001}"#,
            result: Observed::failed("Api(6451001)", Unknown, 400),
            retried: IfIdempotent,
        },
        Row {
            what: "a permanent code",
            status: 500,
            body: br#"{"code":6451000}"#,
            result: Observed::failed("Api(6451000)", Rejected, 500),
            retried: Never,
        },
        Row {
            what: "throttling",
            status: 404,
            body: br#"{"code":6451010}"#,
            result: Observed::failed("Api(6451010)", Rejected, 404),
            retried: ByDefault,
        },
        Row {
            what: "a code of 19 digits",
            status: 400,
            body: br#"{"code":9223372036854775807}"#,
            result: Observed::failed("Api(9223372036854775807)", Rejected, 400),
            retried: Never,
        },
    ]
    .map(Case::from)
    .into()
}

/// Not as documented, but the meaning is clear.
fn nearly_in_the_vendors_form() -> Vec<Case> {
    let nested = format!(r#"{{"code":6451001,"a":{}{},"b":1e999,"c":"\ud800"}}"#, "[".repeat(999), "]".repeat(999));
    let failed_service = Observed::failed("Api(6451001)", Unknown, 400);
    let mut cases: Vec<Case> = [
        Row {
            what: "further fields of deep nesting, a number out of range and half a character",
            status: 400,
            body: nested.as_bytes(),
            result: failed_service.clone(),
            retried: IfIdempotent,
        },
        Row {
            what: "a byte order mark",
            status: 400,
            body: "\u{feff}{\"code\":6451001}".as_bytes(),
            result: failed_service.clone(),
            retried: IfIdempotent,
        },
        Row {
            what: "a message that is not UTF-8",
            status: 400,
            body: b"{\"code\":6451001,\"message\":\"\xa4\xa3\"}",
            result: failed_service.clone(),
            retried: IfIdempotent,
        },
        Row {
            what: "a list as the message",
            status: 400,
            body: br#"{"code":6451001,"message":["x"]}"#,
            result: failed_service,
            retried: IfIdempotent,
        },
        Row {
            what: "the code as text",
            status: 400,
            body: br#"{"code":"6451010"}"#,
            result: Observed::failed("Api(6451010)", Rejected, 400),
            retried: ByDefault,
        },
    ]
    .map(Case::from)
    .into();
    cases.push(Case {
        name: "308 with a location and a failed service".into(),
        server: Behavior::answer(Answer::status(308).header("location", "/x").body(r#"{"code":6451001}"#)),
        result: Observed::failed("Api(6451001)", Unknown, 308),
        retried: IfIdempotent,
        ..Case::default()
    });
    cases
}

fn in_another_form() -> Vec<Case> {
    [
        ("a code that is not a whole number", r#"{"code":0.5}"#),
        ("other JSON", r#"{"error":{"code":6451000}}"#),
        ("a list", r#"[6451010,"x"]"#),
        ("an empty body", ""),
        ("HTML", "<html><body>502 Bad Gateway</body></html>"),
    ]
    .map(|(what, body)| {
        Case::from(Row {
            what,
            status: 400,
            body: body.as_bytes(),
            result: Observed::failed("UnexpectedResponse", Rejected, 400),
            retried: Never,
        })
    })
    .into()
}
