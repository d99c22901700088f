//! The response of a successful call.

use std::{fmt, ops::Deref};

use http::{HeaderMap, StatusCode};

/// The response of a successful call. It dereferences to the body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Response<T> {
    /// The parsed body. An ID that contains the App Token is redacted.
    pub body: T,
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers of the response. An App Token of at least 8 bytes is redacted.
    pub headers: HeaderMap,
    /// The number of attempts, including those that did not connect.
    pub attempts: u32,
}

/// Omits the headers, which may contain secrets such as cookies.
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
