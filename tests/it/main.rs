//! The integration tests, one module for each subject. Shared helpers are in `support`.
//!
//! `cargo test --test it wire` runs one module, `cargo test --test it wire::sends_documented_request` one test.

mod configuration;
mod errors;
mod examples;
mod faults;
#[cfg(target_os = "linux")]
mod gateways;
mod handles;
mod ids;
mod json;
mod layers;
#[cfg(target_os = "linux")]
mod memory;
mod mock;
mod proxies;
mod retries;
mod schema;
mod secrets;
mod soak;
mod support;
mod tracing;
mod traits;
mod validation;
mod wire;
