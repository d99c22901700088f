//! Documents that are meant to take all time or memory, and files that are no documents.

use std::{fmt::Write, fs, time::Instant};

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
        writeln!(bomb, "x-{level}: &a{level} [{aliases}]").unwrap();
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
fn accepts_schemas_up_to_the_limit() {
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
        writeln!(schemas, "    S{level}: {{ type: object, allOf: [{member}, {member}] }}").unwrap();
    }
    let sentence = refused(edited(&[("    DisplayName:\n", &format!("{schemas}    DisplayName:\n"))]).as_bytes());
    assert!(
        sentence.ends_with("the document has more than 50000 schemas, with those that `allOf` repeats; simplify it"),
        "{sentence}"
    );
}

#[test]
fn refuses_document_that_is_large_by_its_aliases() {
    let mut schemas = "    S0: &s { type: object, properties: {".to_owned();
    (0..1000).for_each(|number| write!(schemas, "p{number}: {{ type: string }}, ").unwrap());
    schemas += "} }\n";
    (1..40).for_each(|number| writeln!(schemas, "    S{number}: *s").unwrap());
    let sentence = refused(edited(&[("    DisplayName:\n", &format!("{schemas}    DisplayName:\n"))]).as_bytes());
    assert!(
        sentence.ends_with(": the document has more than 20000 values, aliases included; simplify it"),
        "{sentence}"
    );
}

#[test]
fn refuses_huge_enum() {
    let values: Vec<_> = (0..1001).map(|number| format!("v{number}")).collect();
    let edit = format!("        huge: {{ type: string, enum: [{}] }}\n        displayName:\n", values.join(", "));
    let sentence = refused(edited(&[("        displayName:\n", &edit)]).as_bytes());
    let at = "/components/schemas/DestinationUpdate/properties/huge/enum";
    assert_eq!(sentence, format!("{at}: has more than 1000 values; leave it out"));
}

#[test]
fn finds_the_wrong_one_of_many_schemas() {
    let mut schemas = String::new();
    (0..300).for_each(|number| writeln!(schemas, "    S{number}: {{ properties: {{ a: {{}} }} }}").unwrap());
    schemas += "    Wrong: { type: string, enum: [a, A] }\n    Wrong2: { type: string, enum: [a, A] }\n";
    let sentence = refused(edited(&[("    DisplayName:\n", &format!("{schemas}    DisplayName:\n"))]).as_bytes());
    assert!(sentence.starts_with("/components/schemas/Wrong: progenitor cannot make a client of this ("), "{sentence}");
}

#[test]
fn makes_many_properties() {
    let mut properties = String::new();
    for number in 0..2_000 {
        writeln!(properties, "        p{number}: {{ type: integer, minimum: {number} }}").unwrap();
    }
    let edit = format!("{properties}        displayName:\n");
    let began = Instant::now();
    assert!(matches!(script::run(edited(&[("        displayName:\n", &edit)]).as_bytes()), Outcome::Made(_)));
    assert!(began.elapsed().as_secs() < 10, "it took {:?}", began.elapsed());
}

#[test]
fn rejects_file_that_is_not_a_document() {
    let missing = "/openapi: is missing; an OpenAPI document begins with `openapi: 3.0.3`";
    for text in ["", "# nothing\n", "- a list\n", "5\n", "{}\n"] {
        assert_eq!(refused(text.as_bytes()), missing, "{text}");
    }
    let sentence = refused(b"openapi: 3.0.3\ninfo:\n  title: \xff\n");
    assert_eq!(sentence, "is not UTF-8 at line 3 column 10; save it as UTF-8");
    assert_eq!(refused(b"openapi: 3.0.3\n1: x\n"), "/1: is a key that is not a string; put it in quotes");
    assert_eq!(refused(b"openapi: 3.0.3\n? [a]\n: x\n"), "/?: is a key that is not a string; write a string");
}

#[test]
fn refuses_missing_document() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let Outcome::Refused(sentence) = script::run_with(None, &manifest) else { panic!("it is made") };
    let reason = fs::read("no-such-file").unwrap_err();
    assert_eq!(sentence, format!("cannot be read ({reason}); restore it, because the client is generated from it"));
}

/// `Made` or the sentence about a name with this pattern.
fn with_pattern(pattern: &str, manifest: &str) -> Option<String> {
    let document = edited(&[("      maxLength: 40\n", &format!("      pattern: '{pattern}'\n"))]);
    match script::run_with(Some(document.as_bytes()), manifest) {
        Outcome::Made(_) => None,
        Outcome::Refused(sentence) => {
            Some(sentence.strip_prefix("/components/schemas/DisplayName/pattern: ").unwrap().to_owned())
        }
    }
}

#[test]
fn pattern_needs_its_crate() {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let sentence = "needs the crate `regress` at run time; run `cargo add regress`, or leave the pattern out";
    let edit = |table: &str, line: &str| manifest.replace(&format!("\n[{table}]\n"), &format!("\n[{table}]\n{line}\n"));
    for (manifest, is_enough) in [
        (manifest.clone(), false),
        (edit("dev-dependencies", "regress = \"0.12\""), false),
        (edit("build-dependencies", "regress = \"0.12\""), false),
        (edit("dependencies", "regression = \"0.12\""), false),
        (edit("dependencies", "regress = { version = \"0.12\", optional = true }"), false),
        (script::with_regress(&manifest) + "optional = true\n", false),
        (script::with_regress(&manifest), true),
        (edit("dependencies", "regress = \"0.12\""), true),
        (edit("dependencies", "regress.version = \"0.12\""), true),
    ] {
        let expected = (!is_enough).then_some(sentence);
        assert_eq!(with_pattern("^[A-Z]", &manifest).as_deref(), expected, "{manifest}");
    }
}

#[test]
fn pattern_means_the_same_for_every_validator() {
    let manifest = script::with_regress(&fs::read_to_string("Cargo.toml").unwrap());
    for pattern in ["^[^<>]*$", r"^\d{2,}-[\w-]+\.$", r"a\-b\/c", r"^(?:a|\x41é){2}$", "^(?:x)[-a]", "^[]a]"] {
        let sentence = with_pattern(pattern, &manifest);
        assert_eq!(sentence.is_some(), pattern == "^[]a]", "{pattern} {sentence:?}");
    }
    for (pattern, shown) in [
        (r"^\p{L}+$", r"\\p{L}+"),
        (r"\Aabc", r"\\Aabc"),
        (r"^\u{1F600}", r"\\u{1F6"),
        (r"\ud83d", r"\\ud83d"),
        (r"caf\u00e9", r"\\u00e9"),
        (r"\bx", r"\\bx"),
        ("(?=a)", "(?=a)"),
        (r"(a)\1", r"\\1"),
        ("^[[:alpha:]]", "[:alph"),
        ("[a&&b]", "&&b]"),
        ("a{x", "{x"),
        ("a]", "]"),
        ("(?<n>a)", "(?<n>a"),
    ] {
        let sentence = format!("validators read \"{shown}\" differently; write it in another way");
        assert_eq!(with_pattern(pattern, &manifest).as_ref(), Some(&sentence), "{pattern}");
    }
    let sentence = r"validators read \w- in a class differently; put the - at its end";
    assert_eq!(with_pattern(r"[\w-.]", &manifest).as_deref(), Some(sentence));
    let sentence = with_pattern("(a", &manifest).unwrap();
    assert!(sentence.starts_with("progenitor cannot make a client of this ("), "{sentence}");
}
