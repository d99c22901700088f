//! Progress, warnings and the figures for the summary of a run.

use std::{
    fmt,
    io::{self, IsTerminal},
    time::Duration,
};

use cinnox_destination::Error;
use hdrhistogram::Histogram;
use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use tokio::time::Instant;

use super::{
    first::FirstLines,
    plan::{Counts, Plan},
    record::LineResult,
    summary::{Summary, Times},
};
use crate::{
    account::Account,
    arguments::Verbosity,
    output::complain,
    verdict::{LineOutcome, describe},
};

/// How often a progress line is printed where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shorter pauses are printed only with --verbose.
const LONG_PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Report {
    verbosity: Verbosity,
    account: String,
    bar: Option<ProgressBar>,
    total: u64,
    /// What was done before this run.
    before: u64,
    changed: u64,
    superseded: u64,
    counts: Counts,
    /// How many lines have ended in this run.
    ended: u64,
    attempts: u64,
    /// Updates for which the server named another destination.
    misnamed: u64,
    first: FirstLines,
    /// How long the requests took, in microseconds.
    times: Option<Histogram<u64>>,
    begin: Instant,
    last_line: Instant,
}

impl Report {
    pub(crate) fn new(account: &Account, total: u64, plan: &Plan, verbosity: Verbosity) -> Self {
        let now = Instant::now();
        let Counts { updated, rejected, unknown } = plan.before;
        let before = updated + rejected + unknown - plan.again;
        let bar = (!verbosity.quiet && io::stderr().is_terminal()).then(|| bar(total, before));
        Self {
            verbosity,
            account: account.to_string(),
            bar,
            total,
            before,
            changed: plan.changed,
            superseded: plan.superseded,
            counts: plan.before,
            ended: 0,
            attempts: 0,
            misnamed: plan.misnamed,
            first: plan.first.clone(),
            // It grows to hold whatever comes.
            times: Histogram::new(2).ok(),
            begin: now,
            last_line: now,
        }
    }

    pub(crate) fn attempt(&mut self, time: Duration) {
        self.attempts += 1;
        if let Some(times) = &mut self.times {
            let _ = times.record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        }
    }

    /// `before` is the outcome that the line had until now.
    pub(crate) fn ended(&mut self, result: &LineResult<'_>, before: Option<LineOutcome>) {
        // What an earlier run left in flight counts as done before this one.
        self.ended += u64::from(before.is_none() || result.attempts > 0);
        if let Some(count) = before.and_then(|before| self.counts.of(before)) {
            *count -= 1;
        }
        if let Some(count) = self.counts.of(result.outcome) {
            *count += 1;
        }
        let (outcome, is_updated) = (result.outcome, result.outcome == LineOutcome::Updated);
        self.misnamed += u64::from(is_updated && result.message.is_some());
        if !is_updated || result.message.is_some() {
            self.first.add(outcome, result.line, result.message.unwrap_or_default());
        }
    }

    /// Shows the progress, if it is time to.
    pub(crate) fn tick(&mut self) {
        let done = self.before + self.ended;
        if let Some(bar) = &self.bar {
            bar.set_position(done);
            bar.tick();
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let rate = per_second(self.ended, self.begin.elapsed());
            let left = time_for(self.total.saturating_sub(done), rate);
            let left = left.map(|left| format!(", {} left", HumanDuration(left))).unwrap_or_default();
            self.note(&format!("{done} of {} lines, {rate:.0} a second{left}", self.total));
        }
    }

    pub(crate) fn paused(&self, pause: Duration, error: &Error) {
        if pause >= LONG_PAUSE || self.verbosity.verbose {
            self.note(&format!("pausing for {:.1} s: {}", pause.as_secs_f64(), describe(error)));
        }
    }

    pub(crate) fn retried(&self, line: u32, attempts: u32, error: &Error) {
        if self.verbosity.verbose {
            self.note(&format!("line {line}: attempt {attempts} failed, will retry: {}", describe(error)));
        }
    }

    /// Prints a line above the progress bar, unless --quiet.
    pub(crate) fn note(&self, line: &str) {
        if !self.verbosity.quiet {
            self.warn(line);
        }
    }

    /// Prints a line above the progress bar.
    pub(crate) fn warn(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| complain(line)),
            None => complain(line),
        }
    }

    /// Removes the progress bar and sums up.
    pub(crate) fn end(&self, pauses: u32, stopped: Option<&str>) -> Summary {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let Counts { updated, rejected, unknown } = self.counts;
        let time = self.begin.elapsed();
        let millis = |micros| Duration::from_micros(micros).as_secs_f64() * 1e3;
        let at = |part| self.times.as_ref().map_or(0.0, |times| millis(times.value_at_quantile(part)));
        Summary {
            account: self.account.clone(),
            lines: self.total,
            done_before: self.before,
            changed: self.changed,
            updated,
            rejected,
            not_sent: self.total.saturating_sub(updated + rejected + unknown),
            unknown,
            superseded: self.superseded,
            misnamed: self.misnamed,
            attempts: self.attempts,
            pauses,
            seconds: time.as_secs_f64(),
            lines_per_second: per_second(self.ended, time),
            request_milliseconds: Times { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1.0) },
            first: self.first.clone(),
            stopped: stopped.map(ToOwned::to_owned),
        }
    }
}

