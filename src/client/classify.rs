//! Turns the result of one attempt into a response or an [`Error`].
//!
//! What the kinds, codes and statuses mean for the update is decided in `error/outcome.rs`.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, header};
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;

use super::api_object::{ApiObject, SUCCESS};
use super::attempt::Capture;
use super::retry::retry_after;
use super::token::AppToken;
use crate::error::{ConfigError, Error, ErrorKind, Timeout, chain, innermost};
use crate::generated;
use crate::generated::document::Operation;
use crate::generated::types::ApiError;
#[cfg(feature = "mock")]
use crate::generated::{document::UPDATE_DESTINATION, types::UpdatedDestination};
use crate::model::ErrorCode;

/// The error of an attempt that did not end within this timeout, whose full duration is given.
pub(crate) fn expired(capture: &Capture, timeout: Timeout, duration: Duration) -> Error {
    failed(ErrorKind::Timeout { timeout }, capture.take(), capture).with_expired(duration)
}

/// Returns the response with its parsed body, or an error that holds everything except the attempt history. `check` says
/// what is wrong with a body that the document allows.
pub(crate) fn classify<T: DeserializeOwned>(
    operation: &Operation,
    result: Result<ResponseValue<T>, generated::Error<ApiError>>,
    check: impl FnOnce(&T, &AppToken) -> Result<(), String>,
    capture: &Capture,
) -> Result<Response<T>, Error> {
    use generated::Error as Generated;
    // The hooks have read the response. What progenitor still found says whether the document has its error status.
    let is_documented = match result {
        Err(Generated::InvalidRequest(problem)) => return Err(request_error(&problem)),
        Err(
            Generated::CommunicationError(error)
            | Generated::ResponseBodyError(error)
            | Generated::InvalidUpgrade(error),
        ) => return Err(incomplete(error.without_url(), capture)),
        // The hooks stop at any success, whether documented or not.
        Ok(_) | Err(Generated::UnexpectedResponse(_) | Generated::Custom(_)) => false,
        Err(Generated::InvalidResponsePayload(..) | Generated::ErrorResponse(_)) => true,
    };
    let Some(captured) = capture.take() else { return Err(failed(ErrorKind::ConnectionLost, None, capture)) };
    let meaning = meaning(operation, is_documented, &captured, capture.limit).and_then(|value| {
        check(&value, &capture.token).map_err(|problem| ErrorKind::UnclearResponse { problem })?;
        Ok(value)
    });
    match meaning {
        Ok(value) => {
            let mut response = captured.map(|_| value);
            capture.token.redact_headers(response.headers_mut());
            Ok(response)
        }
        Err(kind) => Err(failed(kind, Some(captured), capture)),
    }
}

/// What a complete response means. `is_documented`: whether the document has its error status.
fn meaning<T: DeserializeOwned>(
    operation: &Operation,
    is_documented: bool,
    captured: &Response<BytesMut>,
    limit: usize,
) -> Result<T, ErrorKind> {
    let (status, headers, body) = (captured.status(), captured.headers(), captured.body());
    let unclear = |problem: String| Err(ErrorKind::UnclearResponse { problem });
    let unexpected = |problem: &str| Err(ErrorKind::UnexpectedResponse { problem: problem.to_owned() });
    if body.len() > limit {
        return unclear(format!("the body is larger than the limit of {limit} bytes"));
    }
    if let Some(coding) = content_coding(headers) {
        return unclear(format!("the body has the content encoding {coding}"));
    }
    let is_success = status.as_u16() == operation.success;
    let object = match ApiObject::read(body) {
        Ok(Some(object)) => object,
        Ok(None) => {
            // A type without fields is that of a success without a body.
            return match (serde_json::from_str("null"), headers.get(header::LOCATION)) {
                (Ok(value), _) if body.is_empty() && is_success => Ok(value),
                (_, Some(location)) if status.is_redirection() => {
                    let location = String::from_utf8_lossy(location.as_bytes());
                    unexpected(&format!("it redirects to {location}, which is not followed; check the base URL"))
                }
                _ => unexpected("not a JSON object"),
            };
        }
        Err(problem) => return unclear(problem),
    };
    if object.has_result() {
        return match object.lenient_code().filter(|code| code.meaning().is_some()) {
            Some(code) => unclear(format!("it has a result and code {code}")),
            None if !is_success => unclear("it has a result".to_owned()),
            None => object.success().map_or_else(|| unclear("its result is not the documented one".to_owned()), Ok),
        };
    }
    // The document gives the code of an error a default.
    let no_code = ErrorCode::new(ApiError::default().code);
    match (object.code(), object.message()) {
        (Some(SUCCESS), _) if !status.is_success() => unclear("it reports success".to_owned()),
        (Some(code), _) if status.is_success() && (code == SUCCESS || code == no_code) => {
            unexpected("it has no result")
        }
        (Some(code), message) => Err(ErrorKind::Api { code, message: message.unwrap_or_default() }),
        (None, Some(message)) if is_documented && !object.has_code() => Err(ErrorKind::Api { code: no_code, message }),
        (None, _) => unexpected("it has no numeric code"),
    }
}

