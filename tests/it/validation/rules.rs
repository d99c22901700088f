//! Each rule with its place and its sentence, and what it accepts.

use super::*;
use crate::support::document;

const CODE_LISTS: [&str; 2] = ["supportLanguages", "supportLocations"];

/// A value that breaks one rule once.
struct Row {
    fields: Value,
    pointer: String,
    rule: Rule,
    message: String,
}

#[allow(clippy::needless_pass_by_value)] // So that rows can write json!(…).
fn row(field: &str, value: Value, index: Option<usize>, (rule, message): (Rule, String)) -> Row {
    let pointer = index.map_or_else(|| format!("/{field}"), |index| format!("/{field}/{index}"));
    Row { fields: json!({ field: value }), pointer, rule, message }
}

// The rules of every text, each with its sentence about a text that is shown so.

fn blank(shown: &str) -> (Rule, String) {
    (Rule::Blank, format!("\"{shown}\" is blank; write what was meant"))
}

fn spaced(shown: &str) -> (Rule, String) {
    (Rule::SurroundingWhiteSpace, format!("\"{shown}\" begins or ends with white space; remove it"))
}

fn hidden(shown: &str, character: &str) -> (Rule, String) {
    (Rule::HiddenCharacter, format!("\"{shown}\" contains the hidden character {character}; remove it"))
}

fn damaged(shown: &str) -> (Rule, String) {
    let problem = "contains U+FFFD, which stands for text that was destroyed; write the original text";
    (Rule::DamagedText, format!("\"{shown}\" {problem}"))
}

fn duplicate(shown: &str, first: &str) -> (Rule, String) {
    (Rule::Duplicate, format!("\"{shown}\" is a duplicate of entry 1 ({first}); remove one of the two"))
}

#[track_caller]
fn assert_rows(rows: impl IntoIterator<Item = Row>) {
    for Row { fields, pointer, rule, message } in rows {
        assert_eq!(violations(&fields), [(pointer, rule, message)], "{fields}");
    }
}

#[track_caller]
fn assert_valid(fields: &Value) {
    assert_eq!(violations(fields), [], "{fields}");
}

#[test]
fn accepts_names_codes_and_staff_ids_of_all_scripts() {
    for text in [
        "a  b",
        "夜班",
        "Crème brûlée: 20 % (\"new\"), <b>; 'x' | y",
        "شیفت می\u{200c}خواهم",
        "क्\u{200d}ष",
        "👨\u{200d}👩\u{200d}👧",
        "☎\u{fe0f}",
        "🏴\u{e0067}\u{e0062}\u{e007f}",
        "ไทย\u{200b}ไทย",
        "e\u{301}",
        "NULL",
    ] {
        assert_valid(&json!({ "displayName": text }));
    }
    assert_valid(&json!({
        "supportLanguages": ["en", "EN", "zh-HK", "NA", "nan"],
        "supportLocations": ["HK", "US-CA", "Hong Kong/Kowloon + 香港"],
        "types": ["TRUNK", "PHONE", "STAFF"],
        "phoneTargets": ["+85212345678", "1234567", "123456789012345"],
        "staffTargets": ["staff-1", "Staff-1", "staff 1", "夜", "a,b", "**"],
        "trunkTargets": ["+123456789012345", "+85212345678", "9999999"],
    }));
}

#[test]
fn rejects_wrong_name() {
    let max = document::max_name_length();
    let long = "n".repeat(max + 1);
    let row = |name: &str, problem| row("displayName", json!(name), None, problem);
    assert_rows([
        row(&long, (Rule::TooLong, format!("\"{long}\" is longer than {max} characters; shorten it"))),
        row("", blank("")),
        row("\t\n", blank(r"\t\n")),
        row("\u{3000}\u{a0}\u{85}", blank(r"\u{3000}\u{a0}\u{85}")),
        row("\u{200b}\u{200d}", blank(r"\u{200b}\u{200d}")),
        row("\u{202e}\u{feff}", blank(r"\u{202e}\u{feff}")),
        row("\u{2800}\u{3164}", blank("\u{2800}\u{3164}")),
        row("Night shift\n", spaced(r"Night shift\n")),
        row("\u{3000}夜班", spaced(r"\u{3000}夜班")),
        row("Night\nshift", hidden(r"Night\nshift", "U+000A")),
        row("Ni\u{7f}ght", hidden(r"Ni\u{7f}ght", "U+007F")),
        row("\u{202e}Night", hidden(r"\u{202e}Night", "U+202E")),
        row("Night\u{61c}", hidden(r"Night\u{61c}", "U+061C")),
        row("\u{feff}Night", hidden(r"\u{feff}Night", "U+FEFF")),
        row("a\u{2028}b", hidden(r"a\u{2028}b", "U+2028")),
        row("Night\u{fffc}", hidden("Night\u{fffc}", "U+FFFC")),
        row("caf\u{fffd}", damaged("caf\u{fffd}")),
    ]);
}

