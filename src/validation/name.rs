//! The rules of the display name: the vendor's length limit, and ours on visibility.

use std::fmt::Display;

use super::{
    characters::{self, is_forbidden},
    collector::Collector,
    rule::Rule,
};

/// Reports a name that is too long; `problem` is the conversion error.
pub(crate) fn add_too_long(name: &str, problem: impl Display, collector: &mut Collector<'_>) {
    collector.add_text(None, Rule::TooLong, name, &format!("is {problem}; shorten it"));
}

/// Checks all rules except the length.
pub(crate) fn check(name: &str, collector: &mut Collector<'_>) {
    characters::check(name, None, is_forbidden, "give a name that people will recognise", collector);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(name: &str) -> Vec<String> {
        let mut found = Vec::new();
        check(name, &mut Collector::new("name", &mut found));
        found.iter().map(|found| format!("{}: {}", found.rule(), found.message())).collect()
    }

    #[test]
    fn accepts_names_of_all_scripts() {
        for name in ["Night shift", "夜班", "شیفت می‌خواهم", "क्‍ष", "👨‍👩‍👧 family", "☎\u{fe0f}", "e\u{301}", "a  b"]
        {
            assert_eq!(violations(name), [""; 0], "{name:?}");
        }
    }

    struct Row {
        name: &'static str,
        violations: &'static [&'static str],
    }

    #[test]
    fn rejects_invisible_characters() {
        for Row { name, violations: expected } in [
            Row { name: "", violations: &[r#"blank: "" is blank; give a name that people will recognise"#] },
            Row {
                name: " \u{3000}",
                violations: &["blank: \" \\u{3000}\" is blank; give a name that people will recognise"],
            },
            Row {
                name: "\u{200b}\u{200d}",
                violations: &[
                    "blank: \"\\u{200b}\\u{200d}\" is blank: it contains the invisible character U+200B at character 1; \
                     give a name that people will recognise",
                ],
            },
            Row {
                name: "\u{3164}",
                violations: &[
                    "blank: \"\u{3164}\" is blank: it contains the invisible character U+3164 at character 1; give a \
                     name that people will recognise",
                ],
            },
            Row {
                name: "\u{202e}Night shift",
                violations: &[
                    r#"hidden-character: "\u{202e}Night shift" has the bidirectional character U+202E at character 1; remove it"#,
                ],
            },
            Row {
                name: "Night\u{61c}\u{200f}shift",
                violations: &[
                    r#"hidden-character: "Night\u{61c}\u{200f}shift" has the bidirectional character U+061C at character 6; remove it"#,
                ],
            },
            Row {
                name: "Night\nshift",
                violations: &[
                    r#"hidden-character: "Night\nshift" has the control character U+000A at character 6; write a space instead"#,
                ],
            },
            Row {
                name: "Night shift\u{7f}",
                violations: &[
                    r#"hidden-character: "Night shift\u{7f}" has the control character U+007F at character 12; remove it"#,
                ],
            },
            Row {
                name: " Night\u{0}shift\r\n",
                violations: &[
                    r#"surrounding-white-space: " Night\0shift\r\n" begins or ends with white space; remove it"#,
                    r#"hidden-character: " Night\0shift\r\n" has the control character U+0000 at character 7; remove it"#,
                ],
            },
        ] {
            assert_eq!(violations(name), expected, "{name:?}");
        }
    }
}
