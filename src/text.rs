//! Escapes untrusted text for display: shortened, and with control, bidirectional and invisible characters escaped.
//!
//! Every message that quotes a value from the caller or the server uses it, in every layer.

/// Maximum number of characters of a text, and of a value.
const SHOWN_TEXT: usize = 512;
const SHOWN_VALUE: usize = 48;

/// A text of at most 512 characters, with control, bidirectional and invisible ones escaped.
pub(crate) fn escaped(text: &str) -> String {
    shortened(text, SHOWN_TEXT)
}

/// Like [`escaped`], in quotes.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text, SHOWN_TEXT))
}

/// Like [`quoted`], for a value of at most 48 characters.
pub(crate) fn quoted_value(text: &str) -> String {
    format!("\"{}\"", shortened(text, SHOWN_VALUE))
}

fn shortened(text: &str, max: usize) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        match c {
            _ if count == max => return shown + "…",
            '"' | '\'' | '\\' => shown.push(c),
            // `escape_debug` escapes a leading combining character; the `_` prevents that.
            _ => shown.extend(format!("_{c}").escape_debug().skip(1)),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_control_and_invisible_characters() {
        assert_eq!(quoted("a\u{202e}b\u{1b}[31m\n\u{200b}"), r#""a\u{202e}b\u{1b}[31m\n\u{200b}""#);
        assert_eq!(escaped(r#"{"code": '\'}"#), r#"{"code": '\'}"#);
        assert_eq!(escaped("กลางคืน é रात"), "กลางคืน é रात");
    }

    #[test]
    fn cuts_long_text_between_characters() {
        assert_eq!(shortened("夜班夜班", 4), "夜班夜班");
        assert_eq!(shortened("夜班夜班", 3), "夜班夜…");
    }
}
