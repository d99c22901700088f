//! One attempt: what the generated client's hooks do to its request and its response.
//!
//! The client makes a generated client with an [`Attempt`] of its own for each attempt. The hooks read the settings in
//! it and store in its [`Capture`] what progenitor would drop: whether the request was written, and the answer.

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

/// What the hooks of one attempt need, and where they store what came of it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) token: AppToken,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    /// `None` for a call that was made on [`Client::generated`](crate::Client::generated), which nobody classifies.
    pub(crate) capture: Option<Arc<Capture>>,
}

/// What became of one attempt. It outlives the attempt, which is dropped when its timeout expires.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    writing: AtomicU8,
    received: Mutex<Option<Received>>,
}

/// The states of `Capture::writing`. Only one of the last two is ever reached, so that a request of which the caller has
/// been told that it was not sent cannot go out a moment later.
const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const GIVEN_UP: u8 = 2;

/// An answer, as far as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BytesMut,
    pub(crate) is_whole: bool,
}

impl Capture {
    /// Allows the first byte of the request to be written, unless the attempt was given up.
    fn begin_writing(&self) -> bool {
        let begun = self.writing.compare_exchange(WAITING, BEGUN, Ordering::AcqRel, Ordering::Acquire);
        begun.is_ok() || begun == Err(BEGUN)
    }

    /// Gives up an attempt that has failed. Returns whether the first byte of the request may have left this machine; if
    /// not, it will not any more.
    pub(crate) fn give_up(&self) -> bool {
        self.writing.compare_exchange(WAITING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire) == Err(BEGUN)
    }

    pub(crate) fn take(&self) -> Option<Received> {
        self.lock().take()
    }

    pub(crate) fn store(&self, received: Received) {
        *self.lock() = Some(received);
    }

    fn append(&self, chunk: &[u8]) {
        if let Some(received) = &mut *self.lock() {
            received.body.extend_from_slice(chunk);
        }
    }

    /// The body has come to its end.
    fn complete(&self) -> Bytes {
        let mut received = self.lock();
        received.as_mut().map_or_else(Bytes::new, |received| {
            received.is_whole = true;
            Bytes::copy_from_slice(&received.body)
        })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), generated::Error<E>> {
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.inner.token.authorization().clone());
        // A coded body could hide what the server says.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        match &self.inner.capture {
            Some(capture) => observe_writing(request, capture),
            // The attempt loop has the timeout otherwise.
            None => *request.timeout_mut() = Some(self.inner.timeout),
        }
        Ok(())
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let response = self.client.execute(request).await?;
        self.inner.receive(response).await
    }
}

impl Attempt {
    /// Stores the answer as it comes, and hands it on to progenitor.
    async fn receive(&self, response: Response) -> reqwest::Result<Response> {
        let mut response = self.limited(response);
        let Some(capture) = &self.capture else { return Ok(response) };
        let (status, headers) = (response.status(), mem::take(response.headers_mut()));
        capture.store(Received { status, headers, body: BytesMut::new(), is_whole: false });
        if status == StatusCode::OK {
            // progenitor reads this body, and gives back what it cannot parse. Of another success it may read nothing.
            return Ok(response);
        }
        while let Some(chunk) = response.chunk().await? {
            capture.append(&chunk);
        }
        let mut handed_on = http::Response::new(capture.complete());
        *handed_on.status_mut() = status;
        Ok(handed_on.into())
    }

    /// Lets no more of the body through than the limit. A response that declares a length within it passes untouched.
    fn limited(&self, response: Response) -> Response {
        let limit = self.max_response_bytes;
        if response.content_length().is_some_and(|length| length <= limit as u64) {
            return response;
        }
        http::Response::from(response).map(|body| Body::wrap(Limited::new(body, limit))).into()
    }
}

/// Makes the capture know when the request is written. A request without a body, or with one that is a stream, counts
/// as written from the beginning.
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

/// The body of a request. hyper asks for it after it has taken the request for writing on a connection, and before it
/// writes the first byte of the head; an error then ends the connection.
struct ObservedBody {
    body: Body,
    capture: Arc<Capture>,
}

impl http_body::Body for ObservedBody {
    type Data = Bytes;
    type Error = Box<dyn StdError + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if !self.capture.begin_writing() {
            return Poll::Ready(Some(Err("the attempt was given up".into())));
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
    fn gives_up_only_what_is_not_written() {
        let capture = Capture::default();
        assert!(capture.begin_writing() && capture.begin_writing());
        assert!(capture.give_up() && capture.give_up());

        let capture = Capture::default();
        assert!(!capture.give_up() && !capture.give_up());
        assert!(!capture.begin_writing());
    }
}
