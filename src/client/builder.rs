//! Builds a client from the three values in the dashboard and the settings.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use std::{env, fmt, panic};

use reqwest::{ClientBuilder as HttpBuilder, redirect, retry as http_retry};

use super::base_url::BaseUrl;
#[cfg(feature = "mock")]
use super::clock::Clock;
use super::retry::{RetryBudget, RetryPolicy};
use super::token::{self, AppToken};
use super::{Client, Inner};
use crate::error::{ConfigError, innermost};
use crate::model::AppId;
use crate::validation::Rule;

/// The pool adds the idle timeout to the current time, which must not overflow.
const LONGEST_IDLE: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const MAX_RESPONSE_HEADERS: usize = 200;
pub(crate) const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);
pub(crate) const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

/// Builds a [`Client`]. Every limit has a default:
///
/// | limit | default | set by |
/// |---|---|---|
/// | connecting, including the TLS handshake | 5 s | [`connect_timeout`](Self::connect_timeout) |
/// | one attempt, from connecting to the last byte of the response | 15 s | [`attempt_timeout`](Self::attempt_timeout) |
/// | a call, including all attempts and the delays between them | 60 s | [`total_timeout`](Self::total_timeout) |
/// | an idle connection | 4 s | [`idle_timeout`](Self::idle_timeout) |
/// | the size of a response body | 1 MiB | [`max_response_bytes`](Self::max_response_bytes) |
/// | the number of response headers | 200 | fixed |
/// | attempts of a call | 3 | [`RetryPolicy::max_attempts`] |
/// | the maximum delay before the second attempt; it doubles with each further one | 500 ms | [`RetryPolicy::initial_backoff`] |
/// | the maximum delay before any attempt | 8 s | [`RetryPolicy::max_backoff`] |
/// | the longest `Retry-After` that is honoured | 30 s | [`RetryPolicy::max_retry_after`] |
/// | retries across all calls while none succeeds | 100 | [`retry_budget`](Self::retry_budget) |
///
/// ```
/// use std::time::Duration;
/// use cinnox_destination::{Client, RetryPolicy};
///
/// let client = Client::builder()
///     .base_url("https://examplebaseurl.com")
///     .app_id("app-1")
///     .app_token("token")
///     .total_timeout(Duration::from_secs(30))
///     .retry(RetryPolicy::default().max_attempts(5))
///     .user_agent_prefix("my-program/1.2")
///     .build()?;
/// # Ok::<(), cinnox_destination::ConfigError>(())
/// ```
#[must_use]
pub struct ClientBuilder {
    base_url: Result<BaseUrl, ConfigError>,
    app_id: Result<AppId, ConfigError>,
    app_token: Result<AppToken, ConfigError>,
    settings: Settings,
    /// The caller's, if any.
    http: Option<HttpBuilder>,
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    connect_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    idle_timeout: Duration,
    pub(crate) max_response_bytes: usize,
    pub(crate) retry: RetryPolicy,
    retry_budget: u32,
    user_agent: String,
    allow_http: bool,
    pub(crate) accept_any_id: bool,
    pub(crate) skipped_rules: Vec<Rule>,
    /// Of a mock server, if this is one of its clients.
    #[cfg(feature = "mock")]
    pub(crate) clock: Option<Clock>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: ATTEMPT_TIMEOUT,
            total_timeout: Duration::from_secs(60),
            idle_timeout: Duration::from_secs(4),
            max_response_bytes: MAX_RESPONSE_BYTES,
            retry: RetryPolicy::default(),
            retry_budget: 100,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_http: false,
            accept_any_id: false,
            skipped_rules: Vec::new(),
            #[cfg(feature = "mock")]
            clock: None,
        }
    }
}

