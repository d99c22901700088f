//! JSON is read as an update, or refused with the place and what was expected; no input causes a panic.

use cinnox_destination::{JsonError, Rule, prelude::*};

use crate::support::{Random, document};

const VALID: &str = r#"{
  "displayName": "Night shift",
  "supportLanguages": ["*"],
  "supportLocations": ["HK", "US-CA"],
  "types": ["STAFF", "PHONE"],
  "phoneTargets": ["+85212345678"],
  "staffTargets": ["staff-1"]
}"#;

/// The known fields as a sentence lists them.
fn known_fields() -> String {
    let mut fields = document::fields();
    fields.sort_unstable();
    quoted_list(&fields)
}

fn quoted_list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1"])
        .with_phones(["+85212345678"])
}

#[track_caller]
fn assert_refused(json: impl AsRef<[u8]>, pointer: &str, line: usize, column: usize, problem: &str) {
    let error = DestinationUpdate::from_json(json.as_ref()).unwrap_err();
    let place = format!("line {line} column {column}: {problem}");
    let text = if pointer.is_empty() { place } else { format!("{pointer}: {place}") };
    assert_eq!(error.to_string(), text);
    let JsonError::Structure { pointer: at, line: in_line, column: in_column, problem: what, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!((at.as_str(), in_line, in_column, what.as_str()), (pointer, line, column, problem));
}

#[track_caller]
fn assert_read(json: impl AsRef<[u8]>) {
    assert_eq!(DestinationUpdate::from_json(json.as_ref()), Ok(sample()));
}

/// The valid update with one piece of its text replaced.
#[track_caller]
fn with(old: &str, new: &str) -> String {
    assert_eq!(VALID.matches(old).count(), 1);
    VALID.replace(old, new)
}

#[test]
fn reads_json_of_the_wire() {
    assert_read(VALID);
    assert_read(serde_json::to_vec(&sample()).unwrap());
    assert_read(with("Night", r"\u004eight"));
}

#[test]
fn reads_byte_order_mark_crlf_and_surrounding_white_space() {
    assert_read(format!("\u{feff}{VALID}"));
    assert_read(VALID.replace('\n', "\r\n"));
    assert_read(format!("\n\t {VALID}\r\n\t \n"));
    assert_read(format!("\u{feff}{}\r\n\r\n", VALID.replace('\n', "\r\n")));
}

#[test]
fn refuses_unknown_field_and_lists_known_fields() {
    for (name, typo, line) in [("phoneTargets", "phoneTarget", 6), ("types", "Types", 5), ("displayName", "name", 2)] {
        assert_refused(
            with(&format!("\"{name}\""), &format!("\"{typo}\"")),
            &format!("/{typo}"),
            line,
            typo.len() + 4,
            &format!("unknown field `{typo}`, expected one of {}", known_fields()),
        );
    }
}

#[test]
fn refuses_value_of_wrong_type() {
    assert_refused(
        with(r#""Night shift""#, "7"),
        "/displayName",
        2,
        18,
        "invalid type: integer `7`, expected a string",
    );
    assert_refused(
        with(r#"["*"]"#, r#""*""#),
        "/supportLanguages",
        3,
        25,
        r#"invalid type: string "*", expected a sequence"#,
    );
    assert_refused(
        with(r#"["*"]"#, r#"{ "all": true }"#),
        "/supportLanguages",
        3,
        22,
        "invalid type: map, expected a sequence",
    );
    assert_refused(with(r#""US-CA""#, "null"), "/supportLocations/1", 4, 33, "invalid type: null, expected a string");
    assert_refused(
        with(r#"["+85212345678"]"#, "[85212345678]"),
        "/phoneTargets/0",
        6,
        30,
        "invalid type: integer `85212345678`, expected a string",
    );
    assert_refused(with(r#"["staff-1"]"#, "null"), "/staffTargets", 7, 22, "invalid type: null, expected a sequence");
}

#[test]
fn refuses_unknown_destination_type_and_lists_known_types() {
    assert_refused(
        with(r#""PHONE""#, r#""phone""#),
        "/types/1",
        5,
        28,
        &format!("unknown variant `phone`, expected one of {}", quoted_list(&document::types())),
    );
}

#[test]
fn refuses_name_that_is_too_long() {
    let max = document::max_name_length();
    assert_refused(
        with("Night shift", &"夜".repeat(max + 1)),
        "/displayName",
        2,
        17 + 2 + 3 * (max + 1),
        &format!("longer than {max} characters"),
    );
    assert!(DestinationUpdate::from_json(with("Night shift", &"夜".repeat(max)).as_bytes()).is_ok());
}

#[test]
fn names_missing_field() {
    for (line, name) in [
        (r#"  "displayName": "Night shift","#, "displayName"),
        (r#"  "supportLanguages": ["*"],"#, "supportLanguages"),
        (r#"  "supportLocations": ["HK", "US-CA"],"#, "supportLocations"),
        (r#"  "types": ["STAFF", "PHONE"],"#, "types"),
    ] {
        assert_refused(with(line, ""), "", 8, 1, &format!("missing field `{name}`"));
    }
    assert_refused("{}", "", 1, 2, "missing field `displayName`");
}

#[test]
fn refuses_duplicate_key() {
    assert_refused(
        with(r#""types""#, r#""displayName": "Day shift", "types""#),
        "",
        5,
        15,
        "duplicate field `displayName`",
    );
}

#[test]
fn refuses_text_after_the_update() {
    assert_refused(format!("{VALID}{VALID}"), "", 8, 2, "trailing characters");
    assert_refused(format!("{VALID}\n,"), "", 9, 1, "trailing characters");
    assert_refused(format!("{VALID}\0"), "", 8, 2, "trailing characters");
}

#[test]
fn refuses_json_that_is_not_an_object() {
    let fields = r#"["Night shift", ["1234567"], ["staff-1"], ["*"], ["*"], [], ["PHONE", "STAFF"]]"#;
    assert_refused(fields, "", 1, 1, "is not an object; write the update as { … }");
    assert_refused(format!("[{VALID}]"), "", 1, 1, "is not an object; write the update as { … }");
    for other in ["null", "\"{}\"", "true", "-1", "displayName: Night shift", "\u{feff}\u{feff}{}"] {
        assert_refused(other, "", 1, 1, "is not an object; write the update as { … }");
    }
    let utf16: Vec<u8> = VALID.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_refused([&[0xff, 0xfe], &*utf16].concat(), "", 1, 1, "is not an object; write the update as { … }");
    assert_refused("\u{feff}\r\n  []", "", 2, 3, "is not an object; write the update as { … }");
}

#[test]
fn refuses_text_that_is_not_json() {
    assert_refused("", "", 1, 1, "is empty; write the update as { … }");
    assert_refused("\u{feff}", "", 1, 1, "is empty; write the update as { … }");
    assert_refused("  \n ", "", 2, 2, "is empty; write the update as { … }");
    assert_refused(with("\"*\"],", "\"*\",],"), "/supportLanguages", 3, 28, "trailing comma");
    assert_refused(&VALID[..VALID.len() - 2], "", 7, 29, "EOF while parsing an object");
}

#[test]
fn refuses_text_that_is_not_unicode() {
    let mut json = VALID.as_bytes().to_vec();
    json[20] = 0xff;
    assert_refused(json, "/displayName", 2, 19, "invalid unicode code point");
    assert_refused(with("Night", r"\ud800"), "/displayName", 2, 25, "unexpected end of hex escape");
    assert_refused(
        with("Night", "a\u{0}b"),
        "/displayName",
        2,
        20,
        "control character (\\u0000-\\u001F) found while parsing a string",
    );
}

#[test]
fn refuses_deep_nesting() {
    let deep = "[".repeat(1_000_000);
    assert_refused(&deep, "", 1, 1, "is not an object; write the update as { … }");
    let fields = format!("{{\"supportLanguages\": {deep}");
    assert_refused(fields, "/supportLanguages/0", 1, 22, "invalid type: sequence, expected a string");
    assert_refused(
        format!("{{\"more\": {deep}"),
        "/more",
        1,
        7,
        &format!("unknown field `more`, expected one of {}", known_fields()),
    );
    assert_refused(
        "{\"a\":".repeat(1_000_000),
        "/a",
        1,
        4,
        &format!("unknown field `a`, expected one of {}", known_fields()),
    );
}

#[test]
fn escapes_key_in_json_pointer() {
    assert_refused(
        r#"{ "a/b~c": 1 }"#,
        "/a~1b~0c",
        1,
        9,
        &format!("unknown field `a/b~c`, expected one of {}", known_fields()),
    );
}

#[test]
fn shows_key_shortened_and_escaped() {
    let text = |key: &str| {
        let json = serde_json::to_vec(&serde_json::json!({ key: 1 })).unwrap();
        DestinationUpdate::from_json(&json).unwrap_err().to_string()
    };
    let hostile = text("\u{1b}[31m\n\u{202e}");
    assert_eq!(
        hostile,
        format!(
            r"/\u{{1b}}[31m\n\u{{202e}}: line 1 column 18: unknown field `\u{{1b}}[31m\n\u{{202e}}`, expected one of {}",
            known_fields()
        )
    );
    let long = text(&"k".repeat(1_000_000));
    assert!(long.chars().count() < 1_100, "{} characters", long.chars().count());
}

#[test]
fn reports_all_broken_rules_at_once() {
    let json = with(r#"["*"]"#, r#"["*", "en"]"#).replace("+852", "0852").replace("staff-1", " ");
    let Err(JsonError::Invalid(violations)) = DestinationUpdate::from_json(json.as_bytes()) else { panic!() };
    let found: Vec<_> = violations.iter().map(|found| (found.pointer(), found.rule())).collect();
    assert_eq!(
        found,
        [
            ("/supportLanguages/0", Rule::WildcardNotAlone),
            ("/phoneTargets/0", Rule::NotE164),
            ("/staffTargets/0", Rule::Blank),
        ]
    );
    assert_eq!(JsonError::from(violations.clone()).to_string(), violations.to_string());
}

/// Pieces that matter to JSON or to the rules.
const PIECES: [&str; 30] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u",
    "\\ud800",
    "null",
    "true",
    "1e999",
    "-0",
    "99999999999999999999",
    "\u{feff}",
    "\r\n",
    "\0",
    "\u{202e}",
    "*",
    "+",
    "\"types\"",
    "\"displayName\"",
    "PHONE",
    "{\"PHONE\":null}",
    "夜",
    "\"PHONE\",",
    "[[[[[[[[",
    "0",
    " ",
];

fn byte(random: &mut Random) -> u8 {
    random.next().to_le_bytes()[0]
}

/// The valid update with a few random changes, or random bytes.
fn input(random: &mut Random) -> Vec<u8> {
    if random.below(10) == 0 {
        return (0..random.below(80)).map(|_| byte(random)).collect();
    }
    let mut json = VALID.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(json.len() + 1);
        let end = (at + random.below(12)).min(json.len());
        match random.below(6) {
            0 => json.truncate(at),
            1 => drop(json.drain(at..end)),
            2 => {
                let again = json[at..end].to_vec();
                json.splice(at..at, again);
            }
            3 if at < json.len() => json[at] = byte(random),
            4 if at < json.len() => json[at] ^= 1 << random.below(8),
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                json.splice(at..end, piece.bytes());
            }
        }
    }
    json
}

#[test]
fn never_panics_on_any_bytes() {
    let mut random = Random(2026);
    let (mut read, mut invalid) = (0, 0);
    for _ in 0..100_000 {
        let json = input(&mut random);
        match DestinationUpdate::from_json(&json) {
            Ok(update) => {
                read += 1;
                assert_eq!(update.validate(), Ok(()));
                assert_eq!(DestinationUpdate::from_json(serde_json::to_vec(&update).unwrap()), Ok(update));
            }
            Err(JsonError::Invalid(violations)) => {
                invalid += 1;
                assert!(!violations.is_empty());
            }
            Err(error) => {
                let text = error.to_string();
                assert!(!text.chars().any(char::is_control) && text.chars().count() < 1_200, "{text:?}");
            }
        }
    }
    // The changes are small enough for all three to happen.
    assert!(read > 1_000 && invalid > 100, "{read} read, {invalid} invalid");
}