#[test]
fn reports_each_violation_of_a_text() {
    let rules = |name: &str| violations(&json!({ "displayName": name })).into_iter().map(|(_, rule, _)| rule);
    let long = format!(" {}\u{0}\u{fffd}", "n".repeat(document::max_name_length()));
    assert_eq!(
        rules(&long).collect::<Vec<_>>(),
        [Rule::TooLong, Rule::SurroundingWhiteSpace, Rule::HiddenCharacter, Rule::DamagedText]
    );
    // Control characters around the text are white space, and reported as such only.
    assert_eq!(rules("\tNight\r\n").collect::<Vec<_>>(), [Rule::SurroundingWhiteSpace]);
}

#[test]
fn counts_name_length_in_unicode_scalar_values() {
    let max = document::max_name_length();
    // A family emoji looks like one character but has seven scalar values, and counts as seven.
    for piece in ["a", "夜", "🌙", "e\u{301}", "👨‍👩‍👧‍👦"] {
        let name = |count: usize| piece.repeat(max + 1).chars().take(count).collect::<String>();
        assert_valid(&json!({ "displayName": name(max) }));
        assert_eq!(violations(&json!({ "displayName": name(max + 1) }))[0].1, Rule::TooLong);
    }
}

#[test]
fn rejects_wrong_codes() {
    for field in CODE_LISTS {
        let row = |list: Value, index, problem| row(field, list, index, problem);
        let empty = r#"has no entry; name at least one code, or "*" alone for all"#;
        let wildcard = r#""*" means everything and must stand alone; remove it, or remove the other entries"#;
        assert_rows([
            row(json!([]), None, (Rule::Empty, empty.to_owned())),
            row(json!(["en", " "]), Some(1), blank(" ")),
            row(json!([" * "]), Some(0), spaced(" * ")),
            row(json!(["e\u{ad}n"]), Some(0), hidden(r"e\u{ad}n", "U+00AD")),
            row(json!(["e\u{200d}n"]), Some(0), hidden(r"e\u{200d}n", "U+200D")),
            row(json!(["en", "*", "fr"]), Some(1), (Rule::WildcardNotAlone, wildcard.to_owned())),
            row(json!(["en", "fr", "en"]), Some(2), duplicate("en", &format!("/{field}/0"))),
            row(json!(["\u{fffd}\u{fffd}"]), Some(0), damaged("\u{fffd}\u{fffd}")),
        ]);
    }
}

#[test]
fn rejects_separators_and_quotation_marks_in_codes() {
    for c in ",;|，；、｜\"'`«»‘’‚‛“”„‟‹›「」『』〝〞〟＂＇｢｣﹁﹄❝❞".chars()
    {
        let (pointer, rule, message) = violations(&json!({ "supportLocations": ["HK", format!("US{c}FR")] })).remove(0);
        assert_eq!((pointer.as_str(), rule), ("/supportLocations/1", Rule::NotACode));
        let problem = format!("contains {c}; write each code as an entry of its own, without quotation marks");
        assert_eq!(message, format!("\"US{c}FR\" {problem}"));
    }
}

#[test]
fn rejects_wrong_types() {
    let all = document::types().join(", ");
    assert_rows([
        Row {
            fields: json!({ "types": [], "staffTargets": [] }),
            pointer: "/types".to_owned(),
            rule: Rule::Empty,
            message: format!("has no entry; select at least one of {all}"),
        },
        row("types", json!(["STAFF", "STAFF"]), Some(1), duplicate("STAFF", "/types/0")),
    ]);
}

struct Targets {
    kind: &'static str,
    field: &'static str,
    target: &'static str,
}

