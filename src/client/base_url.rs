//! The base URL, to which the endpoint's path is appended. A base URL that would change the path or send the token to
//! another host is rejected (ours).

use std::net::IpAddr;

use reqwest::Url;

use crate::error::ConfigError;

/// A validated base URL.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        let Ok(url) = Url::parse(text) else {
            return Err(ConfigError::new("the base URL is not a URL; it looks like https://HOST"));
        };
        let written = text.trim_end_matches('/');
        let problem = if !matches!(url.scheme(), "https" | "http") {
            "does not begin with https://".to_owned()
        } else if text.contains('@') {
            "has a user name or password before the @; remove it, the App Token is all that is needed".to_owned()
        } else if url.query().is_some() || url.fragment().is_some() {
            "has a query or fragment; remove everything from the ? or #".to_owned()
        } else if !url.as_str().trim_end_matches('/').eq_ignore_ascii_case(written) {
            // White space, a backslash, another script, `..`: the URL would lead somewhere else than it seems.
            format!("is not in its canonical form; if it is meant, write {url}")
        } else {
            return Ok(Self(url));
        };
        Err(ConfigError::new(format!("the base URL {problem}")))
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
