//! The mock server behaves like the endpoint, and fails on demand.

mod answers;
mod errors;
mod failures;
mod kinds;
mod lifecycle;
mod logs;
mod requests;

use cinnox_destination::{Error, RetryPolicy, mock::MockServer, prelude::*};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

const PATH: &str = "/v1/api/apps/mock-app/destination/dest-1";

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1"])
}

fn id() -> DestinationId {
    "dest-1".parse().unwrap()
}

async fn start() -> MockServer {
    let server = MockServer::start().await;
    server.add_destination(&id());
    server
}

/// A client that does not retry, so that each failure is visible.
fn client(server: &MockServer) -> Client {
    server.client_builder().retry(RetryPolicy::never()).build().unwrap()
}

async fn failure(server: &MockServer) -> Error {
    client(server).update(&id(), &sample()).await.unwrap_err()
}

/// A request of another HTTP client.
async fn request(server: &MockServer, method: Method, path: &str, token: &str, body: &Value) -> Answer {
    let request = reqwest::Client::new().request(method, format!("{}{path}", server.base_url()));
    answer(request.bearer_auth(token).json(body)).await
}

/// The response to another HTTP client.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.text().await.unwrap() }
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value) {
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (status, &HeaderValue::from_static("application/json"))
    );
    assert_eq!(answer.headers.get("retry-after"), None);
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap(), *body);
}

fn body() -> Value {
    serde_json::to_value(sample()).unwrap()
}
