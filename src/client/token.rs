//! The App Token: how it is sent, and redacted in what a server sends back.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::ConfigError;

/// The prefix of the `Authorization` header (vendor page).
const SCHEME: &str = "Bearer ";
/// Most servers reject longer headers.
pub(crate) const MAX_LEN: usize = 8192;
/// A shorter token is not redacted: it could match unrelated text in a response.
const MIN_REDACTED_LEN: usize = 8;
const REDACTED: &str = "***";

/// The App Token, stored as the value of the `Authorization` header. It is marked as sensitive, so `Debug` does not show
/// it.
#[derive(Clone, Debug)]
pub(crate) struct AppToken(HeaderValue);

impl AppToken {
    pub(crate) fn new(token: &str) -> Result<Self, ConfigError> {
        let problem = if token.is_empty() {
            "is empty; use the one shown in the dashboard"
        } else if token.len() > MAX_LEN {
            "is longer than 8,192 bytes; pass only the token"
        } else if !token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            "contains white space, a quote, a backslash, a control character or a non-ASCII character; pass only the token"
        } else if let Ok(mut value) = HeaderValue::try_from(format!("{SCHEME}{token}")) {
            value.set_sensitive(true);
            return Ok(Self(value));
        } else {
            "cannot be the value of a header"
        };
        Err(ConfigError::new(format!("the App Token {problem}")))
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.0
    }

    fn token(&self) -> &[u8] {
        &self.0.as_bytes()[SCHEME.len()..]
    }

    /// Replaces a text or a body by `***` if it contains the token.
    pub(crate) fn redact<T: AsRef<[u8]> + From<&'static str>>(&self, text: &mut T) {
        if self.is_in(text.as_ref()) {
            *text = REDACTED.into();
        }
    }

    /// Redacts header values that contain the token, and removes headers whose name does.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        let is_found = |(name, value): (&HeaderName, &HeaderValue)| {
            self.is_in(value.as_bytes()) || self.is_in(name.as_str().as_bytes())
        };
        while let Some((name, _)) = headers.iter().find(|header| is_found(*header)) {
            let name = name.clone();
            headers.remove(&name);
            if !self.is_in(name.as_str().as_bytes()) {
                headers.insert(name, HeaderValue::from_static(REDACTED));
            }
        }
    }

    /// Whether the text contains the token, plain or escaped once, in upper or lower case.
    pub(crate) fn is_in(&self, text: &[u8]) -> bool {
        let token = self.token();
        if token.len() < MIN_REDACTED_LEN || text.len() < token.len() {
            return false;
        }
        let is_in = |text: &[u8]| text.windows(token.len()).any(|part| part.eq_ignore_ascii_case(token));
        is_in(text) || text.iter().any(|byte| matches!(byte, b'\\' | b'%' | b'&')) && is_in(&unescaped(text))
    }
}

/// Undoes one level of JSON, URL and HTML escapes of visible ASCII characters.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
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
        [b'\\', other, ..] => Some((*other, 2)),
        [b'&', reference @ ..] => {
            let end = reference.iter().take(8).position(|byte| *byte == b';')?;
            let character = match &reference[..end] {
                [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
                [b'#', digits @ ..] => number(digits, 10)?,
                b"amp" => b'&',
                b"lt" => b'<',
                b"gt" => b'>',
                b"apos" => b'\'',
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

    /// The text after redaction, which is the same for a text and a body.
    fn redacted(token: &AppToken, text: &str) -> String {
        let (mut redacted, mut body) = (text.to_owned(), bytes::Bytes::from(text.to_owned()));
        token.redact(&mut redacted);
        token.redact(&mut body);
        assert_eq!(redacted.as_bytes(), body);
        redacted
    }

    #[test]
    fn replaces_text_that_contains_the_token() {
        let token = AppToken::new("secret/token&1").unwrap();
        for text in [
            "a secret/token&1 b",
            "SECRET/Token&1",
            r#"{"a":"secret\/token&1"}"#,
            r#"{"a":"\u0073ecret/token\u00261"}"#,
            "secret%2Ftoken%261",
            "<p>secret&#x2F;token&amp;1</p>",
            "<p>secret&#47;token&#38;1</p>",
        ] {
            assert_eq!(redacted(&token, text), "***", "{text}");
        }
        for text in ["secret/token", "100% of \\ it & that", "%", "&#;", "\\"] {
            assert_eq!(redacted(&token, text), text);
        }
        assert_eq!(format!("{token:?}"), "AppToken(Sensitive)");
    }

    #[test]
    fn redacts_headers_that_contain_the_token() {
        let mut headers = HeaderMap::new();
        headers.insert("x-echo", HeaderValue::from_static("Bearer secret-token"));
        headers.insert("x-secret-token", HeaderValue::from_static("1"));
        headers.insert("x-other", HeaderValue::from_static("other"));
        AppToken::new("Secret-Token").unwrap().redact_headers(&mut headers);
        assert_eq!((headers["x-echo"].as_bytes(), headers["x-other"].as_bytes()), (&b"***"[..], &b"other"[..]));
        assert_eq!(headers.len(), 2);
    }

    #[test]
    fn leaves_text_alone_if_the_token_is_short() {
        assert_eq!(redacted(&AppToken::new("error").unwrap(), "error"), "error");
    }

    #[test]
    fn rejects_token_that_cannot_be_a_header_without_showing_it() {
        let message = "the App Token contains white space, a quote, a backslash, a control character or a non-ASCII \
                       character; pass only the token";
        for token in ["a\n", " a", "Bearer a", "a\r\nx-more: 1", "a\0", "a\u{7f}", "aé", "\"a\"", "a\\", "a\u{200b}"] {
            assert_eq!(AppToken::new(token).unwrap_err().to_string(), message);
        }
        let empty = "the App Token is empty; use the one shown in the dashboard";
        assert_eq!(AppToken::new("").unwrap_err().to_string(), empty);
        AppToken::new(&"t".repeat(MAX_LEN)).unwrap();
        AppToken::new(&"t".repeat(MAX_LEN + 1)).unwrap_err();
    }
}
