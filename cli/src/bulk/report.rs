//! Progress while a run sends, and the report at its end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::plan::Plan;
use crate::account::{Account, Answer};
use crate::exit::{Exit, complain, print_done, shown};
use crate::input::Entry;

/// How often a progress line is printed where no bar can be drawn.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// How many lines that were not updated a terminal shows.
const SHOWN_ON_TERMINAL: usize = 20;

/// Why a run stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    Unauthorized,
    Throttled,
    Unreachable,
    NoUpdates,
    Interrupted,
    Results,
}

#[derive(Debug)]
pub(super) struct Report {
    account: Account,
    quiet: bool,
    bar: Option<ProgressBar>,
    lines: usize,
    already_updated: usize,
    pub(super) updated: usize,
    /// The lines that were not updated.
    pub(super) failed: BTreeMap<u32, (Arc<Entry>, Answer)>,
    pub(super) attempts: u32,
    pub(super) stopped: Option<(Reason, String)>,
    /// Results are missing in their file, so the run is no success.
    pub(super) is_incomplete: bool,
    begin: Instant,
    last_line: Instant,
}

impl Report {
    pub(super) fn new(account: &Account, plan: &Plan, quiet: bool) -> Self {
        let now = Instant::now();
        let (lines, to_send) = (plan.lines, plan.jobs.len());
        let bar = (!quiet && to_send > 0 && io::stderr().is_terminal()).then(|| bar(to_send));
        Self {
            account: account.clone(),
            quiet,
            bar,
            lines,
            already_updated: lines - to_send,
            updated: 0,
            failed: BTreeMap::new(),
            attempts: 0,
            stopped: None,
            is_incomplete: false,
            begin: now,
            last_line: now,
        }
    }

    /// The first reason is the one that counts.
    pub(super) fn stop(&mut self, reason: Reason, message: String) {
        self.stopped.get_or_insert((reason, message));
    }

    fn count(&self, outcome: &str) -> usize {
        self.failed.values().filter(|(_, answer)| answer.outcome == outcome).count()
    }

    /// The lines that were not updated, by the names of their outcomes.
    fn failures(&self) -> [(&'static str, usize); 3] {
        ["rejected", "not_sent", "unknown"].map(|outcome| (outcome, self.count(outcome)))
    }

    /// `3 rejected, 1 unknown` with a comma before it, or nothing.
    fn not_updated(&self) -> String {
        let counts = self.failures().into_iter().filter(|(_, count)| *count > 0);
        counts.map(|(name, count)| format!(", {count} {}", name.replace('_', " "))).collect::<Vec<_>>().concat()
    }

    /// Shows the progress, if it is time to.
    pub(super) fn tick(&mut self) {
        let done = self.updated + self.failed.len();
        if let Some(bar) = &self.bar {
            bar.set_message(self.not_updated());
            bar.set_position(done as u64);
            bar.tick();
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            self.note(&format!("{done} of {} lines{}", self.lines - self.already_updated, self.not_updated()));
        }
    }

    /// Prints a line above the progress bar, unless --quiet.
    pub(super) fn note(&self, line: &str) {
        if !self.quiet {
            self.warn(line);
        }
    }

    /// Prints a line above the progress bar.
    pub(super) fn warn(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| complain(line)),
            None => complain(line),
        }
    }

    /// Outcome and message of each line that was not updated.
    pub(super) fn failed_lines(&self) -> BTreeMap<u32, [String; 2]> {
        let text = |answer: &Answer| [answer.in_words(), answer.message.as_deref().map(shown).unwrap_or_default()];
        self.failed.iter().map(|(line, (_, answer))| (*line, text(answer))).collect()
    }

    /// Prints the report: with `json` as JSON, and with `--quiet` only if something is wrong.
    pub(super) fn print(&self, json: bool) -> Exit {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let exit = self.exit();
        if json {
            print_done(&format!("{:#}\n", self.as_json()));
        } else if !self.quiet {
            print_done(&self.as_text(io::stdout().is_terminal()));
        } else if exit != Exit::Done {
            complain(self.as_text(io::stderr().is_terminal()).trim_end());
        }
        exit
    }

    fn exit(&self) -> Exit {
        match self.lines - self.already_updated - self.updated {
            0 if self.is_incomplete => Exit::NotDone,
            0 => Exit::Done,
            _ if matches!(self.stopped, Some((Reason::Interrupted, _))) => Exit::Interrupted,
            _ if self.count("unknown") > 0 => Exit::Unknown,
            _ => Exit::NotDone,
        }
    }

    fn as_json(&self) -> Value {
        let failed = |(entry, answer): &'_ (Arc<Entry>, Answer)| {
            let Answer { outcome, status, code, message, .. } = answer;
            json!({
                "line": entry.line,
                "destination": entry.destination,
                "name": &*entry.update.display_name,
                "outcome": outcome,
                "status": status,
                "code": code,
                "message": message,
            })
        };
        let stopped = self.stopped.as_ref().map(|(reason, message)| json!({ "reason": reason, "message": message }));
        let [(_, rejected), (_, not_sent), (_, unknown)] = self.failures();
        json!({
            "account": self.account,
            "lines": self.lines,
            "already_updated": self.already_updated,
            "updated": self.updated,
            "rejected": rejected,
            "not_sent": not_sent,
            "unknown": unknown,
            "attempts": self.attempts,
            "seconds": self.begin.elapsed().as_secs_f64(),
            "stopped": stopped,
            "failed": self.failed.values().map(failed).collect::<Vec<_>>(),
        })
    }

    fn as_text(&self, is_terminal: bool) -> String {
        let mut text = format!("account          {}\n", self.account);
        let sent = [("lines", self.lines), ("already updated", self.already_updated), ("updated", self.updated)];
        for (name, count) in sent.into_iter().chain(self.failures()) {
            let _ = writeln!(text, "{:<15}  {count}", name.replace('_', " "));
        }
        let (attempts, seconds) = (self.attempts, self.begin.elapsed().as_secs_f64());
        let _ = writeln!(text, "attempts         {attempts} in {seconds:.1} s");
        let most = if is_terminal { SHOWN_ON_TERMINAL } else { usize::MAX };
        for (Entry { line, destination, update }, answer) in self.failed.values().take(most).map(|(e, a)| (&**e, a)) {
            let (outcome, name) = (answer.in_words(), shown(&update.display_name));
            let message = answer.message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
            let _ = writeln!(text, "line {line}: {destination} \"{name}\": {outcome}{message}");
        }
        if self.failed.len() > most {
            let _ = writeln!(text, "… and {} more; --failed FILE writes all of them", self.failed.len() - most);
        }
        if let Some((_, message)) = &self.stopped {
            let _ = writeln!(text, "stopped: {message}");
        }
        if self.count("not_sent") + self.count("unknown") > 0 {
            text += "to send these lines, run the same command again\n";
        }
        text
    }
}

fn bar(total: usize) -> ProgressBar {
    let template = "{wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left{msg}";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total as u64).with_style(style)
}
