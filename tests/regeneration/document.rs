//! The document of the crate as data, and edits of it.

use std::fs;

use serde_json::Value;

pub(crate) const DOCUMENT: &str = "openapi/destination.yaml";

pub(crate) fn text() -> String {
    fs::read_to_string(DOCUMENT).unwrap().replace("\r\n", "\n")
}

pub(crate) fn data() -> Value {
    yaml_serde::from_str(&text()).unwrap()
}

/// The pointer of the operation `update_destination`.
pub(crate) fn operation(document: &Value) -> String {
    let mut operations = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, operation)| (path, method, operation))
    });
    let (path, method, _) =
        operations.find(|(.., operation)| operation["operationId"] == "update_destination").unwrap();
    format!("/paths/{}/{method}", path.replace('/', "~1"))
}

/// Writes `OPERATION` and `UPDATE` out, the pointers of the operation and the schema of its body.
pub(crate) fn written_out(text: &str) -> String {
    text.replace("OPERATION", &operation(&data())).replace("UPDATE", "/components/schemas/DestinationUpdate")
}

/// Sets what is at a pointer to a value in YAML; an empty one removes it, and `/-` at the end of the pointer adds it to a
/// list.
#[track_caller]
pub(crate) fn edit(document: &mut Value, at: &str, value: &str) {
    let at = written_out(at);
    let (parent, key) = at.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    let value = (!value.is_empty()).then(|| yaml_serde::from_str::<Value>(&written_out(value)).unwrap());
    match (document.pointer_mut(parent), value) {
        (Some(Value::Object(object)), Some(value)) => drop(object.insert(key, value)),
        (Some(Value::Object(object)), None) => assert!(object.remove(&key).is_some(), "{at} is not there"),
        (Some(Value::Array(list)), Some(value)) => list.push(value),
        _ => panic!("{parent} is not there"),
    }
}
