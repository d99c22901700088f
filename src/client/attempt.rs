//! One attempt: what the generated client's hooks do to its request and its response.
//!
//! The client makes a generated client with an [`Attempt`] of its own for each attempt. The hooks read the settings in
//! it and store in its [`Capture`] what progenitor would drop: whether the request was written, and the whole answer.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderValue, header};
use http_body_util::Limited;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::{Body, Request, Response};

use super::token::AppToken;
use crate::{error::Answer, generated};

/// The header with the version of the document that progenitor adds and the vendor does not document.
const API_VERSION: &str = "api-version";

/// What the hooks of one attempt need, and where they store what came of it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) token: AppToken,
    pub(crate) timeout: Duration,
    pub(crate) max_response_bytes: usize,
    /// Nothing for a call that was made on [`Client::generated`](crate::Client::generated), which nobody classifies.
    pub(crate) capture: Option<Arc<Capture>>,
}

/// What became of one attempt.
#[derive(Debug, Default)]
pub(crate) struct Capture {
    request_written: AtomicBool,
    answer: Mutex<Option<Answer>>,
}

impl Capture {
    /// Whether the first byte of the request may have left this machine.
    pub(crate) fn is_request_written(&self) -> bool {
        self.request_written.load(Ordering::Relaxed)
    }

    /// The answer, as far as it came.
    pub(crate) fn take_answer(&self) -> Option<Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn store(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }
}

impl ClientHooks<Attempt> for generated::Client {
    async fn pre<E>(&self, request: &mut Request, _: &OperationInfo) -> Result<(), generated::Error<E>> {
        let headers = request.headers_mut();
        headers.remove(API_VERSION);
        headers.insert(header::AUTHORIZATION, self.inner.token.authorization().clone());
        // A coded body could hide what the server says.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        *request.timeout_mut() = Some(self.inner.timeout);
        if let Some(capture) = &self.inner.capture {
            observe_writing(request, capture);
        }
        Ok(())
    }

    async fn exec(&self, request: Request, _: &OperationInfo) -> reqwest::Result<Response> {
        let response = self.client.execute(request).await?;
        self.inner.receive(response).await
    }
}

impl Attempt {
    /// Reads the whole response, redacts the App Token in it, stores it, and hands it on to progenitor.
    async fn receive(&self, response: Response) -> reqwest::Result<Response> {
        let mut response = self.limited(response);
        let status = response.status();
        let mut headers = std::mem::take(response.headers_mut());
        self.token.redact_headers(&mut headers);
        let mut body = BytesMut::new();
        let end = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        let body = self.token.redact_body(body.freeze(), end.is_ok());
        let mut handed_on = http::Response::new(without_byte_order_mark(&body));
        *handed_on.status_mut() = status;
        if let Some(capture) = &self.capture {
            capture.store(Answer { status, headers, body, retry_after: None });
        } else {
            *handed_on.headers_mut() = headers;
        }
        end.map(|()| handed_on.into())
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

fn without_byte_order_mark(body: &Bytes) -> Bytes {
    if body.starts_with(b"\xef\xbb\xbf") { body.slice(3..) } else { body.clone() }
}

/// Makes the capture know when the request is written. A request without a body, or with one that is a stream, counts
/// as written from the beginning.
fn observe_writing(request: &mut Request, capture: &Arc<Capture>) {
    match request.body().and_then(Body::as_bytes) {
        Some(bytes) if !bytes.is_empty() => {
            let observed = ObservedBody { bytes: Some(Bytes::copy_from_slice(bytes)), capture: capture.clone() };
            *request.body_mut() = Some(Body::wrap(observed));
        }
        _ => capture.request_written.store(true, Ordering::Relaxed),
    }
}

/// The body of a request. hyper asks for it after it has taken the request for writing on a connection, and before it
/// writes the first byte of the head.
struct ObservedBody {
    bytes: Option<Bytes>,
    capture: Arc<Capture>,
}

impl http_body::Body for ObservedBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        self.capture.request_written.store(true, Ordering::Relaxed);
        Poll::Ready(self.bytes.take().map(|bytes| Ok(http_body::Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
