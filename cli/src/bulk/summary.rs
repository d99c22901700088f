//! What became of the lines, at the end of a run: as text or as JSON.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{record::LineOutcome, settings::Settings};
use crate::complain;

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
    /// Of the updated ones, those of which the server names another destination.
    pub(super) misnamed: u64,
    pub(super) attempts: u64,
    pub(super) pauses: u32,
    pub(super) seconds: f64,
    pub(super) lines_per_second: f64,
    pub(super) request_milliseconds: Times,
    pub(super) first: Vec<First>,
    pub(super) stopped: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Times {
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
    pub(super) max: f64,
}

/// The first line with an outcome that needs a look, and why.
#[derive(Clone, Debug, Serialize)]
pub(super) struct First {
    pub(super) outcome: LineOutcome,
    pub(super) line: u32,
    pub(super) message: String,
}

impl Summary {
    pub(crate) fn is_complete(&self) -> bool {
        self.updated == self.lines
    }

    /// On standard output. The results are in their file, so if nobody reads this, nothing is lost.
    pub(crate) fn print(&self, settings: &Settings, json: bool, quiet: bool) {
        if json {
            let text = serde_json::to_string_pretty(self).unwrap_or_else(|error| error.to_string());
            let _ = writeln!(anstream::stdout(), "{text}");
        } else if !quiet {
            let _ = writeln!(anstream::stdout(), "{}", self.lines(settings).join("\n"));
        } else if let Some(reason) = &self.stopped {
            complain(&format!("stopped: {reason}"));
        }
    }

    pub(super) fn lines(&self, settings: &Settings) -> Vec<String> {
        let first = |outcome| {
            let first = self.first.iter().find(|first| first.outcome == outcome);
            first.map(|First { line, message, .. }| format!(", first line {line}: {message}")).unwrap_or_default()
        };
        let count = |name: &str, count: u64, color: AnsiColor, outcome| {
            let style = if count > 0 { color.on_default() } else { Style::new() };
            format!("{style}{name:<8}{style:#}  {count}{}", first(outcome))
        };
        let mut lines = vec![
            format!("lines     {}, {} of them done before", self.lines, self.done_before),
            format!("account   {}", self.account),
        ];
        if self.changed > 0 {
            let which = "they, or earlier ones for the same destination, were changed since they were done";
            lines.push(format!("changed   {}, and sent again: {which}", self.changed));
        }
        let Times { p50, p90, p99, max } = self.request_milliseconds;
        lines.extend([
            count("updated", self.updated, AnsiColor::Green, LineOutcome::Updated),
            count("rejected", self.rejected, AnsiColor::Red, LineOutcome::Rejected),
            count("not sent", self.not_sent, AnsiColor::Yellow, LineOutcome::NotSent),
            count("unknown", self.unknown, AnsiColor::Yellow, LineOutcome::Unknown),
            format!("attempts  {}", self.attempts),
            format!("pauses    {}", self.pauses),
            format!("time      {:.2} s, {:.0} lines a second", self.seconds, self.lines_per_second),
            format!(
                "requests  50 % within {p50:.1} ms, 90 % within {p90:.1} ms, 99 % within {p99:.1} ms, the longest {max:.1} ms"
            ),
        ]);
        if let Some(reason) = &self.stopped {
            lines.push(format!("stopped: {reason}"));
        }
        lines.extend(self.advice(settings));
        lines
    }

    fn advice(&self, settings: &Settings) -> Vec<String> {
        let mut lines = Vec::new();
        if self.misnamed > 0 {
            let where_to_look = "the message of each of the results says which";
            let misnamed = self.misnamed;
            lines.push(format!(
                "{misnamed} time(s) the server says that it updated another destination; {where_to_look}"
            ));
        }
        if self.superseded > 0 {
            let superseded = self.superseded;
            lines.push(format!(
                "{superseded} unknown line(s) stay so: a later line for the same destination was updated"
            ));
        }
        let unknown = self.unknown.saturating_sub(self.superseded);
        if settings.resumable && (self.not_sent > 0 || (unknown > 0 && settings.idempotent)) {
            lines.push("to go on, run the same command again".to_owned());
        }
        if settings.resumable && unknown > 0 && !settings.idempotent {
            let but = "unless a later line for the same destination is updated";
            lines.push(format!("with --idempotent, a further run sends those whose outcome is unknown as well, {but}"));
        }
        lines
    }
}
