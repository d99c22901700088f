//! Records everything that any crate logs at any level, with `tracing` or `log`. A logger is global, so the test must
//! run in a child process.

use std::io::{self, Write};
use std::sync::Mutex;

use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan, prelude::*};

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Logger;

impl Write for Logger {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        writeln!(Self, "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

/// Starts recording.
pub(crate) fn record() {
    let lines = tracing_subscriber::fmt::layer().with_writer(|| Logger).with_span_events(FmtSpan::FULL);
    tracing_subscriber::registry().with(lines.with_filter(LevelFilter::TRACE)).init();
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}

/// What was logged since [`record`]. Panics if a crate that is known to log did not: the test would prove nothing.
pub(crate) fn recorded() -> String {
    let logged = String::from_utf8_lossy(&LOGGED.lock().unwrap()).into_owned();
    for target in ["http.client.request", "hyper_util::", "reqwest::"] {
        assert!(logged.contains(target), "{target} logged nothing: {logged}");
    }
    logged
}
