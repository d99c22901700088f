use super::*;

fn answered(kind: ErrorKind, status: u16, retry_after: Option<Duration>) -> Error {
    let (status, body) = (StatusCode::from_u16(status).unwrap(), Bytes::from_static(b"<p>"));
    Error::new(kind).with_answer(Some(Answer { status, body, retry_after, ..Answer::default() }))
}

fn api(number: i64, message: &str, status: u16) -> Error {
    answered(ErrorKind::Api { code: number.into(), message: message.to_owned() }, status, None)
}

fn unexpected(status: u16, retry_after: Option<Duration>) -> Error {
    answered(ErrorKind::UnexpectedResponse { problem: "odd".to_owned() }, status, retry_after)
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
        let unreadable = answered(ErrorKind::UnreadableResponse { problem: "gzip".to_owned() }, status, None);
        assert_eq!(unreadable.outcome(), Outcome::Unknown, "unreadable {status}");
    }
}

#[test]
fn classifies_every_code_regardless_of_the_status() {
    let rows = [
        (400, Outcome::Rejected, Retry::Never),
        (3_000_203, Outcome::Rejected, Retry::Never),
        (3_000_205, Outcome::Rejected, Retry::Never),
        (6_450_001, Outcome::Rejected, Retry::Never),
        (6_451_000, Outcome::Rejected, Retry::Never),
        (6_451_001, Outcome::Unknown, Retry::IfIdempotent),
        (6_451_010, Outcome::Rejected, Retry::Always),
    ];
    for (number, outcome, retry) in rows {
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
fn is_unknown_once_an_attempt_was() {
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
        // A server answers only what was written to it.
        assert_eq!(answered(kind(), 200, None).outcome(), Outcome::Unknown);
    }
}

#[test]
fn shortens_a_problem_that_repeats_what_the_server_sent() {
    let problem = serde_json::from_str::<i64>(&format!("\"{}\"", "x".repeat(1_000_000))).unwrap_err().to_string();
    let text = answered(ErrorKind::UnexpectedResponse { problem }, 200, None).to_string();
    assert!(
        text.len() < 720 && text.contains("(invalid type: string \"xxx") && text.ends_with("x…): \"<p>\""),
        "{text}"
    );
}

#[test]
fn is_one_sentence() {
    let timeout = |which, seconds| Error::new(ErrorKind::Timeout(which)).with_timeout(Duration::from_secs(seconds));
    let rows = [
        (ConfigError::BaseUrl("has no host").into(), "the base URL has no host"),
        (
            Error::new(ErrorKind::Connect),
            "no connection could be made; check the base URL, the network and the proxy, if any",
        ),
        (timeout(Timeout::Connect, 5), "no connection was made within the connect timeout of 5 s"),
        (timeout(Timeout::Total, 3), "the request could not be written within the total timeout of 3 s"),
        (
            timeout(Timeout::Attempt, 15).with_request_written(true),
            "no complete response came within the attempt timeout of 15 s",
        ),
        (
            Error::new(ErrorKind::Timeout(Timeout::Read)).with_request_written(true),
            "no more of the response came within the read timeout",
        ),
        (Error::new(ErrorKind::ConnectionLost), "the connection was lost before the request was written"),
        (
            Error::new(ErrorKind::ConnectionLost).with_request_written(true),
            "the connection was lost before a complete response came",
        ),
        (
            answered(ErrorKind::ConnectionLost, 200, None),
            "the server answered 200 OK with a body that broke off; the connection was lost",
        ),
        (api(7, "", 400), "the server answered 400 Bad Request with code 7"),
        (api(7, "", 520), "the server answered 520 with code 7"),
        (
            api(3_000_205, "no \u{202e}such\nthing", 400),
            "the server answered 400 Bad Request with code 3000205 (destination not found): \"no \\u{202e}such\\nthing\"",
        ),
        (
            unexpected(502, None),
            "the server answered 502 Bad Gateway with a body that is not from the API (odd): \"<p>\"",
        ),
        (
            answered(ErrorKind::UnreadableResponse { problem: "gzip".to_owned() }, 400, None),
            "the server answered 400 Bad Request with a body whose meaning is unclear (gzip)",
        ),
        (
            answered(ErrorKind::Redirect { location: "/a\tb".to_owned() }, 308, None),
            "the server answered 308 Permanent Redirect with a redirect to \"/a\\tb\", which is not followed; check the \
             base URL",
        ),
        (
            answered(ErrorKind::BodyTooLarge { limit: 9 }, 200, None),
            "the server answered 200 OK with a body of more than 9 bytes, which was not read to its end",
        ),
    ];
    for (error, sentence) in rows {
        assert_eq!(error.to_string(), sentence);
        let error = error.with_history(1, false);
        assert_eq!(error.to_string(), sentence);
        let debug = format!("{error:?}");
        assert!(debug.starts_with(&format!("Error {{ message: {sentence:?}, outcome: ")), "{debug}");
    }
    let long = api(7, &"夜".repeat(1000), 400).to_string();
    assert_eq!(long, format!("the server answered 400 Bad Request with code 7: \"{}…\"", "夜".repeat(512)));
}

#[test]
fn says_which_attempt_failed_and_why_it_was_the_last() {
    let seconds = Duration::from_secs;
    let rows = [
        (1, None, ""),
        (2, None, " (attempt 2)"),
        (3, Some(GaveUp::AttemptsUsed(3)), " (attempt 3, not retried: 3 attempts are the maximum)"),
        (1, Some(GaveUp::NotIdempotent), " (not retried: only an idempotent retry policy would repeat it)"),
        (1, Some(GaveUp::Declined), " (not retried: retry_if declined)"),
        (2, Some(GaveUp::BudgetEmpty), " (attempt 2, not retried: the retry budget is empty)"),
        (
            1,
            Some(GaveUp::RetryAfterTooLong { asked: seconds(120), allowed: seconds(30) }),
            " (not retried: the server asks for 120 s, more than the 30 s allowed)",
        ),
        (
            1,
            Some(GaveUp::OutOfTime(seconds(60))),
            " (not retried: the next attempt would begin after the total timeout of 60 s)",
        ),
    ];
    let unknown_before = api(3_000_205, "", 400).with_history(2, true).to_string();
    assert!(unknown_before.ends_with(" (attempt 2, an earlier attempt may have been applied)"), "{unknown_before}");
    for (attempts, why, history) in rows {
        let error = api(7, "", 429).with_history(attempts, false).with_gave_up(why);
        assert_eq!(error.to_string(), format!("the server answered 429 Too Many Requests with code 7{history}"));
    }
}

#[test]
fn keeps_the_cause_out_of_the_sentence() {
    let error = Error::new(ErrorKind::Connect).with_source(std::io::Error::other("refused"));
    assert!(!error.to_string().contains("refused"));
    assert_eq!(error.source().unwrap().to_string(), "refused");
    assert!(format!("{error:?}").contains("cause: \"refused\""), "{error:?}");
}
