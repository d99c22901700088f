//! The trait [`Wildcard`] for lists in which `"*"` means every code.

use std::ops::Deref;

use super::Sealed;
use crate::generated::types::{SupportLanguages, SupportLocations};

/// The wildcard entry (vendor page).
pub(crate) const WILDCARD: &str = "*";

/// Builds and queries [`SupportLanguages`] and [`SupportLocations`], lists of codes in which `"*"` means every code
/// (vendor page).
///
/// The trait is sealed: only these two types implement it.
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
    /// The list `["*"]`, which means every code.
    #[must_use]
    fn all() -> Self {
        vec![WILDCARD.to_owned()].into()
    }

    /// The given codes, unchanged. This does not validate; [`Validate::validate`](crate::Validate::validate) does.
    #[must_use]
    fn only(codes: impl IntoIterator<Item: Into<String>>) -> Self {
        codes.into_iter().map(Into::into).collect::<Vec<String>>().into()
    }

    /// Whether this is the list `["*"]`.
    fn is_all(&self) -> bool {
        matches!(self.as_slice(), [only] if only == WILDCARD)
    }

    /// Whether the list contains exactly `code`, or the wildcard. It is not known whether the vendor's server treats a
    /// country as covering its states, so `US` does not cover `US-CA`.
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
    fn list_covers_exactly_its_codes() {
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
