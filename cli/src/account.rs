//! The account configured by environment variables.

use cinnox_destination::{Client, ClientBuilder, ConfigError};
use serde::{Deserialize, Serialize};

use crate::{failure::Failure, text::with_cause};

/// Which account results are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) base_url: String,
    pub(crate) app_id: String,
}

impl Account {
    pub(crate) fn of(client: &Client) -> Self {
        Self { base_url: client.base_url().to_owned(), app_id: client.app_id().to_string() }
    }
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}", self.app_id, self.base_url)
    }
}

/// Creates a client from the environment variables.
pub(crate) fn client_from_env(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, Failure> {
    let client = settings(with_user_agent(ClientBuilder::from_env())).build();
    client.map_err(|error| Failure::Input(without_api(&error)))
}

/// The error without its advice for programmers.
fn without_api(error: &ConfigError) -> String {
    with_cause(error).replace(", or ClientBuilder::allow_http", "")
}

pub(crate) fn with_user_agent(builder: ClientBuilder) -> ClientBuilder {
    builder.user_agent_prefix(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
}
