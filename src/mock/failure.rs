//! What a server can do instead of answering as it should.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value};

use super::{answers::JSON, server::Reply};
use crate::{ErrorCode, generated::types::ApiError};

/// What [`MockServer::fail_next`](super::MockServer::fail_next) does instead of answering a request as the endpoint does.
///
/// ```
/// use std::time::Duration;
///
/// use cinnox_destination::{ErrorCode, mock::Failure};
///
/// // The vendor's own answer to too many requests.
/// let throttled = Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("7");
/// // A proxy whose server is away.
/// let proxy = Failure::respond(502).header("content-type", "text/html").body("<h1>Bad Gateway</h1>");
/// // An update that is applied, but the response is lost after 100 ms.
/// let lost = Failure::disconnect().delay(Duration::from_millis(100)).applied();
/// ```
///
/// Status, headers and body have no effect on a failure that sends none of its own: [`disconnect`](Self::disconnect),
/// [`raw`](Self::raw) and [`slow`](Self::slow).
#[derive(Clone, Debug)]
#[must_use]
pub struct Failure {
    how: How,
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    pub(super) delay: Duration,
    pub(super) is_applied: bool,
}

#[derive(Clone, Debug)]
enum How {
    Respond,
    RespondAndBreak,
    Write(Bytes),
    AsUsual,
}

#[derive(Clone, Debug)]
enum Body {
    Bytes(Bytes),
    /// The fields of a body in the vendor's form.
    Vendor(Map<String, Value>),
}

impl Failure {
    fn new(how: How, status: StatusCode) -> Self {
        Self {
            how,
            status,
            headers: HeaderMap::new(),
            body: Body::Bytes(Bytes::new()),
            delay: Duration::ZERO,
            is_applied: false,
        }
    }

    /// Responds in the vendor's form: status 400, this code, and its meaning as the message.
    pub fn code(code: ErrorCode) -> Self {
        let fields = Map::from_iter([(ApiError::CODE.to_owned(), code.number().into())]);
        let failure = Self { body: Body::Vendor(fields), ..Self::new(How::Respond, StatusCode::BAD_REQUEST) };
        failure.message(code.meaning().unwrap_or("simulated failure"))
    }

    /// Responds with this status, without a body unless [`Failure::body`] or [`Failure::message`] sets one.
    ///
    /// # Panics
    ///
    /// If the status is not from 100 to 999.
    #[track_caller]
    pub fn respond(status: u16) -> Self {
        Self::new(How::Respond, StatusCode::OK).status(status)
    }

    /// Closes the connection without a response.
    pub fn disconnect() -> Self {
        Self::raw("")
    }

    /// Closes the connection in the middle of a response: after the headers and the body, which announce one more byte.
    /// Status 200 and no body unless they are set.
    pub fn disconnect_mid_response() -> Self {
        Self::new(How::RespondAndBreak, StatusCode::OK)
    }

    /// Writes these bytes in place of a response, whether they are HTTP or not, and closes the connection.
    pub fn raw(bytes: impl Into<Bytes>) -> Self {
        Self::new(How::Write(bytes.into()), StatusCode::OK)
    }

    /// Answers as the endpoint does, but late. The update is applied when it is received.
    pub fn slow(delay: Duration) -> Self {
        Self::new(How::AsUsual, StatusCode::OK).delay(delay).applied()
    }

    /// Sets the status. After a status from 100 to 199 the connection is closed, because no final response follows.
    ///
    /// # Panics
    ///
    /// If the status is not from 100 to 999.
    #[track_caller]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status_code(status);
        self
    }

    /// Sets the message in a body of the vendor's form. Any other body is replaced.
    pub fn message(mut self, message: impl Into<String>) -> Self {
        let mut fields = match self.body {
            Body::Vendor(fields) => fields,
            Body::Bytes(_) => Map::new(),
        };
        fields.insert(ApiError::MESSAGE.to_owned(), message.into().into());
        self.body = Body::Vendor(fields);
        self
    }

    /// Adds a header. With `content-length` or `transfer-encoding` the response is sent as it is, even if the body does
    /// not match, and the connection is closed.
    ///
    /// # Panics
    ///
    /// If the name or the value has a character that a header cannot have.
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        append(&mut self.headers, name, value.as_ref());
        self
    }

    /// Sets the body. One in the vendor's form is replaced.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Body::Bytes(body.into());
        self
    }

    /// Adds a `Retry-After` header: seconds or an HTTP date.
    ///
    /// # Panics
    ///
    /// As [`Failure::header`].
    #[track_caller]
    pub fn retry_after(self, value: impl AsRef<[u8]>) -> Self {
        self.header(header::RETRY_AFTER.as_str(), value)
    }

    /// Waits before the response, or before the connection is closed.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Applies the update all the same, unless the endpoint would refuse it. This happens before the delay.
    pub fn applied(mut self) -> Self {
        self.is_applied = true;
        self
    }

    /// `usual` is the reply of the endpoint, if the request was applied.
    pub(super) fn reply(self, usual: Option<Reply>) -> Reply {
        let Self { how, status, mut headers, body, .. } = self;
        let body = match body {
            Body::Bytes(bytes) => bytes,
            Body::Vendor(fields) => {
                headers.entry(header::CONTENT_TYPE).or_insert(JSON);
                Value::Object(fields).to_string().into()
            }
        };
        match (how, usual) {
            (How::AsUsual, Some(usual)) => return usual,
            (How::Write(bytes), _) => return Reply::Close(bytes),
            (How::RespondAndBreak, _) => {
                headers.insert(header::CONTENT_LENGTH, (body.len() + 1).into());
            }
            (How::AsUsual | How::Respond, _) => {}
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
        (Err(_), _) => panic!("{name:?} is not the name of a header"),
        (_, Err(_)) => panic!("{:?} is not the value of a header", String::from_utf8_lossy(value)),
    };
}
