//! The rules of a list and its entries. They are ours, but for the country code of a number.

use std::collections::HashMap;

use super::{
    characters::{self, is_hidden},
    collector::Collector,
    number,
    rule::Rule,
};
use crate::model::WILDCARD;

/// Asterisks that look like the wildcard and are not: full-width, of mathematics, small, low.
pub(crate) const WILDCARD_LOOKALIKES: [&str; 4] = ["＊", "∗", "﹡", "⁎"];

/// What people write between codes; no code has it.
pub(crate) const CODE_SEPARATORS: [char; 5] = [',', ';', '，', '；', '、'];

/// Up to this many entries, each is compared with each.
const FEW: usize = 16;

/// What the entries of a list are.
#[derive(Clone, Copy)]
pub(crate) enum EntryForm {
    /// Codes of languages or places, or the wildcard alone. The vendor does not list the codes.
    Code,
    /// Numbers with country code.
    Number,
    /// Staff IDs, whose alphabet the vendor does not document.
    StaffId,
}

impl EntryForm {
    /// What two entries that mean the same have in common.
    fn key(self, entry: &str) -> &str {
        let trimmed = if characters::is_plain(entry) { entry } else { entry.trim() };
        match self {
            Self::Code | Self::StaffId => trimmed,
            Self::Number => trimmed.trim_start_matches('+'),
        }
    }
}

/// Checks a list that needs at least one code, or the wildcard alone.
pub(crate) fn check_codes(list: &[String], collector: &mut Collector<'_>) {
    if list.is_empty() {
        let message = format!("has no entry; name at least one code, or {WILDCARD:?} alone for all");
        collector.add(None, Rule::Empty, message);
    }
    check(list, EntryForm::Code, collector);
}

/// Checks each entry by itself, and that none is in the list twice.
pub(crate) fn check(list: &[String], form: EntryForm, collector: &mut Collector<'_>) {
    // Comparing a few entries is cheaper than hashing them; a long list needs the map to stay linear.
    let mut firsts = (list.len() > FEW).then(|| HashMap::with_capacity(list.len()));
    for (index, entry) in list.iter().enumerate() {
        check_entry(list, index, form, collector);
        let first = match &mut firsts {
            Some(firsts) => Some(*firsts.entry(form.key(entry)).or_insert(index)).filter(|first| *first < index),
            None => first_same(&list[..index], form, entry),
        };
        if let Some(first) = first {
            collector.add_duplicate(index, entry, (first, &list[first]));
        }
    }
}

fn first_same(earlier: &[String], form: EntryForm, entry: &str) -> Option<usize> {
    if earlier.is_empty() {
        return None;
    }
    let key = form.key(entry);
    earlier.iter().position(|earlier| form.key(earlier) == key)
}

fn check_entry(list: &[String], index: usize, form: EntryForm, collector: &mut Collector<'_>) {
    let entry = &list[index];
    match form {
        EntryForm::Code if entry == WILDCARD => {
            if list.len() > 1 {
                let problem = "means everything and must stand alone; remove it, or remove the other entries";
                collector.add_text(Some(index), Rule::WildcardNotAlone, entry, problem);
            }
        }
        EntryForm::Number | EntryForm::StaffId if entry == WILDCARD || is_wildcard_lookalike(entry) => {
            collector.add_text(Some(index), Rule::WildcardTarget, entry, "is not a target; list each target");
        }
        EntryForm::Number => {
            if !number::is_e164(entry) {
                let problem = format!("is not a number with country code; {}", number::correction(entry));
                collector.add_text(Some(index), Rule::NotE164, entry, &problem);
            }
        }
        EntryForm::Code | EntryForm::StaffId => {
            characters::check(entry, Some(index), is_hidden, "write what was meant, or remove it", collector);
            if matches!(form, EntryForm::Code) {
                check_code(entry, index, collector);
            }
        }
    }
}

