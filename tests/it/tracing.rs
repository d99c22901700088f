//! A span for each call, a child span for each attempt with the names and values of OpenTelemetry's semantic conventions
//! for HTTP clients, and an event for each retry and each failed call.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

use cinnox_destination::{DestinationUpdate, RetryPolicy};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::set_default,
};
use tracing_subscriber::{Layer, Registry, layer::Context, layer::SubscriberExt, registry::LookupSpan};

use crate::support::{
    APP_ID, ClosedPort, DESTINATION_ID, TOKEN, UPDATED,
    answer::Answer,
    builder, destination, quick,
    server::{Behavior, Server},
    update,
};

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

/// The fields with a value.
fn fields<const N: usize>(fields: [(&'static str, &str); N]) -> Fields {
    let given = fields.into_iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| (name, value.to_owned())).collect()
}

fn in_quotes(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text:?}") }
}

/// The fields that say how an attempt failed, in its span and in an event; empty if absent.
#[derive(Clone, Copy, Default)]
struct Failed {
    error: &'static str,
    status: &'static str,
    code: &'static str,
    /// In an event alone.
    reason: &'static str,
    outcome: &'static str,
}

impl Failed {
    /// The fields of the span of attempt `number` at `port`.
    fn span(self, port: u16, number: u32) -> Fields {
        let resent = if number > 1 { (number - 1).to_string() } else { String::new() };
        fields([
            ("otel.name", "PATCH /v1/api/apps/{appID}/destination/{destinationID}"),
            ("otel.kind", "\"client\""),
            ("http.request.method", "\"PATCH\""),
            ("url.template", "\"/v1/api/apps/{appID}/destination/{destinationID}\""),
            ("server.address", "\"127.0.0.1\""),
            ("server.port", &port.to_string()),
            ("http.request.resend_count", &resent),
            ("http.response.status_code", self.status),
            ("error.type", &in_quotes(self.error)),
            ("cinnox.code", self.code),
        ])
    }

