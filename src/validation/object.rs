//! Reads an update from a JSON object and leaves out `$schema`, which the generated type does not know.
//!
//! The generated type would read a list as well. A visitor that knows only objects does not, and hands the other fields
//! on as they come, so that errors keep their position.

use std::{fmt, mem};

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::generated::types::DestinationUpdate;

/// The key that tells editors where the JSON Schema of a file is; allowed in addition to the fields of an update.
pub(crate) const SCHEMA_KEY: &str = "$schema";

pub(crate) struct UpdateVisitor;

impl<'de> Visitor<'de> for UpdateVisitor {
    type Value = DestinationUpdate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<DestinationUpdate, A::Error> {
        DestinationUpdate::deserialize(MapAccessDeserializer::new(SentFields { fields, has_schema: false }))
    }
}

/// The fields of an object without `$schema`.
struct SentFields<A> {
    fields: A,
    has_schema: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for SentFields<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, mut seed: S) -> Result<Option<S::Value>, A::Error> {
        loop {
            seed = match self.fields.next_key_seed(KeySeed(seed))? {
                None => return Ok(None),
                Some(Key::Sent(field)) => return Ok(Some(field)),
                Some(Key::Schema(seed)) => seed,
            };
            self.fields.next_value::<String>()?;
            if mem::replace(&mut self.has_schema, true) {
                return Err(A::Error::duplicate_field(SCHEMA_KEY));
            }
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.fields.next_value_seed(seed)
    }
}

/// A key that was read, or `$schema` and the seed for the next key.
enum Key<F, S> {
    Sent(F),
    Schema(S),
}

struct KeySeed<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<S> {
    type Value = Key<S::Value, S>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for KeySeed<S> {
    type Value = Key<S::Value, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        if key == SCHEMA_KEY {
            return Ok(Key::Schema(self.0));
        }
        self.0.deserialize(key.into_deserializer()).map(Key::Sent)
    }
}
