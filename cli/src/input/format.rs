//! Detects the input format from the file name and the beginning, and explains unsupported formats.

use std::{ffi::OsStr, path::Path};

use serde::{Deserialize, de::IgnoredAny};

/// How much of an input is inspected.
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
/// What is wrong with the input as a whole, as a message to be prefixed with its name.
pub(crate) fn detect(path: &Path, head: &[u8]) -> Result<Format, &'static str> {
    if let Some(hint) = encoding_hint(head) {
        return Err(hint);
    }
    let text = without_mark(head);
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let is_csv = matches!(extension.as_deref(), Some("csv" | "tsv"));
    match text.trim_ascii_start().first() {
        Some(b'{' | b'[') if is_csv => Err("is JSON, not CSV; rename it to end with .jsonl"),
        Some(b'{') => json(text),
        Some(b'[') => Err("is a JSON array; write one object per line, for example with: jq -c '.[]'"),
        _ => csv(text, is_csv),
    }
}

pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Detects unsupported encodings and file types.
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
    let has_destination = is_for_bulk(text);
    match (serde_json::from_slice::<IgnoredAny>(first), second) {
        // A document on one line, also a malformed one, or one that is longer than the head.
        (_, None) if !has_destination => Ok(Format::Document),
        // After a truncated line, the next one would begin with `{`.
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

/// Whether a JSON object is an update with its destination. That has two keys, so the first one tells.
pub(crate) fn is_for_bulk(text: &[u8]) -> bool {
    let after_brace = without_mark(text).trim_ascii_start().strip_prefix(b"{").unwrap_or_default();
    let first_key = String::deserialize(&mut serde_json::Deserializer::from_slice(after_brace));
    first_key.is_ok_and(|key| matches!(&*key, "destination" | "update"))
}

/// How many rows may stand above the header and still be noticed.
const MAX_TITLE_ROWS: usize = 5;

/// CSV has a header, in which a column is named `destination`. Anything else is taken for JSON Lines, unless `is_csv`.
fn csv(text: &[u8], is_csv: bool) -> Result<Format, &'static str> {
    if text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case(b"sep=")) {
        return Err("begins with a line that names the separator; remove that line");
    }
    let places = SEPARATORS.map(|separator| (separator, header_place(text, separator)));
    if let Some((separator, _)) = places.into_iter().find(|(_, place)| *place == Some(0)) {
        return Ok(Format::Csv { separator });
    }
    if places.iter().any(|(_, place)| place.is_some()) {
        return Err("has a row above the header; remove it");
    }
    // Without the column, what separates the others is a guess, and the column is then said to be missing.
    let first_line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: &u8| first_line.split(|byte| byte == separator).count();
    let separator = SEPARATORS.into_iter().max_by_key(count).filter(|_| is_csv);
    Ok(separator.map_or(Format::JsonLines, |separator| Format::Csv { separator }))
}

/// Which of the first rows names the column `destination`.
fn header_place(text: &[u8], separator: u8) -> Option<usize> {
    let mut options = csv::ReaderBuilder::new();
    let mut rows = options.delimiter(separator).has_headers(false).flexible(true).from_reader(text);
    let is_header = |row: csv::Result<csv::ByteRecord>| {
        row.is_ok_and(|row| row.iter().any(|cell| cell.trim_ascii().eq_ignore_ascii_case(b"destination")))
    };
    rows.byte_records().take(MAX_TITLE_ROWS).position(is_header)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        path: &'static str,
        text: &'static [u8],
        format: Result<Format, &'static str>,
    }

    /// The beginning of a line that continues after the head.
    const LONG_DOCUMENT: &str = "{\"displayName\": \"a\", \"staffTargets\": [\"x\", \"y";
    const LONG_LINE: &str = "{\"update\": {\"displayName\": \"a\", \"staffTargets\": [\"x\", \"y";

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
            Row { path: "-", text: b"Destination , DisplayName\n", format: COMMA },
            Row { path: "-", text: LONG_DOCUMENT.as_bytes(), format: Ok(Format::Document) },
            Row { path: "-", text: LONG_LINE.as_bytes(), format: Ok(Format::JsonLines) },
        ];
        for Row { path, text, format } in rows {
            assert_eq!(detect(Path::new(path), text), format, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn explains_unsupported_formats() {
        let rows: [(&[u8], &str); 12] = [
            (b"\xff\xfe{\0", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"\xfe\xff\0{", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"{\0\"\0", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"\0{\0\"", "is UTF-16 or UTF-32; save it as UTF-8"),
            (b"PK\x03\x04", "is a workbook or another ZIP file; save the sheet as \"CSV UTF-8\""),
            (b"\0\0\0\0", "is not text"),
            (b"\xef\xbb\xbf\xef\xbb\xbf{}", "begins with two byte order marks; save it as UTF-8 with one or none"),
            (b" [\n{}]", "is a JSON array; write one object per line, for example with: jq -c '.[]'"),
            (b"sep=;\r\ndestination;types\r\n", "begins with a line that names the separator; remove that line"),
            (b"Destinations 2024,,\ndestination,types\n", "has a row above the header; remove it"),
            (b"{}\r{}\r", "has lines that end with a carriage return alone; save it with LF or CRLF"),
            (
                b"{\n  \"destination\": \"a\",\n  \"update\": {}\n}\n",
                "is pretty-printed JSON; write each object on a line of its own, for example with: jq -c .",
            ),
        ];
        for (text, hint) in rows {
            assert_eq!(detect(Path::new("-"), text), Err(hint), "{}", text.escape_ascii());
        }
        let hint = "is JSON, not CSV; rename it to end with .jsonl";
        assert_eq!(detect(Path::new("a.csv"), b"{}\n{}\n"), Err(hint));
    }
}
