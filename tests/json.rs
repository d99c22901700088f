//! JSON is read as an update, or refused with the place and what was expected; no input makes the reader panic.

use cinnox_destination::{JsonError, Rule, prelude::*};

const VALID: &str = r#"{
  "displayName": "Night shift",
  "supportLanguages": ["*"],
  "supportLocations": ["HK", "US-CA"],
  "types": ["STAFF", "PHONE"],
  "phoneTargets": ["+85212345678"],
  "staffTargets": ["staff-1"]
}"#;

const FIELDS: &str = "`displayName`, `phoneTargets`, `staffTargets`, `supportLanguages`, `supportLocations`, \
                      `trunkTargets`, `types`";

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
fn json_as_it_is_on_the_wire_is_read() {
    assert_read(VALID);
    assert_read(serde_json::to_vec(&sample()).unwrap());
    assert_read(with("Night", r"\u004eight"));
}

#[test]
fn a_byte_order_mark_crlf_and_trailing_white_space_are_read() {
    assert_read(format!("\u{feff}{VALID}"));
    assert_read(VALID.replace('\n', "\r\n"));
    assert_read(format!("\n\t {VALID}\r\n\t \n"));
    assert_read(format!("\u{feff}{}\r\n\r\n", VALID.replace('\n', "\r\n")));
}

#[test]
fn a_typo_is_refused_and_the_known_names_are_listed() {
    for (name, typo, line) in [("phoneTargets", "phoneTarget", 6), ("types", "Types", 5), ("displayName", "name", 2)] {
        assert_refused(
            with(&format!("\"{name}\""), &format!("\"{typo}\"")),
            &format!("/{typo}"),
            line,
            typo.len() + 7,
            &format!("unknown field `{typo}`, expected one of {FIELDS}"),
        );
    }
}

