//! `demo`: the tool at work on an in-memory server. Nothing else uses that server.

use cinnox_destination::{DestinationId, mock::MockServer};
use serde_json::json;

use crate::{
    account::{Connection, with_user_agent},
    arguments::Demo,
    bulk,
    exit::{Exit, Failure, complain, print},
    input::Entry,
    print::sample,
    signals::Signals,
};

const FIRST_LINE: &str = "demo: sending to an in-memory server; nothing leaves this machine";

pub(crate) async fn run(arguments: Demo, quiet: bool, signals: Signals) -> Result<Exit, Failure> {
    if arguments.sending.json {
        complain(FIRST_LINE);
    } else {
        print(&format!("{FIRST_LINE}\n"))?;
    }
    let server = MockServer::start().await;
    let Some(count) = arguments.updates else { return update_one(&server).await };
    let client = bulk::without_retries(with_user_agent(server.client_builder())).build().map_err(Failure::other)?;
    let mut entries = Vec::new();
    for line in 1..=count {
        let destination: DestinationId = format!("demo-{line}").parse().map_err(Failure::other)?;
        server.add_destination(&destination);
        let update = sample(&format!("Service group {line}")).map_err(Failure::other)?;
        entries.push(Entry { line, destination, update });
    }
    bulk::rehearse(Connection::of(client, "the demo"), entries, arguments.sending, quiet, signals).await
}

async fn update_one(server: &MockServer) -> Result<Exit, Failure> {
    let id: DestinationId = "dest-1".parse().map_err(Failure::other)?;
    server.add_destination(&id);
    let update = sample("Night shift").map_err(Failure::other)?;
    let client = with_user_agent(server.client_builder()).build().map_err(Failure::other)?;
    let updated = client.update(&id, &update).await.map_err(Failure::other)?;
    let mut text = String::new();
    for request in server.requests() {
        text += &format!("\nsent:\n{} {}\n", request.method, request.path);
        for (name, value) in &request.headers {
            let value = if name == "authorization" { "Bearer ***" } else { value.to_str().unwrap_or("?") };
            text += &format!("{name}: {value}\n");
        }
        text += &format!("\n{}\n", String::from_utf8_lossy(&request.body));
    }
    let (status, updated, held) = (updated.status, updated.id(), json!(server.destination(&id)));
    text += &format!("\nreceived: {status} with ID {updated}\n\nstored by the server for {id}:\n{held:#}\n");
    print(&format!("{text}\nupdated destination {updated}\n"))?;
    Ok(Exit::Done)
}
