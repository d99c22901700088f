//! Refuses proxy variables that reqwest would pass over: the update and the token would then go out without the proxy,
//! or to a proxy that does not understand them.

use std::env;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::base_url::BaseUrl;
use crate::error::ConfigError;

/// For each scheme, the variables in the order in which reqwest reads them.
const HTTPS: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const HTTP: [&str; 4] = ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// Checks the variable that applies to the base URL. `NO_PROXY` is honoured.
pub(crate) fn check(base_url: &BaseUrl) -> Result<(), ConfigError> {
    let Ok(uri) = base_url.url().as_str().parse::<Uri>() else { return Ok(()) };
    let variables = if base_url.is_https() { HTTPS } else { HTTP };
    let set = |name: &&'static str| env::var(name).ok().filter(|value| !value.is_empty());
    let Some(variable) = variables.into_iter().find(|name| set(name).is_some()) else { return Ok(()) };
    let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| env::var(name).ok()).unwrap_or_default();
    let is_excepted = Matcher::builder().all("http://proxy").no(no_proxy).build().intercept(&uri).is_none();
    // Programs that run as CGI use no proxy at all, because a request could set the variable.
    if is_excepted || env::var_os("REQUEST_METHOD").is_some() {
        return Ok(());
    }
    let problem = match Matcher::from_env().intercept(&uri) {
        None => "is not the URL of a proxy; correct or unset it",
        Some(proxy) => match proxy.uri().scheme_str() {
            Some("http" | "https") => return Ok(()),
            Some("socks4" | "socks4a" | "socks5" | "socks5h") if cfg!(feature = "socks") => return Ok(()),
            Some("socks4" | "socks4a" | "socks5" | "socks5h") => {
                "names a SOCKS proxy; turn on the feature `socks` of cinnox-destination"
            }
            _ => "names a proxy with an unknown scheme; write http://HOST:PORT",
        },
    };
    Err(ConfigError::Proxy { variable, problem })
}
