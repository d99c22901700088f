//! Why a client cannot be built.

use std::{error::Error as StdError, fmt};

use super::cause::innermost;
use crate::model::InvalidId;

/// Why a client cannot be built, or a request cannot be made from its parts. Nothing was sent.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Environment variables are missing; they are named.
    #[error("{} not set; the dashboard shows the three values together", list(.0))]
    MissingVariables(Vec<&'static str>),
    /// The base URL cannot be used.
    #[error("the base URL {0}")]
    BaseUrl(&'static str),
    /// The App ID, or another ID, cannot be used.
    #[error(transparent)]
    Id(#[from] InvalidId),
    /// The App Token cannot be used. It is not repeated.
    #[error("the App Token {0}")]
    AppToken(&'static str),
    /// A setting has a value with which no call could succeed.
    #[error("{0}")]
    Setting(&'static str),
    /// An environment variable that names a proxy cannot be used. Its value may hold a password and is not repeated.
    #[error("the environment variable {variable} {problem}")]
    Proxy {
        /// The name of the variable.
        variable: &'static str,
        /// What is wrong with its value.
        problem: &'static str,
    },
    /// TLS cannot be set up, or another part of the HTTP client cannot be built.
    #[error("{problem}")]
    HttpClient {
        /// What is wrong and what to do.
        problem: &'static str,
        /// What reqwest says.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// A request cannot be made from its parts.
    #[error("the request cannot be built: {0}")]
    Request(String),
}

/// Shows what `Display` shows: a program that returns the error from `main` prints it like this.
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
