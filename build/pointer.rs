//! JSON pointers (RFC 6901), by which an error names its place.

use serde_json::Value;

/// What is in an object or array, each with its part of a pointer.
pub(crate) fn children(value: &Value) -> impl Iterator<Item = (String, &Value)> {
    let entries = value.as_object().into_iter().flatten().map(|(key, child)| (escape(key), child));
    let items = value.as_array().into_iter().flatten().enumerate().map(|(index, child)| (index.to_string(), child));
    entries.chain(items)
}

pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The value to which a `$ref` leads, followed to its end, and its pointer.
pub(crate) fn follow<'a>(document: &'a Value, value: &'a Value, at: &str) -> super::Result<(&'a Value, String)> {
    let (mut value, mut at) = (value, at.to_owned());
    let mut seen = Vec::new();
    while let Some(reference) = value.get("$ref") {
        let Some(target) = reference.as_str() else {
            return Err(format!("{at}/$ref: {reference} is not a reference; write it as \"#/components/…\"").into());
        };
        let found = target.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        let Some(found) = found else {
            return Err(format!("{at}/$ref: {target} is not in this file; add it or correct the name").into());
        };
        if seen.contains(&target) {
            return Err(format!("{at}/$ref: {target} leads back to itself; say what it is").into());
        }
        seen.push(target);
        (value, at) = (found, target[1..].to_owned());
    }
    Ok((value, at))
}