/// The encoding of a body that cannot be read, because the request asks for none.
fn content_coding(headers: &HeaderMap) -> Option<String> {
    headers.get(header::CONTENT_ENCODING)?;
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings: Vec<_> = codings.map(|value| String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase()).collect();
    codings.iter().any(|coding| !matches!(coding.trim(), "" | "identity")).then(|| codings.join(", "))
}

/// The error of an attempt that got this response, perhaps an incomplete one, or none.
fn failed(mut kind: ErrorKind, captured: Option<Response<BytesMut>>, capture: &Capture) -> Error {
    let (request_written, token) = (capture.abandon(), &capture.token);
    let Some(mut captured) = captured else { return Error::without_response(kind, request_written) };
    if let ErrorKind::Api { message: text, .. }
    | ErrorKind::UnexpectedResponse { problem: text }
    | ErrorKind::UnclearResponse { problem: text } = &mut kind
    {
        token.redact(text);
    }
    let retry_after = retry_after(captured.headers(), SystemTime::now());
    token.redact_headers(captured.headers_mut());
    let mut response = captured.map(Bytes::from);
    token.redact(response.body_mut());
    Error::with_response(kind, response, retry_after)
}

/// The error of a response that a test describes; `None` if it is a success. The token is too short to be redacted.
#[cfg(feature = "mock")]
pub(crate) fn error_of_response(response: Response<Bytes>) -> Option<Error> {
    let captured = response.map(BytesMut::from);
    let capture = Capture::new(AppToken::new("-").ok()?, super::builder::MAX_RESPONSE_BYTES);
    let is_documented = captured.status() == http::StatusCode::BAD_REQUEST;
    let meaning = meaning::<UpdatedDestination>(&UPDATE_DESTINATION, is_documented, &captured, capture.limit);
    Some(failed(meaning.err()?, Some(captured), &capture))
}

fn request_error(problem: &str) -> Error {
    ConfigError::new(format!("the request cannot be built: {problem}")).into()
}

/// The error of an attempt without a complete response.
fn incomplete(error: reqwest::Error, capture: &Capture) -> Error {
    if error.is_builder() {
        return request_error(&innermost(&error));
    }
    let captured = capture.take();
    let kind = if captured.is_none() && is_refused_by_tls(&error) {
        ErrorKind::Tls
    } else if error.is_connect() && error.is_timeout() {
        ErrorKind::Timeout { timeout: Timeout::Connect }
    } else if error.is_connect() {
        ErrorKind::Connect
    } else if error.is_timeout() {
        // This crate sets no other timeout on reqwest.
        ErrorKind::Timeout { timeout: Timeout::Read }
    } else {
        ErrorKind::ConnectionLost
    };
    failed(kind, captured, capture).with_source(error)
}

