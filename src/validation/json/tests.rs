//! `from_json` and `from_reader` with the files that people and programs write.

use std::io::{self, Read};

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json, value::RawValue};

use super::{JsonError, MAX_BYTES, syntax};
use crate::{generated::types::DestinationUpdate, validation::rule::Rule};

const VALID: &str = r#"{
  "displayName": "Night shift",
  "supportLanguages": ["*"],
  "supportLocations": ["HK", "US-CA"],
  "types": ["STAFF"],
  "staffTargets": ["staff-1"]
}"#;

/// The valid update with the value of one field replaced, or with an additional field.
fn with(field: &str, value: &str) -> String {
    let mut lines: Vec<String> = VALID.lines().map(str::to_owned).collect();
    let line = format!("  \"{field}\": {value}");
    match lines.iter().position(|line| line.contains(&format!("\"{field}\""))) {
        Some(index) if index == lines.len() - 2 => lines[index] = line,
        Some(index) => lines[index] = line + ",",
        None => lines.insert(1, line + ","),
    }
    lines.join("\n")
}

#[track_caller]
fn error(json: impl AsRef<[u8]>) -> String {
    DestinationUpdate::from_json(json).unwrap_err().to_string()
}

struct WrongType {
    field: &'static str,
    value: &'static str,
    error: &'static str,
}

#[test]
fn reports_wrong_type_in_json_terms() {
    for WrongType { field, value, error: expected } in [
        WrongType {
            field: "trunkTargets",
            value: "null",
            error: "/trunkTargets: line 2 column 19: null is not a list; leave the field out or write […]",
        },
        WrongType { field: "types", value: "null", error: "/types: line 5 column 12: null is not a list; write […]" },
        WrongType {
            field: "types",
            value: "{}",
            error: "/types: line 5 column 12: an object is not a list; write […]",
        },
        WrongType { field: "types", value: "true", error: "/types: line 5 column 12: true is not a list; write […]" },
        WrongType {
            field: "supportLanguages",
            value: r#""*""#,
            error: r#"/supportLanguages: line 3 column 23: "*" is not a list; put it in square brackets"#,
        },
        WrongType {
            field: "phoneTargets",
            value: "85212345678",
            error: "/phoneTargets: line 2 column 19: 85212345678 is not a list; put it in square brackets",
        },
        WrongType {
            field: "phoneTargets",
            value: r#"["+85212345678", 85212345678]"#,
            error: "/phoneTargets/1: line 2 column 36: 85212345678 is not a string; put it in quotes",
        },
        WrongType {
            field: "phoneTargets",
            value: "[8.5212345678E+10]",
            error: "/phoneTargets/0: line 2 column 20: 8.5212345678E+10 is not a string; write all its digits, in quotes",
        },
        WrongType {
            field: "trunkTargets",
            value: "[85212345678.0]",
            error: "/trunkTargets/0: line 2 column 20: 85212345678.0 is not a string; write it without .0, in quotes",
        },
        WrongType {
            field: "displayName",
            value: "1.5",
            error: "/displayName: line 2 column 18: 1.5 is not a string; put it in quotes",
        },
        WrongType {
            field: "displayName",
            value: "2.0",
            error: "/displayName: line 2 column 18: 2.0 is not a string; put it in quotes",
        },
        WrongType {
            field: "types",
            value: r#""\ud800""#,
            error: r#"/types: line 5 column 12: "\ud800" is not a list; put it in square brackets"#,
        },
        WrongType {
            field: "types",
            value: r#"["\ud800"]"#,
            error: "/types/0: line 5 column 13: contains an unpaired surrogate \\u escape; write the character itself",
        },
        WrongType {
            field: "supportLocations",
            value: r#"["HK", null]"#,
            error: r#"/supportLocations/1: line 4 column 30: null is not a string; write "…""#,
        },
        WrongType {
            field: "staffTargets",
            value: "[[]]",
            error: r#"/staffTargets/0: line 6 column 20: a list is not a string; write "…""#,
        },
        WrongType {
            field: "displayName",
            value: "7",
            error: "/displayName: line 2 column 18: 7 is not a string; put it in quotes",
        },
        WrongType {
            field: "displayName",
            value: "false",
            error: "/displayName: line 2 column 18: false is not a string; put it in quotes",
        },
        WrongType {
            field: "displayName",
            value: "null",
            error: r#"/displayName: line 2 column 18: null is not a string; write "…""#,
        },
        WrongType {
            field: "types",
            value: r#"[{"STAFF": null}]"#,
            error: r#"/types/0: line 5 column 13: an object is not a string; write one of "PHONE", "STAFF", "TRUNK""#,
        },
        WrongType {
            field: "types",
            value: r#"["STAFF", "phone"]"#,
            error: r#"/types/1: line 5 column 22: "phone" is unknown; write one of "PHONE", "STAFF", "TRUNK""#,
        },
        WrongType {
            field: "types",
            value: "[2]",
            error: r#"/types/0: line 5 column 13: 2 is not a string; write one of "PHONE", "STAFF", "TRUNK""#,
        },
        WrongType {
            field: "$schema",
            value: "null",
            error: r#"/$schema: line 2 column 14: null is not a string; leave the field out or write "…""#,
        },
        WrongType {
            field: "$schema",
            value: "[]",
            error: r#"/$schema: line 2 column 14: a list is not a string; write "…""#,
        },
        WrongType {
            field: "displayName",
            value: r#""Night \ud83c""#,
            error: "/displayName: line 2 column 18: contains an unpaired surrogate \\u escape; write the character itself",
        },
    ] {
        assert_eq!(error(with(field, value)), expected, "{field} {value}");
    }
}

