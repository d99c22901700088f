use cinnox_destination::{Client, mock::MockServer};
use dependant::{answer, serve, update};

#[tokio::test]
async fn sends_to_the_new_path() {
    let (base_url, requests) = serve(&[answer("200 OK", r#"{"result":{"id":"dest-1"}}"#)]);
    let client = Client::builder(&base_url, "app-1", "token").build().unwrap();
    client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
    let requests = requests.join().unwrap();
    assert!(requests[0].starts_with("PATCH /v2/api/apps/app-1/destination/dest-1 HTTP/1.1\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn mock_server_knows_the_new_path() {
    let server = MockServer::start().await;
    server.add_destination(&"dest-1".parse().unwrap());
    server.client().update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
    assert!(server.requests()[0].path.starts_with("/v2/"));
}
