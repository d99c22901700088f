//! No log line of the process holds the token, not even at TRACE level.

use std::{
    fmt, io,
    sync::{Mutex, PoisonError},
};

use cinnox_destination::{ErrorCode, mock::Failure};
use tracing_subscriber::{fmt::format::FmtSpan, prelude::*};

use super::*;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        let line = fmt::format(format_args!("{} {}\n", record.target(), record.args()));
        let _ = io::Write::write(&mut Self, line.as_bytes());
    }

    fn flush(&self) {}
}

/// The other tests of this process are logged too; their tokens begin in the same way.
#[tokio::test]
async fn no_log_line_holds_the_token() {
    log::set_logger(&Log).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let layer = tracing_subscriber::fmt::layer().with_span_events(FmtSpan::FULL).with_writer(|| Log);
    tracing_subscriber::registry().with(layer).init();

    let server = start().await;
    assert!(server.app_token().starts_with("mock-token-"));
    let client = client(&server);
    client.update(&id(), &sample()).await.unwrap();
    for failure in [
        Failure::code(ErrorCode::WrongParameter),
        Failure::disconnect(),
        Failure::disconnect_mid_response(),
        Failure::raw("?"),
    ] {
        server.fail_next(1, failure);
        client.update(&id(), &sample()).await.unwrap_err();
    }
    request(&server, Method::PATCH, PATH, "mock-token-wrong", &body()).await;

    let logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    let logged = String::from_utf8_lossy(&logged);
    assert!(logged.contains("http.client.request") && logged.contains("reqwest"), "{logged}");
    let leak = logged.lines().find(|line| line.contains("mock-token-"));
    assert_eq!(leak, None);
}