#[test]
fn reads_and_drops_schema_key() {
    let plain = DestinationUpdate::from_json(VALID).unwrap();
    for schema in [r#""./destination-update.schema.json""#, r#""""#, r#""https://host/schema.json\n""#] {
        let update = DestinationUpdate::from_json(with("$schema", schema)).unwrap();
        assert_eq!(update, plain);
        assert!(!serde_json::to_string(&update).unwrap().contains("schema"));
    }
    assert_eq!(DestinationUpdate::from_json(with(r"\u0024schema", r#""x""#)), Ok(plain));
}

#[test]
fn rejects_all_other_unknown_keys() {
    for (key, pointer) in [("$Schema", "/$Schema"), ("schema", "/schema"), ("$comment", "/$comment"), ("", "/")] {
        let known: Vec<_> = DestinationUpdate::FIELDS.iter().map(|name| format!("`{name}`")).collect();
        let known = known.join(", ");
        let column = key.len() + 7;
        assert_eq!(
            error(with(key, r#""x""#)),
            format!("{pointer}: line 2 column {column}: `{key}` is not a field of an update; use one of {known}")
        );
    }
    let twice = with("$schema", r#""a", "$schema": "b""#);
    assert_eq!(error(twice), "/$schema: line 2 column 30: `$schema` occurs twice; remove one");
}

#[test]
fn suggests_field_for_misspelt_name() {
    for (key, meant) in [
        ("displayname", "displayName"),
        ("display_name", "displayName"),
        ("Display Name", "displayName"),
        ("displayNme", "displayName"),
        ("phone-targets", "phoneTargets"),
        ("staffTarget", "staffTargets"),
        ("type", "types"),
        ("supportLangauges", "supportLanguages"),
    ] {
        let column = key.len() + 7;
        assert_eq!(
            error(with(key, r#""x""#)),
            format!("/{key}: line 2 column {column}: `{key}` is not a field of an update; did you mean `{meant}`?")
        );
    }
    let hidden = error(with("types\u{a0}", "[]"));
    assert!(hidden.ends_with("is not a field of an update; did you mean `types`?"), "{hidden}");
}

#[test]
fn shows_example_of_missing_field() {
    for (field, example) in
        [("displayName", "\"…\""), ("supportLanguages", "[…]"), ("supportLocations", "[…]"), ("types", "[…]")]
    {
        let mut update: Value = serde_json::from_str(VALID).unwrap();
        update.as_object_mut().unwrap().remove(field);
        let text = format!("\n{update}");
        assert_eq!(error(text), format!("line 2 column 1: `{field}` is missing; add \"{field}\": {example}"));
    }
}

#[test]
fn reports_position_of_unpaired_surrogate_in_key() {
    let surrogate = r"contains an unpaired surrogate \u escape; write the character itself";
    let json = VALID.replace(r#""supportLanguages""#, r#""\ud83csupportLanguages""#);
    assert_eq!(error(json), format!("line 3 column 3: {surrogate}"));
}

struct Syntax {
    json: String,
    error: &'static str,
}

#[test]
fn explains_syntax_errors() {
    let comment = "JSON has no comments; remove it";
    let trailing = "the update ends before this; remove what follows it";
    for Syntax { json, error: expected } in [
        Syntax {
            json: VALID.replace(r#""*"]"#, r#""*",]"#),
            error: "line 3 column 28: there is a comma before this; remove it",
        },
        Syntax {
            json: VALID.replace(r#"-1"]"#, r#"-1"],"#),
            error: "line 7 column 1: there is a comma before this; remove it",
        },
        Syntax { json: VALID.replace(r#"["*"],"#, "[\"*\"], // all"), error: comment },
        Syntax { json: VALID.replace(r#"["*"],"#, "/* all */ [\"*\"],"), error: comment },
        Syntax { json: VALID.replace(r#"["*"],"#, "[\"*\"] # all\n,"), error: comment },
        Syntax { json: format!("// night\n{VALID}"), error: comment },
        Syntax { json: format!("{VALID}\n{VALID}"), error: trailing },
        Syntax { json: format!("{VALID},"), error: trailing },
        Syntax {
            json: VALID[..VALID.len() - 2].to_owned(),
            error: "the text ends in the middle of the update; add the missing part",
        },
        Syntax {
            json: VALID[..40].to_owned(),
            error: "the text ends in the middle of the update; add the missing part",
        },
        Syntax { json: VALID.replace(r#""*""#, "'*'"), error: "this is not a JSON quotation mark; write \"" },
        Syntax { json: VALID.replace(r#""*""#, "“*”"), error: "this is not a JSON quotation mark; write \"" },
        Syntax {
            json: with("phoneTargets", "[+85212345678]"),
            error: "line 2 column 20: a JSON number cannot begin with +; put it in quotes",
        },
        Syntax {
            json: with("phoneTargets", "[0123456789]"),
            error: "line 2 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("phoneTargets", "[1234567, 852-1234-5678]"),
            error: "line 2 column 29: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("phoneTargets", "[852 1234 5678]"),
            error: "line 2 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("staffTargets", "[0x1F]"),
            error: "line 6 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("staffTargets", "[7b3a-11]"),
            error: "line 6 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("staffTargets", "[true 7]"),
            error: "line 6 column 20: this is not a valid JSON value; put strings in quotes",
        },
        Syntax {
            json: VALID.replace(r#"["STAFF"]"#, r#"["STAFF",, "PHONE"]"#),
            error: "line 5 column 21: there is one comma too many; remove it",
        },
        Syntax {
            json: VALID.replace(r#"["STAFF"]"#, r#"[, "STAFF"]"#),
            error: "line 5 column 13: there is one comma too many; remove it",
        },
        Syntax { json: "{,}".to_owned(), error: "line 1 column 2: there is one comma too many; remove it" },
        Syntax {
            json: VALID.replace(r#"["STAFF"],"#, r#"["STAFF"],,"#),
            error: "line 5 column 22: there is one comma too many; remove it",
        },
        Syntax { json: with("types", ""), error: "line 5 column 12: a value is missing before this; add it" },
        Syntax {
            json: VALID.replace(r#""HK", "US-CA""#, r#""HK": "US-CA""#),
            error: "line 4 column 28: this `:` does not follow the name of a field; remove it",
        },
        Syntax {
            json: VALID.replace(r#""US-CA"]"#, r#""US-CA"}"#),
            error: "line 4 column 37: expected `]`, not this `}`; write `]` instead of it or before it",
        },
        Syntax {
            json: VALID.replace(r#""US-CA"],"#, r#""US-CA","#),
            error: "line 5 column 10: the list before this field is not closed; add `]` before the field",
        },
        Syntax {
            json: VALID.replace(r#"["HK", "US-CA"]"#, r#""HK", "US-CA""#),
            error: "line 4 column 36: expected `:` and a value before this; add them, or put several values in square \
                    brackets",
        },
        Syntax {
            json: VALID.replace(r#"["STAFF"]"#, r#"["STAFF"]]"#),
            error: "line 5 column 21: this `]` closes nothing; remove it",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, r#""types:"#),
            error: r#"line 5 column 13: a string ends before this; check its quotes, and write \" for a " inside it"#,
        },
        Syntax { json: VALID.replace('{', "{{"), error: "the name of a field is missing before this; add it" },
        Syntax {
            json: VALID.replace(r#": ["STAFF"]"#, ""),
            error: "line 5 column 10: expected `:` and a value before this; add them, or put several values in square \
                    brackets",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, r#""types"："#),
            error: "line 5 column 10: `：` is not `:`; write `:`",
        },
        Syntax { json: VALID.replace(r#""types":"#, r#""types" ="#), error: "column 11: `=` is not `:`; write `:`" },
        Syntax {
            json: VALID.replace(r#""HK","#, r#""HK"，"#), error: "line 4 column 28: `，` is not `,`; write `,`"
        },
        Syntax { json: VALID.replace(r#""HK","#, r#""HK";"#), error: "column 28: `;` is not `,`; write `,`" },
        Syntax { json: VALID.replace('{', "｛"), error: "line 1 column 1: `｛` is not `{`; write `{`" },
        Syntax {
            json: VALID.replace(r#""types""#, "\u{a0}\"types\""),
            error: "line 5 column 3: the invisible character U+00A0 is outside of quotes; remove it",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, "\"types\"\u{200b}:"),
            error: "line 5 column 10: the invisible character U+200B is outside of quotes; remove it",
        },
        Syntax {
            json: VALID.replace(r#""HK""#, "\u{202e}\"HK\""),
            error: "line 4 column 24: the bidirectional character U+202E is outside of quotes; remove it",
        },
        Syntax {
            json: VALID.replace(r#""HK""#, "\"HK\"\u{3000}"),
            error: "line 4 column 28: the invisible character U+3000 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("{VALID}\0"),
            error: "line 7 column 2: the control character U+0000 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\u{c}{VALID}"),
            error: "line 1 column 1: the control character U+000C is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\n\u{a0}{VALID}"),
            error: "line 2 column 1: the invisible character U+00A0 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\u{200b}{VALID}"),
            error: "line 1 column 1: the invisible character U+200B is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\0{VALID}"),
            error: "line 1 column 1: the control character U+0000 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\u{feff}\u{feff}{VALID}"),
            error: "line 1 column 1: the invisible character U+FEFF is outside of quotes; remove it",
        },
        Syntax { json: VALID.replace('"', "\\\""), error: r"line 2 column 3: a \ is outside of quotes; remove it" },
        Syntax {
            json: VALID.replace(r#"["*"]"#, "[“*”]"),
            error: "column 24: this is not a JSON quotation mark; write \"",
        },
        Syntax {
            json: VALID.replace(r#"["*"]"#, "[n/a]"),
            error: "column 24: this is not a valid JSON value; put strings in quotes",
        },
        Syntax { json: with("staffTargets", "[1//2\n]"), error: "line 6 column 21: JSON has no comments; remove it" },
        Syntax {
            json: VALID.replace(r#""types""#, "types"),
            error: "line 5 column 3: the name of a field is not in quotes; put it in quotes",
        },
        Syntax {
            json: VALID.replace(r#""HK""#, "HK"),
            error: "line 4 column 24: this is not a valid JSON value; put strings in quotes",
        },
        Syntax {
            json: with("trunkTargets", "None"),
            error: "line 2 column 19: this is not a valid JSON value; put strings in quotes",
        },
        Syntax {
            json: VALID.replace("Night", "Ni\tght"),
            error: "line 2 column 21: a string contains a tab; write a space instead",
        },
        Syntax {
            json: VALID.replace("Night", "夜\0"),
            error: "line 2 column 22: a string contains the control character U+0000; remove it",
        },
        Syntax {
            json: VALID.replace("shift\"", "shift"),
            error: "line 2 column 31: a string is not closed on its line; add the closing \", or remove the line break",
        },
        Syntax {
            json: VALID.replace("Night", r"C:\Night"),
            error: r"line 2 column 21: this is not a JSON escape such as \n or \u0041; write \\ for a \",
        },
        Syntax {
            json: VALID.replace("Night", r"it\'s"),
            error: r"line 2 column 21: this character cannot be escaped; remove the \",
        },
        Syntax {
            json: VALID.replace("Night", r"\+852"),
            error: r"line 2 column 19: this character cannot be escaped; remove the \",
        },
        Syntax {
            json: VALID.replace("Night", r"C:\users"),
            error: r"line 2 column 21: \u must be followed by four hexadecimal digits; correct them, or write \\ for a \",
        },
        Syntax {
            json: VALID.replace(r#""Night shift""#, r#""Night "late" shift""#),
            error: r#"line 2 column 26: a string ends before this; check its quotes, and write \" for a " inside it"#,
        },
        Syntax {
            json: VALID.replace(r#""HK", "#, r#""HK" "#),
            error: "line 4 column 29: expected `,` or `]` before this; add it",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, r#""types""#),
            error: "line 5 column 11: expected `:` before this; add it",
        },
        Syntax { json: String::new(), error: "line 1 column 1: is empty; write the update as { … }" },
        Syntax { json: " \n ".to_owned(), error: "line 2 column 2: is empty; write the update as { … }" },
        Syntax { json: "[]".to_owned(), error: "line 1 column 1: is not an object; write the update as { … }" },
        Syntax { json: "null".to_owned(), error: "line 1 column 1: is not an object; write the update as { … }" },
    ] {
        let error = error(&json);
        assert!(error.ends_with(expected), "{json}\n{error}");
        assert!(error.starts_with("line "), "{json}\n{error}");
    }
}

#[test]
fn detects_other_formats() {
    struct Row {
        file: &'static [u8],
        error: &'static str,
    }
    let compressed = "line 1 column 1: looks like a compressed file; unpack it first";
    let table = "line 1 column 1: looks like a table (CSV); write the update as JSON, { … }";
    let no_object = "line 1 column 1: is not an object; write the update as { … }";
    for Row { file, error: expected } in [
        Row {
            file: b"PK\x03\x04\x14\0\x08\x08\xb1",
            error: "line 1 column 1: looks like a spreadsheet or another ZIP file; write the update as JSON, { … }",
        },
        Row {
            file: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            error: "line 1 column 1: looks like an old Office spreadsheet or document; write the update as JSON, { … }",
        },
        Row {
            file: b"%PDF-1.7\n%\xe2\xe3",
            error: "line 1 column 1: looks like a PDF file; write the update as JSON, { … }",
        },
        Row { file: br"{\rtf1\ansi", error: "line 1 column 1: looks like rich text (RTF); save it as plain text" },
        Row { file: b"\x1f\x8b\x08\0", error: compressed },
        Row { file: b"\x28\xb5\x2f\xfd\x24", error: compressed },
        Row {
            file: b"\xef\xbb\xbf\r\n<?xml version=\"1.0\"?>",
            error: "line 2 column 1: looks like XML or HTML; write the update as JSON, { … }",
        },
        Row { file: b"destination,displayName,types\na,b,STAFF\n", error: table },
        Row { file: b"\"types\";\"displayName\"\r\n", error: table },
        Row { file: b"TYPES\tDISPLAYNAME", error: table },
        Row { file: b"displayName: Night shift\n", error: no_object },
        Row { file: b"displayName", error: no_object },
        Row { file: b"a, b\n", error: no_object },
        Row { file: b"[displayName, types]", error: no_object },
    ] {
        assert_eq!(error(file), expected, "{}", file.escape_ascii());
    }
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf_32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|c| bytes(c.into())).collect()
}

#[test]
fn detects_other_encodings() {
    let marked = format!("\u{feff}{VALID}");
    for text in [VALID, &marked, "{}", "\u{feff}"] {
        for bytes in [utf_16(text, u16::to_le_bytes), utf_16(text, u16::to_be_bytes)] {
            assert_eq!(error(bytes), "line 1 column 1: the text is UTF-16; save it as UTF-8", "{text:?}");
        }
        for bytes in [utf_32(text, u32::to_le_bytes), utf_32(text, u32::to_be_bytes)] {
            assert_eq!(error(bytes), "line 1 column 1: the text is UTF-32; save it as UTF-8", "{text:?}");
        }
    }
    let latin_1: Vec<u8> =
        VALID.replace("Night", "Équipe").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(error(latin_1), "line 2 column 19: the byte 0xC9 is not UTF-8; save the text as UTF-8");
    let cut = [&VALID.as_bytes()[..20], b"\xe5\xa4"].concat();
    assert_eq!(error(cut), "line 2 column 19: the byte 0xE5 is not UTF-8; save the text as UTF-8");
    assert!(DestinationUpdate::from_json(marked).is_ok());
}

/// An endless reader that counts the bytes read.
struct Endless {
    read: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        buffer.fill(b' ');
        self.read += buffer.len();
        Ok(buffer.len())
    }
}

#[test]
fn rejects_endless_reader_at_the_limit() {
    let mut endless = Endless { read: 0 };
    let error = DestinationUpdate::from_reader(&mut endless).unwrap_err();
    assert_eq!(error, JsonError::TooLarge { limit: MAX_BYTES });
    assert_eq!(error.to_string(), "is larger than the limit of 4 MiB for one update; check that it is the right file");
    assert_eq!(endless.read, MAX_BYTES + 1);
}

#[test]
fn reads_update_of_maximum_size_and_rejects_larger() {
    let mut json = format!("{VALID}{}", " ".repeat(MAX_BYTES - VALID.len()));
    assert!(DestinationUpdate::from_json(&json).is_ok());
    assert!(DestinationUpdate::from_reader(json.as_bytes()).is_ok());
    json.push(' ');
    assert_eq!(DestinationUpdate::from_json(&json), Err(JsonError::TooLarge { limit: MAX_BYTES }));
}

struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[test]
fn reports_error_of_reader() {
    let folder = io::Error::new(io::ErrorKind::IsADirectory, "is a directory");
    let error = DestinationUpdate::from_reader(Failing(Some(folder))).unwrap_err();
    assert_eq!(error.to_string(), "cannot be read: is a directory");
    assert!(matches!(error, JsonError::Read { kind: io::ErrorKind::IsADirectory, .. }));
}

#[test]
fn long_name_is_reported_with_all_other_violations() {
    let json = VALID
        .replace("Night shift", &format!("{}\\u202e ", "n".repeat(10_000)))
        .replace("\"*\"", "\"*\", \"en\"")
        .replace("\"US-CA\"", "\"HK\"")
        .replace("\"STAFF\"", "\"STAFF\", \"PHONE\"")
        .replace("staff-1", " ");
    let Err(JsonError::Invalid(violations)) = DestinationUpdate::from_json(json) else { panic!() };
    let found: Vec<_> = violations.iter().map(|found| (found.pointer(), found.rule())).collect();
    assert_eq!(
        found,
        [
            ("/displayName", Rule::TooLong),
            ("/displayName", Rule::SurroundingWhiteSpace),
            ("/displayName", Rule::HiddenCharacter),
            ("/supportLanguages/0", Rule::WildcardNotAlone),
            ("/supportLocations/1", Rule::Duplicate),
            ("/phoneTargets", Rule::MissingTargets),
            ("/staffTargets/0", Rule::Blank),
        ]
    );
}

#[test]
fn serializes_errors() {
    let serialized = |error: JsonError| serde_json::to_value(error).unwrap();
    let structure = serialized(DestinationUpdate::from_json("{}").unwrap_err());
    assert_eq!(
        structure,
        json!({ "structure": { "pointer": "", "line": 1, "column": 1,
            "problem": "`displayName` is missing; add \"displayName\": \"…\"" } })
    );
    let invalid = serialized(DestinationUpdate::from_json(VALID.replace("staff-1", "*")).unwrap_err());
    assert_eq!(invalid["invalid"][0]["rule"], "wildcard-target");
    let large = serialized(JsonError::TooLarge { limit: MAX_BYTES });
    assert_eq!(large, json!({ "too-large": { "limit": 4_194_304 } }));
    let read = serialized(io::Error::other("no").into());
    assert_eq!(read, json!({ "read": { "problem": "no" } }));
}

#[test]
fn reports_first_problem_at_any_depth() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_eq!(
        error(with("staffTargets", &deep)),
        r#"/staffTargets/0: line 6 column 20: a list is not a string; write "…""#
    );
}

/// Terms of serde and Rust that mean nothing to authors of JSON.
const JARGON: [&str; 19] = [
    "sequence",
    "map",
    "f64",
    "i64",
    "u64",
    "integer",
    "floating",
    "boolean",
    "unit",
    "variant",
    "newtype",
    "struct",
    "enum",
    "tuple",
    "invalid type",
    "invalid value",
    "invalid length",
    "EOF",
    "ident",
];

fn anything() -> impl Strategy<Value = Value> {
    let leaf = select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(85_212_345_678_u64),
        json!(u64::MAX),
        json!(""),
        json!("*"),
        json!("STAFF"),
        json!("staff"),
        json!("\u{202e}"),
        json!("n".repeat(50)),
    ]);
    leaf.prop_recursive(3, 16, 4, |inner| {
        let key = select(vec!["STAFF", "PHONE", "displayName", "types", "$schema", "a/b", "\n"]);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key.prop_map(str::to_owned), inner), 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// An update in which values have the wrong type and pieces of the JSON are replaced.
fn wrong_json() -> impl Strategy<Value = String> {
    let fields = select(vec![
        "displayName",
        "supportLanguages",
        "supportLocations",
        "types",
        "phoneTargets",
        "staffTargets",
        "$schema",
        "more",
    ]);
    let piece = select(vec![
        "",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "'",
        "\\",
        "\\u",
        "\\ud800",
        "\\x",
        "//",
        "#",
        "+",
        "-",
        "01",
        "1e",
        "nul",
        "null",
        "NaN",
        "True",
        "1e999",
        "0x1",
        "\t",
        "\n",
        "\0",
        "“",
        "，",
        "：",
        "=",
        "\u{a0}",
        "\u{c}",
        "\\'",
        " 1",
        "{}",
        "\"types\":[],",
        "\u{feff}",
    ]);
    let edits = vec((0..200_usize, 0..4_usize, piece), 0..3);
    (vec((fields, anything()), 0..3), edits).prop_map(|(fields, edits)| {
        let mut update: Value = serde_json::from_str(VALID).unwrap();
        for (field, value) in fields {
            update[field] = value;
        }
        let mut json: Vec<char> = update.to_string().chars().collect();
        for (at, removed, piece) in edits {
            let at = at.min(json.len());
            let end = (at + removed).min(json.len());
            json.splice(at..end, piece.chars());
        }
        json.into_iter().collect()
    })
}

/// Random sequences of JSON tokens and fragments.
fn pieces() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\\", "\\u", "\\u00e9", "\\n", "\\'", "1", "-", "0",
        ".5", "e1", "+", "null", "tru", "true", " ", "\n", "\r", "\t", "\0", "\u{a0}", "\u{c}", "夜", "//", "/*", "/",
        "#", "'", "，",
    ]);
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn messages_contain_no_serde_terms(json in wrong_json()) {
        match DestinationUpdate::from_json(&json) {
            Ok(_) => {}
            Err(error) => for text in error.to_string().lines() {
                prop_assert!(JARGON.iter().all(|word| !text.contains(word)), "{json}\n{text}");
                prop_assert!(text.contains("; "), "{json}\n{text}");
            }
        }
    }

    /// Exactly the input that serde_json rejects has a position and a message.
    #[test]
    fn every_syntax_error_is_explained(json in prop_oneof![wrong_json(), pieces()]) {
        let is_wrong = serde_json::from_str::<&RawValue>(&json).is_err();
        let found = syntax::find(&json);
        prop_assert_eq!(found.is_some(), is_wrong, "{}\n{:?}", &json, &found);
        if let Some((offset, message)) = found {
            prop_assert!(json.is_char_boundary(offset) && (offset < json.len() || json.is_empty()));
            prop_assert!(message.contains("; "), "{}", message);
        }
    }
}
