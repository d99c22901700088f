//! The observable result of a call.

use std::fmt;

use cinnox_destination::{Error, ErrorKind, Outcome, Response, UpdatedDestination};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Observed {
    Updated,
    Failed { kind: String, outcome: Outcome, status: Option<u16> },
}

impl Observed {
    /// `kind` as [`kind_of`] names it.
    pub(crate) fn failed(kind: impl Into<String>, outcome: Outcome, status: impl Into<Option<u16>>) -> Self {
        Self::Failed { kind: kind.into(), outcome, status: status.into() }
    }

    /// The kind of the error; empty if there is none.
    pub(crate) fn kind(&self) -> &str {
        match self {
            Self::Updated => "",
            Self::Failed { kind, .. } => kind,
        }
    }

    pub(crate) fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Updated => None,
            Self::Failed { outcome, .. } => Some(*outcome),
        }
    }
}

impl From<&Error> for Observed {
    fn from(error: &Error) -> Self {
        Self::failed(kind_of(error), error.outcome(), error.status().map(|status| status.as_u16()))
    }
}

impl From<&Result<Response<UpdatedDestination>, Error>> for Observed {
    fn from(result: &Result<Response<UpdatedDestination>, Error>) -> Self {
        result.as_ref().map_or_else(Self::from, |_| Self::Updated)
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Updated => f.write_str("updated"),
            Self::Failed { kind, outcome, status } => {
                let status = status.map_or("no status".to_owned(), |status| status.to_string());
                write!(f, "{kind}, {outcome}, {status}")
            }
        }
    }
}

/// The kind of an error, with the details that distinguish two errors of that kind.
pub(crate) fn kind_of(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Configuration(_) => "Configuration".to_owned(),
        ErrorKind::InvalidUpdate(_) => "InvalidUpdate".to_owned(),
        ErrorKind::Connect => "Connect".to_owned(),
        ErrorKind::Timeout(which) => format!("Timeout::{which:?}"),
        ErrorKind::ConnectionLost => "ConnectionLost".to_owned(),
        ErrorKind::Api { code, .. } => format!("Api({})", code.number()),
        ErrorKind::UnexpectedResponse { .. } => "UnexpectedResponse".to_owned(),
        ErrorKind::UnreadableResponse { problem } => format!("UnreadableResponse({problem})"),
        ErrorKind::Redirect { location } => format!("Redirect({location})"),
        ErrorKind::BodyTooLarge { limit } => format!("BodyTooLarge({limit})"),
        other => format!("{other:?}"),
    }
}
