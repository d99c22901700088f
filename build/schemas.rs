//! Which schemas requests and responses use, and what becomes of those of requests beside their types: the JSON Schemas,
//! and the limits that rules enforce.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{ENFORCED, Result, WRITTEN_BY_HAND, table::Found};

pub(crate) struct Schemas {
    all: Value,
    /// The names of the schemas of parameters, bodies, both of them, and responses.
    parameters: BTreeSet<String>,
    bodies: BTreeSet<String>,
    pub(crate) requests: BTreeSet<String>,
    responses: BTreeSet<String>,
}

impl Schemas {
    /// Takes a document that is not checked yet.
    pub(crate) fn read(document: &Value) -> Self {
        let all = document["components"]["schemas"].clone();
        let [mut parameters, mut bodies, mut responses] = [const { BTreeSet::new() }; 3];
        for (_, operation) in entries(&document["paths"]).flat_map(|(_, item)| entries(item)) {
            reach(&all, &operation["requestBody"], &mut bodies);
            reach(&all, &operation["parameters"], &mut parameters);
            reach(&all, &operation["responses"], &mut responses);
        }
        let requests = parameters.union(&bodies).cloned().collect();
        Self { all, parameters, bodies, requests, responses }
    }

    pub(crate) fn get(&self, name: &str) -> &Value {
        &self.all[name]
    }

    /// The names of requests whose types can be compared and hashed: none if there is a float.
    pub(crate) fn exact(&self) -> impl Iterator<Item = &String> {
        let has_float = self.json_schemas().to_string().contains(r#""type":"number""#);
        self.requests.iter().filter(move |_| !has_float)
    }

    /// The schema to which a reference leads.
    pub(crate) fn target(&self, reference: &Value) -> Option<&Value> {
        self.all.get(reference.as_str()?.strip_prefix(PREFIX)?)
    }

    /// Refuses schemas that are used where their types cannot be.
    pub(crate) fn check(&self) -> Result<()> {
        let is_written = |name: &&String| WRITTEN_BY_HAND.contains(&name.as_str());
        let is_several = |name: &&String| ["array", "object"].iter().any(|several| self.all[*name]["type"] == *several);
        for (name, problem) in [
            (self.requests.intersection(&self.responses).next(), "requests are strict, responses are not; write two"),
            (
                self.bodies.iter().find(is_written),
                "its hand-written type is for URLs, not for bodies; write another one",
            ),
            (self.parameters.iter().find(is_several), "a parameter has a single value; write another schema for it"),
        ] {
            if let Some(name) = name {
                return Err(format!("/components/schemas/{name}: is used in places that differ: {problem}").into());
            }
        }
        Ok(())
    }

    /// The limits of requests, each with its place.
    pub(crate) fn limits(found: Vec<Found>) -> Result<Vec<(String, Value)>> {
        let mut limits = Vec::new();
        for Found { at, value } in found {
            let place = at.replacen("/components/schemas/", "", 1).replace("/properties/", "/");
            if !ENFORCED.contains(&place.as_str()) {
                let advice = format!("add one in src/validation/ and list {place:?} in build.rs");
                return Err(format!("{at}: is a limit without a rule; {advice}").into());
            }
            limits.push((place, value));
        }
        match ENFORCED.iter().find(|listed| !limits.iter().any(|(place, _)| place == *listed)) {
            Some(place) => {
                let advice = "add it, or remove it there and its rule from src/validation/";
                Err(format!("/components/schemas: has no {place}, which build.rs lists; {advice}").into())
            }
            None => Ok(limits),
        }
    }

    /// The schemas of bodies as JSON Schema (draft 2020-12), with references to each other as `#/$defs/Name`.
    pub(crate) fn json_schemas(&self) -> Value {
        let definitions = self.bodies.iter().map(|name| (name.clone(), json_schema(&self.all[name])));
        definitions.collect::<Map<_, _>>().into()
    }
}

const PREFIX: &str = "#/components/schemas/";

pub(crate) fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    object.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// Adds the names of all schemas to which a part of the document leads.
fn reach(all: &Value, part: &Value, names: &mut BTreeSet<String>) {
    let name = part.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix(PREFIX));
    if let Some((name, schema)) = name.and_then(|name| Some((name, all.get(name)?)))
        && names.insert(name.to_owned())
    {
        reach(all, schema, names);
    }
    entries(part).for_each(|(_, part)| reach(all, part, names));
    part.as_array().into_iter().flatten().for_each(|part| reach(all, part, names));
}

fn json_schema(schema: &Value) -> Value {
    let mut converted = Map::new();
    for (key, value) in entries(schema).filter(|(key, _)| !key.starts_with("x-")) {
        let (key, value) = match key {
            "nullable" | "format" | "externalDocs" => continue,
            "$ref" => (key, value.as_str().unwrap_or_default().replace(PREFIX, "#/$defs/").into()),
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
