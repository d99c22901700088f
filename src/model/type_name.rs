//! How a type of target is read: from a JSON string that is one of the documented names.

use serde::Deserialize;

use crate::{generated::types::DestinationType, text::quoted};

/// Maximum number of characters of a name shown in a message.
const SHOWN_CHARS: usize = 48;

/// The name of a type, as read from JSON. serde alone would also read a unit variant from an object such as
/// `{"PHONE": null}`.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct TypeName(String);

impl TryFrom<TypeName> for DestinationType {
    type Error = String;

    fn try_from(TypeName(name): TypeName) -> Result<Self, String> {
        name.parse().map_err(|_| {
            let all: Vec<_> = Self::ALL.iter().map(ToString::to_string).collect();
            format!("{} is not a type; write one of {}", quoted(&name, SHOWN_CHARS), all.join(", "))
        })
    }
}
