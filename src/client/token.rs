//! The App Token: how it is sent, and how it is redacted in what a server sends back.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{error::ConfigError, generated::types::UpdatedDestination};

/// The prefix of the `Authorization` header (vendor page).
const SCHEME: &str = "Bearer ";

/// Most servers reject longer headers.
const MAX_LEN: usize = 8192;

/// A shorter token, or half of a token, is not redacted: it could match unrelated text in a response.
const MIN_REDACTED_LEN: usize = 8;

/// Minimum length of a token prefix that is redacted at the end of a truncated body.
const MIN_REDACTED_PREFIX: usize = 4;

/// Maximum length of one escaped character: `\u{0041}`, `&#x0041;`.
const MAX_ESCAPED_LEN: usize = 8;

/// Maximum number of nested escapes, as in JSON within JSON within a URL.
const MAX_ESCAPES: usize = 8;

const REDACTED: &str = "***";

/// The body of a successful response, which may echo the App Token. Every type that a call returns must implement it.
pub(crate) trait Redact {
    fn redact(&mut self, token: &AppToken);
}

impl Redact for UpdatedDestination {
    fn redact(&mut self, token: &AppToken) {
        token.redact_id(&mut self.result.id);
    }
}

/// A response without a body.
impl Redact for () {
    fn redact(&mut self, _: &AppToken) {}
}

/// The App Token, stored as the value of the `Authorization` header.
#[derive(Clone)]
pub(crate) struct AppToken(HeaderValue);

impl fmt::Debug for AppToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl AppToken {
    pub(crate) fn new(token: &str) -> Result<Self, ConfigError> {
        if token.is_empty() {
            return Err(ConfigError::AppToken("is empty; use the one shown in the dashboard"));
        }
        if token.len() > MAX_LEN {
            return Err(ConfigError::AppToken("is longer than 8,192 bytes; pass only the token"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            let problem = "contains white space, a quote, a backslash, a control character or a non-ASCII character; \
                           pass only the token";
            return Err(ConfigError::AppToken(problem));
        }
        let mut value = HeaderValue::try_from(format!("{SCHEME}{token}"))
            .map_err(|_| ConfigError::AppToken("cannot be the value of a header"))?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.0
    }

    fn token(&self) -> &[u8] {
        &self.0.as_bytes()[SCHEME.len()..]
    }

    /// Redacts header values that contain the token, and removes headers whose name contains it.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        if self.token().len() < MIN_REDACTED_LEN {
            return;
        }
        for value in headers.values_mut() {
            if self.is_in(value.as_bytes()) {
                *value = HeaderValue::from_static(REDACTED);
            }
        }
        let is_named = |name: &&HeaderName| self.is_in(name.as_str().as_bytes());
        let names: Vec<_> = headers.keys().filter(is_named).cloned().collect();
        for name in names {
            headers.remove(name);
        }
    }

    fn redact_id(&self, id: &mut String) {
        if self.is_in(id.as_bytes()) {
            REDACTED.clone_into(id);
        }
    }

    /// Redacts the token in text.
    pub(crate) fn redact_text(&self, text: String) -> String {
        if self.is_in(text.as_bytes()) {
            String::from_utf8_lossy(&self.redact(text.as_bytes())).into_owned()
        } else {
            text
        }
    }

    /// Redacts the token in a body; `is_complete` says whether the body is complete.
    pub(crate) fn redact_body(&self, body: Bytes, is_complete: bool) -> Bytes {
        if self.token().len() < MIN_REDACTED_LEN {
            return body;
        }
        let body = if self.is_in(&body) { self.redact(&body).into() } else { body };
        if is_complete { body } else { self.redact_truncated(body) }
    }

    /// The token and, if long enough, its halves: a server can truncate the token or break it across lines.
    fn needles(&self) -> impl Iterator<Item = &[u8]> {
        let token = self.token();
        let (begin, end) = token.split_at(token.len() / 2);
        [token, begin, end].into_iter().filter(|needle| needle.len() >= MIN_REDACTED_LEN)
    }

