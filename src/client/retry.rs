//! The retry policy: whether a failed attempt is retried, and after which delay. Beside it are what it depends on:
//! `Retry-After`, and the budget that all calls share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, header};

use crate::error::{Error, ErrorKind, NoRetry, Retry, Timeout};

/// Which failures are retried, how often and when.
///
/// **What.** By default, only attempts known not to have been applied are retried: no connection was made, the request
/// was not written, or the server is throttling (status 429 or code 6451010). [`idempotent`](Self::idempotent) adds
/// most failures whose outcome is unknown; [`retry_if`](Self::retry_if) can veto a retry. The table at
/// [`Outcome`](crate::Outcome) has every case.
///
/// **When.** The delay is random between zero and a bound (full jitter) that starts at
/// [`initial_backoff`](Self::initial_backoff) and doubles up to [`max_backoff`](Self::max_backoff). A `Retry-After` is
/// honoured, with the same jitter on top so that many clients do not return at once. If it exceeds
/// [`max_retry_after`](Self::max_retry_after), or no time is left before the total timeout, the call fails at once and
/// the error says so.
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
    retry_if: Option<RetryIf>,
}

#[derive(Clone)]
struct RetryIf(Arc<dyn Fn(&Error) -> bool + Send + Sync>);

impl fmt::Debug for RetryIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a predicate")
    }
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
            retry_if: None,
        }
    }
}

pub(crate) struct RetryContext {
    /// The number of the attempt that failed, from 1.
    pub(crate) attempt: u32,
    /// The rest of the total timeout.
    pub(crate) remaining: Duration,
    pub(crate) total_timeout: Duration,
    /// Whether the operation is idempotent, according to its method and the document.
    pub(crate) is_operation_idempotent: bool,
    /// Random, from 0 to 1.
    pub(crate) jitter: f64,
}

impl RetryPolicy {
    /// Never retries.
    pub fn never() -> Self {
        Self::default().max_attempts(1)
    }

    /// Sets the maximum number of attempts of a call, including the first one; 0 counts as 1. Default: 3.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the maximum delay before the second attempt; it doubles with each further one. Default: 500 ms.
    pub fn initial_backoff(mut self, bound: Duration) -> Self {
        self.initial_backoff = bound;
        self
    }

    /// Sets the maximum delay before any attempt, not counting `Retry-After`. Default: 8 s.
    pub fn max_backoff(mut self, bound: Duration) -> Self {
        self.max_backoff = bound;
        self
    }

    /// Sets the longest `Retry-After` that is honoured; a longer one ends the call. Default: 30 s.
    pub fn max_retry_after(mut self, longest: Duration) -> Self {
        self.max_retry_after = longest;
        self
    }

    /// Declares the update idempotent, so that failures with an unknown outcome are retried as well: timeouts and lost
    /// connections after the request was written, the statuses 408 and 5xx (except 501 and 505), code 6451001, and
    /// unclear responses with a status that is retried. A 409, which is a rejection, is then retried too.
    ///
    /// An update replaces every setting, so applying it twice in a row does no harm. However, a late retry can
    /// overwrite changes that another writer made in between. Use this only if you are the only writer, or if your last
    /// update should win.
    ///
    /// Non-idempotent operations (POST, and PATCH without `x-idempotent` in the document) are retried only if known not
    /// to have been applied.
    pub fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Sets a predicate that can veto a retry. It cannot cause one.
    pub fn retry_if(mut self, retry_if: impl Fn(&Error) -> bool + Send + Sync + 'static) -> Self {
        self.retry_if = Some(RetryIf(Arc::new(retry_if)));
        self
    }

