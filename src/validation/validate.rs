//! Checks an update field by field: the trait [`Validate`], and `DestinationUpdate::new`, which fails if the name is
//! too long.

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

/// Validates an update against the vendor's rules and this crate's.
///
/// [`Client::update`](crate::Client::update) and [`DestinationUpdate::from_json`] call it automatically. [`Rule`] lists
/// the rules. The trait is sealed: only [`DestinationUpdate`] implements it.
///
/// *Page* is the vendor's reference page. *Ours* marks rules that this crate adds: the server may accept an update that
/// breaks one, but the caller cannot have meant it. To bypass our rules, send the update with
/// [`Client::generated`](crate::Client::generated), which does not validate.
///
/// | field | rule | name | source |
/// |---|---|---|---|
/// | all | no other fields; in JSON, `"$schema"` may be any string; it is never sent | | ours: the server would ignore a misspelt field |
/// | | JSON in UTF-8, at most 4 MiB for one update | | ours: limits memory use when the wrong file is given |
/// | | any other limit in the document | `outside-limit` | page |
/// | `displayName` | required; maximum length in Unicode scalar values | `too-long` | page |
/// | | not empty, not only white space or invisible characters | `blank` | ours: users could not see it |
/// | | no white space at either end | `surrounding-white-space` | ours: two names would look the same |
/// | | no control or bidirectional character, line separator, byte order mark, object replacement character (U+FFFC) or noncharacter | `hidden-character` | ours: they come from copying and change how a name is displayed |
/// | `supportLanguages`, `supportLocations` | required, a list of codes; `"*"` means every code | | page |
/// | | at least one entry | `empty` | ours: the service group would serve nobody |
/// | | `"*"` must be the only entry | `wildcard-not-alone` | ours: the intent is ambiguous |
/// | | codes: not blank, no white space at either end, no hidden or invisible character | `blank`, `surrounding-white-space`, `hidden-character` | ours: such a code does not exist |
/// | | each entry is one code: it contains no comma or semicolon, and is not an asterisk other than `*` (such as `＊`) | `not-a-code` | ours: such a code does not exist |
/// | | no duplicates, ignoring surrounding white space | `duplicate` | ours: probably a typing mistake |
/// | `types` | required, a list of `PHONE`, `STAFF`, `TRUNK` in capital letters | | page |
/// | | at least one, no duplicates | `empty`, `duplicate` | ours: nobody would answer; probably a typing mistake |
/// | `phoneTargets`, `staffTargets`, `trunkTargets` | required when `types` contains `PHONE`, `STAFF`, `TRUNK` | `missing-targets` | page |
/// | | empty or absent if the type is not selected | `type-not-selected` | ours: the server would ignore them |
/// | | `"*"` is not allowed as a target, nor is another asterisk | `wildcard-target` | ours: the page defines it only for languages and locations |
/// | | no duplicates, ignoring surrounding white space and the `+` of a number | `duplicate` | ours: probably a typing mistake |
/// | phone and trunk numbers | with country code | | page |
/// | | an optional `+` and 7 to 15 digits, the first not 0 (E.164); sent as written | `not-e164` | ours: other formats cannot be relied on to be dialled |
/// | staff IDs | not blank, no white space at either end, no hidden or invisible character | `blank`, `surrounding-white-space`, `hidden-character` | ours: such an ID does not exist, or belongs to somebody else |
///
/// [`Rule`]: crate::Rule
pub trait Validate: Sealed {
    /// Finds all violations, in the order of the fields in the document.
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

/// The violations of an update whose name is too long; `problem` is the conversion error.
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
    /// Creates an update without types; [`TypeTargets`](crate::TypeTargets) adds types with their targets.
    ///
    /// The length of the name is counted in Unicode scalar values, as in JSON Schema. How the vendor counts is not
    /// known.
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
    /// If the name is too long: that violation and all others of the three values. Otherwise the values are not
    /// validated here; call [`Validate::validate`].
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
