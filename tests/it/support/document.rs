//! The OpenAPI document, so that tests do not repeat limits or names that may change in it.

use std::sync::LazyLock;

use yaml_serde::Value;

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| {
    let text = std::fs::read_to_string("openapi/destination.yaml").unwrap();
    let document: Value = yaml_serde::from_str(&text).unwrap();
    document["components"]["schemas"].clone()
});

/// The maximum length of a display name, in characters.
pub(crate) fn max_name_length() -> usize {
    usize::try_from(SCHEMAS["DestinationUpdate"]["properties"]["displayName"]["maxLength"].as_u64().unwrap()).unwrap()
}

/// The properties of an update in the order of the document.
pub(crate) fn fields() -> Vec<String> {
    let properties = SCHEMAS["DestinationUpdate"]["properties"].as_mapping().unwrap();
    properties.keys().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// The destination types in the order of the document.
pub(crate) fn types() -> Vec<String> {
    let values = SCHEMAS["DestinationType"]["enum"].as_sequence().unwrap();
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}
