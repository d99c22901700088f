// Where the front page of the documentation finds what stands beside the README: of two such lines the first one counts.
#![doc = "[`BENCHMARKS.md`]: https://docs.rs/crate/cinnox-destination/latest/source/BENCHMARKS.md"]
#![doc = "[`CONTRIBUTING.md`]: https://docs.rs/crate/cinnox-destination/latest/source/CONTRIBUTING.md"]
// As tests the examples in it run only with the feature `mock`, which one of them needs.
#![cfg_attr(any(not(doctest), feature = "mock"), doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod classify;
mod client;
mod code;
mod config;
mod entries;
mod error;
pub mod generated;
mod id;
#[cfg(feature = "mock")]
pub mod mock;
mod retry;
#[cfg(feature = "schemars")]
mod schema;
mod targets;
mod text;
mod trace;
mod transport;
mod update;
mod validation;
mod wildcard;

pub use crate::{
    client::{Client, Reply},
    code::{ErrorCode, SuccessCode},
    config::{ClientBuilder, ConfigError},
    error::{Error, ErrorKind, Outcome, Timeout},
    generated::types::{
        DestinationType, DestinationUpdate, DisplayName, SupportLanguages, SupportLocations, UpdatedDestination,
    },
    id::{AppId, DestinationId, InvalidId, UpdatedId},
    retry::RetryPolicy,
    targets::TypeTargets,
    update::JsonError,
    validation::{Rule, RuleSource, Validate, Violation, Violations},
    wildcard::Wildcard,
};

/// What most programs need: `use cinnox_destination::prelude::*;`.
pub mod prelude {
    pub use crate::{
        AppId, Client, DestinationId, DestinationType, DestinationUpdate, ErrorKind, Outcome, RetryPolicy,
        SupportLanguages, SupportLocations, TypeTargets, Validate, Wildcard,
    };
}
