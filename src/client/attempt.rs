//! What every generated call goes through on its way to the wire and back.

use std::{cell::Cell, error::Error, fmt, mem, pin::Pin, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{LengthLimitError, Limited};
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Body, Request, Response};
use tokio::task::futures::TaskLocalFuture;

use super::trace::Span;
use crate::{error::chain, generated};

/// What stands before the token in the `Authorization` header (vendor page).
pub(crate) const SCHEME: &str = "Bearer ";

/// What the generated client carries for its hooks.
#[derive(Clone)]
pub struct Attempt {
    pub(crate) authorization: HeaderValue,
    pub(crate) max_response_bytes: u64,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").field("max_response_bytes", &self.max_response_bytes).finish_non_exhaustive()
    }
}

/// One attempt of a call: what it tells its hooks, and what they tell it.
pub(crate) struct Scope {
    number: u32,
    timeout: Option<Duration>,
    /// In a box, because an attempt is moved at each poll.
    trail: Cell<Option<Box<Trail>>>,
}

/// What an attempt leaves beside its result.
#[derive(Default)]
pub(crate) struct Trail {
    /// The status and the headers of the response, moved here because progenitor drops them when the body is not what
    /// it expects.
    pub(crate) head: Option<Head>,
    /// The body of what is no success, and how it ended: progenitor keeps of it what the document names. In a box, because
    /// most attempts succeed.
    pub(crate) refusal: Option<Box<(Bytes, End)>>,
    pub(crate) span: Option<Span>,
}

pub(crate) type Head = (StatusCode, HeaderMap);

/// How a body ended.
pub(crate) enum End {
    Whole,
    TooLarge,
    Broken(reqwest::Error),
}

impl From<reqwest::Error> for End {
    fn from(error: reqwest::Error) -> Self {
        if chain(&error).any(<dyn Error>::is::<LengthLimitError>) { Self::TooLarge } else { Self::Broken(error) }
    }
}

tokio::task_local! {
    /// The attempt that the current call is in; a call that was made on the generated client has none.
    static ATTEMPT: Scope;
}

/// Runs one attempt; `timeout` is for one that has less time than the client allows an attempt.
pub(crate) fn attempt<F: Future>(number: u32, timeout: Option<Duration>, call: F) -> TaskLocalFuture<Scope, F> {
    ATTEMPT.scope(Scope { number, timeout, trail: Cell::default() }, call)
}

/// What the attempt has left; nothing if it did not come to its hooks.
pub(crate) fn trail<F>(attempt: Pin<&mut TaskLocalFuture<Scope, F>>) -> Option<Box<Trail>> {
    attempt.take_value().and_then(|attempt| attempt.trail.into_inner())
}

/// Leaves what the hooks would leave, for a test that has no response from a server.
#[cfg(test)]
pub(crate) fn leave(head: Head, refusal: Option<(Bytes, End)>) {
    let refusal = refusal.map(Box::new);
    ATTEMPT.with(|attempt| attempt.trail.set(Some(Box::new(Trail { head: Some(head), refusal, span: None }))));
}

impl Attempt {
    /// The token, in case that a server sends back what it received.
    pub(crate) fn token(&self) -> &str {
        self.authorization.to_str().ok().and_then(|value| value.strip_prefix(SCHEME)).unwrap_or_default()
    }

    /// Lets no more bytes through than the limit. A response that declares a length within it passes untouched.
    fn limited(&self, response: Response) -> Response {
        if response.content_length().is_some_and(|length| length <= self.max_response_bytes) {
            return response;
        }
        let limit = usize::try_from(self.max_response_bytes).unwrap_or(usize::MAX);
        http::Response::from(response).map(|body| Body::wrap(Limited::new(body, limit))).into()
    }

    /// What arrives up to the limit, and why no more does.
    pub(crate) async fn read(&self, response: &mut Response) -> (Bytes, End) {
        let limit = usize::try_from(self.max_response_bytes).unwrap_or(usize::MAX);
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if chunk.len() > limit - body.len() => {
                    body.extend_from_slice(&chunk[..limit - body.len()]);
                    return (body.freeze(), End::TooLarge);
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return (body.freeze(), End::Whole),
                Err(error) => return (body.freeze(), error.into()),
            }
        }
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), generated::Error<E>> {
        request.headers_mut().insert(header::AUTHORIZATION, self.inner.authorization.clone());
        Ok(())
    }

    async fn exec(&self, mut request: Request, operation: &OperationInfo) -> reqwest::Result<Response> {
        let number = ATTEMPT.try_with(|attempt| {
            if attempt.timeout.is_some() {
                *request.timeout_mut() = attempt.timeout;
            }
            attempt.number
        });
        let span = Span::new(&request, operation.operation_id, number.unwrap_or(1));
        let mut response = span.watch(self.client.execute(request)).await;
        let (mut head, mut refusal) = (None, None);
        if let Ok(response) = &mut response
            && number.is_ok()
        {
            let status = response.status();
            head = Some((status, mem::take(response.headers_mut())));
            if !status.is_success() {
                let (body, end) = self.inner.read(response).await;
                let mut again = http::Response::new(body.clone());
                *again.status_mut() = status;
                *response = again.into();
                refusal = Some(Box::new((body, end)));
            }
        }
        // Without an attempt there is nobody to leave a trail for.
        let _ =
            ATTEMPT.try_with(|attempt| attempt.trail.set(Some(Box::new(Trail { head, refusal, span: Some(span) }))));
        response.map(|response| self.inner.limited(response))
    }
}
