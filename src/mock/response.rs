//! Responses for fakes that need no server.

use http::{HeaderMap, StatusCode, header};

use super::answers::{self, JSON};
use crate::{DestinationId, Response, UpdatedDestination};

/// Makes the response that [`Client::update`](crate::Client::update) returns when the server updates this destination at
/// the first attempt: status 200, code 200.
///
/// It is for a fake behind a trait of your own. The fields are public, so that a test can change them.
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
        unreachable!("the answer of the mock server has the form of the document")
    };
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
    Response { body, status: StatusCode::OK, headers, attempts: 1 }
}
