//! The rules, judged by `validate()` and by a JSON Schema validator with the exported schema.

#![allow(missing_docs)]

use cinnox_destination::{DestinationUpdate, Validate};
use divan::{AllocProfiler, Bencher, black_box};
use serde_json::Value;

#[path = "support/samples.rs"]
mod samples;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const NAMES: [&str; 5] = ["typical", "100 targets", "1,000 targets", "10,000 targets", "every rule broken"];

fn main() {
    divan::main();
}

fn sample(name: &str) -> DestinationUpdate {
    match name {
        "typical" => samples::typical(),
        "100 targets" => samples::with_targets(100),
        "1,000 targets" => samples::with_targets(1_000),
        "10,000 targets" => samples::with_targets(10_000),
        _ => samples::every_rule_broken(),
    }
}

#[divan::bench(args = NAMES)]
fn validate(bencher: Bencher, name: &str) {
    let update = sample(name);
    bencher.bench_local(|| black_box(&update).validate());
}

/// From the update to everything that is wrong with it, as `validate` does it.
#[divan::bench(args = NAMES)]
fn json_schema(bencher: Bencher, name: &str) {
    let (validator, update) = (validator(), sample(name));
    bencher.bench_local(|| validator.iter_errors(&value(black_box(&update))).count());
}

/// The same where the update is at hand as a JSON value.
#[divan::bench(args = NAMES)]
fn json_schema_of_value(bencher: Bencher, name: &str) {
    let (validator, value) = (validator(), value(&sample(name)));
    bencher.bench_local(|| validator.iter_errors(black_box(&value)).count());
}

/// Only whether something is wrong.
#[divan::bench(args = NAMES)]
fn json_schema_of_value_yes_or_no(bencher: Bencher, name: &str) {
    let (validator, value) = (validator(), value(&sample(name)));
    bencher.bench_local(|| validator.is_valid(black_box(&value)));
}

fn validator() -> jsonschema::Validator {
    let schema = schemars::schema_for!(DestinationUpdate).to_value();
    jsonschema::validator_for(&schema).expect("a schema")
}

fn value(update: &DestinationUpdate) -> Value {
    serde_json::to_value(update).expect("JSON")
}