/// Omits reqwest's builder, which would show the caller's default headers.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl ClientBuilder {
    pub(crate) fn new() -> Self {
        let missing = |name| ConfigError::new(format!("{name} is missing; the dashboard shows it"));
        Self {
            base_url: Err(missing("the base URL (CINNOX_BASE_URL)")),
            app_id: Err(missing("the App ID (CINNOX_APP_ID)")),
            app_token: Err(missing("the App Token (CINNOX_APP_TOKEN or CINNOX_APP_TOKEN_FILE)")),
            settings: Settings::default(),
            http: None,
        }
    }

    /// Returns a builder with the values of the environment variables `CINNOX_BASE_URL`, `CINNOX_APP_ID` and
    /// `CINNOX_APP_TOKEN`, or instead of the last one `CINNOX_APP_TOKEN_FILE`, the path of a file with the token. An empty
    /// variable counts as not set. The setters replace these values.
    pub fn from_env() -> Self {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty());
        let text = |name| variable(name).map(|value| value.to_string_lossy().into_owned());
        let mut builder = Self::new();
        if let Some(base_url) = text("CINNOX_BASE_URL") {
            builder = builder.base_url(&base_url);
        }
        if let Some(app_id) = text("CINNOX_APP_ID") {
            builder = builder.app_id(&app_id);
        }
        match (text("CINNOX_APP_TOKEN"), variable("CINNOX_APP_TOKEN_FILE")) {
            (None, None) => builder,
            (Some(token), None) => builder.app_token(&token),
            (None, Some(path)) => builder.app_token_file(path),
            (Some(_), Some(_)) => {
                let problem = "both CINNOX_APP_TOKEN and CINNOX_APP_TOKEN_FILE are set; unset one of them";
                Self { app_token: Err(ConfigError::new(problem)), ..builder }
            }
        }
    }

    /// Sets the base URL, as the dashboard shows it. Required. For plain http, see [`allow_http`](Self::allow_http).
    pub fn base_url(mut self, base_url: &str) -> Self {
        self.base_url = BaseUrl::parse(base_url);
        self
    }

    /// Sets the App ID, as the dashboard shows it. Required.
    pub fn app_id(mut self, app_id: &str) -> Self {
        self.app_id = app_id.parse().map_err(ConfigError::from);
        self
    }

    /// Sets the App Token, as the dashboard shows it. Required, unless [`app_token_file`](Self::app_token_file) is used.
    pub fn app_token(mut self, app_token: &str) -> Self {
        self.app_token = AppToken::new(app_token);
        self
    }

    /// Sets the App Token from a file that contains nothing else but perhaps a line break at its end. The file is read now;
    /// [`build`](Self::build) reports what is wrong with it.
    pub fn app_token_file(mut self, path: impl AsRef<Path>) -> Self {
        self.app_token = read_token(path.as_ref());
        self
    }

    /// Sets how long connecting may take, including the TLS handshake. Default: 5 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// Sets how long one attempt may take, from connecting to the last byte of the response. Default: 15 s. See also
    /// [`Client::with_attempt_timeout`].
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout;
        self
    }

    /// Sets how long a call may take, including all attempts and the delays between them. Default: 60 s. See also
    /// [`Client::with_total_timeout`].
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.settings.total_timeout = timeout;
        self
    }

    /// Sets how long an idle connection is kept for the next call. Default: 4 s, a little less than the 5 s of Node.js,
    /// Apache and uvicorn. If the server closes a connection just as a request is written, the outcome is unknown.
    ///
    /// With [`Duration::ZERO`], each attempt opens a new connection. Use this for a client in a `static` that is shared
    /// by several Tokio runtimes, as in several `#[tokio::test]` functions: a pooled connection belongs to the runtime
    /// in which it was opened and dies with it.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.settings.idle_timeout = timeout;
        self
    }

    /// Sets the maximum size of a response body in bytes. Default: 1 MiB.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.settings.max_response_bytes = limit;
        self
    }

    /// Sets which failures are retried, how often and when. Default: [`RetryPolicy::default`]. See also
    /// [`Client::with_retry`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// Sets the size of the retry budget, a token bucket that all handles of the client share. Default: 100, so during
    /// an outage retries add at most 100 requests to the first attempts of the calls.
    ///
    /// A retry takes one token. A success at the first attempt returns a tenth of a token, a success after a retry a
    /// whole one. With [`u32::MAX`], only the retry policy limits retries.
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.settings.retry_budget = retries;
        self
    }

    /// Puts `prefix`, such as `my-program/1.2`, before this crate's name in the `user-agent` header.
    pub fn user_agent_prefix(mut self, prefix: &str) -> Self {
        self.settings.user_agent = format!("{prefix} {}", self.settings.user_agent);
        self
    }

    /// Allows a base URL with `http` for hosts other than this machine. The App Token and the update then cross the
    /// network in clear text.
    pub fn allow_http(mut self) -> Self {
        self.settings.allow_http = true;
        self
    }

    /// Also sends updates that break this rule. Use it if a rule of this crate refuses what the vendor accepts.
    ///
    /// Only rules of this crate can be skipped: [`build`](Self::build) refuses one of the vendor's
    /// ([`Rule::is_vendor`]). The rules of IDs always hold. [`Validate::validate`](crate::Validate::validate),
    /// [`from_json`](crate::DestinationUpdate::from_json) and the JSON Schema stay complete.
    pub fn skip_rule(mut self, rule: Rule) -> Self {
        self.settings.skipped_rules.push(rule);
        self
    }

    /// Accepts a success that names another destination than the request.
    ///
    /// By default the outcome is then unknown, because a cache or a gateway may have mixed up two responses. In which form
    /// the vendor writes the ID in a response is not known.
    pub fn accept_any_id(mut self) -> Self {
        self.settings.accept_any_id = true;
        self
    }

    /// Uses this reqwest builder as the base, for proxies, TLS roots, DNS, default headers or a read timeout.
    ///
    /// Its [`connector_layer`](reqwest::ClientBuilder::connector_layer) wraps the making of a connection, not requests. For
    /// middleware around calls, write a trait of your own and implement it for [`Client`].
    ///
    /// Always overridden:
    ///
    /// - the connect timeout, the timeout of a request and the idle timeout; not `read_timeout`
    /// - the user agent
    /// - HTTP/1.1 only, with at most 200 response headers
    /// - no redirects, retries or decompression by reqwest
    /// - no connection logging
    /// - the resolver of the operating system, unless the builder sets one; never `hickory-dns`
    /// - no proxy for a base URL on this machine
    ///
    /// HTTP/1.1 is used even if another crate enables reqwest's `http2`, because with HTTP/2 a dead connection would
    /// stay in use, and a refused request could not be told from a failed one. If you use `tls_backend_preconfigured`,
    /// do not offer `h2` in its TLS configuration (ALPN): the server could choose HTTP/2.
    ///
    /// The builder's default headers are sent as well, unless this crate sets the same header. Do not set `host`,
    /// `content-length` or other headers that change the request.
    pub fn http_client(mut self, builder: HttpBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// Builds the client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with everything that is missing or invalid. In a program compiled with `panic = "abort"`, a missing
    /// TLS crypto provider aborts the program instead.
    pub fn build(self) -> Result<Client, ConfigError> {
        let Self { base_url, app_id, app_token, settings, http } = self;
        let is_callers = http.is_some();
        let has_tls = is_callers || cfg!(any(feature = "rustls", feature = "native-tls"));
        let base_url = base_url.and_then(|base_url| settings.allow(base_url, has_tls));
        let problems = settings.problems();
        let (base_url, app_id, token) = match (base_url, app_id, app_token) {
            (Ok(base_url), Ok(app_id), Ok(token)) if problems.is_empty() => (base_url, app_id, token),
            (base_url, app_id, token) => {
                let values = [base_url.err(), app_id.err(), token.err()].into_iter().flatten();
                return Err(ConfigError {
                    problems: values.flat_map(|error| error.problems).chain(problems).collect(),
                });
            }
        };
        // The caller's own timeout would silently shorten attempts.
        let http = http.map(|http| http.timeout(Duration::MAX)).unwrap_or_default();
        let http = build_http(settings.apply(http, &base_url), is_callers)?;
        let retry_budget = Arc::new(RetryBudget::new(settings.retry_budget));
        let token = Arc::new(RwLock::new(token));
        Ok(Client(Arc::new(Inner { http, base_url, app_id, token, retry_budget, settings })))
    }

    /// For a mock server's own clients.
    #[cfg(feature = "mock")]
    pub(crate) fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = Some(clock);
        self
    }
}

