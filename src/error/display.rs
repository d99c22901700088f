//! `Display` for errors: one lower-case sentence without a full stop, which says what is known of the update.

use std::{error::Error as StdError, fmt};

use super::{Error, ErrorKind, Outcome, Timeout};
use crate::text::{escaped, quoted};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (responded, cause) = (self.responded(), self.cause());
        match self.kind() {
            ErrorKind::Configuration { error } => return error.fmt(f),
            ErrorKind::InvalidUpdate { violations } => return violations.fmt(f),
            ErrorKind::Connect => {
                write!(f, "could not connect{cause}; check the base URL, the network and the proxy, if any")?;
            }
            ErrorKind::Tls => {
                let advice = "check the certificates of the server, and whether it wants one of the client";
                write!(f, "the TLS connection failed{cause}; {advice}")?;
            }
            ErrorKind::Timeout { timeout } => {
                let expired = self.0.expired.map(|duration| format!(" of {duration:?}")).unwrap_or_default();
                write!(f, "{} within the {timeout}{expired}", self.missed(*timeout))?;
            }
            ErrorKind::ConnectionLost if self.status().is_some() => {
                write!(f, "{responded}, but the connection was lost before the body was complete{cause}")?;
            }
            ErrorKind::ConnectionLost => {
                let missed = if self.was_written() { "response was complete" } else { "request was written" };
                write!(f, "the connection was lost before the {missed}{cause}")?;
            }
            ErrorKind::Api { code, message } => {
                write!(f, "{responded} with code {code}")?;
                if !message.is_empty() {
                    write!(f, ": {}", quoted(message))?;
                }
                if self.is_unauthorized() {
                    f.write_str("; check the App Token")?;
                }
            }
            ErrorKind::UnexpectedResponse { problem } => {
                let problem = escaped(problem);
                let body = quoted(&String::from_utf8_lossy(self.body()));
                write!(f, "{responded}, but not in the API's form ({problem}): {body}")?;
            }
            ErrorKind::UnclearResponse { problem } => {
                let problem = escaped(problem);
                write!(f, "{responded}, but its meaning is unclear ({problem})")?;
            }
        }
        self.write_history(f)
    }
}

impl Error {
    /// Whether the request of the last attempt was written.
    fn was_written(&self) -> bool {
        self.0.outcome != Outcome::NotSent
    }

    /// `the server responded 502 Bad Gateway`.
    fn responded(&self) -> String {
        let Some(status) = self.status() else { return String::new() };
        let reason = status.canonical_reason().unwrap_or_default();
        format!("the server responded {} {reason}", status.as_str()).trim_end().to_owned()
    }

    /// `: ` and the root cause, if there is one.
    fn cause(&self) -> String {
        self.source().map(|source| format!(": {}", innermost(source))).unwrap_or_default()
    }

    /// What did not happen in time.
    fn missed(&self, timeout: Timeout) -> &'static str {
        match timeout {
            Timeout::Connect => "could not connect",
            _ if !self.was_written() => "the request could not be written",
            Timeout::Read => "no further part of the response arrived",
            Timeout::Attempt | Timeout::Total => "the response was not complete",
        }
    }

    fn write_history(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attempt = (self.attempts() > 1).then(|| format!("attempt {}", self.attempts()));
        let no_retry = self.0.no_retry.map(|reason| format!("not retried: {reason}"));
        let history: Vec<_> = [attempt, no_retry].into_iter().flatten().collect();
        if !history.is_empty() {
            write!(f, " ({})", history.join(", "))?;
        }
        if self.outcome() == Outcome::Unknown {
            f.write_str("; the update may have been applied")?;
        }
        Ok(())
    }
}

/// Contains the `Display` message, which is escaped and bounded.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("message", &self.to_string())
            .field("outcome", &self.outcome())
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

/// The root cause; the errors above it only say that sending failed.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let last = chain(error).last().map(ToString::to_string).unwrap_or_default();
    escaped(&last)
}

