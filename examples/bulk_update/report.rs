//! What the user sees: how far it is, and a summary at the end.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use cinnox_destination::Error;
use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use tokio::time::Instant;

use crate::{
    results::{Ending, Endings},
    times::Times,
};

/// How often there is a line where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// A pause that is shorter is not worth a line.
const LONG_PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Report {
    bar: Option<ProgressBar>,
    total: u64,
    /// What was done before this run.
    before: u64,
    ended: u64,
    attempts: u64,
    times: Times,
    begin: Instant,
    last_line: Instant,
}

impl Report {
    pub(crate) fn new(total: u64, before: u64) -> Self {
        let now = Instant::now();
        let bar = io::stderr().is_terminal().then(|| bar(total, before));
        Self { bar, total, before, ended: 0, attempts: 0, times: Times::default(), begin: now, last_line: now }
    }

    pub(crate) fn attempt(&mut self, time: Duration) {
        self.attempts += 1;
        self.times.add(time);
    }

    pub(crate) fn ended(&mut self) {
        self.ended += 1;
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
            let left = HumanDuration(time_for(self.total.saturating_sub(done), rate));
            self.note(&format!("{done} of {} lines, {rate:.0} a second, {left} left", self.total));
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
    pub(crate) fn end(&self, endings: &Endings, pauses: u32, on_their_way: usize, stop: Option<&str>) -> bool {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let [updated, rejected, unknown] =
            [Ending::Updated, Ending::Rejected, Ending::Unknown].map(|ending| endings.count(ending));
        let not_sent = self.total.saturating_sub(updated + rejected + unknown);
        let time = self.begin.elapsed();
        let (seconds, rate) = (time.as_secs_f64(), per_second(self.ended, time));
        let mut lines = vec![
            format!("lines     {}, {} of them done before", self.total, self.before),
            format!("updated   {updated}"),
            format!("rejected  {rejected}"),
            format!("not sent  {not_sent}"),
            format!("unknown   {unknown}"),
            format!("attempts  {}", self.attempts),
            format!("pauses    {pauses}"),
            format!("time      {seconds:.2} s, {rate:.0} lines a second"),
            format!("requests  {}", self.times),
        ];
        if let Some(reason) = stop {
            lines.push(format!("stopped: {reason}"));
        }
        if on_their_way > 0 {
            lines.push(format!("{on_their_way} lines were on their way: they may be applied, and have no result"));
        }
        if not_sent > 0 {
            lines.push("to go on, run the same command again".to_owned());
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
fn time_for(count: u64, rate: f64) -> Duration {
    Duration::try_from_secs_f64(count as f64 / rate).unwrap_or(Duration::MAX)
}
