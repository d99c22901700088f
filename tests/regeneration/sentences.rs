//! Edits that the build script answers with a sentence.

use crate::document::{self, written_out};
use crate::script;

/// Sets what is at the pointer to the value, as [`document::edit`] does.
struct Edit {
    at: &'static str,
    value: &'static str,
    /// With `…` for the pointer.
    sentence: &'static str,
}

#[test]
fn each_edit_is_one_sentence() {
    let mut wrong = Vec::new();
    for Edit { at, value, sentence } in EDITS {
        let mut document = document::data();
        document::edit(&mut document, at, value);
        match script::run(document.to_string()) {
            Err(found) if found == written_out(&sentence.replace('…', at)) => {}
            found => wrong.push(format!("{at}: {value}\n  {}", found.err().unwrap_or("follows".to_owned()))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_damaged_file_is_one_sentence() {
    let text = document::text();
    let damaged = |bytes: &[u8]| [b"# ", bytes, b"\n", text.as_bytes()].concat();
    let deep = format!("{text}x-deep: {}{}\n", "[".repeat(200), "]".repeat(200));
    let half = text[..text.len() / 2].to_owned();
    let lines = text.lines().count();
    for (document, sentence) in [
        (Vec::new(), "is not an object; correct it"),
        (b"- openapi".to_vec(), "is not an object; correct it"),
        (b"7".to_vec(), "is not an object; correct it"),
        (damaged(b"caf\xe9"), "is not UTF-8 at line 1; save it as UTF-8"),
        (text.replacen("  ", "\t", 1).into_bytes(), "is not valid YAML: found character that cannot start any token"),
        (format!("{text}info: {{}}\n").into_bytes(), "is not valid YAML: duplicate entry with key \"info\" at line "),
        (
            format!("{text}: [\n").into_bytes(),
            &format!("is not valid YAML: did not find expected key at line {}", lines + 1),
        ),
        (deep.into_bytes(), &format!("is not valid YAML: recursion limit exceeded at line {}", lines + 1)),
        (half.into_bytes(), "/"),
    ] {
        let found = script::run(&document).unwrap_err();
        assert!(found.starts_with(sentence) && found.contains("; "), "{found}");
    }
}

const fn edit(at: &'static str, value: &'static str, sentence: &'static str) -> Edit {
    Edit { at, value, sentence }
}

const EDITS: &[Edit] = &[
    edit("OPERATION/responses/200", "", r#"OPERATION/responses: has 0 successes; describe one, such as "200""#),
    edit(
        "OPERATION/responses/default",
        "{ description: Other. }",
        r#"…: is not a status of a success or error, such as "200"; rename it"#,
    ),
    edit(
        "OPERATION/responses/404",
        "{ description: No., content: { application/json: { schema: { $ref: '#/components/schemas/UpdatedDestinationResult' } } } }",
        "…: differs from another error; use one schema for all",
    ),
    edit(
        "OPERATION/responses/400/content",
        "{ text/html: {} }",
        "…/text~1html: is not supported here; correct its name or remove it",
    ),
    edit(
        "OPERATION/requestBody/content/application~1json/schema",
        "{ type: object }",
        "…/type: is not supported here; give the schema a name in /components/schemas and refer to it",
    ),
    edit(
        "OPERATION/parameters/-",
        "{ name: session, in: cookie, schema: { type: string } }",
        "OPERATION/parameters/2/in: is not `path` or `query`, which alone are supported; correct it",
    ),
    edit(
        "OPERATION/parameters/-",
        "{ name: tagID, in: path, required: true, schema: { type: string } }",
        "OPERATION/parameters: tagID is in the path or here, not in both; correct it",
    ),
    edit(
        "OPERATION/parameters/-",
        "{ name: app_id, in: query, schema: { type: string } }",
        "OPERATION/parameters/2/name: is a second argument `app_id`; rename it",
    ),
    edit(
        "OPERATION/parameters/-",
        "{ name: kind, in: query, schema: { $ref: '#/components/schemas/SupportLanguages' } }",
        "OPERATION/parameters/2/schema/$ref: is not a reference to a schema that build.rs lists, which alone may be in a URL; correct it",
    ),
    edit("OPERATION/parameters", "[]", "…: appID is in the path or here, not in both; correct it"),
    edit("UPDATE/properties/displayName/maxLength", "forty", "…: is not an integer from 0; correct it"),
    edit("UPDATE/properties/displayName/maxLength", "-1", "…: is not an integer from 0; correct it"),
    edit(
        "UPDATE/properties/displayName/maxLength",
        "",
        "/components/schemas: has no DestinationUpdate/displayName/maxLength, which build.rs lists; add it, or remove it there and its rule from src/validation/",
    ),
    edit(
        "UPDATE/properties/displayName/pattern",
        "'^N'",
        r#"…: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/displayName/pattern" in build.rs"#,
    ),
    edit(
        "UPDATE/properties/types/maxItems",
        "3",
        r#"…: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/types/maxItems" in build.rs"#,
    ),
    edit(
        "UPDATE/properties/types/uniqueItems",
        "true",
        r#"…: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/types/uniqueItems" in build.rs"#,
    ),
    edit(
        "UPDATE/properties/priority",
        "{ type: integer, minimum: 1 }",
        r#"…/minimum: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/priority/minimum" in build.rs"#,
    ),
    edit(
        "UPDATE/properties/note",
        "{ oneOf: [{ type: string }, { type: integer }] }",
        "…/oneOf: is not supported here; a value has one type here; write what its variants have in common",
    ),
    edit(
        "UPDATE/properties/note",
        "{ allOf: [{ $ref: '#/components/schemas/SupportLanguages' }, { $ref: '#/components/schemas/SupportLocations' }] }",
        "…/allOf: is not a list, with one entry in `allOf` and `security`; correct it",
    ),
    edit(
        "UPDATE/properties/note",
        "{ type: object, properties: { text: { type: string } } }",
        "…/properties: is not supported here; give the schema a name in /components/schemas and refer to it",
    ),
    edit(
        "UPDATE/properties/note",
        "{ type: string, enum: [a, b] }",
        "…/enum: is not supported here; give the schema a name in /components/schemas and refer to it",
    ),
    edit("UPDATE/properties/note", "{ type: [string, 'null'] }", "…/type: is not a type such as `string`; correct it"),
    edit(
        "UPDATE/properties/note",
        "{ type: string, maxLenght: 3 }",
        "…/maxLenght: is not supported here; correct its name or remove it",
    ),
    edit(
        "UPDATE/properties/note",
        "{ $ref: '#/components/schemas/AppId' }",
        r##"…/$ref: is not a reference such as "#/components/schemas/ApiError" to a schema that is there; correct it"##,
    ),
    edit(
        "UPDATE/properties/displayName/readOnly",
        "true",
        "…: is not supported here; write one schema for requests and another one for responses",
    ),
    edit(
        "UPDATE/properties/supportLanguages/nullable",
        "true",
        "…: is not supported here; in a property, put the reference into `allOf` and this next to it",
    ),
    edit("UPDATE/properties/display_name", "{ type: string }", "…: is a second field of this name; rename one of them"),
    edit(
        "UPDATE/properties/$schema",
        "{ type: string }",
        "…: is not a name of letters, digits, `_` and `-` that begins with a letter; rename it",
    ),
    edit("UPDATE/required/-", "colour", r#"UPDATE/required: "colour" is not a property; add it or correct the name"#),
    edit("UPDATE/additionalProperties", "true", "…: is not `false`; correct it"),
    edit(
        "/components/schemas/DestinationType/enum",
        "[PHONE, phone]",
        "/: progenitor cannot make a client of this (Failed to make unique variant names for [PHONE,phone]); simplify what was changed last",
    ),
    edit(
        "/components/schemas/UpdatedDestination/properties/settings",
        "{ $ref: '#UPDATE' }",
        "/components/schemas/DestinationType: is used by requests, which are strict, and by responses; write two",
    ),
    edit(
        "/components/schemas/Loop",
        "{ $ref: '#/components/schemas/Loop' }",
        "…/$ref: is not supported here; refer to its target where this schema is used",
    ),
    edit("/info/version", "7.3", "…: is not a text in quotes; correct it"),
    edit("/openapi", "3.1.0", r#"…: is not a version of OpenAPI 3.0, such as "3.0.3"; correct it"#),
    edit("/swagger", "'2.0'", "…: is not supported here; write the document as OpenAPI 3.0, with `openapi: 3.0.3`"),
    edit("/paths", "{}", "…: has no operation; describe one"),
];
