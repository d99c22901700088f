//! The span of an attempt, with the names of OpenTelemetry's semantic conventions for HTTP clients. Without the
//! feature `tracing` it is nothing.

#[cfg(feature = "tracing")]
mod on {
    use reqwest::{Request, Response};
    use tracing::{Instrument, field::Empty};

    use crate::{Error, ErrorKind, generated::document::OPERATIONS};

    pub(crate) struct Span(tracing::Span);

    impl Span {
        pub(crate) fn new(request: &Request, operation: &str, attempt: u32) -> Self {
            let template = OPERATIONS.iter().find(|known| known.id == operation).map_or("", |known| known.url_template);
            let url = request.url();
            let span = tracing::info_span!(
                "http.client.request",
                otel.name = format_args!("{} {template}", request.method()),
                otel.kind = "client",
                http.request.method = request.method().as_str(),
                url.template = template,
                server.address = url.host_str().map(|host| host.trim_matches(['[', ']'])),
                server.port = url.port_or_known_default(),
                http.request.resend_count = Empty,
                http.response.status_code = Empty,
                error.type = Empty,
            );
            if attempt > 1 {
                span.record("http.request.resend_count", attempt - 1);
            }
            Self(span)
        }

        pub(crate) async fn watch<F>(&self, sending: F) -> reqwest::Result<Response>
        where
            F: Future<Output = reqwest::Result<Response>>,
        {
            let result = sending.instrument(self.0.clone()).await;
            match &result {
                Ok(response) => {
                    let status = response.status();
                    self.0.record("http.response.status_code", status.as_u16());
                    if !status.is_success() {
                        self.fail(status.as_str());
                    }
                }
                Err(error) if error.is_timeout() => self.fail("timeout"),
                Err(error) if error.is_connect() => self.fail("connect"),
                Err(_) => self.fail("connection_lost"),
            }
            result
        }

        /// Takes down what became clear only when the answer was read.
        pub(crate) fn failed(&self, error: &Error) {
            let what = match error.kind() {
                ErrorKind::Timeout(_) => "timeout",
                ErrorKind::ConnectionLost(_) => "connection_lost",
                ErrorKind::BodyTooLarge { .. } => "body_too_large",
                ErrorKind::Api { .. } => "api",
                ErrorKind::UnexpectedResponse { .. } => "unexpected_response",
                _ => return,
            };
            if error.status().is_some_and(|status| status.is_success()) {
                self.fail(what);
            }
        }

        fn fail(&self, what: &str) {
            self.0.record("error.type", what);
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod off {
    use reqwest::{Request, Response};

    use crate::Error;

    pub(crate) struct Span;

    impl Span {
        pub(crate) fn new(_: &Request, _: &str, _: u32) -> Self {
            Self
        }

        pub(crate) async fn watch<F>(&self, sending: F) -> reqwest::Result<Response>
        where
            F: Future<Output = reqwest::Result<Response>>,
        {
            sending.await
        }

        #[allow(clippy::unused_self)]
        pub(crate) fn failed(&self, _: &Error) {}
    }
}

#[cfg(not(feature = "tracing"))]
pub(crate) use off::Span;
#[cfg(feature = "tracing")]
pub(crate) use on::Span;
