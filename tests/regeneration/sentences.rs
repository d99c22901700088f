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

const EDITS: &[Edit] = &[
    Edit {
        at: "OPERATION/responses/200",
        value: "",
        sentence: r#"OPERATION/responses: has 0 successes; describe one, such as "200""#,
    },
    Edit {
        at: "OPERATION/responses/default",
        value: "{ description: Other. }",
        sentence: r#"…: is not a status of a success or error, such as "200"; rename it"#,
    },
    Edit {
        at: "OPERATION/responses/404",
        value: "{ description: No., content: { application/json: { schema: { $ref: '#/components/schemas/UpdatedDestinationResult' } } } }",
        sentence: "…: differs from another error; use one schema for all",
    },
    Edit {
        at: "OPERATION/responses/400/content",
        value: "{ text/html: {} }",
        sentence: "…/text~1html: is not supported here; correct its name or remove it",
    },
    Edit {
        at: "OPERATION/requestBody/content/application~1json/schema",
        value: "{ type: object }",
        sentence: "…/type: is not supported here; give the schema a name in /components/schemas and refer to it",
    },
    Edit {
        at: "OPERATION/parameters/-",
        value: "{ name: session, in: cookie, schema: { type: string } }",
        sentence: "OPERATION/parameters/2/in: is not `path` or `query`, which alone are supported; correct it",
    },
    Edit {
        at: "OPERATION/parameters/-",
        value: "{ name: tagID, in: path, required: true, schema: { type: string } }",
        sentence: "OPERATION/parameters: tagID is in the path or here, not in both; correct it",
    },
    Edit {
        at: "OPERATION/parameters/-",
        value: "{ name: app_id, in: query, schema: { type: string } }",
        sentence: "OPERATION/parameters/2/name: is a second argument `app_id`; rename it",
    },
    Edit {
        at: "OPERATION/parameters/-",
        value: "{ name: kind, in: query, schema: { $ref: '#/components/schemas/SupportLanguages' } }",
        sentence: "OPERATION/parameters/2/schema/$ref: is not a reference to a schema that build.rs lists, which alone may be in a URL; correct it",
    },
    Edit {
        at: "OPERATION/parameters",
        value: "[]",
        sentence: "…: appID is in the path or here, not in both; correct it",
    },
    Edit {
        at: "UPDATE/properties/displayName/maxLength",
        value: "forty",
        sentence: "…: is not an integer from 0; correct it",
    },
    Edit {
        at: "UPDATE/properties/displayName/maxLength",
        value: "-1",
        sentence: "…: is not an integer from 0; correct it",
    },
    Edit {
        at: "UPDATE/properties/displayName/maxLength",
        value: "",
        sentence: "/components/schemas: has no DestinationUpdate/displayName/maxLength, which build.rs lists; add it, or remove it there and its rule from src/validation/",
    },
    Edit {
        at: "UPDATE/properties/displayName/pattern",
        value: "'^N'",
        sentence: r#"…: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/displayName/pattern" in build.rs"#,
    },
    Edit {
        at: "UPDATE/properties/types/maxItems",
        value: "3",
        sentence: r#"…: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/types/maxItems" in build.rs"#,
    },
    Edit {
        at: "UPDATE/properties/types/uniqueItems",
        value: "true",
        sentence: r#"…: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/types/uniqueItems" in build.rs"#,
    },
    Edit {
        at: "UPDATE/properties/priority",
        value: "{ type: integer, minimum: 1 }",
        sentence: r#"…/minimum: is a limit without a rule; add one in src/validation/ and list "DestinationUpdate/priority/minimum" in build.rs"#,
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ oneOf: [{ type: string }, { type: integer }] }",
        sentence: "…/oneOf: is not supported here; a value has one type here; write what its variants have in common",
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ allOf: [{ $ref: '#/components/schemas/SupportLanguages' }, { $ref: '#/components/schemas/SupportLocations' }] }",
        sentence: "…/allOf: is not a list, with one entry in `allOf` and `security`; correct it",
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ type: object, properties: { text: { type: string } } }",
        sentence: "…/properties: is not supported here; give the schema a name in /components/schemas and refer to it",
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ type: string, enum: [a, b] }",
        sentence: "…/enum: is not supported here; give the schema a name in /components/schemas and refer to it",
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ type: [string, 'null'] }",
        sentence: "…/type: is not a type such as `string`; correct it",
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ type: string, maxLenght: 3 }",
        sentence: "…/maxLenght: is not supported here; correct its name or remove it",
    },
    Edit {
        at: "UPDATE/properties/note",
        value: "{ $ref: '#/components/schemas/AppId' }",
        sentence: r##"…/$ref: is not a reference such as "#/components/schemas/ApiError" to a schema that is there; correct it"##,
    },
    Edit {
        at: "UPDATE/properties/displayName/readOnly",
        value: "true",
        sentence: "…: is not supported here; write one schema for requests and another one for responses",
    },
    Edit {
        at: "UPDATE/properties/supportLanguages/nullable",
        value: "true",
        sentence: "…: is not supported here; in a property, put the reference into `allOf` and this next to it",
    },
    Edit {
        at: "UPDATE/properties/display_name",
        value: "{ type: string }",
        sentence: "…: is a second field of this name; rename one of them",
    },
    Edit {
        at: "UPDATE/properties/$schema",
        value: "{ type: string }",
        sentence: "…: is not a name of letters, digits, `_` and `-` that begins with a letter; rename it",
    },
    Edit {
        at: "UPDATE/required/-",
        value: "colour",
        sentence: r#"UPDATE/required: "colour" is not a property; add it or correct the name"#,
    },
    Edit { at: "UPDATE/additionalProperties", value: "true", sentence: "…: is not `false`; correct it" },
    Edit {
        at: "/components/schemas/DestinationType/enum",
        value: "[PHONE, phone]",
        sentence: "/: progenitor cannot make a client of this (Failed to make unique variant names for [PHONE,phone]); simplify what was changed last",
    },
    Edit {
        at: "/components/schemas/UpdatedDestination/properties/settings",
        value: "{ $ref: '#UPDATE' }",
        sentence: "/components/schemas/DestinationType: is used by requests, which are strict, and by responses; write two",
    },
    Edit {
        at: "/components/schemas/Loop",
        value: "{ $ref: '#/components/schemas/Loop' }",
        sentence: "…/$ref: is not supported here; refer to its target where this schema is used",
    },
    Edit { at: "/info/version", value: "7.3", sentence: "…: is not a text in quotes; correct it" },
    Edit {
        at: "/openapi",
        value: "3.1.0",
        sentence: r#"…: is not a version of OpenAPI 3.0, such as "3.0.3"; correct it"#,
    },
    Edit {
        at: "/swagger",
        value: "'2.0'",
        sentence: "…: is not supported here; write the document as OpenAPI 3.0, with `openapi: 3.0.3`",
    },
    Edit { at: "/paths", value: "{}", sentence: "…: has no operation; describe one" },
];
