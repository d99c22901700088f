//! What the document limits stands in the documentation of the type or field.

use serde_json::{Value, json};

use crate::script::{self, Outcome};

/// The lines of documentation before the item that begins like this.
#[track_caller]
fn documentation(code: &str, item: &str) -> String {
    let (before, _) = code.split_once(item).unwrap_or_else(|| panic!("no {item:?}"));
    let lines = before.lines().rev().map(str::trim).skip(1).skip_while(|line| line.starts_with(['#', ')', ':']));
    let mut lines: Vec<_> = lines.take_while(|line| !line.ends_with([',', '}', '{'])).collect();
    lines.reverse();
    lines.join("\n")
}

#[test]
fn each_limit_of_a_request_is_in_the_documentation() {
    struct Row {
        schema: Value,
        sentences: &'static str,
    }
    let rows = [
        Row { schema: json!({ "type": "string", "maxLength": 7 }), sentences: "At most 7 characters." },
        Row { schema: json!({ "type": "string", "minLength": 1 }), sentences: "At least 1 character." },
        Row { schema: json!({ "type": "integer", "minimum": 2, "maximum": 9 }), sentences: "At least 2. At most 9." },
        Row {
            schema: json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 5 }),
            sentences: "A multiple of 5. More than 0.",
        },
        Row { schema: json!({ "type": "integer", "enum": [1, 2] }), sentences: "One of 1, 2." },
        Row {
            schema: json!({ "type": "array", "items": {}, "minItems": 1, "maxItems": 5, "uniqueItems": true }),
            sentences: "No entry twice. At least 1 entry. At most 5 entries.",
        },
        Row {
            schema: json!({ "type": "object", "additionalProperties": {}, "maxProperties": 3 }),
            sentences: "At most 3 keys.",
        },
        Row { schema: json!({ "$ref": "#/components/schemas/DisplayName" }), sentences: "At most 40 characters." },
    ];
    for Row { schema, sentences } in rows {
        let mut document = script::data();
        document["components"]["schemas"]["DestinationUpdate"]["properties"]["more"] = schema.clone();
        document["components"]["schemas"]["ApiError"]["properties"]["told"] = schema.clone();
        let Outcome::Made(code) = script::run(document.to_string().as_bytes()) else { panic!("{schema} is refused") };
        let shown = documentation(&code, "pub more: ");
        assert!(shown.contains(sentences), "{schema}: {shown}");
        assert!(!documentation(&code, "pub told: ").contains(sentences), "a response is not limited: {schema}");
    }
}

#[test]
fn limit_stands_behind_the_description_of_a_type_and_of_its_field() {
    let Outcome::Made(code) = script::run(script::document().as_bytes()) else { panic!("it is refused") };
    for item in ["pub struct DisplayName(", "pub display_name: "] {
        let shown = documentation(&code, item);
        assert!(shown.contains("The name of the service group.\n\nAt most 40 characters."), "{item}: {shown}");
    }
}
