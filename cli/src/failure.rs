//! Command failures and exit statuses.

use std::{fmt, process::ExitCode};

use cinnox_destination::{ConfigError, Error, ErrorKind, InvalidId};

use crate::{
    text::with_cause,
    verdict::{LineOutcome, describe, final_outcome},
};

/// The exit status of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything that was asked for is done.
    Done = 0,
    /// Something is not done.
    NotDone = 1,
    /// The input is invalid, and nothing was sent.
    Refused = 2,
    /// Interrupted by a termination signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is invalid, and nothing was sent. One problem per line.
    Input(String),
    /// The call failed; the outcome is the last line.
    Call { error: Error, outcome: LineOutcome },
    /// A termination signal came before anything was sent; the sentence that says so.
    Interrupted(&'static str),
    /// Something else, such as a full disk.
    Other(String),
}

impl Failure {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Input(_) => Exit::Refused,
            Self::Interrupted(_) => Exit::Interrupted,
            Self::Call { .. } | Self::Other(_) => Exit::NotDone,
        }
    }

    /// The failure of a call with this setting of `--idempotent`.
    pub(crate) fn of_call(error: Error, idempotent: bool) -> Self {
        match error.kind() {
            ErrorKind::Configuration(_) | ErrorKind::InvalidUpdate(_) => Self::Input(with_cause(&error)),
            _ => Self::Call { outcome: final_outcome(&error, idempotent), error },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(text) | Self::Other(text) => f.write_str(text),
            Self::Call { error, outcome } => write!(f, "{}\noutcome: {outcome}", describe(error)),
            Self::Interrupted(sentence) => f.write_str(sentence),
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
        Self::Input(with_cause(&error))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of_call(error, false)
    }
}
