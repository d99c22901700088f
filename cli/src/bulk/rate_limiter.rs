//! When the next request may go out, and how many may be in flight: one rate limiter for all updates.

use std::time::Duration;

use tokio::time::Instant;

use crate::verdict::Cause;

/// Maximum number of consecutive pauses. Rate limits are often per minute.
const MAX_PAUSES_IF_THROTTLED: u32 = 12;
const MAX_PAUSES_IF_UNAVAILABLE: u32 = 5;

/// The longest time that the server may ask to wait.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// The first pause, if the server asks for none, and the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How much lateness is made up for; timers have millisecond resolution.
const SLACK: Duration = Duration::from_millis(10);

/// The longest interval that is learned from a server that throttles.
const LONGEST_INTERVAL: Duration = Duration::from_secs(1);

/// Shorter intervals are treated as zero.
const SHORTEST_INTERVAL: Duration = Duration::from_micros(20);

/// How many requests may be in flight before the API has answered one.
const FIRST_WINDOW: usize = 4;

/// The time between requests, and the pauses that all of them keep.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    /// What `--rate` asks for; zero without it.
    least: Duration,
    interval: Duration,
    next: Instant,
    /// The number of pauses so far. Each request records it, so that requests in flight at the same time cause only one
    /// pause.
    pauses: u32,
    /// How many of them were consecutive, for each cause.
    throttled: u32,
    unavailable: u32,
    /// Since the last pause.
    since: Instant,
    started: u32,
    /// How many requests may be in flight: each final response of the API doubles it, as in TCP's slow start.
    window: usize,
}

impl RateLimiter {
    pub(crate) fn new(rate: Option<f64>, now: Instant) -> Self {
        let least = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self {
            least,
            interval: least,
            next: now,
            pauses: 0,
            throttled: 0,
            unavailable: 0,
            since: now,
            started: 0,
            window: FIRST_WINDOW,
        }
    }

