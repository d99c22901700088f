//! The document's schemas, as far as they say of which kind a value is.
//!
//! The keywords are `$ref`, `type`, `nullable`, `enum`, `items`, `properties`, `required` and
//! `additionalProperties: false`; whatever else a schema says is left to the generated type.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;
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
    #[serde(rename = "type")]
    pub(crate) kind: Option<Kind>,
    pub(crate) nullable: bool,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Vec<Value>>,
    items: Option<Box<Schema>>,
    pub(crate) properties: BTreeMap<String, Schema>,
    pub(crate) required: Vec<String>,
    additional_properties: Option<Value>,
}

static DOCUMENT: LazyLock<BTreeMap<String, Schema>> =
    LazyLock::new(|| serde_json::from_str(SCHEMAS).unwrap_or_default());

/// What the document does not mention may be anything.
static ANYTHING: LazyLock<Schema> = LazyLock::new(Schema::default);

/// The schema of an update. Beside what the document names it may have `$schema`, and nothing else.
pub(crate) static OF_UPDATE: LazyLock<Schema> = LazyLock::new(|| {
    let mut schemas: BTreeMap<String, Schema> = serde_json::from_str(SCHEMAS).unwrap_or_default();
    let mut update = schemas.remove(UPDATE).unwrap_or_default();
    update.additional_properties = Some(false.into());
    let text = Schema { kind: Some(Kind::Text), ..Schema::default() };
    update.properties.insert(SCHEMA_KEY.to_owned(), text);
    update
});

impl Schema {
    /// The schema to which this one refers, or itself.
    pub(crate) fn resolve(&self) -> &Schema {
        match self.reference.as_deref().and_then(|target| target.rsplit('/').next()) {
            Some(name) => DOCUMENT.get(name).unwrap_or(&ANYTHING),
            None => self,
        }
    }

    /// The schema of the entries of a list.
    pub(crate) fn of_entries(&self) -> &Schema {
        self.items.as_deref().unwrap_or(&ANYTHING).resolve()
    }

    /// Whether an object has only the fields that are named.
    pub(crate) fn is_closed(&self) -> bool {
        self.additional_properties == Some(Value::Bool(false))
    }
}
