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

/// A row whose message begins with the wrong text.
#[allow(clippy::needless_pass_by_value)] // So that rows can write json!(…).
fn row(field: &str, value: Value, index: Option<usize>, rule: Rule, message: &str) -> Row {
    let pointer = index.map_or_else(|| format!("/{field}"), |index| format!("/{field}/{index}"));
    Row { fields: json!({ field: value }), pointer, rule, message: message.to_owned() }
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
    let row = |name: &str, rule, message: &str| row("displayName", json!(name), None, rule, message);
    let is_blank = |shown: &str| format!("\"{shown}\" is blank; write what was meant");
    assert_rows([
        row(&long, Rule::TooLong, &format!("\"{long}\" is longer than {max} characters; shorten it")),
        row("", Rule::Blank, &is_blank("")),
        row("\t\n", Rule::Blank, &is_blank(r"\t\n")),
        row("\u{3000}\u{a0}\u{85}", Rule::Blank, &is_blank(r"\u{3000}\u{a0}\u{85}")),
        row("\u{200b}\u{200d}", Rule::Blank, &is_blank(r"\u{200b}\u{200d}")),
        row("\u{202e}\u{feff}", Rule::Blank, &is_blank(r"\u{202e}\u{feff}")),
        row("\u{2800}\u{3164}", Rule::Blank, &is_blank("\u{2800}\u{3164}")),
        row(
            "Night shift\n",
            Rule::SurroundingWhiteSpace,
            r#""Night shift\n" begins or ends with white space; remove it"#,
        ),
        row(
            "\u{3000}夜班",
            Rule::SurroundingWhiteSpace,
            r#""\u{3000}夜班" begins or ends with white space; remove it"#,
        ),
        row("Night\nshift", Rule::HiddenCharacter, r#""Night\nshift" contains the hidden character U+000A; remove it"#),
        row("Ni\u{7f}ght", Rule::HiddenCharacter, r#""Ni\u{7f}ght" contains the hidden character U+007F; remove it"#),
        row(
            "\u{202e}Night",
            Rule::HiddenCharacter,
            r#""\u{202e}Night" contains the hidden character U+202E; remove it"#,
        ),
        row("Night\u{61c}", Rule::HiddenCharacter, r#""Night\u{61c}" contains the hidden character U+061C; remove it"#),
        row(
            "\u{feff}Night",
            Rule::HiddenCharacter,
            r#""\u{feff}Night" contains the hidden character U+FEFF; remove it"#,
        ),
        row("a\u{2028}b", Rule::HiddenCharacter, r#""a\u{2028}b" contains the hidden character U+2028; remove it"#),
        row(
            "Night\u{fffc}",
            Rule::HiddenCharacter,
            "\"Night\u{fffc}\" contains the hidden character U+FFFC; remove it",
        ),
        row(
            "caf\u{fffd}",
            Rule::DamagedText,
            "\"caf\u{fffd}\" contains U+FFFD, which stands for text that was destroyed; write the original text",
        ),
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
        let row = |list: Value, index, rule, message: &str| row(field, list, index, rule, message);
        assert_rows([
            row(json!([]), None, Rule::Empty, r#"has no entry; name at least one code, or "*" alone for all"#),
            row(json!(["en", " "]), Some(1), Rule::Blank, r#"" " is blank; write what was meant"#),
            row(
                json!([" * "]),
                Some(0),
                Rule::SurroundingWhiteSpace,
                r#"" * " begins or ends with white space; remove it"#,
            ),
            row(
                json!(["e\u{ad}n"]),
                Some(0),
                Rule::HiddenCharacter,
                r#""e\u{ad}n" contains the hidden character U+00AD; remove it"#,
            ),
            row(
                json!(["en", "*", "fr"]),
                Some(1),
                Rule::WildcardNotAlone,
                r#""*" means everything and must stand alone; remove it, or remove the other entries"#,
            ),
            row(
                json!(["en", "fr", "en"]),
                Some(2),
                Rule::Duplicate,
                &format!(r#""en" is a duplicate of entry 1 (/{field}/0); remove one of the two"#),
            ),
            row(
                json!(["\u{fffd}\u{fffd}"]),
                Some(0),
                Rule::DamagedText,
                "\"\u{fffd}\u{fffd}\" contains U+FFFD, which stands for text that was destroyed; write the original text",
            ),
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
        Row {
            fields: json!({ "types": ["STAFF", "STAFF"] }),
            pointer: "/types/1".to_owned(),
            rule: Rule::Duplicate,
            message: r#""STAFF" is a duplicate of entry 1 (/types/0); remove one of the two"#.to_owned(),
        },
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
        let rows = [
            Row {
                fields: json!({ "types": [kind], "staffTargets": [] }),
                pointer: format!("/{field}"),
                rule: Rule::MissingTargets,
                message: missing.clone(),
            },
            Row {
                fields: json!({ "types": [kind], "staffTargets": [], field: [] }),
                pointer: format!("/{field}"),
                rule: Rule::MissingTargets,
                message: missing,
            },
            Row {
                fields: json!({ "types": [other.kind], "staffTargets": [], other.field: [other.target], field: [target] }),
                pointer: format!("/{field}"),
                rule: Rule::TypeNotSelected,
                message: format!(
                    "is not empty but {kind} is not selected; add {kind} to the types, or remove the entries"
                ),
            },
            Row {
                fields: json!({ "types": [kind], "staffTargets": [], field: [target, "*"] }),
                pointer: format!("/{field}/1"),
                rule: Rule::WildcardTarget,
                message: r#""*" is not a target; list each target"#.to_owned(),
            },
            Row {
                fields: json!({ "types": [kind], "staffTargets": [], field: [target, target] }),
                pointer: format!("/{field}/1"),
                rule: Rule::Duplicate,
                message: format!(r#""{target}" is a duplicate of entry 1 (/{field}/0); remove one of the two"#),
            },
        ];
        assert_rows(rows);
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
        let message = format!(r#""+85212345678" is a duplicate of entry 1 (/{field}/0); remove one of the two"#);
        assert_eq!(violations(&twice), [(format!("/{field}/1"), Rule::Duplicate, message)]);
    }
}

#[test]
fn rejects_wrong_staff_id() {
    let row = |id: &str, rule, message: &str| row("staffTargets", json!([id]), Some(0), rule, message);
    assert_rows([
        row("\u{2003}", Rule::Blank, r#""\u{2003}" is blank; write what was meant"#),
        row("staff-1\r", Rule::SurroundingWhiteSpace, r#""staff-1\r" begins or ends with white space; remove it"#),
        row(
            "staff\u{200b}-1",
            Rule::HiddenCharacter,
            r#""staff\u{200b}-1" contains the hidden character U+200B; remove it"#,
        ),
        row("☎\u{fe0f}", Rule::HiddenCharacter, "\"☎\u{fe0f}\" contains the hidden character U+FE0F; remove it"),
        row("a\u{2062}b", Rule::HiddenCharacter, r#""a\u{2062}b" contains the hidden character U+2062; remove it"#),
    ]);
    for c in "\u{34f}\u{1160}\u{180e}\u{200c}\u{200d}\u{206f}\u{2800}\u{3164}\u{ffa0}\u{e0041}".chars() {
        assert_eq!(violations(&json!({ "staffTargets": [format!("a{c}b")] }))[0].1, Rule::HiddenCharacter, "{c:?}");
    }
}
