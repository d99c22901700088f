//! What is wrong with the entries of a list.

use std::collections::HashMap;

use super::{Findings, Rule, has_visible_ends};
use crate::model::WILDCARD;

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
    const SHORT: usize = 16;
    if list.len() > SHORT {
        return check_long(list, form, findings);
    }
    for (index, entry) in list.iter().enumerate() {
        check_entry(list, form, index, entry, findings);
        if let Some(first) = list.iter().take(index).position(|earlier| earlier == entry) {
            findings.add_duplicate(index, entry, first);
        }
    }
}

/// The same in linear time, for which it allocates.
#[inline(never)]
fn check_long(list: &[String], form: EntryForm, findings: &mut Findings<'_>) {
    let mut firsts = HashMap::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        check_entry(list, form, index, entry, findings);
        let first = *firsts.entry(entry).or_insert(index);
        if first != index {
            findings.add_duplicate(index, entry, first);
        }
    }
}

fn check_entry(list: &[String], form: EntryForm, index: usize, entry: &str, findings: &mut Findings<'_>) {
    // Most entries need no more code than this, which runs cold once a call.
    let is_plain = match form {
        _ if entry == WILDCARD => matches!(form, EntryForm::Code) && list.len() == 1,
        EntryForm::Number => is_e164(entry),
        EntryForm::Code | EntryForm::StaffId => has_visible_ends(entry),
    };
    if !is_plain {
        look_closer(form, index, entry, findings);
    }
}

/// Says what is wrong with an entry, if anything is.
#[cold]
#[inline(never)]
fn look_closer(form: EntryForm, index: usize, entry: &str, findings: &mut Findings<'_>) {
    match form {
        EntryForm::Code if entry == WILDCARD => findings.add(Some(index), Rule::WildcardNotAlone, || {
            format!("{WILDCARD:?} means everything and must stand alone; remove it, or remove the other entries")
        }),
        _ if entry == WILDCARD => {
            findings.add_text(Some(index), entry, Rule::WildcardTarget, "is not a target; list each target");
        }
        EntryForm::Number => {
            let is_wrong = "is not a number with country code; write an optional + and 7 to 15 digits, the first not 0";
            findings.add_text(Some(index), entry, Rule::NotE164, is_wrong);
        }
        EntryForm::Code => {
            findings.check_blank(index, entry);
            findings.check_surrounding_white_space(Some(index), entry);
        }
        EntryForm::StaffId => findings.check_blank(index, entry),
    }
}

fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number).as_bytes();
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

/// The rules of a list with the wildcard, all ours: the vendor says only what `"*"` means.
pub(crate) fn check_codes(list: &[String], findings: &mut Findings<'_>) {
    if list.is_empty() {
        findings
            .add(None, Rule::Empty, || format!("has no entry; name at least one code, or {WILDCARD:?} alone for all"));
    }
    check(list, EntryForm::Code, findings);
}
