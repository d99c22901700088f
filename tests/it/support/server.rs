//! A TCP server on loopback that responds and fails as a test specifies.

use std::{future::Future, io, net::SocketAddr, panic::Location, sync::Arc, time::Duration};

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::answer::Answer;
pub(crate) use super::behavior::Behavior;
use super::behavior::{End, Read, Step};

/// Decides what a server does with each request, and is notified of what happened.
pub(crate) trait Script: Send + Sync + 'static {
    /// The behavior for a request, counted from 0.
    fn behavior(&self, request: usize) -> Behavior;

    /// Called when a request arrived, at least in part, even if the server has not read it.
    fn arrived(&self, _request: &str) {}

    /// Called when the update of a request took effect.
    fn applied(&self, _request: &str) {}
}

impl<F: Fn(usize) -> Behavior + Send + Sync + 'static> Script for F {
    fn behavior(&self, request: usize) -> Behavior {
        self(request)
    }
}

/// What has happened at the server so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Connections that were accepted.
    pub(crate) connections: usize,
    /// Connections that are closed on both sides.
    pub(crate) closed: usize,
    /// Requests that a client began, or opened a connection for.
    pub(crate) requests: usize,
    /// Requests of which the server has read as much as the behavior specifies.
    pub(crate) begun: usize,
    /// Requests of which a part arrived, read or not.
    pub(crate) arrived: usize,
    /// Requests that were read to the last byte.
    pub(crate) whole: usize,
}

/// Dropping it closes all its connections.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: watch::Sender<Seen>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared {
    script: Box<dyn Script>,
    seen: watch::Sender<Seen>,
}

impl Server {
    /// The first behavior is for the first request, and so on; the last one is for all further requests.
    pub(crate) async fn start(behaviors: &[Behavior]) -> Self {
        let behaviors = behaviors.to_vec();
        Self::scripted(move |request: usize| behaviors[request.min(behaviors.len() - 1)].clone()).await
    }

    /// Sends the same response to every request.
    pub(crate) async fn answering(answer: Answer) -> Self {
        Self::start(&[Behavior::answer(answer)]).await
    }

    pub(crate) async fn scripted(script: impl Script) -> Self {
        Self::over(async |stream| Ok(stream), script).await
    }

    /// With a layer between TCP and HTTP, such as TLS.
    pub(crate) async fn over<L, F, S>(layer: L, script: impl Script) -> Self
    where
        L: Fn(TcpStream) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = io::Result<S>> + Send,
        S: Socket + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = watch::Sender::new(Seen::default());
        let shared = Arc::new(Shared { script: Box::new(script), seen: seen.clone() });
        let task = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let Ok((stream, _)) = accepted else { continue };
                        shared.seen.send_modify(|seen| seen.connections += 1);
                        let (shared, layer) = (Arc::clone(&shared), layer.clone());
                        connections.spawn(async move {
                            if let Ok(stream) = layer(stream).await {
                                // Many tests make the client disconnect, so an error is expected.
                                let _ = serve(stream, &shared).await;
                            }
                            shared.seen.send_modify(|seen| seen.closed += 1);
                        });
                    }
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Self { address, seen, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn seen(&self) -> Seen {
        *self.seen.borrow()
    }

    /// Waits for the condition, at most 60 seconds.
    #[track_caller]
    pub(crate) fn until(&self, condition: impl FnMut(&Seen) -> bool) -> impl Future<Output = ()> {
        let mut seen = self.seen.subscribe();
        let caller = Location::caller();
        async move {
            let waited = timeout(Duration::from_secs(60), seen.wait_for(condition)).await.map(drop);
            assert!(waited.is_ok(), "{caller}: the condition was never met: {:?}", *seen.borrow());
        }
    }
}

pub(crate) trait Socket: AsyncRead + AsyncWrite + Unpin + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

impl Shared {
    /// `received` is the beginning of a request, or empty.
    fn arrived(&self, received: &[u8]) {
        if !received.is_empty() {
            self.seen.send_modify(|seen| seen.arrived += 1);
            self.script.arrived(&String::from_utf8_lossy(received));
        }
    }
}

async fn serve(mut stream: impl Socket, shared: &Shared) -> io::Result<()> {
    let mut received = Vec::new();
    loop {
        let mut number = 0;
        shared.seen.send_modify(|seen| {
            number = seen.requests;
            seen.requests += 1;
        });
        let behavior = shared.script.behavior(number);
        match behavior.read {
            // Wait for the first byte, or a RST could arrive before the client knows that it is connected.
            Read::Nothing if behavior.end == End::Reset => drop(stream.tcp().peek(&mut [0]).await?),
            Read::Nothing => {}
            Read::Bytes(count) => {
                fill(&mut stream, &mut received, count).await?;
                shared.seen.send_modify(|seen| seen.begun += 1);
            }
            Read::All => {
                let length = read_head(&mut stream, &mut received).await?;
                fill(&mut stream, &mut received, length).await?;
                shared.arrived(&received);
                if behavior.applies {
                    shared.script.applied(&String::from_utf8_lossy(&received));
                }
                received.drain(..length);
                shared.seen.send_modify(|seen| (seen.begun, seen.whole) = (seen.begun + 1, seen.whole + 1));
            }
        }
        send(&mut stream, &behavior.steps).await?;
        match behavior.end {
            End::KeepAlive => {
                if received.is_empty() && stream.read_buf(&mut received).await? == 0 {
                    return Ok(());
                }
                continue;
            }
            End::Close => {
                // The client may be gone already.
                let _ = stream.shutdown().await;
                drain(&mut stream, &mut received).await;
            }
            End::Reset => {
                // Record what was sent but not read.
                let mut unread = [0; 4096];
                let count = stream.tcp().peek(&mut unread).now_or_never().and_then(io::Result::ok).unwrap_or(0);
                received.extend(&unread[..count]);
                stream.tcp().set_zero_linger()?;
            }
            End::Hold => drain(&mut stream, &mut received).await,
        }
        shared.arrived(&received);
        return Ok(());
    }
}

async fn send(stream: &mut impl Socket, steps: &[Step]) -> io::Result<()> {
    for step in steps {
        match step {
            Step::Send(text) => stream.write_all(text).await?,
            Step::SendBytewise { text, pause } => {
                for byte in text {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    sleep(*pause).await;
                }
            }
            Step::SendForever(text) => loop {
                stream.write_all(text).await?;
            },
            Step::Wait(delay) => sleep(*delay).await,
        }
        stream.flush().await?;
    }
    Ok(())
}

/// Reads until there are `count` bytes.
async fn fill(stream: &mut impl Socket, received: &mut Vec<u8>, count: usize) -> io::Result<()> {
    while received.len() < count {
        if stream.read_buf(received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Reads the head of a request and returns the length of the whole request.
async fn read_head(stream: &mut impl Socket, received: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            return Ok(end + 4 + length);
        }
        let count = received.len() + 1;
        fill(stream, received, count).await?;
    }
}

/// The path of a request, which may be incomplete.
pub(crate) fn path(request: &str) -> &str {
    request.split([' ', '\r']).nth(1).unwrap_or_default()
}

/// The value of a header of a request.
pub(crate) fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = request.lines().skip(1).take_while(|line| !line.is_empty());
    lines
        .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)))
        .map(|line| line.1)
}

/// Reads until the client disconnects, and keeps the beginning.
async fn drain(stream: &mut impl Socket, received: &mut Vec<u8>) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        if received.len() < buffer.len() {
            received.extend(&buffer[..count]);
        }
    }
}
