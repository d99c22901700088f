//! From JSON to an update: checked with a place for each problem, and by `serde_json` alone.

#![allow(missing_docs)]

use cinnox_destination::{DestinationUpdate, JsonError};
use divan::{AllocProfiler, Bencher, black_box};

#[path = "support/samples.rs"]
mod samples;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const NAMES: [&str; 4] = ["valid", "1,000 targets", "wrong type", "every rule broken"];

fn main() {
    divan::main();
}

fn json(name: &str) -> Vec<u8> {
    match name {
        "valid" => samples::to_json(&samples::typical()),
        "1,000 targets" => samples::to_json(&samples::with_targets(1_000)),
        "wrong type" => {
            let text = String::from_utf8(samples::to_json(&samples::typical())).expect("UTF-8");
            text.replace("\"STAFF\"", "\"EMPLOYEE\"").into_bytes()
        }
        _ => samples::to_json(&samples::every_rule_broken()),
    }
}

#[divan::bench(args = NAMES)]
fn from_json(bencher: Bencher, name: &str) {
    let json = json(name);
    bencher.bench_local(|| -> Result<DestinationUpdate, JsonError> { DestinationUpdate::from_json(black_box(&json)) });
}

#[divan::bench(args = NAMES)]
fn serde_json_alone(bencher: Bencher, name: &str) {
    let json = json(name);
    bencher.bench_local(|| serde_json::from_slice::<DestinationUpdate>(black_box(&json)));
}
