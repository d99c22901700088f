//! Whether a failed call is tried again, and when: pure functions.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header::RETRY_AFTER};

use crate::{Error, Outcome};

/// What is tried again, how often and when.
///
/// By default a further attempt follows only a failure that surely left the update unapplied: no connection was made,
/// the server is throttling (status 429 or code 6451010), or it is unavailable and says until when (status 503 with
/// `Retry-After`). The waiting time before it is random between zero and a bound that doubles each time. A `Retry-After`
/// is kept to; one that is longer than is allowed, or than what is left of the time for the whole call, ends the call
/// at once. The numbers are among the [limits](crate#limits).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_backoff: Duration,
    max_backoff: Duration,
    max_retry_after: Duration,
    idempotent: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(30),
            idempotent: false,
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever happens.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// How many attempts a call has, the first one included; 0 counts as 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The bound on the waiting time before the second attempt, doubled for each further one up to `max`.
    #[must_use]
    pub fn backoff(mut self, first: Duration, max: Duration) -> Self {
        self.first_backoff = first;
        self.max_backoff = max;
        self
    }

    /// The longest `Retry-After` that is kept to.
    #[must_use]
    pub fn max_retry_after(mut self, max: Duration) -> Self {
        self.max_retry_after = max;
        self
    }

    /// Says that an update may be applied twice, so that failures whose outcome is unknown are tried again too:
    /// time-outs, lost connections, the statuses 408, 500, 502, 503 and 504, and code 6451001.
    ///
    /// An update replaces every setting, so applying it twice in a row does no harm. But a late attempt can overwrite
    /// what another writer has updated in between: choose this only where nobody else writes, or where the last of
    /// your own updates is meant to win.
    #[must_use]
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// How long to wait before the attempt that follows attempt number `attempt`; nothing if there is none. `chance`
    /// is from 0 to 1, `remaining` what is left of the time for the whole call.
    pub(crate) fn next(&self, error: &Error, attempt: u32, remaining: Duration, chance: f64) -> Option<Duration> {
        let safe = self.idempotent || error.outcome() != Outcome::Unknown;
        if attempt >= self.attempts || !error.is_retryable() || !safe {
            return None;
        }
        let wait = match error.retry_after() {
            Some(told) if told > self.max_retry_after => return None,
            Some(told) => told.max(self.backoff_before(attempt, chance)),
            None => self.backoff_before(attempt, chance),
        };
        (wait < remaining).then_some(wait)
    }

    fn backoff_before(&self, attempt: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let bound = self.first_backoff.saturating_mul(doubled).min(self.max_backoff);
        Duration::try_from_secs_f64(bound.as_secs_f64() * chance).unwrap_or(bound)
    }
}

