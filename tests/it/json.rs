//! JSON is read as an update or rejected with a position and advice. No input causes a panic.

use cinnox_destination::{JsonError, Rule, prelude::*};

use crate::support::{Random, answer::utf16, document};

const VALID: &str = r#"{
  "displayName": "Night shift",
  "supportLanguages": ["*"],
  "supportLocations": ["HK", "US-CA"],
  "types": ["STAFF", "PHONE"],
  "phoneTargets": ["+85212345678"],
  "staffTargets": ["staff-1"]
}"#;

fn unknown_field(name: &str) -> String {
    let mut fields = document::fields();
    fields.sort_unstable();
    let known = fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
    format!("`{name}` is not a field of an update; use one of {known}")
}

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .unwrap()
        .with_staff(["staff-1"])
        .with_phones(["+85212345678"])
}

#[track_caller]
fn assert_rejected(json: impl AsRef<[u8]>, pointer: &str, line: usize, column: usize, problem: &str) {
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

/// The valid update with one part replaced.
#[track_caller]
fn with(old: &str, new: &str) -> String {
    assert_eq!(VALID.matches(old).count(), 1);
    VALID.replace(old, new)
}

#[test]
fn reads_request_body() {
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
fn rejects_unknown_field_and_lists_known_fields() {
    struct Row {
        name: &'static str,
        other: &'static str,
        line: usize,
    }
    for Row { name, other, line } in [
        Row { name: "phoneTargets", other: "targets", line: 6 },
        Row { name: "types", other: "kinds", line: 5 },
        Row { name: "displayName", other: "name", line: 2 },
    ] {
        let json = with(&format!("\"{name}\""), &format!("\"{other}\""));
        assert_rejected(json, &format!("/{other}"), line, other.len() + 7, &unknown_field(other));
    }
}

#[test]
fn rejects_misspelt_field_and_suggests_known_field() {
    struct Row {
        name: &'static str,
        typo: &'static str,
        line: usize,
    }
    for Row { name, typo, line } in [
        Row { name: "phoneTargets", typo: "phoneTarget", line: 6 },
        Row { name: "types", typo: "Types", line: 5 },
        Row { name: "displayName", typo: "display name", line: 2 },
    ] {
        let json = with(&format!("\"{name}\""), &format!("\"{typo}\""));
        let problem = format!("`{typo}` is not a field of an update; did you mean `{name}`?");
        assert_rejected(json, &format!("/{typo}"), line, typo.len() + 7, &problem);
    }
}

#[test]
fn rejects_value_of_wrong_type() {
    assert_rejected(with(r#""Night shift""#, "7"), "/displayName", 2, 18, "7 is not a string; put it in quotes");
    let language = r#""*" is not a list; put it in square brackets"#;
    assert_rejected(with(r#"["*"]"#, r#""*""#), "/supportLanguages", 3, 23, language);
    let object = "an object is not a list; write […]";
    assert_rejected(with(r#"["*"]"#, r#"{ "all": true }"#), "/supportLanguages", 3, 23, object);
    assert_rejected(with(r#""US-CA""#, "null"), "/supportLocations/1", 4, 30, r#"null is not a string; write "…""#);
    let number = "85212345678 is not a string; put it in quotes";
    assert_rejected(with(r#"["+85212345678"]"#, "[85212345678]"), "/phoneTargets/0", 6, 20, number);
    let null = "null is not a list; leave the field out or write […]";
    assert_rejected(with(r#"["staff-1"]"#, "null"), "/staffTargets", 7, 19, null);
}

#[test]
fn rejects_unknown_destination_type_and_lists_known_types() {
    let known = document::types().iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let problem = format!(r#""phone" is unknown; write one of {known}"#);
    assert_rejected(with(r#""PHONE""#, r#""phone""#), "/types/1", 5, 22, &problem);
}

#[test]
fn rejects_name_that_is_too_long() {
    let max = document::max_name_length();
    let name = "n".repeat(max + 1);
    let shown = if max < 48 { name.clone() } else { format!("{}…", "n".repeat(48)) };
    let error = DestinationUpdate::from_json(with("Night shift", &name)).unwrap_err();
    assert_eq!(error.to_string(), format!("/displayName: \"{shown}\" is longer than {max} characters; shorten it"));
    assert!(DestinationUpdate::from_json(with("Night shift", &"夜".repeat(max))).is_ok());
}

#[test]
fn rejects_missing_field_and_shows_example() {
    struct Row {
        line: &'static str,
        name: &'static str,
        example: &'static str,
    }
    for Row { line, name, example } in [
        Row { line: r#"  "displayName": "Night shift","#, name: "displayName", example: r#""…""# },
        Row { line: r#"  "supportLanguages": ["*"],"#, name: "supportLanguages", example: "[…]" },
        Row { line: r#"  "supportLocations": ["HK", "US-CA"],"#, name: "supportLocations", example: "[…]" },
        Row { line: r#"  "types": ["STAFF", "PHONE"],"#, name: "types", example: "[…]" },
    ] {
        assert_rejected(with(line, ""), "", 1, 1, &format!("`{name}` is missing; add \"{name}\": {example}"));
    }
    assert_rejected("{}", "", 1, 1, r#"`displayName` is missing; add "displayName": "…""#);
}

#[test]
fn rejects_duplicate_key() {
    let json = with(r#""types""#, r#""displayName": "Day shift", "types""#);
    assert_rejected(json, "/displayName", 5, 18, "`displayName` occurs twice; remove one");
}

#[test]
fn rejects_text_after_the_update() {
    let problem = "the update ends before this; remove what follows it";
    assert_rejected(format!("{VALID}{VALID}"), "", 8, 2, problem);
    assert_rejected(format!("{VALID}\n,"), "", 9, 1, problem);
    let invisible = "the control character U+0000 is outside of quotes; remove it";
    assert_rejected(format!("{VALID}\0"), "", 8, 2, invisible);
}

#[test]
fn rejects_json_that_is_not_an_object() {
    let problem = "is not an object; write the update as { … }";
    let fields = r#"["Night shift", ["1234567"], ["staff-1"], ["*"], ["*"], [], ["PHONE", "STAFF"]]"#;
    assert_rejected(fields, "", 1, 1, problem);
    assert_rejected(format!("[{VALID}]"), "", 1, 1, problem);
    for other in ["null", "\"{}\"", "true", "-1", "displayName: Night shift"] {
        assert_rejected(other, "", 1, 1, problem);
    }
    assert_rejected("\u{feff}\r\n  []", "", 2, 3, problem);
}

#[test]
fn rejects_invisible_character_before_the_update() {
    for (c, shown) in [
        ("\u{feff}\u{feff}", "invisible character U+FEFF"),
        ("\u{a0}", "invisible character U+00A0"),
        ("\u{c}", "control character U+000C"),
        ("\u{200b}", "invisible character U+200B"),
        ("\0", "control character U+0000"),
    ] {
        let problem = format!("the {shown} is outside of quotes; remove it");
        assert_rejected(format!("{c}{VALID}"), "", 1, 1, &problem);
    }
}

#[test]
fn advises_how_to_correct_json() {
    let number = "a phone number or ID is not in quotes; put it in quotes";
    assert_rejected(with(r#""+85212345678""#, "852-1234-5678"), "", 6, 20, number);
    assert_rejected(with(r#""+85212345678""#, "0852"), "", 6, 20, number);
    let comma = "there is one comma too many; remove it";
    assert_rejected(with(r#""STAFF", "#, r#""STAFF",, "#), "", 5, 21, comma);
    let wide = "`，` is not `,`; write `,`";
    assert_rejected(with(r#""STAFF", "#, r#""STAFF"，"#), "", 5, 20, wide);
    let table = "looks like a table (CSV); write the update as JSON, { … }";
    assert_rejected("destination,displayName\na,b\n", "", 1, 1, table);
    let sheet = "looks like a spreadsheet or another ZIP file; write the update as JSON, { … }";
    assert_rejected("PK\u{3}\u{4}\u{14}\0", "", 1, 1, sheet);
}

#[test]
fn rejects_text_that_is_not_json() {
    let empty = "is empty; write the update as { … }";
    assert_rejected("", "", 1, 1, empty);
    assert_rejected("\u{feff}", "", 1, 1, empty);
    assert_rejected("  \n ", "", 2, 2, empty);
    assert_rejected(with("\"*\"],", "\"*\",],"), "", 3, 28, "there is a comma before this; remove it");
    let cut_off = "the text ends in the middle of the update; add the missing part";
    assert_rejected(&VALID[..VALID.len() - 2], "", 7, 29, cut_off);
}

#[test]
fn rejects_text_that_is_not_utf8_and_names_its_encoding() {
    let mut json = VALID.as_bytes().to_vec();
    json[20] = 0xff;
    assert_rejected(json, "", 2, 19, "the byte 0xFF is not UTF-8; save the text as UTF-8");
    assert_rejected(utf16(VALID), "", 1, 1, "the text is UTF-16; save it as UTF-8");
}

#[test]
fn rejects_unpaired_surrogates_and_control_characters() {
    let surrogate = r"contains an unpaired surrogate \u escape; write the character itself";
    assert_rejected(with("Night", r"\ud800"), "/displayName", 2, 18, surrogate);
    assert_rejected(with("supportLanguages", r"\ud800"), "", 3, 3, surrogate);
    let shown = r#""\ud800" is not a list; put it in square brackets"#;
    assert_rejected(with(r#"["*"]"#, r#""\ud800""#), "/supportLanguages", 3, 23, shown);
    let control = "a string contains the control character U+0000; remove it";
    assert_rejected(with("Night", "a\u{0}b"), "", 2, 20, control);
}

#[test]
fn rejects_deep_nesting() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_rejected(&deep, "", 1, 1, "is not an object; write the update as { … }");
    let fields = format!("{{\"supportLanguages\": {deep}}}");
    assert_rejected(fields, "/supportLanguages/0", 1, 23, r#"a list is not a string; write "…""#);
    assert_rejected(format!("{{\"more\": {deep}}}"), "/more", 1, 10, &unknown_field("more"));
    let objects = "{\"a\":".repeat(500_000) + "1" + &"}".repeat(500_000);
    assert_rejected(objects, "/a", 1, 6, &unknown_field("a"));
}

#[test]
fn escapes_key_in_json_pointer() {
    assert_rejected(r#"{ "a/b~c": 1 }"#, "/a~1b~0c", 1, 12, &unknown_field("a/b~c"));
}

#[test]
fn shows_key_shortened_and_escaped() {
    let text = |key: &str| {
        let json = serde_json::to_vec(&serde_json::json!({ key: 1 })).unwrap();
        DestinationUpdate::from_json(&json).unwrap_err().to_string()
    };
    let shown = r"\u{1b}[31m\n\u{202e}";
    let hostile = text("\u{1b}[31m\n\u{202e}");
    assert_eq!(hostile, format!("/{shown}: line 1 column 20: {}", unknown_field(shown)));
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

/// Fragments with a meaning in JSON or in the rules.
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
