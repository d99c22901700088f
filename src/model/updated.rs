//! Methods of the generated `UpdatedDestination`, the body of a successful response.

use super::id::DestinationId;
use crate::generated::types::UpdatedDestination;

impl UpdatedDestination {
    /// The ID of the updated destination, as the server wrote it.
    #[must_use]
    pub fn id(&self) -> &str {
        self.result.id.as_str()
    }

    /// Whether the response names exactly this destination.
    ///
    /// `false` means that the response names another destination: a proxy or cache may have mixed up two responses, or
    /// the server normalises IDs. An update was accepted; check the destination before you rely on it.
    ///
    /// ```
    /// use cinnox_destination::{DestinationId, UpdatedDestination};
    ///
    /// let updated: UpdatedDestination = serde_json::from_str(r#"{ "code": 200, "result": { "id": "dest-1" } }"#)?;
    /// let meant: DestinationId = "dest-1".parse()?;
    /// let other: DestinationId = "dest-2".parse()?;
    /// assert!(updated.is_for(&meant) && !updated.is_for(&other));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_for(&self, destination_id: &DestinationId) -> bool {
        self.result.id == *destination_id.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn updated(id: &str) -> UpdatedDestination {
        serde_json::from_value(serde_json::json!({ "result": { "id": id } })).unwrap()
    }

    #[test]
    fn is_for_compares_exactly() {
        let meant: DestinationId = "dest-1".parse().unwrap();
        assert!(updated("dest-1").is_for(&meant));
        for other in ["dest-2", "DEST-1", "dest-1 ", "dest"] {
            assert!(!updated(other).is_for(&meant), "{other}");
        }
    }

    #[test]
    fn id_is_not_normalised() {
        assert_eq!(updated(" 夜 ").id(), " 夜 ");
    }
}