/// `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3). A past date is no time; what is neither is
/// nothing; a number too large to hold is the longest time there is.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderValue, StatusCode};

    use super::*;
    use crate::{ConfigError, ErrorKind, Timeout, error::Response};

    const LONG: Duration = Duration::from_secs(60);

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    fn timeout(which: Timeout) -> Error {
        Error::new(ErrorKind::Timeout(which), None)
    }

    fn answer(kind: ErrorKind, status: u16, retry_after: Option<Duration>) -> Error {
        let status = StatusCode::from_u16(status).unwrap();
        Error::new(kind, Some(Response { status, headers: HeaderMap::new(), body: Bytes::new(), retry_after }))
    }

    fn status(status: u16, retry_after: Option<Duration>) -> Error {
        answer(ErrorKind::UnexpectedResponse { problem: String::new() }, status, retry_after)
    }

    fn code(number: i64, status: u16) -> Error {
        answer(ErrorKind::Api { code: number.into(), message: String::new() }, status, None)
    }

    #[test]
    fn the_bound_on_waiting_doubles_up_to_its_maximum() {
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        let bounds =
            [(1, 500), (2, 1000), (3, 2000), (4, 4000), (5, 8000), (6, 8000), (33, 8000), (u32::MAX - 1, 8000)];
        for (attempt, bound) in bounds {
            for (chance, wait) in [(0.0, 0), (0.5, bound / 2), (1.0, bound)] {
                let next = policy.next(&timeout(Timeout::Connect), attempt, LONG, chance);
                assert_eq!(next, Some(millis(wait)), "attempt {attempt}, chance {chance}");
            }
        }
        assert_eq!(policy.next(&timeout(Timeout::Connect), u32::MAX, LONG, 0.0), None);
    }

    #[test]
    fn extreme_settings_do_not_panic() {
        let extremes = [Duration::ZERO, Duration::from_nanos(1), millis(500), Duration::MAX];
        for first in extremes {
            for max in extremes {
                let policy = RetryPolicy::default().max_attempts(u32::MAX).backoff(first, max).max_retry_after(max);
                for attempt in [0, 1, 2, 32, 33, u32::MAX - 1] {
                    for chance in [0.0, 0.3, 1.0] {
                        let wait = policy.backoff_before(attempt, chance);
                        assert!(wait <= max, "{policy:?} {attempt} {chance}: {wait:?}");
                        assert!(attempt > 1 || wait <= first, "{policy:?} {attempt} {chance}: {wait:?}");
                        let next = policy.next(&timeout(Timeout::Connect), attempt, Duration::MAX, chance);
                        assert_eq!(next, Some(wait).filter(|wait| *wait < Duration::MAX));
                    }
                }
            }
        }
    }

    #[test]
    fn there_are_as_many_attempts_as_were_asked_for() {
        for (attempts, attempt, again) in [(0, 1, false), (1, 1, false), (2, 1, true), (2, 2, false), (3, 2, true)] {
            let next = RetryPolicy::default().max_attempts(attempts).next(&timeout(Timeout::Connect), attempt, LONG, 0.0);
            assert_eq!(next.is_some(), again, "{attempt} of {attempts}");
        }
        assert_eq!(RetryPolicy::never().next(&timeout(Timeout::Connect), 1, LONG, 0.0), None);
    }

    #[test]
    fn what_is_in_doubt_is_tried_again_only_by_choice() {
        let zero = Some(Duration::ZERO);
        let (never, always, by_choice) = ((false, false), (true, true), (false, true));
        let rows = [
            ("configuration", Error::from(ConfigError::Setting("wrong")), never),
            ("connecting takes too long", timeout(Timeout::Connect), always),
            ("an attempt takes too long", timeout(Timeout::Attempt), by_choice),
            ("the call takes too long", timeout(Timeout::Total), by_choice),
            ("code 3000205", code(3_000_205, 400), never),
            ("code 6451000 with 500", code(6_451_000, 500), never),
            ("code 6451010 with 400", code(6_451_010, 400), always),
            ("code 6451010 with 200", code(6_451_010, 200), always),
            ("code 6451001 with 400", code(6_451_001, 400), by_choice),
            ("another code with 400", code(7, 400), never),
            ("another code with 429", code(7, 429), always),
            ("another code with 500", code(7, 500), by_choice),
            ("another code with 200", code(7, 200), never),
            ("200", status(200, None), never),
            ("301", status(301, None), never),
            ("404", status(404, zero), never),
            ("408", status(408, None), by_choice),
            ("429", status(429, None), always),
            ("500 with Retry-After", status(500, zero), by_choice),
            ("501", status(501, None), never),
            ("502", status(502, None), by_choice),
            ("503", status(503, None), by_choice),
            ("503 with Retry-After", status(503, zero), always),
            ("504", status(504, None), by_choice),
            ("a redirect", answer(ErrorKind::Redirect { location: String::new() }, 308, None), never),
            ("too large a body", answer(ErrorKind::BodyTooLarge { limit: 1 }, 500, None), never),
        ];
        for (what, error, (by_default, idempotent)) in rows {
            let again = |policy: RetryPolicy| policy.next(&error, 1, LONG, 0.0).is_some();
            assert_eq!(again(RetryPolicy::default()), by_default, "{what}, default");
            assert_eq!(again(RetryPolicy::default().idempotent()), idempotent, "{what}, idempotent");
        }
    }

    #[test]
    fn retry_after_is_kept_to_as_far_as_it_is_allowed() {
        let rows = [
            ("less than the back-off", 100, LONG, 1.0, Some(500)),
            ("more than the back-off", 700, LONG, 1.0, Some(700)),
            ("nothing but the back-off", 0, LONG, 0.5, Some(250)),
            ("as long as is allowed", 30_000, LONG, 1.0, Some(30_000)),
            ("longer than is allowed", 30_001, LONG, 0.0, None),
            ("as long as the rest of the time", 2000, millis(2000), 0.0, None),
            ("a little less", 1999, millis(2000), 0.0, Some(1999)),
            ("no time is left", 0, Duration::ZERO, 0.0, None),
        ];
        for (what, told, remaining, chance, wait) in rows {
            let next = RetryPolicy::default().next(&status(429, Some(millis(told))), 1, remaining, chance);
            assert_eq!(next, wait.map(millis), "{what}");
        }
        let patient = RetryPolicy::default().max_retry_after(Duration::MAX);
        assert_eq!(patient.next(&status(429, Some(Duration::MAX)), 1, Duration::MAX, 1.0), None);
        // Without it, it is the back-off that has to fit.
        assert_eq!(RetryPolicy::default().next(&status(429, None), 1, millis(500), 1.0), None);
        assert_eq!(RetryPolicy::default().next(&status(429, None), 1, millis(501), 1.0), Some(millis(500)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let rows: [(&[u8], Option<u64>); 22] = [
            (b"0", Some(0)),
            (b"120", Some(120)),
            (b" 7 ", Some(7)),
            (b"007", Some(7)),
            (b"18446744073709551615", Some(u64::MAX)),
            (b"18446744073709551616", Some(u64::MAX)),
            (b"99999999999999999999999999999999999999", Some(u64::MAX)),
            (b"Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            (b"Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            (b"Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            (b"Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            (b"Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799 - 784_111_777)),
            (b"Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
            (b"Sun Nov  6 08:50:07 1994", Some(30)),
            (b"", None),
            (b" ", None),
            (b"-1", None),
            (b"+1", None),
            (b"1.5", None),
            (b"1, 2", None),
            (b"Sun, 31 Feb 1994 08:49:37 GMT", None),
            (b"\xff", None),
        ];
        for (value, expected) in rows {
            let value = HeaderValue::from_bytes(value).unwrap();
            let headers = HeaderMap::from_iter([(RETRY_AFTER, value.clone())]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{value:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
        let mut two = HeaderMap::new();
        two.append(RETRY_AFTER, HeaderValue::from_static("1"));
        two.append(RETRY_AFTER, HeaderValue::from_static("2"));
        assert_eq!(retry_after(&two, now), Some(Duration::from_secs(1)), "the first of two");
    }
}
