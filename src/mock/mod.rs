//! An in-memory mock server that behaves like the endpoint, for testing programs that use this crate.
//!
//! ```
//! use cinnox_destination::{ErrorCode, mock::{Failure, MockServer}, prelude::*};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start().await;
//! server.add_destination(&"dest-1".parse()?);
//!
//! let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]))?
//!     .with_staff(["staff-1"]);
//! let updated = server.client().update(&"dest-1".parse()?, &update).await?;
//!
//! assert_eq!(updated.id(), "dest-1");
//! assert_eq!(server.destination(&"dest-1".parse()?), Some(update.clone()));
//! assert_eq!(server.request_count(), 1);
//!
//! server.fail_next(1, Failure::code(ErrorCode::DestinationNotFound));
//! let error = server.client().update(&"dest-1".parse()?, &update).await.unwrap_err();
//! assert_eq!(error.outcome(), Outcome::Rejected);
//! # Ok(())
//! # }
//! ```
//!
//! The server checks what the vendor's page specifies: method, path, token, media type, and the body by the page's
//! rules. It does not check our own rules, except that it rejects unknown fields. How the vendor responds to a wrong
//! token or App ID is not known; the mock server responds 401.
//!
//! # Simulating failures
//!
//! [`MockServer::fail_next`] makes the next requests fail. To see each failure, use a client that does not retry
//! ([`RetryPolicy::never`](crate::RetryPolicy::never)).
//!
//! | [`ErrorKind`](crate::ErrorKind) | [`Outcome`](crate::Outcome) | how to produce it |
//! |---|---|---|
//! | `Configuration`, `InvalidUpdate` | not sent | an invalid setting or update; no server is needed |
//! | `Connect` | not sent | a client for a dropped server; the client has made no call before, or has `idle_timeout(Duration::ZERO)` |
//! | `Timeout` | unknown | [`Failure::slow`] or [`Failure::delay`] longer than the client's `attempt_timeout` or `total_timeout`, or reqwest's `read_timeout` |
//! | `ConnectionLost` | unknown | [`Failure::disconnect`], [`Failure::disconnect_mid_response`], or [`Failure::raw`] with bytes that are not HTTP |
//! | `Api` | depends on the code | [`Failure::code`], with any [`Failure::status`] |
//! | `UnexpectedResponse` | depends on the status | [`Failure::respond`] with a status, and a proxy's HTML as [`Failure::body`] |
//! | `UnreadableResponse` | unknown | [`Failure::respond`] with a `content-encoding` header or malformed JSON |
//! | `Redirect` | depends on the status | [`Failure::respond`] with a status such as 302 and a `location` header |
//! | `BodyTooLarge` | unknown | [`Failure::respond`] with a body of more than `max_response_bytes` |
//!
//! By default the update of a failed request is not applied; [`Failure::applied`] applies it.
//!
//! To simulate an outage, call [`fail_next`](MockServer::fail_next) with `usize::MAX` requests;
//! [`MockServer::clear_failures`] ends it. To rotate the App Token, call [`MockServer::accept_token`] with the new one,
//! then [`MockServer::revoke_token`] with the old one.
//!
//! # Without a server
//!
//! To test error handling without a server, use [`error`], which builds an [`Error`](crate::Error) of any kind,
//! including errors that no server can cause, such as `Timeout::Connect`, or a connection that is lost before the
//! request is written. For a fake behind your own trait, [`response`] builds what [`Client::update`] returns.
//!
//! # Threads, runtimes and the clock
//!
//! Each server has its own thread and uses the real clock. Several `#[tokio::test]` functions, each with its own
//! runtime, can share a server, but not a [`Client`].
//!
//! With a paused Tokio clock (`start_paused`), the clock advances while the runtime waits for a socket, so a call may
//! time out immediately. Call `tokio::time::resume()` before a call that has to succeed.
//!
//! To test a timeout, let the clock run and give the client a short `attempt_timeout`. To test a long timeout without
//! waiting for it, establish the connection, then pause the clock. The call may end before the server has read the
//! request, so a failure queued for one request could remain: make all requests fail, and clear the failures
//! afterwards.
//!
//! ```
//! # use std::time::Duration;
//! # use cinnox_destination::{mock::{Failure, MockServer}, prelude::*};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (server, id) = (MockServer::start().await, "dest-1".parse()?);
//! # server.add_destination(&id);
//! # let client = server.client().with_retry(RetryPolicy::never());
//! # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
//! # let update = DestinationUpdate::new("Night shift", languages, locations)?.with_staff(["staff-1"]);
//! client.update(&id, &update).await?; // establishes the connection
//! server.fail_next(usize::MAX, Failure::slow(Duration::from_secs(3600)));
//! tokio::time::pause();
//! let error = client.update(&id, &update).await.unwrap_err();
//! tokio::time::resume();
//! server.clear_failures();
//! assert!(error.is_timeout());
//! # Ok(())
//! # }
//! ```
//!
//! # Running a whole program against the server
//!
//! The server can replace the endpoint for a whole program: start it in the program, or pass
//! [`base_url`](MockServer::base_url), [`app_id`](MockServer::app_id) and [`app_token`](MockServer::app_token) to
//! another one as `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN`. It accepts no other token, except those
//! added with [`accept_token`](MockServer::accept_token). The server writes no log.

