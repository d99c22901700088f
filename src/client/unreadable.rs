//! Whether the body of a response can be read. An unreadable body could report success, so its outcome is unknown
//! whatever the status.

use http::{HeaderMap, HeaderValue, header};
use serde::de::IgnoredAny;

/// Charsets in which each byte that looks like ASCII is an ASCII character, so that the vendor's JSON reads as in UTF-8.
const SINGLE_BYTE: [&str; 4] = ["iso-8859-", "windows-125", "windows-874", "koi8-"];

/// Charsets of East Asia, in which a byte that looks like `\\` or `}` can be a part of a character. JSON in them cannot be
/// parsed reliably; an HTML page of a proxy is still recognisable as not JSON.
const MULTI_BYTE: [&str; 8] = ["big5", "gbk", "gb2312", "gb18030", "shift_jis", "euc-", "windows-31j", "windows-9"];

/// Why it cannot be known what the whole body says: the name of its coding, or what is wrong with its JSON. `None` if it
/// can be read.
pub(crate) fn unreadable(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if body.is_empty() {
        return None;
    }
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
    let codings: Vec<_> = headers.get_all(header::CONTENT_ENCODING).iter().map(text).collect();
    if codings.iter().any(|coding| !matches!(&**coding, "" | "identity")) {
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
    // The vendor's answers are JSON objects.
    let json = Some(body_text.trim_start_matches('\u{feff}').trim_start()).filter(|text| text.starts_with('{'));
    match charset {
        Some(charset) if is_one_of(&charset, &SINGLE_BYTE) => json.and_then(malformed),
        Some(charset) if is_one_of(&charset, &MULTI_BYTE) => json.map(|_| charset),
        Some(charset) if !matches!(&*charset, "utf-8" | "utf8" | "us-ascii" | "ascii") => Some(charset),
        _ if std::str::from_utf8(body).is_err() => Some("not UTF-8".to_owned()),
        _ => json.and_then(malformed),
    }
}

/// JSON that was cut off on the way, or put together by hand, may have been an answer of the API.
fn malformed(json: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(json).err().map(|error| format!("malformed JSON: {error}"))
}

fn charset(content_type: &str) -> Option<String> {
    let mut parameters = content_type.split(';').skip(1).map(str::trim);
    let value = parameters.find_map(|parameter| parameter.strip_prefix("charset="))?;
    Some(value.trim().trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        content_type: &'static str,
        content_encoding: &'static str,
        body: &'static [u8],
        problem: Option<&'static str>,
    }

    const PLAIN: Row = Row { content_type: "", content_encoding: "", body: b"{\"code\":1}", problem: None };

    #[test]
    fn says_why_a_body_cannot_be_read() {
        let rows = [
            PLAIN,
            Row { body: b"", content_encoding: "gzip", ..PLAIN },
            Row { content_encoding: "identity", ..PLAIN },
            Row { content_encoding: "GZIP", problem: Some("gzip"), ..PLAIN },
            Row { content_encoding: "gzip, br", problem: Some("gzip, br"), ..PLAIN },
            Row { body: b"\xff\xfe{\0", problem: Some("UTF-16"), ..PLAIN },
            Row { body: b"\xfe\xff\0{", problem: Some("UTF-16"), ..PLAIN },
            Row { body: b"{\0\"\0c\0", problem: Some("UTF-16, UTF-32 or binary"), ..PLAIN },
            Row { body: b"\x1f\x8b\x08\xff\xff", problem: Some("not UTF-8"), ..PLAIN },
            Row { body: b"caf\xe9 closed", problem: Some("not UTF-8"), ..PLAIN },
            Row { body: b"caf\xe9 closed", content_type: "text/html; charset=ISO-8859-1", ..PLAIN },
            Row { body: b"\xa4\xa4\xa4\xe5", content_type: "text/html;charset=\"big5\"", ..PLAIN },
            // The second byte of the character looks like a backslash.
            Row {
                body: b"{\"\xa5\x5c\"}",
                content_type: "application/json; charset=big5",
                problem: Some("big5"),
                ..PLAIN
            },
            Row { content_type: "application/json; charset=utf-8", ..PLAIN },
            Row { content_type: "application/json; charset=utf-16le", problem: Some("utf-16le"), ..PLAIN },
            Row { content_type: "text/html; charset=utf-7", problem: Some("utf-7"), ..PLAIN },
            Row { body: "夜".as_bytes(), ..PLAIN },
            Row { body: b"\xef\xbb\xbf{}", ..PLAIN },
            Row { body: b"blocked {", ..PLAIN },
            Row {
                body: b" {\"code\":6451001,\"mess",
                problem: Some("malformed JSON: EOF while parsing a string at line 1 column 21"),
                ..PLAIN
            },
            Row {
                body: b"{oops",
                content_type: "text/plain; charset=iso-8859-1",
                problem: Some("malformed JSON: key must be a string at line 1 column 2"),
                ..PLAIN
            },
            Row { body: b"ferm\xe9", problem: Some("not UTF-8"), ..PLAIN },
        ];
        for Row { content_type, content_encoding, body, problem } in rows {
            let mut headers = HeaderMap::new();
            for (name, value) in [(header::CONTENT_TYPE, content_type), (header::CONTENT_ENCODING, content_encoding)] {
                if !value.is_empty() {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let body_shown = String::from_utf8_lossy(body);
            assert_eq!(unreadable(&headers, body).as_deref(), problem, "{headers:?} {body_shown:?}");
        }
    }
}