    /// When the next request may go out.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    pub(crate) fn pauses(&self) -> u32 {
        self.pauses
    }

    /// How many requests may be in flight: few until the API has answered, and one after a failure, to probe the server.
    pub(crate) fn max_in_flight(&self, concurrency: usize) -> usize {
        concurrency.min(self.window)
    }

    /// A request goes out.
    pub(crate) fn start(&mut self, now: Instant) {
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        self.next = self.next.max(earliest) + self.interval;
        self.started += 1;
    }

    /// Each success shortens the interval by a hundredth.
    pub(crate) fn succeeded(&mut self) {
        self.answered();
        let shorter = self.interval.mul_f64(0.99);
        self.interval = if shorter < SHORTEST_INTERVAL { self.least } else { shorter.max(self.least) };
    }

    /// A final response, even a rejection: the server is reachable and not throttling.
    pub(crate) fn answered(&mut self) {
        (self.throttled, self.unavailable) = (0, 0);
        self.window = self.window.saturating_mul(2);
    }

    /// A request that went out after `pauses` pauses did not finish its line. Returns the pause that begins now, if any.
    pub(crate) fn failed(
        &mut self,
        cause: Cause,
        pauses: u32,
        retry_after: Option<Duration>,
        now: Instant,
    ) -> Option<Duration> {
        let asked = retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
        if pauses < self.pauses {
            self.next = self.next.max(now + asked);
            return None;
        }
        if cause == Cause::Throttled {
            let usual = now.saturating_duration_since(self.since) / self.started.max(1);
            self.interval = (usual.max(self.interval) * 2).min(LONGEST_INTERVAL).max(self.least);
        }
        let consecutive = self.throttled + self.unavailable;
        let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(consecutive)).min(LONGEST_PAUSE);
        let pause = asked.max(doubled);
        match cause {
            Cause::Throttled => self.throttled += 1,
            Cause::Unavailable => (self.unavailable, self.window) = (self.unavailable + 1, 1),
        }
        self.pauses += 1;
        self.next = self.next.max(now + pause);
        (self.since, self.started) = (self.next, 0);
        Some(pause)
    }

    /// The reason to abort, if any.
    pub(crate) fn should_abort(&self, retry_after: Option<Duration>) -> Option<String> {
        match retry_after.filter(|asked| *asked > MAX_RETRY_AFTER) {
            Some(asked) => Some(format!("the server asks to wait for {} s", asked.as_secs())),
            None if self.throttled >= MAX_PAUSES_IF_THROTTLED => Some("the server keeps throttling".to_owned()),
            None if self.unavailable >= MAX_PAUSES_IF_UNAVAILABLE => {
                Some("the server cannot be reached or keeps failing".to_owned())
            }
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_rate_is_kept_over_time() {
        let begin = Instant::now();
        let mut limiter = RateLimiter::new(Some(1000.0), begin);
        let mut now = begin;
        for _ in 0..2000 {
            // A timer that is late.
            now = now.max(limiter.next()) + Duration::from_micros(300);
            limiter.start(now);
        }
        let took = now - begin;
        assert!((Duration::from_millis(1_990)..Duration::from_millis(2_010)).contains(&took), "{took:?}");
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let begin = Instant::now();
        let mut limiter = RateLimiter::new(None, begin);
        let pauses: Vec<_> = (0..6)
            .map(|pauses| limiter.failed(Cause::Unavailable, pauses, None, limiter.next()).unwrap().as_millis())
            .collect();
        assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(limiter.next() - begin, Duration::from_millis(23_500));
        limiter.answered();
        assert_eq!(limiter.failed(Cause::Unavailable, 6, None, limiter.next()), Some(SECOND / 2));
    }

    #[test]
    fn requests_that_were_in_flight_together_cause_one_pause() {
        let begin = Instant::now();
        let mut limiter = RateLimiter::new(None, begin);
        assert!(limiter.failed(Cause::Throttled, 0, None, begin).is_some());
        assert_eq!(limiter.failed(Cause::Throttled, 0, Some(3 * SECOND), begin), None);
        assert_eq!((limiter.pauses(), limiter.next() - begin), (1, 3 * SECOND));
    }

    #[test]
    fn starts_slowly_and_probes_with_one_request_after_failure() {
        let now = Instant::now();
        let mut limiter = RateLimiter::new(None, now);
        assert_eq!((limiter.max_in_flight(256), limiter.max_in_flight(2)), (4, 2));
        (0..300).for_each(|_| limiter.succeeded());
        assert_eq!(limiter.max_in_flight(256), 256);
        limiter.failed(Cause::Unavailable, 0, None, now);
        assert_eq!(limiter.max_in_flight(256), 1);
        limiter.answered();
        assert_eq!(limiter.max_in_flight(256), 2);
        limiter.failed(Cause::Throttled, 1, None, now);
        assert_eq!(limiter.max_in_flight(256), 2);
    }

    #[test]
    fn throttling_halves_the_rate_and_successes_raise_it_again() {
        let begin = Instant::now();
        let mut limiter = RateLimiter::new(None, begin);
        (0..100).for_each(|_| limiter.start(begin));
        limiter.failed(Cause::Throttled, 0, None, begin + SECOND);
        assert_eq!(limiter.interval, Duration::from_millis(20));
        (0..1000).for_each(|_| limiter.succeeded());
        assert_eq!(limiter.interval, Duration::ZERO);
    }

    #[test]
    fn gives_up_after_a_few_pauses_in_a_row() {
        let now = Instant::now();
        for (cause, most) in [(Cause::Throttled, 12), (Cause::Unavailable, 5)] {
            let mut limiter = RateLimiter::new(None, now);
            let pauses = (0..).take_while(|pauses| {
                limiter.failed(cause, *pauses, None, now);
                limiter.should_abort(None).is_none()
            });
            assert_eq!(pauses.count(), most - 1);
        }
        let limiter = RateLimiter::new(None, now);
        assert_eq!(limiter.should_abort(Some(300 * SECOND)), None);
        assert_eq!(limiter.should_abort(Some(301 * SECOND)).unwrap(), "the server asks to wait for 301 s");
    }
}
