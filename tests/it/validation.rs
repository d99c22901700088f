//! Each rule with its place, name, source and sentence, and the methods of the extension traits.

use std::time::{Duration, Instant};

use cinnox_destination::{Rule, RuleSource, Violation, Violations, prelude::*};
use serde_json::{Value, json};

use crate::support::document::{self, max_name_length};

/// An update that is valid but for the fields that are given.
#[track_caller]
fn update(fields: &Value) -> DestinationUpdate {
    let mut whole = json!({
        "displayName": "Night shift",
        "supportLanguages": ["*"],
        "supportLocations": ["*"],
        "types": ["STAFF"],
        "staffTargets": ["staff-1"],
    });
    for (name, value) in fields.as_object().unwrap() {
        whole[name] = value.clone();
    }
    serde_json::from_value(whole).unwrap()
}

#[track_caller]
fn assert_valid(fields: &Value) {
    assert_eq!(update(fields).validate(), Ok(()));
}

#[derive(Debug, PartialEq)]
struct Expected<'a> {
    pointer: &'a str,
    rule: Rule,
    /// The name and the source of the rule.
    name: &'a str,
    source: RuleSource,
    message: &'a str,
}

/// The update has this violation and no other.
#[track_caller]
fn assert_violation(fields: &Value, expected: &Expected) {
    let violations = update(fields).validate().unwrap_err();
    let found: Vec<_> = violations
        .iter()
        .map(|violation| Expected {
            pointer: violation.pointer(),
            rule: violation.rule(),
            name: violation.rule().name(),
            source: violation.rule().source(),
            message: violation.message(),
        })
        .collect();
    assert_eq!(found, std::slice::from_ref(expected));
    assert_eq!(violations.to_string(), format!("{}: {}", expected.pointer, expected.message));
}

#[test]
fn accepts_valid_update() {
    assert_valid(&json!({}));
    assert_valid(&json!({
        "supportLanguages": ["en", "zh-HK"],
        "supportLocations": ["HK", "US-CA"],
        "types": ["TRUNK", "PHONE", "STAFF"],
        "phoneTargets": ["+85212345678", "1234567", "123456789012345"],
        "staffTargets": ["staff-1", "staff 2", "夜"],
        "trunkTargets": ["+85212345678"],
    }));
}

#[test]
fn rejects_blank_name() {
    for (name, shown) in
        [("", ""), (" ", " "), ("\t\n", r"\t\n"), ("\u{3000}\u{a0}", r"\u{3000}\u{a0}"), ("\u{85}", r"\u{85}")]
    {
        assert_violation(
            &json!({ "displayName": name }),
            &Expected {
                pointer: "/displayName",
                rule: Rule::Blank,
                name: "blank",
                source: RuleSource::Ours,
                message: &format!("\"{shown}\" is blank; give a name that people will recognise"),
            },
        );
    }
}

#[test]
fn rejects_name_with_surrounding_white_space() {
    for (name, shown) in [
        (" Night shift", " Night shift"),
        ("Night shift ", "Night shift "),
        ("Night shift\n", r"Night shift\n"),
        ("\u{3000}夜班", r"\u{3000}夜班"),
    ] {
        assert_violation(
            &json!({ "displayName": name }),
            &Expected {
                pointer: "/displayName",
                rule: Rule::SurroundingWhiteSpace,
                name: "surrounding-white-space",
                source: RuleSource::Ours,
                message: &format!("\"{shown}\" begins or ends with white space; remove it"),
            },
        );
    }
    assert_valid(&json!({ "displayName": "a  b" }));
}

#[test]
fn rejects_name_that_shows_nothing() {
    for (name, shown, character) in [
        ("\u{200b}", r"\u{200b}", "invisible character U+200B"),
        ("\u{2060}\u{ad}", r"\u{2060}\u{ad}", "invisible character U+2060"),
        ("\u{202e}", r"\u{202e}", "bidirectional character U+202E"),
    ] {
        let message = format!(
            "\"{shown}\" shows nothing, it has the {character} at character 1; give a name that people will recognise"
        );
        assert_violation(
            &json!({ "displayName": name }),
            &Expected {
                pointer: "/displayName",
                rule: Rule::Blank,
                name: "blank",
                source: RuleSource::Ours,
                message: &message,
            },
        );
    }
}

