//! The call itself.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    ops::Deref,
    pin::pin,
    sync::Arc,
    time::Duration,
};

use http::{HeaderMap, StatusCode};
use progenitor_client::ResponseValue;
use tokio::time::{Instant, sleep};

mod attempt;
mod builder;
mod classify;
mod retry;
mod trace;

use attempt as transport;
pub use builder::ClientBuilder;
use classify::classify;
pub use retry::RetryPolicy;

use crate::{
    AppId, DestinationId, DestinationUpdate, Error, Outcome, Timeout, UpdatedDestination, Validate, Violations,
    generated::{self, types::ApiError},
};
#[cfg(doc)]
use crate::{ErrorCode, ErrorKind};
pub use attempt::Attempt;

/// A client of one app. Cloning it is cheap; clones share their connections.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) generated: generated::Client,
    pub(crate) app_id: AppId,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) retry: RetryPolicy,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .field("app_id", self.app_id())
            .field("attempt_timeout", &self.0.attempt_timeout)
            .field("total_timeout", &self.0.total_timeout)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

/// What a call that succeeded brings back. It dereferences to the body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Response<T> {
    /// The body, as the document describes it.
    pub body: T,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers of the response.
    pub headers: HeaderMap,
    /// How many attempts were made, those without a connection included.
    pub attempts: u32,
}

/// Without the values of the headers: a server may send back what it received, the token included.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("body", &self.body)
            .field("status", &self.status)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl Client {
    /// A client for the app whose base URL, App ID and App Token the dashboard shows together.
    ///
    /// ```
    /// use cinnox_destination::Client;
    ///
    /// let client = Client::builder("https://examplebaseurl.com", "app-1", "token").build()?;
    /// # Ok::<(), cinnox_destination::Error>(())
    /// ```
    pub fn builder(base_url: &str, app_id: &str, app_token: &str) -> ClientBuilder {
        ClientBuilder::new(base_url, app_id, app_token)
    }

    /// A client with default settings for the app that `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN` name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`]: variables are missing, all of which are named, or a value cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env().build()
    }

    /// The base URL that the calls of this client go to, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.generated.baseurl
    }

    /// The App ID that the calls of this client are for.
    #[must_use]
    pub fn app_id(&self) -> &AppId {
        &self.0.app_id
    }

    /// The generated client: the way out for a caller whom a rule of ours hinders.
    ///
    /// It sends what it is given. The token, the time-out of an attempt, the limit on a response, the refusal of
    /// redirects and the checks of IDs and base URL are still there. Given up are the validation of the update, the
    /// retries, the time-out of the whole call, and errors that know the outcome, keep what the server said and hide the
    /// token if the server sends it back.
    #[must_use]
    pub fn generated(&self) -> &generated::Client {
        &self.0.generated
    }

    /// Replaces the settings of a destination (service group).
    ///
    /// The update is validated first. Dropping the future is safe; once the request went out, whether the update is
    /// applied is then unknown.
    ///
    /// # Errors
    ///
    /// | [`kind()`](Error::kind) | [`outcome()`](Error::outcome) | what to do |
    /// |---|---|---|
    /// | [`InvalidUpdate`](ErrorKind::InvalidUpdate) | not sent | correct what the violations name |
    /// | [`Configuration`](ErrorKind::Configuration) | not sent | correct the value or setting that is named |
    /// | [`Connect`](ErrorKind::Connect), [`Timeout::Connect`] | not sent | check base URL, network and certificates; try again later |
    /// | [`Timeout::Attempt`], [`Timeout::Total`] | unknown | look at the service group, or send the update again if nobody else writes |
    /// | [`ConnectionLost`](ErrorKind::ConnectionLost) | unknown | the same |
    /// | [`Api`](ErrorKind::Api) | by the [code](ErrorCode) | correct what the message names; if [`is_retryable`](Error::is_retryable), try again later, not before [`retry_after`](Error::retry_after) |
    /// | [`UnexpectedResponse`](ErrorKind::UnexpectedResponse) | by the status: rejected for 4xx but 408, for 503 with `Retry-After`, and for 307 and 308; unknown otherwise | read [`status`](Error::status) and [`body`](Error::body): it may be a proxy that answers |
    /// | [`Redirect`](ErrorKind::Redirect) | rejected for 307 and 308; unknown otherwise | correct the base URL |
    /// | [`BodyTooLarge`](ErrorKind::BodyTooLarge) | unknown | check who answers at the base URL |
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime, or in one without time and IO.
    // No `async fn`: its future would be one more around that of the call, and cost a tenth of a per cent.
    pub fn update<'a>(
        &'a self,
        destination_id: &'a DestinationId,
        update: &'a DestinationUpdate,
    ) -> impl Future<Output = Result<Response<UpdatedDestination>, Error>> + Send {
        self.call(
            || update.validate(),
            move || self.0.generated.update_destination(&self.0.app_id, destination_id, update),
        )
    }

    /// Checks a request, sends it with the generated client, as often as the policy allows, and gives its result a
    /// meaning. This is all that a further operation of the document needs.
    // `AsyncFn` would read better, but then the compiler cannot see that the future of a call is `Send`.
    pub(crate) async fn call<T, F>(
        &self,
        check: impl FnOnce() -> Result<(), Violations>,
        send: impl Fn() -> F,
    ) -> Result<Response<T>, Error>
    where
        F: Future<Output = Result<ResponseValue<T>, generated::Error<ApiError>>>,
    {
        check()?;
        let Shared { generated, attempt_timeout, total_timeout, retry, .. } = &*self.0;
        let begin = Instant::now();
        let mut remaining = *total_timeout;
        let (mut attempts, mut doubt) = (0, false);
        loop {
            attempts += 1;
            let shortened = (remaining < *attempt_timeout).then_some(remaining);
            // Filled from within: what a future returns is moved by each layer around it.
            let mut result = None;
            let mut trail = {
                // Pinned by itself, because it is large and would be moved several times.
                let call = pin!(send());
                let call = async { result = Some(call.await.map(ResponseValue::into_inner).map_err(Box::new)) };
                let mut attempt = pin!(transport::attempt(attempts, shortened, call));
                attempt.as_mut().await;
                transport::trail(attempt).unwrap_or_default()
            };
            let failure = match result.expect("an attempt that ended has a result") {
                Ok(body) => {
                    // There is a head, or there would be no body.
                    let (status, headers) = trail.head.unwrap_or_default();
                    return Ok(Response { body, status, headers, attempts });
                }
                Err(failure) => failure,
            };
            let span = trail.span.take();
            let expired = if shortened.is_some() { Timeout::Total } else { Timeout::Attempt };
            // In a box, so that a success does not carry the room for it.
            let error = Box::pin(classify(*failure, *trail, expired, &generated.inner)).await.after(attempts, doubt);
            if let Some(span) = span {
                span.failed(&error);
            }
            doubt = error.outcome() == Outcome::Unknown;
            remaining = total_timeout.saturating_sub(begin.elapsed());
            let Some(wait) = retry.next(&error, attempts, remaining, chance()) else {
                return Err(error);
            };
            sleep(wait).await;
            remaining = total_timeout.saturating_sub(begin.elapsed());
            if remaining.is_zero() {
                return Err(error); // The timer was late; an attempt without time would only blur what is known.
            }
        }
    }
}

