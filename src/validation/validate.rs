//! Goes through an update field by field: the trait [`Validate`], and the constructor of an update, which cannot take
//! every name.

use std::fmt::Display;

use super::{
    collector::Collector,
    entries, limits, name, targets,
    violation::{Violation, Violations},
};
use crate::{
    generated::types::{DestinationUpdate, SupportLanguages, SupportLocations},
    model::Sealed,
};

/// The way in to the rules: checks an update against the vendor's rules and ours.
///
/// [`Client::update`](crate::Client::update) and [`DestinationUpdate::from_json`] do so by themselves. [`Rule`] lists
/// the rules. The trait is sealed: only [`DestinationUpdate`] has it.
///
/// [`Rule`]: crate::Rule
pub trait Validate: Sealed {
    /// Finds everything that is wrong, in the order of the document.
    ///
    /// ```
    /// use cinnox_destination::{DestinationUpdate, Rule, SupportLanguages, SupportLocations, TypeTargets, Validate, Wildcard};
    ///
    /// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "HK"]))?
    ///     .with_phones(["12"]);
    /// let violations = update.validate().unwrap_err();
    /// assert_eq!(violations[0].pointer(), "/supportLocations/1");
    /// assert_eq!(violations[0].rule(), Rule::Duplicate);
    /// assert_eq!((violations[1].field(), violations[1].index()), ("phoneTargets", Some(0)));
    /// # Ok::<(), cinnox_destination::Violations>(())
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
        check(self, &self.display_name, &mut found);
        if found.is_empty() { Ok(()) } else { Err(Violations(found)) }
    }
}

/// Everything that is wrong with an update whose name does not fit into its type; `problem` is what the type says.
pub(crate) fn violations_with_long_name(update: &DestinationUpdate, name: &str, problem: impl Display) -> Violations {
    let mut found = Vec::new();
    name::add_too_long(name, problem, &mut Collector::new(DestinationUpdate::DISPLAY_NAME, &mut found));
    check(update, name, &mut found);
    Violations(found)
}

fn check(update: &DestinationUpdate, name: &str, found: &mut Vec<Violation>) {
    check_values(name, &update.support_languages, &update.support_locations, found);
    targets::check(update, found);
    limits::check(update, found);
}

fn check_values(name: &str, languages: &[String], locations: &[String], found: &mut Vec<Violation>) {
    name::check(name, &mut Collector::new(DestinationUpdate::DISPLAY_NAME, found));
    entries::check_codes(languages, &mut Collector::new(DestinationUpdate::SUPPORT_LANGUAGES, found));
    entries::check_codes(locations, &mut Collector::new(DestinationUpdate::SUPPORT_LOCATIONS, found));
}

impl DestinationUpdate {
    /// An update without types; [`TypeTargets`](crate::TypeTargets) adds types with their targets.
    ///
    /// The limit on the name counts Unicode scalar values, as JSON Schema does. How the vendor counts is not known.
    ///
    /// ```
    /// use cinnox_destination::{DestinationUpdate, Rule, SupportLanguages, SupportLocations, TypeTargets, Wildcard};
    ///
    /// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))?
    ///     .with_staff(["staff-1", "staff-2"]);
    ///
    /// let violations = DestinationUpdate::new("n".repeat(100), SupportLanguages::only(["*", "en"]), SupportLocations::all());
    /// let rules: Vec<Rule> = violations.unwrap_err().iter().map(|violation| violation.rule()).collect();
    /// assert_eq!(rules, [Rule::TooLong, Rule::WildcardNotAlone]);
    /// # Ok::<(), cinnox_destination::Violations>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A name that is longer than the vendor allows, together with whatever else is wrong with the three values. Without
    /// such a name, the other rules wait for [`Validate::validate`].
    pub fn new(
        display_name: impl AsRef<str>,
        support_languages: SupportLanguages,
        support_locations: SupportLocations,
    ) -> Result<Self, Violations> {
        let name = display_name.as_ref();
        match name.parse() {
            Ok(name) => Ok(Self::with_required(name, support_languages, support_locations, Vec::new())),
            Err(problem) => {
                let mut found = Vec::new();
                name::add_too_long(name, problem, &mut Collector::new(Self::DISPLAY_NAME, &mut found));
                check_values(name, &support_languages, &support_locations, &mut found);
                Err(Violations(found))
            }
        }
    }
}
