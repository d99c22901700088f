//! The hooks of the generated client: what they do to the request and the response of one attempt.
//!
//! The attempt loop creates a generated client with its own [`Attempt`] for each attempt. The hooks read their settings
//! from it and store in its [`Capture`] what progenitor would drop: whether the request was written, and the response.

use std::error::Error as StdError;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Response, header};
use http_body::{Frame, SizeHint};
use http_body_util::Limited;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Body, Request};

use super::token::AppToken;
use crate::generated;

/// The settings that the hooks of one attempt need, and the capture that they fill.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// For a call through [`Client::generated`](crate::Client::generated). Otherwise the attempt loop enforces the timeout.
    pub(crate) timeout: Option<Duration>,
    pub(crate) capture: Arc<Capture>,
}

/// The state of one attempt. It outlives the attempt's future, which is dropped on timeout.
#[derive(Debug)]
pub(crate) struct Capture {
    /// The token that the attempt carries.
    pub(crate) token: AppToken,
    /// The maximum size of a response body in bytes.
    pub(crate) limit: usize,
    /// Whether the request was written; once `false`, it never will be. Empty while neither has happened.
    written: OnceLock<bool>,
    /// As far as it arrived: at most the limit and one chunk of its body.
    response: Mutex<Option<Response<BytesMut>>>,
}

impl Capture {
    pub(crate) fn new(token: AppToken, limit: usize) -> Self {
        Self { token, limit, written: OnceLock::new(), response: Mutex::new(None) }
    }

    /// Allows the request to be written, unless the attempt was abandoned.
    fn begin_writing(&self) -> bool {
        *self.written.get_or_init(|| true)
    }

    /// Abandons a failed attempt. Returns whether the request may have been written; if not, it never will be.
    pub(crate) fn abandon(&self) -> bool {
        *self.written.get_or_init(|| false)
    }

    pub(crate) fn take(&self) -> Option<Response<BytesMut>> {
        self.lock().take()
    }

    /// Stores the response as it arrives, up to the limit, and returns what is left of it: nothing that progenitor could
    /// read.
    async fn receive(&self, mut response: reqwest::Response) -> reqwest::Result<reqwest::Response> {
        let mut head = Response::new(BytesMut::new());
        *head.status_mut() = response.status();
        *head.headers_mut() = mem::take(response.headers_mut());
        *self.lock() = Some(head);
        while let Some(chunk) = response.chunk().await? {
            let mut captured = self.lock();
            let Some(body) = captured.as_mut().map(Response::body_mut) else { break };
            body.extend_from_slice(&chunk);
            if body.len() > self.limit {
                return Ok(Response::new(Bytes::new()).into());
            }
        }
        Ok(response)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Response<BytesMut>>> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), generated::Error<E>> {
        let Attempt { timeout, capture, .. } = &self.inner;
        *request.timeout_mut() = *timeout;
        observe_writing(request, capture);
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, capture.token.authorization().clone());
        // A compressed body could not be classified.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok(())
    }

    /// Keeps progenitor from looking for the body of a success, which the capture has.
    async fn post<E>(
        &self,
        result: &reqwest::Result<reqwest::Response>,
        _: &OperationInfo,
    ) -> Result<(), generated::Error<E>> {
        let is_success = result.as_ref().is_ok_and(|response| response.status().is_success());
        let is_captured = self.inner.timeout.is_none();
        if is_success && is_captured { Err(generated::Error::Custom(String::new())) } else { Ok(()) }
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<reqwest::Response> {
        let Attempt { timeout, capture } = &self.inner;
        let response = self.client.execute(request).await?;
        if timeout.is_none() {
            return capture.receive(response).await;
        }
        Ok(Response::from(response).map(|body| Body::wrap(Limited::new(body, capture.limit))).into())
    }
}

/// Records in the capture when the request is written. A request without a body, or with a streamed one, counts as
/// written from the beginning.
fn observe_writing(request: &mut Request, capture: &Arc<Capture>) {
    match request.body_mut().take() {
        Some(body) if body.as_bytes().is_some_and(|bytes| !bytes.is_empty()) => {
            let observed = ObservedBody { body, capture: capture.clone() };
            *request.body_mut() = Some(Body::wrap(observed));
        }
        other => {
            *request.body_mut() = other;
            capture.begin_writing();
        }
    }
}

/// A request body that records when it is first polled. hyper polls the body after it has assigned the request to a
/// connection, and before it writes the first byte of the head. An error closes the connection.
struct ObservedBody {
    body: Body,
    capture: Arc<Capture>,
}

impl http_body::Body for ObservedBody {
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.capture.begin_writing() {
            return Poll::Ready(Some(Err("the attempt was abandoned".into())));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
impl Capture {
    /// Stores a response that does not come from a network.
    pub(crate) fn store(&self, response: Response<BytesMut>) {
        *self.lock() = Some(response);
    }
}
