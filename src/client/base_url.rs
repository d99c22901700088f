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
