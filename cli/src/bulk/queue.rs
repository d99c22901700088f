//! The lines that have been read and not finished. Lines for the same destination are sent in order.

use std::collections::{HashMap, VecDeque};

use cinnox_destination::DestinationId;

use super::{entries::Line, plan::Action, record::UpdateHash};
use crate::verdict::LineOutcome;

/// A line in progress.
pub(crate) struct Job {
    pub(crate) line: Line,
    pub(crate) attempts: u32,
    /// An attempt in this or an earlier run has an unknown outcome.
    pub(crate) maybe_applied: bool,
    /// Code and message of the last response or error.
    pub(crate) code: Option<i64>,
    pub(crate) message: Option<String>,
}

impl Job {
    pub(crate) fn new(line: Line) -> Self {
        let maybe_applied = line.action != Action::Send;
        Self { line, attempts: 0, maybe_applied, code: None, message: None }
    }

    pub(crate) fn destination(&self) -> &DestinationId {
        &self.line.entry.destination
    }

    pub(crate) fn number(&self) -> u32 {
        self.line.entry.line
    }

    /// An update that may have been applied stays unknown, even if a later attempt was not sent.
    pub(crate) fn outcome(&self, outcome: LineOutcome) -> LineOutcome {
        match outcome {
            LineOutcome::NotSent if self.maybe_applied => LineOutcome::Unknown,
            other => other,
        }
    }
}

/// A line whose request is in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InFlight {
    pub(crate) line: u32,
    pub(crate) attempts: u32,
    pub(crate) update: UpdateHash,
    /// Its outcome was unknown before.
    pub(crate) again: bool,
}

/// The state of one destination.
#[derive(Default)]
struct Turn {
    in_flight: Option<InFlight>,
    /// The lines that come after it.
    waiting: VecDeque<Job>,
}

#[derive(Default)]
pub(crate) struct Queue {
    /// Lines whose turn it is.
    ready: VecDeque<Job>,
    /// One for each destination with a line that is ready or in flight.
    turns: HashMap<DestinationId, Turn>,
    /// How many lines are ready, in flight or waiting.
    len: usize,
    /// Destinations with a line that is left to the next run, and the line.
    held_back: HashMap<DestinationId, u32>,
}

impl Queue {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    pub(crate) fn held_back(&self) -> usize {
        self.held_back.len()
    }

    /// Adds a line. Returns it, with the number of the line it depends on, if that line was held back.
    pub(crate) fn add(&mut self, job: Job) -> Option<(Job, u32)> {
        if let Some(first) = self.held_back.get(job.destination()) {
            return Some((job, *first));
        }
        self.len += 1;
        if let Some(turn) = self.turns.get_mut(job.destination()) {
            turn.waiting.push_back(job);
        } else {
            self.turns.insert(job.destination().clone(), Turn::default());
            self.ready.push_back(job);
        }
        None
    }

    /// The next line to send.
    pub(crate) fn start(&mut self) -> Option<Job> {
        let mut job = self.ready.pop_front()?;
        job.attempts += 1;
        if let Some(turn) = self.turns.get_mut(job.destination()) {
            let again = job.line.action == Action::SendAgain;
            let (line, update) = (job.number(), job.line.update);
            turn.in_flight = Some(InFlight { line, attempts: job.attempts, update, again });
        }
        Some(job)
    }

    /// A line that was started is not sent after all.
    pub(crate) fn take_back(&mut self, mut job: Job) {
        job.attempts -= 1;
        self.clear_in_flight(&job);
        self.ready.push_front(job);
    }

    /// Requeues a line behind the others, because it may be the only one that is refused.
    pub(crate) fn retry(&mut self, job: Job) {
        self.clear_in_flight(&job);
        self.ready.push_back(job);
    }

    /// Marks a line as not in flight.
    fn clear_in_flight(&mut self, job: &Job) {
        if let Some(turn) = self.turns.get_mut(job.destination()) {
            turn.in_flight = None;
        }
    }

