//! What the feature `tracing` shows: a span for each call, one inside it for each attempt with the names and values of
//! OpenTelemetry's semantic conventions for HTTP clients, an event for each retry and one when the call gives up.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

use cinnox_destination::RetryPolicy;
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

/// The fields of a span or an event by name, with text in quotes.
type Fields = BTreeMap<&'static str, String>;

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    /// The spans of this crate in the order of their beginning.
    spans: Vec<Span>,
    /// The events of this crate, with the name of the span that they are in.
    events: Vec<(&'static str, Fields)>,
    closed: usize,
    /// Every event and span of every crate as text.
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

fn is_ours(target: &str) -> bool {
    target.starts_with("cinnox_destination")
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
    /// The spans of the attempts, all of which are inside the span of a call.
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

/// What one call with this policy shows, at every level.
async fn recorded(url: &str, policy: RetryPolicy) -> Recorded {
    let layer = Recorder::default();
    let guard = set_default(Registry::default().with(layer.clone()));
    let client = builder(url).attempt_timeout(Duration::from_secs(2)).retry(policy).build().unwrap();
    // Other tests are about the result.
    let _ = client.update(&destination(), &update()).await;
    drop(client);
    drop(guard);
    let recorded = std::mem::take(&mut *layer.0.lock().unwrap());
    assert_eq!(recorded.closed, recorded.spans.len());
    recorded
}

/// What the span of an attempt records: the status and the `error.type`, or nothing.
#[derive(Clone, Copy)]
struct Attempt {
    status: &'static str,
    error: &'static str,
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
        ];
        fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.to_owned()))
            .collect()
    }
}

const OK: Attempt = Attempt { status: "200", error: "" };

#[tokio::test]
async fn each_attempt_has_a_span_with_the_names_of_opentelemetry() {
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
                Attempt { status: "503", error: "503" },
                Attempt { status: "", error: "connection_lost" },
                OK,
            ],
        },
        Row {
            name: "half a response",
            server: vec![Behavior::answer(half).closing(), Behavior::success()],
            attempts: vec![Attempt { status: "200", error: "connection_lost" }, OK],
        },
        Row {
            name: "half a response and silence",
            server: vec![Behavior::silence().then(half), Behavior::silence(), Behavior::success()],
            attempts: vec![Attempt { status: "200", error: "timeout" }, Attempt { status: "", error: "timeout" }, OK],
        },
        Row {
            name: "an error code with 200",
            server: vec![answer(200, r#"{"code":6451000}"#)],
            attempts: vec![Attempt { status: "200", error: "api" }],
        },
        Row {
            name: "HTML with 200",
            server: vec![answer(200, "<p>")],
            attempts: vec![Attempt { status: "200", error: "unexpected_response" }],
        },
        Row {
            name: "UTF-16 with 200",
            server: vec![answer(200, "\0<\0p")],
            attempts: vec![Attempt { status: "200", error: "unreadable_response" }],
        },
        Row {
            name: "a body that is too large",
            server: vec![Behavior::answer("HTTP/1.1 200 OK\r\n\r\n").then_forever("x".repeat(4096))],
            attempts: vec![Attempt { status: "200", error: "body_too_large" }],
        },
        Row {
            name: "a redirect",
            server: vec![Behavior::answer(Answer::status(308).header("location", "/staff-canary-1"))],
            attempts: vec![Attempt { status: "308", error: "308" }],
        },
    ];
    for Row { name, server, attempts } in rows {
        let server = Server::start(&server).await;
        let recorded = recorded(&server.url(), quick().idempotent()).await;
        let port = server.address.port();
        let expected: Vec<_> = attempts.iter().zip(1..).map(|(attempt, number)| attempt.fields(port, number)).collect();
        assert_eq!(recorded.attempts(), expected, "{name}");
        let everything = recorded.everything.join("\n");
        for private in [TOKEN, APP_ID, DESTINATION_ID, "Night shift", "staff-canary-1"] {
            assert!(!everything.contains(private), "{name}: {private} in {everything}");
        }
    }
}

#[tokio::test]
async fn attempt_without_a_connection_has_a_span() {
    let port = ClosedPort::bind();
    let recorded = recorded(&port.url(), quick()).await;
    let attempt = Attempt { status: "", error: "connect" };
    let expected: Vec<_> = (1..=3).map(|number| attempt.fields(port.address.port(), number)).collect();
    assert_eq!(recorded.attempts(), expected);
}

#[tokio::test]
async fn each_retry_has_an_event_with_attempt_reason_and_delay() {
    let busy = Behavior::answer(Answer::status(503).header("retry-after", "1"));
    let throttled = Behavior::answer(Answer::status(429));
    let server = Server::start(&[busy, throttled, Behavior::success()]).await;
    let recorded = recorded(&server.url(), quick()).await;
    let [(first_span, first), (_, second)] = &recorded.events[..] else { panic!("{:?}", recorded.events) };
    assert_eq!(*first_span, "cinnox.call");
    assert_eq!((first["message"].as_str(), first["attempt"].as_str()), ("attempt failed, will retry", "1"));
    assert_eq!((first["error.type"].as_str(), first["outcome"].as_str()), ("\"unexpected_response\"", "\"rejected\""));
    assert!(first["delay"].starts_with("1."), "{first:?}");
    assert_eq!((second["message"].as_str(), second["attempt"].as_str()), ("attempt failed, will retry", "2"));
}

#[tokio::test]
async fn call_that_gives_up_has_one_event_with_outcome_and_reason() {
    struct Row {
        server: Behavior,
        policy: RetryPolicy,
        outcome: &'static str,
        attempts: &'static str,
        reason: Option<&'static str>,
    }
    let rows = [
        Row {
            server: Behavior::answer(Answer::status(400).code(3_000_205, "gone")),
            policy: quick(),
            outcome: "\"rejected\"",
            attempts: "1",
            reason: None,
        },
        Row {
            server: Behavior::close_after_reading(),
            policy: quick(),
            outcome: "\"unknown\"",
            attempts: "1",
            reason: Some("only an idempotent retry policy would repeat it"),
        },
        Row {
            server: Behavior::answer(Answer::status(429)),
            policy: quick(),
            outcome: "\"rejected\"",
            attempts: "3",
            reason: Some("3 attempts are the maximum"),
        },
    ];
    for Row { server, policy, outcome, attempts, reason } in rows {
        let server = Server::start(&[server]).await;
        let recorded = recorded(&server.url(), policy).await;
        let (last, retries) = recorded.events.split_last().unwrap();
        assert!(retries.iter().all(|(_, event)| event["message"] == "attempt failed, will retry"));
        let (span, event) = last;
        assert_eq!((*span, event["message"].as_str()), ("cinnox.call", "call failed"));
        assert_eq!((event["outcome"].as_str(), event["attempts"].as_str()), (outcome, attempts));
        assert_eq!(event.get("reason").map(String::as_str), reason);
    }
}

#[tokio::test]
async fn successful_call_has_no_event() {
    let server = Server::start(&[Behavior::success()]).await;
    assert_eq!(recorded(&server.url(), quick()).await.events, []);
}
