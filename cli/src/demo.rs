//! `demo`: an update of a destination on an in-memory server. Nothing else uses that server.

use std::fmt::Write as _;

use cinnox_destination::{DestinationId, mock::MockServer};
use serde_json::json;

use crate::{
    account::with_user_agent,
    exit::{Exit, Failure, print},
    print::sample,
};

pub(crate) async fn run() -> Result<Exit, Failure> {
    let server = MockServer::start().await;
    let id: DestinationId = "dest-1".parse().map_err(Failure::other)?;
    server.add_destination(&id);
    let client = with_user_agent(server.client_builder()).build().map_err(Failure::other)?;
    let updated = client.update(&id, &sample()).await.map_err(Failure::other)?;
    let mut text = "demo: sending to an in-memory server; nothing leaves this machine\n".to_owned();
    for request in server.requests() {
        let _ = writeln!(text, "\nsent:\n{} {}", request.method, request.path);
        for (name, value) in &request.headers {
            let value = if name == "authorization" { "Bearer ***" } else { value.to_str().unwrap_or("?") };
            let _ = writeln!(text, "{name}: {value}");
        }
        let _ = writeln!(text, "\n{}", String::from_utf8_lossy(&request.body));
    }
    let (status, updated, held) = (updated.status(), updated.id(), json!(server.destination(&id)));
    let _ = writeln!(text, "\nreceived: {status} with ID {updated}\n\nstored by the server for {id}:\n{held:#}");
    print(&format!("{text}\nupdated destination {updated}\n"))?;
    Ok(Exit::Done)
}
