//! The response of a successful call.

use cinnox_destination::{DestinationId, Response, UpdatedDestination};
use http::StatusCode;

use crate::support::{answer::Answer, builder, destination, server::Server, update};

async fn updated(answer: Answer) -> Response<UpdatedDestination> {
    let server = Server::answering(answer).await;
    builder(&server.url()).build().unwrap().update(&destination(), &update()).await.unwrap()
}

#[tokio::test]
async fn keeps_status_headers_and_attempts() {
    let answer = Answer::status(200).header("X-Request-Id", "r-1").body(r#"{"code":0,"result":{"id":"dest-1"}}"#);
    let response = updated(answer).await;
    assert_eq!((response.status, response.attempts), (StatusCode::OK, 1));
    assert_eq!(response.headers["x-request-id"], "r-1");
    assert_eq!(response.body.result.id.as_str(), "dest-1");
}

#[tokio::test]
async fn reads_numeric_id_as_text() {
    for id in ["12", "0", "18446744073709551615"] {
        let response = updated(Answer::status(200).body(format!(r#"{{"result":{{"id":{id}}}}}"#))).await;
        assert_eq!(response.id(), id);
    }
}

#[tokio::test]
async fn tells_whether_the_response_is_for_the_destination() {
    let response = updated(Answer::status(200).body(r#"{"result":{"id":"dest-2"}}"#)).await;
    let meant = |id: &str| response.is_for(&id.parse::<DestinationId>().unwrap());
    assert!(meant("dest-2") && !meant("dest-1") && !meant("DEST-2"));

    let number = updated(Answer::status(200).body(r#"{"result":{"id":7}}"#)).await;
    assert!(number.is_for(&"7".parse().unwrap()));
}
