//! The server behind the gateways. It counts how often it applied each update, and fails as the situation says, which is the
//! first part of the destination's ID: `apply-and-close.library`.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::support::answer::Answer;
use crate::support::server::{header, path};

/// Longer than the gateways wait.
const SLOW: Duration = Duration::from_secs(6);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Situation {
    Answer,
    /// An error in the API's format; not applied.
    ApiError,
    ApplyAndClose,
    ApplyAndReset,
    /// Slower than the gateway.
    ApplyAndStall,
    /// A status 500 with a stack trace.
    ApplyAndCrash,
    /// The second request would be answered.
    ApplyAndCloseOnce,
    /// The response to another request; not applied.
    AnotherId,
    Down,
}

impl Situation {
    /// With [`Self::Answer`] first, so that the gateway has connections to use again, and [`Self::Down`] last.
    pub(super) const ALL: [Self; 9] = [
        Self::Answer,
        Self::ApiError,
        Self::ApplyAndClose,
        Self::ApplyAndReset,
        Self::ApplyAndStall,
        Self::ApplyAndCrash,
        Self::ApplyAndCloseOnce,
        Self::AnotherId,
        Self::Down,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::ApiError => "api-error",
            Self::ApplyAndClose => "apply-and-close",
            Self::ApplyAndReset => "apply-and-reset",
            Self::ApplyAndStall => "apply-and-stall",
            Self::ApplyAndCrash => "apply-and-crash",
            Self::ApplyAndCloseOnce => "apply-and-close-once",
            Self::AnotherId => "another-id",
            Self::Down => "down",
        }
    }

    pub(super) fn applies(self) -> bool {
        !matches!(self, Self::ApiError | Self::AnotherId | Self::Down)
    }
}

/// How often each update was applied, by the ID of its destination.
type Applied = Arc<Mutex<HashMap<String, usize>>>;

/// Dropping it closes the port and all connections.
pub(super) struct Origin {
    pub(super) port: u16,
    applied: Applied,
    task: JoinHandle<()>,
}

impl Origin {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let applied = Applied::default();
        let counted = Arc::clone(&applied);
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&counted)));
            }
        });
        Self { port, applied, task }
    }

    /// From now on, connections are refused.
    pub(super) async fn go_down(&mut self) {
        self.task.abort();
        let _ = (&mut self.task).await;
    }

    pub(super) fn applied(&self, id: &str) -> usize {
        self.applied.lock().unwrap().get(id).copied().unwrap_or_default()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a connection until it ends; gateways close theirs at any time, so an error is expected.
async fn serve(stream: TcpStream, applied: Applied) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let (id, update) = read_request(&mut stream).await?;
        let situation = Situation::ALL.into_iter().find(|situation| id.split('.').next() == Some(situation.name()));
        let is_complete = serde_json::from_slice::<Value>(&update).is_ok();
        let Some(situation) = situation.filter(|_| is_complete) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut times = 0;
        if situation.applies() {
            let mut applied = applied.lock().unwrap();
            let count = applied.entry(id.clone()).or_default();
            *count += 1;
            times = *count;
        }
        let updated = |id: &str| Answer::status(200).body(json!({ "code": 200, "result": { "id": id } }).to_string());
        let json = |answer: Answer| answer.header("content-type", "application/json");
        let answer = match situation {
            Situation::ApplyAndClose => return Ok(()),
            Situation::ApplyAndCloseOnce if times == 1 => return Ok(()),
            Situation::ApplyAndReset => return stream.get_ref().set_zero_linger(),
            Situation::ApplyAndStall => {
                sleep(SLOW).await;
                json(updated(&id))
            }
            Situation::ApplyAndCrash => {
                Answer::status(500).header("content-type", "text/html; charset=utf-8").body(stack_trace())
            }
            Situation::ApiError => json(Answer::status(400).code(6_451_000, "wrong parameter")),
            Situation::AnotherId => json(updated("somebody-else")),
            Situation::Answer | Situation::ApplyAndCloseOnce | Situation::Down => json(updated(&id)),
        };
        stream.write_all(&bytes::Bytes::from(answer)).await?;
    }
}

/// The destination and the body of a request; the body is empty if the request has no length.
async fn read_request(stream: &mut BufReader<TcpStream>) -> io::Result<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = header(&head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok((path(&head).rsplit('/').next().unwrap_or_default().to_owned(), body))
}

/// A page of Tomcat, over 2 KB.
fn stack_trace() -> String {
    let frames = "at org.apache.catalina.core.StandardWrapperValve.invoke(StandardWrapperValve.java:199)\n".repeat(40);
    format!("<html><h1>HTTP Status 500</h1><pre>java.lang.NullPointerException\n{frames}</pre></html>")
}
