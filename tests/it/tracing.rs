//! The feature `tracing`: a span for each call, a child span for each attempt with the names and values of
//! OpenTelemetry's semantic conventions for HTTP clients, and an event for each retry and each failed call.

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
    APP_ID, ClosedPort, DESTINATION_ID, TOKEN,
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
async fn recorded(url: &str, policy: RetryPolicy) -> Recorded {
    recorded_of(&update(), url, policy).await
}

async fn recorded_of(update: &DestinationUpdate, url: &str, policy: RetryPolicy) -> Recorded {
    let layer = Recorder::default();
    let guard = set_default(Registry::default().with(layer.clone()));
    let client = builder(url).attempt_timeout(Duration::from_secs(2)).retry(policy).build().unwrap();
    // Other tests check the result.
    let _ = client.update(&destination(), update).await;
    drop(client);
    drop(guard);
    let recorded = std::mem::take(&mut *layer.0.lock().unwrap());
    assert_eq!(recorded.closed, recorded.spans.len());
    recorded
}

/// The fields of an attempt's span that depend on the response; empty if absent.
#[derive(Clone, Copy)]
struct Attempt {
    status: &'static str,
    error: &'static str,
    code: &'static str,
}

impl Attempt {
    /// The fields of attempt `number` at `port`.
    fn fields(self, port: u16, number: usize) -> Fields {
        let port = port.to_string();
        let resent = number.checked_sub(2).map(|count| (count + 1).to_string()).unwrap_or_default();
        let error = if self.error.is_empty() { String::new() } else { format!("{:?}", self.error) };
        let fields = [
            ("otel.name", "PATCH /v1/api/apps/{appID}/destination/{destinationID}"),
            ("otel.kind", "\"client\""),
            ("http.request.method", "\"PATCH\""),
            ("url.template", "\"/v1/api/apps/{appID}/destination/{destinationID}\""),
            ("server.address", "\"127.0.0.1\""),
            ("server.port", &port),
            ("http.request.resend_count", &resent),
            ("http.response.status_code", self.status),
            ("error.type", &error),
            ("cinnox.code", self.code),
        ];
        fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.to_owned()))
            .collect()
    }
}

const OK: Attempt = Attempt { status: "200", error: "", code: "" };

