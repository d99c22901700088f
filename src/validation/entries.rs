//! The rules of a list and its entries. All of them are ours, except the country code of a number.

use std::collections::HashMap;

use super::{
    characters::{self, is_hidden},
    collector::Collector,
    number,
    rule::Rule,
};
use crate::model::WILDCARD;

/// Asterisks that look like the wildcard but are other characters: full-width, mathematical, small and low.
pub(crate) const WILDCARD_LOOKALIKES: [&str; 4] = ["＊", "∗", "﹡", "⁎"];

/// Characters that people write between codes. No code contains them.
pub(crate) const CODE_SEPARATORS: [char; 5] = [',', ';', '，', '；', '、'];

/// Lists up to this length are compared pairwise.
const MAX_PAIRWISE: usize = 16;

/// The kind of entries in a list.
#[derive(Clone, Copy)]
pub(crate) enum EntryKind {
    /// Codes of languages or locations, or only the wildcard. The vendor does not list the codes.
    Code,
    /// Phone or trunk numbers with country code.
    Number,
    /// Staff IDs. The vendor does not document which characters they may contain.
    StaffId,
}

impl EntryKind {
    /// The key by which duplicates are found.
    fn key(self, entry: &str) -> &str {
        let trimmed = if characters::is_plain(entry) { entry } else { entry.trim() };
        match self {
            Self::Code | Self::StaffId => trimmed,
            Self::Number => trimmed.trim_start_matches('+'),
        }
    }
}

/// Checks a list that must contain at least one code, or only the wildcard.
pub(crate) fn check_codes(list: &[String], collector: &mut Collector<'_>) {
    if list.is_empty() {
        let message = format!("has no entry; name at least one code, or {WILDCARD:?} alone for all");
        collector.add(None, Rule::Empty, message);
    }
    check(list, EntryKind::Code, collector);
}

/// Checks each entry, and finds duplicates.
pub(crate) fn check(list: &[String], kind: EntryKind, collector: &mut Collector<'_>) {
    // Comparing a few entries is cheaper than hashing them; the map keeps a long list linear.
    let mut firsts = (list.len() > MAX_PAIRWISE).then(|| HashMap::with_capacity(list.len()));
    for (index, entry) in list.iter().enumerate() {
        check_entry(list, index, kind, collector);
        let first = match &mut firsts {
            Some(firsts) => Some(*firsts.entry(kind.key(entry)).or_insert(index)).filter(|first| *first < index),
            None => first_same(&list[..index], kind, entry),
        };
        if let Some(first) = first {
            collector.add_duplicate(index, entry, (first, &list[first]));
        }
    }
}

fn first_same(earlier: &[String], kind: EntryKind, entry: &str) -> Option<usize> {
    if earlier.is_empty() {
        return None;
    }
    let key = kind.key(entry);
    earlier.iter().position(|earlier| kind.key(earlier) == key)
}

fn check_entry(list: &[String], index: usize, kind: EntryKind, collector: &mut Collector<'_>) {
    let entry = &list[index];
    match kind {
        EntryKind::Code if entry == WILDCARD => {
            if list.len() > 1 {
                let problem = "means everything and must stand alone; remove it, or remove the other entries";
                collector.add_text(Some(index), Rule::WildcardNotAlone, entry, problem);
            }
        }
        EntryKind::Number | EntryKind::StaffId if entry == WILDCARD || is_wildcard_lookalike(entry) => {
            collector.add_text(Some(index), Rule::WildcardTarget, entry, "is not a target; list each target");
        }
        EntryKind::Number => {
            if !number::is_e164(entry) {
                let problem = format!("is not a number with country code; {}", number::correction(entry));
                collector.add_text(Some(index), Rule::NotE164, entry, &problem);
            }
        }
        EntryKind::Code | EntryKind::StaffId => {
            characters::check(entry, Some(index), is_hidden, "write what was meant, or remove it", collector);
            if matches!(kind, EntryKind::Code) {
                check_code(entry, index, collector);
            }
        }
    }
}

/// Rejects entries that cannot be a code. The vendor does not list the codes.
fn check_code(entry: &str, index: usize, collector: &mut Collector<'_>) {
    if is_wildcard_lookalike(entry) {
        let problem = format!("looks like the wildcard but is another character; write {WILDCARD:?}");
        collector.add_text(Some(index), Rule::NotACode, entry, &problem);
    } else if let Some(separator) = entry.chars().find(|c| CODE_SEPARATORS.contains(c)) {
        let problem = format!("contains '{separator}'; write each code as a separate entry");
        collector.add_text(Some(index), Rule::NotACode, entry, &problem);
    }
}

