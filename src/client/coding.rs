//! Detects response bodies that cannot be read as text. Such a body could report success, so the outcome is unknown
//! whatever the status.

use http::{HeaderMap, HeaderValue, header};

use super::api_object::object;

/// Single-byte, ASCII-compatible charsets: the vendor's JSON reads the same as in UTF-8. (Prefixes.)
const SINGLE_BYTE: [&str; 6] = ["iso-8859-", "latin1", "windows-125", "cp125", "windows-874", "koi8-"];

/// East Asian charsets, in which the byte of `\` or `}` can be part of a character. JSON in them cannot be parsed
/// reliably, but a proxy's HTML page can still be told from JSON. (Prefixes.)
const MULTI_BYTE: [&str; 8] = ["big5", "gbk", "gb2312", "gb18030", "shift_jis", "euc-", "windows-31j", "windows-9"];

/// Charsets in which ASCII bytes stand for something else. (Prefixes.)
const NOT_LIKE_ASCII: [&str; 6] = ["utf-7", "utf-16", "utf-32", "ucs-", "iso-2022", "hz-"];

/// The encoding that makes the body unreadable; `None` if it can be read.
pub(crate) fn unreadable_coding(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
    let codings: Vec<_> = headers.get_all(header::CONTENT_ENCODING).iter().map(text).collect();
    let mut each = codings.iter().flat_map(|codings| codings.split(',')).map(str::trim);
    if each.any(|coding| !matches!(coding, "" | "identity" | "none")) {
        return Some(codings.join(", "));
    }
    if body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff") {
        return Some("UTF-16".to_owned());
    }
    if body.contains(&0) {
        return Some("UTF-16, UTF-32 or binary".to_owned());
    }
    let charset = headers.get(header::CONTENT_TYPE).map(text).as_deref().and_then(charset);
    let is_one_of = |charset: &str, known: &[&str]| known.iter().any(|known| charset.starts_with(known));
    let body_text = String::from_utf8_lossy(body);
    match charset {
        Some(charset) if body.is_ascii() && !is_one_of(&charset, &NOT_LIKE_ASCII) => None,
        Some(charset) if is_one_of(&charset, &SINGLE_BYTE) => None,
        Some(charset) if is_one_of(&charset, &MULTI_BYTE) => object(&body_text).map(|_| charset),
        Some(charset) if !matches!(&*charset, "utf-8" | "utf8" | "us-ascii" | "ascii") => Some(charset),
        _ => std::str::from_utf8(body).err().map(|_| "not UTF-8".to_owned()),
    }
}

fn charset(content_type: &str) -> Option<String> {
    let mut parameters = content_type.split(';').skip(1).map(str::trim);
    let value = parameters.find_map(|parameter| parameter.strip_prefix("charset="))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned()).filter(|charset| !charset.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        content_type: &'static str,
        content_encoding: &'static str,
        body: &'static [u8],
        coding: Option<&'static str>,
    }

    const PLAIN: Row = Row { content_type: "", content_encoding: "", body: b"{\"code\":1}", coding: None };

    #[test]
    fn names_encoding_of_unreadable_body() {
        let rows = [
            PLAIN,
            Row { body: b"", content_encoding: "gzip", ..PLAIN },
            Row { content_encoding: "identity", ..PLAIN },
            Row { content_encoding: "GZIP", coding: Some("gzip"), ..PLAIN },
            Row { content_encoding: "gzip, br", coding: Some("gzip, br"), ..PLAIN },
            Row { body: b"\xff\xfe{\0", coding: Some("UTF-16"), ..PLAIN },
            Row { body: b"\xfe\xff\0{", coding: Some("UTF-16"), ..PLAIN },
            Row { body: b"{\0\"\0c\0", coding: Some("UTF-16, UTF-32 or binary"), ..PLAIN },
            Row { body: b"\x1f\x8b\x08\xff\xff", coding: Some("not UTF-8"), ..PLAIN },
            Row { body: b"caf\xe9 closed", coding: Some("not UTF-8"), ..PLAIN },
            Row { body: b"caf\xe9 closed", content_type: "text/html; charset=ISO-8859-1", ..PLAIN },
            Row { body: b"\xa4\xa4\xa4\xe5", content_type: "text/html;charset=\"big5\"", ..PLAIN },
            // The second byte of the character is that of a backslash.
            Row {
                body: b"{\"\xa5\x5c\"}",
                content_type: "application/json; charset=big5",
                coding: Some("big5"),
                ..PLAIN
            },
            Row { content_type: "application/json; charset=utf-8", ..PLAIN },
            Row { content_type: "application/json; charset=utf-16le", coding: Some("utf-16le"), ..PLAIN },
            Row { content_type: "text/html; charset=utf-7", coding: Some("utf-7"), ..PLAIN },
            Row { body: "夜".as_bytes(), ..PLAIN },
            Row { body: b"ferm\xe9", coding: Some("not UTF-8"), ..PLAIN },
        ];
        for Row { content_type, content_encoding, body, coding } in rows {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::CONTENT_TYPE, content_type), (header::CONTENT_ENCODING, content_encoding)] {
                if !value.is_empty() {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let body_shown = String::from_utf8_lossy(body);
            assert_eq!(unreadable_coding(&headers, body).as_deref(), coding, "{headers:?} {body_shown:?}");
        }
    }
}