    fn redact(&self, text: &[u8]) -> Vec<u8> {
        let redacted = self.needles().fold(text.to_vec(), |text, needle| replaced(&text, needle));
        // If the token is still found, it is escaped: redact everything.
        if self.is_in(&redacted) { REDACTED.into() } else { redacted }
    }

    /// A body can be truncated inside the token. Redacts its end if the token may begin there.
    fn redact_truncated(&self, body: Bytes) -> Bytes {
        let token = self.token();
        let end = body.len().saturating_sub(MAX_ESCAPED_LEN * token.len());
        let prefix = &token[..MIN_REDACTED_PREFIX];
        if find(&body[end..], prefix).is_some() || find(&unescaped(&body[end..]), prefix).is_some() {
            [&body[..end], REDACTED.as_bytes()].concat().into()
        } else {
            body
        }
    }

    /// Whether the bytes contain the token or a half of it, ignoring case, plain or escaped for JSON, URLs or HTML,
    /// possibly more than once, or in UTF-16.
    fn is_in(&self, bytes: &[u8]) -> bool {
        if self.needles().all(|needle| bytes.len() < needle.len()) {
            return false;
        }
        if self.needles().any(|needle| find(bytes, needle).is_some()) {
            return true;
        }
        let mut text = bytes.to_vec();
        let mut needles: Vec<_> = self.needles().map(<[u8]>::to_vec).collect();
        for _ in 0..MAX_ESCAPES {
            let unescaped_text = unescaped(&text);
            if unescaped_text == text {
                return false;
            }
            text = unescaped_text;
            // A token that contains escape sequences is unescaped along with the text.
            needles = needles.iter().map(|needle| unescaped(needle)).collect();
            needles.retain(|needle| needle.len() >= MIN_REDACTED_LEN);
            if self.needles().chain(needles.iter().map(Vec::as_slice)).any(|needle| find(&text, needle).is_some()) {
                return true;
            }
        }
        false
    }
}

/// The position of the first occurrence of `part`, ignoring case.
fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let begins = |window: &[u8]| window[0].eq_ignore_ascii_case(&part[0]) && window.eq_ignore_ascii_case(part);
    bytes.windows(part.len()).position(begins)
}

fn replaced(text: &[u8], part: &[u8]) -> Vec<u8> {
    let (mut replaced, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = find(rest, part) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + part.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

/// Undoes one level of JSON, URL and HTML escapes of visible ASCII characters, and the zero bytes of UTF-16.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let text: Vec<_> = text.iter().copied().filter(|byte| *byte != 0).collect();
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_slice());
    while let Some(first) = rest.first() {
        let (byte, length) = escape(rest).unwrap_or((*first, 1));
        bytes.push(byte);
        rest = &rest[length..];
    }
    bytes
}

