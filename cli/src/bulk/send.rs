//! The loop that sends the jobs of a plan: the library's `update` for each, several at a time.
//!
//! A record is written before each request and for each answer. What an answer means for the update is the library's
//! outcome; what it means for the run is decided in [`Run::failed`].

use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use std::{iter, sync::Arc};

use cinnox_destination::{Error, ErrorKind, Outcome, Response, UpdatedDestination};
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::pauses::{Pause, Pauses};
use super::plan::{Job, Plan, Why};
use super::report::{Reason, Report};
use super::results::{Past, Results};
use crate::account::{Answer, Connection};
use crate::arguments::Bulk;
use crate::signals::Signals;

/// Time for requests in flight to finish after Ctrl-C; shorter than the usual grace period of a container.
const DRAIN: Duration = Duration::from_secs(8);

/// Shorter pauses are not shown.
const LONG_PAUSE: Duration = Duration::from_secs(1);

/// The run stops if the first answers hold no update, and after this many unknown outcomes in a row.
const FIRST_ANSWERS: usize = 20;
const UNKNOWN_IN_A_ROW: usize = 20;

/// Maximum attempts if the outcome is unknown and the update may be made twice.
const MAX_ATTEMPTS_IF_UNKNOWN: u32 = 3;

/// The end of a request: its line, the number of pauses before it, and the result.
type Ended = (u32, u32, Result<Response<UpdatedDestination>, Error>);

pub(super) struct Run {
    connection: Connection,
    concurrency: usize,
    idempotent: bool,
    results: Results,
    report: Report,
    pauses: Pauses,
    queue: VecDeque<Job>,
    /// By line.
    in_flight: HashMap<u32, Job>,
    requests: JoinSet<Ended>,
    /// Lines that ended before the first update, except for those that were rejected before.
    without_update: usize,
    unknown_in_a_row: usize,
}

impl Run {
    pub(super) fn new(connection: Connection, arguments: &Bulk, results: Results, plan: Plan, quiet: bool) -> Self {
        Self {
            report: Report::new(&connection.account, &plan, quiet),
            connection,
            concurrency: arguments.concurrency,
            idempotent: arguments.idempotent,
            results,
            pauses: Pauses::new(arguments.rate, Instant::now()),
            queue: plan.jobs.into(),
            in_flight: HashMap::new(),
            requests: JoinSet::new(),
            without_update: 0,
            unknown_in_a_row: 0,
        }
    }

    /// Sends everything.
    pub(super) async fn finish(mut self, signals: &mut Signals) -> Report {
        let mut ticks = interval(Duration::from_millis(200));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut deadline = None;
        loop {
            self.start();
            if self.requests.is_empty() && (self.queue.is_empty() || self.report.stopped.is_some()) {
                break;
            }
            select! {
                Some(ended) = self.requests.join_next(), if !self.requests.is_empty() => {
                    let others: Vec<_> = iter::from_fn(|| self.requests.try_join_next()).collect();
                    // A task that panicked leaves its line in flight, so its outcome is unknown.
                    iter::once(ended).chain(others).flatten().for_each(|ended| self.ended(ended));
                }
                () = sleep_until(self.pauses.next), if self.may_start(0) => {}
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => break,
                _ = ticks.tick() => {
                    self.report.tick();
                    self.check_results(self.results.verify());
                }
                () = signals.next() => {
                    if deadline.is_some() {
                        break;
                    }
                    deadline = Some(Instant::now() + DRAIN);
                    let note = "interrupted: waiting for requests in flight; press Ctrl-C again to stop at once";
                    self.report.note(note);
                    self.report.stop(Reason::Interrupted, "interrupted".to_owned());
                }
            }
        }
        self.give_up();
        self.report
    }

    /// Whether another request may be sent, besides those in flight and the ones that are about to be.
    fn may_start(&self, started: usize) -> bool {
        let in_flight = self.in_flight.len() + started;
        let most = if self.pauses.is_probing() { 1 } else { self.concurrency };
        let is_promising = self.report.updated > 0 || self.without_update + in_flight < FIRST_ANSWERS;
        !self.queue.is_empty() && self.report.stopped.is_none() && in_flight < most && is_promising
    }

    /// Writes what has to be written, and sends the next requests.
    fn start(&mut self) {
        let now = Instant::now();
        let mut started = Vec::new();
        while self.may_start(started.len()) && self.pauses.next <= now {
            let Some(job) = self.queue.pop_front() else { break };
            self.pauses.started(now);
            self.results.append(&job.entry, &job.hash, None);
            started.push(job);
        }
        if !self.flush() {
            return started.into_iter().rev().for_each(|job| self.queue.push_front(job));
        }
        for job in started {
            let (client, entry, count) = (self.connection.client.clone(), Arc::clone(&job.entry), self.pauses.count);
            self.requests.spawn(async move {
                let result = client.update(&entry.destination, &entry.update).await;
                (entry.line, count, result)
            });
            self.in_flight.insert(job.entry.line, job);
        }
    }

    /// Whether everything is written that has to be in the file before anything more is sent.
    fn flush(&mut self) -> bool {
        let written = self.results.flush().map_err(|error| format!("the results cannot be written: {error}"));
        self.check_results(written)
    }

