//! Termination signals: Ctrl-C, and on Unix SIGTERM, SIGHUP and SIGQUIT.
//!
//! A signal that is ignored at the start stays ignored, as with `nohup`.

use std::io;

use tokio::task::spawn_blocking;

use crate::exit::Failure;

/// Listens for termination signals, which then no longer end the program by themselves.
pub(crate) struct Signals(Listener);

impl Signals {
    /// To be called before anything is read. From then on, an exceeded file size limit is a write error as well.
    pub(crate) fn listen() -> Result<Self, Failure> {
        survive_file_size_limit();
        Listener::new().map(Self).map_err(|error| Failure::other(format!("cannot install signal handlers: {error}")))
    }

    /// The next signal. Dropping the future loses none.
    pub(crate) async fn next(&mut self) {
        self.0.next().await;
    }

    /// Runs `work`, which sends nothing, on another thread. A signal ends the wait for it.
    pub(crate) async fn or_interrupted<T: Send + 'static>(
        &mut self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        tokio::select! {
            result = spawn_blocking(work) => result.map_err(Failure::other)?,
            () = self.next() => Err(Failure::interrupted()),
        }
    }
}

#[cfg(unix)]
struct Listener(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Listener {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let ignored = ignored(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
        let heard = kinds.into_iter().filter(|kind| (ignored >> (kind.as_raw_value() - 1)) & 1 == 0);
        heard.map(signal).collect::<io::Result<_>>().map(Self)
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let is_ready = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if is_ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

/// The ignored signals according to the status of a process, one bit each from signal 1. Only Linux has this file;
/// elsewhere no signal counts as ignored.
#[cfg(unix)]
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(not(unix))]
struct Listener;

#[cfg(not(unix))]
impl Listener {
    #[allow(clippy::unnecessary_wraps)] // As on Unix.
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        // If it cannot be heard, it ends the program as before.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
fn survive_file_size_limit() {
    // If SIGXFSZ cannot be caught, it ends the program as before.
    drop(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(libc::SIGXFSZ)));
}

#[cfg(not(unix))]
fn survive_file_size_limit() {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ignored_signals() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000001007\nSigCgt:\t0000000000000000\n"), 0x1007);
        assert_eq!(ignored(""), 0);
    }
}
