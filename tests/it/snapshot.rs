//! Compares the generated client with its snapshot, so that the review of a changed document shows how the change
//! affects users' code. The build does not use the snapshot.
//!
//! `RENEW=1 cargo test --test it snapshot` renews it.

use std::{env, fs, path::Path};

#[test]
fn generated_client_matches_snapshot() {
    let client = fs::read_to_string(concat!(env!("OUT_DIR"), "/client.rs")).unwrap();
    // What follows is for this crate alone.
    let (client, _) = client.split_once("/// What the document says and the client itself does not hand on.").unwrap();
    let place = Path::new("tests/snapshots/client.rs");
    if env::var_os("RENEW").is_some() {
        return fs::write(place, client).unwrap();
    }
    let snapshot = fs::read_to_string(place).unwrap_or_default().replace("\r\n", "\n");
    let mut lines = client.lines().zip(snapshot.lines().chain([""])).enumerate();
    if let Some((index, (generated, recorded))) = lines.find(|(_, (generated, recorded))| generated != recorded) {
        panic!(
            "tests/snapshots/client.rs:{}: is\n  {recorded}\nand would be\n  {generated}\nRead what the change of the \
             document does to users' code, and run `RENEW=1 cargo test --test it snapshot`",
            index + 1
        );
    }
    assert_eq!(
        client.len(),
        snapshot.len(),
        "tests/snapshots/client.rs goes on; run `RENEW=1 cargo test --test it snapshot`"
    );
}
