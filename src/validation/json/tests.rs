//! What `from_json` and `from_reader` make of the files that people and programs write.

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

/// The valid update with the value of one field replaced, or with a further field.
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
fn refused(json: impl AsRef<[u8]>) -> String {
    DestinationUpdate::from_json(json).unwrap_err().to_string()
}

struct Form {
    field: &'static str,
    value: &'static str,
    refused: &'static str,
}

#[test]
fn names_wrong_kinds_in_the_words_of_json() {
    for Form { field, value, refused: expected } in [
        Form {
            field: "trunkTargets",
            value: "null",
            refused: "/trunkTargets: line 2 column 19: null is not a list; leave the field out or write […]",
        },
        Form { field: "types", value: "null", refused: "/types: line 5 column 12: null is not a list; write […]" },
        Form { field: "types", value: "{}", refused: "/types: line 5 column 12: an object is not a list; write […]" },
        Form { field: "types", value: "true", refused: "/types: line 5 column 12: true is not a list; write […]" },
        Form {
            field: "supportLanguages",
            value: r#""*""#,
            refused: r#"/supportLanguages: line 3 column 23: "*" is not a list; put it in square brackets"#,
        },
        Form {
            field: "phoneTargets",
            value: "85212345678",
            refused: "/phoneTargets: line 2 column 19: 85212345678 is not a list; put it in square brackets",
        },
        Form {
            field: "phoneTargets",
            value: r#"["+85212345678", 85212345678]"#,
            refused: "/phoneTargets/1: line 2 column 36: 85212345678 is not text; put it in quotes",
        },
        Form {
            field: "phoneTargets",
            value: "[8.5212345678E+10]",
            refused: "/phoneTargets/0: line 2 column 20: 8.5212345678E+10 is not text; write all its digits, in quotes",
        },
        Form {
            field: "trunkTargets",
            value: "[85212345678.0]",
            refused: "/trunkTargets/0: line 2 column 20: 85212345678.0 is not text; write it without .0, in quotes",
        },
        Form {
            field: "displayName",
            value: "1.5",
            refused: "/displayName: line 2 column 18: 1.5 is not text; put it in quotes",
        },
        Form {
            field: "displayName",
            value: "2.0",
            refused: "/displayName: line 2 column 18: 2.0 is not text; put it in quotes",
        },
        Form {
            field: "types",
            value: r#""\ud800""#,
            refused: r#"/types: line 5 column 12: "\ud800" is not a list; put it in square brackets"#,
        },
        Form {
            field: "types",
            value: r#"["\ud800"]"#,
            refused: "/types/0: line 5 column 13: has a \\u escape that is only half of a character; write the character \
                      itself",
        },
        Form {
            field: "supportLocations",
            value: r#"["HK", null]"#,
            refused: r#"/supportLocations/1: line 4 column 30: null is not text; write "…""#,
        },
        Form {
            field: "staffTargets",
            value: "[[]]",
            refused: r#"/staffTargets/0: line 6 column 20: a list is not text; write "…""#,
        },
        Form {
            field: "displayName",
            value: "7",
            refused: "/displayName: line 2 column 18: 7 is not text; put it in quotes",
        },
        Form {
            field: "displayName",
            value: "false",
            refused: "/displayName: line 2 column 18: false is not text; put it in quotes",
        },
        Form {
            field: "displayName",
            value: "null",
            refused: r#"/displayName: line 2 column 18: null is not text; write "…""#,
        },
        Form {
            field: "types",
            value: r#"[{"STAFF": null}]"#,
            refused: r#"/types/0: line 5 column 13: an object is not text; write one of "PHONE", "STAFF", "TRUNK""#,
        },
        Form {
            field: "types",
            value: r#"["STAFF", "phone"]"#,
            refused: r#"/types/1: line 5 column 22: "phone" is unknown; write one of "PHONE", "STAFF", "TRUNK""#,
        },
        Form {
            field: "types",
            value: "[2]",
            refused: r#"/types/0: line 5 column 13: 2 is not text; write one of "PHONE", "STAFF", "TRUNK""#,
        },
        Form {
            field: "$schema",
            value: "null",
            refused: r#"/$schema: line 2 column 14: null is not text; leave the field out or write "…""#,
        },
        Form {
            field: "$schema", value: "[]", refused: r#"/$schema: line 2 column 14: a list is not text; write "…""#
        },
        Form {
            field: "displayName",
            value: r#""Night \ud83c""#,
            refused: "/displayName: line 2 column 18: has a \\u escape that is only half of a character; write the \
                      character itself",
        },
    ] {
        assert_eq!(refused(with(field, value)), expected, "{field} {value}");
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
fn refuses_all_other_unknown_keys() {
    for (key, pointer) in [("$Schema", "/$Schema"), ("schema", "/schema"), ("$comment", "/$comment"), ("", "/")] {
        let known: Vec<_> = DestinationUpdate::FIELDS.iter().map(|name| format!("`{name}`")).collect();
        let known = known.join(", ");
        let column = key.len() + 7;
        assert_eq!(
            refused(with(key, r#""x""#)),
            format!("{pointer}: line 2 column {column}: `{key}` is not a field of an update; use one of {known}")
        );
    }
    let twice = with("$schema", r#""a", "$schema": "b""#);
    assert_eq!(refused(twice), "/$schema: line 2 column 30: `$schema` is there twice; remove one of the two");
}

#[test]
fn names_the_field_that_was_meant() {
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
            refused(with(key, r#""x""#)),
            format!("/{key}: line 2 column {column}: `{key}` is not a field of an update; did you mean `{meant}`?")
        );
    }
    let hidden = refused(with("types\u{a0}", "[]"));
    assert!(hidden.ends_with("is not a field of an update; did you mean `types`?"), "{hidden}");
}

#[test]
fn says_how_to_write_the_missing_field() {
    for (field, form) in
        [("displayName", "\"…\""), ("supportLanguages", "[…]"), ("supportLocations", "[…]"), ("types", "[…]")]
    {
        let mut update: Value = serde_json::from_str(VALID).unwrap();
        update.as_object_mut().unwrap().remove(field);
        let text = format!("\n{update}");
        assert_eq!(refused(text), format!("line 2 column 1: `{field}` is missing; add \"{field}\": {form}"));
    }
}

#[test]
fn half_of_a_character_in_a_name_is_found_where_it_is() {
    let half = r"has a \u escape that is only half of a character; write the character itself";
    let json = VALID.replace(r#""supportLanguages""#, r#""\ud83csupportLanguages""#);
    assert_eq!(refused(json), format!("line 3 column 3: {half}"));
}

struct Syntax {
    json: String,
    refused: &'static str,
}

#[test]
fn says_what_to_do_about_text_that_is_not_json() {
    let comment = "JSON has no comments; remove it";
    let trailing = "the update ends before this; remove what follows it";
    for Syntax { json, refused: expected } in [
        Syntax {
            json: VALID.replace(r#""*"]"#, r#""*",]"#),
            refused: "line 3 column 28: there is a comma before this; remove it",
        },
        Syntax {
            json: VALID.replace(r#"-1"]"#, r#"-1"],"#),
            refused: "line 7 column 1: there is a comma before this; remove it",
        },
        Syntax { json: VALID.replace(r#"["*"],"#, "[\"*\"], // all"), refused: comment },
        Syntax { json: VALID.replace(r#"["*"],"#, "/* all */ [\"*\"],"), refused: comment },
        Syntax { json: VALID.replace(r#"["*"],"#, "[\"*\"] # all\n,"), refused: comment },
        Syntax { json: format!("// night\n{VALID}"), refused: comment },
        Syntax { json: format!("{VALID}\n{VALID}"), refused: trailing },
        Syntax { json: format!("{VALID},"), refused: trailing },
        Syntax {
            json: VALID[..VALID.len() - 2].to_owned(),
            refused: "the text ends in the middle of the update; add what is missing",
        },
        Syntax {
            json: VALID[..40].to_owned(),
            refused: "the text ends in the middle of the update; add what is missing",
        },
        Syntax { json: VALID.replace(r#""*""#, "'*'"), refused: "this is not a quote of JSON; write \"" },
        Syntax { json: VALID.replace(r#""*""#, "“*”"), refused: "this is not a quote of JSON; write \"" },
        Syntax {
            json: with("phoneTargets", "[+85212345678]"),
            refused: "line 2 column 20: a number with + is text; put it in quotes",
        },
        Syntax {
            json: with("phoneTargets", "[0123456789]"),
            refused: "line 2 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("phoneTargets", "[1234567, 852-1234-5678]"),
            refused: "line 2 column 29: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("phoneTargets", "[852 1234 5678]"),
            refused: "line 2 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("staffTargets", "[0x1F]"),
            refused: "line 6 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("staffTargets", "[7b3a-11]"),
            refused: "line 6 column 20: a phone number or ID is not in quotes; put it in quotes",
        },
        Syntax {
            json: with("staffTargets", "[true 7]"),
            refused: "line 6 column 20: this is not a value of JSON; write text in quotes",
        },
        Syntax {
            json: VALID.replace(r#"["STAFF"]"#, r#"["STAFF",, "PHONE"]"#),
            refused: "line 5 column 21: there is one comma too many; remove it",
        },
        Syntax {
            json: VALID.replace(r#"["STAFF"]"#, r#"[, "STAFF"]"#),
            refused: "line 5 column 13: there is one comma too many; remove it",
        },
        Syntax { json: "{,}".to_owned(), refused: "line 1 column 2: there is one comma too many; remove it" },
        Syntax {
            json: VALID.replace(r#"["STAFF"],"#, r#"["STAFF"],,"#),
            refused: "line 5 column 22: there is one comma too many; remove it",
        },
        Syntax { json: with("types", ""), refused: "line 5 column 12: a value is missing before this; add it" },
        Syntax {
            json: VALID.replace(r#""HK", "US-CA""#, r#""HK": "US-CA""#),
            refused: "line 4 column 28: this `:` does not follow the name of a field; remove it",
        },
        Syntax {
            json: VALID.replace(r#""US-CA"]"#, r#""US-CA"}"#),
            refused: "line 4 column 37: expected `]` before this; add it",
        },
        Syntax {
            json: VALID.replace(r#"["STAFF"]"#, r#"["STAFF"]]"#),
            refused: "line 5 column 21: this `]` closes nothing; remove it",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, r#""types:"#),
            refused: r#"line 5 column 13: a text ends before this; check its quotes, and write \" for a " in it"#,
        },
        Syntax { json: VALID.replace('{', "{{"), refused: "the name of a field is missing before this; add it" },
        Syntax {
            json: VALID.replace(r#": ["STAFF"]"#, ""),
            refused: "line 5 column 10: expected `:` and a value before this; add them",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, r#""types"："#),
            refused: "line 5 column 10: `：` is not `:`; write `:`",
        },
        Syntax { json: VALID.replace(r#""types":"#, r#""types" ="#), refused: "column 11: `=` is not `:`; write `:`" },
        Syntax {
            json: VALID.replace(r#""HK","#, r#""HK"，"#),
            refused: "line 4 column 28: `，` is not `,`; write `,`",
        },
        Syntax { json: VALID.replace(r#""HK","#, r#""HK";"#), refused: "column 28: `;` is not `,`; write `,`" },
        Syntax { json: VALID.replace('{', "｛"), refused: "line 1 column 1: `｛` is not `{`; write `{`" },
        Syntax {
            json: VALID.replace(r#""types""#, "\u{a0}\"types\""),
            refused: "line 5 column 3: the invisible character U+00A0 is outside of quotes; remove it",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, "\"types\"\u{200b}:"),
            refused: "line 5 column 10: the invisible character U+200B is outside of quotes; remove it",
        },
        Syntax {
            json: VALID.replace(r#""HK""#, "\u{202e}\"HK\""),
            refused: "line 4 column 24: the bidirectional character U+202E is outside of quotes; remove it",
        },
        Syntax {
            json: VALID.replace(r#""HK""#, "\"HK\"\u{3000}"),
            refused: "line 4 column 28: the invisible character U+3000 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("{VALID}\0"),
            refused: "line 7 column 2: the control character U+0000 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\u{c}{VALID}"),
            refused: "line 1 column 1: the control character U+000C is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\n\u{a0}{VALID}"),
            refused: "line 2 column 1: the invisible character U+00A0 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\u{200b}{VALID}"),
            refused: "line 1 column 1: the invisible character U+200B is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\0{VALID}"),
            refused: "line 1 column 1: the control character U+0000 is outside of quotes; remove it",
        },
        Syntax {
            json: format!("\u{feff}\u{feff}{VALID}"),
            refused: "line 1 column 1: the invisible character U+FEFF is outside of quotes; remove it",
        },
        Syntax { json: VALID.replace('"', "\\\""), refused: r"line 2 column 3: a \ is outside of quotes; remove it" },
        Syntax {
            json: VALID.replace(r#"["*"]"#, "[“*”]"),
            refused: "column 24: this is not a quote of JSON; write \"",
        },
        Syntax {
            json: VALID.replace(r#"["*"]"#, "[n/a]"),
            refused: "column 24: this is not a value of JSON; write text in quotes",
        },
        Syntax { json: with("staffTargets", "[1//2\n]"), refused: "line 6 column 21: JSON has no comments; remove it" },
        Syntax {
            json: VALID.replace(r#""types""#, "types"),
            refused: "line 5 column 3: the name of a field is not in quotes; put it in quotes",
        },
        Syntax {
            json: VALID.replace(r#""HK""#, "HK"),
            refused: "line 4 column 24: this is not a value of JSON; write text in quotes",
        },
        Syntax {
            json: with("trunkTargets", "None"),
            refused: "line 2 column 19: this is not a value of JSON; write text in quotes",
        },
        Syntax {
            json: VALID.replace("Night", "Ni\tght"),
            refused: "line 2 column 21: a tab is in a text; write a space instead",
        },
        Syntax {
            json: VALID.replace("Night", "夜\0"),
            refused: "line 2 column 22: the control character U+0000 is in a text; remove it",
        },
        Syntax {
            json: VALID.replace("shift\"", "shift"),
            refused: "line 2 column 31: a text is not closed on its line; add the \", or remove the line break",
        },
        Syntax {
            json: VALID.replace("Night", r"C:\Night"),
            refused: r"line 2 column 21: after \ in a text comes one of \n \t \\ \/ \u0041 and the like; write \\ for a \",
        },
        Syntax {
            json: VALID.replace("Night", r"it\'s"),
            refused: r"line 2 column 21: this needs no \ before it; remove the \",
        },
        Syntax {
            json: VALID.replace("Night", r"\+852"),
            refused: r"line 2 column 19: this needs no \ before it; remove the \",
        },
        Syntax {
            json: VALID.replace("Night", r"C:\users"),
            refused: r"line 2 column 21: after \u come four digits from 0 to f; correct them, or write \\ for a \",
        },
        Syntax {
            json: VALID.replace(r#""Night shift""#, r#""Night "late" shift""#),
            refused: r#"line 2 column 26: a text ends before this; check its quotes, and write \" for a " in it"#,
        },
        Syntax {
            json: VALID.replace(r#""HK", "#, r#""HK" "#),
            refused: "line 4 column 29: expected `,` or `]` before this; add it",
        },
        Syntax {
            json: VALID.replace(r#""types":"#, r#""types""#),
            refused: "line 5 column 11: expected `:` before this; add it",
        },
        Syntax { json: String::new(), refused: "line 1 column 1: is empty; write the update as { … }" },
        Syntax { json: " \n ".to_owned(), refused: "line 2 column 2: is empty; write the update as { … }" },
        Syntax { json: "[]".to_owned(), refused: "line 1 column 1: is not an object; write the update as { … }" },
        Syntax { json: "null".to_owned(), refused: "line 1 column 1: is not an object; write the update as { … }" },
    ] {
        let error = refused(&json);
        assert!(error.ends_with(expected), "{json}\n{error}");
        assert!(error.starts_with("line "), "{json}\n{error}");
    }
}

#[test]
fn names_files_of_other_formats() {
    struct Row {
        file: &'static [u8],
        refused: &'static str,
    }
    let compressed = "line 1 column 1: looks like a compressed file; unpack it first";
    let table = "line 1 column 1: looks like a table (CSV); write the update as JSON, { … }";
    let no_object = "line 1 column 1: is not an object; write the update as { … }";
    for Row { file, refused: expected } in [
        Row {
            file: b"PK\x03\x04\x14\0\x08\x08\xb1",
            refused: "line 1 column 1: looks like a spreadsheet or another ZIP file; write the update as JSON, { … }",
        },
        Row {
            file: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            refused: "line 1 column 1: looks like an old spreadsheet or document of Office; write the update as JSON, { … }",
        },
        Row {
            file: b"%PDF-1.7\n%\xe2\xe3",
            refused: "line 1 column 1: looks like a PDF file; write the update as JSON, { … }",
        },
        Row { file: br"{\rtf1\ansi", refused: "line 1 column 1: looks like rich text (RTF); save it as plain text" },
        Row { file: b"\x1f\x8b\x08\0", refused: compressed },
        Row { file: b"\x28\xb5\x2f\xfd\x24", refused: compressed },
        Row {
            file: b"\xef\xbb\xbf\r\n<?xml version=\"1.0\"?>",
            refused: "line 2 column 1: looks like XML or HTML; write the update as JSON, { … }",
        },
        Row { file: b"destination,displayName,types\na,b,STAFF\n", refused: table },
        Row { file: b"\"types\";\"displayName\"\r\n", refused: table },
        Row { file: b"TYPES\tDISPLAYNAME", refused: table },
        Row { file: b"displayName: Night shift\n", refused: no_object },
        Row { file: b"displayName", refused: no_object },
        Row { file: b"a, b\n", refused: no_object },
        Row { file: b"[displayName, types]", refused: no_object },
    ] {
        assert_eq!(refused(file), expected, "{}", file.escape_ascii());
    }
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn utf_32(text: &str, bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    text.chars().flat_map(|c| bytes(c.into())).collect()
}

#[test]
fn names_other_encodings() {
    let marked = format!("\u{feff}{VALID}");
    for text in [VALID, &marked, "{}", "\u{feff}"] {
        for bytes in [utf_16(text, u16::to_le_bytes), utf_16(text, u16::to_be_bytes)] {
            assert_eq!(refused(bytes), "line 1 column 1: the text is UTF-16; save it as UTF-8", "{text:?}");
        }
        for bytes in [utf_32(text, u32::to_le_bytes), utf_32(text, u32::to_be_bytes)] {
            assert_eq!(refused(bytes), "line 1 column 1: the text is UTF-32; save it as UTF-8", "{text:?}");
        }
    }
    let latin_1: Vec<u8> =
        VALID.replace("Night", "Équipe").chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert_eq!(refused(latin_1), "line 2 column 19: the byte 0xC9 is not UTF-8; save the text as UTF-8");
    let cut = [&VALID.as_bytes()[..20], b"\xe5\xa4"].concat();
    assert_eq!(refused(cut), "line 2 column 19: the byte 0xE5 is not UTF-8; save the text as UTF-8");
    assert!(DestinationUpdate::from_json(marked).is_ok());
}

/// Counts what is read of it.
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
fn endless_reader_is_refused_at_the_limit() {
    let mut endless = Endless { read: 0 };
    let error = DestinationUpdate::from_reader(&mut endless).unwrap_err();
    assert_eq!(error, JsonError::TooLarge { limit: MAX_BYTES });
    assert_eq!(
        error.to_string(),
        "is larger than 4 MiB, the most that is read of one update; check that it is the right file"
    );
    assert_eq!(endless.read, MAX_BYTES + 1);
}

#[test]
fn update_of_the_limit_is_read_and_of_one_byte_more_is_not() {
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
fn failing_reader_is_an_error() {
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
    let found: Vec<_> = violations.iter().map(|found| (found.field(), found.index(), found.rule())).collect();
    assert_eq!(
        found,
        [
            ("displayName", None, Rule::TooLong),
            ("displayName", None, Rule::SurroundingWhiteSpace),
            ("displayName", None, Rule::HiddenCharacter),
            ("supportLanguages", Some(0), Rule::WildcardNotAlone),
            ("supportLocations", Some(1), Rule::Duplicate),
            ("phoneTargets", None, Rule::MissingTargets),
            ("staffTargets", Some(0), Rule::Blank),
        ]
    );
}

#[test]
fn errors_are_serialized_for_programs() {
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
fn first_wrong_place_is_reported_however_deep_the_text_is() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    let error = refused(with("staffTargets", &deep));
    assert_eq!(error, r#"/staffTargets/0: line 6 column 20: a list is not text; write "…""#);
}

/// Words of serde's and Rust's that say nothing to who writes JSON.
const JARGON: [&str; 20] = [
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
    "a string",
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

/// An update in which values are of the wrong kind, and pieces of the text are replaced.
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

/// Texts of what matters to JSON, in any order.
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
    fn errors_have_no_word_of_serde(json in wrong_json()) {
        match DestinationUpdate::from_json(&json) {
            Ok(_) => {}
            Err(error) => for text in error.to_string().lines() {
                prop_assert!(JARGON.iter().all(|word| !text.contains(word)), "{json}\n{text}");
                prop_assert!(text.contains("; "), "{json}\n{text}");
            }
        }
    }

    /// What serde_json refuses has a place and a sentence, and nothing else has.
    #[test]
    fn every_text_that_is_not_json_has_a_sentence(json in prop_oneof![wrong_json(), pieces()]) {
        let refused = serde_json::from_str::<&RawValue>(&json).is_err();
        let found = syntax::find(&json);
        prop_assert_eq!(found.is_some(), refused, "{}\n{:?}", &json, &found);
        if let Some((offset, sentence)) = found {
            prop_assert!(json.is_char_boundary(offset) && (offset < json.len() || json.is_empty()));
            prop_assert!(sentence.contains("; "), "{}", sentence);
        }
    }
}
