//! One call: the attempt loop, and the [`Response`] that it returns.
//!
//! Each attempt goes through the generated client and its hooks (`attempt.rs`), its result is classified (`classify.rs`),
//! and the retry policy (`retry.rs`) decides whether another attempt follows.

use std::{fmt, ops::Deref, pin::pin, time::Duration};

use http::{HeaderMap, StatusCode};
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use super::classify::{classify, expired};
use super::retry::RetryContext;
use super::token::AppToken;
use super::{Client, trace};
use crate::error::{Error, NoRetry, Outcome, Result, Timeout};
use crate::generated;
use crate::generated::document::Operation;
use crate::generated::types::{ApiError, UpdatedDestination};
use crate::validation::Violations;

impl Client {
    /// Sends a validated request, retrying as the policy allows. Methods for other operations validate their request and
    /// then call this. `check` says what is wrong with a response that the document allows: the outcome is then unknown.
    pub(crate) async fn call<T, F>(
        &self,
        operation: &Operation,
        validated: Result<(), Violations>,
        send: impl Fn(generated::Client) -> F,
        check: impl Fn(&T, &AppToken) -> Result<(), String>,
    ) -> Result<Response<T>>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<ApiError>>>,
    {
        let span = trace::call(operation);
        let (began, settings) = (Instant::now(), &self.0.settings);
        let (mut attempt, mut maybe_applied, mut remaining) = (0, false, settings.total_timeout);
        validated.map_err(Error::from).inspect_err(|error| trace::gave_up(&span, error))?;
        let result = loop {
            attempt += 1;
            let (limit, expires, duration) = self.time_limit(remaining);
            let api = self.for_attempt(None);
            let capture = api.inner.capture.clone();
            if limit.is_zero() {
                // `timeout` polls the attempt once even if the duration is zero.
                break Err(expired(&capture, expires, duration));
            }
            let attempt_span = trace::attempt(&span, operation, &self.0.base_url.0, attempt);
            #[cfg(feature = "mock")]
            let hold = settings.clock.as_ref().map(super::Clock::hold);
            let result = {
                // In its place from the beginning, because it is large.
                let response = pin!(send(api).instrument(attempt_span.clone()));
                timeout(limit, response).await
            };
            #[cfg(feature = "mock")]
            drop(hold);
            let result = match result {
                Ok(result) => classify(operation, result, &check, &capture),
                Err(_elapsed) => Err(expired(&capture, expires, duration)),
            };
            let error = match result {
                Ok(response) => {
                    attempt_span.record("http.response.status_code", response.status().as_u16());
                    self.0.retry_budget.deposit(attempt);
                    break Ok(Response::new(response, attempt));
                }
                Err(error) => error.with_history(attempt, maybe_applied),
            };
            trace::attempt_failed(&attempt_span, &error);
            drop(attempt_span);
            maybe_applied |= error.outcome() == Outcome::Unknown;
            let context = RetryContext {
                attempt,
                remaining: self.time_left(began),
                total_timeout: settings.total_timeout,
                is_operation_idempotent: operation.idempotent,
                jitter: fastrand::f64(),
            };
            let delay = match settings.retry.next_delay(&error, &context) {
                Ok(delay) => delay,
                Err(reason) => break Err(error.with_no_retry(reason)),
            };
            if !self.0.retry_budget.withdraw() {
                break Err(error.with_no_retry(Some(NoRetry::BudgetEmpty)));
            }
            trace::retry(&span, &error, attempt, delay);
            sleep(delay).await;
            // Timers can fire late. Do not start an attempt after the deadline; keep the last error.
            remaining = self.time_left(began);
            if remaining.is_zero() {
                break Err(error.with_no_retry(Some(NoRetry::OutOfTime(settings.total_timeout))));
            }
        };
        result.inspect_err(|error| trace::gave_up(&span, error))
    }

    fn time_left(&self, began: Instant) -> Duration {
        self.0.settings.total_timeout.saturating_sub(began.elapsed())
    }

    /// How long an attempt may take, and which timeout that is, with its full duration.
    fn time_limit(&self, remaining: Duration) -> (Duration, Timeout, Duration) {
        let settings = &self.0.settings;
        if remaining < settings.attempt_timeout {
            (remaining, Timeout::Total, settings.total_timeout)
        } else {
            (settings.attempt_timeout, Timeout::Attempt, settings.attempt_timeout)
        }
    }
}

/// The response of a successful call. It dereferences to the body.
#[derive(Clone)]
pub struct Response<T> {
    response: http::Response<T>,
    attempts: u32,
}

impl<T> Response<T> {
    pub(crate) fn new(response: http::Response<T>, attempts: u32) -> Self {
        Self { response, attempts }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers of the response. One that contains an App Token of at least 8 bytes is redacted.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The number of attempts, including those that did not connect.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// Omits the headers, which may contain secrets such as cookies.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("body", &**self)
            .field("status", &self.status())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.response.body()
    }
}

impl UpdatedDestination {
    /// The ID of the updated destination, as the server wrote it.
    pub fn id(&self) -> &str {
        &self.result.id
    }
}
