//! Refuses proxy variables that reqwest would pass over: the update and the token would then go out without the proxy,
//! or to a proxy that does not understand them.

use std::env;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::base_url::BaseUrl;
use crate::error::ConfigError;

/// The variables that apply to a scheme. Of each pair, reqwest takes the first that is set, even if it is empty; the second
/// pair counts if the first one names no proxy.
const HTTPS: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const HTTP: [[&str; 2]; 2] = [["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]];

/// Checks the variables that apply to the base URL. `NO_PROXY` is honoured.
pub(crate) fn check(base_url: &BaseUrl) -> Result<(), ConfigError> {
    let Ok(uri) = base_url.url().as_str().parse::<Uri>() else { return Ok(()) };
    let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| env::var(name).ok()).unwrap_or_default();
    let is_excepted = Matcher::builder().all("http://proxy").no(no_proxy).build().intercept(&uri).is_none();
    // Programs that run as CGI use no proxy at all, because a request could set the variable.
    if is_excepted || env::var_os("REQUEST_METHOD").is_some() {
        return Ok(());
    }
    for pair in if base_url.is_https() { HTTPS } else { HTTP } {
        let Some((variable, value)) = pair.into_iter().find_map(|name| Some((name, env::var_os(name)?))) else {
            continue;
        };
        if !value.is_empty() {
            return check_value(value.to_str(), &uri).map_err(|problem| ConfigError::Proxy { variable, problem });
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
    let proxy = proxy.ok_or("is not the URL of a proxy; write http://HOST:PORT, or unset it")?;
    let is_socks = proxy.uri().scheme_str().is_some_and(|scheme| scheme.starts_with("socks"));
    if is_socks && !cfg!(feature = "socks") {
        return Err("names a SOCKS proxy; turn on the feature `socks` of cinnox-destination");
    }
    Ok(())
}