/// The vendor does not list the codes; this is what none of them can be.
fn check_code(entry: &str, index: usize, collector: &mut Collector<'_>) {
    if is_wildcard_lookalike(entry) {
        let problem = format!("looks like the wildcard and is another character; write {WILDCARD:?}");
        collector.add_text(Some(index), Rule::NotACode, entry, &problem);
    } else if let Some(separator) = entry.chars().find(|c| CODE_SEPARATORS.contains(c)) {
        let problem = format!("has '{separator}'; write each code as an entry of its own");
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
        form: EntryForm,
        list: &'static [&'static str],
        violations: &'static [&'static str],
    }

    #[test]
    fn finds_what_is_wrong_with_entries() {
        use EntryForm::{Code, Number, StaffId};
        for Row { form, list, violations } in [
            Row { form: StaffId, list: &["staff-1", "Staff-1", "staff 1", "夜-1"], violations: &[] },
            Row { form: Code, list: &["zh-HK", "zh-hk", "ZH"], violations: &[] },
            Row { form: Number, list: &["+85212345678", "+85212345679"], violations: &[] },
            Row {
                form: StaffId,
                list: &["staff-1\r", "staff-1 ", "staff-1"],
                violations: &[
                    r#"/list/0: "staff-1\r" begins or ends with white space; remove it"#,
                    r#"/list/1: "staff-1 " begins or ends with white space; remove it"#,
                    r#"/list/1: "staff-1 " is the same as "staff-1\r" at /list/0; remove one of the two"#,
                    r#"/list/2: "staff-1" is the same as "staff-1\r" at /list/0; remove one of the two"#,
                ],
            },
            Row {
                form: Code,
                list: &["en", "\u{a0}en", "en"],
                violations: &[
                    r#"/list/1: "\u{a0}en" begins or ends with white space; remove it"#,
                    r#"/list/1: "\u{a0}en" is the same as "en" at /list/0; remove one of the two"#,
                    r#"/list/2: "en" is already at /list/0; remove one of the two"#,
                ],
            },
            Row {
                form: Number,
                list: &["+85212345678", "85212345678", "+85212345678"],
                violations: &[
                    r#"/list/1: "85212345678" is the same as "+85212345678" at /list/0; remove one of the two"#,
                    r#"/list/2: "+85212345678" is already at /list/0; remove one of the two"#,
                ],
            },
            Row {
                form: StaffId,
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
                form: Code,
                list: &["e\u{ad}n", "\u{2060}", " \u{200d}", "\u{2800}"],
                violations: &[
                    r#"/list/0: "e\u{ad}n" has the invisible character U+00AD at character 2; remove it"#,
                    "/list/1: \"\\u{2060}\" shows nothing, it has the invisible character U+2060 at character 1; \
                     write what was meant, or remove it",
                    "/list/2: \" \\u{200d}\" shows nothing, it has the invisible character U+200D at character 2; \
                     write what was meant, or remove it",
                    "/list/3: \"\u{2800}\" shows nothing, it has the invisible character U+2800 at character 1; \
                     write what was meant, or remove it",
                ],
            },
            Row {
                form: Number,
                list: &["+852 1234 5678", "+852 1234 5678", "*"],
                violations: &[
                    "/list/0: \"+852 1234 5678\" is not a number with country code; remove spaces, hyphens and brackets",
                    "/list/1: \"+852 1234 5678\" is not a number with country code; remove spaces, hyphens and brackets",
                    "/list/1: \"+852 1234 5678\" is already at /list/0; remove one of the two",
                    "/list/2: \"*\" is not a target; list each target",
                ],
            },
            Row {
                form: Code,
                list: &["＊", "∗", "en,fr", "en; fr ", "＊,en"],
                violations: &[
                    r#"/list/0: "＊" looks like the wildcard and is another character; write "*""#,
                    r#"/list/1: "∗" looks like the wildcard and is another character; write "*""#,
                    r#"/list/2: "en,fr" has ','; write each code as an entry of its own"#,
                    r#"/list/3: "en; fr " begins or ends with white space; remove it"#,
                    r#"/list/3: "en; fr " has ';'; write each code as an entry of its own"#,
                    r#"/list/4: "＊,en" has ','; write each code as an entry of its own"#,
                ],
            },
            Row {
                form: StaffId,
                list: &["staff-1,staff-2", "a＊", "﹡", "⁎"],
                violations: &[
                    r#"/list/2: "﹡" is not a target; list each target"#,
                    r#"/list/3: "⁎" is not a target; list each target"#,
                ],
            },
            Row { form: Number, list: &["＊"], violations: &[r#"/list/0: "＊" is not a target; list each target"#] },
        ] {
            let list: Vec<String> = list.iter().copied().map(str::to_owned).collect();
            let mut found = Vec::new();
            check(&list, form, &mut Collector::new("list", &mut found));
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, violations, "{list:?}");
        }
    }
}
