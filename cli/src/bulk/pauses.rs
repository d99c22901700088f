//! When the next request may be sent, and how many may be in flight: one rhythm for all updates of a run.
//!
//! A failure that concerns the server, not the update, pauses all requests. Each further one in a row doubles the pause,
//! up to a limit of its cause. After a pause a single request probes the server, and each answer doubles their number.

use std::time::Duration;

use tokio::time::Instant;

/// The longest time that the server may ask to wait.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// How much lateness is made up for: timers have a resolution of a millisecond.
const SLACK: Duration = Duration::from_millis(10);

/// Why requests pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server asks for fewer requests.
    Throttled,
    /// No connection, or a failing server.
    Unreachable,
}

/// The pauses for a cause: together a little more than a minute for throttling, because rate limits are often per
/// minute, and a quarter of a minute otherwise.
struct Limits {
    first: Duration,
    longest: Duration,
    in_a_row: u32,
}

impl Cause {
    fn limits(self) -> Limits {
        match self {
            Self::Throttled => {
                Limits { first: Duration::from_millis(50), longest: Duration::from_secs(15), in_a_row: 12 }
            }
            Self::Unreachable => {
                Limits { first: Duration::from_millis(500), longest: Duration::from_secs(8), in_a_row: 5 }
            }
        }
    }
}

/// What follows from a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pause {
    /// It belongs to a pause that has begun.
    Begun,
    For(Duration),
    /// The run has to stop, because of this.
    Stop(&'static str),
}

#[derive(Debug)]
pub(super) struct Pauses {
    /// The least time between requests.
    interval: Duration,
    next: Instant,
    /// The number of pauses so far. Each request records it, so that requests in flight at the same time cause only one.
    count: u32,
    throttled: u32,
    unreachable: u32,
    /// How many requests may be in flight.
    window: usize,
}

impl Pauses {
    pub(super) fn new(rate: Option<f64>, now: Instant) -> Self {
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { interval, next: now, count: 0, throttled: 0, unreachable: 0, window: usize::MAX }
    }

    /// When the next request may be sent.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn window(&self) -> usize {
        self.window
    }

    /// A request is sent.
    pub(super) fn started(&mut self, now: Instant) {
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        self.next = self.next.max(earliest) + self.interval;
    }

    /// An answer about an update: the server is there and does not throttle.
    pub(super) fn answered(&mut self) {
        (self.throttled, self.unreachable) = (0, 0);
        self.window = self.window.saturating_mul(2);
    }

    /// A request that was sent after `count` pauses failed for this cause.
    pub(super) fn failed(&mut self, cause: Cause, count: u32, retry_after: Option<Duration>, now: Instant) -> Pause {
        let asked = retry_after.unwrap_or_default();
        if asked > MAX_RETRY_AFTER {
            return Pause::Stop("the server asks to wait for more than 5 minutes");
        }
        if count < self.count {
            self.next = self.next.max(now + asked);
            return Pause::Begun;
        }
        let in_a_row = match cause {
            Cause::Throttled => &mut self.throttled,
            Cause::Unreachable => &mut self.unreachable,
        };
        let Limits { first, longest, in_a_row: most } = cause.limits();
        if *in_a_row == most {
            return Pause::Stop(match cause {
                Cause::Throttled => "the server still throttles after 12 pauses",
                Cause::Unreachable => "the server cannot be reached or fails, also after 5 pauses",
            });
        }
        let pause = (first * 2_u32.pow(*in_a_row)).min(longest).max(asked);
        *in_a_row += 1;
        self.count += 1;
        self.window = 1;
        self.next = self.next.max(now + pause);
        Pause::For(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> (Pauses, Instant) {
        let now = Instant::now();
        (Pauses::new(None, now), now)
    }

    #[test]
    fn stops_after_pauses_in_a_row() {
        struct Row {
            cause: Cause,
            pauses: u32,
            seconds: f64,
        }
        let rows = [
            Row { cause: Cause::Throttled, pauses: 12, seconds: 70.55 },
            Row { cause: Cause::Unreachable, pauses: 5, seconds: 15.5 },
        ];
        for Row { cause, pauses: most, seconds } in rows {
            let (mut pauses, now) = start();
            let mut total = Duration::ZERO;
            for count in 0..most {
                let Pause::For(pause) = pauses.failed(cause, count, None, now) else { panic!("{count} {cause:?}") };
                total += pause;
            }
            assert!((total.as_secs_f64() - seconds).abs() < 0.01, "{cause:?}: {total:?}");
            assert!(matches!(pauses.failed(cause, most, None, now), Pause::Stop(_)), "{cause:?}");
            pauses.answered();
            assert!(matches!(pauses.failed(cause, most, None, now), Pause::For(_)), "{cause:?}");
        }
    }

    #[test]
    fn requests_in_flight_cause_one_pause() {
        let (mut pauses, now) = start();
        let asked = Some(Duration::from_secs(2));
        assert_eq!(pauses.failed(Cause::Throttled, 0, None, now), Pause::For(Duration::from_millis(50)));
        assert_eq!(pauses.failed(Cause::Throttled, 0, asked, now), Pause::Begun);
        assert_eq!((pauses.count(), pauses.next(), pauses.window()), (1, now + Duration::from_secs(2), 1));
        pauses.answered();
        assert_eq!(pauses.window(), 2);
    }

    #[test]
    fn server_may_ask_for_five_minutes() {
        let (mut pauses, now) = start();
        let (most, more) = (Duration::from_secs(300), Duration::from_secs(301));
        assert_eq!(pauses.failed(Cause::Throttled, 0, Some(most), now), Pause::For(most));
        assert!(matches!(pauses.failed(Cause::Throttled, 1, Some(more), now), Pause::Stop(_)));
    }

    #[test]
    fn keeps_the_rate() {
        let now = Instant::now();
        let mut pauses = Pauses::new(Some(10.0), now);
        (0..5).for_each(|_| pauses.started(now));
        assert_eq!(pauses.next(), now + Duration::from_millis(500));
    }
}
