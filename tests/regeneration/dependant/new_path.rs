use cinnox_destination::{Client, mock::Account};
use dependant::{answer, serve, update};

#[tokio::test]
async fn the_wire_follows() {
    let (base_url, requests) = serve(&[answer("200 OK", r#"{"result":{"id":"dest-1"}}"#)]);
    let client = Client::builder(&base_url, "app-1", "token").build().unwrap();
    client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
    let requests = requests.join().unwrap();
    assert!(requests[0].starts_with("PATCH /v2/api/apps/app-1/destination/dest-1 HTTP/1.1\r\n"), "{}", requests[0]);
}

#[tokio::test]
async fn the_account_in_memory_follows() {
    let account = Account::start().await;
    account.add_destination(&"dest-1".parse().unwrap());
    account.client().update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
    assert!(account.requests()[0].path.starts_with("/v2/"));
}
