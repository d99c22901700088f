//! Sends the updates: what goes out when, and what becomes of it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use cinnox_destination::{Client, DestinationId, Error, ErrorCode, ErrorKind, Outcome, Reply, UpdatedDestination};
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use tokio::{
    select, signal,
    task::yield_now,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use crate::{
    input::{Entries, Entry},
    pace::{Hindrance, Pace},
    report::Report,
    results::{Ending, Endings, Journal, Record},
};

/// How often an update is sent if its outcome is unknown and it may be applied twice.
const MAX_ATTEMPTS_IF_UNKNOWN: u32 = 3;

/// How often it is sent if it was surely not applied: in vain only while others are taken.
const MAX_ATTEMPTS: u32 = 20;

/// How many lines are kept for each update on its way.
const AHEAD: usize = 4;

/// How many destinations may wait for a further run.
const MAX_HELD_BACK: usize = 1_000;

pub(crate) struct Settings {
    pub(crate) concurrency: usize,
    pub(crate) rate: Option<f64>,
    pub(crate) idempotent: bool,
    /// Whether the results stay, so that a further run can go on.
    pub(crate) resumable: bool,
}

/// A line on its way to its ending.
struct Job {
    entry: Entry,
    attempts: u32,
    /// An attempt in this run had an unknown outcome.
    maybe_applied: bool,
    /// What the result says of the last response, or of why there is none.
    code: Option<i64>,
    message: Option<String>,
}

impl Job {
    fn new(entry: Entry) -> Self {
        Self { entry, attempts: 0, maybe_applied: false, code: None, message: None }
    }
}

/// What is known of a destination whose turn it is.
#[derive(Default)]
struct Queue {
    /// Line and attempt that were sent last.
    sent: Option<(u32, u32)>,
    /// The lines that come after it.
    waiting: VecDeque<Job>,
}

struct Done {
    job: Job,
    result: Result<Reply<UpdatedDestination>, Error>,
    time: Duration,
    /// How many pauses there were when it was sent.
    pauses: u32,
}

pub(crate) struct Run {
    client: Client,
    entries: Entries,
    endings: Endings,
    /// Lines with an unknown outcome after which a later line for the same destination was updated.
    superseded: HashSet<u32>,
    journal: Journal,
    settings: Settings,
    pace: Pace,
    report: Report,
    /// Lines whose turn it is; those that are sent again first.
    ready: VecDeque<Job>,
    /// One for each destination with a line that is ready or on its way.
    queues: HashMap<DestinationId, Queue>,
    /// How many lines are ready, on their way or in a queue.
    held: usize,
    /// Destinations for which a line is left to a further run, and the line.
    held_back: HashMap<DestinationId, u32>,
    exhausted: bool,
    /// Why nothing more is sent.
    stop: Option<String>,
}

impl Run {
    pub(crate) fn new(
        client: Client,
        entries: Entries,
        endings: Endings,
        superseded: HashSet<u32>,
        journal: Journal,
        settings: Settings,
        report: Report,
    ) -> Self {
        let pace = Pace::new(settings.rate, Instant::now());
        Self {
            client,
            entries,
            endings,
            superseded,
            journal,
            settings,
            pace,
            report,
            ready: VecDeque::new(),
            queues: HashMap::new(),
            held: 0,
            held_back: HashMap::new(),
            exhausted: false,
            stop: None,
        }
    }

    /// Sends everything and reports; says whether every line is updated, and that is written down.
    pub(crate) async fn finish(mut self) -> bool {
        let mut ticks = interval(Duration::from_millis(200));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut on_their_way = FuturesUnordered::new();
        let mut interrupted = Box::pin(interruption());
        let mut interruptions = 0;
        loop {
            self.read_ahead();
            self.flush();
            while let Some((job, now)) = self.next_to_start(on_their_way.len()) {
                on_their_way.push(send(self.client.clone(), job, now, self.pace.pauses()));
            }
            let is_idle = on_their_way.is_empty() && !self.is_waiting();
            if is_idle && (self.exhausted || self.stop.is_some()) {
                break;
            }
            select! {
                () = yield_now(), if is_idle => {}
                Some(done) = on_their_way.next() => {
                    self.ended(done);
                    while let Some(Some(done)) = on_their_way.next().now_or_never() {
                        self.ended(done);
                    }
                }
                () = sleep_until(self.pace.next()), if self.may_start(on_their_way.len()) => {}
                _ = ticks.tick() => self.report.tick(),
                () = &mut interrupted => {
                    interruptions += 1;
                    if interruptions == 2 {
                        break;
                    }
                    self.report.note("Ctrl-C: what is on its way is finished; a second Ctrl-C does not wait for it");
                    self.stop("it was interrupted".to_owned());
                    interrupted = Box::pin(interruption());
                }
            }
        }
        self.leave_the_rest();
        self.give_up_what_is_on_its_way();
        self.flush();
        if let Err(error) = self.journal.sync() {
            self.stop(format!("the results may not be on the disk: {error}"));
        }
        let updated = self.report.end(&self.endings, self.pace.pauses(), &self.settings, self.stop.as_deref());
        updated && self.journal.is_whole()
    }

    fn read_ahead(&mut self) {
        let most = AHEAD * self.settings.concurrency;
        while !self.exhausted && self.stop.is_none() && self.held < most && !self.journal.is_full() {
            let (endings, superseded, idempotent) = (&self.endings, &self.superseded, self.settings.idempotent);
            let wanted = |line| match endings.get(line) {
                None => true,
                Some(Ending::Unknown) => idempotent && !superseded.contains(&line),
                Some(_) => false,
            };
            match self.entries.next(wanted) {
                Ok(Some(entry)) => self.take(Job::new(entry)),
                Ok(None) => self.exhausted = true,
                Err(failure) => self.stop(failure.to_string()),
            }
        }
    }

    fn take(&mut self, mut job: Job) {
        let destination = &job.entry.destination;
        if let Some(first) = self.held_back.get(destination) {
            job.message = Some(held_back_by(*first));
            self.write_down(&job, Ending::NotSent);
            return;
        }
        self.held += 1;
        if let Some(queue) = self.queues.get_mut(destination) {
            queue.waiting.push_back(job);
        } else {
            self.queues.insert(destination.clone(), Queue::default());
            self.ready.push_back(job);
        }
    }

    fn is_waiting(&self) -> bool {
        self.stop.is_none() && !self.ready.is_empty()
    }

    fn may_start(&self, on_their_way: usize) -> bool {
        self.is_waiting() && on_their_way < self.settings.concurrency
    }

    /// A line that goes out now, if one may.
    fn next_to_start(&mut self, on_their_way: usize) -> Option<(Job, Instant)> {
        if !self.may_start(on_their_way) {
            return None;
        }
        let now = Instant::now();
        if self.pace.next() > now {
            return None;
        }
        self.pace.start(now);
        let mut job = self.ready.pop_front()?;
        job.attempts += 1;
        if let Some(queue) = self.queues.get_mut(&job.entry.destination) {
            queue.sent = Some((job.entry.line, job.attempts));
        }
        Some((job, now))
    }

    fn ended(&mut self, Done { mut job, result, time, pauses }: Done) {
        self.report.attempt(time);
        match result {
            Ok(reply) => {
                self.pace.succeeded();
                #[allow(clippy::cast_possible_truncation)] // A code is a whole number, if a strange one.
                let code = reply.code.map(|code| code.number() as i64);
                (job.code, job.message) = (code, None);
                self.settle(job, Ending::Updated);
            }
            Err(error) => self.failed(job, &error, pauses),
        }
    }

    /// A failure after which trying again can help slows down everything. The update itself is sent again if that
    /// cannot apply it twice, or may.
    fn failed(&mut self, mut job: Job, error: &Error, pauses: u32) {
        let outcome = error.outcome();
        let (again, attempts, hindrance) = match outcome {
            Outcome::Unknown => (self.settings.idempotent, MAX_ATTEMPTS_IF_UNKNOWN, Hindrance::Trouble),
            Outcome::NotSent => (true, MAX_ATTEMPTS, Hindrance::Trouble),
            Outcome::Rejected => (true, MAX_ATTEMPTS, Hindrance::Throttled),
        };
        job.maybe_applied |= outcome == Outcome::Unknown;
        (job.code, job.message) = (error.code().map(ErrorCode::number), Some(error.to_string()));
        if is_about_the_account(error) {
            self.stop(format!("this is not about one update: {error}"));
            return if outcome == Outcome::Rejected { self.leave(job) } else { self.settle(job, outcome.into()) };
        }
        if !error.is_retryable() {
            // The server can be reached, and says no to this update.
            self.pace.answered();
            return self.settle(job, outcome.into());
        }
        self.slow_down(hindrance, error, pauses);
        if again && job.attempts < attempts && self.stop.is_none() {
            self.ready.push_front(job);
        } else {
            self.leave(job);
        }
    }

    fn slow_down(&mut self, hindrance: Hindrance, error: &Error, pauses: u32) {
        let told = error.retry_after();
        let pause = self.pace.hindered(hindrance, pauses, told, Instant::now());
        if let Some(why) = self.pace.is_hopeless(told) {
            self.stop(format!("{why}: {error}"));
        } else if let Some(pause) = pause {
            self.report.paused(pause, error);
        }
    }

    /// Leaves a line that was not taken to a further run.
    fn leave(&mut self, job: Job) {
        let ending = if self.is_maybe_applied(&job) { Ending::Unknown } else { Ending::NotSent };
        self.settle(job, ending);
    }

    fn is_maybe_applied(&self, job: &Job) -> bool {
        job.maybe_applied || self.endings.get(job.entry.line) == Some(Ending::Unknown)
    }

    /// Writes the ending down, and gives the next line for the destination its turn. If this line is to be sent
    /// again by a further run, the next ones have to wait for it.
    fn settle(&mut self, job: Job, ending: Ending) {
        self.held -= 1;
        self.write_down(&job, ending);
        let Entry { line, destination, .. } = job.entry;
        let again = ending == Ending::NotSent || (ending == Ending::Unknown && self.settings.idempotent);
        if !again {
            let queue = self.queues.get_mut(&destination);
            if let Some((queue, next)) = queue.and_then(|queue| queue.waiting.pop_front().map(|next| (queue, next))) {
                queue.sent = None;
                self.ready.push_back(next);
            } else {
                self.queues.remove(&destination);
            }
            return;
        }
        for mut next in self.queues.remove(&destination).unwrap_or_default().waiting {
            self.held -= 1;
            next.message = Some(held_back_by(line));
            self.write_down(&next, Ending::NotSent);
        }
        self.held_back.insert(destination, line);
        if self.held_back.len() >= MAX_HELD_BACK {
            self.stop(format!("{MAX_HELD_BACK} destinations could not be updated"));
        }
    }

    fn write_down(&mut self, job: &Job, ending: Ending) {
        // What may be applied does not become "not sent" because a further attempt was not.
        let ending = if ending == Ending::NotSent && self.is_maybe_applied(job) { Ending::Unknown } else { ending };
        self.record(&Record {
            line: job.entry.line,
            destination: job.entry.destination.as_str().into(),
            outcome: ending,
            code: job.code,
            message: job.message.as_deref().map(Into::into),
            attempts: job.attempts,
        });
    }

    fn record(&mut self, record: &Record<'_>) {
        self.report.ended(record);
        self.endings.set(record.line, &record.destination, record.outcome);
        if let Err(error) = self.journal.append(record) {
            self.stop(format!("the results cannot be written: {error}"));
        }
    }

    /// Puts into the file what has ended, before anything more is sent.
    fn flush(&mut self) {
        if let Err((error, results)) = self.journal.flush() {
            self.report.note(&format!("these results could not be written:\n{}", results.trim_end()));
            self.stop(format!("the results cannot be written: {error}"));
        }
    }

    /// Lines that were tried and wait to be sent again have an ending all the same.
    fn leave_the_rest(&mut self) {
        while let Some(job) = self.ready.pop_front() {
            if job.attempts > 0 {
                self.leave(job);
            }
        }
    }

    /// After a second Ctrl-C: it may be applied. What waits to be sent again is no longer among it.
    fn give_up_what_is_on_its_way(&mut self) {
        let queues = std::mem::take(&mut self.queues).into_iter();
        let mut sent: Vec<_> = queues.filter_map(|(destination, queue)| Some((queue.sent?, destination))).collect();
        sent.sort();
        for ((line, attempts), destination) in sent {
            self.record(&Record {
                line,
                destination: destination.as_str().into(),
                outcome: Ending::Unknown,
                code: None,
                message: Some("its end was not waited for".into()),
                attempts,
            });
        }
    }

    /// The first reason is the one that counts.
    fn stop(&mut self, reason: String) {
        self.stop.get_or_insert(reason);
    }
}

async fn send(client: Client, job: Job, begin: Instant, pauses: u32) -> Done {
    let result = client.update(&job.entry.destination, &job.entry.update).await;
    Done { job, result, time: begin.elapsed(), pauses }
}

fn held_back_by(line: u32) -> String {
    format!("has to come after line {line}, which is for the same destination and is to be sent again")
}

/// Whether the next update would end in the same way, whatever is in it.
fn is_about_the_account(error: &Error) -> bool {
    let undocumented = matches!(error.kind(), ErrorKind::UnexpectedResponse { .. });
    match error.status().map(|status| status.as_u16()) {
        Some(401 | 403) => true,
        _ if error.code() == Some(ErrorCode::MethodOrUrlNotFound) => true,
        Some(404 | 200..=299) => undocumented,
        _ => matches!(error.kind(), ErrorKind::Redirect { .. } | ErrorKind::Configuration(_)),
    }
}

/// Ends with the next Ctrl-C.
async fn interruption() {
    if signal::ctrl_c().await.is_err() {
        // Where it cannot be listened to, it ends the program by itself.
        std::future::pending::<()>().await;
    }
}