fn is_wildcard_lookalike(entry: &str) -> bool {
    WILDCARD_LOOKALIKES.contains(&entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        kind: EntryKind,
        list: &'static [&'static str],
        violations: &'static [&'static str],
    }

    #[test]
    fn reports_violations_of_entries() {
        use EntryKind::{Code, Number, StaffId};
        for Row { kind, list, violations } in [
            Row { kind: StaffId, list: &["staff-1", "Staff-1", "staff 1", "夜-1"], violations: &[] },
            Row { kind: Code, list: &["zh-HK", "zh-hk", "ZH"], violations: &[] },
            Row { kind: Number, list: &["+85212345678", "+85212345679"], violations: &[] },
            Row {
                kind: StaffId,
                list: &["staff-1\r", "staff-1 ", "staff-1"],
                violations: &[
                    r#"/list/0: "staff-1\r" begins or ends with white space; remove it"#,
                    r#"/list/1: "staff-1 " begins or ends with white space; remove it"#,
                    r#"/list/1: "staff-1 " is the same as "staff-1\r" at /list/0; remove one of the two"#,
                    r#"/list/2: "staff-1" is the same as "staff-1\r" at /list/0; remove one of the two"#,
                ],
            },
            Row {
                kind: Code,
                list: &["en", "\u{a0}en", "en"],
                violations: &[
                    r#"/list/1: "\u{a0}en" begins or ends with white space; remove it"#,
                    r#"/list/1: "\u{a0}en" is the same as "en" at /list/0; remove one of the two"#,
                    r#"/list/2: "en" is already at /list/0; remove one of the two"#,
                ],
            },
            Row {
                kind: Number,
                list: &["+85212345678", "85212345678", "+85212345678"],
                violations: &[
                    r#"/list/1: "85212345678" is the same as "+85212345678" at /list/0; remove one of the two"#,
                    r#"/list/2: "+85212345678" is already at /list/0; remove one of the two"#,
                ],
            },
            Row {
                kind: StaffId,
                list: &["staff\u{200b}-1", "staff-\u{202e}2", "staff\t3", "\u{feff}staff-4", "☎\u{fe0f}"],
                violations: &[
                    r#"/list/0: "staff\u{200b}-1" has the invisible character U+200B at character 6; remove it"#,
                    r#"/list/1: "staff-\u{202e}2" has the bidirectional character U+202E at character 7; remove it"#,
                    r#"/list/2: "staff\t3" has the control character U+0009 at character 6; write a space instead"#,
                    r#"/list/3: "\u{feff}staff-4" has the invisible character U+FEFF at character 1; remove it"#,
                    "/list/4: \"☎\u{fe0f}\" has the invisible character U+FE0F at character 2; remove it",
                ],
            },
            Row {
                kind: Code,
                list: &["e\u{ad}n", "\u{2060}", " \u{200d}", "\u{2800}"],
                violations: &[
                    r#"/list/0: "e\u{ad}n" has the invisible character U+00AD at character 2; remove it"#,
                    "/list/1: \"\\u{2060}\" is blank: it contains the invisible character U+2060 at character 1; \
                     write what was meant, or remove it",
                    "/list/2: \" \\u{200d}\" is blank: it contains the invisible character U+200D at character 2; \
                     write what was meant, or remove it",
                    "/list/3: \"\u{2800}\" is blank: it contains the invisible character U+2800 at character 1; \
                     write what was meant, or remove it",
                ],
            },
            Row {
                kind: Number,
                list: &["+852 1234 5678", "+852 1234 5678", "*"],
                violations: &[
                    "/list/0: \"+852 1234 5678\" is not a number with country code; remove spaces, hyphens and brackets",
                    "/list/1: \"+852 1234 5678\" is not a number with country code; remove spaces, hyphens and brackets",
                    "/list/1: \"+852 1234 5678\" is already at /list/0; remove one of the two",
                    "/list/2: \"*\" is not a target; list each target",
                ],
            },
            Row {
                kind: Code,
                list: &["＊", "∗", "en,fr", "en; fr ", "＊,en"],
                violations: &[
                    r#"/list/0: "＊" looks like the wildcard but is another character; write "*""#,
                    r#"/list/1: "∗" looks like the wildcard but is another character; write "*""#,
                    r#"/list/2: "en,fr" contains ','; write each code as a separate entry"#,
                    r#"/list/3: "en; fr " begins or ends with white space; remove it"#,
                    r#"/list/3: "en; fr " contains ';'; write each code as a separate entry"#,
                    r#"/list/4: "＊,en" contains ','; write each code as a separate entry"#,
                ],
            },
            Row {
                kind: StaffId,
                list: &["staff-1,staff-2", "a＊", "﹡", "⁎"],
                violations: &[
                    r#"/list/2: "﹡" is not a target; list each target"#,
                    r#"/list/3: "⁎" is not a target; list each target"#,
                ],
            },
            Row { kind: Number, list: &["＊"], violations: &[r#"/list/0: "＊" is not a target; list each target"#] },
        ] {
            let list: Vec<String> = list.iter().copied().map(str::to_owned).collect();
            let mut found = Vec::new();
            check(&list, kind, &mut Collector::new("list", &mut found));
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, violations, "{list:?}");
        }
    }
}
