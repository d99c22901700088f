//! A schema for each keyword, with values that it takes and values that it does not.

use serde_json::{Value, json};

pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) schema: Value,
    pub(crate) right: Vec<Value>,
    pub(crate) wrong: Vec<Value>,
}

fn sample(name: &'static str, schema: Value, right: Value, wrong: Value) -> Sample {
    let list = |values: Value| serde_json::from_value(values).unwrap();
    Sample { name, schema, right: list(right), wrong: list(wrong) }
}

/// The schemas to which samples refer.
pub(crate) fn add_schemas(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    schemas["Alias"] = json!({ "$ref": "#/components/schemas/Nullable" });
    schemas["Nullable"] = json!({ "type": "string", "nullable": true, "maxLength": 3 });
    schemas["OnlyRead"] = json!({ "type": "string", "readOnly": true });
}

pub(crate) fn samples() -> Vec<Sample> {
    [texts(), numbers(), lists(), objects(), references(), notes()].into_iter().flatten().collect()
}

/// An object with one property.
fn inner() -> Value {
    json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "maxLength": 2 } } })
}

fn inner_with(word: &str, value: Value) -> Value {
    let mut schema = inner();
    schema[word] = value;
    schema
}

fn texts() -> Vec<Sample> {
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
        sample("pattern", json!({ "type": "string", "pattern": "^[^<>]*$" }), json!(["", "夜"]), json!(["a<b"])),
        sample(
            "patternAndLimits",
            json!({ "type": "string", "pattern": "^.\\d$", "maxLength": 2, "nullable": true }),
            json!(["👍1", null]),
            json!(["x", "xx1", "x\n", 1]),
        ),
        sample(
            "patternOfEnum",
            json!({ "type": "string", "pattern": "^a", "enum": ["ab", "cd"] }),
            json!(["ab"]),
            json!(["cd", "a"]),
        ),
    ]
}

fn numbers() -> Vec<Sample> {
    vec![
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
        sample("multipleOfFloat", json!({ "type": "number", "multipleOf": 2 }), json!([4.0, -2]), json!([0.5, 3])),
        sample(
            "multipleOfHuge",
            json!({ "type": "integer", "multipleOf": 2.0 }),
            json!([9_007_199_254_740_992_i64]),
            json!([9_007_199_254_740_993_i64]),
        ),
        sample(
            "beyondInteger",
            json!({ "type": "integer", "minimum": -1e30, "maximum": u64::MAX }),
            json!([i64::MAX, i64::MIN]),
            json!([u64::MAX, 9_223_372_036_854_775_808_u64]),
        ),
        sample(
            "beyondInt32",
            json!({ "type": "integer", "format": "int32", "minimum": 1e3, "maximum": 4_294_967_295_i64 }),
            json!([1000, i32::MAX]),
            json!([999, 2_147_483_648_i64]),
        ),
        sample("enumOfNumbers", json!({ "type": "number", "enum": [0.5, 2] }), json!([0.5, 2]), json!([1])),
        sample("boolean", json!({ "type": "boolean" }), json!([true, false]), json!(["true", 0, null])),
        sample("nullableBoolean", json!({ "type": "boolean", "nullable": true }), json!([true, null]), json!([0])),
    ]
}

fn lists() -> Vec<Sample> {
    vec![
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
            "uniqueItemsOfAnything",
            json!({ "type": "array", "uniqueItems": true, "items": {} }),
            json!([[1, "1", [1], 1.5]]),
            json!([[1, 1.0], [{ "a": [1] }, { "a": [1.0] }]]),
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
    ]
}

fn objects() -> Vec<Sample> {
    let ab = json!({ "a": "x" });
    vec![
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
            inner(),
            json!([ab]),
            json!([{}, { "a": "xyz" }, { "a": "x", "c": 1 }, { "a": null }, null, []]),
        ),
        sample(
            "openObject",
            inner_with("additionalProperties", json!(true)),
            json!([ab, { "a": "x", "c": 1 }]),
            json!([{}, { "a": "xyz" }]),
        ),
        sample(
            "closedObject",
            inner_with("additionalProperties", json!(false)),
            json!([ab]),
            json!([{ "a": "x", "c": 1 }]),
        ),
        sample(
            "objectAndMap",
            inner_with("additionalProperties", json!({ "type": "integer", "minimum": 1 })),
            json!([ab, { "a": "x", "c": 1 }]),
            json!([{ "a": "x", "c": "y" }, { "a": "x", "c": 0 }]),
        ),
        sample(
            "emptyObject",
            json!({ "type": "object", "additionalProperties": false }),
            json!([{}]),
            json!([{ "a": 1 }]),
        ),
        sample("nullableObject", inner_with("nullable", json!(true)), json!([ab, null]), json!([{}])),
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
    ]
}

fn references() -> Vec<Sample> {
    let update = json!({
        "displayName": "x", "supportLanguages": ["*"], "supportLocations": ["*"], "types": ["STAFF"], "staffTargets": ["s"],
    });
    vec![
        sample(
            "reference",
            json!({ "$ref": "#/components/schemas/DisplayName" }),
            json!(["x"]),
            json!(["n".repeat(10_000), null]),
        ),
        sample(
            "allOfOne",
            json!({ "nullable": true, "description": "x", "allOf": [{ "$ref": "#/components/schemas/DisplayName" }] }),
            json!(["x", null]),
            json!(["n".repeat(10_000)]),
        ),
        sample(
            "allOfSeveral",
            json!({ "allOf": [inner(), { "required": ["b"], "properties": { "b": { "type": "integer" } } }] }),
            json!([{ "a": "x", "b": 1 }]),
            json!([{ "a": "x" }, { "b": 1 }, { "a": "x", "b": 1, "c": 1 }]),
        ),
        sample("alias", json!({ "$ref": "#/components/schemas/Alias" }), json!(["x", null]), json!(["long", 1])),
        sample(
            "aliasInParts",
            json!({ "type": "object", "required": ["a"], "properties": {
                "a": { "$ref": "#/components/schemas/Alias" },
                "b": { "type": "array", "items": { "$ref": "#/components/schemas/Alias" } },
            } }),
            json!([{ "a": null }, { "a": "x", "b": [null] }]),
            json!([{}, { "a": "long" }]),
        ),
        sample(
            "onlyReadBehindReference",
            json!({ "type": "object", "required": ["a", "b", "c"], "properties": {
                "a": { "$ref": "#/components/schemas/OnlyRead" },
                "b": { "allOf": [{ "$ref": "#/components/schemas/OnlyRead" }] },
                "c": { "type": "string" },
            } }),
            json!([{ "c": "x" }, { "a": "x", "b": "x", "c": "x" }]),
            json!([{}, { "a": "x", "b": "x" }]),
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
    ]
}

fn notes() -> Vec<Sample> {
    vec![
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