/// The escaped character at the beginning of the text, and the length of the escape.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let number = |digits: &[u8], radix| u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    match text {
        [b'%', a, b, ..] => Some((number(&[*a, *b], 16)?, 3)),
        [b'\\', b'u', b'0', b'0', a, b, ..] => Some((number(&[*a, *b], 16)?, 6)),
        [b'\\', b'x', a, b, ..] => Some((number(&[*a, *b], 16)?, 4)),
        [b'\\', b'u', b'{', digits @ ..] => {
            let end = digits.iter().take(MAX_ESCAPED_LEN).position(|byte| *byte == b'}')?;
            Some((number(&digits[..end], 16)?, end + 4))
        }
        [b'\\', other, ..] => Some((*other, 2)),
        [b'&', reference @ ..] => {
            let end = reference.iter().take(MAX_ESCAPED_LEN).position(|byte| *byte == b';')?;
            let character = match &reference[..end] {
                [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
                [b'#', digits @ ..] => number(digits, 10)?,
                b"amp" => b'&',
                b"lt" => b'<',
                b"gt" => b'>',
                b"quot" => b'"',
                b"apos" => b'\'',
                b"sol" => b'/',
                b"hyphen" => b'-',
                b"lowbar" => b'_',
                b"period" => b'.',
                b"equals" => b'=',
                b"plus" => b'+',
                b"colon" => b':',
                _ => return None,
            };
            Some((character, end + 2))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "secret/token-1";

    fn token() -> AppToken {
        AppToken::new(TOKEN).unwrap()
    }

    #[track_caller]
    fn assert_redacted(body: &str, is_complete: bool, expected: &str) {
        let redacted = token().redact_body(Bytes::copy_from_slice(body.as_bytes()), is_complete);
        assert_eq!(String::from_utf8_lossy(&redacted), expected, "{body}");
    }

    #[test]
    fn redacts_the_token_in_a_body() {
        assert_redacted("a secret/token-1 b secret/token-1", true, "a *** b ***");
        assert_redacted(r#"{"a":"secret\/token-1"}"#, true, "***");
        assert_redacted(r#"{"a":"\u0073ecret/token-1"}"#, true, "***");
        assert_redacted("secret%2Ftoken-1", true, "***");
        assert_redacted("secret%2ftoken-1 and secret/token-1", true, "***");
        assert_redacted(r#"{"a":"{\"b\":\"secret\\\/token-1\"}"}"#, true, "***");
        assert_redacted("<p>secret&#x2F;token-1</p>", true, "***");
        assert_redacted("<p>secret&#47;token-1</p>", true, "***");
        assert_redacted(r"secret\x2ftoken-1 or secret\u{2f}token-1", true, "***");
        assert_redacted("<p>secret&sol;token&hyphen;1</p>", true, "***");
        assert_redacted("secret%252525252525252Ftoken-1", true, "***");
        assert_redacted("a SECRET/Token-1", true, "a ***");
        assert_redacted("s\0e\0c\0r\0e\0t\0/\0t\0o\0k\0e\0n\0-\x001\0", true, "***");
        assert_redacted("nothing &amp;amp; %2525 of", true, "nothing &amp;amp; %2525 of");
        assert_redacted("nothing % of \\ it & that", true, "nothing % of \\ it & that");
    }

    #[test]
    fn redacts_truncated_token() {
        let long = "x".repeat(200);
        assert_redacted(&format!("{long}secret/tok"), false, &format!("{}***", "x".repeat(200 + 10 - 8 * TOKEN.len())));
        assert_redacted("a secr", false, "***");
        assert_redacted("a sec", false, "a sec");
        assert_redacted("a secret/tok", true, "a secret/tok");
        assert_redacted(r"a \u0073ecret\u002", false, "***");
    }

    #[test]
    fn redacts_half_a_token() {
        let token = AppToken::new("0123456789abcdefghij").unwrap();
        let rows = [
            ("token 0123456789abc… is unknown", "token ***abc… is unknown"),
            ("0123456789\nabcdefghij", "***\n***"),
            ("…9abcdefghij", "…9***"),
            ("012345678 abcdefghi", "012345678 abcdefghi"),
            ("0123456789abcdefghij", "***"),
        ];
        for (text, redacted) in rows {
            assert_eq!(token.redact_text(text.to_owned()), redacted);
        }
    }

    #[test]
    fn redacts_no_other_text_for_a_token_of_escapes() {
        for token in ["%00%00%00%00", "&#0;&#0;", "&#x0041;", "%25252525252525"] {
            let token = AppToken::new(token).unwrap();
            for text in ["a &amp;amp; b", "x%252Fy", "100% Access denied"] {
                assert_eq!(token.redact_text(text.to_owned()), text);
            }
        }
    }

    #[test]
    fn redacts_the_token_in_headers() {
        let mut headers = HeaderMap::new();
        headers.insert("x-echo", HeaderValue::from_static("Bearer secret/token-1"));
        headers.insert("x-other", HeaderValue::from_static("other"));
        token().redact_headers(&mut headers);
        assert_eq!((headers["x-echo"].as_bytes(), headers["x-other"].as_bytes()), (&b"***"[..], &b"other"[..]));

        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("x-secret-token"), HeaderValue::from_static("1"));
        AppToken::new("Secret-Token").unwrap().redact_headers(&mut headers);
        assert!(headers.is_empty());
    }

    #[test]
    fn leaves_short_token_alone() {
        let token = AppToken::new("error").unwrap();
        assert_eq!(token.redact_body(Bytes::from_static(b"error"), true), "error");
    }

    #[test]
    fn debug_hides_token() {
        assert_eq!(format!("{:?}", token()), "***");
    }
}
