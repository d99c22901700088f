//! The document's schemas, as far as they say of which kind a value is.
//!
//! The keywords are `$ref`, `type`, `enum`, `items`, `properties`, `required` and `additionalProperties`, and `anyOf` if
//! it is a reference or null; whatever else a schema says is left to the generated type.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{
    Deserialize,
    de::{
        IntoDeserializer,
        value::{Error, StrDeserializer},
    },
};
use serde_json::Value;

use super::kind::Kind;
use crate::generated::document::SCHEMAS;

/// The key under which an editor finds the JSON Schema of a file; it is allowed beside the fields of an update.
pub(crate) const SCHEMA_KEY: &str = "$schema";

const UPDATE: &str = "DestinationUpdate";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    /// A name, or a list of a name and `null`.
    #[serde(rename = "type")]
    names: Value,
    any_of: Vec<Schema>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<Value>>,
    items: Option<Box<Schema>>,
    pub(crate) properties: BTreeMap<String, Schema>,
    pub(crate) required: Vec<String>,
    additional_properties: Rest,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Rest {
    Allowed(bool),
    Each(Box<Schema>),
}

impl Default for Rest {
    fn default() -> Self {
        Self::Allowed(true)
    }
}

static DOCUMENT: LazyLock<BTreeMap<String, Schema>> =
    LazyLock::new(|| serde_json::from_str(SCHEMAS).unwrap_or_default());

/// What the document does not mention may be anything.
static ANYTHING: LazyLock<Schema> = LazyLock::new(Schema::default);

/// The schema of an update. Beside what the document names it may have `$schema`.
pub(crate) static OF_UPDATE: LazyLock<Schema> = LazyLock::new(|| {
    let mut schemas: BTreeMap<String, Schema> = serde_json::from_str(SCHEMAS).unwrap_or_default();
    let mut update = schemas.remove(UPDATE).unwrap_or_default();
    let text = Schema { names: "string".into(), ..Schema::default() };
    update.properties.insert(SCHEMA_KEY.to_owned(), text);
    update
});

impl Schema {
    /// The kind of a value that is not null; `None` if every kind will do.
    pub(crate) fn kind(&self) -> Option<Kind> {
        let name: StrDeserializer<'_, Error> = self.type_name()?.into_deserializer();
        Kind::deserialize(name).ok()
    }

    pub(crate) fn is_integer(&self) -> bool {
        self.type_name() == Some("integer")
    }

    fn type_name(&self) -> Option<&str> {
        self.names.as_str().or_else(|| self.names[0].as_str())
    }

    /// Whether null may stand for a value. It says so itself, not the schema to which it refers.
    pub(crate) fn is_nullable(&self) -> bool {
        self.names.is_array() || self.reference_or_null().is_some()
    }

    fn reference_or_null(&self) -> Option<&Schema> {
        match self.any_of.as_slice() {
            [null, reference] if null.type_name() == Some("null") => Some(reference),
            _ => None,
        }
    }

    /// The schema to which this one refers, or itself.
    pub(crate) fn resolve(&self) -> &Schema {
        if let Some(reference) = self.reference_or_null() {
            return reference.resolve();
        }
        match self.reference.as_deref().and_then(|target| target.rsplit('/').next()) {
            Some(name) => DOCUMENT.get(name).unwrap_or(&ANYTHING).resolve(),
            None => self,
        }
    }

    /// The schema of the entries of a list.
    pub(crate) fn of_entries(&self) -> &Schema {
        self.items.as_deref().unwrap_or(&ANYTHING)
    }

    /// The schema of a field.
    pub(crate) fn of_field(&self, name: &str) -> &Schema {
        match (self.properties.get(name), &self.additional_properties) {
            (Some(property), _) => property,
            (None, Rest::Each(schema)) => schema,
            (None, Rest::Allowed(_)) => &ANYTHING,
        }
    }

    /// Whether an object has only the fields that are named.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.additional_properties, Rest::Allowed(false))
    }
}
