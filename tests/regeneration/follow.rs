//! Edits that the crate follows without an edit of Rust, and those that the compiler asks about in `src/`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::copy::Copy;
use crate::document::{self, edit};
use crate::script;

/// What is set where; `tests/regeneration/copy/follow.rs` uses it.
const EDITS: &[(&str, &str)] = &[
    ("/info/version", r#""7.4 – \"ü\" \\ {}""#),
    ("OPERATION/operationId", "updateDestination"),
    ("OPERATION/responses/401", "{ description: The App Token is wrong. }"),
    ("UPDATE/properties/displayName/maxLength", "3"),
    ("UPDATE/properties/displayName/format", "uuid"),
    // None of it may become a documentation test.
    (
        "UPDATE/properties/displayName/description",
        r#""Text.\n```\nfail()\n```\n\n    fail()\n<script> [x](y) \u202e */""#,
    ),
    ("UPDATE/properties/priority", "{ type: integer, format: int32, default: 5 }"),
    ("UPDATE/properties/rate", "{ type: number }"),
    ("UPDATE/properties/note", "{ type: string, nullable: true }"),
    ("UPDATE/properties/labels", "{ type: object, additionalProperties: { type: string } }"),
    ("UPDATE/properties/fallback", "{ $ref: '#UPDATE' }"),
    ("UPDATE/properties/level", "{ allOf: [{ $ref: '#/components/schemas/Level' }], nullable: true }"),
    ("UPDATE/properties/type", "{ type: string }"),
    ("UPDATE/properties/self", "{ type: string }"),
    ("UPDATE/properties/example", "{ type: string }"),
    ("UPDATE/properties/fields", "{ type: boolean }"),
    ("/components/schemas/Level", "{ type: string, enum: [low, very high] }"),
    (
        "/components/schemas/UpdatedDestinationResult/properties/state",
        "{ type: string, enum: [on, off], maxLength: 1 }",
    ),
    ("/components/schemas/UpdatedDestinationResult/properties/mode", "{ $ref: '#/components/schemas/Mode' }"),
    ("/components/schemas/Mode", "{ type: string, enum: [day, night] }"),
    (
        "/paths/~1v1~1api~1apps~1{appID}~1destination",
        r##"post:
  operationId: createDestination
  parameters: [{ name: appID, in: path, required: true, schema: { $ref: "#/components/schemas/AppId" } }]
  requestBody: { required: true, content: { application/json: { schema: { $ref: "#UPDATE" } } } }
  responses:
    "200": { description: OK, content: { application/json: { schema: { $ref: "#/components/schemas/UpdatedDestination" } } } }
    "400": { description: No, content: { application/json: { schema: { $ref: "#/components/schemas/ApiError" } } } }
delete:
  operationId: delete-all
  parameters:
    - { name: appID, in: path, required: true, schema: { $ref: "#/components/schemas/AppId" } }
    - { name: dryRun, in: query, schema: { type: boolean } }
  responses: { "204": { description: Deleted } }
"##,
    ),
];

fn edited(edits: &[(&str, &str)]) -> Value {
    let mut document = document::data();
    for (at, value) in edits {
        edit(&mut document, at, value);
    }
    document
}

#[test]
fn each_edit_alone_is_followed() {
    for (at, value) in EDITS {
        // A reference needs its schema.
        let schemas: Vec<_> =
            EDITS.iter().filter(|(at, _)| at.matches('/').count() == 3 && at.contains("schemas")).collect();
        let mut document = document::data();
        for (at, value) in schemas {
            edit(&mut document, at, value);
        }
        edit(&mut document, at, value);
        assert_eq!(script::run(document.to_string()).err(), None, "{at}");
    }
}

#[test]
fn json_line_ends_and_byte_order_mark_change_nothing() {
    let text = document::text();
    let made = script::run(&text).unwrap();
    for same in [document::data().to_string(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        assert!(script::run(same).unwrap() == made);
    }
}

#[test]
fn crate_follows_without_an_edit_of_rust() {
    let document = edited(EDITS).to_string();
    let document = document.replace("/v1/api/", "/v2/api/").replace("destinationID", "serviceGroupID");
    let copy = Copy::new(&serde_json::from_str(&document).unwrap());
    let (success, said) = copy.cargo(&["test", "--features=mock,schemars", "--test=follow"]);
    assert!(success, "{said}");
    // The documentation of the generated types has no tests, whatever the document says.
    let (success, said) = copy.cargo(&["test", "--features=mock,schemars", "--doc", "generated"]);
    assert!(success && said.contains("running 0 tests"), "{said}");
}

#[test]
fn compiler_asks_in_src_about_a_required_property_and_a_query_parameter() {
    let copy = Copy::new(&edited(&[
        ("UPDATE/properties/priority", "{ type: integer }"),
        ("UPDATE/required/-", "priority"),
        ("OPERATION/parameters/-", "{ name: dryRun, in: query, schema: { type: boolean } }"),
    ]));
    let asked = copy.diagnostics();
    let files: BTreeSet<_> = asked.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(files, BTreeSet::from(["src/client/mod.rs", "src/validation/validate.rs"]), "{asked:?}");
    assert!(asked.iter().all(|(_, sentence)| sentence.contains("[E0061]")), "{asked:?}");
}

#[test]
fn compiler_asks_in_src_about_a_new_type_and_a_limit_without_a_rule() {
    let copy = Copy::new(&edited(&[
        ("/components/schemas/DestinationType/enum/-", "EMAIL"),
        ("UPDATE/properties/types/maxItems", "3"),
    ]));
    let listed = "    \"DestinationUpdate/displayName/maxLength\",\n";
    copy.replace("build.rs", listed, &format!("{listed}    \"DestinationUpdate/types/maxItems\",\n"));
    let asked = copy.diagnostics();
    let files: BTreeSet<_> = asked.iter().map(|(file, _)| file.as_str()).collect();
    assert_eq!(files, BTreeSet::from(["src/model/targets.rs", "src/validation/validate.rs"]), "{asked:?}");
    assert!(asked.iter().all(|(_, sentence)| sentence.contains("[E0004]")), "{asked:?}");

    // The compiler warns of it once there is no error.
    copy.replace("openapi/destination.yaml", ",\"EMAIL\"", "");
    let asked = copy.diagnostics();
    let [(file, sentence)] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(file.ends_with("document.rs") && sentence.contains("DESTINATION_UPDATE_TYPES_MAX_ITEMS"), "{asked:?}");
}
