//! One call: the attempt loop.
//!
//! Each attempt goes through the generated client and its hooks (`attempt.rs`), its result is classified (`classify.rs`),
//! and the retry policy (`retry.rs`) decides whether another attempt follows.

use std::{sync::Arc, time::Duration};

use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout};

use super::{
    Client,
    attempt::Capture,
    budget::Permit,
    classify::{Limits, classify, expired},
    response::Response,
    retry::RetryContext,
    token::AppToken,
    trace::{self, AttemptSpan},
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
            let result = match validated {
                Ok(()) => self.attempts(operation, send, check).await,
                Err(violations) => Err(violations.into()),
            };
            result.inspect_err(trace::gave_up)
        };
        trace::call(operation, attempts).await
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
        let began = Instant::now();
        let time_left = || self.0.total_timeout.saturating_sub(began.elapsed());
        let mut remaining = self.0.total_timeout;
        let mut maybe_applied = false;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let limits = self.limits(remaining);
            let (api, capture) = self.for_attempt();
            if limits.timeout.is_zero() {
                // `timeout` polls the attempt once even if the duration is zero.
                return Err(expired(&capture, &limits));
            }
            let span = AttemptSpan::new(operation, self.0.base_url.url(), attempt);
            let result = match timeout(limits.timeout, span.instrument(send(api))).await {
                Ok(result) => classify(operation, result, &check, &capture, &limits),
                Err(_elapsed) => Err(expired(&capture, &limits)),
            };
            let error = match result {
                Ok(response) => {
                    span.succeeded(response.status());
                    self.0.retry_budget.iter().for_each(|budget| budget.deposit(attempt));
                    return Ok(Response::new(response, attempt));
                }
                Err(error) => error.with_history(attempt, maybe_applied),
            };
            span.failed(&error);
            maybe_applied |= error.outcome() == Outcome::Unknown;
            let context = RetryContext {
                attempt,
                remaining: time_left(),
                total_timeout: self.0.total_timeout,
                is_operation_idempotent: operation.idempotent,
                jitter: fastrand::f64(),
            };
            let delay = match self.0.retry.next_delay(&error, &context) {
                Ok(delay) => delay,
                Err(reason) => return Err(error.with_no_retry(reason)),
            };
            let Some(permit) = Permit::withdraw(self.0.retry_budget.as_deref()) else {
                return Err(error.with_no_retry(Some(NoRetry::BudgetEmpty)));
            };
            trace::retry(&error, attempt, delay);
            sleep(delay).await;
            remaining = time_left();
            // Timers can fire late. Do not start an attempt after the deadline; keep the last error.
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
        let capture = Arc::new(Capture::new(self.0.generated.inner.token.current()));
        let mut api = self.0.generated.clone();
        api.inner.capture = Some(capture.clone());
        (api, capture)
    }
}
