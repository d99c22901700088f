//! The mock endpoint's response to each operation.
//!
//! The API document defines the operations; one without an arm in [`Endpoint::perform`] gets a 501.

use std::collections::{HashMap, HashSet};

use http::{HeaderValue, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Received, server::Reply};
use crate::{
    DestinationUpdate, ErrorCode, UpdatedDestination, Validate,
    generated::{
        document::{self, OPERATIONS, Operation},
        types::{ApiError, UpdatedDestinationResult},
    },
};

const UPDATE_DESTINATION: &str = document::UPDATE_DESTINATION.id;

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub(super) struct Endpoint {
    app_id: &'static str,
    /// The accepted values of the `authorization` header.
    authorizations: HashSet<String>,
    /// The destinations by ID, each with the last update applied to it.
    pub(super) destinations: HashMap<String, Option<DestinationUpdate>>,
}

impl Endpoint {
    pub(super) fn new(app_id: &'static str, app_token: &str) -> Self {
        let authorizations = HashSet::from([bearer(app_token)]);
        Self { app_id, authorizations, destinations: HashMap::new() }
    }

    pub(super) fn accept_token(&mut self, app_token: &str) {
        self.authorizations.insert(bearer(app_token));
    }

    pub(super) fn revoke_token(&mut self, app_token: &str) {
        self.authorizations.remove(&bearer(app_token));
    }

    pub(super) fn reply(&mut self, request: &Received) -> Reply {
        let result = find(OPERATIONS, request)
            .ok_or_else(|| Rejection::of(ErrorCode::MethodOrUrlNotFound))
            .and_then(|(operation, parameters)| Ok((operation, self.perform(operation, &parameters, request)?)));
        let (status, body) = match result {
            Ok((operation, body)) => (StatusCode::from_u16(operation.success).unwrap_or_default(), body),
            Err(Rejection { status, code, message }) => {
                (status, json!({ ApiError::CODE: code.number(), ApiError::MESSAGE: message }))
            }
        };
        let mut response = Response::default();
        *response.status_mut() = status;
        if !body.is_null() {
            response.headers_mut().insert(header::CONTENT_TYPE, JSON);
            *response.body_mut() = body.to_string().into();
        }
        Reply::Respond(response)
    }

    /// The body of a successful response, or null if it has none. The API document defines the status.
    fn perform(
        &mut self,
        operation: &Operation,
        parameters: &[String],
        request: &Received,
    ) -> Result<Value, Rejection> {
        match (operation.id, parameters) {
            (UPDATE_DESTINATION, [app_id, destination_id]) => {
                self.authorize(app_id, request)?;
                self.update_destination(destination_id, request)
            }
            (other, _) => Err(Rejection::by_status(
                StatusCode::NOT_IMPLEMENTED,
                format!("the mock server does not implement the operation {other}; add it in src/mock/answers.rs"),
            )),
        }
    }

    fn authorize(&self, app_id: &str, request: &Received) -> Result<(), Rejection> {
        let authorization = request.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if app_id == self.app_id && authorization.is_some_and(|value| self.authorizations.contains(value)) {
            return Ok(());
        }
        Err(Rejection::by_status(StatusCode::UNAUTHORIZED, "wrong App ID or App Token".to_owned()))
    }

    fn update_destination(&mut self, id: &str, request: &Received) -> Result<Value, Rejection> {
        let wrong = |message| Rejection { message, ..Rejection::of(ErrorCode::WrongParameter) };
        if request.headers.get(header::CONTENT_TYPE) != Some(&JSON) {
            return Err(wrong("the Content-Type is not application/json".to_owned()));
        }
        let update = DestinationUpdate::read(&request.body).map_err(|error| wrong(error.to_string()))?;
        if let Err(violations) = update.validate()
            && let Some(first) = violations.iter().find(|violation| violation.rule().is_vendor())
        {
            return Err(wrong(first.to_string()));
        }
        let Some(destination) = self.destinations.get_mut(id) else {
            return Err(Rejection::of(ErrorCode::DestinationNotFound));
        };
        *destination = Some(update);
        Ok(updated(id))
    }
}

fn bearer(app_token: &str) -> String {
    format!("Bearer {app_token}")
}

/// The body of the response to a successful update.
pub(super) fn updated(id: &str) -> Value {
    let result = json!({ UpdatedDestinationResult::ID: id });
    json!({ UpdatedDestination::CODE: 200, UpdatedDestination::RESULT: result })
}

/// An error in the vendor's format.
#[derive(Debug)]
struct Rejection {
    status: StatusCode,
    code: ErrorCode,
    message: String,
}

impl Rejection {
    /// A documented code, with its meaning as the message.
    fn of(code: ErrorCode) -> Self {
        let message = code.meaning().unwrap_or_default().to_owned();
        Self { status: StatusCode::BAD_REQUEST, code, message }
    }

    /// An error without a documented code.
    fn by_status(status: StatusCode, message: String) -> Self {
        Self { status, code: ErrorCode::Other(status.as_u16().into()), message }
    }
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
    template.zip(path).try_for_each(|(template, segment)| add_values(template, segment, &mut values))?;
    Some(values)
}

/// Adds the values of one segment, which may contain text around its parameters.
fn add_values(template: &str, segment: &str, values: &mut Vec<String>) -> Option<()> {
    let Some((before, rest)) = template.split_once('{') else { return (template == segment).then_some(()) };
    let segment = segment.strip_prefix(before)?;
    let (_, after) = rest.split_once('}')?;
    let (value, rest) = match after.split_once('{') {
        Some((between, _)) => segment.split_at(segment.find(between)?),
        None => (segment.strip_suffix(after)?, after),
    };
    values.push(percent_decode_str(value).decode_utf8_lossy().into_owned());
    add_values(after, rest, values)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
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
        operation("read_part", "GET", "/apps-{appID}/parts/{from}-{to}.json"),
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
            Row { method: "GET", path: "/apps-a-b/parts/1-2.json", found: Some(("read_part", &["a-b", "1", "2"])) },
            Row { method: "GET", path: "/apps/a/parts/1-2.json", found: None },
            Row { method: "GET", path: "/apps-a/parts/1-2", found: None },
            Row { method: "GET", path: "/apps-a/parts/1.json", found: None },
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
    fn responds_501_to_unimplemented_operation() {
        let mut endpoint = Endpoint::new("app-1", "token");
        for operation in MADE_UP {
            let rejection = endpoint.perform(operation, &["app-1".to_owned()], &request("GET", "/")).unwrap_err();
            assert_eq!((rejection.status, rejection.code), (StatusCode::NOT_IMPLEMENTED, ErrorCode::Other(501)));
            let id = operation.id;
            let expected =
                format!("the mock server does not implement the operation {id}; add it in src/mock/answers.rs");
            assert_eq!(rejection.message, expected);
        }
    }

    #[test]
    fn implements_every_operation_of_the_document() {
        let mut endpoint = Endpoint::new("app-1", "token");
        for operation in OPERATIONS {
            let path = operation.url_template.replace(['{', '}'], "");
            let Reply::Respond(response) = endpoint.reply(&request(operation.method, &path)) else {
                panic!("no response")
            };
            assert_ne!(response.status(), 501, "{}", operation.id);
        }
    }
}
