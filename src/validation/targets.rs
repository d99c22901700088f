//! The rules of the types and their targets.

use super::{
    Findings, Rule, Violation,
    entries::{self, EntryForm},
};
use crate::{
    generated::types::{DestinationType, DestinationUpdate},
    model::target_list,
};

/// What form a target of this type has.
pub(crate) fn form(kind: DestinationType) -> EntryForm {
    match kind {
        DestinationType::Phone | DestinationType::Trunk => EntryForm::Number,
        DestinationType::Staff => EntryForm::StaffId,
    }
}

pub(crate) fn check(update: &DestinationUpdate, found: &mut Vec<Violation>) {
    let mut findings = Findings::new(DestinationUpdate::TYPES, found);
    if update.types.is_empty() {
        findings.add(None, Rule::Empty, || {
            let all: Vec<_> = DestinationType::ALL.iter().map(ToString::to_string).collect();
            format!("has no entry; select at least one of {}", all.join(", "))
        });
    }
    let mut firsts = [None; DestinationType::ALL.len()];
    for (index, &kind) in update.types.iter().enumerate() {
        let first = *firsts[kind as usize].get_or_insert(index);
        if first != index {
            findings.add_duplicate(index, &kind, first);
        }
    }
    for &kind in DestinationType::ALL {
        let list = target_list(kind);
        let targets = (list.get)(update);
        let mut findings = Findings::new(list.name, found);
        match (firsts[kind as usize], targets.len()) {
            (Some(_), 0) => findings.add(None, Rule::MissingTargets, || {
                format!("has no entry although {kind} is selected; add a target, or take {kind} out of the types")
            }),
            (None, 1..) => findings.add(None, Rule::TypeNotSelected, || {
                format!("has entries although {kind} is not selected; add {kind} to the types, or remove them")
            }),
            _ => {}
        }
        entries::check(targets, form(kind), &mut findings);
    }
}