    /// A line is finished: it is the turn of the next one for its destination.
    pub(crate) fn end(&mut self, job: &Job) {
        self.len -= 1;
        let Some(turn) = self.turns.get_mut(job.destination()) else { return };
        if let Some(next) = turn.waiting.pop_front() {
            turn.in_flight = None;
            self.ready.push_back(next);
        } else {
            self.turns.remove(job.destination());
        }
    }

    /// Leaves a line to the next run. Returns the lines for the same destination, which must wait for it.
    pub(crate) fn hold_back(&mut self, job: &Job) -> VecDeque<Job> {
        let waiting = self.turns.remove(job.destination()).unwrap_or_default().waiting;
        self.len -= 1 + waiting.len();
        self.held_back.insert(job.destination().clone(), job.number());
        waiting
    }

    /// A line that was sent before and is ready to be sent again.
    pub(crate) fn take_tried(&mut self) -> Option<Job> {
        let place = self.ready.iter().position(|job| job.attempts > 0)?;
        self.ready.remove(place)
    }

    /// Everything that is in flight, in the order of the lines.
    pub(crate) fn take_in_flight(&mut self) -> Vec<(InFlight, DestinationId)> {
        let turns = std::mem::take(&mut self.turns).into_iter();
        let mut in_flight: Vec<_> = turns.filter_map(|(id, turn)| Some((turn.in_flight?, id))).collect();
        in_flight.sort();
        in_flight
    }
}

#[cfg(test)]
mod tests {
    use cinnox_destination::{DestinationUpdate, SupportLanguages, SupportLocations, Wildcard};

    use super::*;
    use crate::input::Entry;

    fn job(line: u32, destination: &str) -> Job {
        let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).unwrap();
        let entry = Entry { line, destination: destination.parse().unwrap(), update };
        Job::new(Line { entry, update: UpdateHash(0), action: Action::Send })
    }

    fn queue(destinations: &str) -> Queue {
        let mut queue = Queue::default();
        for (line, destination) in (1..).zip(destinations.chars()) {
            assert!(queue.add(job(line, &destination.to_string())).is_none());
        }
        queue
    }

    fn started(queue: &mut Queue) -> Vec<Job> {
        std::iter::from_fn(|| queue.start()).collect()
    }

    fn numbers<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Vec<u32> {
        jobs.into_iter().map(Job::number).collect()
    }

    #[test]
    fn lines_for_one_destination_take_turns() {
        let mut queue = queue("abaab");
        let first = started(&mut queue);
        assert_eq!(numbers(&first), [1, 2]);
        queue.end(&first[0]);
        assert_eq!(numbers(&started(&mut queue)), [3]);
        queue.end(&first[1]);
        assert_eq!(numbers(&started(&mut queue)), [5]);
        assert_eq!(queue.len(), 3);
    }

    #[test]
    fn a_line_that_is_sent_again_lets_others_go_first_and_counts_its_attempts() {
        let mut queue = queue("abc");
        let job = queue.start().unwrap();
        queue.retry(job);
        assert_eq!(numbers(&[(); 2].map(|()| queue.start().unwrap())), [2, 3]);
        let again = queue.start().unwrap();
        assert_eq!((again.number(), again.attempts), (1, 2));
        queue.take_back(again);
        assert_eq!(queue.take_tried().unwrap().attempts, 1);
        assert!(queue.take_tried().is_none());
    }

    #[test]
    fn lines_behind_one_that_is_left_are_left_too() {
        let mut queue = queue("aaba");
        let first = queue.start().unwrap();
        assert_eq!(numbers(&queue.hold_back(&first)), [2, 4]);
        let (late, behind) = queue.add(job(9, "a")).unwrap();
        assert_eq!((late.number(), behind, queue.held_back(), queue.len()), (9, 1, 1, 1));
        assert_eq!(numbers(&started(&mut queue)), [3]);
    }

    #[test]
    fn knows_what_is_in_flight() {
        let mut queue = queue("bacb");
        let jobs = [(); 2].map(|()| queue.start().unwrap());
        let lines: Vec<_> = queue.take_in_flight().into_iter().map(|(sent, id)| (sent.line, id.to_string())).collect();
        assert_eq!(lines, [(1, "b".to_owned()), (2, "a".to_owned())]);
        drop(jobs);
    }
}
