//! [`Received`], a request that the mock server received.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use serde_json::Value;

use crate::{client::AppToken, text::quoted};

/// Maximum number of characters of the body that `Debug` shows.
const SHOWN_CHARS: usize = 2_000;

/// A request that the mock server received.
///
/// `Debug` shows the body as text. It redacts an App Token of at least 8 bytes.
///
/// ```
/// use cinnox_destination::{mock::MockServer, prelude::*};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::start().await;
/// server.add_destination(&"dest-1".parse()?);
/// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())?
///     .with_staff(["staff-1"]);
/// server.client().update(&"dest-1".parse()?, &update).await?;
///
/// let requests = server.requests();
/// assert_eq!(requests[0].path, "/v1/api/apps/mock-app/destination/dest-1");
/// assert_eq!(requests[0].json()["displayName"], "Night shift");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Received {
    /// The method, in capital letters.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    pub(super) fn new(request: Request<Bytes>) -> Self {
        let (mut head, body) = request.into_parts();
        // Hide the token in `Debug`, in case a real one is used by mistake.
        for (_, token) in head.headers.iter_mut().filter(|(name, _)| **name == header::AUTHORIZATION) {
            token.set_sensitive(true);
        }
        let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
        Self { method: head.method.to_string(), path, headers: head.headers, body: body.into() }
    }

    /// Parses the body as JSON.
    ///
    /// # Panics
    ///
    /// If the body is not JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body is not JSON ({error}): {self:?}"),
        }
    }

    fn token(&self) -> Option<AppToken> {
        let (_, token) = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        AppToken::new(token).ok()
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut path, mut headers) = (self.path.clone(), self.headers.clone());
        let mut body = String::from_utf8_lossy(&self.body).into_owned();
        if let Some(token) = self.token() {
            token.redact_headers(&mut headers);
            (path, body) = (token.redact_text(path), token.redact_text(body));
        }
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("path", &path)
            .field("headers", &headers)
            .field("body", &format_args!("{}", quoted(&body, SHOWN_CHARS)))
            .finish()
    }
}
