//! Which schemas requests and responses use, and the JSON Schemas of those of requests.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::WRITTEN_BY_HAND;

pub(crate) struct Schemas {
    pub(crate) all: Value,
    /// The names of the schemas that requests use, and that responses use.
    pub(crate) requests: BTreeSet<String>,
    pub(crate) responses: BTreeSet<String>,
}

impl Schemas {
    /// Takes a document that is not checked yet.
    pub(crate) fn read(document: &Value) -> Self {
        let all = document["components"]["schemas"].clone();
        let [mut requests, mut responses] = [const { BTreeSet::new() }; 2];
        for (_, operation) in entries(&document["paths"]).flat_map(|(_, item)| entries(item)) {
            reach(&all, &operation["parameters"], &mut requests);
            reach(&all, &operation["requestBody"], &mut requests);
            reach(&all, &operation["responses"], &mut responses);
        }
        Self { all, requests, responses }
    }

    /// Whether the type of the schema to which a reference leads is written by hand.
    pub(crate) fn target(&self, reference: &Value) -> Option<bool> {
        let name = reference.as_str()?.strip_prefix(PREFIX)?;
        self.all.get(name).map(|_| WRITTEN_BY_HAND.contains(&name))
    }

    /// The schemas of requests as JSON Schema (draft 2020-12), with references to each other as `#/$defs/Name`.
    pub(crate) fn json_schemas(&self) -> String {
        let definitions = self.requests.iter().map(|name| (name.clone(), json_schema(&self.all[name])));
        Value::from(definitions.collect::<Map<_, _>>()).to_string().replace(PREFIX, "#/$defs/")
    }
}

const PREFIX: &str = "#/components/schemas/";

pub(crate) fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// Adds the names of all schemas to which a part of the document leads.
fn reach(all: &Value, part: &Value, names: &mut BTreeSet<String>) {
    let name = part.get("$ref").and_then(|target| target.as_str()?.strip_prefix(PREFIX));
    if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
        reach(all, &all[name], names);
    }
    entries(part).for_each(|(_, part)| reach(all, part, names));
    part.as_array().into_iter().flatten().for_each(|part| reach(all, part, names));
}

fn json_schema(schema: &Value) -> Value {
    let mut converted = Map::new();
    for (key, value) in entries(schema) {
        let (key, value) = match key {
            "nullable" => continue,
            "example" => ("examples", json!([value])),
            "properties" => {
                (key, entries(value).map(|(name, schema)| (name.to_owned(), json_schema(schema))).collect())
            }
            "items" | "additionalProperties" if value.is_object() => (key, json_schema(value)),
            "allOf" => (key, json!([json_schema(&value[0])])),
            _ => (key, value.clone()),
        };
        converted.insert(key.to_owned(), value);
    }
    if converted.contains_key("properties") {
        converted.insert("additionalProperties".to_owned(), false.into());
    }
    if schema["nullable"] == true { json!({ "anyOf": [converted, { "type": "null" }] }) } else { converted.into() }
}
