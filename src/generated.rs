//! The types and the client that `build.rs` generates from `openapi/destination.yaml`.
//!
//! [`Client`] is returned by [`crate::Client::generated`], where its limitations are documented. What progenitor drops
//! is in `document` and the constants of the types.

// Everything else that progenitor makes public stays private.
pub use client::{Client, Error, ResponseValue, types};

/// What the document says of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) method: &'static str,
    pub(crate) url_template: &'static str,
    /// Whether a second request changes nothing that the first one did not.
    pub(crate) idempotent: bool,
    /// The status of a success.
    pub(crate) success: u16,
}

#[allow(missing_docs, unused_mut, unused_qualifications, unreachable_pub, dead_code)]
#[allow(clippy::pedantic, clippy::all, rustdoc::all)]
mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

include!(concat!(env!("OUT_DIR"), "/document.rs"));
