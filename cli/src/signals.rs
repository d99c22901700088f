//! Termination signals: Ctrl-C, and on Unix SIGTERM, SIGHUP and SIGQUIT.
//!
//! A signal that is ignored at the start stays ignored, as with `nohup`.

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::{spawn, spawn_blocking};

use crate::exit::Failure;

/// Listens for termination signals, which then no longer end the program by themselves.
pub(crate) struct Signals(UnboundedReceiver<()>);

impl Signals {
    /// To be called before anything is read. From then on, an exceeded file size limit is a write error as well.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        // If SIGXFSZ cannot be caught, it ends the program as before.
        drop(signal(SignalKind::from_raw(libc::SIGXFSZ)));
        let ignored = ignored(&std::fs::read_to_string("/proc/self/status").unwrap_or_default());
        let (sender, receiver) = unbounded_channel();
        for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()] {
            if (ignored >> (kind.as_raw_value() - 1)) & 1 == 0 {
                let (mut signal, sender) = (signal(kind).map_err(Failure::other)?, sender.clone());
                spawn(async move { while signal.recv().await.is_some() && sender.send(()).is_ok() {} });
            }
        }
        Ok(Self(receiver))
    }

    /// To be called before anything is read.
    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps)] // As on Unix.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let (sender, receiver) = unbounded_channel();
        // If it cannot be heard, it ends the program as before.
        spawn(async move { while tokio::signal::ctrl_c().await.is_ok() && sender.send(()).is_ok() {} });
        Ok(Self(receiver))
    }

    /// The next signal. Dropping the future loses none.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
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

/// The ignored signals according to the status of a process, one bit each from signal 1. Only Linux has this file;
/// elsewhere no signal counts as ignored.
#[cfg(unix)]
fn ignored(status: &str) -> u64 {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn reads_the_ignored_signals() {
        assert_eq!(ignored("Name:\tx\nSigIgn:\t0000000000001007\nSigCgt:\t0000000000000000\n"), 0x1007);
        assert_eq!(ignored(""), 0);
    }
}
