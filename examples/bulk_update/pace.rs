//! When the next request may go out: one pace for all of them.

use std::time::Duration;

use tokio::time::Instant;

/// How many pauses there may be without an answer between them that is neither. Limits on a rate are often for a minute.
const MAX_PAUSES_IF_THROTTLED: u32 = 12;
const MAX_PAUSES_IN_TROUBLE: u32 = 5;

/// The longest time that the server may ask to wait.
const MAX_TOLD: Duration = Duration::from_secs(5 * 60);

/// The first pause, if the server asks for none, and the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How far requests may come late and still be made up for: timers are no finer than a millisecond.
const SLACK: Duration = Duration::from_millis(10);

/// The longest interval that is learned from a server that throttles.
const LONGEST_INTERVAL: Duration = Duration::from_secs(1);

/// An interval that is shorter is none.
const SHORTEST_INTERVAL: Duration = Duration::from_micros(20);

/// The time between requests, and the pauses that all of them keep.
#[derive(Debug)]
pub(crate) struct Pace {
    /// What `--rate` asks for; zero without it.
    least: Duration,
    interval: Duration,
    next: Instant,
    /// How many pauses there were; a request remembers the number, so that those that were on their way together
    /// bring about one pause.
    pauses: u32,
    /// Of them, those since the last success: for throttling, and for trouble.
    in_vain: [u32; 2],
    /// Since the last pause.
    since: Instant,
    started: u32,
}

/// Why a request has to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hindrance {
    Throttled,
    /// No connection, or, if that may be tried again, no trustworthy answer.
    Trouble,
}

impl Pace {
    pub(crate) fn new(rate: Option<f64>, now: Instant) -> Self {
        let least = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(1.0 / rate));
        Self { least, interval: least, next: now, pauses: 0, in_vain: [0; 2], since: now, started: 0 }
    }

    /// When the next request may go out.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    pub(crate) fn pauses(&self) -> u32 {
        self.pauses
    }

    /// Takes note of a request that goes out.
    pub(crate) fn start(&mut self, now: Instant) {
        let earliest = now.checked_sub(SLACK).unwrap_or(now);
        self.next = self.next.max(earliest) + self.interval;
        self.started += 1;
    }

    /// Each success shortens the interval by a hundredth.
    pub(crate) fn succeeded(&mut self) {
        self.in_vain = [0; 2];
        let shorter = self.interval.mul_f64(0.99);
        self.interval = if shorter < SHORTEST_INTERVAL { self.least } else { shorter.max(self.least) };
    }

    /// An answer, even if it is no: the server can be reached and does not throttle.
    pub(crate) fn answered(&mut self) {
        self.in_vain = [0; 2];
    }

    /// Takes note of a request that went out after `pauses` pauses and was hindered; `told` is what the server asks for.
    /// Says how long the pause is that begins now, if one does.
    pub(crate) fn hindered(
        &mut self,
        hindrance: Hindrance,
        pauses: u32,
        told: Option<Duration>,
        now: Instant,
    ) -> Option<Duration> {
        if pauses < self.pauses {
            self.next = self.next.max(now + told.unwrap_or_default().min(MAX_TOLD));
            return None;
        }
        if hindrance == Hindrance::Throttled {
            let usual = now.saturating_duration_since(self.since) / self.started.max(1);
            self.interval = (usual.max(self.interval) * 2).min(LONGEST_INTERVAL).max(self.least);
        }
        let in_vain = self.in_vain.iter().sum();
        let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(in_vain)).min(LONGEST_PAUSE);
        let pause = told.unwrap_or_default().min(MAX_TOLD).max(doubled);
        self.in_vain[hindrance as usize] += 1;
        self.pauses += 1;
        self.next = self.next.max(now + pause);
        (self.since, self.started) = (self.next, 0);
        Some(pause)
    }

    /// Why there is no use in going on, if there is none.
    pub(crate) fn is_hopeless(&self, told: Option<Duration>) -> Option<String> {
        let [throttled, trouble] = self.in_vain;
        match told.filter(|told| *told > MAX_TOLD) {
            Some(told) => Some(format!("the server asks to wait for {} s", told.as_secs())),
            None if throttled >= MAX_PAUSES_IF_THROTTLED => Some("the server goes on throttling".to_owned()),
            None if trouble >= MAX_PAUSES_IN_TROUBLE => {
                Some("the server cannot be reached, or goes on failing".to_owned())
            }
            None => None,
        }
    }
}
