//! Sends updates.
//!
//! Start with [`Client::update`]; the attempt loop is in `call.rs`. One attempt goes through the generated client and its
//! hooks (`attempt.rs`), the result is classified (`classify.rs`), and the retry policy (`retry.rs`) decides whether to
//! retry. `builder.rs` builds clients.
//!
//! This layer may use every layer below it. No lower layer knows it, except that the generated client carries an
//! [`Attempt`] for its hooks.

mod api_object;
mod attempt;
mod base_url;
mod builder;
mod call;
mod classify;
#[cfg(feature = "mock")]
mod clock;
mod retry;
mod token;
mod trace;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;

// Public because the generated client names it; nothing re-exports it.
#[allow(unreachable_pub)]
pub use self::attempt::Attempt;
use self::{attempt::Capture, base_url::BaseUrl, builder::Settings, retry::RetryBudget, token::AppToken};
#[cfg(feature = "mock")]
pub(crate) use self::{builder::ATTEMPT_TIMEOUT, classify::error_of_response, clock::Clock};
pub use self::{builder::ClientBuilder, call::Response, retry::RetryPolicy};
use crate::error::{ConfigError, Result};
use crate::generated;
use crate::generated::document::{Operation, UPDATE_DESTINATION};
use crate::generated::types::{DestinationUpdate, UpdatedDestination};
use crate::model::{AppId, DestinationId};
use crate::validation::{Validate, Violations};

