//! Builds responses for fakes that do not use a server.

use http::{HeaderMap, StatusCode, header};

use super::answers::{self, JSON};
use crate::{DestinationId, Response, UpdatedDestination};

/// Builds the response that [`Client::update`](crate::Client::update) returns if the first attempt to update this
/// destination succeeds: status 200, code 200.
///
/// Use it in a fake behind your own trait. The fields are public, so a test can change them.
///
/// ```
/// use cinnox_destination::{Response, Result, UpdatedDestination, mock, prelude::*};
///
/// trait Destinations {
///     async fn update(&self, id: &DestinationId, update: &DestinationUpdate) -> Result<Response<UpdatedDestination>>;
/// }
///
/// struct Fake;
///
/// impl Destinations for Fake {
///     async fn update(&self, id: &DestinationId, _: &DestinationUpdate) -> Result<Response<UpdatedDestination>> {
///         Ok(mock::response(id))
///     }
/// }
/// ```
#[must_use]
pub fn response(id: &DestinationId) -> Response<UpdatedDestination> {
    let Ok(body) = serde_json::from_value(answers::updated(id.as_str())) else {
        unreachable!("the mock response matches the API document")
    };
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
    Response { body, status: StatusCode::OK, headers, attempts: 1 }
}
