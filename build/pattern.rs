//! Accepts the regular expressions that every dialect of a JSON Schema validator reads alike: with and without the flag
//! `u` of ECMA-262, and in the engines of other languages.

use super::Result;

/// Checks a pattern that a regular-expression engine has accepted.
pub(crate) fn check(pattern: &str, at: &str) -> Result<()> {
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(character) = rest.chars().next() {
        let token = match character {
            '\\' => escape(rest),
            '[' if !in_class => class_start(rest),
            ']' if in_class => Some("]"),
            '[' | ']' => None,
            '{' | '}' if !in_class => quantifier(rest),
            '(' if !in_class && rest.starts_with("(?") => group(rest),
            '&' | '~' | '-' if in_class && rest[1..].starts_with(character) => None,
            _ => Some(&rest[..character.len_utf8()]),
        };
        let Some(token) = token else {
            let shown: String = rest.chars().take(6).collect();
            return Err(format!("{at}: validators read {shown:?} differently; write it in another way").into());
        };
        rest = &rest[token.len()..];
        // A range ends in a character; `\w-` is only the same everywhere at the end of a class.
        let is_set = token.len() == 2 && token.starts_with('\\') && token.ends_with(['d', 'D', 'w', 'W', 's', 'S']);
        if in_class && is_set && rest.starts_with('-') && !rest.starts_with("-]") {
            return Err(format!("{at}: validators read {token}- in a class differently; put the - at its end").into());
        }
        in_class = if in_class { token != "]" } else { token.starts_with('[') };
    }
    Ok(())
}

/// An escape that means the same everywhere. RE2 and PCRE do not know `\u`; the character itself does as well.
fn escape(rest: &str) -> Option<&str> {
    let hexadecimal = |digits: usize| {
        let token = rest.get(..2 + digits)?;
        token[2..].bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(token)
    };
    match rest.as_bytes().get(1)? {
        b'x' => hexadecimal(2),
        b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b't' | b'n' | b'r' | b'f' | b'v' => Some(&rest[..2]),
        byte if b"^$\\.*+?()[]{}|/-".contains(byte) => Some(&rest[..2]),
        _ => None,
    }
}

/// `[]` and `[^]` are a class for some and the beginning of one for others.
fn class_start(rest: &str) -> Option<&str> {
    let start = if rest.starts_with("[^") { "[^" } else { "[" };
    (!rest[start.len()..].starts_with(']')).then_some(start)
}

/// `{2}`, `{2,}` or `{2,5}`; a brace that is meant as a character needs a backslash.
fn quantifier(rest: &str) -> Option<&str> {
    let (inner, _) = rest.strip_prefix('{')?.split_once('}')?;
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && is_number(least) && is_number(most)).then(|| &rest[..inner.len() + 2])
}

/// RE2 does not look ahead.
fn group(rest: &str) -> Option<&str> {
    rest.get(..3).filter(|start| *start == "(?:")
}
