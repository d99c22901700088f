//! `demo`: the tool at work on an in-memory server. Nothing else uses that server.

use std::sync::Arc;

use cinnox_destination::{DestinationId, mock::MockServer};

use crate::{
    account::with_user_agent,
    arguments::{Demo, Verbosity},
    bulk,
    failure::{Exit, Failure},
    output::{complain, print},
    sample,
};

const FIRST_LINE: &str = "demo: sending to an in-memory server; nothing leaves this machine";

pub(crate) async fn run(arguments: Demo, verbosity: Verbosity) -> Result<Exit, Failure> {
    if arguments.sending.json && arguments.updates.is_some() {
        complain(FIRST_LINE);
    } else {
        print(&format!("{FIRST_LINE}\n"))?;
    }
    let server = Arc::new(MockServer::start().await);
    match arguments.updates {
        None => update_one(&server).await,
        Some(count) => {
            let client = bulk::without_retries(with_user_agent(server.client_builder())).build()?;
            let add = {
                let server = Arc::clone(&server);
                move |id: &DestinationId| server.add_destination(id)
            };
            bulk::rehearse(client, count, arguments.sending, verbosity, add).await
        }
    }
}

async fn update_one(server: &MockServer) -> Result<Exit, Failure> {
    let id: DestinationId = "dest-1".parse()?;
    server.add_destination(&id);
    let update = sample::complete().map_err(cinnox_destination::Error::from)?;
    let updated = with_user_agent(server.client_builder()).build()?.update(&id, &update).await?;
    let mut lines = Vec::new();
    for request in server.requests() {
        lines.push(format!("\nsent:\n{} {}", request.method, request.path));
        for (name, value) in &request.headers {
            let value = if name == "authorization" { "Bearer ***" } else { value.to_str().unwrap_or("?") };
            lines.push(format!("{name}: {value}"));
        }
        lines.push(format!("\n{}", String::from_utf8_lossy(&request.body)));
    }
    let code = updated.code.map(|code| code.to_string()).unwrap_or_default();
    lines.push(format!("\nreceived: {} with code {code} and ID {}", updated.status, updated.id()));
    if let Some(held) = server.destination(&id) {
        let held = serde_json::to_string_pretty(&held).unwrap_or_else(|error| error.to_string());
        lines.push(format!("\nstored by the server for {id}:\n{held}"));
    }
    lines.push(format!("\nupdated destination {}\n", updated.id()));
    print(&lines.join("\n"))
}
