//! How do I count calls, attempts and outcomes? `cargo run --features mock --example metrics`

use std::collections::BTreeMap;

use cinnox_destination::mock::{Failure, MockServer};
use cinnox_destination::prelude::*;
use cinnox_destination::{Response, Result, UpdatedDestination};

/// Counters by their name and labels, as a metrics library keeps them.
#[derive(Default)]
struct Metrics(BTreeMap<String, u32>);

impl Metrics {
    fn count(&mut self, result: &Result<Response<UpdatedDestination>>) {
        let (outcome, kind, attempts) = match result {
            Ok(updated) => ("updated", "none", updated.attempts()),
            // Stable names without spaces.
            Err(error) => (error.outcome().as_str(), error.kind().as_str(), error.attempts()),
        };
        *self.0.entry(format!("calls{{outcome={outcome},error={kind}}}")).or_default() += 1;
        *self.0.entry("attempts".to_owned()).or_default() += attempts;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let (server, id) = (MockServer::start().await, "dest-1".parse()?);
    server.add_destination(&id);
    let (client, mut metrics) = (server.client(), Metrics::default());
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]));

    metrics.count(&client.update(&id, &update).await); // invalid: it has no type
    let update = update.with_staff(["staff-1"]);
    server.fail_next(1, Failure::code(ErrorCode::TOO_MANY_REQUESTS));
    metrics.count(&client.update(&id, &update).await); // the second attempt succeeds
    server.fail_next(1, Failure::disconnect());
    metrics.count(&client.update(&id, &update).await); // nobody knows

    for (name, count) in &metrics.0 {
        println!("{name} {count}");
    }
    Ok(())
}
