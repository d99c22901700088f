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
/// *Page* is the vendor's reference page. *Ours* is what a careful caller adds: the server may take what breaks such a
/// rule, but it cannot be what the caller means. To bypass our rules, send the update with
/// [`Client::generated`](crate::Client::generated), which does not validate.
///
/// | field | rule | name | source |
/// |---|---|---|---|
/// | all | no other fields; `"$schema"` with any text is allowed in JSON and never sent | | ours: the server would ignore a misspelt field |
/// | | JSON in UTF-8, at most 4 MiB for one update | | ours: the wrong file must not take all memory |
/// | | whatever else the document limits | `outside-limit` | page |
/// | `displayName` | text of limited length, required; Unicode scalar values are counted | `too-long` | page |
/// | | not empty, not only white space or invisible characters | `blank` | ours: nobody could recognise it |
/// | | no white space at either end | `surrounding-white-space` | ours: two names would look the same |
/// | | no control or bidirectional character, line separator, byte order mark, object replacement character (U+FFFC) or noncharacter | `hidden-character` | ours: they come from copying and change how a name looks |
/// | `supportLanguages`, `supportLocations` | list of codes, required; `"*"` means every one | | page |
/// | | at least one entry | `empty` | ours: the service group would serve nobody |
/// | | `"*"` stands alone | `wildcard-not-alone` | ours: it is not clear what is meant |
/// | | codes: not blank, no white space at either end, no hidden or invisible character | `blank`, `surrounding-white-space`, `hidden-character` | ours: such a code names nothing |
/// | | each entry is one code: no comma or semicolon in it, and no asterisk other than `*` (such as `＊`) | `not-a-code` | ours: such a code names nothing |
/// | | no entry twice; surrounding white space makes no difference | `duplicate` | ours: one was meant to be another |
/// | `types` | list of `PHONE`, `STAFF`, `TRUNK` in capital letters, required | | page |
/// | | at least one, none twice | `empty`, `duplicate` | ours: nobody would answer; one was meant to be another |
/// | `phoneTargets`, `staffTargets`, `trunkTargets` | required when `types` has `PHONE`, `STAFF`, `TRUNK` | `missing-targets` | page |
/// | | none for a type that is not selected | `type-not-selected` | ours: the server would ignore them |
/// | | `"*"` is no target, nor is another asterisk | `wildcard-target` | ours: it stands for languages and places only |
/// | | no entry twice; surrounding white space and the `+` of a number make no difference | `duplicate` | ours: one was meant to be another |
/// | phone and trunk numbers | with country code | | page |
/// | | an optional `+` and 7 to 15 digits, the first not 0 (E.164); sent as written | `not-e164` | ours: no carrier dials others |
/// | staff IDs | not blank, no white space at either end, no hidden or invisible character | `blank`, `surrounding-white-space`, `hidden-character` | ours: it names nobody, or somebody else |
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
