//! An in-memory mock server that behaves like the endpoint, and fakes without a server, for testing programs that use
//! this crate. Start with [`MockServer`].
//!
//! The server checks what the vendor's page specifies: method, path, token, media type, and the body by the page's
//! rules. It does not check our own rules, except that it rejects unknown fields. How the vendor responds to a wrong
//! token or App ID is not known; the mock server responds 401.
//!
//! # Simulating failures
//!
//! [`MockServer::fail_next`] makes the next requests fail, [`MockServer::fail_always`] all of them until
//! [`MockServer::clear_failures`]. To see each failure, use a client that does not retry
//! ([`RetryPolicy::never`](crate::RetryPolicy::never)).
//!
//! | what happens | [`Outcome`](crate::Outcome) | how to produce it |
//! |---|---|---|
//! | the API reports an error | depends on the code | [`Failure::code`], [`Failure::api`] |
//! | a gateway or proxy responds | depends on the status | [`Failure::respond`] with a status, headers and a body |
//! | the server does not respond | unknown | [`Failure::slow`], [`Failure::delay`] |
//! | the connection breaks, perhaps in the middle of a response | unknown | [`Failure::disconnect`], [`Failure::raw`] |
//! | the server does not speak HTTP | unknown | [`Failure::raw`] |
//! | the connection is refused | not sent | drop the server; only for a client without an open connection |
//!
//! By default the update of a failed request is not applied; [`Failure::applied`] applies it, and so does
//! [`Failure::slow`]. The server cannot simulate TLS failures. To rotate the App Token,
//! call [`MockServer::accept_token`] with the new one, then [`MockServer::revoke_token`] with the old one.
//!
//! # Replacing the client
//!
//! For tests without a socket, put a trait of your own between your program and the client. With futures that are
//! `Send`, it works inside `tokio::spawn`. [`error`] and [`connect_error`] build the errors that a client returns,
//! [`response`] a success.
//!
//! ```
//! use std::sync::Arc;
//!
//! use cinnox_destination::{Response, Result, UpdatedDestination, mock::{self, Failure}, prelude::*};
//!
//! trait Destinations: Send + Sync + 'static {
//!     fn update(
//!         &self,
//!         id: &DestinationId,
//!         update: &DestinationUpdate,
//!     ) -> impl Future<Output = Result<Response<UpdatedDestination>>> + Send;
//! }
//!
//! impl Destinations for Client {
//!     async fn update(&self, id: &DestinationId, update: &DestinationUpdate) -> Result<Response<UpdatedDestination>> {
//!         Client::update(self, id, update).await
//!     }
//! }
//!
//! /// Knows only `dest-1`.
//! struct Fake;
//!
//! impl Destinations for Fake {
//!     async fn update(&self, id: &DestinationId, _: &DestinationUpdate) -> Result<Response<UpdatedDestination>> {
//!         match id.as_str() {
//!             "dest-1" => Ok(mock::response(id)),
//!             _ => Err(mock::error([Failure::code(ErrorCode::DESTINATION_NOT_FOUND)])),
//!         }
//!     }
//! }
//!
//! /// The program under test.
//! async fn is_known<D: Destinations>(destinations: Arc<D>, id: DestinationId, update: DestinationUpdate) -> bool {
//!     let update = tokio::spawn(async move { destinations.update(&id, &update).await });
//!     !update.await.unwrap().is_err_and(|error| error.is_not_found())
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
//! # let update = DestinationUpdate::new("Night shift", languages, locations).with_staff(["staff-1"]);
//! assert!(is_known(Arc::new(Fake), "dest-1".parse()?, update.clone()).await);
//! assert!(!is_known(Arc::new(Fake), "dest-2".parse()?, update.clone()).await);
//!
//! let server = mock::MockServer::start().await;
//! assert!(!is_known(Arc::new(server.client()), "dest-1".parse()?, update).await);
//! # Ok(())
//! # }
//! ```
//!
//! # The clock, threads and runtimes
//!
//! With a paused Tokio clock (`start_paused`), calls of [`MockServer::client`] and [`MockServer::client_builder`] take
//! no time of that clock. There, each simulated delay is a timeout, at once: a delayed response lets the clock advance,
//! also for all other calls of these clients that are in flight, so they may time out as well. Other clients may time
//! out by themselves, because a paused clock advances while a runtime waits for a socket.
//!
//! Each server has its own thread. Several `#[tokio::test]` functions, each with its own runtime, can share a server,
//! but not a [`Client`].
//!
//! # Running a whole program against the server
//!
//! Start the server in the program, or pass [`base_url`](MockServer::base_url), [`app_id`](MockServer::app_id) and
//! [`app_token`](MockServer::app_token) to another one as `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN`.
//! The server writes no log.

mod endpoint;
mod failure;
mod server;

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use endpoint::response;
pub use failure::{Failure, connect_error, error};
pub use server::Received;

use crate::{Client, ClientBuilder, DestinationId, DestinationUpdate, client::Clock};
use endpoint::{APP_ID, Endpoint};
use server::{Reply, Server};

