//! The rules of the two lists of codes.

use super::*;

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
                message: r#""*" means everything and must stand alone; remove it, or remove the other entries"#,
            },
        );
    });
}

#[test]
fn rejects_asterisk_other_than_the_wildcard() {
    for_both_lists_of_codes(|field| {
        for code in ["＊", "∗", "﹡", "⁎"] {
            assert_violation(
                &json!({ field: [code] }),
                &Expected {
                    pointer: &format!("/{field}/0"),
                    rule: Rule::NotACode,
                    message: &format!("\"{code}\" looks like the wildcard but is another character; write \"*\""),
                },
            );
        }
    });
}

#[test]
fn rejects_several_codes_in_one_entry() {
    for_both_lists_of_codes(|field| {
        for (codes, separator) in [("en,fr", ','), ("en; fr", ';'), ("en、fr", '、'), ("en，", '，'), ("en；fr", '；')]
        {
            assert_violation(
                &json!({ field: ["zh", codes] }),
                &Expected {
                    pointer: &format!("/{field}/1"),
                    rule: Rule::NotACode,
                    message: &format!("\"{codes}\" contains '{separator}'; write each code as a separate entry"),
                },
            );
        }
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
                message: &format!("\"en\" is already at /{field}/0; remove one of the two"),
            },
        );
        assert_valid(&json!({ field: ["en", "EN", "en-GB"] }));
    });
}
