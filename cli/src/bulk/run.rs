//! The send loop.

use std::time::Duration;

use cinnox_destination::{Client, Error, ErrorCode, Outcome, Response, UpdatedDestination};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::{
    select,
    task::yield_now,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    entries::Entries,
    journal::Journal,
    plan::Action,
    queue::{Job, Queue},
    rate_limiter::RateLimiter,
    record::{LineResult, Progress, State},
    report::Report,
    settings::Settings,
    summary::Summary,
};
use crate::{
    signals::Signals,
    text::shown,
    verdict::{Cause, LineOutcome, Verdict, code_of, describe},
};

/// Lines to read ahead per request in flight.
const AHEAD: usize = 4;

/// Maximum number of destinations with a line that is left to the next run.
const MAX_HELD_BACK: usize = 1_000;

/// Time for requests in flight to finish after Ctrl-C; shorter than the usual grace period of a container.
const DRAIN: Duration = Duration::from_secs(8);

/// The result of one attempt.
struct Attempt {
    job: Job,
    result: Result<Response<UpdatedDestination>, Error>,
    time: Duration,
    /// How many pauses there were when it went out.
    pauses: u32,
}

/// The result of a run.
pub(crate) struct End {
    pub(crate) summary: Summary,
    pub(crate) is_interrupted: bool,
    /// Every result is in the file.
    pub(crate) is_written: bool,
}

pub(crate) struct Run {
    client: Client,
    entries: Entries,
    journal: Journal,
    settings: Settings,
    limiter: RateLimiter,
    report: Report,
    queue: Queue,
    /// The input is read to its end.
    exhausted: bool,
    /// Why nothing more is sent.
    stopped: Option<String>,
}

impl Run {
    pub(crate) fn new(client: Client, entries: Entries, journal: Journal, settings: Settings, report: Report) -> Self {
        let limiter = RateLimiter::new(settings.rate, Instant::now());
        let queue = Queue::default();
        Self { client, entries, journal, settings, limiter, report, queue, exhausted: false, stopped: None }
    }

    /// Sends everything and reports.
    pub(crate) async fn finish(mut self, signals: &mut Signals) -> End {
        let mut ticks = interval(Duration::from_millis(200));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut in_flight = FuturesUnordered::new();
        let mut drained = None;
        loop {
            self.read_ahead();
            for (job, now) in self.start(in_flight.len()) {
                in_flight.push(send(self.client.clone(), job, now, self.limiter.pauses()));
            }
            let is_idle = in_flight.is_empty() && !self.is_waiting();
            if is_idle && (self.exhausted || self.stopped.is_some()) {
                break;
            }
            select! {
                () = yield_now(), if is_idle => {}
                Some(attempt) = in_flight.next() => {
                    self.ended(attempt);
                    while let Some(Some(attempt)) = in_flight.next().now_or_never() {
                        self.ended(attempt);
                    }
                }
                () = sleep_until(self.limiter.next()), if self.may_start(in_flight.len()) => {}
                () = sleep_until(drained.unwrap_or_else(Instant::now)), if drained.is_some() => break,
                _ = ticks.tick() => self.report.tick(),
                () = signals.next() => {
                    if drained.is_some() {
                        break;
                    }
                    drained = Some(Instant::now() + DRAIN);
                    self.report.note("interrupted: waiting for requests in flight; press Ctrl-C again to stop at once");
                    self.stop("interrupted".to_owned());
                }
            }
        }
        while let Some(job) = self.queue.take_tried() {
            self.leave(&job);
        }
        self.give_up_what_is_in_flight();
        self.flush();
        if let Err(error) = self.journal.sync() {
            self.stop(format!("the results may not be on the disk: {error}"));
        }
        let kept = if self.journal.is_whole() { self.journal.verify() } else { Ok(()) };
        let summary = self.report.end(self.limiter.pauses(), self.stopped.as_deref());
        if let Err(sentence) = &kept {
            self.report.warn(sentence);
        }
        End { summary, is_interrupted: drained.is_some(), is_written: self.journal.is_whole() && kept.is_ok() }
    }

    fn read_ahead(&mut self) {
        let most = AHEAD * self.settings.concurrency;
        while !self.exhausted && self.stopped.is_none() && self.queue.len() < most && !self.journal.is_full() {
            match self.entries.next() {
                Ok(Some(line)) => self.add(Job::new(line)),
                Ok(None) => self.exhausted = true,
                Err(failure) => self.stop(failure.to_string()),
            }
        }
    }

    fn add(&mut self, mut job: Job) {
        if job.line.action == Action::WriteUnknown {
            job.message = Some("an earlier run ended before its result was written".to_owned());
            return self.write(&job, LineOutcome::Unknown);
        }
        if let Some((mut job, first)) = self.queue.add(job) {
            job.message = Some(held_back_by(first));
            self.write(&job, LineOutcome::NotSent);
        }
    }

    fn is_waiting(&self) -> bool {
        self.stopped.is_none() && self.queue.has_ready()
    }

    fn may_start(&self, in_flight: usize) -> bool {
        self.is_waiting() && in_flight < self.limiter.max_in_flight(self.settings.concurrency)
    }

    /// Starts the next lines. Each is recorded as `sending` before its request is sent.
    fn start(&mut self, in_flight: usize) -> Vec<(Job, Instant)> {
        let mut started = Vec::new();
        while self.may_start(in_flight + started.len()) {
            let now = Instant::now();
            if self.limiter.next() > now {
                break;
            }
            let Some(job) = self.queue.start() else { break };
            self.limiter.start(now);
            self.write_state(&job, State::Sending);
            started.push((job, now));
        }
        if !self.flush() {
            started.drain(..).rev().for_each(|(job, _)| self.queue.take_back(job));
        }
        started
    }

