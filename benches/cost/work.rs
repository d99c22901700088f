//! The things that are measured, each so many times.

use std::hint::black_box;

use cinnox_destination::{DestinationUpdate, Validate};
use tokio::runtime::{Builder, Runtime};

use crate::{
    Result,
    peers::{HandWritten, Ours},
    samples,
};

/// The ways to make a call.
pub(crate) const CALLS: [&str; 3] = ["hand-written", "generated", "update"];

/// What does not need a server, and what it is compared with.
pub(crate) const PURE: [&[&str]; 6] = [
    &["validate typical", "schema-of-value typical", "schema typical"],
    &["validate 100 targets", "schema 100 targets"],
    &["validate 1000 targets", "schema 1000 targets"],
    &["validate every-rule-broken", "schema every-rule-broken"],
    &["parse typical", "serde typical"],
    &["parse every-rule-broken", "serde every-rule-broken"],
];

pub(crate) fn run(name: &str, count: &str, url: &str) -> Result<()> {
    let count = count.parse()?;
    match name.split_once(' ') {
        Some((judge, sample)) => run_pure(judge, sample, count),
        None => runtime()?.block_on(run_calls(name, count, url)),
    }
}

pub(crate) fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// One call after the other.
async fn run_calls(name: &str, count: u64, url: &str) -> Result<()> {
    let (by_hand, ours) = (HandWritten::new(url)?, Ours::new(url)?);
    let mut updated = true;
    for _ in 0..count {
        updated &= match name {
            "hand-written" => by_hand.call().await,
            "generated" => ours.generated().await,
            _ => ours.update().await,
        };
    }
    if updated { Ok(()) } else { Err("a call failed".into()) }
}

/// `schema` judges an update, as `validate` does, `schema-of-value` one that is at hand as a JSON value.
pub(crate) fn run_pure(judge: &str, sample: &str, count: u64) -> Result<()> {
    let update = match sample {
        "typical" => samples::typical(),
        "100" | "100 targets" => samples::with_targets(100),
        "1000" | "1000 targets" => samples::with_targets(1_000),
        _ => samples::every_rule_broken(),
    };
    match judge {
        "validate" => (0..count).for_each(|_| drop(black_box(black_box(&update).validate()))),
        "schema" => {
            let validator = validator()?;
            let value = || serde_json::to_value(black_box(&update)).unwrap_or_default();
            black_box((0..count).map(|_| validator.iter_errors(&value()).count()).fold(0, usize::max));
        }
        "schema-of-value" => {
            let (validator, value) = (validator()?, serde_json::to_value(&update)?);
            black_box((0..count).map(|_| validator.iter_errors(black_box(&value)).count()).fold(0, usize::max));
        }
        "parse" => {
            let json = samples::to_json(&update);
            (0..count).for_each(|_| drop(black_box(DestinationUpdate::from_json(black_box(&json)))));
        }
        _ => {
            let json = samples::to_json(&update);
            let read = |json| serde_json::from_slice::<DestinationUpdate>(json);
            (0..count).for_each(|_| drop(black_box(read(black_box(&json)))));
        }
    }
    Ok(())
}

fn validator() -> Result<jsonschema::Validator> {
    Ok(jsonschema::validator_for(&schemars::schema_for!(DestinationUpdate).to_value())?)
}
