//! What the feature `tracing` shows: a span for each attempt, with the names and values of OpenTelemetry's semantic
//! conventions for HTTP clients, and nothing that is private.
#![cfg(feature = "tracing")]

#[path = "support/fault.rs"]
mod fault;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
    time::Duration,
};

use cinnox_destination::RetryPolicy;
use tokio::net::TcpSocket;
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::set_default,
};
use tracing_subscriber::{Layer, Registry, layer::Context, layer::SubscriberExt};

use crate::fault::{APP_ID, Plan, Server, TOKEN, builder, destination, quick, response, update};

/// Status and `error.type` of each attempt.
type Expected = &'static [(&'static str, &'static str)];

/// The fields of a span in the order of their names, with text in quotes.
type Fields = BTreeMap<&'static str, String>;

#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    /// The spans of this crate, in the order of their beginning.
    spans: Vec<(Id, Fields)>,
    closed: usize,
    /// Every event and span of every crate, as text.
    everything: Vec<String>,
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

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Values(&mut fields));
        let mut recorded = self.0.lock().unwrap();
        recorded.everything.push(format!("{attributes:?} {fields:?}"));
        if is_ours(attributes.metadata().target()) {
            assert_eq!(
                (attributes.metadata().name(), *attributes.metadata().level()),
                ("http.client.request", Level::INFO)
            );
            recorded.spans.push((id.clone(), fields));
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut recorded = self.0.lock().unwrap();
        recorded.everything.push(format!("{values:?}"));
        if let Some((_, fields)) = recorded.spans.iter_mut().rev().find(|(known, _)| known == id) {
            values.record(&mut Values(fields));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        assert!(!is_ours(event.metadata().target()), "an event that nobody has asked for: {event:?}");
        let mut fields = Fields::new();
        event.record(&mut Values(&mut fields));
        self.0.lock().unwrap().everything.push(format!("{event:?} {fields:?}"));
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        let mut recorded = self.0.lock().unwrap();
        if recorded.spans.iter().any(|(known, _)| *known == id) {
            recorded.closed += 1;
        }
    }
}

/// The spans of one call in idempotent mode, and everything that is shown at any level.
async fn spans_of(url: &str) -> (Vec<Fields>, String) {
    let layer = Recorder::default();
    let guard = set_default(Registry::default().with(layer.clone()));
    let client = builder(url).attempt_timeout(Duration::from_secs(2)).retry(quick().idempotent()).build().unwrap();
    // The result is the business of other tests.
    let _ = client.update(&destination(), &update()).await;
    drop(client);
    drop(guard);
    let mut recorded = layer.0.lock().unwrap();
    let spans: Vec<_> = std::mem::take(&mut recorded.spans).into_iter().map(|(_, fields)| fields).collect();
    assert_eq!(recorded.closed, spans.len());
    (spans, recorded.everything.join("\n"))
}

/// The span of attempt `number` at `port`; `status` and `error` are empty where there is none.
fn span(port: u16, number: usize, status: &str, error: &str) -> Fields {
    let port = port.to_string();
    let resent = number.checked_sub(2).map(|count| (count + 1).to_string()).unwrap_or_default();
    let error = if error.is_empty() { String::new() } else { format!("{error:?}") };
    let fields = [
        ("otel.name", "PATCH /v1/api/apps/{appID}/destination/{destinationID}"),
        ("otel.kind", "\"client\""),
        ("http.request.method", "\"PATCH\""),
        ("url.template", "\"/v1/api/apps/{appID}/destination/{destinationID}\""),
        ("server.address", "\"127.0.0.1\""),
        ("server.port", &port),
        ("http.request.resend_count", &resent),
        ("http.response.status_code", status),
        ("error.type", &error),
    ];
    fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
}

#[tokio::test]
async fn each_attempt_has_a_span_with_the_names_of_opentelemetry() {
    let busy = Plan::answer(response("503 Busy", "", TOKEN));
    let half = Plan::answer("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{").closing();
    let wrong = Plan::answer(response("200 OK", "", r#"{"code":6451000}"#));
    let html = Plan::answer(response("200 OK", "", "<p>"));
    let huge = Plan::answer("HTTP/1.1 200 OK\r\n\r\n").then_for_ever("x".repeat(4096));
    let moved = Plan::answer(response("308 Moved", "location: /staff-canary-1\r\n", ""));
    let slow = Plan::silence().then("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{");
    let rows: [(&str, &[Plan], Expected); 8] = [
        ("success", &[Plan::success()], &[("200", "")]),
        (
            "tried again",
            &[busy, Plan::after_reading(), Plan::success()],
            &[("503", "503"), ("", "connection_lost"), ("200", "")],
        ),
        ("half an answer", &[half, Plan::success()], &[("200", "connection_lost"), ("200", "")]),
        (
            "half an answer and silence",
            &[slow, Plan::silence(), Plan::success()],
            &[("200", "timeout"), ("", "timeout"), ("200", "")],
        ),
        ("an error code with 200", &[wrong], &[("200", "api")]),
        ("something else with 200", &[html], &[("200", "unexpected_response")]),
        ("too large a body", &[huge], &[("200", "body_too_large")]),
        ("a redirect", &[moved], &[("308", "308")]),
    ];
    for (what, plans, expected) in rows {
        let server = Server::start(plans).await;
        let (spans, everything) = spans_of(&server.url()).await;
        let port = server.address.port();
        let expected = expected.iter().zip(1..).map(|((status, error), number)| span(port, number, status, error));
        assert_eq!(spans, expected.collect::<Vec<_>>(), "{what}");
        for private in [TOKEN, APP_ID, "dest-1", "Night shift", "staff-canary-1"] {
            assert!(!everything.contains(private), "{what}: {private} in {everything}");
        }
    }
}

#[tokio::test]
async fn an_attempt_without_a_connection_has_a_span_too() {
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap();
    let (spans, _) = spans_of(&format!("http://{address}")).await;
    let expected: Vec<_> = (1..=3).map(|number| span(address.port(), number, "", "connect")).collect();
    assert_eq!(spans, expected);
}

/// A call on the generated client is one attempt, and has no retries to count.
#[tokio::test]
async fn a_generated_call_has_a_span_too() {
    let server = Server::start(&[Plan::success()]).await;
    let layer = Recorder::default();
    let guard = set_default(Registry::default().with(layer.clone()));
    let client = builder(&server.url()).retry(RetryPolicy::never()).build().unwrap();
    client.generated().update_destination(client.app_id(), &destination(), &update()).await.unwrap();
    drop(guard);
    let spans = std::mem::take(&mut layer.0.lock().unwrap().spans);
    assert_eq!(
        spans.into_iter().map(|(_, fields)| fields).collect::<Vec<_>>(),
        [span(server.address.port(), 1, "200", "")]
    );
}
