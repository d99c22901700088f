//! The observable result of a call in one line, such as `updated` or `api 6451000, rejected, 400`.

use cinnox_destination::{Error, ErrorKind, Response, UpdatedDestination};

pub(crate) fn observed(result: &Result<Response<UpdatedDestination>, Error>) -> String {
    result.as_ref().map_or_else(observed_error, |_| "updated".to_owned())
}

/// The kind, the outcome and the status, if there is one.
pub(crate) fn observed_error(error: &Error) -> String {
    let status = error.status().map(|status| format!(", {}", status.as_str())).unwrap_or_default();
    format!("{}, {}{status}", kind_of(error), error.outcome())
}

/// The kind of an error, with the code or the timeout.
pub(crate) fn kind_of(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Api { code, .. } => format!("api {}", code.number()),
        ErrorKind::Timeout { timeout, .. } => timeout.to_string(),
        other => other.as_str().to_owned(),
    }
}
