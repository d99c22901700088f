//! Edits of the document: each either takes effect everywhere, or fails with a message that says what to change.

mod copy;
mod documentation;
mod edits;
mod follow;
mod hostile;
mod keywords;
mod samples;
mod script;
mod table;
