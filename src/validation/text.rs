//! The rules of any text: not blank, no white space around it, no hidden character, nothing destroyed.
//!
//! Hidden characters are those that people really paste: a complete list of Unicode's invisible characters would be
//! longer than the rest of the rules. `schema.rs` makes regular expressions of these functions.

use super::{collector::Collector, rule::Rule};

/// Not allowed in any text: control and bidirectional characters, line separators, the byte order mark, and the
/// remains of annotations and pictures.
pub(crate) fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffc}')
}

/// Not allowed in codes and IDs: also soft hyphen, joiners and fillers, format characters, variation selectors, tags
/// and the Braille blank. Names may contain them, because emoji and many scripts need some.
pub(crate) fn is_hidden(c: char) -> bool {
    is_forbidden(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}')
        || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}')
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Fast path: whether the text is printable ASCII without surrounding spaces, like nearly all values.
fn is_plain(text: &str) -> bool {
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    is_printable && !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ')
}

/// Checks the rules shared by names, codes and staff IDs. `is_disallowed` says which characters this kind of text
/// must not contain.
pub(crate) fn check(text: &str, index: Option<usize>, is_disallowed: fn(char) -> bool, collector: &mut Collector<'_>) {
    if is_plain(text) {
        return;
    }
    if text.chars().all(|c| c.is_whitespace() || is_hidden(c)) {
        return collector.add_text(index, Rule::Blank, text, "is blank; write what was meant");
    }
    let trimmed = text.trim();
    if trimmed != text {
        let problem = "begins or ends with white space; remove it";
        collector.add_text(index, Rule::SurroundingWhiteSpace, text, problem);
    }
    // White space around the text is already reported, including control characters.
    if let Some(c) = trimmed.chars().find(|&c| is_disallowed(c)) {
        let problem = format!("contains the hidden character U+{:04X}; remove it", u32::from(c));
        collector.add_text(index, Rule::HiddenCharacter, text, &problem);
    }
    if text.contains(char::REPLACEMENT_CHARACTER) {
        let problem = "contains U+FFFD, which stands for text that was destroyed; write the original text";
        collector.add_text(index, Rule::DamagedText, text, problem);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbids_no_letter_or_digit() {
        assert_eq!(('\0'..=char::MAX).find(|c| c.is_alphanumeric() && is_forbidden(*c)), None);
    }

    #[test]
    fn fast_path_takes_only_text_without_violation() {
        assert!(is_plain("Night shift (1)") && is_plain("~"));
        for text in ["", " a", "a ", "a\tb", "a\u{7f}", "é"] {
            assert!(!is_plain(text), "{text:?}");
        }
    }
}
