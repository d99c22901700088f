//! What a client sent.

use bytes::Bytes;
use http::{HeaderMap, Request, header};

/// A request that the mock server received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The method, in capital letters.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers. `Debug` does not show the token.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    pub(super) fn new(request: Request<Bytes>) -> Self {
        let (mut head, body) = request.into_parts();
        // Whoever uses a real token here by mistake does not find it where requests are printed.
        for (_, token) in head.headers.iter_mut().filter(|(name, _)| **name == header::AUTHORIZATION) {
            token.set_sensitive(true);
        }
        let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Self { method: head.method.to_string(), path, headers: head.headers, body: body.into() }
    }
}
