//! No log line contains the token, not even at TRACE level.

use cinnox_destination::{ErrorCode, mock::Failure};

use super::*;
use crate::support::{logs, process};

#[tokio::test]
async fn no_log_line_of_any_crate_shows_token() {
    if !process::run_in_own(module_path!(), "no_log_line_of_any_crate_shows_token") {
        return;
    }
    logs::record();
    let server = start().await;
    assert!(server.app_token().starts_with("mock-token-"));
    let client = client(&server);
    client.update(&id(), &sample()).await.unwrap();
    for failure in [
        Failure::code(ErrorCode::WrongParameter),
        Failure::disconnect(),
        Failure::disconnect_mid_response(),
        Failure::raw("?"),
    ] {
        server.fail_next(1, failure);
        client.update(&id(), &sample()).await.unwrap_err();
    }
    request(&server, Method::PATCH, PATH, "mock-token-wrong", &body()).await;

    let logged = logs::recorded();
    let leak = logged.lines().find(|line| line.contains("mock-token-"));
    assert_eq!(leak, None);
}
