//! Which schemas requests and responses use, and of those of requests the JSON Schemas and limits.

use std::collections::BTreeSet;

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use serde_json::{Map, Value, json};

use super::{ENFORCED, Limit, Result, WRITTEN_BY_HAND};

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

    /// The code of a constant for each limit that a rule enforces. Any other limit, and a missing one, is an error.
    pub(crate) fn limits(limits: &[Limit]) -> Result<TokenStream> {
        let (mut code, mut missing) = (Vec::new(), ENFORCED.iter().copied().collect::<BTreeSet<_>>());
        for (at, value) in limits {
            let place = at.replacen("/components/schemas/", "", 1).replace("/properties/", "/");
            if !missing.remove(place.as_str()) {
                let advice = format!("add one in src/validation/ and list {place:?} in build.rs");
                return Err(format!("{at}: is a limit without a rule; {advice}").into());
            }
            let type_name = match value {
                Value::String(_) => "&str",
                Value::Bool(_) => "bool",
                _ if value.is_u64() => "usize",
                _ => "i64",
            };
            code.push(format!("pub(crate) const {}: {type_name} = {value};", place.to_shouty_snake_case()));
        }
        if let Some(place) = missing.first() {
            let advice = "add it, or remove it there and its rule from src/validation/";
            return Err(format!("/components/schemas: has no {place}, which build.rs lists; {advice}").into());
        }
        // Without an `allow`: the compiler warns of a limit that no rule uses.
        Ok(format!("pub(crate) mod limits {{ {} }}", code.concat()).parse()?)
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
            "example" => ("examples", json!([value])),
            "properties" => {
                (key, entries(value).map(|(name, schema)| (name.to_owned(), json_schema(schema))).collect())
            }
            "items" | "additionalProperties" if value.is_object() => (key, json_schema(value)),
            _ => (key, value.clone()),
        };
        converted.insert(key.to_owned(), value);
    }
    if converted.contains_key("properties") {
        converted.insert("additionalProperties".to_owned(), false.into());
    }
    if schema["nullable"] == true { json!({ "anyOf": [converted, { "type": "null" }] }) } else { converted.into() }
}
