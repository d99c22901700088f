//! Decides what to do with each line, given the results of earlier runs.
//!
//! A line is identified by its destination and the hash of its update, not by its number: lines may have been inserted,
//! moved or changed. For each destination, the steps of earlier runs are compared with the lines of the input, both in
//! their order. The longest prefix of the lines that occurs among the steps is done; the rest is sent, so that the server
//! ends up with the last line.
//!
//! Steps and lines are kept in temporary files; destinations are processed in partitions to bound memory.

use std::{collections::HashMap, io};

use super::{
    first::FirstLines,
    record::{Event, State, UpdateHash, What},
    spool::Spool,
};
use crate::verdict::LineOutcome;

/// Approximate number of steps held in memory.
const STEPS_AT_ONCE: u64 = 50_000;

/// What is to be done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Send,
    /// Its outcome was unknown before.
    SendAgain,
    /// It is done.
    Skip,
    /// An earlier run ended before it wrote the result: the outcome is unknown, and that has yet to be written.
    WriteUnknown,
}

/// How many lines were done before, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) updated: u64,
    pub(crate) rejected: u64,
    pub(crate) unknown: u64,
}

impl Counts {
    pub(crate) fn of(&mut self, outcome: LineOutcome) -> Option<&mut u64> {
        match outcome {
            LineOutcome::Updated => Some(&mut self.updated),
            LineOutcome::Rejected => Some(&mut self.rejected),
            LineOutcome::Unknown => Some(&mut self.unknown),
            LineOutcome::NotSent => None,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Indexed by line; lines beyond the end are [`Action::Send`].
    actions: Vec<Action>,
    pub(crate) before: Counts,
    /// Of the updated ones, those for which the server named another destination.
    pub(crate) misnamed: u64,
    /// The first lines of those that are not sent again.
    pub(super) first: FirstLines,
    /// Lines with an unknown outcome that are sent again.
    pub(crate) again: u64,
    /// Lines that are sent because they, or earlier lines for the same destination, have changed since an earlier run.
    pub(crate) changed: u64,
    /// Lines with an unknown outcome after which a later line for the same destination was updated. Sending them would
    /// undo the later one.
    pub(crate) superseded: u64,
}

impl Plan {
    /// `index` counts the lines with an update, from 0.
    pub(crate) fn action(&self, index: usize) -> Action {
        self.actions.get(index).copied().unwrap_or(Action::Send)
    }

    /// The `steps` of earlier runs as [`step`] makes them; of each of the `lines`, destination and update come first.
    pub(crate) fn new(steps: &mut Spool<3>, lines: &mut Spool<4>, idempotent: bool) -> io::Result<Self> {
        let mut plan = Self::default();
        let parts = steps.count().div_ceil(STEPS_AT_ONCE);
        for part in 0..parts {
            let mut destinations: HashMap<u64, Destination> = HashMap::new();
            for record in steps.records()? {
                let [destination, update, event] = record?;
                if destination % parts == part {
                    destinations.entry(destination).or_default().add(UpdateHash(update), event);
                }
            }
            for (index, record) in lines.records()?.enumerate() {
                let [destination, update, _, number] = record?;
                if let Some(destination) = destinations.get_mut(&destination) {
                    destination.lines.push(Line { index, number, update: UpdateHash(update) });
                }
            }
            for destination in destinations.values() {
                plan.add(destination, idempotent);
            }
        }
        Ok(plan)
    }

    fn add(&mut self, destination: &Destination, idempotent: bool) {
        let Destination { steps, lines } = destination;
        let done = destination.done();
        let (sent, unmatched) = (lines.len() - done.len(), steps.len() - done.len());
        self.changed += sent.min(unmatched) as u64;
        let last_updated = done.iter().rposition(|step| step.outcome == LineOutcome::Updated);
        for (place, (step, Line { index, number, .. })) in done.iter().zip(lines).enumerate() {
            let is_unknown = step.outcome == LineOutcome::Unknown;
            let is_superseded = is_unknown && last_updated.is_some_and(|last| place < last);
            let action = match (is_unknown && idempotent && !is_superseded, step.is_in_flight) {
                (true, _) => Action::SendAgain,
                (false, true) => Action::WriteUnknown,
                (false, false) => Action::Skip,
            };
            self.superseded += u64::from(is_superseded);
            self.again += u64::from(action == Action::SendAgain);
            if let Some(count) = self.before.of(step.outcome) {
                *count += 1;
            }
            self.misnamed += u64::from(step.is_misnamed);
            if action != Action::SendAgain && (step.is_misnamed || step.outcome != LineOutcome::Updated) {
                let line = u32::try_from(*number).unwrap_or(u32::MAX);
                self.first.add(step.outcome, line, "see the result of an earlier run");
            }
            if self.actions.len() <= *index {
                self.actions.resize(index + 1, Action::Send);
            }
            self.actions[*index] = action;
        }
    }
}

/// How a record encodes [`What::Misnamed`].
const MISNAMED: u64 = 5;

/// Encodes an event of the results file as a record.
pub(crate) fn step(destination: u64, event: &Event<'_>) -> [u64; 3] {
    let what = match event.what {
        What::State(State::Sending) => 0,
        What::State(State::Waiting) | What::Outcome(LineOutcome::NotSent) => 1,
        What::Outcome(LineOutcome::Updated) => 2,
        What::Outcome(LineOutcome::Rejected) => 3,
        What::Outcome(LineOutcome::Unknown) => 4,
        What::Misnamed => MISNAMED,
    };
    [destination, event.update.0, u64::from(event.line) << 8 | what]
}

/// Something that an earlier run has done for a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    update: UpdateHash,
    line: u64,
    outcome: LineOutcome,
    /// It has no result: the run ended before.
    is_in_flight: bool,
    /// The server named another destination.
    is_misnamed: bool,
}

/// A line of the input for a destination.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Counts the lines with an update, from 0.
    index: usize,
    number: u64,
    update: UpdateHash,
}

