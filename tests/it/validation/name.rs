//! The rules of the display name.

use super::*;
use crate::support::document::max_name_length;

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
                message: &format!("\"{shown}\" begins or ends with white space; remove it"),
            },
        );
    }
    assert_valid(&json!({ "displayName": "a  b" }));
}

#[test]
fn rejects_name_without_visible_character() {
    struct Row {
        name: &'static str,
        shown: &'static str,
        character: &'static str,
    }
    for Row { name, shown, character } in [
        Row { name: "\u{200b}", shown: r"\u{200b}", character: "invisible character U+200B" },
        Row { name: "\u{2060}\u{ad}", shown: r"\u{2060}\u{ad}", character: "invisible character U+2060" },
        Row { name: "\u{202e}", shown: r"\u{202e}", character: "bidirectional character U+202E" },
        Row { name: "\u{1d159}", shown: "\u{1d159}", character: "invisible character U+1D159" },
        Row { name: "\u{16fe4}", shown: "\u{16fe4}", character: "invisible character U+16FE4" },
        Row { name: "\u{13430}\u{13455}", shown: "\\u{13430}\u{13455}", character: "invisible character U+13430" },
        Row { name: "\u{fffc}", shown: "\u{fffc}", character: "object replacement character U+FFFC" },
        Row { name: "\u{fdef}", shown: r"\u{fdef}", character: "noncharacter U+FDEF" },
        Row { name: "\u{1ffff}", shown: r"\u{1ffff}", character: "noncharacter U+1FFFF" },
    ] {
        let message = format!(
            "\"{shown}\" is blank: it contains the {character} at character 1; give a name that people will recognise"
        );
        assert_violation(
            &json!({ "displayName": name }),
            &Expected { pointer: "/displayName", rule: Rule::Blank, message: &message },
        );
    }
}

#[test]
fn rejects_noncharacter_and_object_replacement_character() {
    for (c, kind) in [
        ('\u{fffc}', "object replacement character U+FFFC"),
        ('\u{fffe}', "noncharacter U+FFFE"),
        ('\u{10fffe}', "noncharacter U+10FFFE"),
    ] {
        let violations = update(&json!({ "displayName": format!("Night{c}") })).validate().unwrap_err();
        assert_eq!(violations[0].rule(), Rule::HiddenCharacter);
        assert!(
            violations[0].message().ends_with(&format!(" has the {kind} at character 6; remove it")),
            "{violations}"
        );
    }
}

#[test]
fn counts_name_length_in_unicode_scalar_values() {
    let max = max_name_length();
    let cut = |text: &str, count: usize| text.chars().take(count).collect::<String>();
    let name = |name: String| DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all());
    // A family emoji looks like one character but has seven scalar values, and counts as seven.
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
fn error_of_new_shortens_very_long_name() {
    let text = |name: &str| {
        let new = DestinationUpdate::new(name, SupportLanguages::all(), SupportLocations::all());
        new.unwrap_err().to_string()
    };
    let end = format!("is longer than {} characters; shorten it", max_name_length());
    let long = "n".repeat(1_000_000);
    assert_eq!(text(&long), format!("/displayName: \"{}…\" {end}", "n".repeat(48)));
    // Invisible characters are escaped.
    let family = "👨‍👩‍👧‍👦".repeat(max_name_length());
    let shown: String = family.chars().take(48).map(String::from).collect();
    assert_eq!(text(&family), format!("/displayName: \"{}…\" {end}", shown.replace('\u{200d}', r"\u{200d}")));
}

/// The number is that of the vendor's page, so this test fails if the document changes it.
#[test]
fn name_limit_is_forty_characters() {
    assert_eq!(max_name_length(), 40);
}
