//! `--color` for what is printed before the arguments are parsed: help and usage errors.

use std::ffi::OsString;

use clap::{ColorChoice, ValueEnum};

/// The value of the last `--color` among the arguments. A wrong one is left to clap.
pub(crate) fn requested(arguments: impl IntoIterator<Item = OsString>) -> ColorChoice {
    let mut requested = ColorChoice::Auto;
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next().filter(|argument| argument != "--") {
        let value = match argument.split_once('=') {
            Some(("--color", value)) => Some(value.to_owned()),
            None if argument == "--color" => arguments.next(),
            _ => None,
        };
        requested = value.and_then(|value| ColorChoice::from_str(&value, true).ok()).unwrap_or(requested);
    }
    requested
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_last_color() {
        let rows = [
            ("tool --help", ColorChoice::Auto),
            ("tool --color never --help", ColorChoice::Never),
            ("tool bulk --color=always", ColorChoice::Always),
            ("tool --color=always --color never", ColorChoice::Never),
            ("tool --color sometimes", ColorChoice::Auto),
            ("tool -- --color never", ColorChoice::Auto),
        ];
        for (arguments, choice) in rows {
            assert_eq!(requested(arguments.split(' ').map(OsString::from)), choice, "{arguments}");
        }
    }
}
