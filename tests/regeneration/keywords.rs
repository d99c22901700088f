//! Each keyword of a schema, at each place where a schema may be. What becomes of it is said three times, by the type, by
//! `from_json` and by the JSON Schema, and these three agree.

use std::fs;

use serde_json::{Value, json};

use crate::{
    copy::Copy,
    samples::{Sample, add_schemas, samples},
    script::{self, Outcome},
};

/// A place for a schema, and how it is put there.
struct Place {
    name: &'static str,
    put: fn(&mut Value, &Sample),
    /// Whether it takes a value with parts.
    takes_parts: bool,
}

const UPDATE: &str = "/components/schemas/DestinationUpdate/properties";
const ERROR: &str = "/components/schemas/ApiError/properties";

const PLACES: [Place; 13] = [
    Place {
        name: "a_property",
        put: |document, sample| add(document, UPDATE, sample.name, sample.schema.clone()),
        takes_parts: true,
    },
    Place {
        name: "a_required_property",
        put: |document, sample| {
            add(document, UPDATE, sample.name, sample.schema.clone());
            document["components"]["schemas"]["DestinationUpdate"]["required"]
                .as_array_mut()
                .unwrap()
                .push(sample.name.into());
        },
        takes_parts: true,
    },
    Place {
        name: "items",
        put: |document, sample| add(document, UPDATE, sample.name, json!({ "type": "array", "items": sample.schema })),
        takes_parts: true,
    },
    Place {
        name: "the_values_of_a_map",
        put: |document, sample| {
            add(document, UPDATE, sample.name, json!({ "type": "object", "additionalProperties": sample.schema }));
        },
        takes_parts: true,
    },
    Place {
        name: "a_property_of_an_inner_object",
        put: |document, sample| add(document, UPDATE, sample.name, json!({ "properties": { "inner": sample.schema } })),
        takes_parts: true,
    },
    Place {
        name: "all_of_one",
        put: |document, sample| add(document, UPDATE, sample.name, json!({ "allOf": [sample.schema] })),
        takes_parts: true,
    },
    Place {
        name: "a_property_of_one_of_all",
        put: |document, sample| {
            let other = json!({ "type": "object", "properties": { "other": { "type": "string" } } });
            add(
                document,
                UPDATE,
                sample.name,
                json!({ "allOf": [other, { "type": "object", "properties": { "inner": sample.schema } }] }),
            );
        },
        takes_parts: true,
    },
    Place {
        name: "a_named_schema",
        put: |document, sample| {
            add(document, "/components/schemas", &format!("Named-{}", sample.name), sample.schema.clone());
            add(
                document,
                UPDATE,
                sample.name,
                json!({ "$ref": format!("#/components/schemas/Named-{}", sample.name) }),
            );
        },
        takes_parts: true,
    },
    Place {
        name: "a_property_of_a_response",
        put: |document, sample| add(document, ERROR, sample.name, sample.schema.clone()),
        takes_parts: true,
    },
    Place {
        name: "a_query_parameter",
        put: |document, sample| add_parameter(document, "query", sample),
        takes_parts: false,
    },
    Place {
        name: "a_header_parameter",
        put: |document, sample| add_parameter(document, "header", sample),
        takes_parts: false,
    },
    Place {
        name: "a_body",
        put: |document, sample| add_operation(document, sample, &["requestBody"]),
        takes_parts: true,
    },
    Place {
        name: "a_response",
        put: |document, sample| add_operation(document, sample, &["responses", "200"]),
        takes_parts: true,
    },
];

fn add(document: &mut Value, place: &str, name: &str, schema: Value) {
    document.pointer_mut(place).unwrap()[name] = schema;
}

fn add_parameter(document: &mut Value, location: &str, sample: &Sample) {
    let parameters = &mut document["paths"]["/v1/api/apps/{appID}/destination/{destinationID}"]["patch"]["parameters"];
    let is_required = sample.name.len().is_multiple_of(2);
    let parameter = json!({ "name": sample.name, "in": location, "required": is_required, "schema": sample.schema });
    parameters.as_array_mut().unwrap().push(parameter);
}

