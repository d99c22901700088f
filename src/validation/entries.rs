//! The rules of a list and its entries. They are ours, but for the country code of a number.

use std::collections::HashMap;

use super::{
    characters::{self, is_hidden},
    collector::Collector,
    number,
    rule::Rule,
};
use crate::model::WILDCARD;

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
        match self {
            Self::Code | Self::StaffId => entry.trim(),
            Self::Number => entry.trim().trim_start_matches('+'),
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
    let mut firsts = HashMap::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        check_entry(list, index, form, collector);
        let first = *firsts.entry(form.key(entry)).or_insert(index);
        if first != index {
            collector.add_duplicate(index, entry, (first, &list[first]));
        }
    }
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
        EntryForm::Number | EntryForm::StaffId if entry == WILDCARD => {
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
        }
    }
}