/// Whether one side refuses the other's certificate or TLS version. The TLS libraries have no error type in common, so the
/// words that all of them use decide.
fn is_refused_by_tls(error: &reqwest::Error) -> bool {
    let is_refused = |cause: &str| cause.contains("certificate") || cause.contains("alert");
    chain(error).any(|cause| is_refused(&cause.to_string().to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue, StatusCode};

    use super::*;
    use crate::generated::{document::UPDATE_DESTINATION, types::UpdatedDestination};

    struct Row<'a> {
        status: u16,
        headers: &'static [(&'static str, &'static str)],
        body: &'a str,
        /// `updated ID`, `code NUMBER: MESSAGE`, `unexpected: PROBLEM` or `unclear: PROBLEM`.
        means: &'a str,
    }

    const ROW: Row<'static> = Row { status: 200, headers: &[], body: "", means: "" };

    /// What a response means.
    fn found(Row { status, headers, body, .. }: &Row<'_>) -> String {
        let is_documented = *status == 400;
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut captured = Response::new(BytesMut::from(*body));
        *captured.status_mut() = StatusCode::from_u16(*status).unwrap();
        captured.headers_mut().extend(pairs);
        match meaning::<UpdatedDestination>(&UPDATE_DESTINATION, is_documented, &captured, 1024) {
            Ok(updated) => format!("updated {}", updated.result.id),
            Err(ErrorKind::Api { code, message }) => format!("code {}: {message}", code.number()),
            Err(ErrorKind::UnexpectedResponse { problem }) => format!("unexpected: {problem}"),
            Err(ErrorKind::UnclearResponse { problem }) => format!("unclear: {problem}"),
            Err(other) => format!("{other:?}"),
        }
    }

    #[track_caller]
    fn assert_means(rows: &[Row<'_>]) {
        for row in rows {
            assert_eq!(found(row), row.means, "{} {:?} {:?}", row.status, row.headers, row.body);
        }
    }

    #[test]
    fn success_has_a_result_and_no_documented_code() {
        let result = "unclear: its result is not the documented one";
        assert_means(&[
            Row { body: r#"{"code":200,"result":{"id":"dest-1"}}"#, means: "updated dest-1", ..ROW },
            Row { body: r#"{"code":0,"result":{"id":"dest-1"},"more":{}}"#, means: "updated dest-1", ..ROW },
            Row { body: r#"{"code":null,"result":{"id":"dest-1"}}"#, means: "updated dest-1", ..ROW },
            Row { body: r#"{"code":"200.0","result":{"id":"dest-1"}}"#, means: "updated dest-1", ..ROW },
            Row { body: "\n\u{feff}{\"result\":{\"id\":\"dest-1\"}}\n", means: "updated dest-1", ..ROW },
            Row { body: r#"{"result":{"id":18446744073709551615}}"#, means: "updated 18446744073709551615", ..ROW },
            Row { body: r#"{"result":{"id":""}}"#, means: "updated ", ..ROW },
            Row { body: r#"{"code":"ok","result":{"id":"dest-1"}}"#, means: result, ..ROW },
            Row { body: r#"{"result":{"id":true}}"#, means: result, ..ROW },
            Row { body: r#"{"result":["dest-1"]}"#, means: result, ..ROW },
            Row { body: r#"{"result":{"id":"dest-2","id":"dest-1"}}"#, means: result, ..ROW },
            Row {
                body: r#"{"code":6451000,"result":{"id":"dest-1"}}"#,
                means: "unclear: it has a result and code 6451000 (wrong parameter)",
                ..ROW
            },
            Row {
                body: r#"{"code":"6451001","result":{"id":"dest-1"}}"#,
                means: "unclear: it has a result and code 6451001 (bad response from the service)",
                ..ROW
            },
            Row { body: r#"{"code":200}"#, means: "unexpected: it has no result", ..ROW },
            Row { body: r#"{"code":0,"result":{}}"#, means: "unexpected: it has no result", ..ROW },
            Row { body: "{}", means: "unexpected: it has no numeric code", ..ROW },
            Row { body: r#"{"message":"?"}"#, means: "unexpected: it has no numeric code", ..ROW },
        ]);
    }

    #[test]
    fn code_is_the_error_whatever_the_status() {
        assert_means(&[
            Row { body: r#"{"code":3000205,"message":"gone"}"#, means: "code 3000205: gone", ..ROW },
            Row { body: r#"{"code":7}"#, means: "code 7: ", ..ROW },
            Row { status: 400, body: r#"{"code":6451010,"message":["x"]}"#, means: r#"code 6451010: ["x"]"#, ..ROW },
            // A text is no numeric code.
            Row {
                status: 503,
                body: r#"{"code":"6451010","message":"x"}"#,
                means: "unexpected: it has no numeric code",
                ..ROW
            },
            Row { status: 500, body: r#"{"code":6451001.0,"result":null}"#, means: "code 6451001: ", ..ROW },
            Row { status: 308, headers: &[("location", "/x")], body: r#"{"code":6451001}"#, means: "code 6451001: " },
            // Only the documented status may lack the code.
            Row { status: 400, body: r#"{"message":"wrong"}"#, means: "code 0: wrong", ..ROW },
            Row { status: 404, body: r#"{"message":"wrong"}"#, means: "unexpected: it has no numeric code", ..ROW },
            Row { status: 400, body: "{}", means: "unexpected: it has no numeric code", ..ROW },
            Row {
                status: 400,
                body: r#"{"code":7.5,"message":"m"}"#,
                means: "unexpected: it has no numeric code",
                ..ROW
            },
            Row { status: 400, body: r#"{"error":{"code":1}}"#, means: "unexpected: it has no numeric code", ..ROW },
        ]);
    }

    #[test]
    fn contradiction_is_unclear() {
        let updated = r#"{"code":200,"result":{"id":"dest-1"}}"#;
        let two = |name: &str, column: usize| format!("unclear: duplicate field `{name}` at line 1 column {column}");
        let rows = [201, 206, 302, 307, 400, 403, 404, 429, 503].map(|status| Row {
            status,
            body: updated,
            means: "unclear: it has a result",
            ..ROW
        });
        assert_means(&rows);
        assert_means(&[
            Row { status: 404, body: r#"{"code":200,"message":"OK"}"#, means: "unclear: it reports success", ..ROW },
            Row { status: 400, body: r#"{"code":400,"code":6451001}"#, means: &two("code", 18), ..ROW },
            Row { body: r#"{"result":{"id":"a"},"result":{"id":"b"}}"#, means: &two("result", 29), ..ROW },
        ]);
    }

    #[test]
    fn unreadable_body_is_unclear() {
        let coded = |headers, means| Row { headers, body: r#"{"code":6451000}"#, means, status: 400 };
        assert_means(&[
            coded(&[("content-encoding", "GZip")], "unclear: the body has the content encoding gzip"),
            coded(
                &[("content-encoding", "identity"), ("content-encoding", "br, gzip")],
                "unclear: the body has the content encoding identity, br, gzip",
            ),
            coded(&[("content-encoding", "identity")], "code 6451000: "),
            coded(&[("content-encoding", "")], "code 6451000: "),
            Row {
                status: 404,
                body: r#"{"code":6451000,"mess"#,
                means: "unclear: EOF while parsing a string at line 1 column 21",
                ..ROW
            },
            Row { body: r#"{"result":{"id":"a"}}x"#, means: "unclear: trailing characters at line 1 column 22", ..ROW },
        ]);
    }

    #[test]
    fn page_or_redirect_is_unexpected() {
        let to = |location: &str| {
            format!("unexpected: it redirects to {location}, which is not followed; check the base URL")
        };
        let page = "unexpected: not a JSON object";
        assert_means(&[
            Row { body: "<p>", means: page, ..ROW },
            Row { body: r#"[{"code":6451010}]"#, means: page, ..ROW },
            Row { means: page, ..ROW },
            Row { status: 502, body: "<p>", means: page, ..ROW },
            Row { status: 302, headers: &[("location", "/x")], body: "<p>", means: &to("/x") },
            Row { status: 307, headers: &[("location", "//y")], means: &to("//y"), ..ROW },
            Row { status: 302, body: "<p>", means: page, ..ROW },
            Row { headers: &[("location", "/x")], body: "<p>", means: page, ..ROW },
        ]);
    }
}
