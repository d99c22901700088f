//! One call: the attempt loop.
//!
//! Each attempt goes through the generated client and its hooks (`attempt.rs`), its result is classified (`classify.rs`),
//! and the retry policy (`retry.rs`) decides whether another attempt follows.

use std::time::Duration;

use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use super::{
    Client,
    builder::Settings,
    classify::{Limits, classify, expired},
    response::Response,
    retry::RetryContext,
    token::AppToken,
    trace,
};
use crate::{
    error::{NoRetry, Outcome, Result, Timeout},
    generated::{self, document::Operation, types::ApiError},
    validation::Violations,
};

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
        let attempts = async {
            validated?;
            self.attempts(operation, send, check).await
        };
        let call = async { attempts.await.inspect_err(trace::gave_up) };
        call.instrument(trace::call(operation)).await
    }

    async fn attempts<T, F>(
        &self,
        operation: &Operation,
        send: impl Fn(generated::Client) -> F,
        check: impl Fn(&T, &AppToken) -> Result<(), String>,
    ) -> Result<Response<T>>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<ResponseValue<T>, generated::Error<ApiError>>>,
    {
        let (began, settings) = (Instant::now(), &self.0.settings);
        let mut maybe_applied = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let limits = self.limits(began);
            let api = self.for_attempt(None);
            let capture = api.inner.capture.clone();
            if limits.timeout.is_zero() {
                // `timeout` polls the attempt once even if the duration is zero.
                return Err(expired(&capture, &limits));
            }
            let span = trace::attempt(operation, self.0.base_url.url(), attempt);
            #[cfg(feature = "mock")]
            let hold = settings.clock.as_ref().map(super::Clock::hold);
            let result = timeout(limits.timeout, send(api).instrument(span.clone())).await;
            #[cfg(feature = "mock")]
            drop(hold);
            let error = match result {
                Ok(result) => match classify(operation, result, &check, &capture, &limits) {
                    Ok(response) => {
                        span.record("http.response.status_code", response.status().as_u16());
                        self.0.retry_budget.iter().for_each(|budget| budget.deposit(attempt));
                        return Ok(Response::new(response, attempt));
                    }
                    Err(error) => error,
                },
                Err(_elapsed) => expired(&capture, &limits),
            };
            let error = error.with_history(attempt, maybe_applied);
            trace::attempt_failed(&span, &error);
            drop(span);
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
                Err(reason) => return Err(error.with_no_retry(reason)),
            };
            if !self.0.retry_budget.iter().all(|budget| budget.withdraw()) {
                return Err(error.with_no_retry(Some(NoRetry::BudgetEmpty)));
            }
            trace::retry(&error, attempt, delay);
            sleep(delay).await;
            // Timers can fire late. Do not start an attempt after the deadline; keep the last error.
            if self.time_left(began).is_zero() {
                return Err(error.with_no_retry(Some(NoRetry::OutOfTime(settings.total_timeout))));
            }
        }
    }

    fn time_left(&self, began: Instant) -> Duration {
        self.0.settings.total_timeout.saturating_sub(began.elapsed())
    }

    fn limits(&self, began: Instant) -> Limits {
        let Settings { attempt_timeout, total_timeout, max_response_bytes, .. } = self.0.settings;
        let remaining = self.time_left(began);
        let expires = if remaining < attempt_timeout {
            (Timeout::Total, total_timeout)
        } else {
            (Timeout::Attempt, attempt_timeout)
        };
        Limits { timeout: remaining.min(attempt_timeout), expires, max_response_bytes }
    }
}
