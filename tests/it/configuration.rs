//! Values from the environment and settings of a client, as they act on calls.

use std::{env, fs};

use cinnox_destination::prelude::*;
use cinnox_destination::{ClientBuilder, ErrorKind, Outcome, Rule, SupportLanguages};

use crate::support::recorder::Recorder;
use crate::support::{builder, call, destination, process, update};

/// The result of a client from the environment: its App ID and token, or the message.
async fn from_env() -> String {
    let server = Recorder::start().await;
    match ClientBuilder::from_env().base_url(&server.url()).build() {
        Ok(client) => {
            client.update(&destination(), &update()).await.unwrap();
            format!("{} {}", client.app_id(), server.take_one().header("authorization").unwrap())
        }
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn takes_values_from_the_environment() {
    struct Row<'a> {
        variables: &'a [(&'a str, &'a str)],
        result: &'a str,
    }
    const EXPECTED: &str = "CINNOX_TEST_EXPECTED";
    if process::is_own() {
        return assert_eq!(from_env().await, env::var(EXPECTED).unwrap());
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, "token-file\n").unwrap();
    let path = file.path().to_str().unwrap();
    let (app, token) = (("CINNOX_APP_ID", "app-1"), ("CINNOX_APP_TOKEN", "token-1"));
    let rows = [
        Row { variables: &[app, token], result: "app-1 Bearer token-1" },
        Row { variables: &[app, ("CINNOX_APP_TOKEN_FILE", path)], result: "app-1 Bearer token-file" },
        Row { variables: &[app, token, ("CINNOX_APP_TOKEN_FILE", "")], result: "app-1 Bearer token-1" },
        Row {
            variables: &[app, token, ("CINNOX_APP_TOKEN_FILE", path)],
            result: "both CINNOX_APP_TOKEN and CINNOX_APP_TOKEN_FILE are set; unset one of them",
        },
        Row {
            variables: &[app, ("CINNOX_APP_TOKEN", "")],
            result: "the App Token (CINNOX_APP_TOKEN or CINNOX_APP_TOKEN_FILE) is missing; the dashboard shows it",
        },
        Row {
            variables: &[("CINNOX_APP_ID", "")],
            result: "the App ID (CINNOX_APP_ID) is missing; the dashboard shows it; the App Token (CINNOX_APP_TOKEN or \
                     CINNOX_APP_TOKEN_FILE) is missing; the dashboard shows it",
        },
        Row {
            variables: &[app, ("CINNOX_APP_TOKEN", "\"token-1\"")],
            result: "the App Token contains white space, a quote, a backslash, a control character or a non-ASCII \
                     character; pass only the token",
        },
    ];
    for Row { variables, result } in rows {
        let variables = [&[(EXPECTED, result)], variables].concat();
        process::run(module_path!(), "takes_values_from_the_environment", &variables);
    }
}

#[tokio::test]
async fn proxy_variables_do_not_apply_to_loopback() {
    if process::is_own() {
        let server = Recorder::start().await;
        call(builder(&server.url())).await.unwrap();
        assert_eq!(server.take().len(), 1);
        call(builder("http://elsewhere.test").allow_http()).await.unwrap();
        return;
    }
    let proxy = Recorder::start().await;
    let url = proxy.url();
    let variables = [("http_proxy", &*url), ("HTTP_PROXY", &*url), ("all_proxy", &*url), ("ALL_PROXY", &*url)];
    process::run(module_path!(), "proxy_variables_do_not_apply_to_loopback", &variables);
    // The second call used the proxy, so it would have been found in the first one as well.
    assert_eq!(proxy.take_one().header("host"), Some("elsewhere.test"));
}

/// In a process of its own, because of the environment. As in a container image without certificates.
#[tokio::test]
async fn explains_missing_ca_certificates_and_needs_none_for_http_on_loopback() {
    const TEST: &str = "explains_missing_ca_certificates_and_needs_none_for_http_on_loopback";
    if !process::is_own() {
        let nowhere = [("SSL_CERT_FILE", "/nonexistent/roots.pem"), ("SSL_CERT_DIR", "/nonexistent")];
        return process::run(module_path!(), TEST, &nowhere);
    }
    let server = Recorder::start().await;
    let client = |url: &str| Client::builder().base_url(url).app_id("app-1").app_token("token-12345");
    call(client(&server.url())).await.unwrap();
    // Only on Linux can the roots be missing; elsewhere they are part of the operating system.
    if cfg!(target_os = "linux") {
        let message = client("https://nowhere.test").build().unwrap_err().to_string();
        let advice = "; install the system's CA certificates (package `ca-certificates`), or let SSL_CERT_FILE name a \
                      file with them";
        assert!(message.starts_with("TLS cannot be set up: ") && message.ends_with(advice), "{message}");
    }
}

/// Another crate of the program can turn on reqwest's `hickory-dns`, which would replace the resolver.
#[test]
fn builder_keeps_the_resolver_of_the_operating_system() {
    assert!(include_str!("../../src/client/builder.rs").contains("            .no_hickory_dns()\n"));
}

#[tokio::test]
async fn skips_rules_of_ours_alone() {
    let server = Recorder::start().await;
    let lenient = builder(&server.url()).skip_rule(Rule::NotE164).skip_rule(Rule::Duplicate).build().unwrap();
    let mut unusual = update().with_phones(["12", "12"]);
    lenient.update(&destination(), &unusual).await.unwrap();
    assert!(server.take_one().body.contains(r#""phoneTargets":["12","12"]"#));

    // Other rules hold, and validation stays complete.
    unusual.support_languages = SupportLanguages::only(["en", "*"]);
    let error = lenient.update(&destination(), &unusual).await.unwrap_err();
    let ErrorKind::InvalidUpdate { violations, .. } = error.kind() else { panic!("{error:?}") };
    assert_eq!(violations.iter().map(Violation::rule).collect::<Vec<_>>(), [Rule::WildcardNotAlone]);
    assert_eq!((error.outcome(), error.attempts(), server.take().len()), (Outcome::NotSent, 0, 0));
    assert_eq!(unusual.validate().unwrap_err().len(), 4);
    let strict = builder(&server.url()).build().unwrap();
    assert!(strict.update(&destination(), &unusual).await.is_err());
}
