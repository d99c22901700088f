//! The parts of the document's schemas that determine the JSON type of a value.
//!
//! These are the keywords `$ref`, `type`, `enum`, `items`, `properties`, `required` and `additionalProperties`, and
//! `anyOf` of a reference and null. The generated type checks everything else.

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

/// The key that tells editors where the JSON Schema of a file is; allowed in addition to the fields of an update.
pub(crate) const SCHEMA_KEY: &str = "$schema";

const UPDATE: &str = "DestinationUpdate";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Schema {
    #[serde(rename = "$ref")]
    reference: Option<String>,
    /// A type name, or a list of a type name and `null`.
    #[serde(rename = "type")]
    type_names: Value,
    any_of: Vec<Schema>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<Value>>,
    items: Option<Box<Schema>>,
    pub(crate) properties: BTreeMap<String, Schema>,
    pub(crate) required: Vec<String>,
    additional_properties: AdditionalProperties,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AdditionalProperties {
    Allowed(bool),
    Each(Box<Schema>),
}

impl Default for AdditionalProperties {
    fn default() -> Self {
        Self::Allowed(true)
    }
}

static DOCUMENT: LazyLock<BTreeMap<String, Schema>> =
    LazyLock::new(|| serde_json::from_str(SCHEMAS).unwrap_or_default());

/// The schema that accepts any value.
static ANYTHING: LazyLock<Schema> = LazyLock::new(Schema::default);

/// The schema of an update, plus `$schema`.
pub(crate) static OF_UPDATE: LazyLock<Schema> = LazyLock::new(|| {
    let mut schemas: BTreeMap<String, Schema> = serde_json::from_str(SCHEMAS).unwrap_or_default();
    let mut update = schemas.remove(UPDATE).unwrap_or_default();
    let string = Schema { type_names: "string".into(), ..Schema::default() };
    update.properties.insert(SCHEMA_KEY.to_owned(), string);
    update
});

impl Schema {
    /// The expected type of a non-null value; `None` if any type is allowed.
    pub(crate) fn kind(&self) -> Option<Kind> {
        let name: StrDeserializer<'_, Error> = self.type_name()?.into_deserializer();
        Kind::deserialize(name).ok()
    }

    pub(crate) fn is_integer(&self) -> bool {
        self.type_name() == Some("integer")
    }

    fn type_name(&self) -> Option<&str> {
        self.type_names.as_str().or_else(|| self.type_names[0].as_str())
    }

    /// Whether null is allowed. This is stated in the schema itself, not in the one it references.
    pub(crate) fn is_nullable(&self) -> bool {
        self.type_names.is_array() || self.reference_or_null().is_some()
    }

    fn reference_or_null(&self) -> Option<&Schema> {
        match self.any_of.as_slice() {
            [null, reference] if null.type_name() == Some("null") => Some(reference),
            _ => None,
        }
    }

    /// The schema that this one references, or itself.
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
            (None, AdditionalProperties::Each(schema)) => schema,
            (None, AdditionalProperties::Allowed(_)) => &ANYTHING,
        }
    }

    /// Whether unknown fields are rejected.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.additional_properties, AdditionalProperties::Allowed(false))
    }
}
