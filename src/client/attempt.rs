//! The hooks of the generated client: what they do to the request and the response of one attempt.
//!
//! The attempt loop creates a generated client with its own [`Attempt`] for each attempt. The hooks read their settings
//! from it and store in its [`Capture`] what progenitor would drop: whether the request was written, and the response.

use std::{
    error::Error as StdError,
    mem,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::{Frame, SizeHint};
use http_body_util::Limited;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Body, Request, Response, ResponseBuilderExt};

use super::token::{AppToken, SharedToken};
use crate::generated;

/// The settings that the hooks of one attempt need, and the capture that they fill.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) token: SharedToken,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    /// `None` for a call through [`Client::generated`](crate::Client::generated), whose result is not classified.
    pub(crate) capture: Option<Arc<Capture>>,
}

/// The state of one attempt. It outlives the attempt's future, which is dropped on timeout.
#[derive(Debug)]
pub(crate) struct Capture {
    /// The token that the attempt carries.
    pub(crate) token: AppToken,
    writing: AtomicU8,
    response: Mutex<Option<CapturedResponse>>,
}

/// The states of `Capture::writing`. `WRITTEN` and `ABANDONED` exclude each other: once an attempt is reported as not
/// sent, its request can no longer be written.
const NOT_WRITTEN: u8 = 0;
const WRITTEN: u8 = 1;
const ABANDONED: u8 = 2;

/// A response, possibly incomplete.
#[derive(Debug)]
pub(crate) struct CapturedResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// What was read of the body, at most the limit and one chunk.
    pub(crate) body: BytesMut,
}

impl Capture {
    pub(crate) fn new(token: AppToken) -> Self {
        Self { token, writing: AtomicU8::new(NOT_WRITTEN), response: Mutex::new(None) }
    }

    /// Allows the request to be written, unless the attempt was abandoned.
    fn begin_writing(&self) -> bool {
        let written = self.writing.compare_exchange(NOT_WRITTEN, WRITTEN, Ordering::AcqRel, Ordering::Acquire);
        written.is_ok() || written == Err(WRITTEN)
    }

    /// Abandons a failed attempt. Returns whether the request may have been written; if not, it never will be.
    pub(crate) fn abandon(&self) -> bool {
        self.writing.compare_exchange(NOT_WRITTEN, ABANDONED, Ordering::AcqRel, Ordering::Acquire) == Err(WRITTEN)
    }

    pub(crate) fn take(&self) -> Option<CapturedResponse> {
        self.lock().take()
    }

    /// Stores the response as it arrives, up to the limit, and returns a copy for progenitor.
    async fn receive(&self, mut response: Response, limit: usize) -> reqwest::Result<Response> {
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        *self.lock() = Some(CapturedResponse { status, headers, body: BytesMut::new() });
        while let Some(chunk) = response.chunk().await? {
            if self.append(&chunk) > limit {
                break;
            }
        }
        let body = self.lock().as_ref().map(|response| Bytes::copy_from_slice(&response.body)).unwrap_or_default();
        let copy = http::Response::builder().status(status).url(response.url().clone()).body(body);
        Ok(copy.unwrap_or_default().into())
    }

    /// Returns the length of what was stored.
    fn append(&self, chunk: &[u8]) -> usize {
        self.lock().as_mut().map_or(0, |response| {
            response.body.extend_from_slice(chunk);
            response.body.len()
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<CapturedResponse>> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Capture {
    /// Stores a response that does not come from a network.
    pub(crate) fn store(&self, status: StatusCode, headers: HeaderMap, body: &[u8]) {
        *self.lock() = Some(CapturedResponse { status, headers, body: body.into() });
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), generated::Error<E>> {
        let token = match &self.inner.capture {
            Some(capture) => {
                observe_writing(request, capture);
                capture.token.authorization().clone()
            }
            None => {
                // Otherwise the attempt loop enforces the timeout.
                *request.timeout_mut() = Some(self.inner.timeout);
                self.inner.token.current().authorization().clone()
            }
        };
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, token);
        // A compressed body could not be classified.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        Ok(())
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let response = self.client.execute(request).await?;
        let limit = self.inner.max_response_bytes;
        match &self.inner.capture {
            Some(capture) => capture.receive(response, limit).await,
            None => Ok(http::Response::from(response).map(|body| Body::wrap(Limited::new(body, limit))).into()),
        }
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
