//! The clients that other generators make from the same document; see `README.md` in this folder.

#[allow(dead_code, unused_imports, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]
pub(crate) mod openapi_generator;
#[allow(dead_code, unused_imports, unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]
pub(crate) mod progenitor;
