//! The rules of the types and their targets: a selected type has targets, and only a selected type has them.

use super::{
    collector::Collector,
    entries::{self, EntryForm},
    rule::Rule,
    violation::Violation,
};
use crate::{
    generated::types::{DestinationType, DestinationUpdate},
    model::target_list,
};

/// What the targets of this type are.
pub(crate) fn form(kind: DestinationType) -> EntryForm {
    match kind {
        DestinationType::Phone | DestinationType::Trunk => EntryForm::Number,
        DestinationType::Staff => EntryForm::StaffId,
    }
}

pub(crate) fn check(update: &DestinationUpdate, found: &mut Vec<Violation>) {
    check_types(&update.types, &mut Collector::new(DestinationUpdate::TYPES, found));
    for &kind in DestinationType::ALL {
        let list = target_list(kind);
        let targets = (list.get)(update);
        let mut collector = Collector::new(list.name, found);
        let is_selected = update.types.contains(&kind);
        if is_selected && targets.is_empty() {
            let message =
                format!("has no entry although {kind} is selected; add a target, or take {kind} out of the types");
            collector.add(None, Rule::MissingTargets, message);
        }
        if !is_selected && !targets.is_empty() {
            let message =
                format!("has entries although {kind} is not selected; add {kind} to the types, or remove them");
            collector.add(None, Rule::TypeNotSelected, message);
        }
        entries::check(targets, form(kind), &mut collector);
    }
}

fn check_types(types: &[DestinationType], collector: &mut Collector<'_>) {
    if types.is_empty() {
        let all: Vec<_> = DestinationType::ALL.iter().map(ToString::to_string).collect();
        collector.add(None, Rule::Empty, format!("has no entry; select at least one of {}", all.join(", ")));
    }
    for (index, kind) in types.iter().enumerate() {
        // There are only a few kinds, so the first one is never far.
        if let Some(first) = types.iter().take(index).position(|earlier| earlier == kind) {
            let name = kind.to_string();
            collector.add_duplicate(index, &name, (first, &name));
        }
    }
}
