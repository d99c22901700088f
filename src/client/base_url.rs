//! The base URL, to which the endpoint's path is appended. A base URL that would change the path or send the token to
//! another host is rejected (ours).

use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;

use crate::error::ConfigError;

/// A validated base URL.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        parse(text).map(Self).map_err(ConfigError::BaseUrl)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// Without a trailing slash.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the host is this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

fn parse(text: &str) -> Result<Url, &'static str> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err("has white space, a control character or a backslash; remove it");
    }
    if !text.is_ascii() {
        return Err("has a character that is not ASCII, which may look like another; write the host in punycode");
    }
    let url = Url::parse(text).map_err(|_| "is not a URL; it looks like https://HOST")?;
    if !matches!(url.scheme(), "https" | "http") || !text[url.scheme().len()..].starts_with("://") {
        return Err("does not begin with https://");
    }
    let authority = text[url.scheme().len() + 3..].split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("has a user name or password before the @; remove it, the App Token is all that is needed");
    }
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let host = authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(authority, |(host, _)| host);
    if normalized(host) != normalized(url.host_str().unwrap_or_default()) {
        return Err("has no host, or a host that is not in canonical form; write it as https://HOST");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a query or fragment; remove everything from the ? or #");
    }
    Ok(url)
}

/// The canonical form: an IPv6 address can be written in several ways, and a name in upper case.
fn normalized(host: &str) -> String {
    let address = host.trim_matches(['[', ']']).parse::<Ipv6Addr>();
    address.map_or_else(|_| host.to_ascii_lowercase(), |address| address.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_base_url_that_would_call_something_else() {
        struct Row {
            problem: &'static str,
            base_urls: &'static [&'static str],
        }
        let rows = [
            Row {
                problem: "is not a URL; it looks like https://HOST",
                base_urls: &["", "examplebaseurl.com", "/v1", "https://", "https://[::1", "https://host:99999"],
            },
            Row {
                problem: "does not begin with https://",
                base_urls: &["https:examplebaseurl.com", "ftp://host", "file:///etc", "host:443", "ws://host"],
            },
            Row {
                problem: "has a character that is not ASCII, which may look like another; write the host in punycode",
                base_urls: &["https://bücher.example", "https://host\u{200b}.com"],
            },
            Row {
                problem: "has a user name or password before the @; remove it, the App Token is all that is needed",
                base_urls: &["https://@host", "https://host@evil.example", "https://a:b@host", "https://:b@host"],
            },
            Row {
                problem: "has no host, or a host that is not in canonical form; write it as https://HOST",
                base_urls: &[
                    "https:///api",
                    "https:////evil.example",
                    "https://%EF%BD%85vil.example",
                    "https://0x7f.1",
                ],
            },
            Row {
                problem: "has a query or fragment; remove everything from the ? or #",
                base_urls: &["https://host?", "https://host/?a=b", "https://host#", "https://host/a#b"],
            },
            Row {
                problem: "has white space, a control character or a backslash; remove it",
                base_urls: &[" https://host", "https://host\n", "https://ho\tst", "https://h/a b", "https:\\\\host"],
            },
        ];
        for Row { problem, base_urls } in rows {
            for base_url in base_urls {
                let error = BaseUrl::parse(base_url).unwrap_err();
                assert_eq!(error.to_string(), format!("the base URL {problem}"), "{base_url}");
            }
        }
    }

    #[test]
    fn normalizes_host_port_and_path() {
        struct Row {
            base_url: &'static str,
            called: &'static str,
            is_loopback: bool,
        }
        for Row { base_url, called, is_loopback } in [
            Row { base_url: "https://host.example", called: "https://host.example", is_loopback: false },
            Row { base_url: "HTTPS://Host.Example:443//", called: "https://host.example", is_loopback: false },
            Row { base_url: "https://host/a/../b/./c/", called: "https://host/b/c", is_loopback: false },
            Row { base_url: "https://[2001:DB8:0::1]:8443", called: "https://[2001:db8::1]:8443", is_loopback: false },
            Row { base_url: "http://[0:0:0:0:0:0:0:1]:", called: "http://[::1]", is_loopback: true },
            Row { base_url: "https://127.0.0.1:443", called: "https://127.0.0.1", is_loopback: true },
            Row { base_url: "http://LOCALHOST:1", called: "http://localhost:1", is_loopback: true },
            Row { base_url: "http://localhost.example", called: "http://localhost.example", is_loopback: false },
            Row { base_url: "http://127.0.0.1.example", called: "http://127.0.0.1.example", is_loopback: false },
        ] {
            let parsed = BaseUrl::parse(base_url).unwrap();
            assert_eq!((parsed.as_str(), parsed.is_loopback()), (called, is_loopback), "{base_url}");
            assert_eq!(parsed.is_https(), called.starts_with("https:"), "{base_url}");
        }
    }
}
