//! JSON is read as an update or rejected with its place. No input causes a panic.

use cinnox_destination::{JsonError, Rule, prelude::*};
use serde_json::json;

use crate::support::{Random, answer::utf16, document};

const VALID: &str = r#"{
  "displayName": "Night shift",
  "supportLanguages": ["*"],
  "supportLocations": ["HK", "US-CA"],
  "types": ["STAFF", "PHONE"],
  "phoneTargets": ["+85212345678"],
  "staffTargets": ["staff-1"]
}"#;

fn sample() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK", "US-CA"]))
        .with_staff(["staff-1"])
        .with_phones(["+85212345678"])
}

/// The valid update with one part replaced.
#[track_caller]
fn with(old: &str, new: &str) -> String {
    assert_eq!(VALID.matches(old).count(), 1);
    VALID.replace(old, new)
}

/// JSON that is no update, and where the error says it is wrong.
struct Row {
    json: Vec<u8>,
    pointer: &'static str,
    line: usize,
    column: usize,
    problem: String,
}

fn row(json: impl Into<Vec<u8>>, pointer: &'static str, place: (usize, usize), problem: impl Into<String>) -> Row {
    Row { json: json.into(), pointer, line: place.0, column: place.1, problem: problem.into() }
}

#[track_caller]
fn assert_rejected(rows: impl IntoIterator<Item = Row>) {
    for Row { json, pointer, line, column, problem } in rows {
        let error = DestinationUpdate::from_json(&json).unwrap_err();
        let place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
        assert_eq!(error.to_string(), format!("{place}line {line} column {column}: {problem}"));
        let parts = json!({ "pointer": pointer, "line": line, "column": column, "problem": problem });
        assert_eq!(serde_json::to_value(&error).unwrap(), json!({ "structure": parts }));
    }
}

#[test]
fn reads_request_body() {
    for json in [
        VALID.to_owned(),
        serde_json::to_string(&sample()).unwrap(),
        with("Night", r"\u004eight"),
        format!("\u{feff}{}\r\n\r\n", VALID.replace('\n', "\r\n")),
        format!("\n\t {VALID}\r\n\t \n"),
        with("\"types\"", "\"$schema\": \"./update.schema.json\", \"types\""),
        VALID.replacen('{', "{\"$schema\": \"\",", 1),
        with("[\"staff-1\"]", "[\"staff-1\"], \"$sch\\u0065ma\": \"x\""),
    ] {
        assert_eq!(DestinationUpdate::from_json(&json), Ok(sample()), "{json}");
    }
    assert!(!serde_json::to_string(&sample()).unwrap().contains("$schema"));
}

#[test]
fn rejects_unknown_missing_and_repeated_fields() {
    let mut known = document::fields();
    known.sort_unstable();
    let known = known.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
    let unknown = |name: &str| format!("unknown field `{name}`, expected one of {known}");
    assert_rejected([
        row(with("phoneTargets", "phoneTarget"), "/phoneTarget", (6, 15), unknown("phoneTarget")),
        row(with("types", "Types"), "/Types", (5, 9), unknown("Types")),
        row("{ \"a/b~c\": 1 }", "/a~1b~0c", (1, 9), unknown("a/b~c")),
        row("{}", "", (1, 2), "missing field `displayName`"),
        row(with("  \"types\": [\"STAFF\", \"PHONE\"],", ""), "", (8, 1), "missing field `types`"),
        row(with("\"types\"", "\"displayName\": \"Day\", \"types\""), "", (5, 15), "duplicate field `displayName`"),
        row("{\"$schema\": \"a\", \"$schema\": \"b\"}", "", (1, 32), "duplicate field `$schema`"),
    ]);
}

