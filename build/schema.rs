//! The schemas of the document, as far as they are supported.

use serde_json::{Map, Value};

/// A schema. `limits` holds the keywords that constrain the value, `notes` the annotations.
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) at: String,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    pub(crate) limits: Map<String, Value>,
    pub(crate) notes: Map<String, Value>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Any,
    /// The name of a schema in `components`.
    Reference(String),
    String,
    Integer,
    Number,
    Boolean,
    Array(Box<Schema>),
    Object(Vec<Property>, Rest),
}

#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// `additionalProperties`.
#[derive(Clone, Debug)]
pub(crate) enum Rest {
    Unspecified,
    Anything,
    Nothing,
    Each(Box<Schema>),
}
