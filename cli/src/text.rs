//! Escapes untrusted text for display.

use std::error::Error;

/// Maximum number of characters shown of an untrusted text.
const SHOWN_CHARS: usize = 512;

/// With control, bidirectional and other invisible characters escaped, and shortened.
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

/// The error and its root cause. The causes in between only say that sending failed.
pub(crate) fn with_cause(error: &dyn Error) -> String {
    let text = error.to_string();
    let root = std::iter::successors(error.source(), |cause: &&(dyn Error + 'static)| (*cause).source()).last();
    match root.map(|cause| shown(&cause.to_string())) {
        Some(cause) if !text.contains(&cause) => format!("{text}: {cause}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_mislead_a_reader() {
        assert_eq!(shown("a\u{202e}b\u{1b}[31m\nกลางคืน"), r"a\u{202e}b\u{1b}[31m\nกลางคืน");
        assert_eq!(shown(&"x".repeat(600)), format!("{}…", "x".repeat(512)));
    }

    #[test]
    fn adds_the_root_cause_unless_the_sentence_has_it() {
        let parse_error = "x".parse::<u8>().unwrap_err();
        let root = std::io::Error::other(parse_error.clone());
        let error = std::io::Error::other(Outer(root));
        assert_eq!(with_cause(&error), "not built: invalid digit found in string");
        assert_eq!(with_cause(&std::io::Error::other(parse_error)), "invalid digit found in string");
    }

    #[derive(Debug)]
    struct Outer(std::io::Error);

    impl std::fmt::Display for Outer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("not built")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }
}
