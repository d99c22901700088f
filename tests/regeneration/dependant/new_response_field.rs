use cinnox_destination::Client;
use dependant::{answer, serve, update};

#[tokio::test]
async fn is_read() {
    let body = r#"{"code":200,"result":{"id":"dest-1","updatedAt":"2024-05-01"}}"#;
    let (base_url, _requests) = serve(&[answer("200 OK", body)]);
    let client = Client::builder(&base_url, "app-1", "token").build().unwrap();
    let updated = client.update(&"dest-1".parse().unwrap(), &update()).await.unwrap();
    assert_eq!(updated.result.updated_at.as_deref(), Some("2024-05-01"));
}
