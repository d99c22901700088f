//! The rules of the types and their targets: a type has targets if, and only if, it is selected.

use super::{
    collector::Collector,
    entries::{self, EntryKind},
    rule::Rule,
    violation::Violation,
};
use crate::{
    generated::types::{DestinationType, DestinationUpdate},
    model::target_list,
};

/// The kind of this type's targets.
pub(crate) fn entry_kind(kind: DestinationType) -> EntryKind {
    match kind {
        DestinationType::Phone | DestinationType::Trunk => EntryKind::Number,
        DestinationType::Staff => EntryKind::StaffId,
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
            let message = format!("is empty but {kind} is selected; add a target, or remove {kind} from the types");
            collector.add(None, Rule::MissingTargets, message);
        }
        if !is_selected && !targets.is_empty() {
            let message =
                format!("is not empty but {kind} is not selected; add {kind} to the types, or remove the entries");
            collector.add(None, Rule::TypeNotSelected, message);
        }
        entries::check(targets, entry_kind(kind), &mut collector);
    }
}

fn check_types(types: &[DestinationType], collector: &mut Collector<'_>) {
    if types.is_empty() {
        let all: Vec<_> = DestinationType::ALL.iter().map(ToString::to_string).collect();
        collector.add(None, Rule::Empty, format!("has no entry; select at least one of {}", all.join(", ")));
    }
    for (index, kind) in types.iter().enumerate() {
        // Linear search: there are only a few types.
        if let Some(first) = types.iter().take(index).position(|earlier| earlier == kind) {
            let name = kind.to_string();
            collector.add_duplicate(index, &name, (first, &name));
        }
    }
}
