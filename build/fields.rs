//! The allowed fields of OpenAPI 3.0.3 objects. Without this check a misspelt field would be silently ignored.

use serde_json::Value;

use super::{Result, pointer};

/// A predicate on a value, and its description for error messages.
pub(crate) type Form = (fn(&Value) -> bool, &'static str);

pub(crate) const TEXT: Form = (Value::is_string, "a string; put it in quotes");
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
/// `servers` here would be another base URL than the client's.
pub(crate) const PATH: &Fields = &[
    ("summary", TEXT),
    ("description", TEXT),
    ("get", OBJECT),
    ("put", OBJECT),
    ("post", OBJECT),
    ("delete", OBJECT),
    ("head", OBJECT),
    ("patch", OBJECT),
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
];
/// Only the serialization style that progenitor supports.
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
/// `encoding` does not apply to JSON.
pub(crate) const MEDIA_TYPE: &Fields = &[("schema", OBJECT), ("example", ANYTHING), ("examples", OBJECT)];

pub(crate) fn check(value: &Value, at: &str, fields: &Fields) -> Result<()> {
    let Some(entries) = value.as_object() else {
        return Err(format!("{at}: {value} must be an object").into());
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
