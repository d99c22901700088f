//! Builds a client from the three values in the dashboard and the settings.

use std::{env, fmt, panic, sync::Arc, time::Duration};

use reqwest::{ClientBuilder as HttpBuilder, redirect, retry as http_retry};

use super::{
    Client, Inner, RetryPolicy, attempt::Attempt, base_url::BaseUrl, budget::RetryBudget, proxy, token::AppToken,
};
use crate::{error::ConfigError, generated, model::AppId};

/// The environment variables that [`Client::from_env`] reads.
const VARIABLES: [&str; 3] = ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN"];

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
/// let client = Client::builder("https://examplebaseurl.com", "app-1", "token")
///     .total_timeout(Duration::from_secs(30))
///     .retry(RetryPolicy::default().max_attempts(5))
///     .user_agent_prefix("my-program/1.2")
///     .build()?;
/// # Ok::<(), cinnox_destination::ConfigError>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    account: Result<Account, ConfigError>,
    settings: Settings,
    http: HttpSettings,
    #[cfg(feature = "mock")]
    hook: Option<Arc<dyn super::AttemptHook>>,
}

#[derive(Debug)]
struct Settings {
    connect_timeout: Duration,
    attempt_timeout: Duration,
    total_timeout: Duration,
    idle_timeout: Duration,
    max_response_bytes: usize,
    retry: RetryPolicy,
    retry_budget: Option<u32>,
    user_agent: String,
    allow_http: bool,
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
            retry_budget: Some(100),
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            allow_http: false,
        }
    }
}

#[derive(Debug)]
struct Account {
    base_url: BaseUrl,
    app_id: AppId,
    token: AppToken,
}

impl Account {
    fn new(base_url: &str, app_id: &str, app_token: &str) -> Result<Self, ConfigError> {
        Ok(Self { base_url: BaseUrl::parse(base_url)?, app_id: app_id.parse()?, token: AppToken::new(app_token)? })
    }
}

/// The caller's builder, if any. `Debug` is written by hand, because reqwest's would show the caller's default headers.
struct HttpSettings(Option<HttpBuilder>);

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "the caller's reqwest::ClientBuilder" } else { "default" })
    }
}

impl ClientBuilder {
    pub(crate) fn new(base_url: &str, app_id: &str, app_token: &str) -> Self {
        Self::for_account(Account::new(base_url, app_id, app_token))
    }

