//! The mock endpoint's answer to each operation of the API document, as on the vendor's page.
//!
//! Start with [`Endpoint::perform`]: an operation without an arm there gets a 501.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response as HttpResponse, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::server::Received;
use crate::{
    DestinationId, DestinationUpdate, ErrorCode, Response, RuleSource, UpdatedDestination, Validate,
    generated::{
        document::{OPERATIONS, Operation, UPDATE_DESTINATION},
        types::{ApiError, UpdatedDestinationResult},
    },
};

pub(super) const APP_ID: &str = "mock-app";

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An error in the vendor's format: its status, code and message.
#[derive(Debug)]
struct Rejection(StatusCode, ErrorCode, String);

impl Rejection {
    /// A documented code, with its meaning as the message.
    fn documented(code: ErrorCode) -> Self {
        Self(StatusCode::BAD_REQUEST, code, code.meaning().unwrap_or_default().to_owned())
    }

    fn wrong_parameter(message: impl ToString) -> Self {
        Self(StatusCode::BAD_REQUEST, ErrorCode::WrongParameter, message.to_string())
    }

    /// An error without a documented code.
    fn undocumented(status: StatusCode, message: impl Into<String>) -> Self {
        Self(status, ErrorCode::from(i64::from(status.as_u16())), message.into())
    }
}

#[derive(Default)]
pub(super) struct Endpoint {
    /// The accepted App Tokens.
    pub(super) tokens: HashSet<String>,
    /// The destinations by ID, each with the last update applied to it.
    pub(super) destinations: HashMap<String, Option<DestinationUpdate>>,
}

impl Endpoint {
    pub(super) fn respond(&mut self, request: &Received) -> HttpResponse<Bytes> {
        let answer =
            find(OPERATIONS, request).ok_or_else(|| Rejection::documented(ErrorCode::MethodOrUrlNotFound)).and_then(
                |(operation, parameters)| Ok((operation.success, self.perform(operation, &parameters, request)?)),
            );
        let (status, body) = match answer {
            Ok((status, body)) => (StatusCode::from_u16(status).unwrap_or_default(), body),
            Err(Rejection(status, code, message)) => (status, error_body(code, &message)),
        };
        let mut response = HttpResponse::new(body.to_string().into());
        *response.status_mut() = status;
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        response
    }

    /// The body of a successful response. The API document defines its status.
    fn perform(
        &mut self,
        operation: &Operation,
        parameters: &[String],
        request: &Received,
    ) -> Result<Value, Rejection> {
        match (operation.id, parameters) {
            (id, [app_id, destination_id]) if id == UPDATE_DESTINATION.id => {
                self.authorize(app_id, request)?;
                self.update_destination(destination_id, request)
            }
            (other, _) => Err(Rejection::undocumented(
                StatusCode::NOT_IMPLEMENTED,
                format!("the mock server does not implement the operation {other}; add it in src/mock/endpoint.rs"),
            )),
        }
    }

    fn authorize(&self, app_id: &str, request: &Received) -> Result<(), Rejection> {
        let authorization = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = authorization.and_then(|value| value.strip_prefix("Bearer "));
        if app_id == APP_ID && token.is_some_and(|token| self.tokens.contains(token)) {
            return Ok(());
        }
        Err(Rejection::undocumented(StatusCode::UNAUTHORIZED, "wrong App ID or App Token"))
    }

    fn update_destination(&mut self, id: &str, request: &Received) -> Result<Value, Rejection> {
        if request.headers.get(header::CONTENT_TYPE) != Some(&JSON) {
            return Err(Rejection::wrong_parameter("the Content-Type is not application/json"));
        }
        let update: DestinationUpdate = serde_json::from_slice(&request.body).map_err(Rejection::wrong_parameter)?;
        let violations = update.validate().err();
        let is_vendors = |rule: crate::Rule| rule.source() == RuleSource::Vendor;
        if let Some(first) = violations.iter().flat_map(|all| all.iter()).find(|one| is_vendors(one.rule())) {
            return Err(Rejection::wrong_parameter(first));
        }
        let Some(destination) = self.destinations.get_mut(id) else {
            return Err(Rejection::documented(ErrorCode::DestinationNotFound));
        };
        *destination = Some(update);
        Ok(updated(id))
    }
}

