//! How a command ends, and what it prints: exit statuses, failures, standard output and standard error.
//!
//! A reader that goes away (a broken pipe) is no failure: the command ends quietly, with the status that it would have
//! had. Text from files and servers goes through [`shown`].

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use serde_json::{Value, json};

/// Maximum number of characters shown of an untrusted text.
const SHOWN_CHARS: usize = 512;

/// The exit status of a command. Where several apply, the highest one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything is done.
    Done = 0,
    /// Something is not done.
    NotDone = 1,
    /// Invalid input or arguments; nothing was sent.
    Refused = 2,
    /// The outcome of an update is unknown.
    Unknown = 3,
    /// Interrupted by a signal.
    Interrupted = 130,
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    /// What `--json` prints.
    json: Option<Value>,
}

impl Failure {
    /// Invalid input or arguments: one problem, which is not in a line of the input.
    pub(crate) fn refused(message: impl Display) -> Self {
        let message = message.to_string();
        let problem = json!({
            "file": null, "line": null, "column": null, "entry": null, "pointer": "", "rule": null, "message": message,
        });
        Self { exit: Exit::Refused, json: Some(json!({ "problems": [problem] })), message }
    }

    /// Invalid input, with its problems as text and as JSON.
    pub(crate) fn invalid(message: String, json: Value) -> Self {
        Self { exit: Exit::Refused, message, json: Some(json) }
    }

    /// Anything else, such as a full disk.
    pub(crate) fn other(message: impl Display) -> Self {
        Self { exit: Exit::NotDone, message: message.to_string(), json: None }
    }

    /// A signal came before anything was sent.
    pub(crate) fn interrupted() -> Self {
        Self { exit: Exit::Interrupted, message: "interrupted; nothing was sent".to_owned(), json: None }
    }

    /// Prints the failure, with `json` also on standard output.
    pub(crate) fn report(&self, json: bool) -> Exit {
        if let (true, Some(json)) = (json, &self.json) {
            print_done(&format!("{json:#}\n"));
        }
        complain(&self.message);
        self.exit
    }
}

/// Prints to standard output. A broken pipe is a success.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::other(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints what was done, which stays done if it cannot be printed.
pub(crate) fn print_done(text: &str) {
    if let Err(failure) = print(text) {
        complain(&failure.message);
    }
}

/// Prints a line to standard error. If that fails, the exit status still says what happened.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// An untrusted text on one line: control, bidirectional and other invisible characters are escaped, and a long text is
/// cut.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        match character {
            _ if count == SHOWN_CHARS => return shown + "…",
            '"' | '\'' | '\\' => shown.push(character),
            // Behind another character, so that a combining one is left as it is.
            _ => shown.extend(format!("_{character}").escape_debug().skip(1)),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_mislead_a_reader() {
        assert_eq!(shown("a\u{202e}b\u{1b}[31m\nกลางคืน"), r"a\u{202e}b\u{1b}[31m\nกลางคืน");
        assert_eq!(shown(&"x".repeat(600)), format!("{}…", "x".repeat(512)));
    }
}
