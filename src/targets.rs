//! Which type has which targets.

use crate::{
    DestinationType, DestinationUpdate,
    validation::{Findings, Rule, Violation, entries},
    wildcard::WILDCARD,
};

/// The list that holds the targets of a type, and the form that they have.
pub(crate) struct TargetList {
    pub(crate) name: &'static str,
    pub(crate) form: TargetForm,
    get: fn(&DestinationUpdate) -> &Vec<String>,
    get_mut: fn(&mut DestinationUpdate) -> &mut Vec<String>,
}

pub(crate) enum TargetForm {
    /// The vendor asks for a number "with country code" and gives no form; E.164 is the one that every carrier takes.
    Number,
    /// Nothing is known of it but that it is not blank.
    StaffId,
}

/// The one place that says which type has which list.
pub(crate) fn target_list(kind: DestinationType) -> TargetList {
    match kind {
        DestinationType::Phone => TargetList {
            name: DestinationUpdate::PHONE_TARGETS,
            form: TargetForm::Number,
            get: |update| &update.phone_targets,
            get_mut: |update| &mut update.phone_targets,
        },
        DestinationType::Staff => TargetList {
            name: DestinationUpdate::STAFF_TARGETS,
            form: TargetForm::StaffId,
            get: |update| &update.staff_targets,
            get_mut: |update| &mut update.staff_targets,
        },
        DestinationType::Trunk => TargetList {
            name: DestinationUpdate::TRUNK_TARGETS,
            form: TargetForm::Number,
            get: |update| &update.trunk_targets,
            get_mut: |update| &mut update.trunk_targets,
        },
    }
}

/// The types of a destination and their targets, set and taken away together.
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
pub trait TypeTargets: Sized {
    /// Selects the type and replaces its targets.
    fn set_targets(&mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>);

    /// The targets of a type; none if it has none.
    fn targets(&self, kind: DestinationType) -> &[String];

    /// Whether the type is selected.
    fn has_type(&self, kind: DestinationType) -> bool;

    /// Takes the type away, and its targets with it.
    fn remove_type(&mut self, kind: DestinationType);

    /// Selects the type and replaces its targets.
    #[must_use]
    fn with_targets(mut self, kind: DestinationType, targets: impl IntoIterator<Item: Into<String>>) -> Self {
        self.set_targets(kind, targets);
        self
    }

    /// Takes the type away, and its targets with it.
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

pub(crate) fn check(update: &DestinationUpdate, found: &mut Vec<Violation>) {
    let mut findings = Findings::new(DestinationUpdate::TYPES, found);
    if update.types.is_empty() {
        findings.add(None, Rule::Empty, || {
            let all: Vec<_> = DestinationType::ALL.iter().map(ToString::to_string).collect();
            format!("has no entry; select at least one of {}", all.join(", "))
        });
    }
    for (index, kind, first) in entries(&update.types) {
        findings.check_duplicate(index, kind, first);
    }
    for &kind in DestinationType::ALL {
        let list = target_list(kind);
        let targets = (list.get)(update);
        let mut findings = Findings::new(list.name, found);
        match (update.has_type(kind), targets.len()) {
            (true, 0) => findings.add(None, Rule::MissingTargets, || {
                format!("has no entry although {kind} is selected; add a target, or take {kind} out of the types")
            }),
            (false, 1..) => findings.add(None, Rule::TypeNotSelected, || {
                format!("has entries although {kind} is not selected; add {kind} to the types, or remove them")
            }),
            _ => {}
        }
        for (index, target, first) in entries(targets) {
            match list.form {
                _ if target == WILDCARD => {
                    findings.add_text(Some(index), target, Rule::WildcardTarget, "is not a target; list each target");
                }
                TargetForm::Number if !is_e164(target) => {
                    let is_wrong = "is not a number with country code; write an optional + and 7 to 15 digits, the \
                                    first not 0";
                    findings.add_text(Some(index), target, Rule::NotE164, is_wrong);
                }
                TargetForm::Number => {}
                TargetForm::StaffId => findings.check_blank(index, target),
            }
            findings.check_duplicate(index, target, first);
        }
    }
}

fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number).as_bytes();
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}
