//! Each keyword of a schema, at each place where a schema may be. What becomes of it is said three times, by the type, by
//! `from_json` and by the JSON Schema, and these three agree.

use serde_json::{Value, json};

use crate::{
    copy::Copy,
    script::{self, Outcome},
};

/// A schema, with values that it takes and values that it does not.
struct Sample {
    name: &'static str,
    schema: Value,
    right: Vec<Value>,
    wrong: Vec<Value>,
}

fn sample(name: &'static str, schema: Value, right: Value, wrong: Value) -> Sample {
    let list = |values: Value| values.as_array().unwrap().clone();
    Sample { name, schema, right: list(right), wrong: list(wrong) }
}

fn samples() -> Vec<Sample> {
    let ab = json!({ "a": "x" });
    let inner =
        json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "maxLength": 2 } } });
    let with = |word: &str, value: Value| {
        let mut schema = inner.clone();
        schema[word] = value;
        schema
    };
    let update = json!({
        "displayName": "x", "supportLanguages": ["*"], "supportLocations": ["*"], "types": ["STAFF"], "staffTargets": ["s"],
    });
    vec![
        sample("any", json!({}), json!([1, "x", [null], { "a": 1 }, null]), json!([])),
        sample("string", json!({ "type": "string" }), json!(["", "x"]), json!([1, true, null, [], {}])),
        sample("minLength", json!({ "type": "string", "minLength": 2 }), json!(["夜夜"]), json!(["", "夜"])),
        sample("maxLength", json!({ "type": "string", "maxLength": 2 }), json!(["", "夜夜"]), json!(["abc"])),
        sample(
            "enum",
            json!({ "type": "string", "enum": ["A", "b-c", ""] }),
            json!(["A", "b-c", ""]),
            json!(["a", null, 1]),
        ),
        sample(
            "nullEnum",
            json!({ "type": "string", "nullable": true, "enum": ["A", null] }),
            json!(["A", null]),
            json!(["null"]),
        ),
        sample(
            "nullableEnum",
            json!({ "type": "string", "nullable": true, "enum": ["A"] }),
            json!(["A", null]),
            json!(["B"]),
        ),
        sample("uuid", json!({ "type": "string", "format": "uuid" }), json!(["no uuid"]), json!([1])),
        sample("dateTime", json!({ "type": "string", "format": "date-time" }), json!(["no date"]), json!([1])),
        sample("nullable", json!({ "type": "string", "nullable": true }), json!(["x", null]), json!([1])),
        sample(
            "integer",
            json!({ "type": "integer" }),
            json!([0, -1, i64::MAX, i64::MIN]),
            json!([0.5, "1", null, u64::MAX]),
        ),
        sample(
            "int32",
            json!({ "type": "integer", "format": "int32" }),
            json!([i32::MAX, i32::MIN]),
            json!([2_147_483_648_i64]),
        ),
        sample("int64", json!({ "type": "integer", "format": "int64" }), json!([i64::MAX]), json!([u64::MAX])),
        sample("minimum", json!({ "type": "integer", "minimum": 1 }), json!([1]), json!([0, -5])),
        sample("maximum", json!({ "type": "integer", "maximum": 1 }), json!([1, -5]), json!([2])),
        sample(
            "exclusive",
            json!({ "type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": true }),
            json!([1, 8]),
            json!([0, 9]),
        ),
        sample(
            "notExclusive",
            json!({ "type": "number", "minimum": 0, "exclusiveMinimum": false }),
            json!([0]),
            json!([-0.5]),
        ),
        sample("multipleOf", json!({ "type": "integer", "multipleOf": 5 }), json!([-5, 0, 10]), json!([12])),
        sample("enumOfIntegers", json!({ "type": "integer", "enum": [1, 2] }), json!([1, 2]), json!([3])),
        sample("number", json!({ "type": "number" }), json!([0.5, 1, -1e300]), json!(["1", null])),
        sample("float", json!({ "type": "number", "format": "float" }), json!([1e300]), json!(["1"])),
        sample(
            "numberLimits",
            json!({ "type": "number", "minimum": 0.5, "exclusiveMinimum": true, "maximum": 1.5 }),
            json!([0.6, 1.5]),
            json!([0.5, 1.6]),
        ),
        sample("multipleOfTenths", json!({ "type": "number", "multipleOf": 0.1 }), json!([0.3, 2]), json!([0.35])),
        sample("enumOfNumbers", json!({ "type": "number", "enum": [0.5, 2] }), json!([0.5, 2]), json!([1])),
        sample("boolean", json!({ "type": "boolean" }), json!([true, false]), json!(["true", 0, null])),
        sample("nullableBoolean", json!({ "type": "boolean", "nullable": true }), json!([true, null]), json!([0])),
        sample(
            "array",
            json!({ "type": "array", "items": { "type": "string" } }),
            json!([[], ["a", "a"]]),
            json!([["a", 1], [null], "a", null]),
        ),
        sample(
            "nullableArray",
            json!({ "type": "array", "nullable": true, "items": { "type": "string" } }),
            json!([[], null]),
            json!(["a"]),
        ),
        sample(
            "minItems",
            json!({ "type": "array", "minItems": 2, "items": { "type": "string" } }),
            json!([[], ["a", "b"]]),
            json!([["a"]]),
        ),
        sample(
            "maxItems",
            json!({ "type": "array", "maxItems": 1, "items": { "type": "string" } }),
            json!([[], ["a"]]),
            json!([["a", "b"]]),
        ),
        sample(
            "uniqueItems",
            json!({ "type": "array", "uniqueItems": true, "items": { "type": "string" } }),
            json!([[], ["a", "b"]]),
            json!([["a", "b", "a"]]),
        ),
        sample(
            "notUniqueItems",
            json!({ "type": "array", "uniqueItems": false, "items": { "type": "string" } }),
            json!([["a", "a"]]),
            json!([]),
        ),
        sample(
            "fixedLength",
            json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": { "type": "integer" } }),
            json!([[1, 2]]),
            json!([[1], [1, 2, 3]]),
        ),
        sample(
            "nullableItems",
            json!({ "type": "array", "items": { "type": "string", "nullable": true, "maxLength": 1 } }),
            json!([["a", null]]),
            json!([["ab"]]),
        ),
        sample(
            "itemsWithLimit",
            json!({ "type": "array", "items": { "type": "array", "maxItems": 1, "items": { "type": "integer", "maximum": 3 } } }),
            json!([[[3], []]]),
            json!([[[4]], [[1, 2]]]),
        ),
        sample("map", json!({ "type": "object" }), json!([{}, { "a": [1] }]), json!([[], null, "x"])),
        sample(
            "mapOfIntegers",
            json!({ "type": "object", "additionalProperties": { "type": "integer", "maximum": 3 } }),
            json!([{}, { "a": 3 }]),
            json!([{ "a": "x" }, { "a": 4 }, { "a": null }]),
        ),
        sample(
            "mapLimits",
            json!({ "type": "object", "minProperties": 2, "maxProperties": 2 }),
            json!([{}, { "a": 1, "b": 2 }]),
            json!([{ "a": 1 }, { "a": 1, "b": 2, "c": 3 }]),
        ),
        sample(
            "object",
            inner.clone(),
            json!([ab]),
            json!([{}, { "a": "xyz" }, { "a": "x", "c": 1 }, { "a": null }, null, []]),
        ),
        sample(
            "openObject",
            with("additionalProperties", json!(true)),
            json!([ab, { "a": "x", "c": 1 }]),
            json!([{}, { "a": "xyz" }]),
        ),
        sample("closedObject", with("additionalProperties", json!(false)), json!([ab]), json!([{ "a": "x", "c": 1 }])),
        sample(
            "objectAndMap",
            with("additionalProperties", json!({ "type": "integer", "minimum": 1 })),
            json!([ab, { "a": "x", "c": 1 }]),
            json!([{ "a": "x", "c": "y" }, { "a": "x", "c": 0 }]),
        ),
        sample(
            "emptyObject",
            json!({ "type": "object", "additionalProperties": false }),
            json!([{}]),
            json!([{ "a": 1 }]),
        ),
        sample("nullableObject", with("nullable", json!(true)), json!([ab, null]), json!([{}])),
        sample(
            "requiredNullable",
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "nullable": true } } }),
            json!([{ "a": null }, { "a": "x" }]),
            json!([{}]),
        ),
        sample(
            "requiredList",
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "array", "minItems": 1, "items": {} } } }),
            json!([{ "a": [1] }]),
            json!([{ "a": [] }, {}]),
        ),
        sample(
            "reference",
            json!({ "$ref": "#/components/schemas/DisplayName" }),
            json!(["x"]),
            json!(["n".repeat(41), null]),
        ),
        sample(
            "allOfOne",
            json!({ "nullable": true, "description": "x", "allOf": [{ "$ref": "#/components/schemas/DisplayName" }] }),
            json!(["x", null]),
            json!(["n".repeat(41)]),
        ),
        sample(
            "allOfSeveral",
            json!({ "allOf": [inner, { "required": ["b"], "properties": { "b": { "type": "integer" } } }] }),
            json!([{ "a": "x", "b": 1 }]),
            json!([{ "a": "x" }, { "b": 1 }, { "a": "x", "b": 1, "c": 1 }]),
        ),
        sample(
            "ownType",
            json!({ "$ref": "#/components/schemas/DestinationUpdate" }),
            json!([update]),
            json!([{}, { "displayName": "x" }]),
        ),
        sample(
            "ownTypes",
            json!({ "type": "array", "items": { "$ref": "#/components/schemas/DestinationUpdate" } }),
            json!([[update]]),
            json!([[{}]]),
        ),
        sample("readOnly", json!({ "type": "string", "readOnly": true }), json!(["x"]), json!([1])),
        sample("writeOnly", json!({ "type": "string", "writeOnly": true }), json!(["x"]), json!([1])),
        sample("deprecated", json!({ "type": "string", "deprecated": true }), json!(["x"]), json!([1])),
        sample("default", json!({ "type": "integer", "default": 5 }), json!([5, 6]), json!(["5", null])),
        sample(
            "title",
            json!({ "type": "string", "title": "DisplayName", "maxLength": 1 }),
            json!(["x"]),
            json!(["xy"]),
        ),
        sample("example", json!({ "type": "string", "example": "x" }), json!(["x"]), json!([1])),
        sample(
            "discriminator",
            json!({ "type": "object", "discriminator": { "propertyName": "a" }, "properties": { "a": { "type": "string" } } }),
            json!([{}]),
            json!([{ "b": 1 }]),
        ),
        sample("xml", json!({ "type": "string", "xml": { "name": "x" } }), json!(["x"]), json!([1])),
        sample(
            "externalDocs",
            json!({ "type": "string", "externalDocs": { "url": "https://example.com" } }),
            json!(["x"]),
            json!([1]),
        ),
        sample("extension", json!({ "type": "string", "x-rust-type": { "crate": "std" } }), json!(["x"]), json!([1])),
    ]
}

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
            add(document, UPDATE, sample.name, json!({ "type": "object", "additionalProperties": sample.schema }))
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
    for Place { name: place, put, takes_parts } in &PLACES {
        for sample in samples() {
            let mut document = script::data();
            put(&mut document, &sample);
            let outcome = script::run(document.to_string().as_bytes());
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
    let mut document = script::data();
    let mut rows = Vec::new();
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
    copy.write(script::DOCUMENT, &document.to_string());
    copy.write("dependant/tests/rows.json", &Value::from(rows).to_string());
    copy.passes(&["old", "new"], "keywords.rs");
}