    fn event(self, message: &str, others: [(&'static str, &str); 2]) -> Fields {
        let own = fields([
            ("message", message),
            ("outcome", &in_quotes(self.outcome)),
            ("reason", &in_quotes(self.reason)),
            ("error.type", &in_quotes(self.error)),
            ("http.response.status_code", self.status),
            ("cinnox.code", self.code),
        ]);
        own.into_iter().chain(fields(others)).collect()
    }
}

struct Row {
    name: &'static str,
    server: Behavior,
    failed: Failed,
}

fn rows() -> Vec<Row> {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";
    let answer = |status, body: &str| Behavior::answer(Answer::status(status).body(body));
    let unknown = Failed { outcome: "unknown", ..Failed::default() };
    let rejected = Failed { outcome: "rejected", ..Failed::default() };
    vec![
        Row {
            name: "a page with the token",
            server: answer(503, TOKEN),
            failed: Failed { error: "503", status: "503", reason: "unexpected response, status 503", ..unknown },
        },
        Row {
            name: "throttled by code",
            server: Behavior::answer(Answer::status(400).code(6_451_010, "staff-canary-1")),
            failed: Failed {
                error: "400",
                status: "400",
                code: "6451010",
                reason: "code 6451010 (too many requests), status 400",
                ..rejected
            },
        },
        Row {
            name: "an error code with 200",
            server: answer(200, r#"{"code":6451001}"#),
            failed: Failed {
                error: "api",
                status: "200",
                code: "6451001",
                reason: "code 6451001 (bad response from the service), status 200",
                ..unknown
            },
        },
        Row {
            name: "an unclear 429",
            server: answer(429, UPDATED),
            failed: Failed { error: "429", status: "429", reason: "unclear response, status 429", ..unknown },
        },
        Row {
            name: "a closed connection",
            server: Behavior::close_after_reading(),
            failed: Failed { error: "connection_lost", reason: "connection lost", ..unknown },
        },
        Row {
            name: "half a response",
            server: Behavior::answer(half).closing(),
            failed: Failed {
                error: "connection_lost",
                status: "200",
                reason: "connection lost, status 200",
                ..unknown
            },
        },
        Row {
            name: "half a response and silence",
            server: Behavior::silence().then(half),
            failed: Failed { error: "timeout", status: "200", reason: "timeout, status 200", ..unknown },
        },
    ]
}

#[tokio::test]
async fn each_attempt_has_a_span_and_each_retry_an_event() {
    for Row { name, server, failed } in rows() {
        let server = Server::start(&[server, Behavior::success()]).await;
        let recorded = recorded(&update(), &server.url(), quick().idempotent()).await;
        let ok = Failed { status: "200", ..Failed::default() };
        let port = server.address.port();
        assert_eq!(recorded.attempts(), [failed.span(port, 1), ok.span(port, 2)], "{name}");
        let [(span, event)] = &recorded.events[..] else { panic!("{name}: {:?}", recorded.events) };
        assert!(event["delay_ms"].parse::<u64>().unwrap() <= 20, "{name}: {event:?}");
        let expected = failed.event("attempt failed, will retry", [("attempt", "1"), ("delay_ms", &event["delay_ms"])]);
        assert_eq!((*span, event), ("cinnox.call", &expected), "{name}");
    }
}

#[tokio::test]
async fn failed_call_has_one_event_with_outcome_and_reason() {
    struct Row {
        server: Behavior,
        failed: Failed,
        attempts: &'static str,
        not_retried: &'static str,
    }
    let answer = |answer: Answer| Behavior::answer(answer);
    for Row { server, failed, attempts, not_retried } in [
        Row {
            server: answer(Answer::status(400).code(3_000_205, "staff-canary-1")),
            failed: Failed {
                reason: "code 3000205 (destination not found), status 400",
                error: "400",
                status: "400",
                code: "3000205",
                outcome: "rejected",
            },
            attempts: "1",
            not_retried: "",
        },
        Row {
            server: Behavior::close_after_reading(),
            failed: Failed {
                reason: "connection lost",
                error: "connection_lost",
                outcome: "unknown",
                ..Failed::default()
            },
            attempts: "1",
            not_retried: "the retry policy is not idempotent",
        },
        Row {
            server: answer(Answer::status(429)),
            failed: Failed {
                reason: "unexpected response, status 429",
                error: "429",
                status: "429",
                outcome: "rejected",
                ..Failed::default()
            },
            attempts: "3",
            not_retried: "the maximum of 3 attempts was reached",
        },
        Row {
            server: answer(Answer::status(302).header("location", "/staff-canary-1")),
            failed: Failed {
                reason: "unexpected response, status 302",
                error: "302",
                status: "302",
                outcome: "unknown",
                ..Failed::default()
            },
            attempts: "1",
            not_retried: "",
        },
    ] {
        let server = Server::start(&[server]).await;
        let recorded = recorded(&update(), &server.url(), quick()).await;
        let (last, retries) = recorded.events.split_last().unwrap();
        assert!(retries.iter().all(|(_, event)| event["message"] == "attempt failed, will retry"));
        let expected = failed.event("call failed", [("attempts", attempts), ("not_retried", not_retried)]);
        assert_eq!(*last, ("cinnox.call", expected));
        assert_eq!(recorded.attempts().len().to_string(), attempts);
    }
}

#[tokio::test]
async fn call_without_connection_or_request_has_spans_and_an_event() {
    let port = ClosedPort::bind();
    let refused = recorded(&update(), &port.url(), quick()).await;
    let failed = Failed { error: "connect", ..Failed::default() };
    assert_eq!(refused.attempts(), [1, 2, 3].map(|number| failed.span(port.address.port(), number)));

    let mut invalid = update();
    invalid.types.clear();
    let recorded = recorded(&invalid, &port.url(), quick()).await;
    let failed = Failed { reason: "invalid update", error: "invalid_update", outcome: "not_sent", ..Failed::default() };
    let expected = failed.event("call failed", [("attempts", "0"), ("not_retried", "")]);
    assert_eq!(recorded.events, [("cinnox.call", expected)]);
    assert_eq!(recorded.attempts(), [] as [Fields; 0]);
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
