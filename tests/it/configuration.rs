//! Values from the environment and settings of a client, as they act on calls.

use std::{env, fs, time::Duration};

use cinnox_destination::{
    ClientBuilder, Error, ErrorKind, Outcome, RetryPolicy, Rule, SupportLanguages, Timeout, prelude::*,
};
use reqwest::dns::{Name, Resolve, Resolving};
use tokio::time::Instant;

use crate::{
    faults::cases::HEADER_LIMIT,
    support::{builder, call, destination, fail, http_without_roots, process, recorder::Recorder, update},
};

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

/// The rows of the documented table: the method that sets the limit, and its default.
fn documented() -> Vec<(String, String)> {
    let rows = include_str!("../../src/client/builder.rs").lines().filter_map(|line| line.strip_prefix("/// | "));
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

/// That the settings act as their values say is tested in `faults`, below, and in `retries`.
#[test]
fn documented_table_states_the_defaults() {
    let client = Client::builder().base_url("http://localhost").app_id("app-1").app_token("token-1");
    let (builder, policy) = (format!("{client:?}"), format!("{:?}", RetryPolicy::default()));
    assert_eq!(setting(&builder, "max_response_bytes"), (1024 * 1024).to_string());
    let expected = [
        ("connect_timeout", setting(&builder, "connect_timeout")),
        ("attempt_timeout", setting(&builder, "attempt_timeout")),
        ("total_timeout", setting(&builder, "total_timeout")),
        ("idle_timeout", setting(&builder, "idle_timeout")),
        ("max_response_bytes", "1 MiB".to_owned()),
        ("", HEADER_LIMIT.to_string()),
        ("RetryPolicy::max_attempts", setting(&policy, "max_attempts")),
        ("RetryPolicy::initial_backoff", setting(&policy, "initial_backoff")),
        ("RetryPolicy::max_backoff", setting(&policy, "max_backoff")),
        ("RetryPolicy::max_retry_after", setting(&policy, "max_retry_after")),
        ("retry_budget", setting(&builder, "retry_budget")),
    ];
    assert_eq!(documented(), expected.map(|(method, default)| (method.to_owned(), default)));
}

/// A resolver that never answers: time passes and nothing else happens.
struct NeverAnswers;

impl Resolve for NeverAnswers {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(std::future::pending())
    }
}

/// With the clock paused, a call that never gets a connection takes exactly the time that it is allowed.
#[tokio::test(start_paused = true)]
async fn timeout_while_connecting_is_exact_and_not_sent() {
    struct Row {
        name: &'static str,
        settings: fn(ClientBuilder) -> ClientBuilder,
        timeout: Timeout,
        attempts: u32,
        /// In seconds, without the delays between attempts.
        at_least: f64,
        at_most: f64,
    }
    const HOUR: Duration = Duration::from_secs(3600);
    let never = |name, settings, timeout, seconds| Row {
        name,
        settings,
        timeout,
        attempts: 1,
        at_least: seconds,
        at_most: seconds + 0.01,
    };
    let rows = [
        never("the default connect timeout", |client| client.retry(RetryPolicy::never()), Timeout::Connect, 5.0),
        never(
            "the default attempt timeout",
            |client| client.connect_timeout(HOUR).retry(RetryPolicy::never()),
            Timeout::Attempt,
            15.0,
        ),
        never(
            "the default total timeout",
            |client| client.connect_timeout(HOUR).attempt_timeout(HOUR),
            Timeout::Total,
            60.0,
        ),
        Row {
            name: "three attempts",
            settings: |client| client,
            timeout: Timeout::Connect,
            attempts: 3,
            at_least: 15.0,
            at_most: 16.5,
        },
        Row {
            name: "the last attempt has what is left",
            settings: |client| {
                let at_once = RetryPolicy::default().max_attempts(99).initial_backoff(Duration::ZERO);
                client.connect_timeout(HOUR).attempt_timeout(Duration::from_secs(25)).retry(at_once)
            },
            timeout: Timeout::Total,
            attempts: 3,
            at_least: 60.0,
            at_most: 60.01,
        },
    ];
    for Row { name, settings, timeout, attempts, at_least, at_most } in rows {
        let http = http_without_roots().dns_resolver(NeverAnswers).no_proxy();
        let client = builder("http://nowhere.test").allow_http().http_client(http).retry(RetryPolicy::default());
        let begin = Instant::now();
        let error: Error = fail(settings(client)).await;
        assert!(
            matches!(error.kind(), ErrorKind::Timeout { timeout: found, .. } if *found == timeout),
            "{name}: {error:?}"
        );
        assert_eq!((error.attempts(), error.outcome()), (attempts, Outcome::NotSent), "{name}");
        // A timer has whole milliseconds, and may be one late in each attempt.
        let elapsed = begin.elapsed().as_secs_f64();
        assert!((at_least..at_most + 0.01).contains(&elapsed), "{name}: {elapsed} s");
    }
}