fn bar(total: u64, before: u64) -> ProgressBar {
    let template = "{wide_bar} {human_pos} of {human_len}, {rate} a second{left}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.with_key("rate", |state: &ProgressState, text: &mut dyn fmt::Write| {
        // A bar without the rate is better than none.
        let _ = write!(text, "{:.0}", state.per_sec());
    });
    let style = style.with_key("left", |state: &ProgressState, text: &mut dyn fmt::Write| {
        // Zero before the first line is done, when nothing is known.
        if state.eta() >= Duration::from_secs(1) {
            let _ = write!(text, ", {:#} left", HumanDuration(state.eta()));
        }
    });
    let bar = ProgressBar::new(total).with_style(style).with_position(before);
    bar.reset_eta();
    bar
}

#[allow(clippy::cast_precision_loss)] // It is shown without decimals.
fn per_second(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64().max(1e-6)
}

#[allow(clippy::cast_precision_loss)]
fn time_for(count: u64, rate: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(count as f64 / rate).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bulk::{record::UpdateHash, settings::Settings};

    const SETTINGS: Settings = Settings { concurrency: 8, rate: None, idempotent: false, resumable: true };

    fn report(total: u64, plan: &Plan) -> Report {
        let account = Account { base_url: "https://examplebaseurl.com".to_owned(), app_id: "app-1".to_owned() };
        Report::new(&account, total, plan, Verbosity { quiet: false, verbose: false })
    }

    fn ended(line: u32, outcome: LineOutcome, message: &str) -> LineResult<'_> {
        let (destination, update, message) = ("a", UpdateHash(0), Some(message));
        LineResult { line, destination, update, outcome, code: None, message, attempts: 1 }
    }

    #[test]
    fn shows_first_line_of_each_failed_outcome() {
        let mut report = report(6, &Plan::default());
        let outcomes = [LineOutcome::Updated, LineOutcome::Rejected, LineOutcome::Rejected, LineOutcome::Unknown];
        for (line, outcome) in (1..).zip(outcomes) {
            let message = Some("said").filter(|_| outcome != LineOutcome::Updated);
            report.ended(&LineResult { message, ..ended(line, outcome, "") }, None);
        }
        report.ended(&ended(7, LineOutcome::NotSent, "later"), None);
        report.ended(&ended(5, LineOutcome::NotSent, "out of reach"), None);
        let summary = report.end(2, Some("the network is down"));
        assert!(!summary.is_complete());
        let lines: Vec<_> =
            summary.lines(&SETTINGS).into_iter().map(|line| anstream::adapter::strip_str(&line).to_string()).collect();
        assert_eq!(
            lines[..7],
            [
                "lines     6, 0 of them done before",
                "account   app-1 at https://examplebaseurl.com",
                "updated   1",
                "rejected  2, first line 2: said",
                "not sent  2, first line 5: out of reach",
                "unknown   1, first line 4: said",
                "attempts  0",
            ]
        );
        assert_eq!(
            lines[9..],
            [
                "stopped: the network is down",
                "to resume, run the same command again",
                "with --idempotent, the next run also resends unknown lines, except those replaced by a later line",
            ]
        );
    }

    #[test]
    fn a_line_that_was_unknown_before_is_counted_once() {
        let before = Counts { updated: 1, rejected: 0, unknown: 2 };
        let mut plan = Plan::default();
        (plan.before, plan.again, plan.superseded, plan.changed) = (before, 1, 1, 1);
        let mut report = report(3, &plan);
        report.ended(&LineResult { message: None, ..ended(3, LineOutcome::Updated, "") }, Some(LineOutcome::Unknown));
        let summary = report.end(0, None);
        assert_eq!((summary.done_before, summary.updated, summary.unknown, summary.not_sent), (2, 2, 1, 0));
        let lines = summary.lines(&Settings { idempotent: true, ..SETTINGS });
        assert!(lines[2].starts_with("changed   1, resent because "), "{lines:?}");
        let last = "1 unknown line(s) are not resent, because a later line for the same destination was updated";
        assert_eq!(lines.last().unwrap(), last);
    }

    #[test]
    fn a_rehearsal_gives_no_advice_on_a_further_run() {
        let summary = report(1, &Plan::default()).end(0, None);
        let lines = summary.lines(&Settings { resumable: false, ..SETTINGS });
        assert!(lines.iter().all(|line| !line.contains("run")), "{lines:?}");
    }
}
