// Where the front page of the documentation finds what stands beside the README: of two such lines the first one counts.
#![doc = "[`BENCHMARKS.md`]: https://docs.rs/crate/cinnox-destination/latest/source/BENCHMARKS.md"]
#![doc = "[`CONTRIBUTING.md`]: https://docs.rs/crate/cinnox-destination/latest/source/CONTRIBUTING.md"]
// As tests the examples in it run only with the feature `mock`, which one of them needs.
#![cfg_attr(any(not(doctest), feature = "mock"), doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod error;
pub mod generated;
#[cfg(feature = "mock")]
pub mod mock;
mod model;
mod text;
mod validation;

pub use crate::{
    client::{Client, ClientBuilder, Response, RetryPolicy},
    error::{ConfigError, Error, ErrorKind, Outcome, Result, Timeout},
    generated::types::{
        DestinationType, DestinationUpdate, DisplayName, SupportLanguages, SupportLocations, UpdatedDestination,
    },
    model::{AppId, DestinationId, ErrorCode, InvalidId, SuccessCode, TypeTargets, UpdatedId, Wildcard},
    validation::{JsonError, Rule, RuleSource, Validate, Violation, Violations},
};

pub use reqwest;

/// What most programs need: `use cinnox_destination::prelude::*;`.
pub mod prelude {
    pub use crate::{
        AppId, Client, DestinationId, DestinationType, DestinationUpdate, ErrorKind, Outcome, RetryPolicy,
        SupportLanguages, SupportLocations, TypeTargets, Validate, Wildcard,
    };
}