/// A client for one app.
///
/// Cloning it is cheap. Clones share their connections and their App Token, and so do the handles returned by the `with_…`
/// methods, each of which changes one setting.
///
/// Create one client per program and use it in one Tokio runtime, because pooled connections belong to the runtime in
/// which they were opened (to use several runtimes, see [`ClientBuilder::idle_timeout`]).
#[derive(Clone)]
pub struct Client(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    http: reqwest::Client,
    base_url: BaseUrl,
    app_id: AppId,
    /// Shared by all handles. Each attempt takes the token of its beginning.
    token: Arc<RwLock<AppToken>>,
    retry_budget: Arc<RetryBudget>,
    settings: Settings,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { base_url, app_id, settings, .. } = &*self.0;
        f.debug_struct("Client")
            .field("base_url", &base_url.as_str())
            .field("app_id", app_id)
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Returns a builder for a client. The dashboard shows the three values that it needs together.
    ///
    /// ```
    /// use cinnox_destination::Client;
    ///
    /// let client = Client::builder()
    ///     .base_url("https://examplebaseurl.com")
    ///     .app_id("app-1")
    ///     .app_token("token")
    ///     .build()?;
    /// # Ok::<(), cinnox_destination::ConfigError>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Creates a client with default settings from the environment; see [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with everything that is missing or invalid.
    pub fn from_env() -> Result<Self, ConfigError> {
        ClientBuilder::from_env().build()
    }

    /// Replaces the settings of a destination (service group).
    ///
    /// The update is validated first. Dropping the future cancels the call: its connection is closed and nothing is
    /// retried. A request that has begun to be written may still be applied.
    ///
    /// ```
    /// # #[cfg(feature = "mock")]
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = cinnox_destination::mock::MockServer::start().await;
    /// # server.add_destination(&"dest-1".parse()?);
    /// # let client = server.client();
    /// use cinnox_destination::prelude::*;
    ///
    /// let (languages, locations) = (SupportLanguages::all(), SupportLocations::only(["HK"]));
    /// let update = DestinationUpdate::new("Night shift", languages, locations).with_staff(["staff-1"]);
    /// let updated = client.update(&"dest-1".parse()?, &update).await?;
    /// println!("updated {} in {} attempt(s)", updated.id(), updated.attempts());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "mock"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// The table at [`Outcome`](crate::Outcome) says which response has which outcome.
    ///
    /// | [`kind()`](crate::Error::kind) | [`outcome()`](crate::Error::outcome) | what to do |
    /// |---|---|---|
    /// | [`InvalidUpdate`](crate::ErrorKind::InvalidUpdate) | not sent | correct the reported violations |
    /// | [`Configuration`](crate::ErrorKind::Configuration) | not sent | correct the value or setting named in the error |
    /// | [`Connect`](crate::ErrorKind::Connect), [`Timeout::Connect`](crate::Timeout::Connect) | not sent | check the base URL and the network; retry later |
    /// | [`Tls`](crate::ErrorKind::Tls) | not sent or unknown | check the certificates |
    /// | [`Timeout::Attempt`](crate::Timeout::Attempt), [`Timeout::Total`](crate::Timeout::Total), [`Timeout::Read`](crate::Timeout::Read) | not sent or unknown | if unknown, check the service group, or resend if you are the only writer |
    /// | [`ConnectionLost`](crate::ErrorKind::ConnectionLost) | not sent or unknown | the same |
    /// | [`Api`](crate::ErrorKind::Api), status 401 | rejected | replace the App Token ([`set_app_token`](Self::set_app_token)) |
    /// | [`Api`](crate::ErrorKind::Api) | by the [code](crate::ErrorCode), else by the status | correct what the message names; if [`is_retryable`](crate::Error::is_retryable), retry later, after [`retry_after`](crate::Error::retry_after) |
    /// | [`UnexpectedResponse`](crate::ErrorKind::UnexpectedResponse) | by the status | read [`status`](crate::Error::status) and [`body`](crate::Error::body); check proxy, firewall and base URL |
    /// | [`UnclearResponse`](crate::ErrorKind::UnclearResponse) | unknown | check what stands between this program and the API |
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime, or in one without time and IO enabled.
    pub async fn update(
        &self,
        destination_id: &DestinationId,
        update: &DestinationUpdate,
    ) -> Result<Response<UpdatedDestination>> {
        self.call(
            &UPDATE_DESTINATION,
            self.validated(update),
            |api| async move { api.update_destination(&self.0.app_id, destination_id, update).await },
            |updated, token| self.check_id(updated, destination_id, token),
        )
        .await
    }

    /// Validated in full, so that `validate` and the client cannot differ; skipped rules are then dropped.
    fn validated(&self, update: &DestinationUpdate) -> Result<(), Violations> {
        update.validate().or_else(|violations| violations.without(&self.0.settings.skipped_rules))
    }

    /// Checks that the response names the destination of the request.
    fn check_id(&self, updated: &UpdatedDestination, wanted: &DestinationId, token: &AppToken) -> Result<(), String> {
        let id = updated.id();
        let is_acceptable = self.0.settings.accept_any_id && !id.is_empty() && !token.is_in(id.as_bytes());
        if id == wanted.as_str() || is_acceptable {
            return Ok(());
        }
        Err(format!(
            "it names the destination {id:?} instead of {:?}; if the server writes IDs in another form, use \
             accept_any_id (in the tool --accept-any-id)",
            wanted.as_str()
        ))
    }

    /// The method and the URL of the request that [`update`](Self::update) sends, to show them without sending it.
    pub fn update_request(&self, destination_id: &DestinationId) -> (&'static str, Url) {
        let Operation { method, url_template, .. } = UPDATE_DESTINATION;
        let mut ids = [self.0.app_id.as_str(), destination_id.as_str()].into_iter();
        let segment = |name: &'static str| if name.starts_with('{') { ids.next().unwrap_or_default() } else { name };
        let path: Vec<_> = url_template.split('/').map(segment).collect();
        let mut url = self.0.base_url.0.clone();
        url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), path.join("/")));
        (method, url)
    }

    /// The base URL, without a trailing slash.
    pub fn base_url(&self) -> &str {
        self.0.base_url.as_str()
    }

    /// The App ID.
    pub fn app_id(&self) -> &AppId {
        &self.0.app_id
    }

    /// Escape hatch: the generated client, which skips validation and retries.
    ///
    /// You lose validation, retries, the total timeout, and this crate's errors, which report the outcome and keep the
    /// response with the App Token redacted. The attempt timeout, the size limit of a response (the rest is cut off), the
    /// refusal of redirects and the checks of IDs and base URL still apply.
    ///
    /// The returned client keeps the App Token of this moment. Call this again after [`set_app_token`](Self::set_app_token).
    pub fn generated(&self) -> generated::Client {
        self.for_attempt(Some(self.0.settings.attempt_timeout))
    }

    /// Returns a generated client for one attempt.
    fn for_attempt(&self, timeout: Option<Duration>) -> generated::Client {
        let token = self.0.token.read().unwrap_or_else(PoisonError::into_inner).clone();
        let capture = Arc::new(Capture::new(token, self.0.settings.max_response_bytes));
        let inner = Attempt { timeout, capture };
        generated::Client { baseurl: self.base_url().to_owned(), client: self.0.http.clone(), inner }
    }

    /// Returns a handle with another total timeout and the same connections. With [`Duration::ZERO`], every call fails.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use cinnox_destination::{Client, RetryPolicy};
    /// # fn example(client: Client) {
    /// let patient = client
    ///     .with_total_timeout(Duration::from_secs(300))
    ///     .with_retry(RetryPolicy::default().idempotent());
    /// # }
    /// ```
    #[must_use]
    pub fn with_total_timeout(&self, timeout: Duration) -> Self {
        self.with(|settings| settings.total_timeout = timeout)
    }

    /// Returns a handle with another attempt timeout and the same connections. With [`Duration::ZERO`], every call
    /// fails.
    #[must_use]
    pub fn with_attempt_timeout(&self, timeout: Duration) -> Self {
        self.with(|settings| settings.attempt_timeout = timeout)
    }

    /// Returns a handle with another retry policy, and the same connections and retry budget.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(|settings| settings.retry = policy)
    }

    /// Replaces the App Token of this client and of all its clones and handles, from their next attempt on. Use it when the
    /// token is rotated; attempts in flight keep the old one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the token is invalid, as in [`ClientBuilder::build`]; the old token stays.
    pub fn set_app_token(&self, app_token: &str) -> Result<(), ConfigError> {
        let token = AppToken::new(app_token)?;
        *self.0.token.write().unwrap_or_else(PoisonError::into_inner) = token;
        Ok(())
    }

    fn with(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut inner = Inner::clone(&self.0);
        change(&mut inner.settings);
        Self(Arc::new(inner))
    }
}

#[cfg(test)]
mod tests;
