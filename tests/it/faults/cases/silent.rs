//! The server stops sending, or sends so slowly that the attempt times out.

use std::time::Duration;

use bytes::Bytes;
use cinnox_destination::Outcome::Unknown;

use super::{Case, Retried::IfIdempotent, kept};
use crate::support::{UPDATED, answer::Answer, observed::Observed, server::Behavior};

pub(super) fn cases() -> Vec<Case> {
    let second = Duration::from_secs(1);
    let ok: Bytes = Answer::status(200).body(UPDATED).into();
    let head = ok.slice(..ok.len() - UPDATED.len());
    let timeout = |status| Case {
        result: Observed::failed("Timeout::Attempt", Unknown, status),
        retried: IfIdempotent,
        stalls: true,
        ..Case::default()
    };
    vec![
        Case { name: "accepts and never responds".into(), server: Behavior::silence(), ..timeout(None) },
        Case {
            name: "sends one byte a second".into(),
            server: Behavior::silence().then_bytewise(second, ok),
            ..timeout(None)
        },
        Case {
            name: "sends one byte of the body a second".into(),
            server: Behavior::silence().then(head).then_bytewise(second, UPDATED),
            ..timeout(Some(200))
        },
        Case {
            name: "stops sending inside the body of a 500".into(),
            server: Behavior::silence().then("HTTP/1.1 500 Oops\r\ncontent-length: 9\r\n\r\n1"),
            body: kept("1"),
            ..timeout(Some(500))
        },
        Case {
            name: "sends 100 Continue for ever".into(),
            server: Behavior::silence().then_forever("HTTP/1.1 100 Continue\r\n\r\n".repeat(100)),
            ..timeout(None)
        },
    ]
}
