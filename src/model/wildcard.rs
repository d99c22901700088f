//! Lists in which `"*"` stands for everything: the trait [`Wildcard`].

use std::ops::Deref;

use super::sealed::Sealed;
use crate::generated::types::{SupportLanguages, SupportLocations};

/// What stands for everything (vendor page).
pub(crate) const WILDCARD: &str = "*";

/// The way in to [`SupportLanguages`] and [`SupportLocations`]: lists of codes in which `"*"` stands for every code
/// (vendor page).
///
/// The trait is sealed: only these two types have it.
///
/// ```
/// use cinnox_destination::{SupportLanguages, SupportLocations, Wildcard};
///
/// assert!(SupportLanguages::all().covers("en"));
///
/// let places = SupportLocations::only(["HK", "US-CA"]);
/// assert!(places.covers("HK"));
/// assert!(!places.covers("FR"));
/// ```
pub trait Wildcard: Sealed + From<Vec<String>> + Deref<Target = Vec<String>> {
    /// Everything: the list `["*"]`.
    #[must_use]
    fn all() -> Self {
        vec![WILDCARD.to_owned()].into()
    }

    /// The given codes, unchanged. Nothing is checked here;
    /// [`Validate::validate`](crate::Validate::validate) does that.
    #[must_use]
    fn only(codes: impl IntoIterator<Item: Into<String>>) -> Self {
        codes.into_iter().map(Into::into).collect::<Vec<String>>().into()
    }

    /// Whether this is everything: the list `["*"]`.
    #[must_use]
    fn is_all(&self) -> bool {
        matches!(self.as_slice(), [only] if only == WILDCARD)
    }

    /// Whether the list names `code`, letter for letter, or has the wildcard. How the vendor relates a country to its
    /// states is not known, so `US` does not cover `US-CA`.
    #[must_use]
    fn covers(&self, code: &str) -> bool {
        self.iter().any(|entry| entry == code || entry == WILDCARD)
    }
}

impl Wildcard for SupportLanguages {}
impl Wildcard for SupportLocations {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_covers_every_code() {
        let all = SupportLanguages::all();
        assert_eq!(*all, ["*"]);
        assert!(all.is_all() && all.covers("en") && all.covers("*"));
    }

    #[test]
    fn list_covers_its_codes_letter_for_letter() {
        let places = SupportLocations::only(["HK", "US-CA"]);
        assert!(!places.is_all());
        assert!(places.covers("US-CA") && places.covers("HK"));
        assert!(!places.covers("US") && !places.covers("hk") && !places.covers("*"));
        assert!(!SupportLocations::only([""; 0]).covers("HK"));
    }

    #[test]
    fn wildcard_beside_codes_is_not_all() {
        let both = SupportLanguages::only(["en", "*"]);
        assert!(!both.is_all());
        assert!(both.covers("fr"));
    }
}
