//! Sends updates.
//!
//! Start with [`Client::update`]; the attempt loop is `Client::attempts` below. One attempt goes through the generated
//! client and its hooks (`attempt.rs`), the result is classified (`classify.rs`), and the retry policy (`retry.rs`)
//! decides whether to retry. `builder.rs` builds clients.
//!
//! This layer may use every layer below it. No lower layer knows it, except that the generated client carries an
//! [`Attempt`] for its hooks.

mod api_object;
mod attempt;
mod base_url;
mod budget;
mod builder;
mod classify;
mod coding;
mod proxy;
mod response;
mod retry;
mod retry_after;
mod token;
mod trace;

use std::{fmt, sync::Arc, time::Duration};

use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};

// Public because the generated client names it; nothing re-exports it.
#[allow(unreachable_pub)]
pub use self::attempt::Attempt;
pub(crate) use self::token::AppToken;
#[cfg(feature = "mock")]
pub(crate) use self::{attempt::AttemptHook, builder::ATTEMPT_TIMEOUT, classify::error_of_response};
use self::{
    attempt::Capture,
    base_url::BaseUrl,
    budget::{Permit, RetryBudget},
    classify::{Limits, classify, expired},
    retry::RetryContext,
    token::Redact,
    trace::AttemptSpan,
};
pub use self::{builder::ClientBuilder, response::Response, retry::RetryPolicy};
#[cfg(doc)]
use crate::{error::ErrorKind, model::ErrorCode};
use crate::{
    error::{ConfigError, Error, NoRetry, Outcome, ResponseParts, Result, Timeout},
    generated::{
        self,
        document::{Operation, UPDATE_DESTINATION},
        types::{ApiError, DestinationUpdate, UpdatedDestination},
    },
    model::{AppId, DestinationId},
    validation::{Validate, Violations},
};

