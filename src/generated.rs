//! What `build.rs` makes of `openapi/destination.yaml`: the types of the wire, and a client that calls the endpoint
//! with nothing of ours but the token, the time-out of an attempt, the limit on a response, and IDs that are safe.
//!
//! [`Client`] is the way out for a caller whom one of our own rules hinders; see [`crate::Client::generated`] for what
//! one gives up.

// Only features have a use for it.
#[allow(unused_imports)]
pub(crate) use client::document;
// The rest of what progenitor makes public is of no use to a caller, and may change with its next version.
pub use client::{Client, Error, ResponseValue, types};

#[allow(missing_docs, unused_qualifications, unreachable_pub, dead_code, clippy::pedantic, clippy::all, rustdoc::all)]
mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}
