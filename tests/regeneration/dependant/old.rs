//! What a program did before the document was edited.

use cinnox_destination::{Client, ErrorCode, Validate, mock::MockServer, prelude::Outcome};
use dependant::{answer, serve, update};

#[tokio::test]
async fn sends_the_same_request_byte_for_byte() {
    let (base_url, requests) = serve(&[answer("200 OK", r#"{"code":200,"result":{"id":"dest-1"}}"#)]);
    let client = Client::builder(&base_url, "app-1", "token").build().unwrap();
    let updated = client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
    assert_eq!(updated.id(), "dest-1");

    let requests = requests.join().unwrap();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let (first, headers) = head.split_once("\r\n").unwrap();
    assert_eq!(first, "PATCH /v1/api/apps/app-1/destination/dest-1 HTTP/1.1");
    let user_agent = format!("user-agent: cinnox-destination/{}", std::env::var("VERSION_OF_THE_COPY").unwrap());
    let mut headers: Vec<_> = headers.lines().collect();
    headers.sort_unstable();
    assert_eq!(
        headers,
        [
            "accept-encoding: identity",
            "accept: application/json",
            "authorization: Bearer token",
            &format!("content-length: {}", body.len()),
            "content-type: application/json",
            &format!("host: {}", base_url.trim_start_matches("http://")),
            &user_agent,
        ]
    );
    assert_eq!(
        body,
        "{\"displayName\":\"Night shift\",\"phoneTargets\":[\"+85212345678\"],\"staffTargets\":[\"staff-1\",\"staff-2\"],\
         \"supportLanguages\":[\"*\"],\"supportLocations\":[\"HK\",\"US-CA\"],\"types\":[\"STAFF\",\"PHONE\"]}"
    );
}

/// This program is compiled without TLS.
#[tokio::test]
async fn says_that_https_needs_tls() {
    let client = Client::builder("https://127.0.0.1:9", "app-1", "token").build().unwrap();
    let error = client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap_err();
    let sentence = "this program has no TLS; turn on the feature `rustls` or `native-tls` of cinnox-destination";
    assert_eq!(error.to_string(), sentence);
    assert_eq!((error.outcome(), error.attempts(), error.is_retryable()), (Outcome::NotSent, 1, false));
}

#[tokio::test]
async fn mock_server_answers() {
    let server = MockServer::start().await;
    let error = server.client().update(&"gone".parse().unwrap(), &update()).await.unwrap_err();
    assert_eq!((error.code(), error.outcome()), (Some(ErrorCode::DestinationNotFound), Outcome::Rejected));

    server.add_destination(&"gone".parse().unwrap());
    let updated = server.client().update(&"gone".parse().unwrap(), &update()).await.unwrap();
    assert_eq!(updated.id(), "gone");
    assert_eq!(server.destination(&"gone".parse().unwrap()), Some(update()));
}

#[test]
fn keeps_the_rules() {
    let mut update = update();
    update.phone_targets.clear();
    assert_eq!(update.validate().unwrap_err()[0].pointer(), "/phoneTargets");
}
