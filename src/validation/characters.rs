//! Invisible characters, and the checks for blank text, surrounding white space and hidden characters.
//!
//! The tables are data, because `schema.rs` turns them into regular expressions. They are based on Unicode's properties
//! `Bidi_Control`, `Noncharacter_Code_Point` and `Default_Ignorable_Code_Point`, plus invisible characters that have none
//! of these. Text that consists only of combining marks is accepted: detecting it would need a table of all scripts.

use std::ops::RangeInclusive;

use super::{collector::Collector, rule::Rule};

/// Ranges of characters.
pub(crate) type Table = [RangeInclusive<char>];

/// Never allowed: control and bidirectional characters, line separators, the byte order mark, the object replacement
/// character (the remains of a copied picture) and noncharacters (which Unicode reserves for internal use).
pub(crate) const FORBIDDEN: &Table = &[
    '\u{0}'..='\u{1f}',
    '\u{7f}'..='\u{9f}',
    '\u{61c}'..='\u{61c}',
    '\u{200e}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2066}'..='\u{2069}',
    '\u{fdd0}'..='\u{fdef}',
    '\u{feff}'..='\u{feff}',
    '\u{fffc}'..='\u{fffc}',
    '\u{fffe}'..='\u{ffff}',
    '\u{1fffe}'..='\u{1ffff}',
    '\u{2fffe}'..='\u{2ffff}',
    '\u{3fffe}'..='\u{3ffff}',
    '\u{4fffe}'..='\u{4ffff}',
    '\u{5fffe}'..='\u{5ffff}',
    '\u{6fffe}'..='\u{6ffff}',
    '\u{7fffe}'..='\u{7ffff}',
    '\u{8fffe}'..='\u{8ffff}',
    '\u{9fffe}'..='\u{9ffff}',
    '\u{afffe}'..='\u{affff}',
    '\u{bfffe}'..='\u{bffff}',
    '\u{cfffe}'..='\u{cffff}',
    '\u{dfffe}'..='\u{dffff}',
    '\u{efffe}'..='\u{effff}',
    '\u{ffffe}'..='\u{fffff}',
    '\u{10fffe}'..='\u{10ffff}',
];

/// Other invisible characters. Names may contain them, because emoji and many scripts need some; codes and IDs may not.
/// Besides the default ignorable ones these are the Braille blank (U+2800), annotation marks (U+FFF9 to U+FFFB), the
/// controls and modifiers of hieroglyphs (U+13430 to U+13455), the Khitan filler (U+16FE4) and the null notehead
/// (U+1D159).
pub(crate) const INVISIBLE: &Table = &[
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200d}',
    '\u{2060}'..='\u{2065}',
    '\u{206a}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{13430}'..='\u{13440}',
    '\u{13447}'..='\u{13455}',
    '\u{16fe4}'..='\u{16fe4}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d159}'..='\u{1d159}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

pub(crate) fn is_forbidden(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_control() } else { is_in(FORBIDDEN, c) }
}

/// Whether the character is forbidden in codes and IDs.
pub(crate) fn is_hidden(c: char) -> bool {
    is_forbidden(c) || !c.is_ascii() && is_in(INVISIBLE, c)
}

fn is_in(table: &Table, c: char) -> bool {
    table.iter().any(|range| range.contains(&c))
}

/// Fast path: whether the text is printable ASCII without surrounding spaces, like nearly all values.
pub(crate) fn is_plain(text: &str) -> bool {
    let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    is_printable && !text.is_empty() && !text.starts_with(' ') && !text.ends_with(' ')
}

/// Whether the text has no visible character.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_hidden(c))
}

/// Checks the rules shared by names, codes and staff IDs. `is_disallowed` says which characters this kind of text must
/// not contain, `advice` what to do about blank text.
pub(crate) fn check(
    text: &str,
    index: Option<usize>,
    is_disallowed: fn(char) -> bool,
    advice: &str,
    collector: &mut Collector<'_>,
) {
    if is_plain(text) {
        return;
    }
    if is_blank(text) {
        return match find(text, |c| !c.is_whitespace()) {
            None => collector.add_text(index, Rule::Blank, text, &format!("is blank; {advice}")),
            Some((_, place)) => {
                let problem = format!("is blank: it contains {place}; {advice}");
                collector.add_text(index, Rule::Blank, text, &problem);
            }
        };
    }
    let trimmed = text.trim();
    if trimmed != text {
        let problem = "begins or ends with white space; remove it";
        collector.add_text(index, Rule::SurroundingWhiteSpace, text, problem);
    }
    // Surrounding white space is already reported, including control characters.
    if trimmed.contains(is_disallowed)
        && let Some((c, place)) = find(text, is_disallowed)
    {
        let advice = if c.is_whitespace() { "write a space instead" } else { "remove it" };
        collector.add_text(index, Rule::HiddenCharacter, text, &format!("has {place}; {advice}"));
    }
}

