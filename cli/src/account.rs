//! The account: base URL, App ID and App Token, from the arguments or else from the environment.
//!
//! [`Connection`] is a client for it. It also says what became of a call, with advice where the account may be wrong.

use std::{
    env, fmt,
    path::{Path, PathBuf},
};

use cinnox_destination::{Client, ClientBuilder, Error, ErrorCode, Outcome, Response, UpdatedDestination};
use serde::{Deserialize, Serialize};

use crate::{
    arguments::{AccountArguments, SkipRules},
    exit::{Failure, with_cause},
    input::read_bytes,
};

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
        Self { outcome: name_of(outcome), status: None, code: None, message: Some(message.to_owned()), attempts }
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
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<Self, Failure> {
        let base_url_from = if arguments.base_url.is_some() { "--base-url" } else { "CINNOX_BASE_URL" };
        let base_url = arguments.base_url.clone().or_else(|| variable("CINNOX_BASE_URL"));
        let app_id = arguments.app_id.clone().or_else(|| variable("CINNOX_APP_ID"));
        let token = if needs_token { token(arguments, input)? } else { Some("not-needed".to_owned()) };
        let values = [
            (base_url, "the base URL (--base-url or CINNOX_BASE_URL)"),
            (app_id, "the App ID (--app-id or CINNOX_APP_ID)"),
            (token, "the App Token (--app-token-file, CINNOX_APP_TOKEN or CINNOX_APP_TOKEN_FILE)"),
        ];
        let [(Some(base_url), _), (Some(app_id), _), (Some(token), _)] = &values else {
            let missing = values.iter().filter(|(value, _)| value.is_none()).map(|(_, name)| *name);
            let missing = missing.collect::<Vec<_>>().join(", ");
            return Err(Failure::refused(format!("missing: {missing}; the CINNOX dashboard shows the three together")));
        };
        let builder = with_user_agent(Client::builder(base_url, app_id, token));
        let builder = settings(with_skipped_checks(builder, skip, arguments.accept_any_id));
        let client = builder.build().map_err(|error| Failure::refused(with_cause(&error)))?;
        let account = Account { base_url: client.base_url().to_owned(), app_id: client.app_id().to_string() };
        Ok(Self { client, account, base_url_from })
    }

    /// What became of a call. `attempts` counts those before it.
    pub(crate) fn answer(&self, result: &Result<Response<UpdatedDestination>, Error>, attempts: u32) -> Answer {
        match result {
            Ok(response) => Answer {
                outcome: "updated",
                status: Some(response.status.as_u16()),
                // Every code is a whole number, but may be shown as a floating-point number.
                code: response.code.and_then(|code| code.to_string().parse().ok()),
                message: None,
                attempts: attempts + response.attempts,
            },
            Err(error) => Answer {
                outcome: name_of(error.outcome()),
                status: error.status().map(|status| status.as_u16()),
                code: error.code().map(ErrorCode::number),
                message: Some(self.describe(error)),
                attempts: attempts + error.attempts(),
            },
        }
    }

    /// The error as a sentence for operators.
    fn describe(&self, error: &Error) -> String {
        let text = with_cause(error);
        match error.status().map(|status| status.as_u16()) {
            Some(401) if error.is_from_api() => text + "; check the App Token",
            // Something else answers at this URL.
            Some(300..=399 | 401 | 404 | 405) if !error.is_from_api() => {
                format!("{text}; check the base URL {} (from {})", self.account.base_url, self.base_url_from)
            }
            _ => text,
        }
    }
}

/// A builder of a client that does not check what the arguments skip.
fn with_skipped_checks(builder: ClientBuilder, _skip: &SkipRules, _accept_any_id: bool) -> ClientBuilder {
    builder
}

fn name_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotSent => "not_sent",
        Outcome::Rejected => "rejected",
        Outcome::Unknown => "unknown",
    }
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
    let file = match (variable("CINNOX_APP_TOKEN"), variable("CINNOX_APP_TOKEN_FILE")) {
        _ if arguments.app_token_file.is_some() => arguments.app_token_file.clone(),
        (Some(_), Some(_)) => {
            return Err(Failure::refused("both CINNOX_APP_TOKEN and CINNOX_APP_TOKEN_FILE are set; unset one of them"));
        }
        (Some(token), None) => return Ok(Some(token)),
        (None, file) => file.map(PathBuf::from),
    };
    let Some(file) = file else { return Ok(None) };
    if file.as_os_str() == "-" && input.as_os_str() == "-" {
        return Err(Failure::refused(
            "standard input cannot be both the App Token and the updates; use a file for one",
        ));
    }
    let text = read_bytes(&file)
        .map_err(|error| Failure::refused(format!("the App Token in {} cannot be read: {error}", file.display())))?;
    let text = String::from_utf8_lossy(&text);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}
