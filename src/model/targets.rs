//! The types of an update and their target lists, and the trait [`TypeTargets`], which sets and removes both together.

use std::fmt::Display;

use serde::Deserialize;

use super::Sealed;
use crate::generated::types::{DestinationType, DestinationUpdate};
use crate::text::quoted_value;

/// The name of the field with the targets of a type.
pub(crate) fn target_field(kind: DestinationType) -> &'static str {
    match kind {
        DestinationType::Phone => DestinationUpdate::PHONE_TARGETS,
        DestinationType::Staff => DestinationUpdate::STAFF_TARGETS,
        DestinationType::Trunk => DestinationUpdate::TRUNK_TARGETS,
    }
}

fn targets_mut(update: &mut DestinationUpdate, kind: DestinationType) -> &mut Vec<String> {
    match kind {
        DestinationType::Phone => &mut update.phone_targets,
        DestinationType::Staff => &mut update.staff_targets,
        DestinationType::Trunk => &mut update.trunk_targets,
    }
}

/// Sets and removes the types of a [`DestinationUpdate`] together with their targets. Start here to build an update.
///
/// The field `types` lists the kinds of target that take enquiries, and each type has its own list of targets. With this
/// trait a type is selected if, and only if, it has targets. These methods do not validate;
/// [`Validate::validate`](crate::Validate::validate) does.
///
/// The trait is sealed: only [`DestinationUpdate`] implements it.
///
/// ```
/// use cinnox_destination::{DestinationType, DestinationUpdate, SupportLanguages, SupportLocations, TypeTargets, Wildcard};
///
/// let mut update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
///     .with_staff(["staff-1", "staff-2"])
///     .with_phones(["+85212345678"]);
/// assert_eq!(update.types, [DestinationType::Staff, DestinationType::Phone]);
/// assert_eq!(update.targets(DestinationType::Phone), ["+85212345678"]);
///
/// update.remove_type(DestinationType::Phone);
/// assert!(update.phone_targets.is_empty());
/// ```
pub trait TypeTargets: Sealed + Sized {
    /// Replaces the targets of the type, and selects it; without targets, removes it.
    fn set_targets(&mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>);

    /// The targets of a type; empty if it has none.
    fn targets(&self, kind: DestinationType) -> &[String];

    /// Whether the type is selected.
    fn has_type(&self, kind: DestinationType) -> bool;

    /// Removes the type and its targets.
    fn remove_type(&mut self, kind: DestinationType);

    /// Replaces the targets of the type, and selects it; without targets, removes it.
    ///
    /// ```
    /// use cinnox_destination::{DestinationType, prelude::*};
    ///
    /// # let (languages, locations) = (SupportLanguages::all(), SupportLocations::all());
    /// let update = DestinationUpdate::new("Night shift", languages, locations).with_staff(["staff-1"]);
    /// let update = update.with_targets(DestinationType::Staff, [] as [&str; 0]);
    /// assert!(!update.has_type(DestinationType::Staff));
    /// ```
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

    /// Selects PHONE with these PSTN numbers, in international format (E.164).
    #[must_use]
    fn with_phones(self, numbers: impl IntoIterator<Item: Into<String>>) -> Self {
        self.with_targets(DestinationType::Phone, numbers)
    }

    /// Selects STAFF with these staff IDs.
    #[must_use]
    fn with_staff(self, ids: impl IntoIterator<Item: Into<String>>) -> Self {
        self.with_targets(DestinationType::Staff, ids)
    }

    /// Selects TRUNK with these SIP trunk numbers, in international format (E.164).
    #[must_use]
    fn with_trunks(self, numbers: impl IntoIterator<Item: Into<String>>) -> Self {
        self.with_targets(DestinationType::Trunk, numbers)
    }
}

impl TypeTargets for DestinationUpdate {
    fn set_targets(&mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>) {
        let targets: Vec<String> = targets.into_iter().map(Into::into).collect();
        if targets.is_empty() {
            return self.remove_type(kind);
        }
        if !self.has_type(kind) {
            self.types.push(kind);
        }
        *targets_mut(self, kind) = targets;
    }

    fn targets(&self, kind: DestinationType) -> &[String] {
        match kind {
            DestinationType::Phone => &self.phone_targets,
            DestinationType::Staff => &self.staff_targets,
            DestinationType::Trunk => &self.trunk_targets,
        }
    }

    fn has_type(&self, kind: DestinationType) -> bool {
        self.types.contains(&kind)
    }

    fn remove_type(&mut self, kind: DestinationType) {
        self.types.retain(|selected| *selected != kind);
        targets_mut(self, kind).clear();
    }
}

/// The name of a type, as read from JSON. serde alone would also read a unit variant from an object such as
/// `{"PHONE": null}`.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct TypeName(String);

impl TypeName {
    /// The value of this name, for the generated types.
    pub(crate) fn one_of<T: Copy + Display>(&self, all: &[T]) -> Result<T, String> {
        let names: Vec<_> = all.iter().map(ToString::to_string).collect();
        match names.iter().position(|name| *name == self.0) {
            Some(index) => Ok(all[index]),
            None => Err(format!("{} is not a type; write one of {}", quoted_value(&self.0), names.join(", "))),
        }
    }
}
