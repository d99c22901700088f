//! The types and the client that `build.rs` generates from `openapi/destination.yaml`.
//!
//! [`Client`] is the escape hatch of [`crate::Client::generated`], which says what a caller gives up.

pub(crate) use client::document;
// What else progenitor makes public is not part of this crate's API.
pub use client::{Client, Error, ResponseValue, types};

#[allow(missing_docs, unused_mut, unused_qualifications, unreachable_pub, dead_code)]
#[allow(clippy::pedantic, clippy::all, rustdoc::all)]
mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
