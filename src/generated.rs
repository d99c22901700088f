//! The types and the client that `build.rs` generates from `openapi/destination.yaml`.
//!
//! [`Client`] is returned by [`crate::Client::generated`], where its limitations are documented.

pub(crate) use client::document;
// Everything else that progenitor makes public stays private.
pub use client::{Client, Error, ResponseValue, types};

#[allow(missing_docs, unused_mut, unused_qualifications, unreachable_pub, dead_code)]
#[allow(clippy::pedantic, clippy::all, rustdoc::all)]
mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