#[test]
fn rejects_value_of_wrong_type() {
    let string = |found: &str| format!("invalid type: {found}, expected a string");
    let list = |found: &str| format!("invalid type: {found}, expected a sequence");
    assert_rejected([
        row(with(r#""Night shift""#, "7"), "/displayName", (2, 18), string("integer `7`")),
        row(with(r#"["*"]"#, r#""*""#), "/supportLanguages", (3, 25), list("string \"*\"")),
        row(with(r#"["*"]"#, "{}"), "/supportLanguages", (3, 22), list("map")),
        row(with(r#""US-CA""#, "null"), "/supportLocations/1", (4, 33), string("null")),
        row(with(r#"["+85212345678"]"#, "[85212345678]"), "/phoneTargets/0", (6, 30), string("integer `85212345678`")),
        row(with(r#"["staff-1"]"#, "null"), "/staffTargets", (7, 22), list("null")),
        row(with("\"types\"", "\"$schema\": 7, \"types\""), "/$schema", (5, 14), string("integer `7`")),
    ]);
}

#[test]
fn reads_update_from_an_object_and_type_from_a_string_only() {
    let object = |found: &str| format!("invalid type: {found}, expected an object");
    let fields = r#"["Night shift", ["1234567"], ["staff-1"], ["*"], ["*"], [], ["PHONE", "STAFF"]]"#;
    assert_rejected([
        row(fields, "", (1, 0), object("sequence")),
        row("null", "", (1, 4), object("null")),
        row("\"{}\"", "", (1, 4), object("string \"{}\"")),
        row("-1", "", (1, 2), object("integer `-1`")),
    ]);
    for other in ["0", "{\"PHONE\": null}", "\"phone\"", "null", "\"\""] {
        let error = DestinationUpdate::from_json(with(r#""PHONE""#, other)).unwrap_err();
        let JsonError::Structure { pointer, line, .. } = &error else { panic!("{error:?}") };
        assert_eq!((pointer.as_str(), *line), ("/types/1", 5), "{error}");
    }
    let error = DestinationUpdate::from_json(with(r#""PHONE""#, r#""phone""#)).unwrap_err().to_string();
    for known in document::types() {
        assert!(error.contains(&known), "{error}");
    }
}

#[test]
fn rejects_text_that_is_not_json() {
    let deep = "[".repeat(1_000_000);
    assert_rejected([
        row("", "", (1, 0), "EOF while parsing a value"),
        row("\u{feff} \n ", "", (2, 1), "EOF while parsing a value"),
        row(&VALID[..VALID.len() - 3], "/staffTargets", (7, 28), "EOF while parsing a list"),
        row(format!("{VALID}{VALID}"), "", (8, 2), "trailing characters"),
        row(format!("{VALID}\0"), "", (8, 2), "trailing characters"),
        row(format!("\u{feff}\u{feff}{VALID}"), "", (1, 1), "expected value"),
        row(with("\"*\"],", "\"*\",],"), "/supportLanguages", (3, 28), "trailing comma"),
        row(with("Night", r"\ud800"), "/displayName", (2, 25), "unexpected end of hex escape"),
        row(
            with("Night", "a\0b"),
            "/displayName",
            (2, 20),
            "control character (\\u0000-\\u001F) found while parsing a string",
        ),
        row(with("\"*\"", &deep), "/supportLanguages/0", (3, 23), "invalid type: sequence, expected a string"),
        row("PK\u{3}\u{4}", "", (1, 1), "expected value"),
    ]);
}

#[test]
fn rejects_text_that_is_not_utf8_and_names_its_encoding() {
    let mut latin = VALID.as_bytes().to_vec();
    latin[20] = 0xe9;
    let little_endian = VALID.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let big_endian = VALID.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<_>>();
    let utf32 = VALID.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect::<Vec<_>>();
    let other = "the text is UTF-16 or UTF-32; save it as UTF-8";
    assert_rejected([
        row(latin, "", (2, 19), "the byte 0xE9 is not UTF-8; save the text as UTF-8"),
        row(utf16(VALID), "", (1, 1), other),
        row(little_endian, "", (1, 1), other),
        row(big_endian, "", (1, 1), other),
        row(utf32, "", (1, 1), other),
    ]);
}

#[test]
fn shows_key_shortened_and_escaped() {
    let text = |key: &str| DestinationUpdate::from_json(json!({ key: 1 }).to_string()).unwrap_err().to_string();
    let shown = r"\u{1b}[31m\n\u{202e}";
    let start = format!("/{shown}: line 1 column 18: unknown field `{shown}`, expected one of ");
    assert!(text("\u{1b}[31m\n\u{202e}").starts_with(&start), "{start}");
    let long = text(&"k".repeat(1_000_000));
    assert!(long.chars().count() < 1_100, "{} characters", long.chars().count());
}

#[test]
fn reports_all_broken_rules_at_once() {
    let name = "n".repeat(document::max_name_length() + 1);
    let json = with(r#"["*"]"#, r#"["*", "en"]"#).replace("+852", "0852").replace("Night shift", &name);
    let error = DestinationUpdate::from_json(json).unwrap_err();
    let JsonError::Invalid { violations, .. } = &error else { panic!("{error:?}") };
    let found: Vec<_> = violations.iter().map(Violation::rule).collect();
    assert_eq!(found, [Rule::TooLong, Rule::WildcardNotAlone, Rule::NotE164]);
    assert_eq!(error.to_string(), violations.to_string());
    assert_eq!(serde_json::to_value(&error).unwrap(), json!({ "invalid": { "violations": violations } }));
}

#[test]
fn reads_at_most_four_mebibytes() {
    let limit = 4 << 20;
    let filled = |size: usize| format!("{VALID}{}", " ".repeat(size - VALID.len()));
    assert_eq!(DestinationUpdate::from_json(filled(limit)), Ok(sample()));
    let error = DestinationUpdate::from_json(filled(limit + 1)).unwrap_err();
    let sentence = "is larger than the limit of 4 MiB for one update; check that it is the right file";
    assert_eq!(error.to_string(), sentence);
    assert_eq!(serde_json::to_value(&error).unwrap(), json!({ "too-large": { "limit": limit } }));
}

/// Fragments with a meaning in JSON or in the rules.
const PIECES: &str = r#"{ } [ ] , : " \ \u \ud800 null true 1e999 -0 99999999999999999999 0 * + 夜 [[[[[[[[
    "types" "displayName" PHONE "PHONE", {"PHONE":null}"#;
/// Those that are white space or invisible.
const INVISIBLE_PIECES: [&str; 5] = ["\u{feff}", "\r\n", "\0", "\u{202e}", " "];

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
                let pieces: Vec<_> = PIECES.split_whitespace().chain(INVISIBLE_PIECES).collect();
                let piece = pieces[random.below(pieces.len())];
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
    for _ in 0..30_000 {
        let json = input(&mut random);
        match DestinationUpdate::from_json(&json) {
            Ok(update) => {
                read += 1;
                assert_eq!(update.validate(), Ok(()));
                assert_eq!(DestinationUpdate::from_json(serde_json::to_vec(&update).unwrap()), Ok(update));
            }
            Err(JsonError::Invalid { violations, .. }) => {
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
    assert!(read > 300 && invalid > 30, "{read} read, {invalid} invalid");
}
