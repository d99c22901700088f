//! Each rule, with its place, its name, its source and its sentence, and what the traits make of an update.

use std::time::{Duration, Instant};

use cinnox_destination::{Rule, RuleSource, Violation, Violations, prelude::*};
use serde_json::{Value, json};

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

/// Pointer, rule, its name, its source and the sentence.
type Expected<'a> = (&'a str, Rule, &'a str, RuleSource, &'a str);

#[track_caller]
fn assert_violations(fields: &Value, expected: &[Expected]) {
    let violations = update(fields).validate().unwrap_err();
    let found: Vec<Expected> = violations
        .iter()
        .map(|found| (found.pointer(), found.rule(), found.rule().name(), found.rule().source(), found.message()))
        .collect();
    assert_eq!(found, expected);
    let lines: Vec<_> = expected.iter().map(|(pointer, .., message)| format!("{pointer}: {message}")).collect();
    assert_eq!(violations.to_string(), lines.join("\n"));
}

#[test]
fn a_valid_update_has_no_violation() {
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
fn a_name_is_not_blank() {
    for (name, shown) in
        [("", ""), (" ", " "), ("\t\n", r"\t\n"), ("\u{3000}\u{a0}", r"\u{3000}\u{a0}"), ("\u{85}", r"\u{85}")]
    {
        assert_violations(
            &json!({ "displayName": name }),
            &[(
                "/displayName",
                Rule::Blank,
                "blank",
                RuleSource::Ours,
                &format!("\"{shown}\" is blank; give a name that people will recognise"),
            )],
        );
    }
}

#[test]
fn a_name_has_no_white_space_at_either_end() {
    for (name, shown) in [
        (" Night shift", " Night shift"),
        ("Night shift ", "Night shift "),
        ("Night shift\n", r"Night shift\n"),
        ("\u{3000}夜班", r"\u{3000}夜班"),
    ] {
        assert_violations(
            &json!({ "displayName": name }),
            &[(
                "/displayName",
                Rule::SurroundingWhiteSpace,
                "surrounding-white-space",
                RuleSource::Ours,
                &format!("\"{shown}\" begins or ends with white space; remove it"),
            )],
        );
    }
    assert_valid(&json!({ "displayName": "a  b" }));
}

/// Both lists of codes have the same rules.
fn for_both_lists_of_codes(check: impl Fn(&str)) {
    check("supportLanguages");
    check("supportLocations");
}

#[test]
fn a_list_of_codes_has_an_entry() {
    for_both_lists_of_codes(|field| {
        assert_violations(
            &json!({ field: [] }),
            &[(
                &format!("/{field}"),
                Rule::Empty,
                "empty",
                RuleSource::Ours,
                r#"has no entry; name at least one code, or "*" alone for all"#,
            )],
        );
    });
}

#[test]
fn a_code_is_not_blank() {
    for_both_lists_of_codes(|field| {
        for (code, shown) in [("", ""), (" ", " "), ("\u{a0}\t", r"\u{a0}\t")] {
            assert_violations(
                &json!({ field: ["en", code] }),
                &[(
                    &format!("/{field}/1"),
                    Rule::Blank,
                    "blank",
                    RuleSource::Ours,
                    &format!("\"{shown}\" is blank; write what was meant, or remove it"),
                )],
            );
        }
    });
}

#[test]
fn a_code_has_no_white_space_at_either_end() {
    for_both_lists_of_codes(|field| {
        for code in [" en", "en ", " * "] {
            assert_violations(
                &json!({ field: [code] }),
                &[(
                    &format!("/{field}/0"),
                    Rule::SurroundingWhiteSpace,
                    "surrounding-white-space",
                    RuleSource::Ours,
                    &format!("\"{code}\" begins or ends with white space; remove it"),
                )],
            );
        }
        assert_valid(&json!({ field: ["a b"] }));
    });
}

#[test]
fn the_wildcard_stands_alone() {
    for_both_lists_of_codes(|field| {
        assert_valid(&json!({ field: ["*"] }));
        assert_violations(
            &json!({ field: ["en", "*", "fr"] }),
            &[(
                &format!("/{field}/1"),
                Rule::WildcardNotAlone,
                "wildcard-not-alone",
                RuleSource::Ours,
                r#""*" means everything and must stand alone; remove it, or remove the other entries"#,
            )],
        );
    });
}

#[test]
fn no_code_stands_in_a_list_twice() {
    for_both_lists_of_codes(|field| {
        assert_violations(
            &json!({ field: ["en", "fr", "en"] }),
            &[(
                &format!("/{field}/2"),
                Rule::Duplicate,
                "duplicate",
                RuleSource::Ours,
                &format!("\"en\" is already at /{field}/0; remove one of the two"),
            )],
        );
        assert_valid(&json!({ field: ["en", "EN", "en-GB"] }));
    });
}

#[test]
fn the_violations_of_a_list_are_in_the_order_of_its_entries() {
    let violations = update(&json!({ "supportLanguages": ["en", "en", " fr"] })).validate().unwrap_err();
    assert_eq!(
        violations.iter().map(Violation::pointer).collect::<Vec<_>>(),
        ["/supportLanguages/1", "/supportLanguages/2"]
    );
}

#[test]
fn each_further_time_is_a_violation_that_names_the_first() {
    let violations = update(&json!({ "supportLanguages": ["fr", "en", "en", "en"] })).validate().unwrap_err();
    assert_eq!(
        violations.to_string(),
        "/supportLanguages/2: \"en\" is already at /supportLanguages/1; remove one of the two\n\
         /supportLanguages/3: \"en\" is already at /supportLanguages/1; remove one of the two"
    );
}

#[test]
fn a_type_is_selected() {
    assert_violations(
        &json!({ "types": [], "staffTargets": [] }),
        &[(
            "/types",
            Rule::Empty,
            "empty",
            RuleSource::Ours,
            "has no entry; select at least one of PHONE, STAFF, TRUNK",
        )],
    );
}

#[test]
fn no_type_is_selected_twice() {
    assert_violations(
        &json!({ "types": ["STAFF", "STAFF"] }),
        &[(
            "/types/1",
            Rule::Duplicate,
            "duplicate",
            RuleSource::Ours,
            "\"STAFF\" is already at /types/0; remove one of the two",
        )],
    );
}

const TARGETS: [(&str, &str, &str); 3] = [
    ("PHONE", "phoneTargets", "+85212345678"),
    ("STAFF", "staffTargets", "staff-1"),
    ("TRUNK", "trunkTargets", "+85287654321"),
];

#[test]
fn a_type_that_is_selected_has_targets() {
    for (kind, field, target) in TARGETS {
        let expected =
            format!("has no entry although {kind} is selected; add a target, or take {kind} out of the types");
        let absent = json!({ "types": [kind], "staffTargets": [] });
        let mut empty = absent.clone();
        empty[field] = json!([]);
        for mut fields in [absent, empty] {
            assert_violations(
                &fields,
                &[(&format!("/{field}"), Rule::MissingTargets, "missing-targets", RuleSource::Vendor, &expected)],
            );
            fields[field] = json!([target]);
            assert_valid(&fields);
        }
    }
}

#[test]
fn a_type_that_is_not_selected_has_no_targets() {
    for (kind, field, target) in TARGETS {
        let (other, other_field, other_target) = if kind == "PHONE" { TARGETS[1] } else { TARGETS[0] };
        assert_violations(
            &json!({ "types": [other], "staffTargets": [], other_field: [other_target], field: [target] }),
            &[(
                &format!("/{field}"),
                Rule::TypeNotSelected,
                "type-not-selected",
                RuleSource::Ours,
                &format!("has entries although {kind} is not selected; add {kind} to the types, or remove them"),
            )],
        );
    }
}

#[test]
fn the_wildcard_is_no_target() {
    for (kind, field, target) in TARGETS {
        assert_violations(
            &json!({ "types": [kind], "staffTargets": [], field: [target, "*"] }),
            &[(
                &format!("/{field}/1"),
                Rule::WildcardTarget,
                "wildcard-target",
                RuleSource::Ours,
                r#""*" is not a target; list each target"#,
            )],
        );
    }
}

#[test]
fn a_number_is_e164() {
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
            assert_violations(
                &fields(number),
                &[(
                    &format!("/{field}/0"),
                    Rule::NotE164,
                    "not-e164",
                    RuleSource::Ours,
                    &format!(
                        "\"{number}\" is not a number with country code; write an optional + and 7 to 15 digits, the \
                         first not 0"
                    ),
                )],
            );
        }
    }
}

