//! Checks an update field by field: the trait [`Validate`], and `DestinationUpdate::new`.

use super::collector::Collector;
use super::list::{self, EntryKind};
use super::rule::Rule;
use super::text::{self, is_forbidden};
use super::violation::{Violation, Violations};
use crate::generated::document::limits::DESTINATION_UPDATE_DISPLAY_NAME_MAX_LENGTH as MAX_NAME_LENGTH;
use crate::generated::types::{DestinationType, DestinationUpdate, SupportLanguages, SupportLocations};
use crate::model::{Sealed, TypeTargets, target_field};

/// Validates an update against the vendor's rules and this crate's.
///
/// [`Client::update`](crate::Client::update) and [`DestinationUpdate::from_json`] call it automatically; reading an
/// update with serde does not. [`Rule`] explains each rule.
///
/// | field | the vendor's rules | ours |
/// |---|---|---|
/// | `displayName` | `too-long` | `blank`, `surrounding-white-space`, `hidden-character`, `damaged-text` |
/// | `supportLanguages`, `supportLocations` | | `empty`, `wildcard-not-alone`, `not-a-code`, `duplicate`, and ours of `displayName` |
/// | `types` | | `empty`, `duplicate` |
/// | the list of each type | `missing-targets` | `type-not-selected`, `wildcard-target`, `duplicate` |
/// | `phoneTargets`, `trunkTargets` | | `not-e164` |
/// | `staffTargets` | | ours of `displayName` |
///
/// [`ClientBuilder::skip_rule`](crate::ClientBuilder::skip_rule) bypasses a rule of ours. The trait is sealed: only
/// [`DestinationUpdate`] implements it.
pub trait Validate: Sealed {
    /// Finds all violations, in the order of the fields in the document.
    ///
    /// ```
    /// use cinnox_destination::{Rule, prelude::*};
    ///
    /// let locations = SupportLocations::only(["HK", "HK"]);
    /// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), locations).with_phones(["12"]);
    /// let violations = update.validate().unwrap_err();
    /// assert_eq!((violations[0].pointer(), violations[0].rule()), ("/supportLocations/1", Rule::Duplicate));
    /// assert_eq!((violations[1].field(), violations[1].index()), ("phoneTargets", Some(0)));
    /// ```
    ///
    /// # Errors
    ///
    /// All violations; there is at least one.
    fn validate(&self) -> Result<(), Violations>;
}

impl Validate for DestinationUpdate {
    fn validate(&self) -> Result<(), Violations> {
        let mut found = Vec::new();
        check_name(&self.display_name, &mut Collector::new(Self::DISPLAY_NAME, &mut found));
        list::check_codes(&self.support_languages, &mut Collector::new(Self::SUPPORT_LANGUAGES, &mut found));
        list::check_codes(&self.support_locations, &mut Collector::new(Self::SUPPORT_LOCATIONS, &mut found));
        check_types(&self.types, &mut Collector::new(Self::TYPES, &mut found));
        for &kind in DestinationType::ALL {
            check_targets(self, kind, &mut found);
        }
        Violations::if_any(found)
    }
}

fn check_name(name: &str, collector: &mut Collector<'_>) {
    // No text has more characters than bytes.
    if name.len() > MAX_NAME_LENGTH && name.chars().count() > MAX_NAME_LENGTH {
        let problem = format!("is longer than {MAX_NAME_LENGTH} characters; shorten it");
        collector.add_text(None, Rule::TooLong, name, &problem);
    }
    text::check(name, None, is_forbidden, collector);
}

fn check_types(types: &[DestinationType], collector: &mut Collector<'_>) {
    if types.is_empty() {
        let all: Vec<_> = DestinationType::ALL.iter().map(ToString::to_string).collect();
        collector.add(None, Rule::Empty, format!("has no entry; select at least one of {}", all.join(", ")));
    }
    for (index, kind) in types.iter().enumerate() {
        if let Some(first) = types[..index].iter().position(|earlier| earlier == kind) {
            collector.add_duplicate(index, &kind.to_string(), first);
        }
    }
}

/// A type has targets if, and only if, it is selected.
fn check_targets(update: &DestinationUpdate, kind: DestinationType, found: &mut Vec<Violation>) {
    let targets = update.targets(kind);
    let mut collector = Collector::new(target_field(kind), found);
    let is_selected = update.has_type(kind);
    if is_selected && targets.is_empty() {
        let message = format!("is empty but {kind} is selected; add a target, or remove {kind} from the types");
        collector.add(None, Rule::MissingTargets, message);
    }
    if !is_selected && !targets.is_empty() {
        let message =
            format!("is not empty but {kind} is not selected; add {kind} to the types, or remove the entries");
        collector.add(None, Rule::TypeNotSelected, message);
    }
    list::check(targets, entry_kind(kind), &mut collector);
}

/// The kind of this type's targets.
pub(crate) fn entry_kind(kind: DestinationType) -> EntryKind {
    match kind {
        DestinationType::Phone | DestinationType::Trunk => EntryKind::Number,
        DestinationType::Staff => EntryKind::StaffId,
    }
}

impl DestinationUpdate {
    /// Creates an update without types; [`TypeTargets`](crate::TypeTargets) adds types with their targets.
    ///
    /// The values are not validated here; [`Validate::validate`] does.
    ///
    /// ```
    /// use cinnox_destination::prelude::*;
    ///
    /// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
    ///     .with_staff(["staff-1", "staff-2"]);
    /// assert_eq!(update.validate(), Ok(()));
    /// ```
    pub fn new(
        display_name: impl Into<String>,
        support_languages: SupportLanguages,
        support_locations: SupportLocations,
    ) -> Self {
        Self::with_required(display_name.into(), support_languages, support_locations, Vec::new())
    }
}
