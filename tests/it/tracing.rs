//! A span for each call, a child span for each attempt with the names and values of OpenTelemetry's semantic conventions
//! for HTTP clients, and an event for each retry and each failed call.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cinnox_destination::{DestinationUpdate, RetryPolicy};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{Layer, Registry, layer::Context, layer::SubscriberExt, registry::LookupSpan};

use crate::support::answer::Answer;
use crate::support::server::{Behavior, Server};
use crate::support::{APP_ID, ClosedPort, DESTINATION_ID, TOKEN, UPDATED, builder, destination, quick, update};

/// The fields of a span or an event by name, with strings in quotes.
type Fields = BTreeMap<&'static str, String>;

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    /// The spans of this crate in the order in which they started.
    spans: Vec<Span>,
    /// The events of this crate, each with the name of its span.
    events: Vec<(&'static str, Fields)>,
    closed: usize,
    /// Every event and span of every crate, formatted.
    everything: Vec<String>,
}

#[derive(Clone, Debug)]
struct Span {
    id: Id,
    name: &'static str,
    parent: Option<&'static str>,
    fields: Fields,
}

struct Values<'a>(&'a mut Fields);

impl Visit for Values<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let before = self.0.insert(field.name(), format!("{value:?}"));
        assert_eq!(before, None, "{field} is recorded twice");
    }
}