/// A further operation, with the schema of its body or response in place of that of the first one.
fn add_operation(document: &mut Value, sample: &Sample, place: &[&str]) {
    let mut operation = document["paths"]["/v1/api/apps/{appID}/destination/{destinationID}"]["patch"].clone();
    operation["operationId"] = sample.name.into();
    let inner = place.iter().fold(&mut operation, |value, part| &mut value[*part]);
    inner["content"]["application/json"] = json!({ "schema": sample.schema });
    document["paths"][format!("/v1/{}/{{appID}}/{{destinationID}}", sample.name)] = json!({ "patch": operation });
}

/// Whether a parameter can have this schema.
fn is_single_value(schema: &Value) -> bool {
    let is_scalar = ["string", "integer", "number", "boolean"].iter().any(|name| schema["type"] == *name);
    schema["nullable"] != true && (is_scalar || schema["$ref"] == "#/components/schemas/DisplayName")
}

#[test]
fn each_keyword_at_each_place_ends_in_code_or_one_sentence() {
    let mut wrong = Vec::new();
    let manifest = script::with_regress(&fs::read_to_string("Cargo.toml").unwrap());
    for Place { name: place, put, takes_parts } in &PLACES {
        for sample in samples() {
            let mut document = script::data();
            add_schemas(&mut document);
            put(&mut document, &sample);
            let outcome = script::run_with(Some(document.to_string().as_bytes()), &manifest);
            let is_made = matches!(outcome, Outcome::Made(_));
            if is_made != (*takes_parts || is_single_value(&sample.schema)) {
                wrong.push(format!("{} as {place}: {outcome:.200?}", sample.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_code_of_each_keyword_at_each_place_compiles() {
    let documents = PLACES.iter().map(|Place { name, put, takes_parts }| {
        let mut document = script::data();
        add_schemas(&mut document);
        let fits = |sample: &Sample| *takes_parts || is_single_value(&sample.schema);
        samples().iter().filter(|sample| fits(sample)).for_each(|sample| put(&mut document, sample));
        (*name, document.to_string())
    });
    let output = Copy::new().check_made(documents);
    assert!(output.success, "{}", output.stderr);
}

/// In the crate itself: the reader and the schema that it exports.
#[test]
fn reader_and_schema_agree_on_each_keyword() {
    let copy = Copy::new();
    let mut document = script::present();
    add_schemas(&mut document);
    document["components"]["schemas"]["DisplayName"]["pattern"] = "^[^<>]*$".into();
    let mut rows = vec![json!({ "name": "displayName", "value": "a<b", "right": false })];
    for sample in samples() {
        for Place { name: place, put, .. } in &PLACES[..8] {
            let wrap: fn(&Value) -> Value = match *place {
                "a_property" | "all_of_one" | "a_named_schema" => Value::clone,
                "items" => |value| json!([value]),
                "the_values_of_a_map" => |value| json!({ "key": value }),
                "a_property_of_an_inner_object" | "a_property_of_one_of_all" => |value| json!({ "inner": value }),
                // `DestinationUpdate::new` would have to take it.
                _ => continue,
            };
            // A property of its own for each place.
            let name: &'static str = format!("{}-at-{place}", sample.name).leak();
            put(&mut document, &Sample { name, schema: sample.schema.clone(), right: Vec::new(), wrong: Vec::new() });
            // An optional list that is empty is not sent, so that no lower limit holds for it. Another one is, and one
            // that has a type of its own.
            let is_required = ["items", "the_values_of_a_map", "a_named_schema"].contains(place);
            let is_empty = |value: &Value| value == &json!([]) || value == &json!({});
            let has_lower_limit = ["minItems", "minProperties"].iter().any(|word| sample.schema.get(word).is_some());
            for (values, is_right) in [(&sample.right, true), (&sample.wrong, false)] {
                for value in values.iter().filter(|value| !(is_required && has_lower_limit && is_empty(value))) {
                    rows.push(json!({ "name": name, "value": wrap(value), "right": is_right }));
                }
            }
        }
    }
    copy.edit_file("Cargo.toml", "\n[dependencies]\n", "\n[dependencies]\nregress = \"0.12\"\n");
    copy.write(script::DOCUMENT, &document.to_string());
    copy.write("dependant/tests/rows.json", &Value::from(rows).to_string());
    copy.passes(&["old", "new"], "keywords.rs");
}
