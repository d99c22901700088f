use cinnox_destination::Client;
use dependant::{answer, serve, update};

#[tokio::test]
async fn old_call_is_unchanged_and_another_one_sets_the_parameters() {
    let success = answer("200 OK", r#"{"result":{"id":"dest-1"}}"#);
    let (base_url, requests) = serve(&[success.clone(), success]);
    let client = Client::builder(&base_url, "app-1", "token").build().unwrap();
    let id = "dest-1".parse().unwrap();
    client.generated().update_destination(client.app_id(), &id, &update()).await.unwrap();
    let generated = client.generated();
    generated.update_destination_with_options(client.app_id(), &id, Some(true), Some("r-1"), &update()).await.unwrap();

    let requests = requests.join().unwrap();
    assert!(requests[0].starts_with("PATCH /v1/api/apps/app-1/destination/dest-1 HTTP/1.1\r\n"), "{}", requests[0]);
    assert!(requests[1].starts_with("PATCH /v1/api/apps/app-1/destination/dest-1?dryRun=true HTTP/1.1\r\n"));
    assert!(requests[1].contains("\r\nx-request-id: r-1\r\n"), "{}", requests[1]);
}
