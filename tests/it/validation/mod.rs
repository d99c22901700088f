//! Each rule with its pointer, name, source and message, and the methods of the extension traits.

mod codes;
mod methods;
mod name;
mod report;
mod targets;

use cinnox_destination::{Rule, RuleSource, prelude::*};
use serde_json::{Value, json};

/// A valid update with the given fields replaced.
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
    message: &'a str,
}

/// The update has exactly this violation.
#[track_caller]
fn assert_violation(fields: &Value, expected: &Expected) {
    let violations = update(fields).validate().unwrap_err();
    let found: Vec<_> = violations
        .iter()
        .map(|violation| Expected {
            pointer: violation.pointer(),
            rule: violation.rule(),
            message: violation.message(),
        })
        .collect();
    assert_eq!(found, std::slice::from_ref(expected));
    assert_eq!(violations.to_string(), format!("{}: {}", expected.pointer, expected.message));
}

#[test]
fn each_rule_has_a_stable_name_and_a_source() {
    use RuleSource::{Ours, Vendor};

    struct Row {
        rule: Rule,
        name: &'static str,
        source: RuleSource,
    }
    for Row { rule, name, source } in [
        Row { rule: Rule::TooLong, name: "too-long", source: Vendor },
        Row { rule: Rule::OutsideLimit, name: "outside-limit", source: Vendor },
        Row { rule: Rule::Blank, name: "blank", source: Ours },
        Row { rule: Rule::SurroundingWhiteSpace, name: "surrounding-white-space", source: Ours },
        Row { rule: Rule::HiddenCharacter, name: "hidden-character", source: Ours },
        Row { rule: Rule::Empty, name: "empty", source: Ours },
        Row { rule: Rule::Duplicate, name: "duplicate", source: Ours },
        Row { rule: Rule::NotACode, name: "not-a-code", source: Ours },
        Row { rule: Rule::WildcardNotAlone, name: "wildcard-not-alone", source: Ours },
        Row { rule: Rule::MissingTargets, name: "missing-targets", source: Vendor },
        Row { rule: Rule::TypeNotSelected, name: "type-not-selected", source: Ours },
        Row { rule: Rule::WildcardTarget, name: "wildcard-target", source: Ours },
        Row { rule: Rule::NotE164, name: "not-e164", source: Ours },
    ] {
        assert_eq!((rule.name(), rule.source()), (name, source));
    }
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
        let rule = Rule::HiddenCharacter;
        assert_violation(&json!({ "displayName": text }), &Expected { pointer: "/displayName", rule, message });
        for field in ["supportLanguages", "supportLocations", "staffTargets"] {
            assert_violation(&json!({ field: [text] }), &Expected { pointer: &format!("/{field}/0"), rule, message });
        }
    }
}
