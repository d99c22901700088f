//! Standard output and standard error.

use std::io::{self, Write};

use crate::failure::{Exit, Failure};

/// Prints requested output. Fails if it cannot be written.
pub(crate) fn print(text: &str) -> Result<Exit, Failure> {
    let written = anstream::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush());
    written.map_err(|error| Failure::Other(format!("standard output cannot be written: {error}")))?;
    Ok(Exit::Done)
}

/// Prints to standard error. If that fails, the exit status still says what happened.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}
