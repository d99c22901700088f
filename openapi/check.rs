//! Reads the document, and finds in it what progenitor would answer with an assertion of its own, or not at all.

use std::fs;

use serde_json::Value;

use crate::{DOCUMENT, Result};

const JSON: &str = "application/json";

/// The document as plain data, in which every place has a JSON pointer, with references that lead somewhere.
pub(crate) fn read() -> Result<Value> {
    let bytes = fs::read(DOCUMENT)
        .map_err(|e| format!("cannot be read ({e}); the client is made from this file, put it back"))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        let column = good.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        format!("is not UTF-8 at line {line} column {column}; save it as UTF-8")
    })?;
    // JSON's own type would take the last of two equal keys.
    let data: serde_norway::Value =
        serde_norway::from_str(&text).map_err(|e| format!("is not valid YAML, correct this place: {e}"))?;
    let document =
        serde_json::to_value(&data).map_err(|e| format!("has a key that is not a string, put it in quotes: {e}"))?;
    match &document["openapi"] {
        Value::String(version) if version.starts_with("3.0.") => {}
        Value::Null => return Err("/openapi: is missing; an OpenAPI document begins with `openapi: 3.0.3`".into()),
        other => {
            let advice = "write the document as OpenAPI 3.0, with `openapi: 3.0.3`";
            return Err(format!("/openapi: {other} is not supported; {advice}").into());
        }
    }
    check_references(&document, &document, "")?;
    Ok(document)
}

fn check_references(document: &Value, value: &Value, at: &str) -> Result<()> {
    match &value["$ref"] {
        Value::Null => {}
        Value::String(target) if target.strip_prefix('#').is_some_and(|target| document.pointer(target).is_some()) => {
            if is_circular(document, value, 0) {
                return Err(format!("{at}/$ref: {target} leads back to itself; say what it is").into());
            }
        }
        Value::String(target) => {
            return Err(format!("{at}/$ref: {target} is not in this file; add it or correct the name").into());
        }
        other => return Err(format!("{at}/$ref: {other} is not a reference; write it as \"#/components/…\"").into()),
    }
    children(value).into_iter().try_for_each(|(key, child)| check_references(document, child, &format!("{at}/{key}")))
}

/// Whether a schema is made of itself; that one has properties of its own type is fine.
fn is_circular(document: &Value, schema: &Value, depth: usize) -> bool {
    const DEEPEST: usize = 32;
    let target = resolve(document, schema);
    let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema[word].as_array()).flatten();
    let next = parts.chain((!std::ptr::eq(target, schema)).then_some(target));
    depth > DEEPEST || next.into_iter().any(|part| is_circular(document, part, depth + 1))
}

/// What an operation of the document is called, where it is, and the name of the type of its body.
pub(crate) struct Operation<'a> {
    pub(crate) id: &'a str,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) body: Option<&'a str>,
}

/// All operations of the document, each in a form that progenitor can take.
pub(crate) fn operations(document: &Value) -> Result<Vec<Operation<'_>>> {
    const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        if !path.starts_with('/') {
            return Err(format!("/paths/{}: does not begin with a slash; add it", escape(path)).into());
        }
        for (method, value) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                operations.push(operation(document, path, method, value)?);
            }
        }
    }
    if operations.is_empty() {
        return Err("/paths: has no operation; the client is made of them".into());
    }
    Ok(operations)
}

fn operation<'a>(document: &'a Value, path: &'a str, method: &'a str, value: &'a Value) -> Result<Operation<'a>> {
    let at = format!("/paths/{}/{method}", escape(path));
    let id = value["operationId"].as_str().unwrap_or_default();
    let is_snake_case = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !is_snake_case || syn::parse_str::<syn::Ident>(id).is_err() {
        return Err(format!(
            "{at}/operationId: is missing, not in snake case or a word of Rust; it becomes the name of the method, write \
             one such as `update_destination`"
        )
        .into());
    }
    let body = schema_of(document, &value["requestBody"], &format!("{at}/requestBody"))?;
    let (mut success, mut error) = (None, None);
    for (status, response) in value["responses"].as_object().into_iter().flatten() {
        let at = format!("{at}/responses/{status}");
        if status != "default" && !matches!(status.as_bytes(), [b'1'..=b'5', b'0'..=b'9' | b'X', b'0'..=b'9' | b'X']) {
            return Err(format!("{at}: is not a status; write a number such as 200, or `default`").into());
        }
        let schema = schema_of(document, response, &at)?;
        let is_error = status.starts_with(['4', '5']);
        if (!is_error && *success.get_or_insert(schema) != schema)
            || ((is_error || status == "default") && *error.get_or_insert(schema) != schema)
        {
            return Err(format!(
                "{at}: the schema differs from that of another response; give all successful responses one schema and \
                 all errors one (`default` counts as both)"
            )
            .into());
        }
    }
    let body = body["$ref"].as_str().and_then(|target| target.rsplit('/').next());
    Ok(Operation { id, method, path, body })
}

/// The schema of a request body or a response, which may be JSON only.
fn schema_of<'a>(document: &'a Value, value: &'a Value, at: &str) -> Result<&'a Value> {
    let content = &resolve(document, value)["content"];
    match content.as_object().into_iter().flatten().find(|(media_type, _)| *media_type != JSON) {
        Some((other, _)) => {
            Err(format!("{at}/content/{}: only {JSON} can be used; remove this media type", escape(other)).into())
        }
        None => Ok(&content[JSON]["schema"]),
    }
}

pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// What is in an object or array, each with its part of a JSON pointer.
pub(crate) fn children(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(entries) => entries.iter().map(|(key, child)| (escape(key), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
