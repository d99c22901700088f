//! What the formats are read into.

use cinnox_destination::{DestinationId, DestinationUpdate};

/// A valid update with its destination.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Counted from 1, as editors do.
    pub(crate) line: u32,
    pub(crate) destination: DestinationId,
    pub(crate) update: DestinationUpdate,
}