#[test]
fn rejects_control_and_bidirectional_characters() {
    struct Row {
        text: &'static str,
        message: &'static str,
    }
    for Row { text, message } in [
        Row { text: "a\0b", message: r#""a\0b" has the control character U+0000 at character 2; remove it"# },
        Row {
            text: "a\tb",
            message: r#""a\tb" has the control character U+0009 at character 2; write a space instead"#,
        },
        Row {
            text: "ab\u{202e}c",
            message: r#""ab\u{202e}c" has the bidirectional character U+202E at character 3; remove it"#,
        },
    ] {
        for (field, value, pointer) in [
            ("displayName", json!(text), "/displayName"),
            ("supportLanguages", json!([text]), "/supportLanguages/0"),
            ("supportLocations", json!([text]), "/supportLocations/0"),
            ("staffTargets", json!([text]), "/staffTargets/0"),
        ] {
            assert_violation(
                &json!({ field: value }),
                &Expected {
                    pointer,
                    rule: Rule::HiddenCharacter,
                    name: "hidden-character",
                    source: RuleSource::Ours,
                    message,
                },
            );
        }
    }
}

/// Both lists of codes have the same rules.
fn for_both_lists_of_codes(check: impl Fn(&str)) {
    check("supportLanguages");
    check("supportLocations");
}

#[test]
fn rejects_empty_list_of_codes() {
    for_both_lists_of_codes(|field| {
        assert_violation(
            &json!({ field: [] }),
            &Expected {
                pointer: &format!("/{field}"),
                rule: Rule::Empty,
                name: "empty",
                source: RuleSource::Ours,
                message: r#"has no entry; name at least one code, or "*" alone for all"#,
            },
        );
    });
}

#[test]
fn rejects_blank_code() {
    for_both_lists_of_codes(|field| {
        for (code, shown) in [("", ""), (" ", " "), ("\u{a0}\t", r"\u{a0}\t")] {
            assert_violation(
                &json!({ field: ["en", code] }),
                &Expected {
                    pointer: &format!("/{field}/1"),
                    rule: Rule::Blank,
                    name: "blank",
                    source: RuleSource::Ours,
                    message: &format!("\"{shown}\" is blank; write what was meant, or remove it"),
                },
            );
        }
    });
}

#[test]
fn rejects_code_with_surrounding_white_space() {
    for_both_lists_of_codes(|field| {
        for code in [" en", "en ", " * "] {
            assert_violation(
                &json!({ field: [code] }),
                &Expected {
                    pointer: &format!("/{field}/0"),
                    rule: Rule::SurroundingWhiteSpace,
                    name: "surrounding-white-space",
                    source: RuleSource::Ours,
                    message: &format!("\"{code}\" begins or ends with white space; remove it"),
                },
            );
        }
        assert_valid(&json!({ field: ["a b"] }));
    });
}

#[test]
fn rejects_wildcard_beside_codes() {
    for_both_lists_of_codes(|field| {
        assert_valid(&json!({ field: ["*"] }));
        assert_violation(
            &json!({ field: ["en", "*", "fr"] }),
            &Expected {
                pointer: &format!("/{field}/1"),
                rule: Rule::WildcardNotAlone,
                name: "wildcard-not-alone",
                source: RuleSource::Ours,
                message: r#""*" means everything and must stand alone; remove it, or remove the other entries"#,
            },
        );
    });
}

#[test]
fn rejects_duplicate_code() {
    for_both_lists_of_codes(|field| {
        assert_violation(
            &json!({ field: ["en", "fr", "en"] }),
            &Expected {
                pointer: &format!("/{field}/2"),
                rule: Rule::Duplicate,
                name: "duplicate",
                source: RuleSource::Ours,
                message: &format!("\"en\" is already at /{field}/0; remove one of the two"),
            },
        );
        assert_valid(&json!({ field: ["en", "EN", "en-GB"] }));
    });
}

#[test]
fn reports_violations_in_the_order_of_the_entries() {
    let violations = update(&json!({ "supportLanguages": ["en", "en", " fr"] })).validate().unwrap_err();
    assert_eq!(
        violations.iter().map(Violation::pointer).collect::<Vec<_>>(),
        ["/supportLanguages/1", "/supportLanguages/2"]
    );
}

#[test]
fn names_the_first_place_for_each_duplicate() {
    let violations = update(&json!({ "supportLanguages": ["fr", "en", "en", "en"] })).validate().unwrap_err();
    assert_eq!(
        violations.to_string(),
        "/supportLanguages/2: \"en\" is already at /supportLanguages/1; remove one of the two\n\
         /supportLanguages/3: \"en\" is already at /supportLanguages/1; remove one of the two"
    );
}

#[test]
fn rejects_update_without_types() {
    assert_violation(
        &json!({ "types": [], "staffTargets": [] }),
        &Expected {
            pointer: "/types",
            rule: Rule::Empty,
            name: "empty",
            source: RuleSource::Ours,
            message: &format!("has no entry; select at least one of {}", document::types().join(", ")),
        },
    );
}

#[test]
fn rejects_duplicate_type() {
    assert_violation(
        &json!({ "types": ["STAFF", "STAFF"] }),
        &Expected {
            pointer: "/types/1",
            rule: Rule::Duplicate,
            name: "duplicate",
            source: RuleSource::Ours,
            message: "\"STAFF\" is already at /types/0; remove one of the two",
        },
    );
}

struct Row {
    kind: &'static str,
    field: &'static str,
    target: &'static str,
}

const TARGETS: [Row; 3] = [
    Row { kind: "PHONE", field: "phoneTargets", target: "+85212345678" },
    Row { kind: "STAFF", field: "staffTargets", target: "staff-1" },
    Row { kind: "TRUNK", field: "trunkTargets", target: "+85287654321" },
];

#[test]
fn rejects_selected_type_without_targets() {
    for Row { kind, field, target } in TARGETS {
        let expected =
            format!("has no entry although {kind} is selected; add a target, or take {kind} out of the types");
        let absent = json!({ "types": [kind], "staffTargets": [] });
        let mut empty = absent.clone();
        empty[field] = json!([]);
        for mut fields in [absent, empty] {
            assert_violation(
                &fields,
                &Expected {
                    pointer: &format!("/{field}"),
                    rule: Rule::MissingTargets,
                    name: "missing-targets",
                    source: RuleSource::Vendor,
                    message: &expected,
                },
            );
            fields[field] = json!([target]);
            assert_valid(&fields);
        }
    }
}

#[test]
fn rejects_targets_of_type_that_is_not_selected() {
    for Row { kind, field, target } in TARGETS {
        let other = if kind == "PHONE" { &TARGETS[1] } else { &TARGETS[0] };
        assert_violation(
            &json!({ "types": [other.kind], "staffTargets": [], other.field: [other.target], field: [target] }),
            &Expected {
                pointer: &format!("/{field}"),
                rule: Rule::TypeNotSelected,
                name: "type-not-selected",
                source: RuleSource::Ours,
                message: &format!(
                    "has entries although {kind} is not selected; add {kind} to the types, or remove them"
                ),
            },
        );
    }
}

#[test]
fn rejects_wildcard_as_target() {
    for Row { kind, field, target } in TARGETS {
        assert_violation(
            &json!({ "types": [kind], "staffTargets": [], field: [target, "*"] }),
            &Expected {
                pointer: &format!("/{field}/1"),
                rule: Rule::WildcardTarget,
                name: "wildcard-target",
                source: RuleSource::Ours,
                message: r#""*" is not a target; list each target"#,
            },
        );
    }
}

#[test]
fn rejects_number_that_is_not_e164() {
    for (kind, field) in [("PHONE", "phoneTargets"), ("TRUNK", "trunkTargets")] {
        let fields = |number: &str| json!({ "types": [kind], "staffTargets": [], field: [number] });
        for number in ["1234567", "+1234567", "123456789012345", "+123456789012345", "9999999"] {
            assert_valid(&fields(number));
        }
        for number in [
            "",
            "+",
            "123456",
            "+123456",
            "1234567890123456",
            "+1234567890123456",
            "01234567",
            "+01234567",
            "++1234567",
            "12345678+",
            "12345a7",
            "0x1234567",
            "1234567.",
            "**",
        ] {
            assert_violation(
                &fields(number),
                &Expected {
                    pointer: &format!("/{field}/0"),
                    rule: Rule::NotE164,
                    name: "not-e164",
                    source: RuleSource::Ours,
                    message: &format!(
                        "\"{number}\" is not a number with country code; write an optional + and 7 to 15 digits, the \
                         first not 0"
                    ),
                },
            );
        }
    }
}

#[test]
fn rejects_blank_staff_id() {
    assert_violation(
        &json!({ "staffTargets": ["staff-1", "\u{2003}"] }),
        &Expected {
            pointer: "/staffTargets/1",
            rule: Rule::Blank,
            name: "blank",
            source: RuleSource::Ours,
            message: r#""\u{2003}" is blank; write what was meant, or remove it"#,
        },
    );
}

#[test]
fn rejects_staff_id_with_surrounding_white_space() {
    for (id, shown) in [("staff-1 ", "staff-1 "), ("\u{a0}staff-1", r"\u{a0}staff-1"), ("staff-1\r", r"staff-1\r")] {
        assert_violation(
            &json!({ "staffTargets": [id] }),
            &Expected {
                pointer: "/staffTargets/0",
                rule: Rule::SurroundingWhiteSpace,
                name: "surrounding-white-space",
                source: RuleSource::Ours,
                message: &format!("\"{shown}\" begins or ends with white space; remove it"),
            },
        );
    }
}

/// Entries that differ in what nobody sees, or in a `+` before a number.
#[test]
fn finds_near_duplicates() {
    let found = |fields: &Value| {
        let violations = update(fields).validate().unwrap_err();
        let duplicates = violations.iter().filter(|violation| violation.rule() == Rule::Duplicate);
        duplicates.map(|violation| violation.pointer().to_owned()).collect::<Vec<_>>()
    };
    let staff = json!({ "staffTargets": ["staff-1\r", "staff-1 ", "staff-1"] });
    assert_eq!(found(&staff), ["/staffTargets/1", "/staffTargets/2"]);
    let trunks = json!({ "types": ["STAFF", "TRUNK"], "trunkTargets": ["+85212345678", "85212345678"] });
    assert_eq!(found(&trunks), ["/trunkTargets/1"]);
}

#[test]
fn rejects_duplicate_target() {
    for Row { kind, field, target } in TARGETS {
        assert_violation(
            &json!({ "types": [kind], "staffTargets": [], field: [target, target] }),
            &Expected {
                pointer: &format!("/{field}/1"),
                rule: Rule::Duplicate,
                name: "duplicate",
                source: RuleSource::Ours,
                message: &format!("\"{target}\" is already at /{field}/0; remove one of the two"),
            },
        );
    }
    // The + is optional, so these are one number.
    assert_violation(
        &json!({ "types": ["PHONE"], "staffTargets": [], "phoneTargets": ["85212345678", "+85212345678"] }),
        &Expected {
            pointer: "/phoneTargets/1",
            rule: Rule::Duplicate,
            name: "duplicate",
            source: RuleSource::Ours,
            message: r#""+85212345678" is the same as "85212345678" at /phoneTargets/0; remove one of the two"#,
        },
    );
}

#[test]
fn finds_duplicate_in_list_of_any_length() {
    for length in [1, 2, 15, 16, 17, 18, 100] {
        let mut codes: Vec<String> = (0..length).map(|number| format!("code-{number}")).collect();
        codes.push("code-0".to_owned());
        let text = update(&json!({ "supportLanguages": codes })).validate().unwrap_err().to_string();
        let place = format!("/supportLanguages/{length}: \"code-0\" is already at /supportLanguages/0");
        assert_eq!(text, format!("{place}; remove one of the two"));
    }
}

#[test]
fn reports_all_violations_in_the_order_of_the_document() {
    let violations = update(&json!({
        "displayName": " ",
        "supportLanguages": ["*", " ", " en", "*"],
        "supportLocations": [],
        "types": ["TRUNK", "PHONE", "PHONE"],
        "phoneTargets": [],
        "staffTargets": ["*", "", ""],
        "trunkTargets": ["+1", "*", "+1"],
    }))
    .validate()
    .unwrap_err();
    let found: Vec<_> = violations.iter().map(|found| (found.pointer(), found.rule().name())).collect();
    assert_eq!(
        found,
        [
            ("/displayName", "blank"),
            ("/supportLanguages/0", "wildcard-not-alone"),
            ("/supportLanguages/1", "blank"),
            ("/supportLanguages/2", "surrounding-white-space"),
            ("/supportLanguages/3", "wildcard-not-alone"),
            ("/supportLanguages/3", "duplicate"),
            ("/supportLocations", "empty"),
            ("/types/2", "duplicate"),
            ("/phoneTargets", "missing-targets"),
            ("/staffTargets", "type-not-selected"),
            ("/staffTargets/0", "wildcard-target"),
            ("/staffTargets/1", "blank"),
            ("/staffTargets/2", "blank"),
            ("/staffTargets/2", "duplicate"),
            ("/trunkTargets/0", "not-e164"),
            ("/trunkTargets/1", "wildcard-target"),
            ("/trunkTargets/2", "not-e164"),
            ("/trunkTargets/2", "duplicate"),
        ]
    );
    let mut fields: Vec<_> = found.iter().filter_map(|(pointer, _)| pointer.split('/').nth(1)).collect();
    fields.dedup();
    // A property that is added to the document may have no rule.
    let mut order = document::fields();
    order.retain(|field| fields.contains(&field.as_str()));
    assert_eq!(fields, order);
}

#[test]
fn serializes_violations() {
    let violations = update(&json!({ "types": ["STAFF", "PHONE"], "staffTargets": ["*"] })).validate().unwrap_err();
    assert_eq!(
        serde_json::to_value(&violations).unwrap(),
        json!([
            {
                "pointer": "/phoneTargets",
                "rule": "missing-targets",
                "source": "vendor",
                "message": "has no entry although PHONE is selected; add a target, or take PHONE out of the types",
            },
            {
                "pointer": "/staffTargets/0",
                "rule": "wildcard-target",
                "source": "ours",
                "message": "\"*\" is not a target; list each target",
            },
        ])
    );
    let rules: Vec<Rule> = violations.into_iter().map(|violation| violation.rule()).collect();
    assert_eq!(rules, [Rule::MissingTargets, Rule::WildcardTarget]);
}

#[test]
fn shows_value_shortened_and_escaped() {
    let text = |code: &str| update(&json!({ "supportLocations": [code] })).validate().unwrap_err().to_string();
    let behind = "begins or ends with white space; remove it";
    let long = format!("{} ", "長".repeat(1_000_000));
    assert_eq!(text(&long), format!("/supportLocations/0: \"{}…\" {behind}", "長".repeat(48)));
    assert_eq!(text(&format!("{} ", "a".repeat(47))), format!("/supportLocations/0: \"{} \" {behind}", "a".repeat(47)));
    assert_eq!(
        text("x\u{1b}[31m\u{202e}\0").split(" has ").next(),
        Some(r#"/supportLocations/0: "x\u{1b}[31m\u{202e}\0""#)
    );
}

#[test]
fn counts_name_length_in_unicode_scalar_values() {
    let max = max_name_length();
    let cut = |text: &str, count: usize| text.chars().take(count).collect::<String>();
    let name = |name: String| DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all());
    // A family of seven scalar values, which is one character to the eye, counts as seven.
    for piece in ["a", "夜", "🌙", "e\u{301}", "👨‍👩‍👧‍👦"] {
        let text = piece.repeat(max + 1);
        let update = name(cut(&text, max)).unwrap().with_staff(["staff-1"]);
        assert_eq!(update.validate(), Ok(()));
        assert_eq!(update.display_name.chars().count(), max);
        let violations = name(cut(&text, max + 1)).unwrap_err();
        let [found] = &*violations else { panic!("{violations}") };
        assert_eq!((found.pointer(), found.rule()), ("/displayName", Rule::TooLong));
        assert!(found.message().ends_with(&format!(" is longer than {max} characters; shorten it")), "{violations}");
        assert_eq!((found.rule().name(), found.rule().source()), ("too-long", RuleSource::Vendor));
    }
}

#[test]
fn new_shows_very_long_name_shortened() {
    let text = |name: &str| {
        let new = DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all());
        new.unwrap_err().to_string()
    };
    let end = format!("is longer than {} characters; shorten it", max_name_length());
    let long = "n".repeat(1_000_000);
    assert_eq!(text(&long), format!("/displayName: \"{}…\" {end}", "n".repeat(48)));
    // A character that cannot be seen is escaped.
    let family = "👨‍👩‍👧‍👦".repeat(max_name_length());
    let shown: String = family.chars().take(48).map(String::from).collect();
    assert_eq!(text(&family), format!("/displayName: \"{}…\" {end}", shown.replace('\u{200d}', r"\u{200d}")));
}

