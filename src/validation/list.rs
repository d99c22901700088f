//! The rules of a list and its entries. All of them are ours, except the country code of a number.

use std::collections::HashMap;

use super::collector::Collector;
use super::rule::Rule;
use super::text::{self, is_hidden};
use crate::model::WILDCARD;

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
        match self {
            Self::Code | Self::StaffId => entry,
            Self::Number => entry.strip_prefix('+').unwrap_or(entry),
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
        let key = kind.key(entry);
        let first = match &mut firsts {
            Some(firsts) => *firsts.entry(key).or_insert(index),
            None => list[..index].iter().position(|earlier| kind.key(earlier) == key).unwrap_or(index),
        };
        if first < index {
            collector.add_duplicate(index, entry, first);
        }
    }
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
        EntryKind::Code => {
            text::check(entry, Some(index), is_hidden, collector);
            if let Some(c) = entry.chars().find(|&c| is_separator_or_quote(c)) {
                let problem = format!("contains {c}; write each code as an entry of its own, without quotation marks");
                collector.add_text(Some(index), Rule::NotACode, entry, &problem);
            }
        }
        EntryKind::Number | EntryKind::StaffId if entry == WILDCARD => {
            collector.add_text(Some(index), Rule::WildcardTarget, entry, "is not a target; list each target");
        }
        EntryKind::StaffId => text::check(entry, Some(index), is_hidden, collector),
        EntryKind::Number => {
            if !is_e164(entry) {
                let problem = "is not a number with country code; write an optional + and 7 to 15 digits, the first \
                               not 0, and nothing else";
                collector.add_text(Some(index), Rule::NotE164, entry, problem);
            }
        }
    }
}

/// Separators of lists, and quotation marks as keyboards and word processors write them. No code contains them.
pub(crate) fn is_separator_or_quote(c: char) -> bool {
    matches!(c, ',' | ';' | '|' | '，' | '；' | '、' | '｜')
        || matches!(c, '"' | '\'' | '`' | '«' | '»' | '‘'..='‟' | '‹'..='›')
        || matches!(c, '「'..='』' | '〝'..='〟' | '＂' | '＇' | '｢' | '｣' | '﹁'..='﹄' | '❛'..='❞')
}

/// An optional `+` and 7 to 15 digits, the first not 0. E.164 has no minimum length, but fewer than 7 digits including
/// the country code are a short code, which cannot be dialled from abroad.
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number).as_bytes();
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}