/// An in-memory mock server on a loopback port. Dropping it closes its connections and frees the port. A later server
/// may get the same port, but has another token.
///
/// ```
/// use cinnox_destination::{mock::{Failure, MockServer}, prelude::*};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
/// # let update = DestinationUpdate::new("Night shift", languages, locations).with_staff(["staff-1"]);
/// let server = MockServer::start().await;
/// server.add_destination(&"dest-1".parse()?);
/// let client = server.client().with_retry(RetryPolicy::never());
///
/// server.fail_next(1, Failure::code(ErrorCode::WRONG_PARAMETER));
/// assert_eq!(client.update(&"dest-1".parse()?, &update).await.unwrap_err().outcome(), Outcome::Rejected);
///
/// server.fail_always(Failure::respond(502)); // an outage
/// assert_eq!(client.update(&"dest-1".parse()?, &update).await.unwrap_err().outcome(), Outcome::Unknown);
/// server.clear_failures();
///
/// client.update(&"dest-1".parse()?, &update).await?;
/// assert_eq!(server.destination(&"dest-1".parse()?), Some(update));
/// assert_eq!(server.request_count(), 3);
/// # Ok(())
/// # }
/// ```
#[must_use = "the server stops when it is dropped"]
pub struct MockServer {
    server: Server,
    app_token: String,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    endpoint: Endpoint,
    /// Queued failures, each with the number of remaining requests (at least 1).
    failures: VecDeque<(usize, Failure)>,
    received: Vec<Received>,
}

impl fmt::Debug for MockServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockServer").field("base_url", &self.base_url()).finish_non_exhaustive()
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
        let (clock, state) = (Clock::default(), Arc::<Mutex<State>>::default());
        let receiver = state.clone();
        let decide = Arc::new(move |request| receiver.lock().unwrap_or_else(PoisonError::into_inner).receive(request));
        let server = Server::start(clock.clone(), decide).await;
        let server = server.unwrap_or_else(|error| panic!("the mock server cannot start on a loopback port: {error}"));
        let server = Self { server, app_token, clock, state };
        server.accept_token(&server.app_token);
        server
    }

    /// The base URL, on a loopback port.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The App ID that the server accepts.
    pub fn app_id(&self) -> &str {
        APP_ID
    }

    /// The App Token that the server accepts initially and that [`client`](Self::client) sends.
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
    /// # let update = DestinationUpdate::new("Night shift", languages, locations).with_staff(["staff-1"]);
    /// let client = server.client();
    /// server.accept_token("new-token");
    /// server.revoke_token(server.app_token());
    ///
    /// let error = client.update(&id, &update).await.unwrap_err();
    /// assert!(error.is_unauthorized());
    /// client.set_app_token("new-token")?;
    /// client.update(&id, &update).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn accept_token(&self, app_token: &str) {
        self.state().endpoint.tokens.insert(app_token.to_owned());
    }

    /// Stops accepting an App Token: requests with it get a 401.
    pub fn revoke_token(&self, app_token: &str) {
        self.state().endpoint.tokens.remove(app_token);
    }

    /// Creates a builder for clients of this server.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder().base_url(&self.base_url()).app_id(APP_ID).app_token(&self.app_token).clock(self.clock.clone())
    }

    /// Creates a client for this server with default settings.
    ///
    /// # Panics
    ///
    /// If the HTTP client cannot be built.
    pub fn client(&self) -> Client {
        let client = self.client_builder().build();
        client.unwrap_or_else(|error| panic!("no client can be built for the mock server: {error}"))
    }

    /// Adds a destination without an update. An existing destination is left unchanged.
    pub fn add_destination(&self, id: &DestinationId) {
        self.state().endpoint.destinations.entry(id.to_string()).or_default();
    }

    /// The last update applied to a destination; `None` if there is none, or if the destination does not exist.
    pub fn destination(&self, id: &DestinationId) -> Option<DestinationUpdate> {
        self.state().endpoint.destinations.get(id.as_str()).cloned().flatten()
    }

    /// Makes the next `requests` requests fail with this failure, after the failures that are already queued.
    pub fn fail_next(&self, requests: usize, failure: Failure) {
        self.state().failures.extend((requests > 0).then_some((requests, failure)));
    }

    /// Makes every request fail with this failure, after the failures that are already queued, until
    /// [`clear_failures`](Self::clear_failures).
    pub fn fail_always(&self, failure: Failure) {
        self.fail_next(usize::MAX, failure);
    }

    /// Removes the queued failures, so that the next requests are handled normally. A request that was already received
    /// still fails.
    pub fn clear_failures(&self) {
        self.state().failures.clear();
    }

    /// The received requests, oldest first. Each attempt of a client counts.
    pub fn requests(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// The number of received requests.
    pub fn request_count(&self) -> usize {
        self.state().received.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The reply to a request, and the delay before it.
    fn receive(&mut self, request: Received) -> (Duration, Reply) {
        // Without a failure the endpoint responds at once.
        let failure = self.next_failure().unwrap_or_else(|| Failure::slow(Duration::ZERO));
        let response = failure.is_applied.then(|| self.endpoint.respond(&request));
        self.received.push(request);
        (failure.delay, failure.reply(response))
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
