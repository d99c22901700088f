//! Whether another attempt follows a failed one, and when.

use std::time::Duration;

use crate::error::{Error, ErrorKind, GaveUp, Retry, Timeout};

/// Which failures are retried, how often and when.
///
/// **What.** By default, only attempts known not to have been applied are retried: no connection was made, the request
/// was not written, the server is throttling (status 429 or code 6451010), or it is unavailable and says until when
/// (status 503 with `Retry-After`). [`idempotent`](Self::idempotent) adds failures whose outcome is unknown;
/// [`retry_if`](Self::retry_if) lets a caller decline.
///
/// **When.** The delay is random between zero and a bound (full jitter) that starts at
/// [`initial_backoff`](Self::initial_backoff) and doubles up to [`max_backoff`](Self::max_backoff). A `Retry-After` is
/// honoured, with the same jitter on top so that many clients do not return at once. If it is longer than
/// [`max_retry_after`](Self::max_retry_after), or the next attempt would begin after the total timeout, the call fails
/// at once and the error says so.
///
/// ```
/// use std::time::Duration;
/// use cinnox_destination::RetryPolicy;
///
/// let policy = RetryPolicy::default()
///     .max_attempts(5)
///     .initial_backoff(Duration::from_millis(200))
///     .retry_if(|error| !error.is_throttled());
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
    idempotent: bool,
    retry_if: fn(&Error) -> bool,
}

impl Default for RetryPolicy {
    /// 3 attempts, backoff from 500 ms to 8 s, a `Retry-After` of up to 30 s.
    fn default() -> Self {
        Self {
            max_attempts: 3,
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(30),
            idempotent: false,
            retry_if: |_| true,
        }
    }
}

/// What the policy needs to know about the call.
pub(crate) struct Situation {
    /// The number of the attempt that failed, from 1.
    pub(crate) attempt: u32,
    /// What is left of the total timeout.
    pub(crate) remaining: Duration,
    pub(crate) total_timeout: Duration,
    /// Whether repeating the operation does no harm (from its method and the document).
    pub(crate) is_operation_idempotent: bool,
    /// From 0 to 1.
    pub(crate) jitter: f64,
}

impl RetryPolicy {
    /// One attempt, whatever happens.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How many attempts a call makes at most, the first one included; 0 counts as 1. Default: 3.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The bound on the delay before the second attempt; it doubles with each further one. Default: 500 ms.
    pub fn initial_backoff(mut self, bound: Duration) -> Self {
        self.initial_backoff = bound;
        self
    }

    /// The largest bound on a delay. Default: 8 s.
    pub fn max_backoff(mut self, bound: Duration) -> Self {
        self.max_backoff = bound;
        self
    }

    /// The longest `Retry-After` that is honoured; a longer one ends the call. Default: 30 s.
    pub fn max_retry_after(mut self, longest: Duration) -> Self {
        self.max_retry_after = longest;
        self
    }

    /// Declares the update idempotent, so that these failures are retried too: timeouts and lost connections
    /// after the request was written, the statuses 408, 409 and 5xx (except 501 and 505), code 6451001, and unreadable
    /// bodies with a status that is retried.
    ///
    /// An update replaces every setting, so applying it twice in a row does no harm. But a late attempt can overwrite
    /// what another writer has set in between: choose this only where nobody else writes, or where the last of your
    /// own updates is meant to win. An operation that is not
    /// idempotent (POST, or PATCH without `x-idempotent` in the document) is repeated only if it is known not to have been
    /// applied.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// A predicate that can veto a retry that the policy would make. It cannot add one.
    pub fn retry_if(mut self, retry_if: fn(&Error) -> bool) -> Self {
        self.retry_if = retry_if;
        self
    }

    /// How long to wait before the next attempt, or why there is none; `Err(None)` if a retry could not help.
    pub(crate) fn next_delay(&self, error: &Error, situation: &Situation) -> Result<Duration, Option<GaveUp>> {
        let retry = error.verdict().retry;
        let is_out_of_time = matches!(error.kind(), ErrorKind::Timeout(Timeout::Total));
        if retry == Retry::Never || self.max_attempts == 1 || is_out_of_time {
            return Err(None);
        }
        if situation.attempt >= self.max_attempts {
            return Err(Some(GaveUp::AttemptsUsed(self.max_attempts)));
        }
        if retry == Retry::IfIdempotent {
            if !situation.is_operation_idempotent {
                return Err(Some(GaveUp::OperationNotIdempotent));
            }
            if !self.idempotent {
                return Err(Some(GaveUp::NotIdempotent));
            }
        }
        let retry_after = error.retry_after().unwrap_or_default();
        if retry_after > self.max_retry_after {
            return Err(Some(GaveUp::RetryAfterTooLong { asked: retry_after, allowed: self.max_retry_after }));
        }
        if retry_after >= situation.remaining {
            return Err(Some(GaveUp::OutOfTime(situation.total_timeout)));
        }
        let delay = retry_after.saturating_add(self.backoff(situation));
        // Jitter on top of a Retry-After must not use up the time in which the server takes the update.
        let delay = if retry_after.is_zero() { delay } else { delay.min(midpoint(retry_after, situation.remaining)) };
        if delay >= situation.remaining {
            return Err(Some(GaveUp::OutOfTime(situation.total_timeout)));
        }
        if !(self.retry_if)(error) {
            return Err(Some(GaveUp::Declined));
        }
        Ok(delay)
    }