/// The first matching character, ignoring surrounding white space, with a description of its position (from 1):
/// `the control character U+0009 at character 6`.
pub(crate) fn find(text: &str, is_match: impl Fn(char) -> bool) -> Option<(char, String)> {
    let start = text.len() - text.trim_start().len();
    let end = text.trim_end().len().max(start);
    let (index, c) = text[start..end].chars().enumerate().find(|(_, c)| is_match(*c))?;
    let position = text[..start].chars().count() + index + 1;
    Some((c, format!("{} at character {position}", described(c))))
}

/// Describes an invisible character: `the control character U+0009`.
pub(crate) fn described(c: char) -> String {
    let kind = match c {
        '\u{2028}' | '\u{2029}' => "control character",
        '\u{feff}' => "invisible character",
        '\u{fffc}' => "object replacement character",
        _ if c.is_control() => "control character",
        _ if is_noncharacter(c) => "noncharacter",
        _ if is_forbidden(c) => "bidirectional character",
        _ => "invisible character",
    };
    format!("the {kind} U+{:04X}", u32::from(c))
}

/// The last two code points of each plane, and U+FDD0 to U+FDEF.
fn is_noncharacter(c: char) -> bool {
    ('\u{fdd0}'..='\u{fdef}').contains(&c) || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_without_overlap() {
        let mut all = [FORBIDDEN, INVISIBLE].concat();
        all.sort_by_key(|range| *range.start());
        assert!(all.windows(2).all(|pair| pair[0].end() < pair[1].start()));
        for table in [FORBIDDEN, INVISIBLE] {
            assert!(table.is_sorted_by_key(|range| *range.start()) && table.iter().all(|range| !range.is_empty()));
        }
    }

    #[test]
    fn forbids_control_and_bidirectional_characters_and_noncharacters() {
        assert!(('\0'..=char::MAX).filter(|c| c.is_control()).all(is_forbidden));
        for c in "\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{feff}".chars() {
            assert!(is_forbidden(c), "{c:?}");
        }
        assert!(('\0'..=char::MAX).filter(|c| is_noncharacter(*c)).all(is_forbidden));
        assert_eq!(('\0'..=char::MAX).filter(|c| is_noncharacter(*c)).count(), 66);
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric()) {
            assert!(!is_forbidden(c), "{c:?}");
        }
    }

    #[test]
    fn allows_in_names_what_emoji_and_scripts_need() {
        for text in ["می‌خواهم", "क्‍ष", "👨‍👩‍👧", "☎\u{fe0f}", "🏴\u{e0067}\u{e0062}\u{e007f}", "a\u{ad}b"]
        {
            assert!(!text.contains(is_forbidden) && text.contains(is_hidden) && !is_blank(text), "{text:?}");
        }
        assert!(!" !~é夜🌙\u{301}\u{3000}".contains(is_hidden));
    }

    #[test]
    fn invisible_characters_without_unicode_property_are_blank() {
        for c in "\u{2800}\u{1d159}\u{16fe4}\u{13430}\u{13440}\u{13447}\u{13455}\u{fff9}\u{fffc}\u{ffff}".chars() {
            assert!(is_blank(&format!(" {c}")), "{c:?}");
        }
        // Hieroglyphs need the controls, so names may contain them.
        assert!(!"\u{13000}\u{13430}\u{13001}".contains(is_forbidden) && !is_blank("\u{13000}"));
        // A combining mark is visible even without a base character.
        assert!(!is_blank("\u{301}"));
    }

    #[test]
    fn find_counts_from_the_start_of_the_text() {
        let place = |text: &str| find(text, is_hidden).map(|(_, place)| place);
        assert_eq!(place(" 夜\u{202e}x"), Some("the bidirectional character U+202E at character 3".to_owned()));
        assert_eq!(place("\t\u{e0001}"), Some("the invisible character U+E0001 at character 2".to_owned()));
        assert_eq!(place("\u{2028}a\u{2029}b"), Some("the control character U+2029 at character 3".to_owned()));
        assert_eq!(place("a\u{fdd0}"), Some("the noncharacter U+FDD0 at character 2".to_owned()));
        assert_eq!(place("\u{10ffff}"), Some("the noncharacter U+10FFFF at character 1".to_owned()));
        assert_eq!(place("a\u{fffc}"), Some("the object replacement character U+FFFC at character 2".to_owned()));
        // Surrounding white space has its own rule.
        assert_eq!(place("\tab\r\n"), None);
        assert_eq!(place(" \n"), None);
    }
}
