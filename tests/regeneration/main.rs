//! Edits of the API document: each is followed without an edit of Rust, is one sentence of the build script, or is a
//! compiler error in `src/` at the place to decide. Most tests run the build script alone, with an edited document;
//! `follow.rs` compiles a few copies of the crate.

mod copy;
mod document;
mod follow;
mod mutations;
mod script;
mod sentences;