/// A number from 0 to 1, from the keys that the standard library draws for its hash maps.
fn chance() -> f64 {
    f64::from((RandomState::new().hash_one(()) >> 32) as u32) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use http::{HeaderValue, header::RETRY_AFTER};
    use tokio::time::timeout;

    use super::*;
    use crate::ErrorKind;

    /// What an attempt ends with: status, code and `Retry-After`.
    type End = (u16, i64, &'static str);

    const OK: End = (200, 0, "");
    const THROTTLED: End = (400, 6_451_010, "");
    const WRONG: End = (400, 6_451_000, "");
    const AMBIGUOUS: End = (400, 6_451_001, "");

    fn client(policy: RetryPolicy) -> Client {
        Client::builder("https://examplebaseurl.com", "app-1", "token").retry(policy).build().unwrap()
    }

    /// Each attempt takes `duration` and comes to the next of the `ends`; the last of them is for all that follow.
    async fn call(
        client: &Client,
        duration: Duration,
        ends: &[End],
        count: &Cell<usize>,
    ) -> Result<Response<()>, Error> {
        let send = async || {
            let (status, code, retry_after) = ends[count.get().min(ends.len() - 1)];
            count.set(count.get() + 1);
            sleep(duration).await;
            let (status, mut headers) = (StatusCode::from_u16(status).unwrap(), HeaderMap::new());
            if !retry_after.is_empty() {
                headers.insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
            }
            if status.is_success() {
                transport::leave((status, headers), None);
                return Ok(ResponseValue::new((), status, HeaderMap::new()));
            }
            let error = ApiError { code, message: None };
            let body = serde_json::to_vec(&error).unwrap().into();
            transport::leave((status, headers), Some((body, transport::End::Whole)));
            Err(generated::Error::ErrorResponse(ResponseValue::new(error, status, HeaderMap::new())))
        };
        client.call(|| Ok(()), send).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_has_as_many_attempts_and_takes_as_long_as_the_policy_says() {
        let default = RetryPolicy::default;
        let rows: [(_, _, _, &[End], _, _, _); 17] = [
            // what, policy, seconds of an attempt, ends, outcome, attempts, seconds at least and at most
            ("success", default(), 1, &[OK], "updated", 1, (1.0, 1.0)),
            ("throttled once", default(), 0, &[THROTTLED, OK], "updated", 2, (0.0, 0.5)),
            ("throttled twice", default(), 0, &[THROTTLED, THROTTLED, OK], "updated", 3, (0.0, 1.5)),
            ("throttled for ever", default(), 1, &[THROTTLED], "rejected", 3, (3.0, 4.5)),
            ("ten attempts", default().max_attempts(10), 0, &[THROTTLED], "rejected", 10, (0.0, 39.5)),
            ("never again", RetryPolicy::never(), 1, &[THROTTLED, OK], "rejected", 1, (1.0, 1.0)),
            ("wrong", default().idempotent(), 1, &[WRONG, OK], "rejected", 1, (1.0, 1.0)),
            ("in doubt", default(), 1, &[AMBIGUOUS, OK], "unknown", 1, (1.0, 1.0)),
            ("in doubt, by choice", default().idempotent(), 1, &[AMBIGUOUS, OK], "updated", 2, (2.0, 2.5)),
            ("in doubt, then wrong", default().idempotent(), 0, &[AMBIGUOUS, WRONG], "unknown", 2, (0.0, 0.5)),
            ("throttled, then wrong", default().idempotent(), 0, &[THROTTLED, WRONG], "rejected", 2, (0.0, 0.5)),
            ("told to wait", default(), 0, &[(429, 0, "7"), (429, 0, "5"), OK], "updated", 3, (12.0, 12.0)),
            ("told to wait too long", default(), 0, &[(429, 0, "31"), OK], "rejected", 1, (0.0, 0.0)),
            ("told to wait by a 503", default(), 0, &[(503, 0, "7"), OK], "updated", 2, (7.0, 7.0)),
            ("told to wait beyond the time", default(), 14, &[(429, 0, "20")], "rejected", 2, (48.0, 48.0)),
            ("waits that add up to the time", default(), 0, &[(429, 0, "30")], "rejected", 2, (30.0, 30.0)),
            ("attempts that use up the time", default().max_attempts(9), 20, &[THROTTLED], "rejected", 3, (60.0, 61.5)),
        ];
        for (what, policy, duration, ends, expected, attempts, (shortest, longest)) in rows {
            let (begin, count) = (Instant::now(), Cell::new(0));
            let result = call(&client(policy), Duration::from_secs(duration), ends, &count).await;
            let (end, counted) = match &result {
                Ok(reply) => ("updated", reply.attempts),
                Err(error) => (error.outcome().as_str(), error.attempts()),
            };
            assert_eq!((end, counted, count.get()), (expected, attempts, attempts as usize), "{what}: {result:?}");
            // A timer has whole milliseconds.
            let (elapsed, rounding) = (begin.elapsed().as_secs_f64(), 0.002 * f64::from(attempts));
            assert!((shortest..=longest + rounding).contains(&elapsed), "{what}: {elapsed} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_longer_retry_after_is_in_the_error() {
        let error = call(&client(RetryPolicy::default()), Duration::ZERO, &[(429, 0, "3600")], &Cell::new(0)).await;
        let error = error.unwrap_err();
        assert_eq!((error.retry_after(), error.attempts()), (Some(Duration::from_secs(3600)), 1));
        assert!(matches!(error.kind(), ErrorKind::Api { .. }) && error.is_retryable());
    }

    #[tokio::test(start_paused = true)]
    async fn no_attempt_follows_a_future_that_is_dropped_while_it_waits() {
        let (client, count) = (client(RetryPolicy::default()), Cell::new(0));
        let call = call(&client, Duration::ZERO, &[(429, 0, "10")], &count);
        assert!(timeout(Duration::from_secs(5), call).await.is_err());
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(count.get(), 1);
    }

    #[test]
    fn a_chance_is_from_0_to_1_and_seldom_the_same() {
        let mut chances: Vec<_> = (0..1000).map(|_| chance()).collect();
        assert!(chances.iter().all(|chance| (0.0..=1.0).contains(chance)));
        chances.sort_by(f64::total_cmp);
        chances.dedup();
        assert!(chances.len() > 990, "{} different ones", chances.len());
        // One in 10^40 runs has none of the thousand in a tenth at either end.
        assert!(chances[0] < 0.1 && chances[chances.len() - 1] > 0.9);
    }
}