impl Step {
    fn may_be_applied(&self) -> bool {
        self.outcome != LineOutcome::Rejected
    }
}

#[derive(Debug, Default)]
struct Destination {
    steps: Vec<Step>,
    lines: Vec<Line>,
}

impl Destination {
    fn add(&mut self, update: UpdateHash, event: u64) {
        let line = event >> 8;
        let outcome = match event & 0xff {
            0 => return self.begin(update, line),
            1 => return self.take_back(update, line),
            2 | MISNAMED => LineOutcome::Updated,
            3 => LineOutcome::Rejected,
            _ => LineOutcome::Unknown,
        };
        // Only one request per destination is in flight, so this result belongs to the last step. The number of the line
        // may be another one, if lines were inserted since.
        let is_misnamed = event & 0xff == MISNAMED;
        let step = Step { update, line, outcome, is_in_flight: false, is_misnamed };
        match self.steps.last_mut().filter(|last| last.update == update) {
            Some(last) => *last = Step { line: last.line, ..step },
            None => self.steps.push(step),
        }
    }

    fn begin(&mut self, update: UpdateHash, line: u64) {
        match self.steps.last_mut() {
            Some(last) if (last.update, last.line, last.outcome) == (update, line, LineOutcome::Unknown) => {
                last.is_in_flight = true;
            }
            _ => {
                let outcome = LineOutcome::Unknown;
                self.steps.push(Step { update, line, outcome, is_in_flight: true, is_misnamed: false });
            }
        }
    }

    fn take_back(&mut self, update: UpdateHash, line: u64) {
        self.steps.pop_if(|last| (last.update, last.line, last.is_in_flight) == (update, line, true));
    }

