use super::*;

fn responded(kind: ErrorKind, status: u16, retry_after: Option<Duration>) -> Error {
    let (status, body) = (StatusCode::from_u16(status).unwrap(), Bytes::from_static(b"<p>"));
    Error::new(kind).with_response(Some(ResponseParts { status, body, retry_after, ..ResponseParts::default() }))
}

fn api(number: i64, message: &str, status: u16) -> Error {
    responded(ErrorKind::Api { code: number.into(), message: message.to_owned() }, status, None)
}

fn unexpected(status: u16, retry_after: Option<Duration>) -> Error {
    responded(ErrorKind::UnexpectedResponse { problem: "odd".to_owned() }, status, retry_after)
}

#[test]
fn classifies_every_status() {
    for status in 200..=599 {
        let expected = match status {
            501 | 505 => (Outcome::Unknown, Retry::Never),
            408 | 500..=599 => (Outcome::Unknown, Retry::IfIdempotent),
            429 => (Outcome::Rejected, Retry::Always),
            409 => (Outcome::Rejected, Retry::IfIdempotent),
            307 | 308 | 400..=499 => (Outcome::Rejected, Retry::Never),
            _ => (Outcome::Unknown, Retry::Never),
        };
        for error in [unexpected(status, None), api(1234, "", status)] {
            let Verdict { outcome, retry } = error.verdict();
            assert_eq!((outcome, retry), expected, "{status}");
            assert_eq!((error.outcome(), error.is_retryable()), (outcome, retry != Retry::Never), "{status}");
        }
        let Verdict { outcome, retry } = unexpected(status, Some(Duration::ZERO)).verdict();
        let expected = if status == 503 { (Outcome::Rejected, Retry::Always) } else { expected };
        assert_eq!((outcome, retry), expected, "{status} with Retry-After");
        let unreadable = responded(ErrorKind::UnreadableResponse { problem: "gzip".to_owned() }, status, None);
        assert_eq!(unreadable.outcome(), Outcome::Unknown, "unreadable {status}");
    }
}

#[test]
fn classifies_every_code_regardless_of_the_status() {
    struct Row {
        number: i64,
        outcome: Outcome,
        retry: Retry,
    }
    let rows = [
        Row { number: 400, outcome: Outcome::Rejected, retry: Retry::Never },
        Row { number: 3_000_203, outcome: Outcome::Rejected, retry: Retry::Never },
        Row { number: 3_000_205, outcome: Outcome::Rejected, retry: Retry::Never },
        Row { number: 6_450_001, outcome: Outcome::Rejected, retry: Retry::Never },
        Row { number: 6_451_000, outcome: Outcome::Rejected, retry: Retry::Never },
        Row { number: 6_451_001, outcome: Outcome::Unknown, retry: Retry::IfIdempotent },
        Row { number: 6_451_010, outcome: Outcome::Rejected, retry: Retry::Always },
    ];
    for Row { number, outcome, retry } in rows {
        let code = ErrorCode::from(number);
        assert!(!matches!(code, ErrorCode::Other(_)), "{number}");
        for status in 200..=599 {
            let error = api(number, "", status);
            assert_eq!(error.verdict(), Verdict { outcome, retry }, "{number} with {status}");
            assert_eq!(error.code(), Some(code));
        }
    }
}

#[test]
fn stays_unknown_after_unknown_attempt() {
    for (maybe_applied, outcome) in [(false, Outcome::Rejected), (true, Outcome::Unknown)] {
        let error = api(3_000_205, "", 400).with_history(2, maybe_applied);
        assert_eq!((error.outcome(), error.is_retryable(), error.attempts()), (outcome, false, 2));
    }
}

#[test]
fn is_not_sent_until_the_request_is_written() {
    for kind in [
        || ErrorKind::ConnectionLost,
        || ErrorKind::Timeout(Timeout::Attempt),
        || ErrorKind::Timeout(Timeout::Total),
        || ErrorKind::Timeout(Timeout::Read),
    ] {
        assert_eq!(Error::new(kind()).outcome(), Outcome::NotSent);
        assert_eq!(Error::new(kind()).with_request_written(true).outcome(), Outcome::Unknown);
        // A response implies that the request was written.
        assert_eq!(responded(kind(), 200, None).outcome(), Outcome::Unknown);
    }
}

#[test]
fn shortens_problem_that_quotes_the_server() {
    let problem = serde_json::from_str::<i64>(&format!("\"{}\"", "x".repeat(1_000_000))).unwrap_err().to_string();
    let text = responded(ErrorKind::UnexpectedResponse { problem }, 200, None).to_string();
    assert!(
        text.len() < 720 && text.contains("(invalid type: string \"xxx") && text.ends_with("x…): \"<p>\""),
        "{text}"
    );
}

