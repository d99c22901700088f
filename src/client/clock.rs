//! Keeps a paused Tokio clock from advancing while an attempt of a mock server's client is in flight.
//!
//! A paused clock jumps to the next timer whenever its runtime is idle. A runtime that waits for a socket is idle, so an
//! attempt would time out at once. Tokio does not advance the clock while a blocking task runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The number of responses that the mock server has delayed so far. Each one lets the clock advance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clock(pub(crate) Arc<AtomicUsize>);

impl Clock {
    /// Holds the clock until the result is dropped, or until a response is delayed.
    pub(crate) fn hold(&self) -> Arc<()> {
        let (delayed, guard) = (self.0.clone(), Arc::new(()));
        let before = delayed.load(Ordering::Relaxed);
        let held = Arc::downgrade(&guard);
        tokio::task::spawn_blocking(move || {
            while held.strong_count() > 0 && delayed.load(Ordering::Relaxed) == before {
                thread::sleep(Duration::from_millis(1));
            }
        });
        guard
    }
}