/// Updates with `count` targets: valid, all of them wrong, all of them the same.
fn large(count: usize) -> [DestinationUpdate; 3] {
    let sample = || DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).unwrap();
    [
        sample().with_phones((0..count).map(|number| format!("+8521{number:07}"))),
        sample().with_phones((0..count).map(|number| format!("0{number}"))),
        sample().with_phones((0..count).map(|_| "+85212345678")),
    ]
}

#[test]
fn lists_few_of_ten_thousand_violations() {
    let [valid, wrong, same] = large(10_000);
    assert_eq!(valid.validate(), Ok(()));
    for (update, total) in [(wrong, 10_000), (same, 9_999)] {
        let violations = update.validate().unwrap_err();
        assert_eq!(violations.len(), total);
        let text = violations.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 21);
        assert!(lines[..20].iter().all(|line| line.starts_with("/phoneTargets/")));
        assert_eq!(lines[20], format!("… and {} more", total - 20));
        assert!(text.len() < 4_000, "{} bytes", text.len());
    }
}

#[test]
fn lists_twenty_violations_and_counts_the_rest() {
    let text = |count: usize| {
        let [_, wrong, _] = large(count);
        wrong.validate().unwrap_err().to_string()
    };
    assert_eq!(text(20).lines().count(), 20);
    assert!(text(20).lines().last().unwrap().starts_with("/phoneTargets/19: "));
    assert_eq!(text(21).lines().last(), Some("… and 1 more"));
}

