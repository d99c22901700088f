//! The types of an update and their targets: which list belongs to which type, and the trait [`TypeTargets`], with
//! which both are set and removed together.

use super::sealed::Sealed;
use crate::generated::types::{DestinationType, DestinationUpdate};

/// The list that holds the targets of a type.
pub(crate) struct TargetList {
    pub(crate) name: &'static str,
    pub(crate) get: fn(&DestinationUpdate) -> &Vec<String>,
    get_mut: fn(&mut DestinationUpdate) -> &mut Vec<String>,
}

/// The one place that says which type has which list.
pub(crate) fn target_list(kind: DestinationType) -> TargetList {
    match kind {
        DestinationType::Phone => TargetList {
            name: DestinationUpdate::PHONE_TARGETS,
            get: |update| &update.phone_targets,
            get_mut: |update| &mut update.phone_targets,
        },
        DestinationType::Staff => TargetList {
            name: DestinationUpdate::STAFF_TARGETS,
            get: |update| &update.staff_targets,
            get_mut: |update| &mut update.staff_targets,
        },
        DestinationType::Trunk => TargetList {
            name: DestinationUpdate::TRUNK_TARGETS,
            get: |update| &update.trunk_targets,
            get_mut: |update| &mut update.trunk_targets,
        },
    }
}

/// The way in to the types and targets of a [`DestinationUpdate`]: sets and removes both together.
///
/// In an update, `types` says who takes an enquiry, and each type has a list of targets of its own. Setting the targets
/// through this trait selects their type as well. Nothing is checked here;
/// [`Validate::validate`](crate::Validate::validate) does that.
///
/// The trait is sealed: only [`DestinationUpdate`] has it.
///
/// ```
/// use cinnox_destination::{DestinationType, DestinationUpdate, SupportLanguages, SupportLocations, TypeTargets, Wildcard};
///
/// let mut update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())?
///     .with_staff(["staff-1", "staff-2"])
///     .with_phones(["+85212345678"]);
/// assert_eq!(update.types, [DestinationType::Staff, DestinationType::Phone]);
/// assert_eq!(update.targets(DestinationType::Phone), ["+85212345678"]);
///
/// update.remove_type(DestinationType::Phone);
/// assert!(update.phone_targets.is_empty());
/// # Ok::<(), cinnox_destination::Violations>(())
/// ```
pub trait TypeTargets: Sealed + Sized {
    /// Selects the type, if it is not selected yet, and replaces its targets.
    fn set_targets(&mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>);

    /// The targets of a type; an empty list if it has none.
    fn targets(&self, kind: DestinationType) -> &[String];

    /// Whether the type is selected.
    fn has_type(&self, kind: DestinationType) -> bool;

    /// Removes the type and its targets.
    fn remove_type(&mut self, kind: DestinationType);

    /// Selects the type, if it is not selected yet, and replaces its targets.
    #[must_use]
    fn with_targets(mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>) -> Self {
        self.set_targets(kind, targets);
        self
    }

    /// Removes the type and its targets.
    #[must_use]
    fn without_type(mut self, kind: DestinationType) -> Self {
        self.remove_type(kind);
        self
    }

    /// Selects PHONE with these PSTN numbers, each with its country code (E.164).
    #[must_use]
    fn with_phones(self, numbers: impl IntoIterator<Item: Into<String>>) -> Self {
        self.with_targets(DestinationType::Phone, numbers)
    }

    /// Selects STAFF with these staff IDs.
    #[must_use]
    fn with_staff(self, ids: impl IntoIterator<Item: Into<String>>) -> Self {
        self.with_targets(DestinationType::Staff, ids)
    }

    /// Selects TRUNK with these SIP trunk numbers, each with its country code (E.164).
    #[must_use]
    fn with_trunks(self, numbers: impl IntoIterator<Item: Into<String>>) -> Self {
        self.with_targets(DestinationType::Trunk, numbers)
    }
}

impl TypeTargets for DestinationUpdate {
    fn set_targets(&mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>) {
        if !self.has_type(kind) {
            self.types.push(kind);
        }
        *(target_list(kind).get_mut)(self) = targets.into_iter().map(Into::into).collect();
    }

    fn targets(&self, kind: DestinationType) -> &[String] {
        (target_list(kind).get)(self)
    }

    fn has_type(&self, kind: DestinationType) -> bool {
        self.types.contains(&kind)
    }

    fn remove_type(&mut self, kind: DestinationType) {
        self.types.retain(|selected| *selected != kind);
        (target_list(kind).get_mut)(self).clear();
    }
}
