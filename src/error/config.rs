//! Why a client cannot be built.

use crate::model::InvalidId;

/// Why a client or a request cannot be built. Nothing was sent.
///
/// `Display` lists everything that is missing or wrong. Neither it nor `Debug` shows the App Token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.join("; "))]
pub struct ConfigError {
    problems: Vec<String>,
}

impl ConfigError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self::all(vec![problem.into()])
    }

    pub(crate) fn all(problems: Vec<String>) -> Self {
        Self { problems }
    }

    /// Each problem, as a sentence that says what to do; at least one.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl From<InvalidId> for ConfigError {
    fn from(problem: InvalidId) -> Self {
        Self::new(problem.to_string())
    }
}