    fn check_results(&mut self, result: Result<(), String>) -> bool {
        result.map_err(|why| self.report.stop(Reason::Results, why)).is_ok()
    }

    fn ended(&mut self, (line, count, result): Ended) {
        let Some(job) = self.in_flight.remove(&line) else { return };
        let answer = self.connection.answer(&result, job.attempts);
        match result {
            Ok(_) => {
                self.pauses.answered();
                self.unknown_in_a_row = 0;
                self.record(&job, &answer);
                self.report.updated += 1;
            }
            Err(error) => self.failed(job, &error, answer, count),
        }
    }

    fn record(&mut self, job: &Job, answer: &Answer) {
        self.report.attempts += answer.attempts - job.attempts;
        self.results.append(&job.entry, &job.hash, Some(answer));
    }

    fn failed(&mut self, mut job: Job, error: &Error, mut answer: Answer, count: u32) {
        let outcome = error.outcome();
        let message = answer.message.clone().unwrap_or_default();
        if let Some(last) = job.last.as_ref().filter(|last| last.outcome == "unknown" && outcome != Outcome::Unknown) {
            // An earlier attempt may have been applied, whatever became of this one.
            answer.outcome = last.outcome;
            answer.message = Some(format!("{message}; the update may have been applied"));
        }
        self.record(&job, &answer);
        job.attempts = answer.attempts;
        job.last = Some(Box::new(answer));
        self.unknown_in_a_row = if outcome == Outcome::Unknown { self.unknown_in_a_row + 1 } else { 0 };
        self.pause_or_stop(error, &message, count);
        let is_again = match outcome {
            Outcome::NotSent => true,
            Outcome::Rejected => error.is_throttled(),
            Outcome::Unknown => self.idempotent && job.attempts < MAX_ATTEMPTS_IF_UNKNOWN,
        };
        if is_again && self.report.stopped.is_none() {
            return self.queue.push_back(job);
        }
        self.without_update += usize::from(job.why != Why::Before(Past::Rejected));
        self.end(job);
        if self.report.updated == 0 && self.without_update >= FIRST_ANSWERS && !self.queue.is_empty() {
            let why = format!("the first {FIRST_ANSWERS} answers hold no update; the last one: {message}");
            self.report.stop(Reason::NoUpdates, why);
        }
    }

    /// What a failure means for the other updates.
    fn pause_or_stop(&mut self, error: &Error, message: &str, count: u32) {
        if self.unknown_in_a_row >= UNKNOWN_IN_A_ROW {
            let why = format!("{UNKNOWN_IN_A_ROW} outcomes in a row are unknown; the last one: {message}");
            return self.report.stop(Reason::Unreachable, why);
        }
        let is_failing = error.status().is_some_and(|status| status.is_server_error());
        let is_lost = matches!(error.kind(), ErrorKind::ConnectionLost);
        let is_not_sent = error.outcome() == Outcome::NotSent;
        let reason = if error.is_throttled() {
            Reason::Throttled
        } else if is_failing || is_lost || is_not_sent {
            Reason::Unreachable
        } else {
            if error.status().is_some() {
                self.pauses.answered();
            }
            if error.is_unauthorized() {
                let why = format!("every update would be refused: {message}");
                self.report.stop(Reason::Unauthorized, why);
            }
            return;
        };
        if is_not_sent && !error.is_retryable() {
            return self.report.stop(reason, format!("no update can be sent: {message}"));
        }
        match self.pauses.failed(reason, count, error.retry_after(), Instant::now()) {
            Pause::For(pause) if pause > LONG_PAUSE => {
                self.report.note(&format!("pausing for {:.1} s: {message}", pause.as_secs_f64()));
            }
            Pause::For(_) | Pause::Begun => {}
            Pause::Stop(why) => self.report.stop(reason, format!("{why}: {message}")),
        }
    }

    /// The last answer to a line stands.
    fn end(&mut self, job: Job) {
        let never_sent = || Answer::none(Outcome::NotSent, "the run stopped before this line", 0);
        let answer = job.last.map_or_else(never_sent, |answer| *answer);
        self.report.failed.insert(job.entry.line, (job.entry, answer));
    }

    /// What is in flight may be made, and what is in the queue is left to the next run.
    fn give_up(&mut self) {
        for mut job in std::mem::take(&mut self.in_flight).into_values() {
            let answer = Answer::none(Outcome::Unknown, "the run ended before the answer", job.attempts + 1);
            self.record(&job, &answer);
            job.last = Some(Box::new(answer));
            self.end(job);
        }
        while let Some(job) = self.queue.pop_front() {
            self.end(job);
        }
        let is_written = self.flush();
        let is_synced =
            self.results.file.sync_data().map_err(|error| format!("the results may not be on the disk: {error}"));
        if !(self.check_results(is_synced) && self.check_results(self.results.verify()) && is_written) {
            self.report.is_incomplete = true;
        }
        if let Some(unwritten) = self.results.unwritten() {
            self.report.warn(&unwritten);
        }
    }
}