    /// The steps that match the first lines, in order.
    fn done(&self) -> Vec<Step> {
        let Self { steps, lines } = self;
        let mut later = steps.iter();
        let count = lines.iter().take_while(|line| later.any(|step| step.update == line.update)).count();
        // Match the last of equal steps: later steps may have overwritten earlier ones.
        let mut places: Vec<_> = Vec::with_capacity(count);
        let mut end = steps.len();
        for line in lines[..count].iter().rev() {
            end = steps[..end].iter().rposition(|step| step.update == line.update).unwrap_or_default();
            places.push(end);
        }
        places.reverse();
        if count == lines.len() {
            let held = steps.iter().rposition(Step::may_be_applied);
            let last = places.iter().rposition(|place| steps[*place].may_be_applied());
            if let Some(last) = last.filter(|last| held != Some(places[*last])) {
                // The server holds what is no longer among the lines.
                places.truncate(last);
            }
        }
        places.into_iter().map(|place| steps[place]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDING: What = What::State(State::Sending);
    const WAITING: What = What::State(State::Waiting);
    const UPDATED: What = What::Outcome(LineOutcome::Updated);
    const REJECTED: What = What::Outcome(LineOutcome::Rejected);
    const NOT_SENT: What = What::Outcome(LineOutcome::NotSent);
    const UNKNOWN: What = What::Outcome(LineOutcome::Unknown);

    struct Row {
        what: &'static str,
        /// Line, update and what has happened.
        events: &'static [(u32, char, What)],
        /// The updates of the lines for the destination.
        lines: &'static str,
        idempotent: bool,
        /// `s`end, send `a`gain, `d`one, write `u`nknown.
        actions: &'static str,
        changed: u64,
    }

    const ROW: Row = Row { what: "", events: &[], lines: "", idempotent: false, actions: "", changed: 0 };

    fn plan(row: &Row) -> Plan {
        let (mut steps, mut lines) = (Spool::new().unwrap(), Spool::new().unwrap());
        for (line, update, what) in row.events {
            let update = UpdateHash((*update).into());
            steps.push(step(1, &Event { line: *line, destination: "a".into(), update, what: *what })).unwrap();
        }
        for update in row.lines.chars() {
            lines.push([1, update.into(), 0, lines.count() + 1]).unwrap();
        }
        Plan::new(&mut steps, &mut lines, row.idempotent).unwrap()
    }

    #[allow(clippy::too_many_lines)] // A table.
    #[test]
    fn plans_lines_that_are_not_applied() {
        let rows = [
            Row { what: "nothing done", lines: "ab", actions: "ss", ..ROW },
            Row { what: "done", events: &[(1, 'a', SENDING), (1, 'a', UPDATED)], lines: "a", actions: "d", ..ROW },
            Row { what: "rejected", events: &[(1, 'a', SENDING), (1, 'a', REJECTED)], lines: "a", actions: "d", ..ROW },
            Row { what: "changed", events: &[(1, 'a', UPDATED)], lines: "b", actions: "s", changed: 1, ..ROW },
            Row { what: "moved", events: &[(1, 'a', UPDATED), (3, 'b', UPDATED)], lines: "ab", actions: "dd", ..ROW },
            Row { what: "appended", events: &[(1, 'a', UPDATED)], lines: "ab", actions: "ds", ..ROW },
            Row {
                what: "inserted between",
                events: &[(1, 'a', UPDATED), (2, 'c', UPDATED)],
                lines: "abc",
                actions: "dss",
                changed: 1,
                ..ROW
            },
            Row {
                what: "inserted before",
                events: &[(1, 'a', UPDATED), (2, 'b', UPDATED)],
                lines: "cab",
                actions: "sss",
                changed: 2,
                ..ROW
            },
            Row {
                what: "the last one removed",
                events: &[(1, 'a', UPDATED), (2, 'b', UPDATED)],
                lines: "a",
                actions: "s",
                changed: 1,
                ..ROW
            },
            Row {
                what: "the first one removed",
                events: &[(1, 'a', UPDATED), (2, 'b', UPDATED)],
                lines: "b",
                actions: "d",
                ..ROW
            },
            Row {
                what: "changed, and back again",
                events: &[(1, 'a', UPDATED), (1, 'b', UPDATED)],
                lines: "a",
                actions: "s",
                changed: 1,
                ..ROW
            },
            Row {
                what: "changed to what was rejected, and back again",
                events: &[(1, 'a', UPDATED), (1, 'b', REJECTED)],
                lines: "a",
                actions: "d",
                ..ROW
            },
            Row {
                what: "equal lines",
                events: &[(1, 'a', UPDATED), (2, 'a', SENDING)],
                lines: "aaa",
                actions: "dus",
                ..ROW
            },
            Row {
                what: "equal lines, swapped back and forth",
                events: &[(1, 'a', UPDATED), (2, 'b', UPDATED), (3, 'a', UPDATED)],
                lines: "aba",
                actions: "ddd",
                ..ROW
            },
            Row { what: "in flight", events: &[(1, 'a', SENDING)], lines: "ab", actions: "us", ..ROW },
            Row {
                what: "in flight, again",
                events: &[(1, 'a', SENDING)],
                lines: "ab",
                idempotent: true,
                actions: "as",
                ..ROW
            },
            Row { what: "unknown", events: &[(1, 'a', SENDING), (1, 'a', UNKNOWN)], lines: "a", actions: "d", ..ROW },
            Row {
                what: "unknown, again",
                events: &[(1, 'a', SENDING), (1, 'a', UNKNOWN)],
                lines: "a",
                idempotent: true,
                actions: "a",
                ..ROW
            },
            Row {
                what: "unknown, again, with another number",
                events: &[(1, 'a', UNKNOWN), (2, 'a', SENDING), (2, 'a', UPDATED)],
                lines: "a",
                idempotent: true,
                actions: "d",
                ..ROW
            },
            Row {
                what: "unknown and superseded",
                events: &[(1, 'a', UNKNOWN), (2, 'b', UPDATED)],
                lines: "ab",
                idempotent: true,
                actions: "dd",
                ..ROW
            },
            Row {
                what: "unknown before what was rejected",
                events: &[(1, 'a', UNKNOWN), (2, 'b', REJECTED)],
                lines: "ab",
                idempotent: true,
                actions: "ad",
                ..ROW
            },
            Row {
                what: "unknown, sent again when it was killed",
                events: &[(1, 'a', SENDING), (1, 'a', UNKNOWN), (1, 'a', SENDING)],
                lines: "a",
                actions: "u",
                ..ROW
            },
            Row {
                what: "waiting when it was killed",
                events: &[(1, 'a', SENDING), (1, 'a', WAITING)],
                lines: "a",
                actions: "s",
                ..ROW
            },
            Row { what: "not sent", events: &[(1, 'a', SENDING), (1, 'a', NOT_SENT)], lines: "a", actions: "s", ..ROW },
            Row {
                what: "held back",
                events: &[(1, 'a', UNKNOWN), (2, 'a', NOT_SENT)],
                lines: "aa",
                actions: "ds",
                ..ROW
            },
            Row {
                what: "what may be applied is no longer among the lines",
                events: &[(1, 'a', UPDATED), (2, 'b', SENDING)],
                lines: "a",
                actions: "s",
                changed: 1,
                ..ROW
            },
        ];
        for row in rows {
            let plan = plan(&row);
            let letter = |index| match plan.action(index) {
                Action::Send => 's',
                Action::SendAgain => 'a',
                Action::Skip => 'd',
                Action::WriteUnknown => 'u',
            };
            let actions: String = (0..row.lines.len()).map(letter).collect();
            assert_eq!((&*actions, plan.changed), (row.actions, row.changed), "{}", row.what);
        }
    }

    #[test]
    fn counts_what_was_done_before() {
        let events =
            &[(1, 'a', UNKNOWN), (2, 'b', What::Misnamed), (3, 'c', REJECTED), (4, 'd', REJECTED), (5, 'e', SENDING)];
        let plan = plan(&Row { events, lines: "abcdef", idempotent: true, ..ROW });
        assert_eq!(plan.before, Counts { updated: 1, rejected: 2, unknown: 2 });
        assert_eq!((plan.superseded, plan.again, plan.changed, plan.misnamed), (1, 1, 0, 1));
        let first = |outcome| plan.first.of(outcome).map(|first| first.line);
        assert_eq!(first(LineOutcome::Updated), Some(2));
        assert_eq!(first(LineOutcome::Rejected), Some(3));
        assert_eq!(first(LineOutcome::Unknown), Some(1));
    }

    #[test]
    fn looks_at_many_destinations_in_parts() {
        let (mut steps, mut lines) = (Spool::new().unwrap(), Spool::new().unwrap());
        let count = 2 * STEPS_AT_ONCE + 1;
        for destination in 0..count {
            let update = UpdateHash(destination);
            let what = if destination % 3 == 0 { REJECTED } else { UPDATED };
            steps.push(step(destination, &Event { line: 1, destination: "a".into(), update, what })).unwrap();
            lines.push([destination, destination + destination % 2, 0, 0]).unwrap();
        }
        let plan = Plan::new(&mut steps, &mut lines, false).unwrap();
        assert_eq!(plan.changed, STEPS_AT_ONCE);
        assert_eq!(plan.before.updated + plan.before.rejected, STEPS_AT_ONCE + 1);
        for destination in 0..usize::try_from(count).unwrap() {
            let expected = if destination % 2 == 0 { Action::Skip } else { Action::Send };
            assert_eq!(plan.action(destination), expected);
        }
    }
}
