//! A document with one update, as the endpoint takes it.

use std::io::{self, Read};

use cinnox_destination::{DestinationUpdate, JsonError};

use super::{
    format::{encoding_hint, is_for_bulk},
    problems::{Place, Problem},
};

/// How long it may be, in bytes: far more than an update with tens of thousands of targets.
const MAX_DOCUMENT: u64 = 4 * 1024 * 1024;

/// Reads and checks it.
pub(crate) fn read(reader: impl Read) -> Result<DestinationUpdate, (Place, Vec<Problem>)> {
    let whole = |problem: String| (Place::Whole, vec![Problem::new("", problem)]);
    let json = read_bytes(reader).map_err(|error| whole(format!("cannot be read: {error}")))?;
    if let Some(hint) = encoding_hint(&json) {
        return Err(whole(hint.to_owned()));
    }
    if is_for_bulk(&json) {
        let hint = "is an update with its destination, as `bulk` takes it; write only the object in \"update\"";
        return Err(whole(hint.to_owned()));
    }
    DestinationUpdate::from_json(json).map_err(|error| {
        let problems = match error {
            JsonError::Invalid(violations) => violations.iter().map(|violation| Problem::of(violation, "")).collect(),
            other => vec![Problem::new("", other.to_string())],
        };
        (Place::Update, problems)
    })
}

fn read_bytes(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MAX_DOCUMENT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(io::Error::other(format!(
            "it is larger than {} MiB; an update must be smaller",
            MAX_DOCUMENT >> 20
        )));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(reader: impl Read) -> String {
        let (_, problems) = read(reader).unwrap_err();
        problems[0].to_string()
    }

    #[test]
    fn an_endless_document_is_refused() {
        assert_eq!(problem(io::repeat(b' ')), "cannot be read: it is larger than 4 MiB; an update must be smaller");
    }

    #[test]
    fn a_document_that_is_not_utf_8_is_said_to_be() {
        assert_eq!(problem(&b"\xff\xfe{\0}\0"[..]), "is UTF-16 or UTF-32; save it as UTF-8");
    }
}
