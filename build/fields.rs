//! What may be in the objects of OpenAPI 3.0.3 that describe operations. A misspelt field would be lost without a word.

use serde_json::Value;

use super::{Result, pointer};

/// What a value has to be, and the words for it.
pub(crate) type Form = (fn(&Value) -> bool, &'static str);

pub(crate) const TEXT: Form = (Value::is_string, "a text; put it in quotes");
pub(crate) const YES_OR_NO: Form = (Value::is_boolean, "`true` or `false`, as OpenAPI 3.0 has it");
pub(crate) const OBJECT: Form = (Value::is_object, "an object");
const LIST: Form = (Value::is_array, "a list");
const NOT: Form = (|value| value == false, "`false`, or remove it");
const STYLE: Form = (|value| value == "simple" || value == "form", "`simple` or `form`, or remove it");
const ANYTHING: Form = (|_| true, "");

type Fields = [(&'static str, Form)];

pub(crate) const DOCUMENT: &Fields = &[
    ("openapi", ANYTHING),
    ("info", OBJECT),
    ("servers", LIST),
    ("paths", OBJECT),
    ("components", OBJECT),
    ("security", LIST),
    ("tags", LIST),
    ("externalDocs", OBJECT),
];
pub(crate) const INFO: &Fields = &[
    ("title", TEXT),
    ("description", TEXT),
    ("termsOfService", TEXT),
    ("contact", OBJECT),
    ("license", OBJECT),
    ("version", TEXT),
];
pub(crate) const COMPONENTS: &Fields = &[
    ("schemas", OBJECT),
    ("responses", OBJECT),
    ("parameters", OBJECT),
    ("examples", OBJECT),
    ("requestBodies", OBJECT),
    ("headers", OBJECT),
    ("securitySchemes", OBJECT),
    ("links", OBJECT),
    ("callbacks", OBJECT),
];
pub(crate) const PATH: &Fields = &[
    ("summary", TEXT),
    ("description", TEXT),
    ("get", OBJECT),
    ("put", OBJECT),
    ("post", OBJECT),
    ("delete", OBJECT),
    ("head", OBJECT),
    ("patch", OBJECT),
    ("servers", LIST),
    ("parameters", LIST),
];
pub(crate) const OPERATION: &Fields = &[
    ("tags", LIST),
    ("summary", TEXT),
    ("description", TEXT),
    ("externalDocs", OBJECT),
    ("operationId", TEXT),
    ("parameters", LIST),
    ("requestBody", OBJECT),
    ("responses", OBJECT),
    ("callbacks", OBJECT),
    ("deprecated", YES_OR_NO),
    ("security", LIST),
    ("servers", LIST),
];
/// With the one way to write a single value that progenitor knows.
pub(crate) const PARAMETER: &Fields = &[
    ("name", TEXT),
    ("in", TEXT),
    ("description", TEXT),
    ("required", YES_OR_NO),
    ("deprecated", YES_OR_NO),
    ("style", STYLE),
    ("explode", YES_OR_NO),
    ("allowReserved", NOT),
    ("allowEmptyValue", YES_OR_NO),
    ("schema", OBJECT),
    ("example", ANYTHING),
    ("examples", OBJECT),
];
pub(crate) const REQUEST_BODY: &Fields = &[("description", TEXT), ("content", OBJECT), ("required", YES_OR_NO)];
pub(crate) const RESPONSE: &Fields =
    &[("description", TEXT), ("headers", OBJECT), ("content", OBJECT), ("links", OBJECT)];
/// Without `encoding`, which is not for JSON.
pub(crate) const MEDIA_TYPE: &Fields = &[("schema", OBJECT), ("example", ANYTHING), ("examples", OBJECT)];

pub(crate) fn check(value: &Value, at: &str, fields: &Fields) -> Result<()> {
    let Some(entries) = value.as_object() else {
        return Err(format!("{at}: {value} is not an object; write one").into());
    };
    for (key, value) in entries.iter().filter(|(key, _)| !key.starts_with("x-")) {
        let at = format!("{at}/{}", pointer::escape(key));
        let Some((_, form)) = fields.iter().find(|(name, _)| name == key) else {
            return Err(format!("{at}: is not supported here; correct or remove it").into());
        };
        check_form(value, &at, form)?;
    }
    Ok(())
}

pub(crate) fn check_form(value: &Value, at: &str, (is_right, right): &Form) -> Result<()> {
    if is_right(value) {
        return Ok(());
    }
    let shown = match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        _ => value.to_string(),
    };
    Err(format!("{at}: is {shown}; write {right}").into())
}
