//! How long requests take, in a few kilobytes however many there are.

use std::{fmt, time::Duration};

/// Parts of each doubling: a time is known to 3 %.
const PARTS: usize = 32;

/// Counts of times by their microseconds: each doubling in equal parts.
pub(crate) struct Times {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { counts: vec![0; PARTS * 64], total: 0, longest: Duration::ZERO }
    }
}

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        let bucket = bucket(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        self.counts[bucket] += 1;
        self.total += 1;
        self.longest = self.longest.max(time);
    }

    /// The time within which this many of a hundred are done.
    fn percentile(&self, percent: u64) -> Duration {
        let wanted = (self.total * percent).div_ceil(100);
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        bucket.map_or(self.longest, |bucket| Duration::from_micros(end(bucket)).min(self.longest))
    }
}

fn bucket(micros: u64) -> usize {
    let doublings = micros.max(1).ilog2();
    let begin = 1_u64 << doublings;
    let part = usize::try_from((u128::from(micros.max(1) - begin) * PARTS as u128) >> doublings).unwrap_or(0);
    usize::try_from(doublings).unwrap_or(0) * PARTS + part
}

/// The end of a bucket, in microseconds.
fn end(bucket: usize) -> u64 {
    let (doublings, part) = (bucket / PARTS, bucket % PARTS);
    let micros = (1_u128 << doublings) * (PARTS + part + 1) as u128 / PARTS as u128;
    u64::try_from(micros).unwrap_or(u64::MAX)
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = |time: Duration| time.as_secs_f64() * 1e3;
        for percent in [50, 90, 99] {
            write!(f, "{percent} % within {:.1} ms, ", millis(self.percentile(percent)))?;
        }
        write!(f, "the longest {:.1} ms", millis(self.longest))
    }
}