const TARGETS: [Targets; 3] = [
    Targets { kind: "PHONE", field: "phoneTargets", target: "+85212345678" },
    Targets { kind: "STAFF", field: "staffTargets", target: "staff-1" },
    Targets { kind: "TRUNK", field: "trunkTargets", target: "+85287654321" },
];

#[test]
fn rejects_wrong_targets_of_each_type() {
    for Targets { kind, field, target } in TARGETS {
        let other = if kind == "PHONE" { &TARGETS[1] } else { &TARGETS[0] };
        let missing = format!("is empty but {kind} is selected; add a target, or remove {kind} from the types");
        let missing = || (Rule::MissingTargets, missing.clone());
        let unselected =
            format!("is not empty but {kind} is not selected; add {kind} to the types, or remove the entries");
        let wildcard = r#""*" is not a target; list each target"#.to_owned();
        let row = |mut fields: Value, place: &str, (rule, message)| {
            fields["staffTargets"] = fields.get("staffTargets").cloned().unwrap_or_else(|| json!([]));
            Row { fields, pointer: format!("/{field}{place}"), rule, message }
        };
        assert_rows([
            row(json!({ "types": [kind] }), "", missing()),
            row(json!({ "types": [kind], field: [] }), "", missing()),
            row(
                json!({ "types": [other.kind], other.field: [other.target], field: [target] }),
                "",
                (Rule::TypeNotSelected, unselected),
            ),
            row(json!({ "types": [kind], field: [target, "*"] }), "/1", (Rule::WildcardTarget, wildcard)),
            row(json!({ "types": [kind], field: [target, target] }), "/1", duplicate(target, &format!("/{field}/0"))),
        ]);
    }
}

#[test]
fn rejects_number_that_is_not_e164() {
    let advice = "is not a number with country code; write an optional + and 7 to 15 digits, the first not 0, and \
                  nothing else";
    for (kind, field) in [("PHONE", "phoneTargets"), ("TRUNK", "trunkTargets")] {
        for (number, shown) in [
            ("", ""),
            ("+", "+"),
            ("+123456", "+123456"),
            ("1234567890123456", "1234567890123456"),
            ("+01234567", "+01234567"),
            ("++1234567", "++1234567"),
            ("12345678+", "12345678+"),
            ("+852 1234 5678", "+852 1234 5678"),
            ("8.52123E+10", "8.52123E+10"),
            ("0x1234567", "0x1234567"),
            ("１２３４５６７", "１２３４５６７"),
            ("\u{202a}1234567", r"\u{202a}1234567"),
            ("1234567\n", r"1234567\n"),
            ("1234567\u{fffd}", "1234567\u{fffd}"),
            ("**", "**"),
        ] {
            let expected = (format!("/{field}/0"), Rule::NotE164, format!("\"{shown}\" {advice}"));
            assert_eq!(violations(&json!({ "types": [kind], "staffTargets": [], field: [number] })), [expected]);
        }
        // The + is optional, so these are one number.
        let twice = json!({ "types": [kind], "staffTargets": [], field: ["85212345678", "+85212345678"] });
        let (rule, message) = duplicate("+85212345678", &format!("/{field}/0"));
        assert_eq!(violations(&twice), [(format!("/{field}/1"), rule, message)]);
    }
}

#[test]
fn rejects_wrong_staff_id() {
    let row = |id: &str, problem| row("staffTargets", json!([id]), Some(0), problem);
    assert_rows([
        row("\u{2003}", blank(r"\u{2003}")),
        row("staff-1\r", spaced(r"staff-1\r")),
        row("staff-1 ", spaced("staff-1 ")),
        row("staff\u{200b}-1", hidden(r"staff\u{200b}-1", "U+200B")),
        row("☎\u{fe0f}", hidden("☎\u{fe0f}", "U+FE0F")),
        row("a\u{2062}b", hidden(r"a\u{2062}b", "U+2062")),
    ]);
    for c in "\u{34f}\u{1160}\u{180e}\u{200c}\u{200d}\u{206f}\u{2800}\u{3164}\u{ffa0}\u{e0041}".chars() {
        assert_eq!(violations(&json!({ "staffTargets": [format!("a{c}b")] }))[0].1, Rule::HiddenCharacter, "{c:?}");
    }
}
