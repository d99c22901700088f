//! An account in memory, on a loopback port, that answers as the endpoint does: for tests of programs that use this
//! crate, and for a first look at it.
//!
//! ```
//! use cinnox_destination::{ErrorCode, mock::{Account, Failure}, prelude::*};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let account = Account::start().await;
//! account.add_destination(&"dest-1".parse()?);
//!
//! let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]))?
//!     .with_staff(["staff-1"]);
//! let updated = account.client().update(&"dest-1".parse()?, &update).await?;
//!
//! assert_eq!(updated.id(), "dest-1");
//! assert_eq!(account.destination(&"dest-1".parse()?), Some(update.clone()));
//! assert_eq!(account.request_count(), 1);
//!
//! account.fail_next(1, Failure::code(ErrorCode::DestinationNotFound));
//! let error = account.client().update(&"dest-1".parse()?, &update).await.unwrap_err();
//! assert_eq!(error.outcome(), Outcome::Rejected);
//! # Ok(())
//! # }
//! ```
//!
//! The account checks what the vendor's page says: method, path, token, media type, and the body by the page's rules.
//! The rules of our own are the client's business; but a field that the page does not have is refused. What the vendor
//! answers to a wrong token or App ID is not known; the account answers 401.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use http::{HeaderMap, header};
use mockito::{Matcher, Request, ServerGuard};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::{
    Client, ClientBuilder, DestinationId, DestinationUpdate, ErrorCode, RuleSource, UpdatedDestination, Validate,
    generated::{
        document::OPERATIONS,
        types::{ApiError, UpdatedDestinationResult},
    },
};

const APP_ID: &str = "mock-app";
const OPERATION: &str = "update_destination";
const METHODS: [&str; 8] = ["PATCH", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"];

/// How many requests [`Account::requests`] remembers.
const REMEMBERED: usize = 1_000;

/// An account in memory. It ends when it is dropped; its port may then serve another one, which has another token.
pub struct MockServer {
    server: ServerGuard,
    app_token: String,
    state: Arc<Mutex<State>>,
}

/// A request that the account has received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The method, in capital letters.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// An answer that [`Account::fail_next`] gives instead of the true one. The update is not applied.
#[derive(Clone, Debug)]
#[must_use]
pub struct Failure(Answer);

#[derive(Clone, Debug)]
struct Answer {
    status: u16,
    body: Value,
    retry_after: Option<String>,
}

impl Failure {
    /// A 400 with this code and the vendor's meaning of it as the message.
    pub fn code(code: ErrorCode) -> Self {
        let message = code.meaning().unwrap_or("failed as told");
        let body = json!({ ApiError::CODE: code.number(), ApiError::MESSAGE: message });
        Self(Answer { status: 400, body, retry_after: None })
    }

    /// Another HTTP status, from 200 to 599; others count as 500.
    pub fn status(mut self, status: u16) -> Self {
        self.0.status = if (200..600).contains(&status) { status } else { 500 };
        self
    }

    /// Another message.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.0.body[ApiError::MESSAGE] = message.into().into();
        self
    }

    /// A `Retry-After` header: seconds or an HTTP date.
    pub fn retry_after(mut self, value: impl Into<String>) -> Self {
        self.0.retry_after = Some(value.into());
        self
    }
}

struct State {
    app_token: String,
    destinations: HashMap<String, Option<DestinationUpdate>>,
    /// Each with how often it is still to be given, which is at least once.
    failures: VecDeque<(usize, Failure)>,
    received: VecDeque<Received>,
    count: u64,
    answer: Answer,
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = lock(&self.state);
        f.debug_struct("Account")
            .field("base_url", &self.base_url())
            .field("destinations", &state.destinations)
            .field("request_count", &state.count)
            .finish_non_exhaustive()
    }
}

