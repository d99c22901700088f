//! Keeps a paused Tokio clock from advancing while a request is in flight.
//!
//! A paused clock jumps to the next timer whenever its runtime is idle. A runtime that waits for a socket is idle, so
//! an attempt would time out at once. Tokio does not advance the clock while a blocking task runs: each attempt of a
//! mock server's own client has one, which ends with the attempt. During a simulated delay the clock may advance.

use std::{
    any::Any,
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use http::{HeaderName, HeaderValue};
use tokio::{
    runtime::Handle,
    task::{AbortHandle, JoinHandle},
    time,
};

use crate::client::AttemptHook;

/// Identifies the attempt of a request. The server removes it before anybody sees the request.
pub(super) const ATTEMPT: HeaderName = HeaderName::from_static("x-mock-attempt");

/// The attempts in flight.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<Mutex<HashMap<HeaderValue, Attempt>>>);

#[derive(Debug)]
struct Attempt {
    /// The client's runtime.
    runtime: Handle,
    /// Dropping it ends the blocking task.
    hold: Option<mpsc::Sender<Infallible>>,
    delay: Option<AbortHandle>,
}

impl AttemptHook for Clock {
    fn begin(&self, request: &mut reqwest::Request) -> Box<dyn Any + Send> {
        static BEGUN: AtomicU64 = AtomicU64::new(1);
        let id = HeaderValue::from(BEGUN.fetch_add(1, Ordering::Relaxed));
        request.headers_mut().insert(ATTEMPT, id.clone());
        let runtime = Handle::current();
        let hold = Some(hold(&runtime));
        self.lock().insert(id.clone(), Attempt { runtime, hold, delay: None });
        Box::new(InFlight { clock: self.clone(), id })
    }
}

/// Ends the attempt when it is dropped.
struct InFlight {
    clock: Clock,
    id: HeaderValue,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let ended = self.clock.lock().remove(&self.id);
        if let Some(delay) = ended.and_then(|attempt| attempt.delay) {
            delay.abort();
        }
    }
}

impl Clock {
    /// Waits before the response to an attempt, by the clock of the client's runtime; by the server's own clock for a
    /// request of another client.
    pub(super) async fn sleep(&self, attempt: Option<&HeaderValue>, delay: Duration) {
        match attempt.and_then(|id| self.delay(id, delay)) {
            // It fails if the attempt ended. Nobody waits for the response then.
            Some(delayed) => drop(delayed.await),
            None => time::sleep(delay).await,
        }
    }

    fn delay(&self, id: &HeaderValue, delay: Duration) -> Option<JoinHandle<()>> {
        let mut attempts = self.lock();
        let attempt = attempts.get_mut(id)?;
        let (clock, id) = (self.clone(), id.clone());
        let delayed = attempt.runtime.spawn(async move {
            clock.change(&id, |attempt| attempt.hold = None);
            time::sleep(delay).await;
            clock.change(&id, |attempt| attempt.hold = Some(hold(&attempt.runtime)));
        });
        attempt.delay = Some(delayed.abort_handle());
        Some(delayed)
    }

    fn change(&self, id: &HeaderValue, change: impl FnOnce(&mut Attempt)) {
        self.lock().get_mut(id).map(change);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<HeaderValue, Attempt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a blocking task that runs until the sender is dropped.
fn hold(runtime: &Handle) -> mpsc::Sender<Infallible> {
    let (sender, receiver) = mpsc::channel::<Infallible>();
    runtime.spawn_blocking(move || receiver.recv().is_ok());
    sender
}