/// The body of an error in the vendor's format.
pub(super) fn error_body(code: ErrorCode, message: &str) -> Value {
    json!({ ApiError::CODE: code.number(), ApiError::MESSAGE: message })
}

/// The body of the response to a successful update.
fn updated(id: &str) -> Value {
    let result = json!({ UpdatedDestinationResult::ID: id });
    json!({ UpdatedDestination::CODE: 200, UpdatedDestination::RESULT: result })
}

/// Builds the response that [`Client::update`](crate::Client::update) returns if the first attempt to update this
/// destination succeeds: status 200, code 200. For a fake behind your own trait; see the [module](super).
#[must_use]
pub fn response(id: &DestinationId) -> Response<UpdatedDestination> {
    let Ok(body) = serde_json::from_value(updated(id.as_str())) else {
        unreachable!("the mock response matches the API document")
    };
    let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, JSON)]);
    Response { body, status: StatusCode::OK, headers, attempts: 1 }
}

/// Finds the operation of a request, and the values of its path parameters. If two match, the one with fewer parameters
/// wins (OpenAPI 3.0, "Paths Object").
fn find<'a>(operations: &'a [Operation], request: &Received) -> Option<(&'a Operation, Vec<String>)> {
    let path = request.path.split('?').next()?;
    operations
        .iter()
        .filter(|operation| operation.method == request.method)
        .filter_map(|operation| Some((operation, parameters(operation.url_template, path)?)))
        .min_by_key(|(_, parameters)| parameters.len())
}

/// The values of the template's parameters in a path; `None` if the path does not match.
fn parameters(template: &str, path: &str) -> Option<Vec<String>> {
    let (template, path) = (template.split('/'), path.split('/'));
    if template.clone().count() != path.clone().count() {
        return None;
    }
    let mut values = Vec::new();
    for (expected, found) in template.zip(path) {
        if expected.starts_with('{') {
            values.push(percent_decode_str(found).decode_utf8_lossy().into_owned());
        } else if expected != found {
            return None;
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn request(method: &str, path: &str) -> Received {
        Received::new(Request::builder().method(method).uri(path).body(Bytes::new()).unwrap())
    }

    const fn operation(id: &'static str, method: &'static str, url_template: &'static str) -> Operation {
        Operation { id, method, url_template, idempotent: false, success: 200 }
    }

    const MADE_UP: &[Operation] = &[
        operation("read_one", "GET", "/apps/{appID}/destination/{destinationID}"),
        operation("read_all", "GET", "/apps/{appID}/destination/all"),
        operation("create", "POST", "/apps/{appID}/destination"),
    ];

    #[test]
    fn finds_operation_and_decoded_parameters() {
        struct Row {
            method: &'static str,
            path: &'static str,
            found: Option<(&'static str, &'static [&'static str])>,
        }
        for Row { method, path, found } in [
            Row { method: "GET", path: "/apps/a/destination/d%20%7B", found: Some(("read_one", &["a", "d {"])) },
            Row { method: "GET", path: "/apps/a/destination/all?x=/", found: Some(("read_all", &["a"])) },
            Row { method: "POST", path: "/apps/a/destination", found: Some(("create", &["a"])) },
            Row { method: "GET", path: "/apps/a/destination", found: None },
            Row { method: "PUT", path: "/apps/a/destination/d", found: None },
            Row { method: "GET", path: "/", found: None },
        ] {
            let result = find(MADE_UP, &request(method, path));
            let result = result.as_ref().map(|(operation, values)| (operation.id, values.iter().map(String::as_str)));
            let result = result.map(|(id, values)| (id, values.collect::<Vec<_>>()));
            assert_eq!(result, found.map(|(id, values)| (id, values.to_vec())), "{method} {path}");
        }
    }

    #[test]
    fn responds_501_only_to_unimplemented_operation() {
        let mut endpoint = Endpoint::default();
        for operation in MADE_UP.iter().chain(OPERATIONS) {
            let result = endpoint.perform(operation, &["a".to_owned(), "d".to_owned()], &request("GET", "/"));
            let Rejection(status, _, message) = result.unwrap_err();
            let is_implemented = operation.id == UPDATE_DESTINATION.id;
            assert_eq!(
                (status == 501, message.contains(operation.id)),
                (!is_implemented, !is_implemented),
                "{message}"
            );
        }
    }
}
