//! The App Token: how it is sent, and how it is redacted where a server sends it back.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{error::ConfigError, generated::types::UpdatedDestination, model::UpdatedId};

/// What stands before the token in the `Authorization` header (vendor page).
const SCHEME: &str = "Bearer ";

/// No server takes a longer header.
const MAX_LEN: usize = 8192;

/// Shorter tokens are not redacted: their text would be found by accident in what a server says.
const MIN_REDACTED_LEN: usize = 8;

/// How much of the token's beginning counts as the token, at the end of a body that was cut off.
const MIN_REDACTED_PREFIX: usize = 4;

/// A character takes at most this many when it is escaped: `\u0041`, `&#0065;`.
const MAX_ESCAPED_LEN: usize = 8;

/// How often text is escaped at most: JSON within JSON within a URL.
const MAX_ESCAPES: usize = 4;

const REDACTED: &str = "***";

/// The body of a successful response, in which the server may send the App Token back. Each type that a call returns has
/// it, so that none is forgotten.
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

/// The App Token, as the `Authorization` header that carries it.
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
            return Err(ConfigError::AppToken("is empty; give the one that the dashboard shows"));
        }
        if token.len() > MAX_LEN {
            return Err(ConfigError::AppToken("has more than 8,192 bytes; give it alone"));
        }
        if !token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
            let problem = "has white space, a quote, a backslash, a control or a non-ASCII character; give it alone";
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

    /// Replaces values with the token in them, and removes headers whose name is the token.
    pub(crate) fn redact_headers(&self, headers: &mut HeaderMap) {
        if self.token().len() < MIN_REDACTED_LEN {
            return;
        }
        for value in headers.values_mut() {
            if self.is_in(value.as_bytes()) {
                *value = HeaderValue::from_static(REDACTED);
            }
        }
        let names: Vec<_> = headers.keys().filter(|name| self.is_in_name(name)).cloned().collect();
        for name in names {
            headers.remove(name);
        }
    }

    fn is_in_name(&self, name: &HeaderName) -> bool {
        let token = self.token();
        // Names arrive in lower case.
        name.as_str().as_bytes().windows(token.len()).any(|window| window.eq_ignore_ascii_case(token))
    }

    fn redact_id(&self, id: &mut UpdatedId) {
        if self.is_in(id.as_str().as_bytes())
            && let Ok(redacted) = REDACTED.to_owned().try_into()
        {
            *id = redacted;
        }
    }

    /// Replaces the token in text.
    pub(crate) fn redact_text(&self, text: String) -> String {
        if self.is_in(text.as_bytes()) {
            String::from_utf8_lossy(&self.redact(text.as_bytes())).into_owned()
        } else {
            text
        }
    }

    /// Replaces the token in a body; `is_whole` is whether the body came to its end.
    pub(crate) fn redact_body(&self, body: Bytes, is_whole: bool) -> Bytes {
        if self.token().len() < MIN_REDACTED_LEN {
            return body;
        }
        let body = if self.is_in(&body) { self.redact(&body).into() } else { body };
        if is_whole { body } else { self.redact_cut_off(body) }
    }

    fn redact(&self, text: &[u8]) -> Vec<u8> {
        let token = self.token();
        let (mut redacted, mut rest) = (Vec::with_capacity(text.len()), text);
        while let Some(at) = find(rest, token) {
            redacted.extend_from_slice(&rest[..at]);
            redacted.extend_from_slice(REDACTED.as_bytes());
            rest = &rest[at + token.len()..];
        }
        redacted.extend_from_slice(rest);
        // What is left of it is escaped, and may be in any form.
        if self.is_in(&redacted) { REDACTED.into() } else { redacted }
    }

    /// A body can be cut off in the middle of the token. The end of one in which the token may have begun is redacted.
    fn redact_cut_off(&self, body: Bytes) -> Bytes {
        let token = self.token();
        let end = body.len().saturating_sub(MAX_ESCAPED_LEN * token.len());
        if contains(&body[end..], &token[..MIN_REDACTED_PREFIX])
            || contains(&unescaped(&body[end..]), &token[..MIN_REDACTED_PREFIX])
        {
            [&body[..end], REDACTED.as_bytes()].concat().into()
        } else {
            body
        }
    }

    /// Whether the token is in there, as it is or escaped as in JSON, in a URL or in HTML, also several times over.
    fn is_in(&self, bytes: &[u8]) -> bool {
        let token = self.token();
        if token.len() < MIN_REDACTED_LEN || bytes.len() < token.len() {
            return false;
        }
        if contains(bytes, token) {
            return true;
        }
        let (mut text, mut token) = (bytes.to_vec(), token.to_vec());
        for _ in 0..MAX_ESCAPES {
            if !text.iter().any(|byte| matches!(byte, b'%' | b'\\' | b'&')) {
                return false;
            }
            text = unescaped(&text);
            // A token that looks escaped itself is changed in the same way as the text around it.
            token = unescaped(&token);
            if contains(&text, self.token()) || contains(&text, &token) {
                return true;
            }
        }
        false
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    find(bytes, part).is_some()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

/// Text as it was before it became part of JSON, of a URL or of HTML, as far as visible ASCII goes.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(first) = rest.first() {
        let (byte, length) = escape(rest).unwrap_or((*first, 1));
        bytes.push(byte);
        rest = &rest[length..];
    }
    bytes
}

/// The escaped character with which the text begins, and the length of the escape.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let number = |digits: &[u8], radix| u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
    match text {
        [b'%', a, b, ..] => Some((number(&[*a, *b], 16)?, 3)),
        [b'\\', b'u', b'0', b'0', a, b, ..] => Some((number(&[*a, *b], 16)?, 6)),
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
    fn assert_redacted(body: &str, is_whole: bool, expected: &str) {
        let redacted = token().redact_body(Bytes::copy_from_slice(body.as_bytes()), is_whole);
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
        assert_redacted("nothing % of \\ it & that", true, "nothing % of \\ it & that");
    }

    #[test]
    fn redacts_a_token_that_is_cut_off() {
        let long = "x".repeat(200);
        assert_redacted(&format!("{long}secret/tok"), false, &format!("{}***", "x".repeat(200 + 10 - 8 * TOKEN.len())));
        assert_redacted("a secr", false, "***");
        assert_redacted("a sec", false, "a sec");
        assert_redacted("a secret/tok", true, "a secret/tok");
        assert_redacted(r"a \u0073ecret\u002", false, "***");
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
    fn leaves_a_short_token_alone() {
        let token = AppToken::new("error").unwrap();
        assert_eq!(token.redact_body(Bytes::from_static(b"error"), true), "error");
    }

    #[test]
    fn shows_no_token_in_debug() {
        assert_eq!(format!("{:?}", token()), "***");
    }
}
