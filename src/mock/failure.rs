//! Simulated failures.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};

use super::{answers::JSON, server::Reply};
use crate::{ErrorCode, generated::types::ApiError};

/// A simulated failure for [`MockServer::fail_next`](super::MockServer::fail_next).
///
/// ```
/// use std::time::Duration;
///
/// use cinnox_destination::{ErrorCode, mock::Failure};
///
/// // The vendor's response to too many requests.
/// let throttled = Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("7");
/// // A proxy whose upstream server is down.
/// let proxy = Failure::respond(502).header("content-type", "text/html").body("<h1>Bad Gateway</h1>");
/// // The update is applied, but the connection is lost after 100 ms.
/// let lost = Failure::disconnect().delay(Duration::from_millis(100)).applied();
/// ```
///
/// Status, headers and body are ignored by failures that do not send them: [`disconnect`](Self::disconnect),
/// [`raw`](Self::raw) and [`slow`](Self::slow).
#[derive(Clone, Debug)]
#[must_use]
pub struct Failure {
    mode: Mode,
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    pub(super) delay: Duration,
    pub(super) is_applied: bool,
}

#[derive(Clone, Debug)]
enum Mode {
    Respond,
    RespondAndBreak,
    Write(Bytes),
    /// Replies like the endpoint.
    Endpoint,
}

#[derive(Clone, Debug)]
enum Body {
    Bytes(Bytes),
    /// The fields of a body in the vendor's format.
    Vendor(Map<String, Value>),
}

impl Failure {
    fn new(mode: Mode, status: StatusCode) -> Self {
        Self {
            mode,
            status,
            headers: HeaderMap::new(),
            body: Body::Bytes(Bytes::new()),
            delay: Duration::ZERO,
            is_applied: false,
        }
    }

    /// Responds in the vendor's format: status 400, this code, and its meaning as the message.
    pub fn code(code: ErrorCode) -> Self {
        let fields = Map::from_iter([(ApiError::CODE.to_owned(), code.number().into())]);
        let failure = Self { body: Body::Vendor(fields), ..Self::new(Mode::Respond, StatusCode::BAD_REQUEST) };
        failure.message(code.meaning().unwrap_or("simulated failure"))
    }

    /// Responds with this status, without a body unless [`Failure::body`] or [`Failure::message`] sets one.
    ///
    /// # Panics
    ///
    /// If the status is not from 100 to 999.
    #[track_caller]
    pub fn respond(status: u16) -> Self {
        Self::new(Mode::Respond, StatusCode::OK).status(status)
    }

    /// Closes the connection without a response.
    pub fn disconnect() -> Self {
        Self::raw("")
    }

    /// Closes the connection in the middle of a response: after the headers and the body; `content-length` announces
    /// one more byte. The status is 200 and the body empty unless they are set.
    pub fn disconnect_mid_response() -> Self {
        Self::new(Mode::RespondAndBreak, StatusCode::OK)
    }

    /// Writes these bytes instead of a response, whether or not they are HTTP, and closes the connection.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self::new(Mode::Write(bytes.into()), StatusCode::OK)
    }

    /// Responds like the endpoint, but after a delay. The update is applied when it is received.
    pub fn slow(delay: Duration) -> Self {
        Self::new(Mode::Endpoint, StatusCode::OK).delay(delay).applied()
    }

    /// Sets the status. After a status from 100 to 199 the connection is closed without a final response.
    ///
    /// # Panics
    ///
    /// If the status is not from 100 to 999.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status_code(status);
        self
    }

    /// Sets the message of a body in the vendor's format. Replaces any other body.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        let mut fields = match self.body {
            Body::Vendor(fields) => fields,
            Body::Bytes(_) => Map::new(),
        };
        fields.insert(ApiError::MESSAGE.to_owned(), message.into().into());
        self.body = Body::Vendor(fields);
        self
    }

    /// Adds a header. With `content-length` or `transfer-encoding` the response is sent unchanged, even if the body
    /// does not match, and the connection is closed.
    ///
    /// # Panics
    ///
    /// If the name or the value contains a character that is not allowed in a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        append(&mut self.headers, name, value.as_ref());
        self
    }

    /// Sets the body. Replaces a body in the vendor's format.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    /// Adds a `Retry-After` header: seconds or an HTTP date.
    ///
    /// # Panics
    ///
    /// Like [`Failure::header`].
    #[track_caller]
    pub fn retry_after(self, value: impl AsRef<[u8]>) -> Self {
        self.header(header::RETRY_AFTER.as_str(), value)
    }

    /// Waits before the response, or before the connection is closed.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Applies the update despite the failure, unless the endpoint would reject it. It is applied before the delay.
    pub fn applied(mut self) -> Self {
        self.is_applied = true;
        self
    }

    /// `endpoint_reply` is the reply of the endpoint, if the request was applied.
    pub(super) fn reply(self, endpoint_reply: Option<Reply>) -> Reply {
        let Self { mode, status, mut headers, body, .. } = self;
        let body = match body {
            Body::Bytes(bytes) => bytes,
            Body::Vendor(fields) => {
                headers.entry(header::CONTENT_TYPE).or_insert(JSON);
                Value::Object(fields).to_string().into()
            }
        };
        match (mode, endpoint_reply) {
            (Mode::Endpoint, Some(reply)) => return reply,
            (Mode::Write(bytes), _) => return Reply::Close(bytes),
            (Mode::RespondAndBreak, _) => {
                headers.insert(header::CONTENT_LENGTH, (body.len() + 1).into());
            }
            (Mode::Endpoint | Mode::Respond, _) => {}
        }
        // hyper frames a final response itself.
        let is_raw = status.is_informational()
            || headers.contains_key(header::CONTENT_LENGTH)
            || headers.contains_key(header::TRANSFER_ENCODING);
        if is_raw {
            return Reply::Close(write(status, &headers, &body));
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Reply::Respond(response)
    }
}

fn write(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Bytes {
    let reason = status.canonical_reason().unwrap_or_default();
    let mut bytes = format!("HTTP/1.1 {} {reason}\r\n", status.as_str()).into_bytes();
    for (name, value) in headers {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend([b"\r\n", body].concat());
    bytes.into()
}

#[track_caller]
pub(super) fn status_code(status: u16) -> StatusCode {
    let Ok(status) = StatusCode::from_u16(status) else {
        panic!("{status} is not an HTTP status; use one from 100 to 999");
    };
    status
}

#[track_caller]
pub(super) fn append(headers: &mut HeaderMap, name: &str, value: &[u8]) {
    match (name.parse::<HeaderName>(), HeaderValue::from_bytes(value)) {
        (Ok(name), Ok(value)) => headers.append(name, value),
        (Err(_), _) => panic!("{name:?} is not a valid header name"),
        (_, Err(_)) => panic!("{:?} is not a valid header value", String::from_utf8_lossy(value)),
    };
}