    /// Returns a builder with the values of `CINNOX_BASE_URL`, `CINNOX_APP_ID` and `CINNOX_APP_TOKEN`; see
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
            settings: Settings::default(),
            http: HttpSettings(None),
            #[cfg(feature = "mock")]
            hook: None,
        }
    }

    /// For the mock server's own clients.
    #[cfg(feature = "mock")]
    pub(crate) fn attempt_hook(mut self, hook: Arc<dyn super::AttemptHook>) -> Self {
        self.hook = Some(hook);
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
    /// whole one.
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.settings.retry_budget = Some(retries);
        self
    }

    /// Disables the [retry budget](Self::retry_budget): only the retry policy limits retries.
    pub fn without_retry_budget(mut self) -> Self {
        self.settings.retry_budget = None;
        self
    }

    /// Puts `prefix`, such as `my-program/1.2`, before this crate's name in the `user-agent` header.
    pub fn user_agent_prefix(mut self, prefix: &str) -> Self {
        if !prefix.is_empty() {
            self.settings.user_agent = format!("{prefix} {}", self.settings.user_agent);
        }
        self
    }

    /// Allows a base URL with `http` for hosts other than this machine. The App Token and the update then cross the
    /// network in clear text.
    pub fn allow_http(mut self) -> Self {
        self.settings.allow_http = true;
        self
    }

    /// Uses this reqwest builder as the base, for proxies, TLS roots, DNS or a read timeout.
    ///
    /// Always overridden:
    ///
    /// - the connect timeout, the timeout of a request and the idle timeout; not `read_timeout`
    /// - the user agent
    /// - HTTP/1.1 only, with at most 200 response headers
    /// - no redirects, retries or decompression by reqwest
    /// - no connection logging
    /// - no proxy for a base URL on this machine
    ///
    /// HTTP/1.1 is used even if another crate enables reqwest's `http2`, because with HTTP/2 a dead connection would
    /// stay in use, and a refused request could not be told from a failed one. If you use `tls_backend_preconfigured`,
    /// do not offer `h2` in its TLS configuration (ALPN): the server could choose HTTP/2.
    ///
    /// The builder's default headers are sent as well, unless this crate sets the same header. Do not set `host`,
    /// `content-length` or other headers that change the request.
    ///
    /// With a custom builder, proxy environment variables are not checked, because the builder may ignore them.
    pub fn http_client(mut self, builder: HttpBuilder) -> Self {
        self.http = HttpSettings(Some(builder));
        self
    }

    /// Builds the client. No connection is made yet.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for the first invalid value or setting. The error never contains the App Token. In a program
    /// compiled with `panic = "abort"`, a missing TLS crypto provider aborts the program instead.
    pub fn build(self) -> Result<Client, ConfigError> {
        let Self { account, settings, http: HttpSettings(http), .. } = self;
        let Account { base_url, app_id, token } = account?;
        settings.check(&base_url)?;
        if http.is_none() && !base_url.is_loopback() {
            proxy::check(&base_url)?;
        }
        let is_callers = http.is_some();
        // The caller's own timeout would silently shorten attempts.
        let http = http.map(|http| http.timeout(Duration::MAX)).unwrap_or_default();
        let http = build_http(settings.apply(http, &base_url), is_callers)?;
        let inner = Attempt {
            token,
            timeout: settings.attempt_timeout,
            max_response_bytes: settings.max_response_bytes,
            capture: None,
            #[cfg(feature = "mock")]
            hook: self.hook,
        };
        let generated = generated::Client { baseurl: base_url.as_str().to_owned(), client: http, inner };
        Ok(Client(Arc::new(Inner {
            generated,
            base_url,
            app_id,
            connect_timeout: settings.connect_timeout,
            total_timeout: settings.total_timeout,
            retry: settings.retry,
            retry_budget: settings.retry_budget.map(RetryBudget::new).map(Arc::new),
        })))
    }
}

impl Settings {
    fn check(&self, base_url: &BaseUrl) -> Result<(), ConfigError> {
        if !base_url.is_https() && !base_url.is_loopback() && !self.allow_http {
            let problem =
                "is http, so the token would cross the network in clear text; use https, or ClientBuilder::allow_http";
            return Err(ConfigError::BaseUrl(problem));
        }
        if [self.connect_timeout, self.attempt_timeout, self.total_timeout].contains(&Duration::ZERO) {
            return Err(ConfigError::Setting("a timeout of zero would make every call fail; set a longer one"));
        }
        if self.max_response_bytes == 0 {
            return Err(ConfigError::Setting("a limit of zero bytes would make every call fail; set a higher one"));
        }
        if !self.user_agent.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            let problem = "the user agent cannot be a header value; use visible ASCII characters and spaces";
            return Err(ConfigError::Setting(problem));
        }
        Ok(())
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
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
    }
}

/// `is_callers`: whether the builder is the caller's.
fn build_http(http: HttpBuilder, is_callers: bool) -> Result<reqwest::Client, ConfigError> {
    // rustls panics if no crypto provider is installed; return an error instead.
    match panic::catch_unwind(panic::AssertUnwindSafe(|| http.build())) {
        Ok(Ok(client)) => Ok(client),
        Ok(Err(error)) => Err(ConfigError::HttpClient {
            problem: if is_callers {
                "the HTTP client cannot be built from the given reqwest::ClientBuilder"
            } else {
                "TLS cannot be set up; install the system's CA certificates (package `ca-certificates`), or let \
                 SSL_CERT_FILE name a file with them"
            },
            source: Some(Box::new(error.without_url())),
        }),
        Err(_) => Err(ConfigError::HttpClient {
            problem: "TLS has no crypto provider; turn on the feature `rustls` of cinnox-destination, or install a \
                      provider with rustls::crypto::CryptoProvider::install_default",
            source: None,
        }),
    }
}
