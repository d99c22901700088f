//! Rejects proxy variables that reqwest would silently ignore: the update and the token would bypass the proxy, or go
//! to one that cannot handle them.

use std::env;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::base_url::BaseUrl;
use crate::error::ConfigError;

/// The variables that apply to a scheme. reqwest uses the first variable of a pair that is set, even if empty. It falls
/// back to the second pair if the first names no proxy.
const HTTPS: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const HTTP: [[&str; 2]; 2] = [["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// reqwest assumes CGI if `REQUEST_METHOD` is set, and then ignores proxy variables, because a request header can set
/// `HTTP_PROXY`.
const IGNORED: &str =
    "is ignored in a CGI program; give the proxy to ClientBuilder::http_client, or unset REQUEST_METHOD";

/// Checks the variables that apply to the base URL. `NO_PROXY` is honoured.
pub(crate) fn check(base_url: &BaseUrl) -> Result<(), ConfigError> {
    let Ok(uri) = base_url.url().as_str().parse::<Uri>() else { return Ok(()) };
    let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| env::var(name).ok()).unwrap_or_default();
    let is_excepted = Matcher::builder().all("http://proxy").no(no_proxy).build().intercept(&uri).is_none();
    if is_excepted {
        return Ok(());
    }
    let is_cgi = env::var_os("REQUEST_METHOD").is_some();
    for pair in if base_url.is_https() { HTTPS } else { HTTP } {
        // `HTTP_PROXY` may come from the request header `Proxy`, so it is not an error that reqwest ignores it.
        let mut names = pair.into_iter().filter(|name| !is_cgi || *name != "HTTP_PROXY");
        let Some((variable, value)) = names.find_map(|name| Some((name, env::var_os(name)?))) else { continue };
        if !value.is_empty() {
            let checked = if is_cgi { Err(IGNORED) } else { check_value(value.to_str(), &uri) };
            return checked.map_err(|problem| ConfigError::Proxy { variable, problem });
        }
        if env::var_os(pair[1]).is_some_and(|other| !other.is_empty()) {
            let problem = "is empty and hides the variable with the same name in lower case; unset it";
            return Err(ConfigError::Proxy { variable, problem });
        }
    }
    Ok(())
}

fn check_value(value: Option<&str>, uri: &Uri) -> Result<(), &'static str> {
    let value = value.ok_or("is not UTF-8; correct or unset it")?;
    let proxy = Matcher::builder().all(value).build().intercept(uri);
    let proxy = proxy.filter(|proxy| has_valid_authority(proxy.uri()));
    let proxy = proxy.ok_or("is not the URL of a proxy; write http://HOST:PORT, or unset it")?;
    let is_socks = proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks"));
    if is_socks && !cfg!(feature = "socks") {
        return Err("names a SOCKS proxy; turn on the feature `socks` of cinnox-destination");
    }
    Ok(())
}

/// hyper-util is more lenient: it accepts `:3128`, `http=HOST` and port 99999.
fn has_valid_authority(uri: &Uri) -> bool {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match host_and_port.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (host_and_port, None),
    };
    !host.is_empty() && !host.contains('=') && port.is_none_or(|port| port.is_empty() || is_port(port))
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}