#[test]
fn time_grows_linearly_with_the_number_of_targets() {
    fn time(update: &DestinationUpdate, times: usize) -> Duration {
        let begin = Instant::now();
        for _ in 0..times {
            let _ = std::hint::black_box(update).validate();
        }
        begin.elapsed()
    }
    let (small, big) = (large(3_000), large(90_000));
    for (small, big) in small.iter().zip(&big) {
        // One if the time is linear, thirty if it is quadratic. Both take so long that a busy machine slows both, and if
        // it slows the large one alone, the next try shows it.
        let mut ratios = (0..5).map(|_| time(big, 1).as_secs_f64() / time(small, 30).as_secs_f64());
        assert!(ratios.any(|ratio| ratio < 8.0), "as many targets in one update take much longer than in thirty");
    }
}

#[test]
fn all_and_only_make_the_lists_of_the_wire() {
    assert_eq!(serde_json::to_value(SupportLanguages::all()).unwrap(), json!(["*"]));
    assert_eq!(serde_json::to_value(SupportLocations::only(["HK", "US-CA"])).unwrap(), json!(["HK", "US-CA"]));
    assert!(SupportLocations::all().is_all() && SupportLanguages::only(["*"]).is_all());
    for not_all in [vec![], vec!["en"], vec!["*", "*"], vec!["en", "*"], vec![" *"], vec!["**"]] {
        assert!(!SupportLanguages::only(not_all.clone()).is_all(), "{not_all:?}");
    }
}

