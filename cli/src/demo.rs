//! `demo`: the tool at work on an in-memory server. Nothing else uses that server.

use cinnox_destination::{DestinationId, mock::MockServer};

use crate::{
    account::{Connection, code_of, with_user_agent},
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
    let Some(count) = arguments.updates else {
        update_one(&server).await?;
        return Ok(Exit::Done);
    };
    let client = bulk::without_retries(with_user_agent(server.client_builder())).build().map_err(Failure::other)?;
    let mut entries = Vec::new();
    for line in 1..=count {
        let destination: DestinationId = format!("demo-{line}").parse().map_err(Failure::other)?;
        server.add_destination(&destination);
        entries.push(Entry {
            line,
            destination,
            update: sample(&format!("Service group {line}")).map_err(Failure::other)?,
        });
    }
    bulk::rehearse(Connection::of(client), entries, arguments.sending, quiet, signals).await
}

async fn update_one(server: &MockServer) -> Result<(), Failure> {
    let id: DestinationId = "dest-1".parse().map_err(Failure::other)?;
    server.add_destination(&id);
    let update = sample("Night shift").map_err(Failure::other)?;
    let client = with_user_agent(server.client_builder()).build().map_err(Failure::other)?;
    let updated = client.update(&id, &update).await.map_err(Failure::other)?;
    let mut lines = Vec::new();
    for request in server.requests() {
        lines.push(format!("\nsent:\n{} {}", request.method, request.path));
        for (name, value) in &request.headers {
            let value = if name == "authorization" { "Bearer ***" } else { value.to_str().unwrap_or("?") };
            lines.push(format!("{name}: {value}"));
        }
        lines.push(format!("\n{}", String::from_utf8_lossy(&request.body)));
    }
    let code = code_of(&updated).unwrap_or_default();
    lines.push(format!("\nreceived: {} with code {code} and ID {}", updated.status, updated.id()));
    if let Some(held) = server.destination(&id) {
        let held = serde_json::to_string_pretty(&held).map_err(Failure::other)?;
        lines.push(format!("\nstored by the server for {id}:\n{held}"));
    }
    lines.push(format!("\nupdated destination {}\n", updated.id()));
    print(&lines.join("\n"))
}
