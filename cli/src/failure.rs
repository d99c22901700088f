//! Why a command did not do what it was asked for, and the exit status that says so.

use std::{fmt, process::ExitCode};

use cinnox_destination::{ConfigError, Error, ErrorKind, InvalidId};

/// How a command that ran to its end tells the shell what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked for is done.
    Done = 0,
    /// Something is not done.
    NotDone = 1,
    /// The input is wrong, and nothing was sent.
    Refused = 2,
    /// Ctrl-C or a signal that asks the program to end.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is wrong, and nothing was sent. One problem a line.
    Input(String),
    /// The call failed; the outcome is the last line.
    Call(Error),
    /// Something else, such as a full disk.
    Other(String),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Input(_) => Exit::Refused,
            Self::Call(_) | Self::Other(_) => Exit::NotDone,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(text) | Self::Other(text) => f.write_str(text),
            Self::Call(error) => write!(f, "{}\noutcome: {}", crate::text::with_cause(error), error.outcome()),
        }
    }
}

impl From<InvalidId> for Failure {
    fn from(error: InvalidId) -> Self {
        Self::Input(error.to_string())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Input(crate::text::with_cause(&error))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_) => Self::Input(crate::text::with_cause(&error)),
            _ => Self::Call(error),
        }
    }
}
