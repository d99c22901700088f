//! `Display` for the name and the lists of an update.

use std::fmt;

use crate::generated::types::{SupportLanguages, SupportLocations};

/// The codes, separated by a comma and a space.
impl fmt::Display for SupportLanguages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.join(", "))
    }
}

/// The codes, separated by a comma and a space.
impl fmt::Display for SupportLocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_displayed_with_commas() {
        let locations = |codes: &[&str]| SupportLocations(codes.iter().copied().map(str::to_owned).collect());
        assert_eq!(locations(&["HK", "US-CA"]).to_string(), "HK, US-CA");
        assert_eq!(locations(&[]).to_string(), "");
        assert_eq!(SupportLanguages(vec!["*".to_owned()]).to_string(), "*");
    }
}