#[tokio::test]
async fn each_attempt_has_span_with_opentelemetry_names() {
    struct Row {
        name: &'static str,
        server: Vec<Behavior>,
        attempts: Vec<Attempt>,
    }
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";
    let answer = |status, body: &str| Behavior::answer(Answer::status(status).body(body));
    let rows = [
        Row { name: "success", server: vec![Behavior::success()], attempts: vec![OK] },
        Row {
            name: "two retries",
            server: vec![answer(503, TOKEN), Behavior::close_after_reading(), Behavior::success()],
            attempts: vec![
                Attempt { status: "503", error: "503", code: "" },
                Attempt { status: "", error: "connection_lost", code: "" },
                OK,
            ],
        },
        Row {
            name: "half a response",
            server: vec![Behavior::answer(half).closing(), Behavior::success()],
            attempts: vec![Attempt { status: "200", error: "connection_lost", code: "" }, OK],
        },
        Row {
            name: "half a response and silence",
            server: vec![Behavior::silence().then(half), Behavior::silence(), Behavior::success()],
            attempts: vec![
                Attempt { status: "200", error: "timeout", code: "" },
                Attempt { status: "", error: "timeout", code: "" },
                OK,
            ],
        },
        Row {
            name: "an error code with 200",
            server: vec![answer(200, r#"{"code":6451000}"#)],
            attempts: vec![Attempt { status: "200", error: "api", code: "6451000" }],
        },
        Row {
            name: "HTML with 200",
            server: vec![answer(200, "<p>")],
            attempts: vec![Attempt { status: "200", error: "unexpected_response", code: "" }],
        },
        Row {
            name: "UTF-16 with 200",
            server: vec![answer(200, "\0<\0p")],
            attempts: vec![Attempt { status: "200", error: "unreadable_response", code: "" }],
        },
        Row {
            name: "a body that is too large",
            server: vec![Behavior::answer("HTTP/1.1 200 OK\r\n\r\n").then_forever("x".repeat(4096))],
            attempts: vec![Attempt { status: "200", error: "body_too_large", code: "" }],
        },
        Row {
            name: "a redirect",
            server: vec![Behavior::answer(Answer::status(308).header("location", "/staff-canary-1"))],
            attempts: vec![Attempt { status: "308", error: "308", code: "" }],
        },
    ];
    for Row { name, server, attempts } in rows {
        let server = Server::start(&server).await;
        let recorded = recorded(&server.url(), quick().idempotent()).await;
        let port = server.address.port();
        let expected: Vec<_> = attempts.iter().zip(1..).map(|(attempt, number)| attempt.fields(port, number)).collect();
        assert_eq!(recorded.attempts(), expected, "{name}");
        assert_documented(&recorded);
        let everything = recorded.everything.join("\n");
        for private in [TOKEN, APP_ID, DESTINATION_ID, "Night shift", "staff-canary-1"] {
            assert!(!everything.contains(private), "{name}: {private} in {everything}");
        }
    }
}

#[tokio::test]
async fn attempt_without_connection_has_span() {
    let port = ClosedPort::bind();
    let recorded = recorded(&port.url(), quick()).await;
    let attempt = Attempt { status: "", error: "connect", code: "" };
    let expected: Vec<_> = (1..=3).map(|number| attempt.fields(port.address.port(), number)).collect();
    assert_eq!(recorded.attempts(), expected);
}

/// The table in the documentation lists each span, event and field.
#[track_caller]
fn assert_documented(recorded: &Recorded) {
    let documentation = include_str!("../../src/lib.rs");
    let (_, logs) = documentation.split_once("//! # Logs").unwrap();
    let (logs, _) = logs.split_once("//! # ").unwrap();
    let spans = recorded.spans.iter().flat_map(|span| span.fields.keys().copied().chain([span.name]));
    let events = recorded.events.iter().flat_map(|(_, fields)| {
        fields.iter().map(|(name, value)| if *name == "message" { value.as_str() } else { name })
    });
    for name in spans.chain(events) {
        assert!(logs.contains(&format!("| `{name}` |")), "`{name}` is not in the table of the section \"Logs\"");
    }
}

/// The fields of an event that describe the failure.
struct Failed {
    reason: &'static str,
    error: &'static str,
    status: &'static str,
    code: &'static str,
}

impl Failed {
    /// The fields of an event, including `others`.
    fn fields(&self, others: &[(&'static str, &str)]) -> Fields {
        let error = format!("{:?}", self.error);
        let own = [
            ("reason", self.reason),
            ("error.type", error.as_str()),
            ("http.response.status_code", self.status),
            ("cinnox.code", self.code),
        ];
        let fields = own.iter().chain(others).filter(|(_, value)| !value.is_empty());
        fields.map(|(name, value)| (*name, (*value).to_owned())).collect()
    }
}

#[tokio::test]
async fn each_retry_has_event_with_attempt_reason_and_delay() {
    struct Row {
        server: Behavior,
        failed: Failed,
        outcome: &'static str,
    }
    let status = |status| Behavior::answer(Answer::status(status).body("staff-canary-1"));
    let code = |status, code| Behavior::answer(Answer::status(status).code(code, "staff-canary-1"));
    let rows = [
        Row {
            server: status(503),
            failed: Failed { reason: "unexpected response, status 503", error: "503", status: "503", code: "" },
            outcome: "unknown",
        },
        Row {
            server: code(400, 6_451_010),
            failed: Failed {
                reason: "code 6451010 (too many requests), status 400",
                error: "400",
                status: "400",
                code: "6451010",
            },
            outcome: "rejected",
        },
        Row {
            server: code(200, 6_451_001),
            failed: Failed {
                reason: "code 6451001 (bad response from the service), status 200",
                error: "api",
                status: "200",
                code: "6451001",
            },
            outcome: "unknown",
        },
        Row {
            server: code(429, 77),
            failed: Failed { reason: "code 77, status 429", error: "429", status: "429", code: "77" },
            outcome: "rejected",
        },
        Row {
            server: Behavior::close_after_reading(),
            failed: Failed { reason: "connection lost", error: "connection_lost", status: "", code: "" },
            outcome: "unknown",
        },
        Row {
            server: Behavior::silence(),
            failed: Failed { reason: "attempt timeout", error: "timeout", status: "", code: "" },
            outcome: "unknown",
        },
    ];
    for Row { server, failed, outcome } in rows {
        let server = Server::start(&[server, Behavior::success()]).await;
        let recorded = recorded(&server.url(), quick().idempotent()).await;
        let [(span, event)] = &recorded.events[..] else { panic!("{:?}", recorded.events) };
        let outcome = format!("{outcome:?}");
        let others = [
            ("message", "attempt failed, will retry"),
            ("attempt", "1"),
            ("delay_ms", event["delay_ms"].as_str()),
            ("outcome", &outcome),
        ];
        assert_eq!((*span, event), ("cinnox.call", &failed.fields(&others)));
        let [attempt, _] = &recorded.attempts()[..] else { panic!("{:?}", recorded.spans) };
        for name in ["error.type", "http.response.status_code", "cinnox.code"] {
            assert_eq!(attempt.get(name), event.get(name), "{name} of the span and the event");
        }
        assert_documented(&recorded);
        let everything = recorded.everything.join("\n");
        assert!(!everything.contains("staff-canary-1"), "{everything}");
    }
}

#[tokio::test]
async fn retry_event_has_delay_in_milliseconds() {
    let busy = Behavior::answer(Answer::status(503).header("retry-after", "1"));
    let server = Server::start(&[busy, Behavior::success()]).await;
    let recorded = recorded(&server.url(), quick()).await;
    let [(_, event)] = &recorded.events[..] else { panic!("{:?}", recorded.events) };
    let delay: u64 = event["delay_ms"].parse().unwrap();
    assert!((1_000..2_000).contains(&delay), "{event:?}");
}

#[tokio::test]
async fn failed_call_has_one_event_with_outcome_and_reason() {
    struct Row {
        server: Behavior,
        failed: Failed,
        outcome: &'static str,
        attempts: &'static str,
        not_retried: &'static str,
    }
    let rows = [
        Row {
            server: Behavior::answer(Answer::status(400).code(3_000_205, "gone")),
            failed: Failed {
                reason: "code 3000205 (destination not found), status 400",
                error: "400",
                status: "400",
                code: "3000205",
            },
            outcome: "rejected",
            attempts: "1",
            not_retried: "",
        },
        Row {
            server: Behavior::close_after_reading(),
            failed: Failed { reason: "connection lost", error: "connection_lost", status: "", code: "" },
            outcome: "unknown",
            attempts: "1",
            not_retried: "the retry policy is not idempotent",
        },
        Row {
            server: Behavior::answer(Answer::status(429)),
            failed: Failed { reason: "unexpected response, status 429", error: "429", status: "429", code: "" },
            outcome: "rejected",
            attempts: "3",
            not_retried: "the maximum of 3 attempts was reached",
        },
        Row {
            server: Behavior::answer(Answer::status(302).header("location", "/staff-canary-1")),
            failed: Failed { reason: "redirect, status 302", error: "302", status: "302", code: "" },
            outcome: "unknown",
            attempts: "1",
            not_retried: "",
        },
    ];
    for Row { server, failed, outcome, attempts, not_retried } in rows {
        let server = Server::start(&[server]).await;
        let recorded = recorded(&server.url(), quick()).await;
        let (last, retries) = recorded.events.split_last().unwrap();
        assert!(retries.iter().all(|(_, event)| event["message"] == "attempt failed, will retry"));
        let (span, event) = last;
        let outcome = format!("{outcome:?}");
        let others = [
            ("message", "call failed"),
            ("attempts", attempts),
            ("outcome", outcome.as_str()),
            ("not_retried", not_retried),
        ];
        assert_eq!((*span, event), ("cinnox.call", &failed.fields(&others)));
        assert_documented(&recorded);
    }
}

#[tokio::test]
async fn invalid_update_has_the_span_and_the_event_of_the_call() {
    let mut invalid = update();
    invalid.types.clear();
    let server = Server::start(&[Behavior::success()]).await;
    let recorded = recorded_of(&invalid, &server.url(), quick()).await;
    let failed = Failed { reason: "invalid update", error: "invalid_update", status: "", code: "" };
    let others = [("message", "call failed"), ("attempts", "0"), ("outcome", "\"not sent\""), ("not_retried", "")];
    assert_eq!(recorded.events, [("cinnox.call", failed.fields(&others))]);
    assert_eq!(recorded.spans.len(), 1);
    assert_documented(&recorded);
}

#[tokio::test]
async fn successful_call_has_no_event() {
    let server = Server::start(&[Behavior::success()]).await;
    assert_eq!(recorded(&server.url(), quick()).await.events, []);
}
