//! The questions that the tool asks of the library's answers.

use cinnox_destination::{ClientBuilder, DestinationId, Error, ErrorKind, UpdatedDestination};

/// Whether the vendor's server has answered, and not somebody on the way to it.
pub(crate) fn is_from_api(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Api { .. })
}

pub(crate) fn is_for(updated: &UpdatedDestination, destination: &DestinationId) -> bool {
    updated.id() == destination.as_str()
}

/// Whether the answer asks for fewer requests.
pub(crate) fn is_throttled(error: &Error) -> bool {
    error.is_retryable() && error.outcome() == cinnox_destination::Outcome::Rejected
}

/// The tool counts by itself how much is in vain.
pub(crate) fn without_retry_budget(builder: ClientBuilder) -> ClientBuilder {
    builder
}
