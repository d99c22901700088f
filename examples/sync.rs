//! How do I keep many service groups in sync? `cargo run --features mock --example sync`
//!
//! A job: records in, some of them invalid; bounded concurrency; a store that remembers what is pending or unknown; a
//! rotated App Token; a shutdown that finishes what is in flight and says what is left.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use cinnox_destination::mock::{Failure, MockServer};
use cinnox_destination::prelude::*;
use tokio::{sync::Semaphore, task::JoinSet};

/// What is known of each record: `pending`, `updated`, `invalid` or an outcome. In your program this is a table.
type Store = Arc<Mutex<BTreeMap<DestinationId, &'static str>>>;
type Record = (DestinationId, DestinationUpdate);

/// Sends the records until `stop` is set. Returns how many are left.
async fn sync(client: &Client, mut records: impl Iterator<Item = Record>, store: &Store, stop: &AtomicBool) -> usize {
    let (slots, mut calls, mut left) = (Arc::new(Semaphore::new(8)), JoinSet::new(), 0);
    while let Some((id, update)) = records.next() {
        if stop.load(Relaxed) {
            left = 1 + records.count();
            break;
        }
        let slot = slots.clone().acquire_owned().await;
        // Remembered before it is sent: after a crash, a pending record may have been applied.
        store.lock().unwrap().insert(id.clone(), "pending");
        let (client, store) = (client.clone(), store.clone());
        calls.spawn(async move {
            let state = match client.update(&id, &update).await {
                Ok(_) => "updated",
                Err(error) if matches!(error.kind(), ErrorKind::InvalidUpdate { .. }) => "invalid",
                Err(error) => error.outcome().as_str(),
            };
            store.lock().unwrap().insert(id, state);
            drop(slot);
        });
    }
    while calls.join_next().await.is_some() {} // finishes what is in flight
    left
}

/// Runs the job twice against a mock server, and returns the balance.
pub(crate) async fn run() -> String {
    let (server, store, stop) = (MockServer::start().await, Store::default(), AtomicBool::new(false));
    let client = server.client();
    let group = |number: usize| -> Record {
        let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]));
        let staff = if number.is_multiple_of(13) { "" } else { "staff-1" }; // 0, 13, 26 and 39 are invalid
        (format!("dest-{number:02}").parse().unwrap(), update.with_staff([staff]))
    };
    (0..38).for_each(|number| server.add_destination(&group(number).0)); // dest-38 does not exist
    server.fail_next(1, Failure::disconnect().applied()); // one outcome is unknown

    let records = (0..40).map(group).enumerate().map(|(number, record)| {
        if number == 20 {
            server.accept_token("new-token");
            client.set_app_token("new-token").unwrap(); // for every attempt from now on
        }
        stop.store(number == 30, Relaxed); // in your program a signal does this
        record
    });
    println!("stopped with {} records left", sync(&client, records, &store, &stop).await);
    server.revoke_token(server.app_token());

    // The next run sends what is not known to be updated. Resending an unknown update is safe for the only writer.
    let known = store.lock().unwrap().clone();
    let records = (0..40).map(group).filter(|(id, _)| known.get(id) != Some(&"updated"));
    let left = sync(&client, records, &store, &AtomicBool::new(false)).await;
    let count = |state| store.lock().unwrap().values().filter(|known| **known == state).count();
    let states = ["updated", "invalid", "rejected", "not_sent", "unknown", "pending"];
    format!("{}, left {left}", states.map(|state| format!("{state} {}", count(state))).join(", "))
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{}", run().await);
}
