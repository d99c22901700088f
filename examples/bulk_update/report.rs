//! What the user sees: how far it is, and a summary at the end.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use cinnox_destination::Error;
use hdrhistogram::Histogram;
use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use tokio::time::Instant;

use crate::{
    Failure,
    results::{Ending, Endings, Record},
    run::Settings,
};

/// How often there is a line where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A pause that is shorter is not worth a line.
const LONG_PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Report {
    account: String,
    bar: Option<ProgressBar>,
    total: u64,
    /// What was done before this run.
    before: u64,
    /// Lines whose outcome is unknown, and stays so: a later line for the same destination was updated.
    replaced: u64,
    ended: u64,
    attempts: u64,
    /// The first lines with each of the endings that need a look, and why.
    first: Vec<(Ending, String)>,
    /// How long the requests took, in microseconds.
    times: Histogram<u64>,
    begin: Instant,
    last_line: Instant,
}

impl Report {
    /// `before` is how many of the lines were done before this run, `replaced` how many of those with an unknown outcome
    /// are not to be sent again.
    pub(crate) fn new(account: String, total: u64, before: u64, replaced: u64) -> Result<Self, Failure> {
        let now = Instant::now();
        let bar = io::stderr().is_terminal().then(|| bar(total, before));
        let times = Histogram::new(2).map_err(|error| Failure::Other(error.to_string()))?;
        let (ended, attempts, first) = (0, 0, Vec::new());
        Ok(Self { account, bar, total, before, replaced, ended, attempts, first, times, begin: now, last_line: now })
    }

    pub(crate) fn attempt(&mut self, time: Duration) {
        self.attempts += 1;
        // It grows to hold whatever comes.
        let _ = self.times.record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn ended(&mut self, record: &Record<'_>) {
        self.ended += 1;
        let ending = record.outcome;
        if ending != Ending::Updated && self.first.iter().all(|(known, _)| *known != ending) {
            let why = record.message.as_deref().unwrap_or_default();
            self.first.push((ending, format!(", first line {}: {why}", record.line)));
        }
    }

    /// Shows how far it is, if it is time to.
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
        if pause >= LONG_PAUSE {
            self.note(&format!("a pause of {:.0} s: {error}", pause.as_secs_f64()));
        }
    }

    /// A line above the bar.
    pub(crate) fn note(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            // Without a reader the run goes on all the same.
            None => drop(writeln!(io::stderr(), "{line}")),
        }
    }

    /// Says what became of the lines, and whether every one is updated.
    pub(crate) fn end(&self, endings: &Endings, pauses: u32, settings: &Settings, stop: Option<&str>) -> bool {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let [updated, rejected, unknown] =
            [Ending::Updated, Ending::Rejected, Ending::Unknown].map(|ending| endings.count(ending));
        let not_sent = self.total.saturating_sub(updated + rejected + unknown);
        let time = self.begin.elapsed();
        let (seconds, rate) = (time.as_secs_f64(), per_second(self.ended, time));
        let first = |ending| self.first.iter().find(|(known, _)| *known == ending).map_or("", |(_, why)| why);
        let millis = |micros| Duration::from_micros(micros).as_secs_f64() * 1e3;
        let [half, most, nearly_all] = [0.5, 0.9, 0.99].map(|part| millis(self.times.value_at_quantile(part)));
        let longest = millis(self.times.max());
        let mut lines = vec![
            format!("lines     {}, {} of them done before", self.total, self.before),
            format!("account   {}", self.account),
            format!("updated   {updated}"),
            format!("rejected  {rejected}{}", first(Ending::Rejected)),
            format!("not sent  {not_sent}{}", first(Ending::NotSent)),
            format!("unknown   {unknown}{}", first(Ending::Unknown)),
            format!("attempts  {}", self.attempts),
            format!("pauses    {pauses}"),
            format!("time      {seconds:.2} s, {rate:.0} lines a second"),
            format!(
                "requests  50 % within {half:.1} ms, 90 % within {most:.1} ms, 99 % within {nearly_all:.1} ms, the longest \
                 {longest:.1} ms"
            ),
        ];
        if let Some(reason) = stop {
            lines.push(format!("stopped: {reason}"));
        }
        if self.replaced > 0 {
            let left = self.replaced;
            lines.push(format!("{left} unknown line(s) stay so: a later line for the same destination was updated"));
        }
        let unknown = unknown.saturating_sub(self.replaced);
        if settings.resumable && (not_sent > 0 || (unknown > 0 && settings.idempotent)) {
            lines.push("to go on, run the same command again".to_owned());
        }
        if settings.resumable && unknown > 0 && !settings.idempotent {
            let but = "unless a later line for the same destination is updated";
            lines.push(format!("with --idempotent, a further run sends those whose outcome is unknown as well, {but}"));
        }
        // The results are in their file; the summary is a courtesy.
        let _ = writeln!(io::stdout(), "{}", lines.join("\n"));
        updated == self.total
    }
}

fn bar(total: u64, before: u64) -> ProgressBar {
    let template = "{wide_bar} {human_pos} of {human_len}, {rate} a second, {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let style = style.with_key("rate", |state: &ProgressState, text: &mut dyn fmt::Write| {
        // A bar without the rate is better than none.
        let _ = write!(text, "{:.0}", state.per_sec());
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
