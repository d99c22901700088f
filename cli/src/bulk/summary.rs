//! The summary of a run, as text or as JSON.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{
    first::{First, FirstLines},
    settings::Settings,
};
use crate::{output::complain, verdict::LineOutcome};

/// Everything that `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    pub(super) account: String,
    pub(super) lines: u64,
    pub(super) done_before: u64,
    pub(super) changed: u64,
    pub(super) updated: u64,
    pub(super) rejected: u64,
    pub(super) not_sent: u64,
    pub(super) unknown: u64,
    /// Of the unknown ones, those that a later line for the same destination has replaced.
    pub(super) superseded: u64,
    /// Of the updated ones, those for which the server named another destination.
    pub(super) misnamed: u64,
    pub(super) attempts: u64,
    pub(super) pauses: u32,
    pub(super) seconds: f64,
    pub(super) lines_per_second: f64,
    pub(super) request_milliseconds: Times,
    pub(super) first: FirstLines,
    pub(super) stopped: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Times {
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

impl Summary {
    pub(crate) fn is_complete(&self) -> bool {
        self.updated == self.lines
    }

    /// On standard output; with `quiet`, only what is wrong, on standard error. The results are in their file, so a failure
    /// to print loses nothing.
    pub(crate) fn print(&self, settings: &Settings, json: bool, quiet: bool) {
        if quiet && !json {
            return self.warnings().iter().for_each(|line| complain(line));
        }
        let text = if json {
            serde_json::to_string_pretty(self).unwrap_or_else(|error| error.to_string())
        } else {
            self.lines(settings).join("\n")
        };
        if let Err(error) = writeln!(anstream::stdout(), "{text}") {
            complain(&format!("the summary could not be printed: {error}"));
        }
    }

    fn counts(&self) -> [(u64, LineOutcome, AnsiColor); 4] {
        [
            (self.updated, LineOutcome::Updated, AnsiColor::Green),
            (self.rejected, LineOutcome::Rejected, AnsiColor::Red),
            (self.not_sent, LineOutcome::NotSent, AnsiColor::Yellow),
            (self.unknown, LineOutcome::Unknown, AnsiColor::Yellow),
        ]
    }

    fn describe(&self, (count, outcome, color): (u64, LineOutcome, AnsiColor)) -> String {
        let first = self.first.of(outcome).filter(|_| outcome != LineOutcome::Updated && count > 0);
        let first = first.map(|First { line, message, .. }| format!(", first line {line}: {message}"));
        let style = if count > 0 { color.on_default() } else { Style::new() };
        format!("{style}{outcome:<8}{style:#}  {count}{}", first.unwrap_or_default())
    }

    /// What is wrong.
    fn warnings(&self) -> Vec<String> {
        let failed =
            self.counts().into_iter().filter(|(count, outcome, _)| *count > 0 && *outcome != LineOutcome::Updated);
        let failed = failed.map(|count| self.describe(count));
        failed.chain(self.stopped()).chain(self.misnamed()).collect()
    }

    pub(super) fn lines(&self, settings: &Settings) -> Vec<String> {
        let mut lines = vec![
            format!("lines     {}, {} of them done before", self.lines, self.done_before),
            format!("account   {}", self.account),
        ];
        if self.changed > 0 {
            let which = "resent because they, or earlier lines for the same destination, changed";
            lines.push(format!("changed   {}, {which}", self.changed));
        }
        lines.extend(self.counts().map(|count| self.describe(count)));
        lines.extend([
            format!("attempts  {}", self.attempts),
            format!("pauses    {}", self.pauses),
            format!("time      {:.2} s, {:.0} lines a second", self.seconds, self.lines_per_second),
        ]);
        if self.attempts > 0 {
            let Times { p50, p90, p99, max } = self.request_milliseconds;
            lines.push(format!("latency   p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, max {max:.1} ms"));
        }
        lines.extend(self.stopped());
        lines.extend(self.misnamed());
        lines.extend(self.advice(settings));
        lines
    }

    fn stopped(&self) -> Option<String> {
        self.stopped.as_ref().map(|reason| format!("stopped: {reason}"))
    }

    fn misnamed(&self) -> Option<String> {
        let Self { misnamed, .. } = self;
        let first = self.first.of(LineOutcome::Updated).filter(|_| *misnamed > 0)?;
        let First { line, message, .. } = first;
        Some(format!(
            "{misnamed} updated line(s) for which the server named another destination, first line {line}: {message}"
        ))
    }

    fn advice(&self, settings: &Settings) -> Vec<String> {
        let mut lines = Vec::new();
        if self.superseded > 0 {
            let superseded = self.superseded;
            lines.push(format!(
                "{superseded} unknown line(s) are not resent, because a later line for the same destination was updated"
            ));
        }
        let unknown = self.unknown.saturating_sub(self.superseded);
        if settings.resumable && (self.not_sent > 0 || (unknown > 0 && settings.idempotent)) {
            lines.push("to resume, run the same command again".to_owned());
        }
        if settings.resumable && unknown > 0 && !settings.idempotent {
            let but = "except those replaced by a later line";
            lines.push(format!("with --idempotent, the next run also resends unknown lines, {but}"));
        }
        lines
    }
}
