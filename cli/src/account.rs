//! The account: base URL, App ID and App Token, from the arguments or else from the environment.
//!
//! [`Connection`] is a client for it. It also says what became of a call, with advice where the account may be wrong.

use std::{fmt, path::Path};

use cinnox_destination::{Client, ClientBuilder, Error, ErrorCode, Outcome, Response, RetryPolicy, UpdatedDestination};
use serde::{Deserialize, Serialize};

use crate::arguments::{AccountArguments, SkipRules};
use crate::exit::Failure;
use crate::input::read_bytes;

/// Which account results are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) base_url: String,
    pub(crate) app_id: String,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.app_id, self.base_url)
    }
}

/// What became of an update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Answer {
    /// `updated`, or the library's name of the outcome.
    pub(crate) outcome: &'static str,
    pub(crate) status: Option<u16>,
    pub(crate) code: Option<i64>,
    pub(crate) message: Option<String>,
    pub(crate) attempts: u32,
}

impl Answer {
    /// Without an answer of the server.
    pub(crate) fn none(outcome: Outcome, message: &str, attempts: u32) -> Self {
        Self { outcome: outcome.as_str(), status: None, code: None, message: Some(message.to_owned()), attempts }
    }

    /// The outcome in words, for people.
    pub(crate) fn in_words(&self) -> String {
        self.outcome.replace('_', " ")
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) account: Account,
    /// The argument or variable with the base URL.
    base_url_from: &'static str,
}

impl Connection {
    /// Reads the account. Without `needs_token`, the client is only good for its URL.
    pub(crate) fn new(
        arguments: &AccountArguments,
        skip: &SkipRules,
        input: &Path,
        needs_token: bool,
        retry: RetryPolicy,
    ) -> Result<Self, Failure> {
        let AccountArguments { base_url, app_id, app_token_file, accept_any_id } = arguments;
        let mut builder = with_user_agent(ClientBuilder::from_env()).retry(retry);
        if let Some(base_url) = base_url {
            builder = builder.base_url(base_url);
        }
        if let Some(app_id) = app_id {
            builder = builder.app_id(app_id);
        }
        builder = match app_token_file {
            _ if !needs_token => builder.app_token("not-needed"),
            Some(path) if path.as_os_str() == "-" => builder.app_token(&token_of_standard_input(input)?),
            Some(path) => builder.app_token_file(path),
            None => builder,
        };
        for rule in &skip.rules {
            builder = builder.skip_rule(*rule);
        }
        if *accept_any_id {
            builder = builder.accept_any_id();
        }
        let client = builder.build().map_err(Failure::refused)?;
        let account = Account { base_url: client.base_url().to_owned(), app_id: client.app_id().to_string() };
        let base_url_from = if base_url.is_some() { "--base-url" } else { "CINNOX_BASE_URL" };
        Ok(Self { client, account, base_url_from })
    }

    /// What became of a call. `attempts` counts those before it.
    pub(crate) fn answer(&self, result: &Result<Response<UpdatedDestination>, Error>, attempts: u32) -> Answer {
        match result {
            Ok(response) => Answer {
                outcome: "updated",
                status: Some(response.status().as_u16()),
                // Every code is a whole number, but may be shown as a floating-point number.
                code: response.code.and_then(|code| code.to_string().parse().ok()),
                message: None,
                attempts: attempts + response.attempts(),
            },
            Err(error) => Answer {
                outcome: error.outcome().as_str(),
                status: error.status().map(|status| status.as_u16()),
                code: error.code().map(ErrorCode::number),
                message: Some(self.describe(error)),
                attempts: attempts + error.attempts(),
            },
        }
    }

    /// The error as a sentence for operators.
    fn describe(&self, error: &Error) -> String {
        match error.status().map(|status| status.as_u16()) {
            // Something else answers at this URL.
            Some(401 | 404 | 405) if !error.is_from_api() => {
                format!("{error}; check the base URL {} (from {})", self.account.base_url, self.base_url_from)
            }
            _ => error.to_string(),
        }
    }
}

pub(crate) fn with_user_agent(builder: ClientBuilder) -> ClientBuilder {
    builder.user_agent_prefix(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
}

fn token_of_standard_input(input: &Path) -> Result<String, Failure> {
    if input.as_os_str() == "-" {
        let problem = "standard input cannot be both the App Token and the updates; use a file for one";
        return Err(Failure::refused(problem));
    }
    let text = read_bytes(Path::new("-"));
    let text = text.map_err(|error| Failure::refused(format!("the App Token cannot be read: {error}")))?;
    Ok(String::from_utf8_lossy(&text).trim_end().to_owned())
}
