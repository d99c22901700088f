//! The base URL, to which the endpoint's path is appended. A base URL that would change the path or send the token to
//! another host is rejected (ours).

use std::net::IpAddr;

use reqwest::Url;

use crate::error::ConfigError;

/// A validated base URL.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(pub(crate) Url);

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let Ok(url) = Url::parse(text) else {
            return Err(ConfigError::new("the base URL is not a URL; it looks like https://HOST"));
        };
        let problem = if !matches!(url.scheme(), "https" | "http") {
            "does not begin with https://".to_owned()
        } else if text.contains('@') {
            "has a user name or password before the @; remove it, the App Token is all that is needed".to_owned()
        } else if url.query().is_some() || url.fragment().is_some() {
            "has a query or fragment; remove everything from the ? or #".to_owned()
        } else if !url.as_str().trim_end_matches('/').eq_ignore_ascii_case(text.trim_end_matches('/')) {
            // White space, a backslash, another script, `..`: the URL would lead somewhere else than it seems.
            format!("is not in its canonical form; if it is meant, write {url}")
        } else {
            return Ok(Self(url));
        };
        Err(ConfigError::new(format!("the base URL {problem}")))
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
                base_urls: &["ftp://host", "file:///etc", "host:443", "ws://host", "data:text/plain,x"],
            },
            Row {
                problem: "has a user name or password before the @; remove it, the App Token is all that is needed",
                base_urls: &["https://@host", "https://host@evil.example", "https://a:b@host", "https://:b@host"],
            },
            Row {
                problem: "has a query or fragment; remove everything from the ? or #",
                base_urls: &["https://host?", "https://host/?a=b", "https://host#", "https://host/a#b"],
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
    fn rejects_base_url_that_leads_elsewhere_than_it_seems() {
        struct Row {
            base_url: &'static str,
            canonical: &'static str,
        }
        for Row { base_url, canonical } in [
            Row { base_url: "https:host.example", canonical: "https://host.example/" },
            Row { base_url: "https:///api", canonical: "https://api/" },
            Row { base_url: "https:////evil.example", canonical: "https://evil.example/" },
            Row { base_url: "https:\\\\host", canonical: "https://host/" },
            Row { base_url: "https://bücher.example", canonical: "https://xn--bcher-kva.example/" },
            Row { base_url: "https://%EF%BD%85vil.example", canonical: "https://evil.example/" },
            Row { base_url: "https://0x7f.1", canonical: "https://127.0.0.1/" },
            Row { base_url: "https://host:443", canonical: "https://host/" },
            Row { base_url: "https://host/a/../b/./c/", canonical: "https://host/b/c/" },
            Row { base_url: "https://host/a b", canonical: "https://host/a%20b" },
            Row { base_url: " https://host\n", canonical: "https://host/" },
            Row { base_url: "https://ho\tst", canonical: "https://host/" },
        ] {
            let error = BaseUrl::parse(base_url).unwrap_err().to_string();
            let advice = "is not in its canonical form; if it is meant, write";
            assert_eq!(error, format!("the base URL {advice} {canonical}"), "{base_url}");
            BaseUrl::parse(canonical).unwrap();
        }
    }

    #[test]
    fn knows_loopback_and_drops_trailing_slashes() {
        struct Row {
            base_url: &'static str,
            called: &'static str,
            is_loopback: bool,
        }
        for Row { base_url, called, is_loopback } in [
            Row { base_url: "https://host.example", called: "https://host.example", is_loopback: false },
            Row { base_url: "HTTPS://Host.Example:8443/", called: "https://host.example:8443", is_loopback: false },
            Row { base_url: "https://host/b/c/", called: "https://host/b/c", is_loopback: false },
            Row { base_url: "https://[2001:DB8::1]:8443", called: "https://[2001:db8::1]:8443", is_loopback: false },
            Row { base_url: "http://[::1]:1", called: "http://[::1]:1", is_loopback: true },
            Row { base_url: "https://127.0.0.2", called: "https://127.0.0.2", is_loopback: true },
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