    fn ended(&mut self, Attempt { mut job, result, time, pauses }: Attempt) {
        self.report.attempt(time);
        match result {
            Ok(response) => {
                self.limiter.succeeded();
                (job.code, job.message) = (code_of(&response), None);
                if !response.is_for(job.destination()) {
                    job.message = Some(format!("the server reported an update of \"{}\"", shown(response.id())));
                }
                self.end(&job, LineOutcome::Updated);
            }
            Err(error) => self.failed(job, &error, pauses),
        }
    }

    fn failed(&mut self, mut job: Job, error: &Error, pauses: u32) {
        let outcome = error.outcome();
        job.maybe_applied |= outcome == Outcome::Unknown;
        (job.code, job.message) = (error.code().map(ErrorCode::number), Some(describe(error)));
        match Verdict::of(error, self.settings.idempotent) {
            Verdict::Stop(outcome) => {
                self.stop(format!("every update would fail: {}", describe(error)));
                self.end(&job, outcome);
            }
            Verdict::Final(outcome) => {
                self.limiter.answered();
                self.end(&job, outcome);
            }
            Verdict::Pause { cause, max_attempts } => {
                self.pause(cause, error, pauses);
                if job.attempts >= max_attempts || self.stopped.is_some() {
                    return self.leave(&job);
                }
                self.report.retried(job.number(), job.attempts, error);
                if !job.maybe_applied {
                    self.write_state(&job, State::Waiting);
                }
                self.queue.retry(job);
            }
        }
    }

    fn pause(&mut self, cause: Cause, error: &Error, pauses: u32) {
        let retry_after = error.retry_after();
        let pause = self.limiter.failed(cause, pauses, retry_after, Instant::now());
        if let Some(why) = self.limiter.should_abort(retry_after) {
            self.stop(format!("{why}: {}", describe(error)));
        } else if let Some(pause) = pause {
            self.report.paused(pause, error);
        }
    }

    /// Leaves a line that was not accepted to the next run.
    fn leave(&mut self, job: &Job) {
        self.end(job, LineOutcome::NotSent);
    }

    /// Writes the result, and gives the next line for the destination its turn. If this line is left to the next run, the
    /// later ones have to wait for it.
    fn end(&mut self, job: &Job, outcome: LineOutcome) {
        let outcome = job.outcome(outcome);
        self.write(job, outcome);
        let again = outcome == LineOutcome::NotSent || (outcome == LineOutcome::Unknown && self.settings.idempotent);
        if !again {
            return self.queue.end(job);
        }
        for mut next in self.queue.hold_back(job) {
            next.message = Some(held_back_by(job.number()));
            self.write(&next, LineOutcome::NotSent);
        }
        if self.queue.held_back() >= MAX_HELD_BACK {
            self.stop(format!("{MAX_HELD_BACK} destinations could not be updated"));
        }
    }

    fn write_state(&mut self, job: &Job, state: State) {
        let (line, destination, update) = (job.number(), job.destination().as_str(), job.line.update);
        let written = self.journal.append(&Progress { line, destination, update, state });
        self.check(written);
    }

    fn write(&mut self, job: &Job, outcome: LineOutcome) {
        let before = (job.line.action != Action::Send).then_some(LineOutcome::Unknown);
        let result = LineResult {
            line: job.number(),
            destination: job.destination().as_str(),
            update: job.line.update,
            outcome: job.outcome(outcome),
            code: job.code,
            message: job.message.as_deref(),
            attempts: job.attempts,
        };
        self.write_result(&result, before);
    }

    /// `before` is the outcome that the line had until now.
    fn write_result(&mut self, result: &LineResult<'_>, before: Option<LineOutcome>) {
        self.report.ended(result, before);
        let written = self.journal.append(result);
        self.check(written);
    }

    /// Writes everything that has to be in the file before anything more is sent. Returns whether that succeeded.
    fn flush(&mut self) -> bool {
        match self.journal.flush() {
            Ok(()) => true,
            Err((error, results)) => {
                if !results.is_empty() {
                    let advice = self.journal.advice();
                    self.report.warn(&format!("these results could not be written{advice}:\n{results}"));
                }
                self.check(Err(error));
                false
            }
        }
    }

    fn check(&mut self, written: std::io::Result<()>) {
        if let Err(error) = written {
            self.stop(format!("the results cannot be written: {error}"));
        }
    }

    /// After a second Ctrl-C, or if the requests take too long after the first: they may be applied.
    fn give_up_what_is_in_flight(&mut self) {
        for (job, destination) in self.queue.take_in_flight() {
            let result = LineResult {
                line: job.line,
                destination: destination.as_str(),
                update: job.update,
                outcome: LineOutcome::Unknown,
                code: None,
                message: Some("the run ended before the response"),
                attempts: job.attempts,
            };
            self.write_result(&result, job.again.then_some(LineOutcome::Unknown));
        }
    }

    /// The first reason is the one that counts.
    fn stop(&mut self, reason: String) {
        self.stopped.get_or_insert(reason);
    }
}

async fn send(client: Client, job: Job, begin: Instant, pauses: u32) -> Attempt {
    // In a box, because this future is moved about, and that of a call is large.
    let result = Box::pin(client.update(job.destination(), &job.line.entry.update)).await;
    Attempt { job, result, time: begin.elapsed(), pauses }
}

fn held_back_by(line: u32) -> String {
    format!("must follow line {line}, which is for the same destination and has to be resent first")
}
