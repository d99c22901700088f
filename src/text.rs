//! Makes foreign text fit to be shown: shortened, with control, bidirectional and other invisible characters escaped.
//!
//! Every sentence that repeats a value of a caller or a server goes through here; it is below all layers.

/// At most `max` characters of `text`, with control, bidirectional and other invisible characters escaped.
pub(crate) fn escaped(text: &str, max: usize) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        match c {
            _ if count == max => return shown + "…",
            '"' | '\'' | '\\' => shown.push(c),
            // Behind another character, so that a combining one is left as it is.
            _ => shown.extend(format!("_{c}").escape_debug().skip(1)),
        }
    }
    shown
}

/// The same in quotes.
pub(crate) fn quoted(text: &str, max: usize) -> String {
    format!("\"{}\"", escaped(text, max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_control_and_invisible_characters() {
        assert_eq!(quoted("a\u{202e}b\u{1b}[31m\n\u{200b}", 99), r#""a\u{202e}b\u{1b}[31m\n\u{200b}""#);
        assert_eq!(escaped(r#"{"code": '\'}"#, 99), r#"{"code": '\'}"#);
        assert_eq!(escaped("กลางคืน é रात", 99), "กลางคืน é रात");
    }

    #[test]
    fn cuts_long_text_between_characters() {
        assert_eq!(escaped("夜班夜班", 4), "夜班夜班");
        assert_eq!(quoted("夜班夜班", 3), "\"夜班夜…\"");
    }
}
