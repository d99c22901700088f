//! The response of a successful call.

use std::{fmt, ops::Deref};

use http::{HeaderMap, StatusCode};

use crate::generated::types::UpdatedDestination;

/// The response of a successful call. It dereferences to the body.
#[derive(Clone)]
pub struct Response<T> {
    response: http::Response<T>,
    attempts: u32,
}

impl<T> Response<T> {
    pub(crate) fn new(response: http::Response<T>, attempts: u32) -> Self {
        Self { response, attempts }
    }

    /// The parsed body.
    pub fn body(&self) -> &T {
        self.response.body()
    }

    /// The parsed body, by value.
    pub fn into_body(self) -> T {
        self.response.into_body()
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers of the response. One that contains an App Token of at least 8 bytes is redacted.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The number of attempts, including those that did not connect.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}

/// Omits the headers, which may contain secrets such as cookies.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("body", self.body())
            .field("status", &self.status())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.body()
    }
}

impl UpdatedDestination {
    /// The ID of the updated destination, as the server wrote it.
    pub fn id(&self) -> &str {
        &self.result.id
    }
}
