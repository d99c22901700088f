//! Documents that are meant to take all time or memory, and files that are no documents.

use std::{fs, time::Instant};

use crate::script::{self, Outcome, edited};

#[track_caller]
fn refused(document: &[u8]) -> String {
    let began = Instant::now();
    let outcome = script::run(document);
    assert!(began.elapsed().as_secs() < 10, "it took {:?}", began.elapsed());
    match outcome {
        Outcome::Refused(sentence) => sentence,
        Outcome::Made(_) => panic!("it is made"),
    }
}

#[test]
fn refuses_alias_bomb() {
    let mut bomb = "x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("x-{level}: &a{level} [{aliases}]\n");
    }
    let sentence = refused((script::document() + &bomb).as_bytes());
    assert_eq!(sentence, "is not valid YAML, correct this place: repetition limit exceeded");
}

#[test]
fn refuses_large_document() {
    let large = script::document() + &"# more\n".repeat(1_500_000);
    assert_eq!(refused(large.as_bytes()), format!("has {} bytes; keep it within 262144", large.len()));
}

#[test]
fn refuses_deep_nesting() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let nested = script::document() + "x-deep: " + &open.repeat(10_000) + &close.repeat(10_000) + "\n";
        let sentence = refused(nested.as_bytes());
        assert!(sentence.starts_with("is not valid YAML, correct this place: "), "{sentence}");
        assert!(sentence.contains("recursion limit exceeded"), "{sentence}");
    }
}

#[test]
fn refuses_deep_schemas() {
    let deep = "{ type: array, items: ".repeat(30) + "{ type: string }" + &" }".repeat(30);
    let edit = format!("        deep: {deep}\n        displayName:\n");
    let sentence = refused(edited(&[("        displayName:\n", &edit)]).as_bytes());
    assert!(sentence.starts_with("/components/schemas/DestinationUpdate/properties/deep/items/items/"), "{sentence}");
    assert!(sentence.ends_with(": is nested more than 24 schemas deep; give the inner ones names"), "{sentence}");
}

#[test]
fn makes_schemas_up_to_the_limit() {
    let deep = "{ type: array, items: ".repeat(20) + "{ type: string }" + &" }".repeat(20);
    let edit = format!("        deep: {deep}\n        displayName:\n");
    let began = Instant::now();
    assert!(matches!(script::run(edited(&[("        displayName:\n", &edit)]).as_bytes()), Outcome::Made(_)));
    assert!(began.elapsed().as_secs() < 10, "it took {:?}", began.elapsed());
}

#[test]
fn refuses_schemas_that_double_at_each_step() {
    let mut schemas = "    S0: { type: object, properties: { a: { type: string } } }\n".to_owned();
    for level in 1..40 {
        let member = format!("{{ $ref: \"#/components/schemas/S{}\" }}", level - 1);
        schemas += &format!("    S{level}: {{ type: object, allOf: [{member}, {member}] }}\n");
    }
    let sentence = refused(edited(&[("    DisplayName:\n", &format!("{schemas}    DisplayName:\n"))]).as_bytes());
    assert!(
        sentence.ends_with("the document is made of more than 50000 schemas; write it in a simpler way"),
        "{sentence}"
    );
}

#[test]
fn makes_many_properties() {
    let properties: String = (0..2_000).map(|n| format!("        p{n}: {{ type: integer, minimum: {n} }}\n")).collect();
    let edit = format!("{properties}        displayName:\n");
    let began = Instant::now();
    assert!(matches!(script::run(edited(&[("        displayName:\n", &edit)]).as_bytes()), Outcome::Made(_)));
    assert!(began.elapsed().as_secs() < 10, "it took {:?}", began.elapsed());
}

#[test]
fn refuses_what_is_no_document() {
    let missing = "/openapi: is missing; an OpenAPI document begins with `openapi: 3.0.3`";
    for text in ["", "# nothing\n", "- a list\n", "5\n", "{}\n"] {
        assert_eq!(refused(text.as_bytes()), missing, "{text}");
    }
    let sentence = refused(b"openapi: 3.0.3\ninfo:\n  title: \xff\n");
    assert_eq!(sentence, "is not UTF-8 at line 3 column 10; save it as UTF-8");
    assert_eq!(refused(b"openapi: 3.0.3\n1: x\n"), "/1: is not supported here; correct or remove it");
    assert!(refused(b"openapi: 3.0.3\n? [a]\n: x\n").starts_with("has a key that is not a string, put it in quotes: "));
}

#[test]
fn refuses_missing_document() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let Outcome::Refused(sentence) = script::run_with(None, &manifest) else { panic!("it is made") };
    let reason = fs::read("no-such-file").unwrap_err();
    assert_eq!(sentence, format!("cannot be read ({reason}); the client is made from this file, put it back"));
}

#[test]
fn pattern_needs_its_crate() {
    let document = edited(&[("      maxLength: 40\n", "      pattern: \"^[A-Z]\"\n")]);
    let manifest = fs::read_to_string("Cargo.toml").unwrap() + "\n[dependencies.regress]\nversion = \"0.12\"\n";
    assert!(matches!(script::run_with(Some(document.as_bytes()), &manifest), Outcome::Made(_)));
    let document = edited(&[("      maxLength: 40\n", "      pattern: \"[\"\n")]);
    let Outcome::Refused(sentence) = script::run_with(Some(document.as_bytes()), &manifest) else {
        panic!("it is made")
    };
    assert!(
        sentence.starts_with("/components/schemas/DisplayName: progenitor cannot make a client of this ("),
        "{sentence}"
    );
}
