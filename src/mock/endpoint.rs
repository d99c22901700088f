//! The mock endpoint's answers, as on the vendor's page.
//!
//! Start with [`Endpoint::respond`], which knows the operations of the OpenAPI document.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use http::{HeaderValue, Response as HttpResponse, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::server::Received;
use crate::generated::document::{Operation, UPDATE_DESTINATION};
use crate::generated::types::{ApiError, UpdatedDestinationResult};
use crate::{DestinationId, DestinationUpdate, ErrorCode, Response, UpdatedDestination, Validate};

pub(super) const APP_ID: &str = "mock-app";

const JSON: HeaderValue = HeaderValue::from_static("application/json");

#[derive(Default)]
pub(super) struct Endpoint {
    /// The accepted App Tokens.
    pub(super) tokens: HashSet<String>,
    /// The destinations by ID, each with the last update applied to it.
    pub(super) destinations: HashMap<String, Option<DestinationUpdate>>,
}

impl Endpoint {
    pub(super) fn respond(&mut self, request: &Received) -> HttpResponse<Bytes> {
        if let Some([app_id, destination_id]) = parameters(&UPDATE_DESTINATION, request) {
            return self.update_destination(&app_id, &destination_id, request);
        }
        documented_error(ErrorCode::METHOD_OR_URL_NOT_FOUND)
    }

    fn update_destination(&mut self, app_id: &str, id: &str, request: &Received) -> HttpResponse<Bytes> {
        let wrong_parameter = |message: &str| error(StatusCode::BAD_REQUEST, ErrorCode::WRONG_PARAMETER, message);
        if !self.is_authorized(app_id, request) {
            return error(StatusCode::UNAUTHORIZED, ErrorCode::new(401), "wrong App ID or App Token");
        }
        if request.headers.get(header::CONTENT_TYPE) != Some(&JSON) {
            return wrong_parameter("the Content-Type is not application/json");
        }
        let update: DestinationUpdate = match serde_json::from_slice(&request.body) {
            Ok(update) => update,
            Err(problem) => return wrong_parameter(&problem.to_string()),
        };
        let violations = update.validate().err();
        if let Some(violation) = violations.iter().flatten().find(|violation| violation.rule().is_vendor()) {
            return wrong_parameter(&violation.to_string());
        }
        let Some(destination) = self.destinations.get_mut(id) else {
            return documented_error(ErrorCode::DESTINATION_NOT_FOUND);
        };
        *destination = Some(update);
        json_response(StatusCode::from_u16(UPDATE_DESTINATION.success).unwrap_or_default(), &updated(id))
    }

    fn is_authorized(&self, app_id: &str, request: &Received) -> bool {
        let authorization = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
        app_id == APP_ID && token.is_some_and(|token| self.tokens.contains(token))
    }
}

/// The values of an operation's path parameters; `None` if the request is for another one.
fn parameters<const N: usize>(operation: &Operation, request: &Received) -> Option<[String; N]> {
    let (template, path) = (operation.url_template.split('/'), request.path.split('?').next()?.split('/'));
    if request.method != operation.method || template.clone().count() != path.clone().count() {
        return None;
    }
    let (parameters, others): (Vec<_>, Vec<_>) = template.zip(path).partition(|(name, _)| name.starts_with('{'));
    let is_same = others.iter().all(|(expected, found)| expected == found);
    let decoded = parameters.iter().map(|(_, value)| percent_decode_str(value).decode_utf8_lossy().into_owned());
    decoded.collect::<Vec<_>>().try_into().ok().filter(|_| is_same)
}

/// An error with a documented code, and its meaning as the message.
fn documented_error(code: ErrorCode) -> HttpResponse<Bytes> {
    error(StatusCode::BAD_REQUEST, code, code.meaning().unwrap_or_default())
}

/// An error in the vendor's format.
pub(super) fn error(status: StatusCode, code: ErrorCode, message: &str) -> HttpResponse<Bytes> {
    json_response(status, &json!({ ApiError::CODE: code.number(), ApiError::MESSAGE: message }))
}

fn json_response(status: StatusCode, body: &Value) -> HttpResponse<Bytes> {
    let mut response = HttpResponse::new(body.to_string().into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}

/// The body of the response to a successful update.
fn updated(id: &str) -> Value {
    let result = json!({ UpdatedDestinationResult::ID: id });
    json!({ UpdatedDestination::CODE: 200, UpdatedDestination::RESULT: result })
}

/// Builds the response that [`Client::update`](crate::Client::update) returns if the first attempt to update this
/// destination succeeds: status 200, code 200. For a fake behind your own trait; see the [module](super).
pub fn response(id: &DestinationId) -> Response<UpdatedDestination> {
    let Ok(body) = serde_json::from_value(updated(id.as_str())) else {
        unreachable!("the mock response matches the API document")
    };
    let mut response = HttpResponse::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    Response::new(response, 1)
}