#[test]
fn a_wrong_type_is_refused() {
    assert_refused(with(r#""Night shift""#, "7"), "/displayName", 2, 18, "7 is not text; put it in quotes");
    assert_refused(
        with(r#"["*"]"#, r#""*""#),
        "/supportLanguages",
        3,
        23,
        r#""*" is not a list; put it in square brackets"#,
    );
    assert_refused(
        with(r#"["*"]"#, r#"{ "all": true }"#),
        "/supportLanguages",
        3,
        23,
        "an object is not a list; write […]",
    );
    assert_refused(with(r#""US-CA""#, "null"), "/supportLocations/1", 4, 30, r#"null is not text; write "…""#);
    assert_refused(
        with(r#"["+85212345678"]"#, "[85212345678]"),
        "/phoneTargets/0",
        6,
        20,
        "85212345678 is not text; put it in quotes",
    );
    assert_refused(
        with(r#"["staff-1"]"#, "null"),
        "/staffTargets",
        7,
        19,
        "null is not a list; leave the field out or write […]",
    );
}

#[test]
fn a_type_in_lower_case_is_refused_and_the_known_ones_are_listed() {
    assert_refused(
        with(r#""PHONE""#, r#""phone""#),
        "/types/1",
        5,
        22,
        r#""phone" is unknown; write one of "PHONE", "STAFF", "TRUNK""#,
    );
}

#[test]
fn a_name_that_is_too_long_is_refused() {
    let name = "夜".repeat(41);
    let error = DestinationUpdate::from_json(with("Night shift", &name)).unwrap_err();
    assert_eq!(error.to_string(), format!("/displayName: \"{name}\" is longer than 40 characters; shorten it"));
    assert!(DestinationUpdate::from_json(with("Night shift", &"夜".repeat(40)).as_bytes()).is_ok());
}

#[test]
fn a_missing_field_is_named() {
    for (line, name) in [
        (r#"  "displayName": "Night shift","#, "displayName"),
        (r#"  "supportLanguages": ["*"],"#, "supportLanguages"),
        (r#"  "supportLocations": ["HK", "US-CA"],"#, "supportLocations"),
        (r#"  "types": ["STAFF", "PHONE"],"#, "types"),
    ] {
        assert_refused(with(line, ""), "", 1, 1, &format!("missing field `{name}`"));
    }
    assert_refused("{}", "", 1, 1, "missing field `displayName`");
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    assert_refused(
        with(r#""types""#, r#""displayName": "Day shift", "types""#),
        "/displayName",
        5,
        18,
        "duplicate field `displayName`; remove one of the two",
    );
}

#[test]
fn what_stands_behind_the_update_is_refused() {
    assert_refused(format!("{VALID}{VALID}"), "", 8, 2, "the update ends before this; remove what follows it");
    assert_refused(format!("{VALID}\n,"), "", 9, 1, "the update ends before this; remove what follows it");
    assert_refused(format!("{VALID}\0"), "", 8, 2, "the update ends before this; remove what follows it");
}

#[test]
fn what_is_no_object_is_refused() {
    let fields = r#"["Night shift", ["1234567"], ["staff-1"], ["*"], ["*"], [], ["PHONE", "STAFF"]]"#;
    assert_refused(fields, "", 1, 1, "is not an object; write the update as { … }");
    assert_refused(format!("[{VALID}]"), "", 1, 1, "is not an object; write the update as { … }");
    for other in ["null", "\"{}\"", "true", "-1", "displayName: Night shift", "\u{feff}\u{feff}{}"] {
        assert_refused(other, "", 1, 1, "is not an object; write the update as { … }");
    }
    let utf16: Vec<u8> = VALID.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_refused([&[0xff, 0xfe], &*utf16].concat(), "", 1, 1, "the text is UTF-16; save it as UTF-8");
    assert_refused("\u{feff}\r\n  []", "", 2, 3, "is not an object; write the update as { … }");
}

#[test]
fn what_is_no_json_is_refused() {
    assert_refused("", "", 1, 1, "is empty; write the update as { … }");
    assert_refused("\u{feff}", "", 1, 1, "is empty; write the update as { … }");
    assert_refused("  \n ", "", 2, 2, "is empty; write the update as { … }");
    assert_refused(with("\"*\"],", "\"*\",],"), "", 3, 28, "there is a comma before this; remove it");
    assert_refused(
        &VALID[..VALID.len() - 2],
        "",
        7,
        29,
        "the text ends in the middle of the update; add what is missing",
    );
}

#[test]
fn text_that_is_not_unicode_is_refused() {
    let mut json = VALID.as_bytes().to_vec();
    json[20] = 0xff;
    assert_refused(json, "", 2, 19, "the byte 0xFF is not UTF-8; save the text as UTF-8");
    let half = r"has a \u escape that is only half of a character; write the character itself";
    assert_refused(with("Night", r"\ud800"), "/displayName", 2, 18, half);
    assert_refused(
        with("Night", "a\u{0}b"),
        "",
        2,
        19,
        "a line break, tab or other control character is in a text; remove it",
    );
}

#[test]
fn deep_nesting_is_refused() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_refused(&deep, "", 1, 1, "is not an object; write the update as { … }");
    let fields = format!("{{\"supportLanguages\": {deep}}}");
    assert_refused(fields, "/supportLanguages/0", 1, 23, r#"a list is not text; write "…""#);
    let unknown = |key: &str| format!("unknown field `{key}`, expected one of {FIELDS}");
    assert_refused(format!("{{\"more\": {deep}}}"), "/more", 1, 10, &unknown("more"));
    let objects = "{\"a\":".repeat(500_000) + "1" + &"}".repeat(500_000);
    assert_refused(objects, "/a", 1, 6, &unknown("a"));
}

#[test]
fn a_key_is_a_json_pointer_however_it_is_spelt() {
    assert_refused(r#"{ "a/b~c": 1 }"#, "/a~1b~0c", 1, 12, &format!("unknown field `a/b~c`, expected one of {FIELDS}"));
}

#[test]
fn a_key_that_could_mislead_a_reader_is_shown_shortened_and_escaped() {
    let text = |key: &str| {
        let json = serde_json::to_vec(&serde_json::json!({ key: 1 })).unwrap();
        DestinationUpdate::from_json(&json).unwrap_err().to_string()
    };
    let hostile = text("\u{1b}[31m\n\u{202e}");
    assert_eq!(
        hostile,
        format!(
            r"/\u{{1b}}[31m\n\u{{202e}}: line 1 column 20: unknown field `\u{{1b}}[31m\n\u{{202e}}`, expected one of {FIELDS}"
        )
    );
    let long = text(&"k".repeat(1_000_000));
    assert!(long.chars().count() < 1_100, "{} characters", long.chars().count());
}

#[test]
fn all_broken_rules_come_at_once_when_the_structure_is_right() {
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

/// A small generator of numbers, the same in every run (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
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

fn input(numbers: &mut Numbers) -> Vec<u8> {
    if numbers.below(10) == 0 {
        return (0..numbers.below(80)).map(|_| numbers.byte()).collect();
    }
    let mut json = VALID.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(json.len() + 1);
        let end = (at + numbers.below(12)).min(json.len());
        match numbers.below(6) {
            0 => json.truncate(at),
            1 => drop(json.drain(at..end)),
            2 => {
                let again = json[at..end].to_vec();
                json.splice(at..at, again);
            }
            3 if at < json.len() => json[at] = numbers.byte(),
            4 if at < json.len() => json[at] ^= 1 << numbers.below(8),
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                json.splice(at..end, piece.bytes());
            }
        }
    }
    json
}

#[test]
fn any_bytes_give_an_update_or_an_error_and_no_panic() {
    let mut numbers = Numbers(2026);
    let (mut read, mut invalid) = (0, 0);
    for _ in 0..100_000 {
        let json = input(&mut numbers);
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
