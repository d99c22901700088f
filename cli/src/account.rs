//! The account that the environment names.

use cinnox_destination::{Client, ClientBuilder};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

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

/// A client for the account of the three variables.
pub(crate) fn client_from_env(settings: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Result<Client, Failure> {
    Ok(settings(with_user_agent(ClientBuilder::from_env())).build()?)
}

pub(crate) fn with_user_agent(builder: ClientBuilder) -> ClientBuilder {
    builder.user_agent_prefix(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
}
