//! What is wrong with the entries of a list.

use std::{collections::HashMap, hash::Hash};

use crate::{
    validation::{Findings, Rule},
    wildcard::WILDCARD,
};

/// What stands in a list.
#[derive(Clone, Copy)]
pub(crate) enum EntryForm {
    /// Codes of languages or places, or the wildcard alone. Which codes there are is not known.
    Code,
    /// The vendor asks for a number "with country code" and gives no form; E.164 is the one that every carrier takes.
    Number,
    /// Nothing is known of it but that it is not blank.
    StaffId,
}

/// The rules of each entry. They are ours, but for the country code of a number.
pub(crate) fn check(list: &[String], form: EntryForm, findings: &mut Findings<'_>) {
    for (index, entry, first) in with_firsts(list) {
        match form {
            EntryForm::Code if entry == WILDCARD => {
                if list.len() > 1 {
                    findings.add(Some(index), Rule::WildcardNotAlone, || {
                        format!(
                            "{WILDCARD:?} means everything and must stand alone; remove it, or remove the other entries"
                        )
                    });
                }
            }
            _ if entry == WILDCARD => {
                findings.add_text(Some(index), entry, Rule::WildcardTarget, "is not a target; list each target");
            }
            EntryForm::Number => {
                if !is_e164(entry) {
                    let is_wrong = "is not a number with country code; write an optional + and 7 to 15 digits, the \
                                    first not 0";
                    findings.add_text(Some(index), entry, Rule::NotE164, is_wrong);
                }
            }
            EntryForm::Code => {
                findings.check_blank(index, entry);
                findings.check_surrounding_white_space(Some(index), entry);
            }
            EntryForm::StaffId => findings.check_blank(index, entry),
        }
        findings.check_duplicate(index, entry, first);
    }
}

fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number).as_bytes();
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

/// Each entry with its index, and with that of the same entry further up: without an allocation in a short list, in
/// linear time in a long one.
pub(crate) fn with_firsts<T: Eq + Hash>(list: &[T]) -> impl Iterator<Item = (usize, &T, Option<usize>)> {
    const SHORT: usize = 16;
    let firsts = if list.len() > SHORT { firsts(list) } else { Vec::new() };
    list.iter().enumerate().map(move |(index, entry)| {
        let first = match firsts.get(index) {
            Some(first) => Some(*first).filter(|first| *first != index),
            None => list[..index].iter().position(|earlier| earlier == entry),
        };
        (index, entry, first)
    })
}

/// Where the entry that stands at each index stands for the first time.
#[inline(never)]
fn firsts<T: Eq + Hash>(list: &[T]) -> Vec<usize> {
    let mut seen = HashMap::with_capacity(list.len());
    list.iter().enumerate().map(|(index, entry)| *seen.entry(entry).or_insert(index)).collect()
}
