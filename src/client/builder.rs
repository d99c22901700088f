//! What a client is made of: the dashboard's three values, and settings.

use std::{
    env, fmt,
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use http::HeaderValue;
use reqwest::{ClientBuilder as HttpBuilder, Url, redirect, retry as http_retry};

use super::{
    Client, RetryPolicy, Shared,
    attempt::{Attempt, SCHEME},
};
use crate::{
    error::{ConfigError, Error},
    generated,
    model::AppId,
};

/// The environment variables that [`Client::from_env`] reads.
const VARIABLES: [&str; 3] = ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN"];

/// Makes a [`Client`]. Every [limit](crate#limits) has a default.
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    account: Result<Account, ConfigError>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    total_timeout: Duration,
    max_response_bytes: u64,
    retry: RetryPolicy,
    user_agent: String,
    allow_http: bool,
    http: HttpSettings,
}

#[derive(Debug)]
struct Account {
    base_url: Url,
    app_id: AppId,
    authorization: HeaderValue,
}

/// A builder whose own `Debug` would show what the caller put into it.
struct HttpSettings(HttpBuilder);

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reqwest::ClientBuilder")
    }
}

impl ClientBuilder {
    pub(crate) fn new(base_url: &str, app_id: &str, app_token: &str) -> Self {
        Self::for_account(Account::new(base_url, app_id, app_token))
    }

    /// Begins with the app that `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN` name, see
    /// [`Client::from_env`].
    pub fn from_env() -> Self {
        let values = VARIABLES.map(|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()));
        let values = values.map(|value| value.filter(|value| !value.is_empty()));
        Self::for_account(if let [Some(base_url), Some(app_id), Some(app_token)] = &values {
            Account::new(base_url, app_id, app_token)
        } else {
            let missing = VARIABLES.into_iter().zip(&values).filter(|(_, value)| value.is_none());
            Err(ConfigError::MissingVariables(missing.map(|(name, _)| name).collect()))
        })
    }

    fn for_account(account: Result<Account, ConfigError>) -> Self {
        Self {
            account,
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(15),
            total_timeout: Duration::from_secs(60),
            max_response_bytes: 1024 * 1024,
            retry: RetryPolicy::default(),
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_http: false,
            http: HttpSettings(HttpBuilder::new()),
        }
    }

    /// The time within which a connection is made, TLS included.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// The time that one attempt may take, from connecting to the last byte of the response.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// The time that a call may take, with all its attempts and the waiting between them.
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = limit;
        self
    }

    /// How many bytes of a response's body are read.
    pub fn max_response_bytes(mut self, limit: u64) -> Self {
        self.max_response_bytes = limit;
        self
    }

    /// What is tried again, how often and when: [`RetryPolicy::default`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Puts `prefix`, such as `my-program/1.2`, before this crate's own name in the `user-agent` header.
    pub fn user_agent_prefix(mut self, prefix: &str) -> Self {
        if !prefix.is_empty() {
            self.user_agent = format!("{prefix} {}", self.user_agent);
        }
        self
    }

    /// Allows a base URL with `http` for a host that is not this machine: the token and the update then cross the
    /// network in clear text.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Begins with a builder of the caller's own, for proxies, TLS roots, DNS or connection pools. This crate then
    /// sets what its promises rest on: time-outs, the user agent, no redirects, no retries and no decompression by
    /// reqwest, no log of the bytes on a connection, and no proxy for a base URL on this machine. Default headers of the
    /// builder are sent too, except where this crate sets the same ones: it is up to the caller to set none, such as
    /// `host` or `content-length`, that make another request of it.
    pub fn http_client(mut self, builder: HttpBuilder) -> Self {
        self.http = HttpSettings(builder);
        self
    }

    /// Makes the client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) with the first value or setting that cannot be
    /// used. The token is never repeated.
    pub fn build(self) -> Result<Client, Error> {
        let Account { base_url, app_id, authorization } = self.account?;
        let loopback = is_loopback(&base_url);
        if base_url.scheme() == "http" && !loopback && !self.allow_http {
            let problem =
                "is http, so the token would cross the network in clear text; use https, or ClientBuilder::allow_http";
            return Err(ConfigError::BaseUrl(problem).into());
        }
        if [self.connect_timeout, self.attempt_timeout, self.total_timeout].contains(&Duration::ZERO) {
            return Err(ConfigError::Setting("a time-out of zero lets no call succeed; give a longer one").into());
        }
        if self.max_response_bytes == 0 {
            return Err(
                ConfigError::Setting("a limit of zero bytes lets no response be read; give a higher one").into()
            );
        }
        if !self.user_agent.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            let problem = "the user agent cannot be a header value; use visible ASCII characters and spaces";
            return Err(ConfigError::Setting(problem).into());
        }
        let mut http = self.http.0;
        if loopback {
            http = http.no_proxy();
        }
        let http = http
            .user_agent(self.user_agent)
            .connect_timeout(self.connect_timeout)
            .timeout(self.attempt_timeout)
            .redirect(redirect::Policy::none())
            .retry(http_retry::never())
            .connection_verbose(false)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|e| ConfigError::HttpClient(e.without_url()))?;
        let transport = Attempt { authorization, max_response_bytes: self.max_response_bytes };
        let generated = generated::Client {
            baseurl: base_url.as_str().trim_end_matches('/').to_owned(),
            client: http,
            inner: transport,
        };
        Ok(Client(Arc::new(Shared {
            generated,
            app_id,
            attempt_timeout: self.attempt_timeout,
            total_timeout: self.total_timeout,
            retry: self.retry,
        })))
    }
}

impl Account {
    fn new(base_url: &str, app_id: &str, app_token: &str) -> Result<Self, ConfigError> {
        Ok(Self {
            base_url: parse_base_url(base_url).map_err(ConfigError::BaseUrl)?,
            app_id: app_id.parse()?,
            authorization: authorization(app_token).map_err(ConfigError::AppToken)?,
        })
    }
}

/// The rules are ours: the path of the endpoint is put behind the base URL, and each of these would change what is
/// called or hand the token to another host.
fn parse_base_url(text: &str) -> Result<Url, &'static str> {
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
    if plain(host) != plain(url.host_str().unwrap_or_default()) {
        return Err("has no host, or one that stands for another; write it as https://HOST");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("has a ? or #, behind which the path of the endpoint would be lost; remove it");
    }
    Ok(url)
}

/// One way to write a host of which there are several.
fn plain(host: &str) -> String {
    let address = host.trim_matches(['[', ']']).parse::<Ipv6Addr>();
    address.map_or_else(|_| host.to_ascii_lowercase(), |address| address.to_string())
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn authorization(app_token: &str) -> Result<HeaderValue, &'static str> {
    if app_token.is_empty() {
        return Err("is empty; give the one that the dashboard shows");
    }
    if !app_token.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\')) {
        return Err("has white space, a quote, a backslash, a control or a non-ASCII character; give it alone");
    }
    let mut value =
        HeaderValue::try_from(format!("{SCHEME}{app_token}")).map_err(|_| "cannot be the value of a header")?;
    value.set_sensitive(true);
    Ok(value)
}
