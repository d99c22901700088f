//! The rules of types and targets.

use super::*;
use crate::support::document;

#[test]
fn rejects_update_without_types() {
    assert_violation(
        &json!({ "types": [], "staffTargets": [] }),
        &Expected {
            pointer: "/types",
            rule: Rule::Empty,
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
        let expected = format!("is empty but {kind} is selected; add a target, or remove {kind} from the types");
        let absent = json!({ "types": [kind], "staffTargets": [] });
        let mut empty = absent.clone();
        empty[field] = json!([]);
        for mut fields in [absent, empty] {
            assert_violation(
                &fields,
                &Expected { pointer: &format!("/{field}"), rule: Rule::MissingTargets, message: &expected },
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
                message: &format!(
                    "is not empty but {kind} is not selected; add {kind} to the types, or remove the entries"
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
                message: r#""*" is not a target; list each target"#,
            },
        );
    }
}

#[test]
fn rejects_asterisk_as_target() {
    for Row { kind, field, .. } in TARGETS {
        assert_violation(
            &json!({ "types": [kind], "staffTargets": [], field: ["＊"] }),
            &Expected {
                pointer: &format!("/{field}/0"),
                rule: Rule::WildcardTarget,
                message: r#""＊" is not a target; list each target"#,
            },
        );
    }
    // The vendor does not document which characters staff IDs may contain.
    assert_valid(&json!({ "staffTargets": ["staff-1,staff-2", "staff＊"] }));
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
            "**",
        ] {
            assert_violation(
                &fields(number),
                &Expected {
                    pointer: &format!("/{field}/0"),
                    rule: Rule::NotE164,
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
                message: &format!("\"{shown}\" begins or ends with white space; remove it"),
            },
        );
    }
}

/// Entries that differ only in surrounding white space, or in the `+` of a number.
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
            message: r#""+85212345678" is the same as "85212345678" at /phoneTargets/0; remove one of the two"#,
        },
    );
}
