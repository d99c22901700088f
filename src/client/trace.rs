//! Spans and events of a call. Without the feature `tracing` they are nothing.
//!
//! A call has one span, each attempt has one inside it with OpenTelemetry's names for HTTP clients, and there is an event
//! for each retry and for the end of a call that failed. None of them holds a body, the App Token or an ID.

#[cfg(feature = "tracing")]
mod on {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Url;
    use tracing::{Instrument, Span, field::Empty};

    use crate::{
        error::{Error, ErrorKind},
        generated::document::Operation,
    };

    pub(crate) async fn call<F: Future>(operation: &Operation, call: F) -> F::Output {
        let span = tracing::info_span!("cinnox.call", otel.kind = "internal", cinnox.operation = operation.id);
        call.instrument(span).await
    }

    pub(crate) struct AttemptSpan(Span);

    impl AttemptSpan {
        pub(crate) fn new(operation: &Operation, base_url: &Url, attempt: u32) -> Self {
            let Operation { method, url_template, .. } = operation;
            let span = tracing::info_span!(
                "http.client.request",
                otel.name = format_args!("{method} {url_template}"),
                otel.kind = "client",
                http.request.method = method,
                url.template = url_template,
                server.address = base_url.host_str().map(|host| host.trim_matches(['[', ']'])),
                server.port = base_url.port_or_known_default(),
                http.request.resend_count = Empty,
                http.response.status_code = Empty,
                error.type = Empty,
            );
            if attempt > 1 {
                span.record("http.request.resend_count", attempt - 1);
            }
            Self(span)
        }

        pub(crate) async fn instrument<F: Future>(&self, attempt: F) -> F::Output {
            attempt.instrument(self.0.clone()).await
        }

        pub(crate) fn succeeded(self, status: StatusCode) {
            self.0.record("http.response.status_code", status.as_u16());
        }

        /// An answer with an error status is named by the status, as OpenTelemetry asks.
        pub(crate) fn failed(self, error: &Error) {
            let Some(status) = error.status() else {
                self.0.record("error.type", name(error.kind()));
                return;
            };
            self.0.record("http.response.status_code", status.as_u16());
            self.0.record("error.type", if status.is_success() { name(error.kind()) } else { status.as_str() });
        }
    }

    pub(crate) fn retry(error: &Error, attempt: u32, delay: Duration) {
        let outcome = error.outcome().as_str();
        tracing::warn!(attempt, delay = ?delay, outcome, error.type = name(error.kind()), "attempt failed, will retry");
    }

    pub(crate) fn gave_up(error: &Error) {
        let (attempts, outcome) = (error.attempts(), error.outcome().as_str());
        let reason = error.gave_up().map(tracing::field::display);
        tracing::warn!(attempts, outcome, reason, error.type = name(error.kind()), "call failed");
    }

    fn name(kind: &ErrorKind) -> &'static str {
        match kind {
            ErrorKind::Configuration(_) => "configuration",
            ErrorKind::InvalidUpdate(_) => "invalid_update",
            ErrorKind::Connect => "connect",
            ErrorKind::Timeout(_) => "timeout",
            ErrorKind::ConnectionLost => "connection_lost",
            ErrorKind::Api { .. } => "api",
            ErrorKind::UnexpectedResponse { .. } => "unexpected_response",
            ErrorKind::UnreadableResponse { .. } => "unreadable_response",
            ErrorKind::Redirect { .. } => "redirect",
            ErrorKind::BodyTooLarge { .. } => "body_too_large",
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use std::time::Duration;

    use http::StatusCode;
    use reqwest::Url;

    use crate::{error::Error, generated::document::Operation};

    pub(crate) fn call<F: Future>(_: &Operation, call: F) -> F {
        call
    }

    pub(crate) struct AttemptSpan;

    #[allow(clippy::unused_self)]
    impl AttemptSpan {
        pub(crate) fn new(_: &Operation, _: &Url, _: u32) -> Self {
            Self
        }

        pub(crate) fn instrument<F: Future>(&self, attempt: F) -> F {
            attempt
        }

        pub(crate) fn succeeded(self, _: StatusCode) {}

        pub(crate) fn failed(self, _: &Error) {}
    }

    pub(crate) fn retry(_: &Error, _: u32, _: Duration) {}

    pub(crate) fn gave_up(_: &Error) {}
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::{AttemptSpan, call, gave_up, retry};
#[cfg(feature = "tracing")]
pub(crate) use on::{AttemptSpan, call, gave_up, retry};
