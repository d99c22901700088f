//! An in-memory mock server that answers as the endpoint does, for tests of programs that use this crate and for
//! rehearsals.
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
//! The server checks what the vendor's page says: method, path, token, media type, and the body by the page's rules. Our
//! own rules are left to the client, but a field that the page does not have is refused. What the vendor answers to a
//! wrong token or App ID is not known; the server answers 401.
//!
//! # Unhappy paths
//!
//! [`MockServer::fail_next`] makes the next requests fail. To see each failure, use a client that does not retry
//! ([`RetryPolicy::never`](crate::RetryPolicy::never)).
//!
//! | [`ErrorKind`](crate::ErrorKind) | [`Outcome`](crate::Outcome) | how to produce it |
//! |---|---|---|
//! | `Configuration`, `InvalidUpdate` | not sent | no server is needed: an invalid setting or update |
//! | `Connect` | not sent | a client of a server that was dropped; it has made no call before, or has `idle_timeout(Duration::ZERO)` |
//! | `Timeout` | unknown | [`Failure::slow`] or [`Failure::delay`] with more than the client's `attempt_timeout`, `total_timeout` or reqwest's `read_timeout` |
//! | `ConnectionLost` | unknown | [`Failure::disconnect`], [`Failure::disconnect_mid_response`], or [`Failure::raw`] with bytes that are not HTTP |
//! | `Api` | by the code | [`Failure::code`], with any status by [`Failure::status`] |
//! | `UnexpectedResponse` | by the status | [`Failure::respond`] with a status, and with a proxy's HTML by [`Failure::body`] |
//! | `UnreadableResponse` | unknown | [`Failure::respond`] with a `content-encoding` header or malformed JSON |
//! | `Redirect` | by the status | [`Failure::respond`] with a status such as 302 and a `location` header |
//! | `BodyTooLarge` | unknown | [`Failure::respond`] with a body of more than `max_response_bytes` |
//!
//! By default the update of a failed request is not applied; [`Failure::applied`] applies it.
//!
//! An outage is [`fail_next`](MockServer::fail_next) with `usize::MAX` requests; [`MockServer::clear_failures`] ends it. An
//! App Token that was rotated is [`MockServer::accept_token`] with the new one, then [`MockServer::revoke_token`].
//!
//! # Without a server
//!
//! For a function that only handles errors no server is needed: [`error`] makes an [`Error`](crate::Error) of each kind.
//! It also makes errors that no server can cause, such as `Timeout::Connect`, or a connection that is lost before the
//! request is written. For a fake behind a trait of your own, [`response`] makes what [`Client::update`] returns.
//!
//! # Threads, runtimes and the clock
//!
//! Each server has a thread of its own and uses the real clock. It can be shared by several `#[tokio::test]` functions,
//! although each of them has its own runtime; a [`Client`] cannot.
//!
//! With a paused Tokio clock (`start_paused`) time jumps to the next timer whenever the runtime waits for a socket, so that
//! a call may time out at once. Call `tokio::time::resume()` before a call that has to succeed.
//!
//! To test a timeout, let the clock run and give the client a short `attempt_timeout`. To test a long one without waiting
//! for it, establish the connection, then pause the clock. Whether the server has read the request when the call ends is
//! left to chance, so that a failure for one request could be left over: make all requests fail, and clear the failures.
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
//! # Rehearsals
//!
//! The server can stand in for the endpoint while a whole program runs: start it in the program, or pass
//! [`base_url`](MockServer::base_url), [`app_id`](MockServer::app_id) and [`app_token`](MockServer::app_token) to
//! another one as `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN`. No other token is accepted unless
//! [`accept_token`](MockServer::accept_token) names it, and the server writes no log.

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
use server::{Answer, Server};

const APP_ID: &str = "mock-app";

/// How many requests [`MockServer::requests`] remembers.
const REMEMBERED: usize = 1_000;

/// An in-memory mock server on a loopback port. Dropping it closes its connections and frees the port; the port may
/// then serve another server, which has another token.
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
#[must_use = "the server ends when it is dropped"]
pub struct MockServer {
    server: Server,
    app_token: String,
    state: Arc<Mutex<State>>,
}

struct State {
    endpoint: Endpoint,
    /// Each with how many requests are still to fail with it, at least one.
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
    /// Starts a server that knows no destination.
    ///
    /// # Panics
    ///
    /// If the process cannot have another loopback port or thread.
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

    /// The App ID that the server knows.
    #[must_use]
    pub fn app_id(&self) -> &str {
        APP_ID
    }

    /// The App Token that the server accepts from its start, and that its clients send.
    #[must_use]
    pub fn app_token(&self) -> &str {
        &self.app_token
    }

    /// Accepts another App Token beside those that are accepted already.
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

    /// Accepts this App Token no longer: requests with it are answered with 401.
    pub fn revoke_token(&self, app_token: &str) {
        self.state().endpoint.revoke_token(app_token);
    }

    /// A builder of a client for this server.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder(&self.base_url(), APP_ID, &self.app_token)
    }

    /// A client for this server, with default settings.
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

    /// Adds a destination that was not updated yet. One that is known already stays as it is.
    pub fn add_destination(&self, id: &DestinationId) {
        self.state().endpoint.destinations.entry(id.to_string()).or_default();
    }

    /// The last update that was applied to a destination; `None` if there is none, or no such destination.
    #[must_use]
    pub fn destination(&self, id: &DestinationId) -> Option<DestinationUpdate> {
        self.state().endpoint.destinations.get(id.as_str()).cloned().flatten()
    }

    /// Makes the next `requests` requests fail with this failure, after the failures that are already queued.
    /// `usize::MAX` is until [`clear_failures`](Self::clear_failures).
    pub fn fail_next(&self, requests: usize, failure: Failure) {
        self.state().failures.extend((requests > 0).then_some((requests, failure)));
    }

    /// Removes the failures that are still queued: further requests are answered as the endpoint does. A request that was
    /// received before still fails.
    pub fn clear_failures(&self) {
        self.state().failures.clear();
    }

    /// The received requests, the oldest first: the last 1,000 of them.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.state().received.iter().cloned().collect()
    }

    /// How many requests were received, each attempt of a client counted.
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
    fn receive(&mut self, request: Received) -> Answer {
        let answer = match self.next_failure() {
            Some(failure) => {
                let usual = failure.is_applied.then(|| self.endpoint.reply(&request));
                Answer { delay: failure.delay, reply: failure.reply(usual) }
            }
            None => Answer { delay: Duration::ZERO, reply: self.endpoint.reply(&request) },
        };
        self.count += 1;
        if self.received.len() == REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(request);
        answer
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