mod answers;
mod errors;
mod failure;
mod received;
mod response;
mod server;

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

pub use errors::{ErrorBuilder, error};
pub use failure::Failure;
pub use received::Received;
pub use response::response;

use crate::{Client, ClientBuilder, DestinationId, DestinationUpdate};
use answers::Endpoint;
use server::{ScriptedReply, Server};

const APP_ID: &str = "mock-app";

/// Maximum number of requests that [`MockServer::requests`] returns.
const MAX_REQUESTS: usize = 1_000;

/// An in-memory mock server on a loopback port. Dropping it closes its connections and frees the port. A later server
/// may get the same port, but has another token.
///
/// ```
/// use cinnox_destination::{mock::{Failure, MockServer}, prelude::*};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
/// # let update = DestinationUpdate::new("Night shift", languages, locations)?.with_staff(["staff-1"]);
/// let server = MockServer::start().await;
/// server.add_destination(&"dest-1".parse()?);
/// let client = server.client().with_retry(RetryPolicy::never());
///
/// server.fail_next(usize::MAX, Failure::respond(502)); // an outage
/// assert_eq!(client.update(&"dest-1".parse()?, &update).await.unwrap_err().outcome(), Outcome::Unknown);
/// server.clear_failures();
///
/// client.update(&"dest-1".parse()?, &update).await?;
/// assert_eq!(server.destination(&"dest-1".parse()?), Some(update));
/// # Ok(())
/// # }
/// ```
#[must_use = "the server stops when it is dropped"]
pub struct MockServer {
    server: Server,
    app_token: String,
    state: Arc<Mutex<State>>,
}

struct State {
    endpoint: Endpoint,
    /// Queued failures, each with the number of remaining requests (at least 1).
    failures: VecDeque<(usize, Failure)>,
    received: VecDeque<Received>,
    count: u64,
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("MockServer")
            .field("base_url", &self.base_url())
            .field("destinations", &state.endpoint.destinations)
            .field("request_count", &state.count)
            .finish_non_exhaustive()
    }
}

impl MockServer {
    /// Starts a server without destinations.
    ///
    /// # Panics
    ///
    /// If no loopback port or thread is available.
    pub async fn start() -> Self {
        static STARTED: AtomicU64 = AtomicU64::new(1);
        let app_token = format!("mock-token-{}", STARTED.fetch_add(1, Ordering::Relaxed));
        let state = Arc::new(Mutex::new(State {
            endpoint: Endpoint::new(APP_ID, &app_token),
            failures: VecDeque::new(),
            received: VecDeque::new(),
            count: 0,
        }));
        let receiver = state.clone();
        let server = match Server::start(Arc::new(move |request| lock(&receiver).receive(request))).await {
            Ok(server) => server,
            Err(error) => panic!("the mock server cannot start on a loopback port: {error}"),
        };
        Self { server, app_token, state }
    }