#[test]
fn display_is_one_sentence() {
    struct Row {
        error: Error,
        sentence: &'static str,
    }
    let timeout = |which, seconds| Error::new(ErrorKind::Timeout(which)).with_timeout(Duration::from_secs(seconds));
    let rows = [
        Row { error: ConfigError::BaseUrl("has no host").into(), sentence: "the base URL has no host" },
        Row {
            error: Error::new(ErrorKind::Connect),
            sentence: "could not connect; check the base URL, the network and the proxy, if any",
        },
        Row { error: timeout(Timeout::Connect, 5), sentence: "could not connect within the connect timeout of 5 s" },
        Row {
            error: timeout(Timeout::Total, 3),
            sentence: "the request could not be written within the total timeout of 3 s",
        },
        Row {
            error: timeout(Timeout::Attempt, 15).with_request_written(true),
            sentence: "the response was not complete within the attempt timeout of 15 s",
        },
        Row {
            error: Error::new(ErrorKind::Timeout(Timeout::Read)).with_request_written(true),
            sentence: "no further part of the response arrived within the read timeout",
        },
        Row {
            error: Error::new(ErrorKind::ConnectionLost),
            sentence: "the connection was lost before the request was written",
        },
        Row {
            error: Error::new(ErrorKind::ConnectionLost).with_request_written(true),
            sentence: "the connection was lost before the response was complete",
        },
        Row {
            error: responded(ErrorKind::ConnectionLost, 200, None),
            sentence: "the server responded 200 OK, but the connection was lost before the body was complete",
        },
        Row { error: api(7, "", 400), sentence: "the server responded 400 Bad Request with code 7" },
        Row { error: api(7, "", 520), sentence: "the server responded 520 with code 7" },
        Row {
            error: api(3_000_205, "no \u{202e}such\nthing", 400),
            sentence: "the server responded 400 Bad Request with code 3000205 (destination not found): \
                       \"no \\u{202e}such\\nthing\"",
        },
        Row {
            error: unexpected(502, None),
            sentence: "the server responded 502 Bad Gateway, but not in the API's format (odd): \"<p>\"",
        },
        Row {
            error: responded(ErrorKind::UnreadableResponse { problem: "gzip".to_owned() }, 400, None),
            sentence: "the server responded 400 Bad Request, but the meaning of the body is unclear (gzip)",
        },
        Row {
            error: responded(ErrorKind::Redirect { location: "/a\tb".to_owned() }, 308, None),
            sentence: "the server responded 308 Permanent Redirect with a redirect to \"/a\\tb\", which is not \
                       followed; check the base URL",
        },
        Row {
            error: responded(ErrorKind::BodyTooLarge { limit: 9 }, 200, None),
            sentence: "the server responded 200 OK with a body larger than the limit of 9 bytes",
        },
    ];
    for Row { error, sentence } in rows {
        assert_eq!(error.to_string(), sentence);
        let error = error.with_history(1, false);
        assert_eq!(error.to_string(), sentence);
        let debug = format!("{error:?}");
        assert!(debug.starts_with(&format!("Error {{ message: {sentence:?}, outcome: ")), "{debug}");
    }
    let long = api(7, &"夜".repeat(1000), 400).to_string();
    assert_eq!(long, format!("the server responded 400 Bad Request with code 7: \"{}…\"", "夜".repeat(512)));
}

#[test]
fn reports_last_attempt_and_why_it_was_not_retried() {
    struct Row {
        attempts: u32,
        reason: Option<NoRetry>,
        history: &'static str,
    }
    let seconds = Duration::from_secs;
    let rows = [
        Row { attempts: 1, reason: None, history: "" },
        Row { attempts: 2, reason: None, history: " (attempt 2)" },
        Row {
            attempts: 3,
            reason: Some(NoRetry::AttemptsUsed(3)),
            history: " (attempt 3, not retried: the maximum of 3 attempts was reached)",
        },
        Row {
            attempts: 1,
            reason: Some(NoRetry::NotIdempotent),
            history: " (not retried: the retry policy is not idempotent)",
        },
        Row { attempts: 1, reason: Some(NoRetry::Declined), history: " (not retried: retry_if declined)" },
        Row {
            attempts: 2,
            reason: Some(NoRetry::BudgetEmpty),
            history: " (attempt 2, not retried: the retry budget is empty)",
        },
        Row {
            attempts: 1,
            reason: Some(NoRetry::RetryAfterTooLong { asked: seconds(120), allowed: seconds(30) }),
            history: " (not retried: the server asks for 120 s, more than the 30 s allowed)",
        },
        Row {
            attempts: 1,
            reason: Some(NoRetry::OutOfTime(seconds(60))),
            history: " (not retried: the next attempt would begin after the total timeout of 60 s)",
        },
    ];
    for Row { attempts, reason, history } in rows {
        let error = api(7, "", 429).with_history(attempts, false).with_no_retry(reason);
        assert_eq!(error.to_string(), format!("the server responded 429 Too Many Requests with code 7{history}"));
    }
    let unknown_before = api(3_000_205, "", 400).with_history(2, true).to_string();
    assert!(unknown_before.ends_with(" (attempt 2, an earlier attempt may have been applied)"), "{unknown_before}");
}

#[test]
fn display_does_not_repeat_the_cause() {
    let error = Error::new(ErrorKind::Connect).with_source(std::io::Error::other("refused"));
    assert!(!error.to_string().contains("refused"));
    assert_eq!(error.source().unwrap().to_string(), "refused");
    assert!(format!("{error:?}").contains("cause: \"refused\""), "{error:?}");
}
