//! The mock server behaves like the endpoint and fails on demand; fakes equal what a client returns.

mod answers;
mod clock;
mod failures;
mod fakes;
mod lifecycle;

use cinnox_destination::{
    Error, ErrorCode, RetryPolicy,
    mock::{Failure, MockServer},
    prelude::*,
};
use http::{HeaderMap, Method};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

const PATH: &str = "/v1/api/apps/mock-app/destination/dest-1";

const TAG_NOT_FOUND: i64 = 3_000_203;
const NOT_FOUND: i64 = 3_000_205;
const AMBIGUOUS: i64 = 6_451_001;
const THROTTLED: i64 = 6_451_010;

/// A failure with this code.
fn coded(code: i64) -> Failure {
    Failure::code(ErrorCode::new(code))
}

/// The connection breaks in the middle of a response.
fn half_a_response() -> Failure {
    Failure::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")
}

fn code(error: &Error) -> Option<i64> {
    error.code().map(ErrorCode::number)
}

fn status(error: &Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}

fn sample() -> DestinationUpdate {
    crate::support::update()
}

fn body() -> Value {
    serde_json::to_value(sample()).unwrap()
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

impl Answer {
    fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_str(&self.body).unwrap()
    }
}