    /// The base URL, on a loopback port.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// The App ID that the server accepts.
    #[must_use]
    pub fn app_id(&self) -> &str {
        APP_ID
    }

    /// The App Token that the server accepts initially and that [`client`](Self::client) sends.
    #[must_use]
    pub fn app_token(&self) -> &str {
        &self.app_token
    }

    /// Accepts an additional App Token.
    ///
    /// ```
    /// # use cinnox_destination::{mock::MockServer, prelude::*};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (server, id) = (MockServer::start().await, "dest-1".parse()?);
    /// # server.add_destination(&id);
    /// # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
    /// # let update = DestinationUpdate::new("Night shift", languages, locations)?.with_staff(["staff-1"]);
    /// let client = server.client();
    /// server.accept_token("new-token");
    /// server.revoke_token(server.app_token());
    ///
    /// assert_eq!(client.update(&id, &update).await.unwrap_err().code(), Some(ErrorCode::Other(401)));
    /// client.with_app_token("new-token")?.update(&id, &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn accept_token(&self, app_token: &str) {
        self.state().endpoint.accept_token(app_token);
    }

    /// Stops accepting an App Token: requests with it get a 401.
    pub fn revoke_token(&self, app_token: &str) {
        self.state().endpoint.revoke_token(app_token);
    }

    /// Creates a builder for clients of this server.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder(&self.base_url(), APP_ID, &self.app_token)
    }

    /// Creates a client for this server with default settings.
    ///
    /// # Panics
    ///
    /// If the HTTP client cannot be built.
    #[must_use]
    pub fn client(&self) -> Client {
        match self.client_builder().build() {
            Ok(client) => client,
            Err(error) => panic!("no client can be built for the mock server: {error}"),
        }
    }

    /// Adds a destination without an update. An existing destination is left unchanged.
    pub fn add_destination(&self, id: &DestinationId) {
        self.state().endpoint.destinations.entry(id.to_string()).or_default();
    }

    /// The last update applied to a destination; `None` if there is none, or if the destination does not exist.
    #[must_use]
    pub fn destination(&self, id: &DestinationId) -> Option<DestinationUpdate> {
        self.state().endpoint.destinations.get(id.as_str()).cloned().flatten()
    }

    /// Makes the next `requests` requests fail with this failure, after the failures that are already queued. Use
    /// `usize::MAX` to fail every request until [`clear_failures`](Self::clear_failures).
    pub fn fail_next(&self, requests: usize, failure: Failure) {
        self.state().failures.extend((requests > 0).then_some((requests, failure)));
    }

    /// Removes the queued failures, so that the next requests are handled normally. A request that was already received
    /// still fails.
    pub fn clear_failures(&self) {
        self.state().failures.clear();
    }

    /// The last 1,000 received requests, oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.state().received.iter().cloned().collect()
    }

    /// The number of requests received. Each attempt of a client counts.
    #[must_use]
    pub fn request_count(&self) -> u64 {
        self.state().count
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn receive(&mut self, request: Received) -> ScriptedReply {
        let reply = match self.next_failure() {
            Some(failure) => {
                let endpoint_reply = failure.is_applied.then(|| self.endpoint.reply(&request));
                ScriptedReply { delay: failure.delay, reply: failure.reply(endpoint_reply) }
            }
            None => ScriptedReply { delay: Duration::ZERO, reply: self.endpoint.reply(&request) },
        };
        self.count += 1;
        if self.received.len() == MAX_REQUESTS {
            self.received.pop_front();
        }
        self.received.push_back(request);
        reply
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
}