#[test]
fn a_staff_id_is_not_blank() {
    assert_violations(
        &json!({ "staffTargets": ["staff-1", "\u{2003}"] }),
        &[(
            "/staffTargets/1",
            Rule::Blank,
            "blank",
            RuleSource::Ours,
            r#""\u{2003}" is blank; write what was meant, or remove it"#,
        )],
    );
}

#[test]
fn no_target_stands_in_a_list_twice() {
    for (kind, field, target) in TARGETS {
        assert_violations(
            &json!({ "types": [kind], "staffTargets": [], field: [target, target] }),
            &[(
                &format!("/{field}/1"),
                Rule::Duplicate,
                "duplicate",
                RuleSource::Ours,
                &format!("\"{target}\" is already at /{field}/0; remove one of the two"),
            )],
        );
    }
    assert_violations(
        &json!({ "types": ["PHONE"], "staffTargets": [], "phoneTargets": ["85212345678", "+85212345678"] }),
        &[(
            "/phoneTargets/1",
            Rule::Duplicate,
            "duplicate",
            RuleSource::Ours,
            r#""+85212345678" is the same as "85212345678" at /phoneTargets/0; remove one of the two"#,
        )],
    );
}

#[test]
fn a_duplicate_is_found_in_a_long_list_as_in_a_short_one() {
    for length in [1, 2, 15, 16, 17, 18, 100] {
        let mut codes: Vec<String> = (0..length).map(|number| format!("code-{number}")).collect();
        codes.push("code-0".to_owned());
        let text = update(&json!({ "supportLanguages": codes })).validate().unwrap_err().to_string();
        let place = format!("/supportLanguages/{length}: \"code-0\" is already at /supportLanguages/0");
        assert_eq!(text, format!("{place}; remove one of the two"));
    }
}

