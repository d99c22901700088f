//! The account: base URL, App ID and App Token, from the arguments or else from the environment.
//!
//! [`Connection`] is a client for it that can say where the base URL came from.

use std::{
    env,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use cinnox_destination::{Client, ClientBuilder, Error, Outcome, Response, UpdatedDestination};
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{AccountArguments, SkipRules},
    exit::{Failure, with_cause},
};

/// Far more than a token has.
const MAX_TOKEN_BYTES: u64 = 64 * 1024;

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

#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) account: Account,
    /// The argument or variable with the base URL.
    base_url_from: &'static str,
}

impl Connection {
    /// Of a client that was built in another way.
    pub(crate) fn of(client: Client) -> Self {
        Self { account: Account::of(&client), client, base_url_from: "the demo" }
    }

    /// Reads the account. Without `needs_token`, the client is only good for its URL.
    pub(crate) fn new(
        arguments: &AccountArguments,
        skip: &SkipRules,
        input: &Path,
        needs_token: bool,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, Failure> {
        let is_argument = arguments.base_url.is_some();
        let base_url_from = if is_argument { "--base-url" } else { "CINNOX_BASE_URL" };
        let base_url = arguments.base_url.clone().or_else(|| variable("CINNOX_BASE_URL"));
        let app_id = arguments.app_id.clone().or_else(|| variable("CINNOX_APP_ID"));
        let token = if needs_token { token(arguments, input)? } else { Some("not-needed".to_owned()) };
        let (Some(base_url), Some(app_id), Some(token)) = (&base_url, &app_id, &token) else {
            let missing = [
                (base_url.is_none(), "the base URL (--base-url or CINNOX_BASE_URL)"),
                (app_id.is_none(), "the App ID (--app-id or CINNOX_APP_ID)"),
                (token.is_none(), "the App Token (--app-token-file, CINNOX_APP_TOKEN or CINNOX_APP_TOKEN_FILE)"),
            ];
            let missing: Vec<_> = missing.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
            let missing = missing.join(", ");
            return Err(Failure::refused(format!("missing: {missing}; the CINNOX dashboard shows the three together")));
        };
        let builder = Client::builder(base_url, app_id, token);
        let builder = with_skipped_checks(with_user_agent(builder), skip, arguments.accept_any_id);
        let client = settings(builder).build().map_err(|error| Failure::refused(with_cause(&error)))?;
        Ok(Self { account: Account::of(&client), client, base_url_from })
    }

    /// The error as a sentence for operators, with advice where the account may be wrong.
    pub(crate) fn describe(&self, error: &Error) -> String {
        let text = with_cause(error);
        let Some(status) = error.status() else { return text };
        if is_unauthorized(error) && error.is_from_api() {
            text + "; check the App Token"
        } else if status.is_server_error() || error.is_from_api() || error.is_throttled() {
            text
        } else {
            format!("{text}; check the base URL {} (from {})", self.account.base_url, self.base_url_from)
        }
    }
}

/// A builder of a client that does not check what the arguments skip.
fn with_skipped_checks(builder: ClientBuilder, _skip: &SkipRules, _accept_any_id: bool) -> ClientBuilder {
    builder
}

/// The stable name of an outcome.
pub(crate) fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not_sent",
        Outcome::Rejected => "rejected",
        Outcome::Unknown => "unknown",
    }
}

/// The code of a success.
pub(crate) fn code_of(response: &Response<UpdatedDestination>) -> Option<i64> {
    // Every code is a whole number, but may be shown as a floating-point number.
    response.code.and_then(|code| code.to_string().parse().ok())
}

/// Whether the server refused the App Token, so that every further update would fail in the same way.
pub(crate) fn is_unauthorized(error: &Error) -> bool {
    error.status().is_some_and(|status| status.as_u16() == 401)
}

pub(crate) fn with_user_agent(builder: ClientBuilder) -> ClientBuilder {
    builder.user_agent_prefix(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
}

/// A variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

fn token(arguments: &AccountArguments, input: &Path) -> Result<Option<String>, Failure> {
    let (token, file) = (variable("CINNOX_APP_TOKEN"), variable("CINNOX_APP_TOKEN_FILE"));
    let file = match (&arguments.app_token_file, token, file) {
        (Some(file), _, _) => file.clone(),
        (None, Some(_), Some(_)) => {
            return Err(Failure::refused("both CINNOX_APP_TOKEN and CINNOX_APP_TOKEN_FILE are set; unset one of them"));
        }
        (None, token, None) => return Ok(token),
        (None, None, Some(file)) => PathBuf::from(file),
    };
    let is_standard_input = file.as_os_str() == "-";
    if is_standard_input && input.as_os_str() == "-" {
        return Err(Failure::refused(
            "standard input cannot be both the App Token and the updates; use a file for one",
        ));
    }
    let unreadable =
        |error: &dyn std::fmt::Display| Failure::refused(format!("the App Token in {}: {error}", file.display()));
    let from: Box<dyn Read> = if is_standard_input {
        Box::new(io::stdin())
    } else {
        Box::new(File::open(&file).map_err(|error| unreadable(&error))?)
    };
    let mut text = String::new();
    from.take(MAX_TOKEN_BYTES).read_to_string(&mut text).map_err(|error| unreadable(&error))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(unreadable(&"the file is empty")),
        token => Ok(Some(token.to_owned())),
    }
}
