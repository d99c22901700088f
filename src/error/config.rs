//! Why a client cannot be made.

use crate::model::InvalidId;

/// Why a client cannot be made, or a request cannot be built. Nothing was sent.
#[derive(Debug, thiserror::Error)]
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
    /// A setting has a value that no call could succeed with.
    #[error("{0}")]
    Setting(&'static str),
    /// The HTTP client cannot be built, for want of TLS roots for example.
    #[error("the HTTP client cannot be built")]
    HttpClient(#[source] reqwest::Error),
    /// A request cannot be built.
    #[error("the request cannot be built: {0}")]
    Request(String),
}

fn list(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
        [] => String::new(),
    }
}
