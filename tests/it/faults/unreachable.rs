//! Failures to connect.

use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use cinnox_destination::{Error, Outcome};
use reqwest::dns::{Name, Resolve, Resolving};

use super::{ATTEMPT, fail};
use crate::support::{ClosedPort, TOKEN, all_texts, builder, observed::Observed};

/// A resolver that knows no name, and counts the queries.
#[derive(Clone, Default)]
struct KnowsNoName(Arc<AtomicUsize>);

impl Resolve for KnowsNoName {
    fn resolve(&self, name: Name) -> Resolving {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move { Err(format!("{} is unknown here", name.as_str()).into()) })
    }
}

/// Asserts that the call made three attempts, none of which reached a server, and that its error says why.
#[track_caller]
pub(super) fn assert_not_connected(what: &str, error: &Error, kind: &str, reason: &str) {
    assert_eq!(Observed::from(error), Observed::failed(kind, Outcome::NotSent, None), "{what}: {error}");
    assert_eq!(error.attempts(), 3, "{what}");
    assert!(error.is_retryable(), "{what}");
    let texts = all_texts(error);
    assert!(error.to_string().starts_with("could not connect") && texts.contains(reason), "{what}: {texts}");
    assert!(!texts.contains(TOKEN), "{what}");
}

#[tokio::test]
async fn retries_refused_connection_and_reports_not_sent() {
    let port = ClosedPort::bind();
    for idempotent in [false, true] {
        let (error, elapsed) = fail(builder(&port.url()), idempotent).await;
        assert_not_connected("nothing listens", &error, "Connect", "refused");
        assert!(error.source().is_some());
        assert!(elapsed < ATTEMPT, "{elapsed:?}");
    }
}

#[tokio::test]
async fn retries_unknown_host_and_reports_not_sent() {
    for idempotent in [false, true] {
        let names = KnowsNoName::default();
        let http = reqwest::Client::builder().dns_resolver(names.clone()).no_proxy();
        let (error, elapsed) = fail(builder("https://nobody.test").http_client(http), idempotent).await;
        assert_not_connected("no such name", &error, "Connect", "nobody.test is unknown here");
        assert_eq!(names.0.load(Ordering::SeqCst), 3);
        assert!(elapsed < ATTEMPT, "{elapsed:?}");
    }
}
