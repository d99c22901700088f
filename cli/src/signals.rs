//! Ctrl-C and its like: everything that asks the program to end.

use std::io;

/// The signals, which from now on no longer end the program by themselves.
#[cfg(unix)]
pub(crate) struct Signals {
    signals: [tokio::signal::unix::Signal; 3],
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signals: [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ],
        })
    }

    /// The next one. Dropping the future loses none.
    pub(crate) async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

#[cfg(windows)]
pub(crate) struct Signals {
    ctrl_c: tokio::signal::windows::CtrlC,
    ctrl_break: tokio::signal::windows::CtrlBreak,
}

#[cfg(windows)]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c};
        Ok(Self { ctrl_c: ctrl_c()?, ctrl_break: ctrl_break()? })
    }

    /// The next one. Dropping the future loses none.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.ctrl_c.recv() => {}
            _ = self.ctrl_break.recv() => {}
        }
    }
}

/// A file that grows beyond the limit for its size is then an error of the write, not the end of the program.
#[cfg(unix)]
pub(crate) fn survive_file_size_limit() {
    // Where the signal cannot be caught, it ends the program as before.
    drop(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(libc::SIGXFSZ)));
}

#[cfg(not(unix))]
pub(crate) fn survive_file_size_limit() {}