/// The error itself, followed by its sources.
pub(crate) fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use bytes::Bytes;
    use http::{Response, StatusCode};

    use super::*;
    use crate::error::{ConfigError, NoRetry};
    use crate::model::ErrorCode;

    fn responded(kind: ErrorKind, status: u16) -> Error {
        with_body(kind, status, "<p>")
    }

    fn with_body(kind: ErrorKind, status: u16, body: &str) -> Error {
        let mut response = Response::new(Bytes::from(body.to_owned()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        Error::with_response(kind, response, None)
    }

    fn api(code: i64, message: &str, status: u16) -> Error {
        responded(ErrorKind::Api { code: ErrorCode::new(code), message: message.to_owned() }, status)
    }

    fn timeout(timeout: Timeout, request_written: bool) -> Error {
        Error::without_response(ErrorKind::Timeout { timeout }, request_written)
    }

    fn without_response(kind: ErrorKind, request_written: bool, cause: &'static str) -> Error {
        Error::without_response(kind, request_written).with_source(io::Error::other(cause))
    }

    fn unclear(status: u16) -> Error {
        responded(ErrorKind::UnclearResponse { problem: "it is\tgzip".to_owned() }, status)
    }

    #[test]
    fn display_is_one_sentence() {
        struct Row {
            error: Error,
            sentence: &'static str,
        }
        let seconds = Duration::from_secs;
        let rows = [
            Row { error: ConfigError::new("the base URL has no host").into(), sentence: "the base URL has no host" },
            Row {
                error: without_response(ErrorKind::Connect, false, "refused\u{1b}"),
                sentence: "could not connect: refused\\u{1b}; check the base URL, the network and the proxy, if any",
            },
            Row {
                error: without_response(ErrorKind::Tls, false, "certificate expired"),
                sentence: "the TLS connection failed: certificate expired; check the certificates of the server, and \
                           whether it wants one of the client",
            },
            Row {
                error: without_response(ErrorKind::Tls, true, "alert"),
                sentence: "the TLS connection failed: alert; check the certificates of the server, and whether it wants \
                           one of the client; the update may have been applied",
            },
            Row {
                error: timeout(Timeout::Connect, false).with_expired(seconds(5)),
                sentence: "could not connect within the connect timeout of 5s",
            },
            Row { error: timeout(Timeout::Connect, false), sentence: "could not connect within the connect timeout" },
            Row {
                error: timeout(Timeout::Total, false).with_expired(Duration::from_millis(1500)),
                sentence: "the request could not be written within the total timeout of 1.5s",
            },
            Row {
                error: timeout(Timeout::Attempt, true).with_expired(seconds(15)),
                sentence: "the response was not complete within the attempt timeout of 15s; the update may have been \
                           applied",
            },
            Row {
                error: timeout(Timeout::Read, true),
                sentence: "no further part of the response arrived within the read timeout; the update may have been \
                           applied",
            },
            Row {
                error: without_response(ErrorKind::ConnectionLost, false, "broken pipe"),
                sentence: "the connection was lost before the request was written: broken pipe",
            },
            Row {
                error: without_response(ErrorKind::ConnectionLost, true, "reset"),
                sentence: "the connection was lost before the response was complete: reset; the update may have been \
                           applied",
            },
            Row {
                error: responded(ErrorKind::ConnectionLost, 200).with_source(io::Error::other("closed")),
                sentence: "the server responded 200 OK, but the connection was lost before the body was complete: \
                           closed; the update may have been applied",
            },
            Row { error: api(7, "", 400), sentence: "the server responded 400 Bad Request with code 7" },
            Row {
                error: api(7, "", 520),
                sentence: "the server responded 520 with code 7; the update may have been applied",
            },
            Row {
                error: api(3_000_205, "no \u{202e}such\nthing", 400),
                sentence: "the server responded 400 Bad Request with code 3000205 (destination not found): \
                           \"no \\u{202e}such\\nthing\"",
            },
            Row {
                error: api(7, "who?", 401),
                sentence: "the server responded 401 Unauthorized with code 7: \"who?\"; check the App Token",
            },
            // It may be a proxy's, so the App Token is not to blame.
            Row {
                error: responded(ErrorKind::UnexpectedResponse { problem: "odd".to_owned() }, 401),
                sentence: "the server responded 401 Unauthorized, but not in the API's form (odd): \"<p>\"",
            },
            Row {
                error: responded(ErrorKind::UnexpectedResponse { problem: "odd\r".to_owned() }, 502),
                sentence: "the server responded 502 Bad Gateway, but not in the API's form (odd\\r): \"<p>\"; the \
                           update may have been applied",
            },
            Row {
                error: unclear(400),
                sentence: "the server responded 400 Bad Request, but its meaning is unclear (it is\\tgzip); the update \
                           may have been applied",
            },
        ];
        for Row { error, sentence } in rows {
            assert_eq!(error.to_string(), sentence);
            let error = error.with_history(1, false);
            assert_eq!(error.to_string(), sentence);
            let debug = format!("{error:?}");
            assert!(debug.starts_with(&format!("Error {{ message: {sentence:?}, outcome: ")), "{debug}");
        }
    }

    #[test]
    fn methods_ask_for_kind_code_and_status() {
        struct Row {
            error: Error,
            methods: &'static [&'static str],
        }
        let unexpected = |status| responded(ErrorKind::UnexpectedResponse { problem: "odd".to_owned() }, status);
        for Row { error, methods } in [
            Row { error: ConfigError::new("wrong").into(), methods: &[] },
            Row { error: without_response(ErrorKind::Connect, false, ""), methods: &["connect", "retryable"] },
            Row { error: without_response(ErrorKind::Tls, false, ""), methods: &["connect"] },
            Row { error: without_response(ErrorKind::Tls, true, ""), methods: &[] },
            Row { error: without_response(ErrorKind::ConnectionLost, true, ""), methods: &["retryable"] },
            Row { error: timeout(Timeout::Connect, false), methods: &["connect", "retryable", "timeout"] },
            Row { error: timeout(Timeout::Attempt, false), methods: &["retryable", "timeout"] },
            Row { error: timeout(Timeout::Read, true), methods: &["retryable", "timeout"] },
            Row { error: api(3_000_205, "", 400), methods: &["from_api", "not_found"] },
            Row { error: api(6_451_010, "", 400), methods: &["from_api", "retryable", "throttled"] },
            Row { error: api(7, "", 429), methods: &["from_api", "retryable", "throttled"] },
            Row { error: api(7, "", 401), methods: &["from_api", "unauthorized"] },
            Row { error: unexpected(401), methods: &["unauthorized"] },
            Row { error: unexpected(404), methods: &[] },
            Row { error: unexpected(429), methods: &["retryable", "throttled"] },
            Row { error: unclear(200), methods: &[] },
        ] {
            let all = [
                ("connect", error.is_connect()),
                ("from_api", error.is_from_api()),
                ("not_found", error.is_not_found()),
                ("retryable", error.is_retryable()),
                ("throttled", error.is_throttled()),
                ("timeout", error.is_timeout()),
                ("unauthorized", error.is_unauthorized()),
            ];
            let found: Vec<_> = all.iter().filter(|(_, is)| *is).map(|(name, _)| *name).collect();
            assert_eq!(found, methods, "{error}");
        }
    }

    #[test]
    fn shortens_text_of_the_server() {
        let (long, shown) = ("夜".repeat(1000), "夜".repeat(512));
        let message = api(7, &long, 400).to_string();
        assert_eq!(message, format!("the server responded 400 Bad Request with code 7: \"{shown}…\""));
        for kind in [
            ErrorKind::UnexpectedResponse { problem: long.clone() },
            ErrorKind::UnclearResponse { problem: long.clone() },
        ] {
            let text = responded(kind, 404).to_string();
            assert!(text.contains(&format!("({shown}…)")) && !text.contains('\n'), "{text}");
        }
        let page = with_body(ErrorKind::UnexpectedResponse { problem: "odd".to_owned() }, 404, &long);
        assert!(page.to_string().ends_with(&format!("(odd): \"{shown}…\"")), "{page}");
    }

    #[test]
    fn reports_last_attempt_and_why_it_was_not_retried() {
        struct Row {
            attempts: u32,
            maybe_applied: bool,
            no_retry: Option<NoRetry>,
            history: &'static str,
        }
        const ROW: Row = Row { attempts: 1, maybe_applied: false, no_retry: None, history: "" };
        let seconds = Duration::from_secs;
        let too_long = NoRetry::RetryAfterTooLong { retry_after: seconds(120), max: seconds(30) };
        let rows = [
            ROW,
            Row { attempts: 2, history: " (attempt 2)", ..ROW },
            Row {
                attempts: 3,
                no_retry: Some(NoRetry::AttemptsUsed(3)),
                history: " (attempt 3, not retried: the maximum of 3 attempts was reached)",
                ..ROW
            },
            Row {
                no_retry: Some(NoRetry::NotIdempotent),
                history: " (not retried: the retry policy is not idempotent)",
                ..ROW
            },
            Row {
                no_retry: Some(NoRetry::OperationNotIdempotent),
                history: " (not retried: the operation is not idempotent)",
                ..ROW
            },
            Row { no_retry: Some(NoRetry::Declined), history: " (not retried: retry_if declined)", ..ROW },
            Row {
                attempts: 2,
                no_retry: Some(NoRetry::BudgetEmpty),
                history: " (attempt 2, not retried: the retry budget is empty)",
                ..ROW
            },
            Row {
                no_retry: Some(too_long),
                history: " (not retried: the server asks for 120s, more than the 30s allowed)",
                ..ROW
            },
            Row {
                no_retry: Some(NoRetry::OutOfTime(seconds(60))),
                history: " (not retried: the next attempt would begin after the total timeout of 60s)",
                ..ROW
            },
            Row { attempts: 2, maybe_applied: true, history: " (attempt 2); the update may have been applied", ..ROW },
        ];
        for Row { attempts, maybe_applied, no_retry, history } in rows {
            let error = api(7, "", 429).with_history(attempts, maybe_applied).with_no_retry(no_retry);
            assert_eq!(error.to_string(), format!("the server responded 429 Too Many Requests with code 7{history}"));
            let outcome = if maybe_applied { Outcome::Unknown } else { Outcome::Rejected };
            assert_eq!((error.outcome(), error.attempts(), error.is_retryable()), (outcome, attempts, true));
        }
    }

    #[test]
    fn names_the_innermost_cause_and_keeps_the_chain() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] io::Error);
        let outer = Outer(io::Error::other("innermost"));
        let error = Error::without_response(ErrorKind::Connect, false).with_source(outer);
        assert!(error.to_string().starts_with("could not connect: innermost; "), "{error}");
        assert_eq!(error.source().unwrap().to_string(), "outer");
    }
}