/// A client for one app.
///
/// Cloning it is cheap. Clones share their connections, and so do the handles returned by the `with_…` methods, each of
/// which changes one setting.
///
/// Create one client per program and use it in one Tokio runtime, because pooled connections belong to the runtime in
/// which they were opened (to use several runtimes, see [`ClientBuilder::idle_timeout`]).
///
/// In a test with a paused Tokio clock (`start_paused`), a call may time out at once, because Tokio advances the clock
/// while the socket is idle. The clients of a [mock server](crate::mock) prevent that.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    /// Its `inner` holds the App Token, the attempt timeout and the size limit of a response.
    generated: generated::Client,
    base_url: BaseUrl,
    app_id: AppId,
    connect_timeout: Duration,
    total_timeout: Duration,
    retry: RetryPolicy,
    retry_budget: Option<Arc<RetryBudget>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("app_id", self.app_id())
            .field("attempt_timeout", &self.0.generated.inner.timeout)
            .field("total_timeout", &self.0.total_timeout)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Returns a builder for a client with this base URL, App ID and App Token. The dashboard shows all three
    /// together.
    ///
    /// ```
    /// use cinnox_destination::Client;
    ///
    /// let client = Client::builder("https://examplebaseurl.com", "app-1", "token").build()?;
    /// # Ok::<(), cinnox_destination::ConfigError>(())
    /// ```
    pub fn builder(base_url: &str, app_id: &str, app_token: &str) -> ClientBuilder {
        ClientBuilder::new(base_url, app_id, app_token)
    }

    /// Creates a client with default settings from the environment variables `CINNOX_BASE_URL`, `CINNOX_APP_ID` and
    /// `CINNOX_APP_TOKEN`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if a variable is missing (the error lists all missing ones) or a value is invalid.
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
    /// let languages = SupportLanguages::all();
    /// let locations = SupportLocations::only(["HK"]);
    /// let update = DestinationUpdate::new("Night shift", languages, locations)?.with_staff(["staff-1"]);
    /// let updated = client.update(&"dest-1".parse()?, &update).await?;
    /// println!("updated {} in {} attempt(s)", updated.id(), updated.attempts);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "mock"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// After a timeout or a lost connection, the outcome is *not sent* if no byte of the request was written.
    ///
    /// | [`kind()`](Error::kind) | [`outcome()`](Error::outcome) | what to do |
    /// |---|---|---|
    /// | [`InvalidUpdate`](ErrorKind::InvalidUpdate) | not sent | correct the reported violations |
    /// | [`Configuration`](ErrorKind::Configuration) | not sent | correct the value or setting named in the error |
    /// | [`Connect`](ErrorKind::Connect), [`Timeout::Connect`] | not sent | check the base URL, network and certificates; retry later |
    /// | [`Timeout::Attempt`], [`Timeout::Total`], [`Timeout::Read`] | not sent or unknown | if unknown, check the service group, or resend if you are the only writer |
    /// | [`ConnectionLost`](ErrorKind::ConnectionLost) | not sent or unknown | the same |
    /// | [`Api`](ErrorKind::Api) | determined by the [code](ErrorCode); for an undocumented code, by the HTTP status | correct what the message names; if [`is_retryable`](Error::is_retryable), retry later, after [`retry_after`](Error::retry_after) |
    /// | [`UnexpectedResponse`](ErrorKind::UnexpectedResponse) | determined by the status: rejected for 4xx except 408, for 503 with `Retry-After`, and for 307 and 308; unknown otherwise | the response usually came from a proxy or firewall: read [`status`](Error::status) and [`body`](Error::body), and check proxy, firewall and base URL |
    /// | [`UnreadableResponse`](ErrorKind::UnreadableResponse) | unknown | check proxies and gateways: something compresses, re-encodes, truncates or wraps responses |
    /// | [`Redirect`](ErrorKind::Redirect) | rejected for 307 and 308; unknown otherwise | correct the base URL |
    /// | [`BodyTooLarge`](ErrorKind::BodyTooLarge) | unknown | check which server the base URL leads to |
    ///
    /// # Panics
    ///
    /// Panics outside of a Tokio runtime, or in one without time and IO enabled.
    pub async fn update(
        &self,
        destination_id: &DestinationId,
        update: &DestinationUpdate,
    ) -> Result<Response<UpdatedDestination>> {
        self.call(&UPDATE_DESTINATION, update.validate(), |api| async move {
            api.update_destination(&self.0.app_id, destination_id, update).await
        })
        .await
    }

    /// The base URL, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.generated.baseurl
    }

    /// The App ID.
    #[must_use]
    pub fn app_id(&self) -> &AppId {
        &self.0.app_id
    }

    /// Escape hatch: the generated client, which skips validation and retries.
    ///
    /// It does not validate. You lose validation, retries, the total timeout, and this crate's errors, which report the
    /// outcome and keep the response with the App Token redacted. The App Token is still sent, and the attempt timeout,
    /// the size limit of a response, the refusal of redirects and the checks of IDs and base URL still apply.
    #[must_use]
    pub fn generated(&self) -> &generated::Client {
        &self.0.generated
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
        self.with(|inner| inner.total_timeout = timeout)
    }

    /// Returns a handle with another attempt timeout and the same connections. With [`Duration::ZERO`], every call
    /// fails.
    #[must_use]
    pub fn with_attempt_timeout(&self, timeout: Duration) -> Self {
        self.with(|inner| inner.generated.inner.timeout = timeout)
    }

    /// Returns a handle with another retry policy, and the same connections and retry budget.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with(|inner| inner.retry = policy)
    }

    /// Returns a handle with another App Token and the same connections. Use it when the token is rotated; calls in
    /// flight keep the old one.
    ///
    /// # Errors
    ///
    /// [`ConfigError::AppToken`], as in [`ClientBuilder::build`].
    pub fn with_app_token(&self, app_token: &str) -> Result<Self, ConfigError> {
        let token = AppToken::new(app_token)?;
        Ok(self.with(|inner| inner.generated.inner.token = token))
    }

    fn with(&self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = Inner::clone(&self.0);
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// Sends a validated request, retrying as the policy allows, and classifies the result. Methods for other
    /// operations validate their request and then call this.
    async fn call<T, F>(
        &self,
        operation: &Operation,
        validated: Result<(), Violations>,
        send: impl Fn(generated::Client) -> F,
    ) -> Result<Response<T>>
    where
        T: DeserializeOwned + Redact,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<ApiError>>>,
    {
        let attempts = async {
            let result = match validated {
                Ok(()) => self.attempts(operation, send).await,
                Err(violations) => Err(violations.into()),
            };
            result.inspect_err(trace::gave_up)
        };
        trace::call(operation, attempts).await
    }

    async fn attempts<T, F>(&self, operation: &Operation, send: impl Fn(generated::Client) -> F) -> Result<Response<T>>
    where
        T: DeserializeOwned + Redact,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<ApiError>>>,
    {
        let began = Instant::now();
        let time_left = || self.0.total_timeout.saturating_sub(began.elapsed());
        let token = &self.0.generated.inner.token;
        let mut remaining = self.0.total_timeout;
        if self.limits(remaining).timeout.is_zero() {
            // `timeout` polls the attempt once even if the duration is zero.
            return Err(expired(&Capture::default(), &self.limits(remaining), token));
        }
        let mut maybe_applied = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let limits = self.limits(remaining);
            let (api, capture) = self.for_attempt();
            let span = AttemptSpan::new(operation, self.0.base_url.url(), attempt);
            let result = match timeout(limits.timeout, span.instrument(send(api))).await {
                Ok(result) => classify(result, &capture, &limits, token),
                Err(_elapsed) => Err(expired(&capture, &limits, token)),
            };
            let error = match result {
                Ok((mut body, response)) => {
                    body.redact(token);
                    span.succeeded(response.status);
                    self.0.retry_budget.iter().for_each(|budget| budget.deposit(attempt));
                    let ResponseParts { status, headers, .. } = response;
                    return Ok(Response { body, status, headers, attempts: attempt });
                }
                Err(error) => error.with_history(attempt, maybe_applied),
            };
            span.failed(&error);
            maybe_applied |= error.outcome() == Outcome::Unknown;
            let (delay, permit) = match self.next_delay(&error, operation, attempt, time_left()) {
                Ok(next) => next,
                Err(reason) => return Err(error.with_no_retry(reason)),
            };
            trace::retry(&error, attempt, delay);
            sleep(delay).await;
            remaining = time_left();
            // Timers can fire late. Do not start an attempt after the deadline; return the last error.
            if remaining.is_zero() {
                return Err(error.with_no_retry(Some(NoRetry::OutOfTime(self.0.total_timeout))));
            }
            permit.spend();
        }
    }

    fn limits(&self, remaining: Duration) -> Limits {
        let attempt_timeout = self.0.generated.inner.timeout;
        let timeout_kind = if remaining < attempt_timeout {
            (Timeout::Total, self.0.total_timeout)
        } else {
            (Timeout::Attempt, attempt_timeout)
        };
        Limits {
            connect_timeout: self.0.connect_timeout,
            timeout: remaining.min(attempt_timeout),
            timeout_kind,
            max_response_bytes: self.0.generated.inner.max_response_bytes,
        }
    }

    /// Returns a generated client for one attempt, and the capture that its hooks fill.
    fn for_attempt(&self) -> (generated::Client, Arc<Capture>) {
        let capture = Arc::new(Capture::default());
        let mut api = self.0.generated.clone();
        api.inner.capture = Some(capture.clone());
        (api, capture)
    }

    fn next_delay(
        &self,
        error: &Error,
        operation: &Operation,
        attempt: u32,
        remaining: Duration,
    ) -> Result<(Duration, Permit<'_>), Option<NoRetry>> {
        let context = RetryContext {
            attempt,
            remaining,
            total_timeout: self.0.total_timeout,
            is_operation_idempotent: operation.idempotent,
            jitter: fastrand::f64(),
        };
        let delay = self.0.retry.next_delay(error, &context)?;
        let permit = Permit::withdraw(self.0.retry_budget.as_deref()).ok_or(Some(NoRetry::BudgetEmpty))?;
        Ok((delay, permit))
    }
}

#[cfg(test)]
mod tests;