    /// Full jitter: random between zero and a bound that doubles.
    fn backoff(&self, situation: &Situation) -> Duration {
        let doubled = 2_u32.saturating_pow(situation.attempt.saturating_sub(1));
        let bound = self.initial_backoff.saturating_mul(doubled).min(self.max_backoff);
        Duration::try_from_secs_f64(bound.as_secs_f64() * situation.jitter).unwrap_or(bound)
    }
}

fn midpoint(a: Duration, b: Duration) -> Duration {
    a + b.saturating_sub(a) / 2
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::{
        error::{Answer, ConfigError},
        model::ErrorCode,
    };

    const SITUATION: Situation = Situation {
        attempt: 1,
        remaining: Duration::from_secs(60),
        total_timeout: Duration::from_secs(60),
        is_operation_idempotent: true,
        jitter: 0.0,
    };

    fn connect_timeout() -> Error {
        Error::new(ErrorKind::Timeout(Timeout::Connect))
    }

    fn answered(kind: ErrorKind, status: u16, retry_after: Option<Duration>) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Error::new(kind).with_answer(Some(Answer { status, retry_after, ..Answer::default() }))
    }

    fn status(status: u16) -> Error {
        answered(ErrorKind::UnexpectedResponse { problem: String::new() }, status, None)
    }

    fn retry_after(millis: u64) -> Error {
        answered(ErrorKind::UnexpectedResponse { problem: String::new() }, 429, Some(Duration::from_millis(millis)))
    }

    fn code(number: i64) -> Error {
        answered(ErrorKind::Api { code: number.into(), message: String::new() }, 400, None)
    }

    #[test]
    fn doubles_the_bound_on_the_delay_up_to_its_maximum() {
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        for (attempt, bound) in [(1, 500), (2, 1000), (4, 4000), (5, 8000), (6, 8000), (33, 8000), (u32::MAX - 1, 8000)]
        {
            for (jitter, delay) in [(0.0, 0), (0.5, bound / 2), (1.0, bound)] {
                let situation = Situation { attempt, jitter, ..SITUATION };
                let next = policy.next_delay(&connect_timeout(), &situation);
                assert_eq!(next, Ok(Duration::from_millis(delay)), "attempt {attempt}, jitter {jitter}");
            }
        }
    }

    #[test]
    fn takes_extreme_settings() {
        let extremes = [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(500), Duration::MAX];
        for initial in extremes {
            for max in extremes {
                let policy = RetryPolicy::default().max_attempts(u32::MAX).initial_backoff(initial).max_backoff(max);
                for attempt in [0, 1, 2, 32, 33, u32::MAX - 1] {
                    for jitter in [0.0, 0.3, 1.0] {
                        let delay = policy.backoff(&Situation { attempt, jitter, ..SITUATION });
                        assert!(delay <= max, "{policy:?} {attempt} {jitter}: {delay:?}");
                        assert!(attempt > 1 || delay <= initial, "{policy:?} {attempt} {jitter}: {delay:?}");
                    }
                }
            }
        }
        let patient = RetryPolicy::default().max_retry_after(Duration::MAX);
        let forever = answered(ErrorKind::Connect, 429, Some(Duration::MAX));
        let situation = Situation { remaining: Duration::MAX, jitter: 1.0, ..SITUATION };
        assert!(patient.next_delay(&forever, &situation).is_err());
    }

    #[test]
    fn makes_as_many_attempts_as_allowed() {
        for (max, attempt, retries) in [(0, 1, false), (1, 1, false), (2, 1, true), (2, 2, false), (3, 2, true)] {
            let policy = RetryPolicy::default().max_attempts(max);
            let next = policy.next_delay(&connect_timeout(), &Situation { attempt, ..SITUATION });
            assert_eq!(next.is_ok(), retries, "{attempt} of {max}");
        }
        let never = RetryPolicy::never().next_delay(&connect_timeout(), &SITUATION);
        assert_eq!(never, Err(None));
    }

    #[test]
    fn retries_what_may_be_applied_only_if_idempotent() {
        #[derive(Debug, PartialEq)]
        enum Retried {
            Never,
            IfIdempotent,
            Always,
        }
        use Retried::{Always, IfIdempotent, Never};
        let written = |kind| Error::new(kind).with_request_written(true);
        let rows = [
            ("configuration", Error::from(ConfigError::Setting("wrong")), Never),
            ("no connection", Error::new(ErrorKind::Connect), Always),
            ("connect timeout", connect_timeout(), Always),
            ("attempt timeout while connecting", Error::new(ErrorKind::Timeout(Timeout::Attempt)), Always),
            ("attempt timeout", written(ErrorKind::Timeout(Timeout::Attempt)), IfIdempotent),
            // There is no time for another attempt.
            ("total timeout", written(ErrorKind::Timeout(Timeout::Total)), Never),
            ("connection lost before writing", Error::new(ErrorKind::ConnectionLost), Always),
            ("connection lost", written(ErrorKind::ConnectionLost), IfIdempotent),
            ("destination not found", code(ErrorCode::DestinationNotFound.number()), Never),
            ("throttled by code", code(ErrorCode::TooManyRequests.number()), Always),
            ("bad response from the service", code(ErrorCode::BadServiceResponse.number()), IfIdempotent),
            ("301", status(301), Never),
            ("404", status(404), Never),
            ("408", status(408), IfIdempotent),
            ("409", status(409), IfIdempotent),
            ("429", status(429), Always),
            ("500", status(500), IfIdempotent),
            ("501", status(501), Never),
            ("503", status(503), IfIdempotent),
            ("521", status(521), IfIdempotent),
            (
                "unreadable 429",
                answered(ErrorKind::UnreadableResponse { problem: String::new() }, 429, None),
                IfIdempotent,
            ),
            ("unreadable 400", answered(ErrorKind::UnreadableResponse { problem: String::new() }, 400, None), Never),
            ("too large", answered(ErrorKind::BodyTooLarge { limit: 1 }, 500, None), Never),
        ];
        for (name, error, expected) in rows {
            let is_retried = |policy: RetryPolicy, is_operation_idempotent| {
                policy.next_delay(&error, &Situation { is_operation_idempotent, ..SITUATION }).is_ok()
            };
            let default = is_retried(RetryPolicy::default(), true);
            let idempotent = is_retried(RetryPolicy::default().idempotent(), true);
            let found = match (default, idempotent) {
                (true, true) => Always,
                (false, true) => IfIdempotent,
                _ => Never,
            };
            assert_eq!(found, expected, "{name}");
            // A POST is repeated only if it is known not to be applied.
            assert_eq!(is_retried(RetryPolicy::default().idempotent(), false), expected == Always, "{name}");
        }
    }

    #[test]
    fn lets_the_caller_decline_but_not_add_a_retry() {
        let declines = RetryPolicy::default().retry_if(|error| !error.is_connect());
        assert_eq!(declines.next_delay(&connect_timeout(), &SITUATION), Err(Some(GaveUp::Declined)));
        assert!(declines.next_delay(&status(429), &SITUATION).is_ok());
        let accepts = RetryPolicy::default().retry_if(|_| true);
        assert_eq!(accepts.next_delay(&status(500), &SITUATION), Err(Some(GaveUp::NotIdempotent)));
        assert_eq!(accepts.next_delay(&status(404), &SITUATION), Err(None));
    }

    #[test]
    fn honours_retry_after_with_jitter_on_top() {
        struct Row {
            asked: u64,
            jitter: f64,
            remaining: u64,
            delay: Result<u64, Option<GaveUp>>,
        }
        let row = |asked, jitter, remaining, delay| Row { asked, jitter, remaining, delay };
        let total = Duration::from_secs(60);
        let too_long = GaveUp::RetryAfterTooLong { asked: Duration::from_millis(30_001), allowed: total / 2 };
        let rows = [
            row(0, 0.5, 60_000, Ok(250)),
            row(100, 1.0, 60_000, Ok(600)),
            row(700, 0.0, 60_000, Ok(700)),
            row(30_000, 0.5, 60_000, Ok(30_250)),
            row(30_001, 0.0, 60_000, Err(Some(too_long))),
            row(2000, 0.0, 2000, Err(Some(GaveUp::OutOfTime(total)))),
            row(1900, 1.0, 2000, Ok(1950)),
            row(0, 0.0, 0, Err(Some(GaveUp::OutOfTime(total)))),
        ];
        for Row { asked, jitter, remaining, delay } in rows {
            let situation = Situation { jitter, remaining: Duration::from_millis(remaining), ..SITUATION };
            let next = RetryPolicy::default().next_delay(&retry_after(asked), &situation);
            assert_eq!(next, delay.map(Duration::from_millis), "{asked} ms, jitter {jitter}, {remaining} ms left");
        }
    }
}