    /// The delay before the next attempt, or the reason for not retrying; `Err(None)` if a retry could not help.
    pub(crate) fn next_delay(&self, error: &Error, context: &RetryContext) -> Result<Duration, Option<NoRetry>> {
        let retry = error.retry();
        let is_out_of_time = matches!(error.kind(), ErrorKind::Timeout { timeout: Timeout::Total });
        if retry == Retry::Never || self.max_attempts == 1 || is_out_of_time {
            return Err(None);
        }
        if context.attempt >= self.max_attempts {
            return Err(Some(NoRetry::AttemptsUsed(self.max_attempts)));
        }
        if retry == Retry::IfIdempotent {
            if !context.is_operation_idempotent {
                return Err(Some(NoRetry::OperationNotIdempotent));
            }
            if !self.idempotent {
                return Err(Some(NoRetry::NotIdempotent));
            }
        }
        let retry_after = error.retry_after().unwrap_or_default();
        if retry_after > self.max_retry_after {
            return Err(Some(NoRetry::RetryAfterTooLong { retry_after, max: self.max_retry_after }));
        }
        if retry_after >= context.remaining {
            return Err(Some(NoRetry::OutOfTime(context.total_timeout)));
        }
        let delay = retry_after.saturating_add(self.backoff(context));
        // Limit the jitter on top of `Retry-After` so that time is left for the attempt itself.
        let midpoint = retry_after + context.remaining.saturating_sub(retry_after) / 2;
        let delay = if retry_after.is_zero() { delay } else { delay.min(midpoint) };
        if delay >= context.remaining {
            return Err(Some(NoRetry::OutOfTime(context.total_timeout)));
        }
        if self.retry_if.as_ref().is_some_and(|RetryIf(retry_if)| !retry_if(error)) {
            return Err(Some(NoRetry::Declined));
        }
        Ok(delay)
    }

    /// Full jitter: a random delay up to a bound that doubles with each attempt.
    fn backoff(&self, context: &RetryContext) -> Duration {
        let doubled = 2_u32.saturating_pow(context.attempt.saturating_sub(1));
        let bound = self.initial_backoff.saturating_mul(doubled).min(self.max_backoff);
        Duration::try_from_secs_f64(bound.as_secs_f64() * context.jitter).unwrap_or(bound)
    }
}

