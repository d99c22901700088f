//! Someone edits the document: either everything follows, or the build says in words where to think.

mod copy;
mod documentation;
mod edits;
mod follow;
mod hostile;
mod keywords;
mod samples;
mod script;
mod table;
