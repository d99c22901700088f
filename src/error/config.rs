//! Why a client cannot be built.

use std::{error::Error as StdError, fmt};

use super::display::innermost;
use crate::model::InvalidId;

/// Why a client or a request cannot be built. Nothing was sent. Neither `Display` nor `Debug` shows the App Token.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// These values were not given: neither to the builder nor, for [`from_env`](crate::ClientBuilder::from_env), in the
    /// environment.
    #[error("{} missing; the dashboard shows the three values together", list(.0))]
    #[non_exhaustive]
    Missing(Vec<&'static str>),
    /// The base URL is invalid.
    #[error("the base URL {0}")]
    #[non_exhaustive]
    BaseUrl(String),
    /// The App ID, or another ID, is invalid.
    #[error(transparent)]
    #[non_exhaustive]
    Id(#[from] InvalidId),
    /// The App Token is invalid, or its file cannot be read.
    #[error("the App Token {0}")]
    #[non_exhaustive]
    AppToken(String),
    /// A setting would make every call fail, or contradicts another one.
    #[error("{0}")]
    #[non_exhaustive]
    Setting(String),
    /// The HTTP client cannot be built, for example because TLS is not available.
    #[error("{problem}")]
    #[non_exhaustive]
    HttpClient {
        /// What is wrong and what to do.
        problem: &'static str,
        /// The error of reqwest.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The request cannot be built.
    #[error("the request cannot be built: {0}")]
    #[non_exhaustive]
    Request(String),
    /// Several of these, at least two.
    #[error("{}", joined(.0))]
    #[non_exhaustive]
    Several(Vec<ConfigError>),
}

/// Contains the `Display` message, because a program that returns the error from `main` prints `Debug`.
impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ConfigError");
        debug.field("message", &format_args!("{self}"));
        if let Some(source) = self.source() {
            debug.field("cause", &innermost(source));
        }
        debug.finish_non_exhaustive()
    }
}

fn list(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
        [] => String::new(),
    }
}

fn joined(problems: &[ConfigError]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
