//! JSON is read as an update, or refused with the place and what was expected; no input causes a panic.

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
    for (name, other, line) in [("phoneTargets", "targets", 6), ("types", "kinds", 5), ("displayName", "name", 2)] {
        let json = with(&format!("\"{name}\""), &format!("\"{other}\""));
        assert_refused(json, &format!("/{other}"), line, other.len() + 7, &unknown_field(other));
    }
}

#[test]
fn refuses_misspelt_field_and_says_which_was_meant() {
    for (name, typo, line) in
        [("phoneTargets", "phoneTarget", 6), ("types", "Types", 5), ("displayName", "display name", 2)]
    {
        let json = with(&format!("\"{name}\""), &format!("\"{typo}\""));
        let problem = format!("`{typo}` is not a field of an update; did you mean `{name}`?");
        assert_refused(json, &format!("/{typo}"), line, typo.len() + 7, &problem);
    }
}

#[test]
fn refuses_value_of_wrong_type() {
    assert_refused(with(r#""Night shift""#, "7"), "/displayName", 2, 18, "7 is not text; put it in quotes");
    let language = r#""*" is not a list; put it in square brackets"#;
    assert_refused(with(r#"["*"]"#, r#""*""#), "/supportLanguages", 3, 23, language);
    let object = "an object is not a list; write […]";
    assert_refused(with(r#"["*"]"#, r#"{ "all": true }"#), "/supportLanguages", 3, 23, object);
    assert_refused(with(r#""US-CA""#, "null"), "/supportLocations/1", 4, 30, r#"null is not text; write "…""#);
    let number = "85212345678 is not text; put it in quotes";
    assert_refused(with(r#"["+85212345678"]"#, "[85212345678]"), "/phoneTargets/0", 6, 20, number);
    let null = "null is not a list; leave the field out or write […]";
    assert_refused(with(r#"["staff-1"]"#, "null"), "/staffTargets", 7, 19, null);
}

#[test]
fn refuses_unknown_destination_type_and_lists_known_types() {
    let known = document::types().iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let problem = format!(r#""phone" is unknown; write one of {known}"#);
    assert_refused(with(r#""PHONE""#, r#""phone""#), "/types/1", 5, 22, &problem);
}

#[test]
fn refuses_name_that_is_too_long() {
    let max = document::max_name_length();
    let name = "n".repeat(max + 1);
    let shown = if max < 48 { name.clone() } else { format!("{}…", "n".repeat(48)) };
    let error = DestinationUpdate::from_json(with("Night shift", &name)).unwrap_err();
    assert_eq!(error.to_string(), format!("/displayName: \"{shown}\" is longer than {max} characters; shorten it"));
    assert!(DestinationUpdate::from_json(with("Night shift", &"夜".repeat(max))).is_ok());
}

#[test]
fn names_missing_field() {
    for (line, name, form) in [
        (r#"  "displayName": "Night shift","#, "displayName", r#""…""#),
        (r#"  "supportLanguages": ["*"],"#, "supportLanguages", "[…]"),
        (r#"  "supportLocations": ["HK", "US-CA"],"#, "supportLocations", "[…]"),
        (r#"  "types": ["STAFF", "PHONE"],"#, "types", "[…]"),
    ] {
        assert_refused(with(line, ""), "", 1, 1, &format!("`{name}` is missing; add \"{name}\": {form}"));
    }
    assert_refused("{}", "", 1, 1, r#"`displayName` is missing; add "displayName": "…""#);
}

#[test]
fn refuses_duplicate_key() {
    let json = with(r#""types""#, r#""displayName": "Day shift", "types""#);
    assert_refused(json, "/displayName", 5, 18, "`displayName` is there twice; remove one of the two");
}

#[test]
fn refuses_text_after_the_update() {
    let problem = "the update ends before this; remove what follows it";
    assert_refused(format!("{VALID}{VALID}"), "", 8, 2, problem);
    assert_refused(format!("{VALID}\n,"), "", 9, 1, problem);
    let unseen = "the control character U+0000 is outside of quotes; remove it";
    assert_refused(format!("{VALID}\0"), "", 8, 2, unseen);
}

#[test]
fn refuses_json_that_is_not_an_object() {
    let problem = "is not an object; write the update as { … }";
    let fields = r#"["Night shift", ["1234567"], ["staff-1"], ["*"], ["*"], [], ["PHONE", "STAFF"]]"#;
    assert_refused(fields, "", 1, 1, problem);
    assert_refused(format!("[{VALID}]"), "", 1, 1, problem);
    for other in ["null", "\"{}\"", "true", "-1", "displayName: Night shift"] {
        assert_refused(other, "", 1, 1, problem);
    }
    assert_refused("\u{feff}\r\n  []", "", 2, 3, problem);
}

#[test]
fn names_what_nobody_sees_before_the_update() {
    for (c, shown) in [
        ("\u{feff}\u{feff}", "invisible character U+FEFF"),
        ("\u{a0}", "invisible character U+00A0"),
        ("\u{c}", "control character U+000C"),
        ("\u{200b}", "invisible character U+200B"),
        ("\0", "control character U+0000"),
    ] {
        let problem = format!("the {shown} is outside of quotes; remove it");
        assert_refused(format!("{c}{VALID}"), "", 1, 1, &problem);
    }
}

#[test]
fn gives_advice_that_makes_the_json_right() {
    let number = "a phone number or ID is not in quotes; put it in quotes";
    assert_refused(with(r#""+85212345678""#, "852-1234-5678"), "", 6, 20, number);
    assert_refused(with(r#""+85212345678""#, "0852"), "", 6, 20, number);
    let comma = "there is one comma too many; remove it";
    assert_refused(with(r#""STAFF", "#, r#""STAFF",, "#), "", 5, 21, comma);
    let wide = "`，` is not `,`; write `,`";
    assert_refused(with(r#""STAFF", "#, r#""STAFF"，"#), "", 5, 20, wide);
    let table = "looks like a table (CSV); write the update as JSON, { … }";
    assert_refused("destination,displayName\na,b\n", "", 1, 1, table);
    let sheet = "looks like a spreadsheet or another ZIP file; write the update as JSON, { … }";
    assert_refused("PK\u{3}\u{4}\u{14}\0", "", 1, 1, sheet);
}

#[test]
fn refuses_text_that_is_not_json() {
    let empty = "is empty; write the update as { … }";
    assert_refused("", "", 1, 1, empty);
    assert_refused("\u{feff}", "", 1, 1, empty);
    assert_refused("  \n ", "", 2, 2, empty);
    assert_refused(with("\"*\"],", "\"*\",],"), "", 3, 28, "there is a comma before this; remove it");
    let cut_off = "the text ends in the middle of the update; add what is missing";
    assert_refused(&VALID[..VALID.len() - 2], "", 7, 29, cut_off);
}

#[test]
fn refuses_text_that_is_not_utf8_and_names_its_encoding() {
    let mut json = VALID.as_bytes().to_vec();
    json[20] = 0xff;
    assert_refused(json, "", 2, 19, "the byte 0xFF is not UTF-8; save the text as UTF-8");
    assert_refused(utf16(VALID), "", 1, 1, "the text is UTF-16; save it as UTF-8");
}

#[test]
fn refuses_half_characters_and_control_characters() {
    let half = r"has a \u escape that is only half of a character; write the character itself";
    assert_refused(with("Night", r"\ud800"), "/displayName", 2, 18, half);
    assert_refused(with("supportLanguages", r"\ud800"), "", 3, 3, half);
    let shown = r#""\ud800" is not a list; put it in square brackets"#;
    assert_refused(with(r#"["*"]"#, r#""\ud800""#), "/supportLanguages", 3, 23, shown);
    let control = "the control character U+0000 is in a text; remove it";
    assert_refused(with("Night", "a\u{0}b"), "", 2, 20, control);
}

#[test]
fn refuses_deep_nesting() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_refused(&deep, "", 1, 1, "is not an object; write the update as { … }");
    let fields = format!("{{\"supportLanguages\": {deep}}}");
    assert_refused(fields, "/supportLanguages/0", 1, 23, r#"a list is not text; write "…""#);
    assert_refused(format!("{{\"more\": {deep}}}"), "/more", 1, 10, &unknown_field("more"));
    let objects = "{\"a\":".repeat(500_000) + "1" + &"}".repeat(500_000);
    assert_refused(objects, "/a", 1, 6, &unknown_field("a"));
}

#[test]
fn escapes_key_in_json_pointer() {
    assert_refused(r#"{ "a/b~c": 1 }"#, "/a~1b~0c", 1, 12, &unknown_field("a/b~c"));
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