/// The properties of an update, in the order in which the document has them.
fn order_of_the_document() -> Vec<String> {
    let document = std::fs::read_to_string("openapi/destination.yaml").unwrap();
    document
        .lines()
        .skip_while(|line| *line != "    DestinationUpdate:")
        .skip_while(|line| *line != "      properties:")
        .skip(1)
        .take_while(|line| line.starts_with("        "))
        .filter(|line| !line.starts_with("         "))
        .map(|line| line.trim().trim_end_matches(':').to_owned())
        .collect()
}

#[test]
fn all_violations_come_at_once_in_the_order_of_the_document() {
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
    assert_eq!(fields, order_of_the_document());
}

#[test]
fn violations_can_be_serialized_for_a_form() {
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
fn a_value_is_shown_shortened_and_escaped() {
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
fn forty_characters_pass_and_forty_one_do_not() {
    let [ascii, cjk, emoji, combining] = ["a", "夜", "🌙", "e\u{301}"].map(|piece| piece.repeat(41));
    let cut = |text: &str, count: usize| text.chars().take(count).collect::<String>();
    let name = |name: String| DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all());
    // A character that is not seen is shown escaped.
    let shown = |text: &str| text.replace('\u{200d}', r"\u{200d}");
    // A family of seven scalar values, which is one character to the eye, counts as seven.
    let family = "👨‍👩‍👧‍👦".repeat(6);
    for text in [ascii, cjk, emoji, combining, family] {
        let update = name(cut(&text, 40)).unwrap().with_staff(["staff-1"]);
        assert_eq!(update.validate(), Ok(()));
        assert_eq!(update.display_name.chars().count(), 40);
        let violations = name(cut(&text, 41)).unwrap_err();
        let message = format!("\"{}\" is longer than 40 characters; shorten it", shown(&cut(&text, 41)));
        let [found] = &*violations else { panic!("{violations}") };
        assert_eq!((found.pointer(), found.rule(), found.message()), ("/displayName", Rule::TooLong, &*message));
        assert_eq!((found.rule().name(), found.rule().source()), ("too-long", RuleSource::Vendor));
    }
}

#[test]
fn new_repeats_a_name_that_is_far_too_long_only_in_part() {
    let name = "n".repeat(1_000_000);
    let violations = DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all()).unwrap_err();
    let message = format!("/displayName: \"{}…\" is longer than 40 characters; shorten it", "n".repeat(48));
    assert_eq!(violations.to_string(), message);
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
fn ten_thousand_targets_give_a_readable_text() {
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
fn twenty_violations_are_listed_and_the_twenty_first_is_counted() {
    let text = |count: usize| {
        let [_, wrong, _] = large(count);
        wrong.validate().unwrap_err().to_string()
    };
    assert_eq!(text(20).lines().count(), 20);
    assert!(text(20).lines().last().unwrap().starts_with("/phoneTargets/19: "));
    assert_eq!(text(21).lines().last(), Some("… and 1 more"));
}

#[test]
fn the_time_grows_with_the_number_of_targets_and_not_faster() {
    fn time(update: &DestinationUpdate, times: usize) -> Duration {
        let begin = Instant::now();
        for _ in 0..times {
            let _ = std::hint::black_box(update).validate();
        }
        begin.elapsed()
    }
    let (small, great) = (large(3_000), large(90_000));
    for (small, great) in small.iter().zip(&great) {
        // One if the time is linear, thirty if it is quadratic. Both take so long that a busy machine hinders both, and
        // if it hinders the great one alone, the next try shows it.
        let mut ratios = (0..5).map(|_| time(great, 1).as_secs_f64() / time(small, 30).as_secs_f64());
        assert!(ratios.any(|ratio| ratio < 8.0), "as many targets in one update take much longer than in thirty");
    }
}

#[test]
fn everything_and_only_are_lists_as_they_are_on_the_wire() {
    assert_eq!(serde_json::to_value(SupportLanguages::all()).unwrap(), json!(["*"]));
    assert_eq!(serde_json::to_value(SupportLocations::only(["HK", "US-CA"])).unwrap(), json!(["HK", "US-CA"]));
    assert!(SupportLocations::all().is_all() && SupportLanguages::only(["*"]).is_all());
    for not_all in [vec![], vec!["en"], vec!["*", "*"], vec!["en", "*"], vec![" *"], vec!["**"]] {
        assert!(!SupportLanguages::only(not_all.clone()).is_all(), "{not_all:?}");
    }
}

#[test]
fn a_list_covers_what_it_names_and_the_wildcard_covers_all() {
    let places = SupportLocations::only(["HK", "US-CA"]);
    assert!(places.covers("HK") && places.covers("US-CA"));
    for other in ["US", "hk", "", "*", "HK ", "US-C"] {
        assert!(!places.covers(other), "{other:?}");
        assert!(SupportLocations::all().covers(other) && SupportLanguages::all().covers(other));
        assert!(!SupportLanguages::only([""; 0]).covers(other));
    }
}

#[test]
fn setting_targets_selects_their_type_once_and_replaces_them() {
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
fn each_shorthand_sets_its_own_list() {
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
fn violations_are_an_error_without_a_source() {
    let violations: Violations = update(&json!({ "types": [] })).validate().unwrap_err();
    assert!(std::error::Error::source(&violations).is_none());
}
