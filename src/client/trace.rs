//! Spans and events of a call.
//!
//! A call has one span, each attempt has one inside it with OpenTelemetry's names for HTTP clients, and there is an event
//! for each retry and for the end of a call that failed. None of them holds a body, the App Token, an ID or text of the
//! server. The table in the section "Logs" of the crate's documentation has all fields.

use std::{borrow::Cow, time::Duration};

use reqwest::Url;
use tracing::Span;
use tracing::field::{self, Empty};

use crate::{error::Error, generated::document::Operation, model::ErrorCode};

/// What a caller writes in a filter; a module path would change with the sources.
const TARGET: &str = "cinnox_destination";

pub(crate) fn call(operation: &Operation) -> Span {
    tracing::info_span!(target: TARGET, "cinnox.call", otel.kind = "internal", cinnox.operation = operation.id)
}

pub(crate) fn attempt(call: &Span, operation: &Operation, base_url: &Url, attempt: u32) -> Span {
    let Operation { method, url_template, .. } = operation;
    tracing::info_span!(
        target: TARGET,
        parent: call,
        "http.client.request",
        otel.name = format_args!("{method} {url_template}"),
        otel.kind = "client",
        http.request.method = method,
        url.template = url_template,
        server.address = base_url.host_str().map(|host| host.trim_matches(['[', ']'])),
        server.port = base_url.port_or_known_default(),
        http.request.resend_count = (attempt > 1).then(|| attempt - 1),
        http.response.status_code = Empty,
        error.type = Empty,
        cinnox.code = Empty,
    )
}

pub(crate) fn attempt_failed(span: &Span, error: &Error) {
    span.record("http.response.status_code", status(error));
    span.record("error.type", &*error_type(error));
    span.record("cinnox.code", code(error));
}

pub(crate) fn retry(call: &Span, error: &Error, attempt: u32, delay: Duration) {
    tracing::warn!(
        target: TARGET,
        parent: call,
        attempt,
        delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
        outcome = error.outcome().as_str(),
        reason = reason(error),
        error.type = &*error_type(error),
        http.response.status_code = status(error),
        cinnox.code = code(error),
        "attempt failed, will retry"
    );
}

pub(crate) fn gave_up(call: &Span, error: &Error) {
    tracing::warn!(
        target: TARGET,
        parent: call,
        attempts = error.attempts(),
        outcome = error.outcome().as_str(),
        reason = reason(error),
        not_retried = error.no_retry().map(field::display),
        error.type = &*error_type(error),
        http.response.status_code = status(error),
        cinnox.code = code(error),
        "call failed"
    );
}

fn status(error: &Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}

fn code(error: &Error) -> Option<i64> {
    error.code().map(ErrorCode::number)
}

/// What went wrong, in a few words and with nothing of the server's text.
fn reason(error: &Error) -> String {
    let kind = || error.kind().as_str().replace('_', " ");
    error.code().map_or_else(kind, |code| format!("code {code}"))
}

/// A response with an error status is named by the status, as OpenTelemetry asks; everything else by its kind.
fn error_type(error: &Error) -> Cow<'static, str> {
    match error.status() {
        Some(status) if !status.is_success() => status.as_str().to_owned().into(),
        _ => error.kind().as_str().into(),
    }
}
