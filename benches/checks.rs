//! Work that needs no server: validating an update and reading it from JSON, each with what it is compared with.

use std::hint::black_box;

use cinnox_destination::{DestinationUpdate, Validate};

use crate::{Result, samples};

/// Several ways to do the same with one sample. The others are compared with the first.
pub(crate) struct Comparison {
    pub(crate) sample: &'static str,
    pub(crate) ways: &'static [&'static str],
}

/// `jsonschema` starts from the update, as `validate` does; `jsonschema of value` starts from a JSON value.
pub(crate) const COMPARISONS: [Comparison; 7] = [
    Comparison { sample: "typical", ways: &["validate", "jsonschema", "jsonschema of value"] },
    Comparison { sample: "100 targets", ways: &["validate", "jsonschema"] },
    Comparison { sample: "1,000 targets", ways: &["validate", "jsonschema"] },
    Comparison { sample: "10,000 targets", ways: &["validate", "jsonschema"] },
    Comparison { sample: "every rule broken", ways: &["validate", "jsonschema"] },
    Comparison { sample: "typical", ways: &["serde_json", "from_json"] },
    Comparison { sample: "every rule broken", ways: &["serde_json", "from_json"] },
];

pub(crate) fn repeat(way: &str, sample: &str, count: u32) -> Result<()> {
    let update = samples::sample(sample)?;
    let (value, json) = (serde_json::to_value(&update)?, serde_json::to_vec(&update)?);
    let validator = jsonschema::validator_for(&schemars::schema_for!(DestinationUpdate).to_value())?;
    for _ in 0..count {
        match way {
            "validate" => drop(black_box(black_box(&update).validate())),
            "jsonschema" => {
                let value = serde_json::to_value(black_box(&update))?;
                black_box(validator.iter_errors(&value).count());
            }
            "jsonschema of value" => drop(black_box(validator.iter_errors(black_box(&value)).count())),
            "serde_json" => drop(black_box(serde_json::from_slice::<DestinationUpdate>(black_box(&json)))),
            "from_json" => drop(black_box(DestinationUpdate::from_json(black_box(&json)))),
            _ => return Err(format!("there is no way to check named {way}").into()),
        }
    }
    Ok(())
}
