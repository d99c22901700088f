//! When the next request may be sent, and how many may be in flight: one rhythm for all updates of a run.
//!
//! A failure that concerns the server, not the update, pauses all requests. Each further one in a row doubles the pause,
//! up to a limit of its reason. After a pause a single request probes the server until an update is answered.

use std::time::Duration;

use tokio::time::Instant;

use super::report::Reason;

/// The longest time that the server may ask to wait.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(5 * 60);

/// How much lateness is made up for: timers have a resolution of a millisecond.
const SLACK: Duration = Duration::from_millis(10);

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
    /// When the next request may be sent.
    pub(super) next: Instant,
    /// The number of pauses so far. Each request records it, so that requests in flight at the same time cause only one.
    pub(super) count: u32,
    throttled: u32,
    unreachable: u32,
}

impl Pauses {
    pub(super) fn new(rate: Option<f64>, now: Instant) -> Self {
        let interval = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { interval, next: now, count: 0, throttled: 0, unreachable: 0 }
    }

    /// Whether only one request may be in flight.
    pub(super) fn is_probing(&self) -> bool {
        self.throttled + self.unreachable > 0
    }

    /// A request is sent.
    pub(super) fn started(&mut self, now: Instant) {
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        self.next = self.next.max(earliest) + self.interval;
    }

    /// An answer about an update: the server is there and does not throttle.
    pub(super) fn answered(&mut self) {
        (self.throttled, self.unreachable) = (0, 0);
    }

    /// A request that was sent after `count` pauses failed: it was throttled, or the server is unreachable.
    pub(super) fn failed(&mut self, reason: Reason, count: u32, retry_after: Option<Duration>, now: Instant) -> Pause {
        let asked = retry_after.unwrap_or_default();
        if asked > MAX_RETRY_AFTER {
            return Pause::Stop("the server asks to wait for more than 5 minutes");
        }
        if count < self.count {
            self.next = self.next.max(now + asked);
            return Pause::Begun;
        }
        // Together a little more than a minute for throttling, because rate limits are often per minute, and a quarter
        // of a minute otherwise.
        let (in_a_row, first, longest, pauses, why) = match reason {
            Reason::Throttled => (&mut self.throttled, 50, 15_000, 12, "the server still throttles after 12 pauses"),
            _ => (&mut self.unreachable, 500, 8_000, 5, "the server cannot be reached or fails, also after 5 pauses"),
        };
        if *in_a_row == pauses {
            return Pause::Stop(why);
        }
        let pause = Duration::from_millis((first << *in_a_row).min(longest)).max(asked);
        *in_a_row += 1;
        self.count += 1;
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
            reason: Reason,
            pauses: u32,
            seconds: f64,
        }
        let rows = [
            Row { reason: Reason::Throttled, pauses: 12, seconds: 70.55 },
            Row { reason: Reason::Unreachable, pauses: 5, seconds: 15.5 },
        ];
        for Row { reason, pauses: most, seconds } in rows {
            let (mut pauses, now) = start();
            let mut total = Duration::ZERO;
            for count in 0..most {
                let Pause::For(pause) = pauses.failed(reason, count, None, now) else { panic!("{count} {reason:?}") };
                total += pause;
            }
            assert!((total.as_secs_f64() - seconds).abs() < 0.01, "{reason:?}: {total:?}");
            assert!(matches!(pauses.failed(reason, most, None, now), Pause::Stop(_)), "{reason:?}");
            pauses.answered();
            assert!(matches!(pauses.failed(reason, most, None, now), Pause::For(_)), "{reason:?}");
        }
    }

    #[test]
    fn requests_in_flight_cause_one_pause() {
        let (mut pauses, now) = start();
        let asked = Some(Duration::from_secs(2));
        assert_eq!(pauses.failed(Reason::Throttled, 0, None, now), Pause::For(Duration::from_millis(50)));
        assert_eq!(pauses.failed(Reason::Throttled, 0, asked, now), Pause::Begun);
        assert_eq!((pauses.count, pauses.next, pauses.is_probing()), (1, now + Duration::from_secs(2), true));
        pauses.answered();
        assert!(!pauses.is_probing());
    }

    #[test]
    fn server_may_ask_for_five_minutes() {
        let (mut pauses, now) = start();
        let (most, more) = (Duration::from_secs(300), Duration::from_secs(301));
        assert_eq!(pauses.failed(Reason::Throttled, 0, Some(most), now), Pause::For(most));
        assert!(matches!(pauses.failed(Reason::Throttled, 1, Some(more), now), Pause::Stop(_)));
    }

    #[test]
    fn keeps_the_rate() {
        let now = Instant::now();
        let mut pauses = Pauses::new(Some(10.0), now);
        (0..5).for_each(|_| pauses.started(now));
        assert_eq!(pauses.next, now + Duration::from_millis(500));
    }
}
