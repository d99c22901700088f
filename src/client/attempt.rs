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
use reqwest::{Body, Request, Response};

use super::token::AppToken;
use crate::generated;

/// The settings that the hooks of one attempt need, and the capture that they fill.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) token: AppToken,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    /// `None` for a call through [`Client::generated`](crate::Client::generated), whose result is not classified.
    pub(crate) capture: Option<Arc<Capture>>,
    #[cfg(feature = "mock")]
    pub(crate) hook: Option<Arc<dyn AttemptHook>>,
}

/// What a mock server's own client does at the beginning of each attempt. The result is dropped at its end.
#[cfg(feature = "mock")]
pub(crate) trait AttemptHook: std::fmt::Debug + Send + Sync {
    fn begin(&self, request: &mut Request) -> Box<dyn std::any::Any + Send>;
}

/// The state of one attempt. It outlives the attempt's future, which is dropped on timeout.
#[derive(Debug, Default)]
pub(crate) struct Capture {
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
    pub(crate) body: BytesMut,
    pub(crate) is_complete: bool,
}

impl Capture {
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

    pub(crate) fn store(&self, response: CapturedResponse) {
        *self.lock() = Some(response);
    }

    fn append(&self, chunk: &[u8]) {
        if let Some(response) = &mut *self.lock() {
            response.body.extend_from_slice(chunk);
        }
    }

    /// Marks the body as complete and returns a copy of it.
    fn complete(&self) -> Bytes {
        let mut response = self.lock();
        response.as_mut().map_or_else(Bytes::new, |response| {
            response.is_complete = true;
            Bytes::copy_from_slice(&response.body)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<CapturedResponse>> {
        self.response.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), generated::Error<E>> {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.inner.token.authorization().clone());
        // A compressed body could not be classified.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        match &self.inner.capture {
            Some(capture) => observe_writing(request, capture),
            // Otherwise the attempt loop enforces the timeout.
            None => *request.timeout_mut() = Some(self.inner.timeout),
        }
        Ok(())
    }

    #[cfg_attr(not(feature = "mock"), allow(unused_mut))]
    async fn exec(&self, mut request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        #[cfg(feature = "mock")]
        let _in_flight = self.inner.hook.as_ref().map(|hook| hook.begin(&mut request));
        let response = self.client.execute(request).await?;
        let response = self.inner.receive(response).await?;
        // The body of a 200 is read by progenitor; a mock server's client reads it while it is in flight.
        #[cfg(feature = "mock")]
        if self.inner.hook.is_some() {
            use http_body_util::BodyExt;
            let (head, body) = http::Response::from(response).into_parts();
            return Ok(http::Response::from_parts(head, body.collect().await?.to_bytes()).into());
        }
        Ok(response)
    }
}

impl Attempt {
    /// Stores the response as it arrives, and passes it to progenitor.
    async fn receive(&self, response: Response) -> reqwest::Result<Response> {
        let mut response = self.limited(response);
        let Some(capture) = &self.capture else { return Ok(response) };
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        capture.store(CapturedResponse { status, headers, body: BytesMut::new(), is_complete: false });
        if status == StatusCode::OK {
            // progenitor reads this body and returns it if parsing fails. It may ignore the body of any other 2xx.
            return Ok(response);
        }
        while let Some(chunk) = response.chunk().await? {
            capture.append(&chunk);
        }
        let mut copy = http::Response::new(capture.complete());
        *copy.status_mut() = status;
        Ok(copy.into())
    }

    /// Limits the size of the body. A response whose `content-length` is within the limit is returned unchanged.
    fn limited(&self, response: Response) -> Response {
        let limit = self.max_response_bytes;
        if response.content_length().is_some_and(|length| length <= limit as u64) {
            return response;
        }
        http::Response::from(response).map(|body| Body::wrap(Limited::new(body, limit))).into()
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
mod tests {
    use super::*;

    #[test]
    fn abandons_only_unwritten_request() {
        let capture = Capture::default();
        assert!(capture.begin_writing() && capture.begin_writing());
        assert!(capture.abandon() && capture.abandon());

        let capture = Capture::default();
        assert!(!capture.abandon() && !capture.abandon());
        assert!(!capture.begin_writing());
    }
}
