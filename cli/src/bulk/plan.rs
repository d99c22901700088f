//! What a run sends, and why.
//!
//! A line is left out if the last record of its destination says that the same update was made. Lines that the server
//! rejected before come last, because they are likely to be rejected again.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde_json::{Value, json};

use super::results::{LastRecords, Past, hash_of};
use crate::account::Answer;
use crate::exit::{Failure, shown};
use crate::input::Entry;

/// Why a line is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// There is no record of the destination.
    New,
    /// The last record is of another update.
    Changed,
    /// The last record is of the same update. Where that was made, `--all` is given.
    Before(Past),
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New => f.write_str("new"),
            Self::Changed => f.write_str("changed"),
            Self::Before(Past::Updated) => f.write_str("updated before"),
            Self::Before(Past::NotSent) => f.write_str("not sent before"),
            Self::Before(Past::Unknown) => f.write_str("unknown before"),
            Self::Before(Past::Rejected) => f.write_str("rejected before"),
        }
    }
}

/// A line that is sent.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) entry: Arc<Entry>,
    /// Of the update.
    pub(super) hash: String,
    pub(super) why: Why,
    /// In this run.
    pub(super) attempts: u32,
    /// The answer to the last one.
    pub(super) last: Option<Box<Answer>>,
}

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) jobs: Vec<Job>,
    pub(super) lines: usize,
}

impl Plan {
    pub(super) fn new(entries: Vec<Entry>, last: &LastRecords, all: bool) -> Result<Self, Failure> {
        let lines = entries.len();
        let mut jobs = Vec::new();
        for entry in entries {
            let hash = hash_of(&entry.update).map_err(Failure::other)?;
            let why = match last.get(entry.destination.as_str()) {
                None => Why::New,
                Some(last) if last.update != hash => Why::Changed,
                Some(last) if last.outcome == Past::Updated && !all => continue,
                Some(last) => Why::Before(last.outcome),
            };
            jobs.push(Job { entry: Arc::new(entry), hash, why, attempts: 0, last: None });
        }
        jobs.sort_by_key(|job| job.why == Why::Before(Past::Rejected));
        Ok(Self { jobs, lines })
    }

    /// How many lines are sent for each reason: `3 new, 1 changed`.
    pub(super) fn counts(&self) -> String {
        let mut counts: BTreeMap<Why, usize> = BTreeMap::new();
        for job in &self.jobs {
            *counts.entry(job.why).or_default() += 1;
        }
        let counts: Vec<_> = counts.iter().map(|(why, count)| format!("{count} {why}")).collect();
        if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }
    }

    /// A line for each update.
    pub(super) fn as_text(&self) -> String {
        let line = |Job { entry, why, .. }: &Job| {
            let (line, id, name) = (entry.line, &entry.destination, shown(&entry.update.display_name));
            format!("line {line}: {why}: {id} \"{name}\"\n")
        };
        let lines: String = self.jobs.iter().map(line).collect();
        format!("{lines}to send: {}; already updated: {}\n", self.counts(), self.lines - self.jobs.len())
    }

    pub(super) fn as_json(&self) -> Value {
        let line = |Job { entry, why, .. }: &Job| {
            let why = why.to_string().replace(' ', "_");
            json!({ "line": entry.line, "destination": entry.destination, "name": &*entry.update.display_name, "why": why })
        };
        let plan: Vec<_> = self.jobs.iter().map(line).collect();
        json!({ "lines": self.lines, "already_updated": self.lines - self.jobs.len(), "plan": plan })
    }
}