fn read_token(path: &Path) -> Result<AppToken, ConfigError> {
    let mut text = Vec::new();
    let longest = u64::try_from(token::MAX_LEN + 2).unwrap_or(u64::MAX);
    match File::open(path).and_then(|file| file.take(longest).read_to_end(&mut text)) {
        Ok(_) => AppToken::new(String::from_utf8_lossy(&text).trim_end_matches(['\r', '\n'])),
        Err(error) => Err(ConfigError::new(format!("the file with the App Token cannot be read: {error}"))),
    }
}

impl Settings {
    fn problems(&self) -> Vec<String> {
        let timeouts = [self.connect_timeout, self.attempt_timeout, self.total_timeout];
        let is_visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        let checks = [
            (timeouts.contains(&Duration::ZERO), "a timeout of zero would make every call fail; set a longer one"),
            (self.max_response_bytes == 0, "a limit of zero bytes would make every call fail; set a higher one"),
            (
                !self.user_agent.bytes().all(is_visible),
                "the user agent cannot be a header value; use visible ASCII characters and spaces",
            ),
        ];
        let wrong = checks.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, problem)| problem.to_owned());
        let vendors = self.skipped_rules.iter().filter(|rule| rule.is_vendor());
        let vendors = vendors
            .map(|rule| format!("the rule {rule} is the vendor's and cannot be skipped; correct the update instead"));
        wrong.chain(vendors).collect()
    }

    /// The base URL, if it may be called.
    fn allow(&self, base_url: BaseUrl, has_tls: bool) -> Result<BaseUrl, ConfigError> {
        if base_url.is_https() && !has_tls {
            return Err(ConfigError::new(
                "this program has no TLS; turn on the feature `rustls` or `native-tls` of cinnox-destination, or pass a \
                 reqwest::ClientBuilder with TLS to http_client",
            ));
        }
        if base_url.is_https() || base_url.is_loopback() || self.allow_http {
            return Ok(base_url);
        }
        Err(ConfigError::new("the base URL is http, so the token would cross the network in clear text; use https"))
    }

    fn apply(&self, http: HttpBuilder, base_url: &BaseUrl) -> HttpBuilder {
        let http = if base_url.is_loopback() { http.no_proxy() } else { http };
        // Plain http needs no certificates, and in a container there may be none.
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let http = if base_url.is_loopback() && !base_url.is_https() { http.tls_certs_only([]) } else { http };
        let http = if self.idle_timeout.is_zero() { http.pool_max_idle_per_host(0) } else { http };
        http.user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(self.idle_timeout.min(LONGEST_IDLE))
            .http1_only()
            .http1_max_headers(MAX_RESPONSE_HEADERS)
            .redirect(redirect::Policy::none())
            .retry(http_retry::never())
            .connection_verbose(false)
            .no_hickory_dns()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
    }
}