impl MockServer {
    /// Starts an account that has no destinations. A program can have 50 at a time (20 on macOS); a further one starts
    /// when one of them is dropped.
    ///
    /// # Panics
    ///
    /// If no loopback port can be had.
    pub async fn start() -> Self {
        static STARTED: AtomicU64 = AtomicU64::new(1);
        let app_token = format!("mock-token-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        let state = Arc::new(Mutex::new(State {
            app_token: app_token.clone(),
            destinations: HashMap::new(),
            failures: VecDeque::new(),
            received: VecDeque::new(),
            count: 0,
            answer: Answer { status: 500, body: Value::Null, retry_after: None },
        }));
        let mut server = mockito::Server::new_async().await;
        // mockito asks for status, headers and body one after the other, for one request at a time, and has no header
        // that is there at times only: so there are two mocks, and `Retry-After` decides which of them answers.
        for (method, waits) in METHODS.into_iter().flat_map(|method| [(method, false), (method, true)]) {
            let [received, status, retry_after, body] = [(); 4].map(|()| state.clone());
            let mut mock = server
                .mock(method, Matcher::Any)
                .match_request(move |request| {
                    let mut state = lock(&received);
                    if !waits {
                        state.receive(request);
                    }
                    state.answer.retry_after.is_some() == waits
                })
                .with_status_code_from_request(move |_| lock(&status).answer.status.into())
                .with_header(header::CONTENT_TYPE, "application/json")
                .with_body_from_request(move |_| lock(&body).answer.body.to_string().into());
            if waits {
                mock = mock.with_header_from_request(header::RETRY_AFTER, move |_| {
                    lock(&retry_after).answer.retry_after.clone().unwrap_or_default()
                });
            }
            mock.create_async().await;
        }
        Self { server, app_token, state }
    }

    /// The base URL, on a loopback port.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.server.url()
    }

    /// The App ID that the account knows.
    #[must_use]
    pub fn app_id(&self) -> &'static str {
        APP_ID
    }

    /// The App Token that the account takes.
    #[must_use]
    pub fn app_token(&self) -> &str {
        &self.app_token
    }

    /// A builder of a client for this account.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder(&self.base_url(), APP_ID, &self.app_token)
    }

    /// A client for this account, with default settings.
    ///
    /// # Panics
    ///
    /// If the HTTP client cannot be built, for want of TLS roots for example.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_builder().build().expect("a client for the account in memory can be built")
    }

    /// Adds a destination that has not been updated yet. One that is known already is left as it is.
    pub fn add_destination(&self, id: &DestinationId) {
        lock(&self.state).destinations.entry(id.to_string()).or_default();
    }

    /// What the last update of a destination was; nothing if it is not known or was never updated.
    #[must_use]
    pub fn destination(&self, id: &DestinationId) -> Option<DestinationUpdate> {
        lock(&self.state).destinations.get(id.as_str()).cloned().flatten()
    }

    /// Answers each of the next `calls` requests with this failure, after those that were told before.
    pub fn fail_next(&self, calls: usize, failure: Failure) {
        lock(&self.state).failures.extend((calls > 0).then_some((calls, failure)));
    }

    /// The requests that were received, the oldest first: the last 1,000 of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        lock(&self.state).received.iter().cloned().collect()
    }

    /// How many requests were received.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        lock(&self.state).count
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn receive(&mut self, request: &Request) {
        let mut headers = request.headers().clone();
        // Whoever uses a real token here by mistake does not find it where the requests are shown.
        if let Some(token) = headers.get_mut(header::AUTHORIZATION) {
            token.set_sensitive(true);
        }
        let received = Received {
            method: request.method().to_owned(),
            path: request.path_and_query().to_owned(),
            headers,
            body: request.body().cloned().unwrap_or_default(),
        };
        self.answer = match self.next_failure() {
            Some(failure) => failure.0,
            None => self.apply(&received).unwrap_or_else(|failure| failure.0),
        };
        self.count += 1;
        if self.received.len() == REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(received);
    }

    fn next_failure(&mut self) -> Option<Failure> {
        let (left, failure) = self.failures.front_mut()?;
        *left -= 1;
        let failure = failure.clone();
        if *left == 0 {
            self.failures.pop_front();
        }
        Some(failure)
    }

    fn apply(&mut self, request: &Received) -> Result<Answer, Failure> {
        let operation = OPERATIONS.iter().find(|known| known.id == OPERATION && known.method == request.method);
        let values = operation.and_then(|operation| path_values(operation.url_template, &request.path));
        let Some(Ok([app_id, destination_id])) = values.map(<[String; 2]>::try_from) else {
            return Err(Failure::code(ErrorCode::MethodOrUrlNotFound));
        };
        let header = |name| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if app_id != APP_ID || header(header::AUTHORIZATION) != format!("Bearer {}", self.app_token) {
            return Err(Failure::code(ErrorCode::Other(401)).status(401).message("wrong App ID or App Token"));
        }
        let wrong = |problem: String| Failure::code(ErrorCode::WrongParameter).message(problem);
        if header(header::CONTENT_TYPE) != "application/json" {
            return Err(wrong("the Content-Type is not application/json".to_owned()));
        }
        let update = DestinationUpdate::read(&request.body).map_err(|e| wrong(e.to_string()))?;
        if let Err(violations) = update.validate()
            && let Some(first) = violations.iter().find(|violation| violation.rule().source() == RuleSource::Vendor)
        {
            return Err(wrong(first.to_string()));
        }
        let Some(destination) = self.destinations.get_mut(&destination_id) else {
            return Err(Failure::code(ErrorCode::DestinationNotFound));
        };
        *destination = Some(update);
        let result = json!({ UpdatedDestinationResult::ID: destination_id });
        let body = json!({ UpdatedDestination::CODE: 200, UpdatedDestination::RESULT: result });
        Ok(Answer { status: 200, body, retry_after: None })
    }
}

/// What stands in a path where the template has its parameters.
fn path_values(template: &str, path: &str) -> Option<Vec<String>> {
    let (template, path) = (template.split('/'), path.split('/'));
    if template.clone().count() != path.clone().count() {
        return None;
    }
    let mut values = Vec::new();
    for (expected, found) in template.zip(path) {
        if expected.starts_with('{') {
            values.push(percent_decode_str(found).decode_utf8_lossy().into_owned());
        } else if expected != found {
            return None;
        }
    }
    Some(values)
}
