//! Why a client cannot be built.

use std::{error::Error as StdError, fmt};

use super::cause::innermost;
use crate::model::InvalidId;

/// Why a client or a request cannot be built. Nothing was sent.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// These environment variables are missing.
    #[error("{} not set; the dashboard shows the three values together", list(.0))]
    MissingVariables(Vec<&'static str>),
    /// The base URL is invalid.
    #[error("the base URL {0}")]
    BaseUrl(&'static str),
    /// The App ID, or another ID, is invalid.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The App Token is invalid. The error does not contain it.
    #[error("the App Token {0}")]
    AppToken(&'static str),
    /// A setting would make every call fail.
    #[error("{0}")]
    Setting(&'static str),
    /// An environment variable for a proxy is invalid. The error does not contain its value, which may hold a password.
    #[error("the environment variable {variable} {problem}")]
    Proxy {
        /// The name of the variable.
        variable: &'static str,
        /// What is wrong with its value.
        problem: &'static str,
    },
    /// The HTTP client cannot be built, for example because TLS is not available.
    #[error("{problem}")]
    HttpClient {
        /// What is wrong and what to do.
        problem: &'static str,
        /// The error of reqwest.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The request cannot be built.
    #[error("the request cannot be built: {0}")]
    Request(String),
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
