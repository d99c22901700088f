//! The format of an input, found out from its name and its beginning; and one sentence for what is none of ours.

use std::{ffi::OsStr, path::Path};

use serde::{Deserialize, de::IgnoredAny};

/// How much of an input is looked at.
pub(crate) const HEAD: u64 = 64 * 1024;

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One update, as the endpoint takes it.
    Document,
    /// An object with destination and update on each line.
    JsonLines,
    Csv {
        separator: u8,
    },
}

/// `head` is the beginning of the input, or all of it.
///
/// # Errors
///
/// What is wrong with the whole of it, as a sentence that begins behind its name.
pub(crate) fn detect(path: &Path, head: &[u8]) -> Result<Format, &'static str> {
    if let Some(hint) = encoding_hint(head) {
        return Err(hint);
    }
    let text = without_mark(head);
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let is_csv = matches!(extension.as_deref(), Some("csv" | "tsv"));
    match text.trim_ascii_start().first() {
        Some(b'{') if !is_csv => json(text),
        Some(b'[') if !is_csv => Err("is a JSON array; write one object a line, for example with: jq -c '.[]'"),
        _ => Ok(csv(text, is_csv).unwrap_or(Format::JsonLines)),
    }
}

pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// What makes a text unreadable as a whole, whatever it is meant to be.
pub(crate) fn encoding_hint(head: &[u8]) -> Option<&'static str> {
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 1..=127, ..] | [1..=127, 0, ..] => {
            Some("is UTF-16 or UTF-32; save it as UTF-8")
        }
        [b'P', b'K', 3, 4, ..] => Some("is a workbook or another ZIP file; save the sheet as \"CSV UTF-8\""),
        [0x1f, 0x8b, ..] => Some("is compressed; unpack it first"),
        _ if head.iter().take(64).any(|byte| *byte == 0) => Some("is not text"),
        _ if without_mark(head).starts_with(BYTE_ORDER_MARK) => {
            Some("begins with two byte order marks; save it as UTF-8 with one or none")
        }
        _ if !head.contains(&b'\n') && head.trim_ascii().contains(&b'\r') => {
            Some("has lines that end with a carriage return alone; save it with LF or CRLF")
        }
        _ => None,
    }
}

fn json(text: &[u8]) -> Result<Format, &'static str> {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next());
    let has_destination = matches!(first_key(text).as_deref(), Some("destination" | "update"));
    match (serde_json::from_slice::<IgnoredAny>(first), second) {
        (Ok(_), None) if !has_destination => Ok(Format::Document),
        // Behind a line that was cut off, the next one is whole.
        (Err(error), Some(second)) if error.is_eof() && !second.starts_with(b"{") => {
            if has_destination {
                Err("is pretty-printed JSON; write each object on a line of its own, for example with: jq -c .")
            } else {
                Ok(Format::Document)
            }
        }
        _ => Ok(Format::JsonLines),
    }
}

/// An update with its destination has two keys, so the first one tells it from an update alone.
fn first_key(text: &[u8]) -> Option<String> {
    let behind_brace = text.trim_ascii_start().strip_prefix(b"{")?;
    String::deserialize(&mut serde_json::Deserializer::from_slice(behind_brace)).ok()
}

/// CSV has a header, in which a column is named `destination`.
fn csv(text: &[u8], is_csv: bool) -> Option<Format> {
    let has_destination = |separator: u8| {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).has_headers(false).flexible(true).from_reader(text);
        let mut header = csv::ByteRecord::new();
        reader
            .read_byte_record(&mut header)
            .is_ok_and(|_| header.iter().any(|cell| cell.trim_ascii() == b"destination"))
    };
    let separator = SEPARATORS.into_iter().find(|separator| has_destination(*separator));
    // Without the column, what separates the others is a guess, and the column is then said to be missing.
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: &u8| first_line.split(|byte| byte == separator).count();
    let separator = separator.or_else(|| SEPARATORS.into_iter().max_by_key(count).filter(|_| is_csv));
    separator.map(|separator| Format::Csv { separator })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        path: &'static str,
        text: &'static [u8],
        format: Result<Format, &'static str>,
    }

    const COMMA: Result<Format, &str> = Ok(Format::Csv { separator: b',' });
    const SEMICOLON: Result<Format, &str> = Ok(Format::Csv { separator: b';' });

    #[test]
    fn finds_the_format_by_extension_and_content() {
        let rows = [
            Row { path: "-", text: b"{\"destination\": \"a\", \"update\": {}}\n", format: Ok(Format::JsonLines) },
            Row { path: "a.json", text: b"{\"update\": {}, \"destination\": 1}", format: Ok(Format::JsonLines) },
            Row { path: "-", text: b"{}\n{}\n", format: Ok(Format::JsonLines) },
            Row { path: "-", text: b"{\"destination\": \"a\"\n{}\n", format: Ok(Format::JsonLines) },
            Row { path: "-", text: b"nonsense\n", format: Ok(Format::JsonLines) },
            Row { path: "-", text: b"", format: Ok(Format::JsonLines) },
            Row { path: "-", text: b"\xef\xbb\xbf{\"displayName\": \"a\"}\r\n", format: Ok(Format::Document) },
            Row { path: "a", text: b"{\n  \"displayName\": \"a\"\n}\n", format: Ok(Format::Document) },
            Row { path: "a.csv", text: b"destination,types\n", format: COMMA },
            Row { path: "-", text: b"\xef\xbb\xbfdisplayName;destination\r\n", format: SEMICOLON },
            Row { path: "a.CSV", text: b"display;types\n", format: SEMICOLON },
            Row { path: "-", text: b"\"a,b\"\tdestination\n", format: Ok(Format::Csv { separator: b'\t' }) },
        ];
        for Row { path, text, format } in rows {
            assert_eq!(detect(Path::new(path), text), format, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn says_in_one_sentence_what_is_none_of_ours() {
        let rows: [(&[u8], &str); 10] = [
            (b"\xff\xfe{\0", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"\xfe\xff\0{", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"{\0\"\0", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"\0{\0\"", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"PK\x03\x04", "is a workbook or another ZIP file; save the sheet as \"CSV UTF-8\""),
            (b"\0\0\0\0", "is not text"),
            (b"\xef\xbb\xbf\xef\xbb\xbf{}", "begins with two byte order marks; save it as UTF-8 with one or none"),
            (b" [\n{}]", "is a JSON array; write one object a line, for example with: jq -c '.[]'"),
            (b"{}\r{}\r", "has lines that end with a carriage return alone; save it with LF or CRLF"),
            (
                b"{\n  \"destination\": \"a\",\n  \"update\": {}\n}\n",
                "is pretty-printed JSON; write each object on a line of its own, for example with: jq -c .",
            ),
        ];
        for (text, hint) in rows {
            assert_eq!(detect(Path::new("-"), text), Err(hint), "{}", text.escape_ascii());
        }
    }
}