/// The target is part of the API: users filter by it.
fn is_ours(target: &str) -> bool {
    let is_ours = target.starts_with("cinnox_destination");
    assert!(!is_ours || target == "cinnox_destination", "{target}");
    is_ours
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Values(&mut fields));
        let mut recorded = self.0.lock().unwrap();
        recorded.everything.push(format!("{attributes:?} {fields:?}"));
        if is_ours(attributes.metadata().target()) {
            assert_eq!(*attributes.metadata().level(), Level::INFO);
            let parent = context.span(id).and_then(|span| span.parent()).map(|parent| parent.name());
            recorded.spans.push(Span { id: id.clone(), name: attributes.metadata().name(), parent, fields });
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut recorded = self.0.lock().unwrap();
        recorded.everything.push(format!("{values:?}"));
        if let Some(span) = recorded.spans.iter_mut().rev().find(|span| span.id == *id) {
            values.record(&mut Values(&mut span.fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Values(&mut fields));
        let mut recorded = self.0.lock().unwrap();
        recorded.everything.push(format!("{event:?} {fields:?}"));
        if is_ours(event.metadata().target()) {
            let span = context.event_span(event).map_or("", |span| span.name());
            recorded.events.push((span, fields));
        }
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut recorded = self.0.lock().unwrap();
        if recorded.spans.iter().any(|span| span.id == id) {
            recorded.closed += 1;
        }
    }
}

impl Recorded {
    /// The spans of the attempts, which are children of the span of the call.
    #[track_caller]
    fn attempts(&self) -> Vec<Fields> {
        let mut spans = self.spans.iter();
        let call = spans.next().expect("a call has a span");
        assert_eq!((call.name, call.parent), ("cinnox.call", None));
        assert_eq!(call.fields["cinnox.operation"], "\"update_destination\"");
        let attempts: Vec<_> = spans.collect();
        assert!(attempts.iter().all(|span| (span.name, span.parent) == ("http.client.request", Some("cinnox.call"))));
        attempts.into_iter().map(|span| span.fields.clone()).collect()
    }
}

/// Records one call with this policy at every level.
async fn recorded(update: &DestinationUpdate, url: &str, policy: RetryPolicy) -> Recorded {
    let layer = Recorder::default();
    let guard = set_default(Registry::default().with(layer.clone()));
    let client = builder(url).attempt_timeout(Duration::from_secs(2)).retry(policy).build().unwrap();
    // Other tests check the result.
    let _ = client.update(&destination(), update).await;
    drop(client);
    drop(guard);
    let recorded = std::mem::take(&mut *layer.0.lock().unwrap());
    assert_eq!(recorded.closed, recorded.spans.len());
    let everything = recorded.everything.join("\n");
    for private in [TOKEN, APP_ID, DESTINATION_ID, "Night shift", "staff-canary-1"] {
        assert!(!everything.contains(private), "{private} in {everything}");
    }
    assert_documented(&recorded);
    recorded
}

/// The fields in the order of the names, those that are absent left out.
fn line(fields: &Fields, names: &[&'static str]) -> String {
    let given = names.iter().filter_map(|name| fields.get(name).map(|value| format!("{name}: {value}")));
    given.collect::<Vec<_>>().join(", ")
}

const OF_THE_RESPONSE: [&str; 3] = ["http.response.status_code", "error.type", "cinnox.code"];

/// What the span of attempt `number` says of the response, if everything else in it is as it must be.
#[track_caller]
fn response_of(span: &Fields, port: u16, number: u32) -> String {
    let path = "/v1/api/apps/{appID}/destination/{destinationID}";
    let mut rest = span.clone();
    rest.retain(|name, _| !OF_THE_RESPONSE.contains(name));
    let mut expected = Fields::from([
        ("otel.name", format!("PATCH {path}")),
        ("otel.kind", "\"client\"".to_owned()),
        ("http.request.method", "\"PATCH\"".to_owned()),
        ("url.template", format!("{path:?}")),
        ("server.address", "\"127.0.0.1\"".to_owned()),
        ("server.port", port.to_string()),
    ]);
    if number > 1 {
        expected.insert("http.request.resend_count", (number - 1).to_string());
    }
    assert_eq!(rest, expected);
    line(span, &OF_THE_RESPONSE)
}

/// An event of the call, without its delay.
#[track_caller]
fn event((span, fields): &(&'static str, Fields)) -> String {
    const NAMES: [&str; 6] = ["message", "attempt", "attempts", "outcome", "reason", "not_retried"];
    assert_eq!(*span, "cinnox.call");
    let known = |name: &&str| NAMES.contains(name) || OF_THE_RESPONSE.contains(name) || *name == "delay_ms";
    assert!(fields.keys().all(known), "{fields:?}");
    line(fields, &NAMES)
}

#[tokio::test]
async fn each_attempt_has_a_span_and_each_retry_an_event() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";
    let answer = |status, body: &str| Behavior::answer(Answer::status(status).body(body));
    for (server, span, outcome, reason) in [
        (answer(503, TOKEN), r#"http.response.status_code: 503, error.type: "503""#, "unknown", "unexpected response"),
        (
            Behavior::answer(Answer::status(400).code(6_451_010, "staff-canary-1")),
            r#"http.response.status_code: 400, error.type: "400", cinnox.code: 6451010"#,
            "rejected",
            "code 6451010 (too many requests)",
        ),
        (
            answer(200, r#"{"code":6451001}"#),
            r#"http.response.status_code: 200, error.type: "api", cinnox.code: 6451001"#,
            "unknown",
            "code 6451001 (bad response from the service)",
        ),
        (answer(429, UPDATED), r#"http.response.status_code: 429, error.type: "429""#, "unknown", "unclear response"),
        (Behavior::close_after_reading(), r#"error.type: "connection_lost""#, "unknown", "connection lost"),
        (
            Behavior::answer(half).closing(),
            r#"http.response.status_code: 200, error.type: "connection_lost""#,
            "unknown",
            "connection lost",
        ),
        (
            Behavior::silence().then(half),
            r#"http.response.status_code: 200, error.type: "timeout""#,
            "unknown",
            "timeout",
        ),
    ] {
        let server = Server::start(&[server, Behavior::success()]).await;
        let recorded = recorded(&update(), &server.url(), quick().idempotent()).await;
        let attempts = recorded.attempts();
        let [first, second] = &attempts[..] else { panic!("{attempts:?}") };
        let port = server.address.port();
        assert_eq!(response_of(first, port, 1), span);
        assert_eq!(response_of(second, port, 2), "http.response.status_code: 200");
        let [retry] = &recorded.events[..] else { panic!("{:?}", recorded.events) };
        assert_eq!(
            event(retry),
            format!("message: attempt failed, will retry, attempt: 1, outcome: {outcome:?}, reason: {reason:?}")
        );
        assert_eq!(line(&retry.1, &OF_THE_RESPONSE), span);
        assert!(retry.1["delay_ms"].parse::<u64>().unwrap() <= 20, "{retry:?}");
    }
}

#[tokio::test]
async fn failed_call_has_one_event_with_outcome_and_reason() {
    let answer = |answer: Answer| Behavior::answer(answer);
    for (server, attempts, outcome, reason) in [
        (
            answer(Answer::status(400).code(3_000_205, "staff-canary-1")),
            1,
            "rejected",
            r#""code 3000205 (destination not found)""#,
        ),
        (
            Behavior::close_after_reading(),
            1,
            "unknown",
            r#""connection lost", not_retried: the retry policy is not idempotent"#,
        ),
        (
            answer(Answer::status(429)),
            3,
            "rejected",
            r#""unexpected response", not_retried: the maximum of 3 attempts was reached"#,
        ),
        (answer(Answer::status(302).header("location", "/staff-canary-1")), 1, "unknown", r#""unexpected response""#),
    ] {
        let server = Server::start(&[server]).await;
        let recorded = recorded(&update(), &server.url(), quick()).await;
        let (last, retries) = recorded.events.split_last().unwrap();
        assert!(retries.iter().all(|(_, event)| event["message"] == "attempt failed, will retry"));
        assert_eq!(
            event(last),
            format!("message: call failed, attempts: {attempts}, outcome: {outcome:?}, reason: {reason}")
        );
        assert_eq!((recorded.attempts().len(), retries.len()), (attempts, attempts - 1));
    }
}

#[tokio::test]
async fn call_without_connection_or_request_has_spans_and_an_event() {
    let port = ClosedPort::bind();
    let refused = recorded(&update(), &port.url(), quick()).await;
    let responses =
        refused.attempts().into_iter().zip(1..).map(|(span, number)| response_of(&span, port.address.port(), number));
    assert_eq!(responses.collect::<Vec<_>>(), [r#"error.type: "connect""#; 3]);

    let mut invalid = update();
    invalid.types.clear();
    let recorded = recorded(&invalid, &port.url(), quick()).await;
    let [failed] = &recorded.events[..] else { panic!("{:?}", recorded.events) };
    let expected = r#"message: call failed, attempts: 0, outcome: "not_sent", reason: "invalid update""#;
    assert_eq!((event(failed), failed.1["error.type"].as_str()), (expected.to_owned(), r#""invalid_update""#));
    assert!(recorded.attempts().is_empty());
}

#[tokio::test]
async fn successful_call_has_no_event_and_a_long_delay_is_in_milliseconds() {
    let server = Server::start(&[Behavior::success()]).await;
    assert_eq!(recorded(&update(), &server.url(), quick()).await.events, []);
    let busy = Behavior::answer(Answer::status(429).header("retry-after", "1"));
    let server = Server::start(&[busy, Behavior::success()]).await;
    let recorded = recorded(&update(), &server.url(), quick()).await;
    let delay: u64 = recorded.events[0].1["delay_ms"].parse().unwrap();
    assert!((1_000..2_000).contains(&delay), "{delay}");
}

/// The table in the documentation has each span, event and field.
#[track_caller]
fn assert_documented(recorded: &Recorded) {
    let (_, logs) = include_str!("../../src/lib.rs").split_once("//! # Logs").unwrap();
    let (logs, _) = logs.split_once("//! # ").unwrap();
    let row = |name: &str| logs.lines().find(|line| line.starts_with(&format!("//! | {name} |"))).map(str::to_owned);
    let spans = recorded.spans.iter().map(|span| (format!("span `{}`", span.name), &span.fields));
    let events = recorded.events.iter().map(|(_, fields)| (format!("event `{}`", fields["message"]), fields));
    for (name, fields) in spans.chain(events) {
        let row = row(&name).unwrap_or_else(|| panic!("{name} is not in the table of the section \"Logs\""));
        for field in fields.keys().filter(|field| **field != "message") {
            assert!(row.contains(&format!("`{field}`")), "{field} is not in {row}");
        }
    }
}