/// How long the server asks to wait (RFC 9110, section 10.2.3): seconds, where fractions are rounded up, or a date. A
/// date is compared with the `Date` of the same response, so the local clock does not matter; without one, with `now`.
/// A past date is zero; any other value is `None`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = text(headers, header::RETRY_AFTER)?;
    if let Some(seconds) = seconds(value) {
        return Some(seconds);
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let date = text(headers, header::DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    Some(until.duration_since(date.unwrap_or(now)).unwrap_or_default())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Parses seconds, rounded up. Overflow gives `u64::MAX`.
fn seconds(value: &str) -> Option<Duration> {
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole = whole.parse().unwrap_or(u64::MAX);
    let rounded_up = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(Duration::from_secs(whole.saturating_add(rounded_up)))
}

/// Tokens that a retry withdraws, and that a success after a retry returns.
const RETRY: u32 = 10;

/// Tokens that a success at the first attempt returns.
const SUCCESS: u32 = 1;

/// Limits retries across all calls, so that they do not amplify an outage: a token bucket. It starts full, and while
/// nothing succeeds it allows as many retries as its size.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    tokens: AtomicU32,
    capacity: u32,
}

impl RetryBudget {
    pub(crate) fn new(retries: u32) -> Self {
        let capacity = retries.saturating_mul(RETRY);
        Self { tokens: AtomicU32::new(capacity), capacity }
    }

    /// Withdraws the tokens of one retry; returns `false` if there are too few.
    pub(crate) fn withdraw(&self) -> bool {
        let withdrawn = |tokens: u32| tokens.checked_sub(RETRY);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, withdrawn).is_ok()
    }

    /// Records that a call succeeded at this attempt.
    pub(crate) fn deposit(&self, attempt: u32) {
        let returned = if attempt > 1 { RETRY } else { SUCCESS };
        // The bucket is usually full: skip the write, which would contend between threads.
        if self.tokens.load(Ordering::Relaxed) < self.capacity {
            let deposited = |tokens: u32| Some(tokens.saturating_add(returned).min(self.capacity));
            // The closure never returns `None`.
            let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, deposited);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use bytes::Bytes;
    use http::{HeaderValue, Response, StatusCode};

    use super::*;
    use crate::error::ConfigError;

    const CONTEXT: RetryContext = RetryContext {
        attempt: 1,
        remaining: Duration::from_secs(60),
        total_timeout: Duration::from_secs(60),
        is_operation_idempotent: true,
        jitter: 0.0,
    };

    fn connect_timeout() -> Error {
        Error::without_response(ErrorKind::Timeout { timeout: Timeout::Connect }, false)
    }

    fn responded(status: u16, retry_after: Option<Duration>) -> Error {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let kind = ErrorKind::UnexpectedResponse { problem: String::new() };
        Error::with_response(kind, response, retry_after)
    }

    fn status(status: u16) -> Error {
        responded(status, None)
    }

    fn throttled(retry_after_millis: u64) -> Error {
        responded(429, Some(Duration::from_millis(retry_after_millis)))
    }

    #[test]
    fn doubles_the_bound_on_the_delay_up_to_its_maximum() {
        struct Row {
            attempt: u32,
            /// In milliseconds.
            bound: u64,
        }
        let rows = [
            Row { attempt: 1, bound: 500 },
            Row { attempt: 2, bound: 1000 },
            Row { attempt: 4, bound: 4000 },
            Row { attempt: 5, bound: 8000 },
            Row { attempt: 6, bound: 8000 },
            Row { attempt: 33, bound: 8000 },
            Row { attempt: u32::MAX - 1, bound: 8000 },
        ];
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        for Row { attempt, bound } in rows {
            for (jitter, delay) in [(0.0, 0), (0.5, bound / 2), (1.0, bound)] {
                let context = RetryContext { attempt, jitter, ..CONTEXT };
                let next = policy.next_delay(&connect_timeout(), &context);
                assert_eq!(next, Ok(Duration::from_millis(delay)), "attempt {attempt}, jitter {jitter}");
            }
        }
    }

    #[test]
    fn accepts_extreme_settings() {
        let extremes = [Duration::ZERO, Duration::from_nanos(1), Duration::from_millis(500), Duration::MAX];
        for initial in extremes {
            for max in extremes {
                let policy = RetryPolicy::default().max_attempts(u32::MAX).initial_backoff(initial).max_backoff(max);
                for attempt in [0, 1, 2, 32, 33, u32::MAX - 1] {
                    for jitter in [0.0, 0.3, 1.0] {
                        let delay = policy.backoff(&RetryContext { attempt, jitter, ..CONTEXT });
                        assert!(delay <= max, "{policy:?} {attempt} {jitter}: {delay:?}");
                        assert!(attempt > 1 || delay <= initial, "{policy:?} {attempt} {jitter}: {delay:?}");
                    }
                }
            }
        }
        let patient = RetryPolicy::default().max_retry_after(Duration::MAX);
        let forever = responded(429, Some(Duration::MAX));
        let context = RetryContext { remaining: Duration::MAX, jitter: 1.0, ..CONTEXT };
        assert!(patient.next_delay(&forever, &context).is_err());
    }

    #[test]
    fn makes_as_many_attempts_as_allowed() {
        struct Row {
            max: u32,
            attempt: u32,
            is_retried: bool,
        }
        let rows = [
            Row { max: 0, attempt: 1, is_retried: false },
            Row { max: 1, attempt: 1, is_retried: false },
            Row { max: 2, attempt: 1, is_retried: true },
            Row { max: 2, attempt: 2, is_retried: false },
            Row { max: 3, attempt: 2, is_retried: true },
        ];
        for Row { max, attempt, is_retried } in rows {
            let policy = RetryPolicy::default().max_attempts(max);
            let next = policy.next_delay(&connect_timeout(), &RetryContext { attempt, ..CONTEXT });
            assert_eq!(next.is_ok(), is_retried, "{attempt} of {max}");
        }
        let never = RetryPolicy::never().next_delay(&connect_timeout(), &CONTEXT);
        assert_eq!(never, Err(None));
    }

    /// Which failure may be retried is decided in `error/outcome.rs`, and tested there for each.
    #[test]
    fn retries_unknown_outcomes_only_if_idempotent() {
        struct Row {
            name: &'static str,
            error: Error,
            by_default: Result<Duration, Option<NoRetry>>,
            idempotent: Result<Duration, Option<NoRetry>>,
            /// With an idempotent policy, and an operation that is not idempotent.
            post: Result<Duration, Option<NoRetry>>,
        }
        let yes = Ok(Duration::ZERO);
        let written = |timeout| Error::without_response(ErrorKind::Timeout { timeout }, true);
        let rows = [
            Row { name: "not sent", error: connect_timeout(), by_default: yes, idempotent: yes, post: yes },
            Row { name: "throttled", error: status(429), by_default: yes, idempotent: yes, post: yes },
            Row {
                name: "unknown",
                error: written(Timeout::Attempt),
                by_default: Err(Some(NoRetry::NotIdempotent)),
                idempotent: yes,
                post: Err(Some(NoRetry::OperationNotIdempotent)),
            },
            Row { name: "rejected", error: status(404), by_default: Err(None), idempotent: Err(None), post: Err(None) },
            Row {
                name: "no time is left for another attempt",
                error: written(Timeout::Total),
                by_default: Err(None),
                idempotent: Err(None),
                post: Err(None),
            },
            Row {
                name: "invalid",
                error: Error::from(ConfigError::new("wrong")),
                by_default: Err(None),
                idempotent: Err(None),
                post: Err(None),
            },
        ];
        for Row { name, error, by_default, idempotent, post } in rows {
            let next = |policy: RetryPolicy, is_operation_idempotent| {
                policy.next_delay(&error, &RetryContext { is_operation_idempotent, ..CONTEXT })
            };
            assert_eq!(next(RetryPolicy::default(), true), by_default, "{name}");
            assert_eq!(next(RetryPolicy::default().idempotent(), true), idempotent, "{name}");
            assert_eq!(next(RetryPolicy::default().idempotent(), false), post, "{name}");
        }
    }

    #[test]
    fn retry_if_can_veto_but_not_cause_a_retry() {
        let declines = RetryPolicy::default().retry_if(|error| !error.is_connect());
        assert_eq!(declines.next_delay(&connect_timeout(), &CONTEXT), Err(Some(NoRetry::Declined)));
        assert!(declines.next_delay(&status(429), &CONTEXT).is_ok());
        let asked = Arc::new(AtomicU32::new(0));
        let counter = asked.clone();
        let once = RetryPolicy::default().retry_if(move |_| counter.fetch_add(1, Ordering::Relaxed) == 0);
        assert!(once.next_delay(&status(429), &CONTEXT).is_ok());
        assert_eq!(once.next_delay(&status(429), &CONTEXT), Err(Some(NoRetry::Declined)));
        // It is asked only about failures that would be retried.
        let last = once.next_delay(&status(429), &RetryContext { attempt: 3, ..CONTEXT });
        assert_eq!((last, asked.load(Ordering::Relaxed)), (Err(Some(NoRetry::AttemptsUsed(3))), 2));
        let accepts = RetryPolicy::default().retry_if(|_| true);
        assert_eq!(accepts.next_delay(&status(500), &CONTEXT), Err(Some(NoRetry::NotIdempotent)));
        assert_eq!(accepts.next_delay(&status(404), &CONTEXT), Err(None));
    }

    #[test]
    fn honours_retry_after_with_jitter_on_top() {
        /// Times are in milliseconds.
        struct Row {
            retry_after: u64,
            jitter: f64,
            remaining: u64,
            delay: Result<u64, Option<NoRetry>>,
        }
        const TOTAL: Duration = CONTEXT.total_timeout;
        let too_long = NoRetry::RetryAfterTooLong { retry_after: Duration::from_millis(30_001), max: TOTAL / 2 };
        let rows = [
            Row { retry_after: 0, jitter: 0.5, remaining: 60_000, delay: Ok(250) },
            Row { retry_after: 100, jitter: 1.0, remaining: 60_000, delay: Ok(600) },
            Row { retry_after: 700, jitter: 0.0, remaining: 60_000, delay: Ok(700) },
            Row { retry_after: 30_000, jitter: 0.5, remaining: 60_000, delay: Ok(30_250) },
            Row { retry_after: 30_001, jitter: 0.0, remaining: 60_000, delay: Err(Some(too_long)) },
            Row { retry_after: 2000, jitter: 0.0, remaining: 2000, delay: Err(Some(NoRetry::OutOfTime(TOTAL))) },
            Row { retry_after: 1900, jitter: 1.0, remaining: 2000, delay: Ok(1950) },
            Row { retry_after: 0, jitter: 0.0, remaining: 0, delay: Err(Some(NoRetry::OutOfTime(TOTAL))) },
        ];
        for Row { retry_after, jitter, remaining, delay } in rows {
            let context = RetryContext { jitter, remaining: Duration::from_millis(remaining), ..CONTEXT };
            let next = RetryPolicy::default().next_delay(&throttled(retry_after), &context);
            assert_eq!(
                next,
                delay.map(Duration::from_millis),
                "{retry_after} ms, jitter {jitter}, {remaining} ms left"
            );
        }
    }

    fn withdrawn(budget: &RetryBudget) -> usize {
        (0..1000).take_while(|_| budget.withdraw()).count()
    }

    #[test]
    fn allows_retries_up_to_its_size() {
        assert_eq!(withdrawn(&RetryBudget::new(100)), 100);
        assert_eq!(withdrawn(&RetryBudget::new(0)), 0);
    }

    #[test]
    fn successes_refill_it_up_to_its_size() {
        let budget = RetryBudget::new(2);
        assert_eq!(withdrawn(&budget), 2);
        (0..9).for_each(|_| budget.deposit(1));
        assert_eq!(withdrawn(&budget), 0);
        budget.deposit(1);
        assert_eq!(withdrawn(&budget), 1);
        budget.deposit(2);
        assert_eq!(withdrawn(&budget), 1);
        (0..100).for_each(|_| budget.deposit(3));
        assert_eq!(withdrawn(&budget), 2);
    }

    #[test]
    fn accepts_the_largest_size() {
        assert!(RetryBudget::new(u32::MAX).withdraw());
    }

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: Duration = Duration::from_secs(784_111_777);

    fn read(value: &[u8], date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_bytes(value).unwrap())]);
        headers.extend(date.map(|date| (header::DATE, HeaderValue::from_static(date))));
        retry_after(&headers, SystemTime::UNIX_EPOCH + NOW)
    }

    #[test]
    fn reads_seconds_and_dates() {
        struct Row {
            value: &'static [u8],
            seconds: Option<u64>,
        }
        let rows = [
            Row { value: b"0", seconds: Some(0) },
            Row { value: b"120", seconds: Some(120) },
            Row { value: b" 7 ", seconds: Some(7) },
            Row { value: b"007", seconds: Some(7) },
            Row { value: b"4.2", seconds: Some(5) },
            Row { value: b"2.0", seconds: Some(2) },
            Row { value: b"0.001", seconds: Some(1) },
            Row { value: b"18446744073709551615", seconds: Some(u64::MAX) },
            Row { value: b"18446744073709551615.5", seconds: Some(u64::MAX) },
            Row { value: b"99999999999999999999999999999999999999", seconds: Some(u64::MAX) },
            Row { value: b"Sun, 06 Nov 1994 08:49:37 GMT", seconds: Some(0) },
            Row { value: b"Sun, 06 Nov 1994 08:50:07 GMT", seconds: Some(30) },
            Row { value: b"Sun, 06 Nov 1994 08:49:36 GMT", seconds: Some(0) },
            Row { value: b"Fri, 31 Dec 9999 23:59:59 GMT", seconds: Some(253_402_300_799 - 784_111_777) },
            Row { value: b"Sunday, 06-Nov-94 08:50:07 GMT", seconds: Some(30) },
            Row { value: b"Sun Nov  6 08:50:07 1994", seconds: Some(30) },
            Row { value: b"", seconds: None },
            Row { value: b" ", seconds: None },
            Row { value: b"-1", seconds: None },
            Row { value: b"+1", seconds: None },
            Row { value: b".5", seconds: None },
            Row { value: b"1.", seconds: None },
            Row { value: b"1.5.2", seconds: None },
            Row { value: b"1, 2", seconds: None },
            Row { value: b"Sun, 31 Feb 1994 08:49:37 GMT", seconds: None },
            Row { value: b"\xff", seconds: None },
        ];
        for Row { value, seconds } in rows {
            assert_eq!(read(value, None), seconds.map(Duration::from_secs), "{:?}", String::from_utf8_lossy(value));
        }
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }

    #[test]
    fn compares_date_with_date_of_response() {
        let until = b"Sun, 06 Nov 1994 08:50:07 GMT";
        let hour_behind = read(until, Some("Sun, 06 Nov 1994 07:50:02 GMT"));
        assert_eq!(hour_behind, Some(Duration::from_secs(3605)));
        let hour_ahead = read(until, Some("Sun, 06 Nov 1994 09:49:37 GMT"));
        assert_eq!(hour_ahead, Some(Duration::ZERO));
        let unreadable = read(until, Some("yesterday"));
        assert_eq!(unreadable, Some(Duration::from_secs(30)));
    }

    #[test]
    fn reads_the_first_of_two_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::RETRY_AFTER, HeaderValue::from_static("1"));
        headers.append(header::RETRY_AFTER, HeaderValue::from_static("2"));
        assert_eq!(retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(1)));
    }
}