/// `is_callers`: whether the builder is the caller's.
fn build_http(http: HttpBuilder, is_callers: bool) -> Result<reqwest::Client, ConfigError> {
    // rustls panics if no crypto provider is installed; return an error instead.
    let problem = match panic::catch_unwind(panic::AssertUnwindSafe(|| http.build())) {
        Ok(Ok(client)) => return Ok(client),
        Ok(Err(error)) if is_callers => {
            format!("the HTTP client cannot be built from the given reqwest::ClientBuilder: {}", innermost(&error))
        }
        Ok(Err(error)) => format!(
            "TLS cannot be set up: {}; install the system's CA certificates (package `ca-certificates`), or let \
             SSL_CERT_FILE name a file with them",
            innermost(&error)
        ),
        Err(_) => {
            "TLS has no crypto provider; turn on the feature `rustls` of cinnox-destination, or install a provider \
                   with rustls::crypto::CryptoProvider::install_default"
                .to_owned()
        }
    };
    Err(ConfigError::new(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn builder() -> ClientBuilder {
        ClientBuilder::new().base_url("https://examplebaseurl.com").app_id("app-1").app_token("token-1")
    }

    #[test]
    fn reports_everything_that_is_missing_or_wrong() {
        struct Row {
            name: &'static str,
            builder: ClientBuilder,
            sentence: &'static str,
        }
        let zero = "a timeout of zero would make every call fail; set a longer one";
        let in_clear_text = "the base URL is http, so the token would cross the network in clear text; use https";
        let rows = [
            Row {
                name: "nothing given",
                builder: ClientBuilder::new(),
                sentence: "the base URL (CINNOX_BASE_URL) is missing; the dashboard shows it; the App ID (CINNOX_APP_ID) is \
                           missing; the dashboard shows it; the App Token (CINNOX_APP_TOKEN or CINNOX_APP_TOKEN_FILE) is \
                           missing; the dashboard shows it",
            },
            Row {
                name: "no App ID",
                builder: ClientBuilder { app_id: ClientBuilder::new().app_id, ..builder() },
                sentence: "the App ID (CINNOX_APP_ID) is missing; the dashboard shows it",
            },
            Row {
                name: "one missing, all else wrong",
                builder: ClientBuilder::new()
                    .base_url("https://host?")
                    .app_token("")
                    .max_response_bytes(0)
                    .user_agent_prefix("é")
                    .total_timeout(Duration::ZERO),
                sentence: "the base URL has a query or fragment; remove everything from the ? or #; the App ID \
                           (CINNOX_APP_ID) is missing; the dashboard shows it; the App Token is empty; use the one shown in \
                           the dashboard; a timeout of zero would make every call fail; set a longer one; a limit of zero \
                           bytes would make every call fail; set a higher one; the user agent cannot be a header value; use \
                           visible ASCII characters and spaces",
            },
            Row { name: "connect timeout", builder: builder().connect_timeout(Duration::ZERO), sentence: zero },
            Row { name: "attempt timeout", builder: builder().attempt_timeout(Duration::ZERO), sentence: zero },
            Row { name: "total timeout", builder: builder().total_timeout(Duration::ZERO), sentence: zero },
            Row { name: "http", builder: builder().base_url("http://10.0.0.1"), sentence: in_clear_text },
            Row { name: "http", builder: builder().base_url("http://localhost.example"), sentence: in_clear_text },
            Row {
                name: "one of the vendor's rules among those to skip",
                builder: builder().skip_rule(Rule::NotE164).skip_rule(Rule::TooLong),
                sentence: "the rule too-long is the vendor's and cannot be skipped; correct the update instead",
            },
            Row {
                name: "both of the vendor's rules",
                builder: builder().skip_rule(Rule::MissingTargets).skip_rule(Rule::TooLong),
                sentence: "the rule missing-targets is the vendor's and cannot be skipped; correct the update \
                           instead; the rule too-long is the vendor's and cannot be skipped; correct the update instead",
            },
            Row {
                name: "a token that is too long",
                builder: builder().app_token(&"t".repeat(8193)),
                sentence: "the App Token is longer than 8,192 bytes; pass only the token",
            },
        ];
        for Row { name, builder, sentence } in rows {
            let error = builder.build().unwrap_err();
            assert_eq!(error.to_string(), sentence, "{name}");
            assert_eq!(error.problems().join("; "), sentence, "{name}");
        }
    }

    #[test]
    fn skips_every_rule_of_ours() {
        for rule in Rule::ALL.iter().filter(|rule| !rule.is_vendor()) {
            builder().skip_rule(*rule).build().unwrap();
        }
    }

    #[test]
    fn later_value_replaces_an_earlier_one() {
        let client = ClientBuilder::new().base_url("").app_id("..").app_token("");
        let client = client.base_url("https://host").app_id("app-2").app_token("token-2").build().unwrap();
        assert_eq!((client.base_url(), client.app_id().as_str()), ("https://host", "app-2"));
        assert_eq!(client.generated().inner.capture.token.authorization(), "Bearer token-2");
    }

    #[test]
    fn reads_token_from_file() {
        struct Row {
            text: &'static [u8],
            token: Result<&'static str, &'static str>,
        }
        let character = "the App Token contains white space, a quote, a backslash, a control character or a non-ASCII \
                         character; pass only the token";
        let rows = [
            Row { text: b"token-2", token: Ok("token-2") },
            Row { text: b"token-2\r\n\n", token: Ok("token-2") },
            Row { text: b"token-2 ", token: Err(character) },
            Row { text: b"token\n2", token: Err(character) },
            Row { text: b"\xef\xbb\xbftoken-2", token: Err(character) },
            Row { text: b"\xfftoken-2", token: Err(character) },
            Row { text: b"\n", token: Err("the App Token is empty; use the one shown in the dashboard") },
            Row { text: &[b't'; 10_000], token: Err("the App Token is longer than 8,192 bytes; pass only the token") },
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        for Row { text, token } in rows {
            std::fs::write(&path, text).unwrap();
            let found = builder().app_token_file(&path).build();
            let found = found.map(|client| client.generated().inner.capture.token.authorization().clone());
            match (found, token) {
                (Ok(found), Ok(token)) => assert_eq!(found, format!("Bearer {token}")),
                (found, token) => assert_eq!(found.map_err(|error| error.to_string()), Err(token.unwrap_err().into())),
            }
        }
        let missing = builder().app_token_file(folder.path().join("none")).build().unwrap_err().to_string();
        let begin = "the file with the App Token cannot be read: ";
        assert!(missing.starts_with(begin) && missing.len() > begin.len(), "{missing}");
    }

    #[test]
    fn debug_hides_token_and_headers() {
        let http = HttpBuilder::new()
            .default_headers([(http::header::COOKIE, "secret".parse().unwrap())].into_iter().collect());
        let shown = format!("{:?}", builder().http_client(http));
        assert!(shown.starts_with("ClientBuilder { settings: Settings { connect_timeout: 5s, "), "{shown}");
        assert!(!shown.contains("token-1") && !shown.contains("secret"), "{shown}");
    }

    /// The rows of the documented table: the method that sets the limit, and its default.
    fn documented() -> Vec<(String, String)> {
        let rows = include_str!("builder.rs").lines().filter_map(|line| line.strip_prefix("/// | "));
        let rows = rows.skip(1).map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
        rows.map(|cells| (cells[2].split('`').nth(1).unwrap_or_default().to_owned(), cells[1].to_owned())).collect()
    }

    /// The value of a field in a `Debug` text, as the table writes it.
    fn setting(debug: &str, name: &str) -> String {
        let (_, value) = debug.split_once(&format!(" {name}: ")).unwrap_or_else(|| panic!("no {name} in {debug}"));
        let value = value.trim_start_matches("Some(").split([',', ' ', ')']).next().unwrap();
        let unit = value.find(|c: char| c.is_alphabetic()).unwrap_or(value.len());
        format!("{} {}", &value[..unit], &value[unit..]).trim_end().to_owned()
    }

    #[test]
    fn documented_table_states_the_defaults() {
        let (builder, policy) = (format!("{:?}", builder()), format!("{:?}", RetryPolicy::default()));
        assert_eq!(setting(&builder, "max_response_bytes"), (1024 * 1024).to_string());
        let expected = [
            ("connect_timeout", setting(&builder, "connect_timeout")),
            ("attempt_timeout", setting(&builder, "attempt_timeout")),
            ("total_timeout", setting(&builder, "total_timeout")),
            ("idle_timeout", setting(&builder, "idle_timeout")),
            ("max_response_bytes", "1 MiB".to_owned()),
            ("", MAX_RESPONSE_HEADERS.to_string()),
            ("RetryPolicy::max_attempts", setting(&policy, "max_attempts")),
            ("RetryPolicy::initial_backoff", setting(&policy, "initial_backoff")),
            ("RetryPolicy::max_backoff", setting(&policy, "max_backoff")),
            ("RetryPolicy::max_retry_after", setting(&policy, "max_retry_after")),
            ("retry_budget", setting(&builder, "retry_budget")),
        ];
        assert_eq!(documented(), expected.map(|(method, default)| (method.to_owned(), default)));
    }
}