#[test]
fn list_covers_its_codes_and_wildcard_covers_all() {
    let places = SupportLocations::only(["HK", "US-CA"]);
    assert!(places.covers("HK") && places.covers("US-CA"));
    for other in ["US", "hk", "", "*", "HK ", "US-C"] {
        assert!(!places.covers(other), "{other:?}");
        assert!(SupportLocations::all().covers(other) && SupportLanguages::all().covers(other));
        assert!(!SupportLanguages::only([""; 0]).covers(other));
    }
}

#[test]
fn set_targets_replaces_targets_and_selects_their_type_once() {
    let all = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all()).unwrap();
    assert_eq!(all.types, []);
    for (kind, target) in [
        (DestinationType::Phone, "+85212345678"),
        (DestinationType::Staff, "staff-1"),
        (DestinationType::Trunk, "+85287654321"),
    ] {
        let mut update = all.clone();
        assert!(!update.has_type(kind) && update.targets(kind).is_empty());
        update.set_targets(kind, ["to be replaced"]);
        update.set_targets(kind, [target]);
        assert!(update.has_type(kind));
        assert_eq!((&*update.types, update.targets(kind)), (&[kind][..], &[target.to_owned()][..]));
        assert_eq!(update.validate(), Ok(()));
        assert_eq!(update, all.clone().with_targets(kind, [target]));
        update.types.push(kind);
        assert_eq!(update.clone().without_type(kind), all);
        update.remove_type(kind);
        assert_eq!(update, all);
    }
}

#[test]
fn shorthand_methods_set_their_own_list() {
    let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
        .unwrap()
        .with_trunks(["1111111"])
        .with_staff(["staff-1"])
        .with_phones(["2222222"]);
    assert_eq!(
        serde_json::to_value(&update).unwrap(),
        json!({
            "displayName": "Night shift",
            "supportLanguages": ["*"],
            "supportLocations": ["*"],
            "types": ["TRUNK", "STAFF", "PHONE"],
            "phoneTargets": ["2222222"],
            "staffTargets": ["staff-1"],
            "trunkTargets": ["1111111"],
        })
    );
    assert_eq!(update.without_type(DestinationType::Staff).types, [DestinationType::Trunk, DestinationType::Phone]);
}

#[test]
fn violations_have_no_source() {
    let violations: Violations = update(&json!({ "types": [] })).validate().unwrap_err();
    assert!(std::error::Error::source(&violations).is_none());
}
