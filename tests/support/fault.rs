//! A server on loopback that fails as it is told.

// Each test program has its own use for it.
#![allow(dead_code)]

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use cinnox_destination::{
    Client, ClientBuilder, DestinationId, DestinationUpdate, RetryPolicy, SupportLanguages, SupportLocations,
    TypeTargets, Wildcard,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// In no error, trace or panic.
pub(crate) const TOKEN: &str = "canary-token-7f3a";
pub(crate) const APP_ID: &str = "app-1";
pub(crate) const UPDATED: &str = r#"{"code":200,"result":{"id":"dest-1"}}"#;

/// What the server does with one request.
#[derive(Clone)]
pub(crate) struct Plan {
    read: Read,
    /// Whether the update takes effect once the request is read.
    pub(crate) applies: bool,
    pieces: Vec<Piece>,
    end: End,
}

#[derive(Clone, Copy, PartialEq)]
enum Read {
    Nothing,
    Bytes(usize),
    All,
}

#[derive(Clone)]
enum Piece {
    Whole(Bytes),
    ByteEach(Bytes, Duration),
    Endless(Bytes),
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    /// Ready for the next request.
    KeepAlive,
    /// A FIN; what the client still sends is taken.
    Close,
    /// A RST.
    Reset,
    /// Silence; what the client still sends is taken until it goes.
    Hold,
}

impl Plan {
    fn new(read: Read, end: End) -> Self {
        Self { read, applies: false, pieces: Vec::new(), end }
    }

    /// Reads the request, sends `text`, and takes further requests.
    pub(crate) fn answer(text: impl Into<Bytes>) -> Self {
        Self::new(Read::All, End::KeepAlive).then(text)
    }

    /// Reads the request and answers that it was carried out, which is true.
    pub(crate) fn success() -> Self {
        Self::answer(response("200 OK", "", UPDATED)).applying(true)
    }

    /// Reads the request and says nothing more.
    pub(crate) fn silence() -> Self {
        Self::new(Read::All, End::Hold)
    }

    /// Sends nothing and ends the connection before a byte of the request is read.
    pub(crate) fn before_reading() -> Self {
        Self::new(Read::Nothing, End::Close)
    }

    /// The same after ten bytes.
    pub(crate) fn while_reading() -> Self {
        Self::new(Read::Bytes(10), End::Close)
    }

    /// The same after the whole request.
    pub(crate) fn after_reading() -> Self {
        Self::new(Read::All, End::Close)
    }

    pub(crate) fn applying(mut self, applies: bool) -> Self {
        self.applies = applies && self.read == Read::All;
        self
    }

    pub(crate) fn then(mut self, text: impl Into<Bytes>) -> Self {
        self.pieces.push(Piece::Whole(text.into()));
        self
    }

    pub(crate) fn then_a_byte_each(mut self, every: Duration, text: impl Into<Bytes>) -> Self {
        self.pieces.push(Piece::ByteEach(text.into(), every));
        self
    }

    pub(crate) fn then_for_ever(mut self, text: impl Into<Bytes>) -> Self {
        self.pieces.push(Piece::Endless(text.into()));
        self
    }

    pub(crate) fn closing(self) -> Self {
        Self { end: End::Close, ..self }
    }

    pub(crate) fn holding(self) -> Self {
        Self { end: End::Hold, ..self }
    }

    pub(crate) fn resetting(self) -> Self {
        Self { end: End::Reset, ..self }
    }
}

/// A response with a true length; `headers` are whole lines.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// What the server has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Connections that were accepted.
    pub(crate) connections: usize,
    /// Connections that are over on both sides.
    pub(crate) closed: usize,
    /// Requests that a client began, or made a connection for.
    pub(crate) requests: usize,
    /// Requests of which a part was read.
    pub(crate) begun: usize,
    /// Requests that were read to the last byte.
    pub(crate) whole: usize,
}

/// It ends, with all its connections, when it is dropped.
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
    script: Box<dyn Fn(usize) -> Plan + Send + Sync>,
    on_applied: Box<dyn Fn(&str) + Send + Sync>,
    seen: watch::Sender<Seen>,
}

impl Server {
    /// The first request is treated by the first plan, and so on; the last one serves all further requests.
    pub(crate) async fn start(plans: &[Plan]) -> Self {
        let plans = plans.to_vec();
        Self::scripted(move |number| plans[number.min(plans.len() - 1)].clone(), |_| {}).await
    }

    /// `script` gives the plan for request number 0, 1 and so on; `on_applied` is called with the path of each request
    /// whose update takes effect.
    pub(crate) async fn scripted(
        script: impl Fn(usize) -> Plan + Send + Sync + 'static,
        on_applied: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        Self::over(script, on_applied, async |stream| Ok(stream)).await
    }

    /// The same with a layer between TCP and HTTP, such as TLS.
    pub(crate) async fn over<L, F, S>(
        script: impl Fn(usize) -> Plan + Send + Sync + 'static,
        on_applied: impl Fn(&str) + Send + Sync + 'static,
        layer: L,
    ) -> Self
    where
        L: Fn(TcpStream) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = io::Result<S>> + Send,
        S: Socket + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = watch::Sender::new(Seen::default());
        let shared =
            Arc::new(Shared { script: Box::new(script), on_applied: Box::new(on_applied), seen: seen.clone() });
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
                                // A client that goes away is what many tests are about.
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

    /// Waits until what the server has seen is like this; bounded, so that a test that fails does not hang.
    #[track_caller]
    pub(crate) fn until(&self, what: impl FnMut(&Seen) -> bool) -> impl Future<Output = ()> {
        let mut seen = self.seen.subscribe();
        let caller = std::panic::Location::caller();
        async move {
            let waited = tokio::time::timeout(Duration::from_secs(60), seen.wait_for(what)).await.map(drop);
            assert!(waited.is_ok(), "{caller}: the server never saw this, but {:?}", *seen.borrow());
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

async fn serve(mut stream: impl Socket, shared: &Shared) -> io::Result<()> {
    let mut received = Vec::new();
    loop {
        let mut number = 0;
        shared.seen.send_modify(|seen| {
            number = seen.requests;
            seen.requests += 1;
        });
        let plan = (shared.script)(number);
        if let Read::Bytes(count) = plan.read {
            fill(&mut stream, &mut received, count).await?;
            shared.seen.send_modify(|seen| seen.begun += 1);
        }
        match plan.read {
            // Without waiting for the first byte, a RST could arrive before the client knows that it is connected.
            Read::Nothing if plan.end == End::Reset => drop(stream.tcp().peek(&mut [0]).await?),
            Read::Nothing | Read::Bytes(_) => {}
            Read::All => {
                let (head, length) = read_head(&mut stream, &mut received).await?;
                fill(&mut stream, &mut received, length).await?;
                if plan.applies {
                    (shared.on_applied)(&head);
                }
                received.drain(..length);
                shared.seen.send_modify(|seen| (seen.begun, seen.whole) = (seen.begun + 1, seen.whole + 1));
            }
        }
        send(&mut stream, &plan.pieces).await?;
        match plan.end {
            End::KeepAlive => {
                if received.is_empty() && stream.read_buf(&mut received).await? == 0 {
                    return Ok(());
                }
            }
            End::Close => {
                stream.shutdown().await?;
                return drain(&mut stream).await;
            }
            End::Reset => return stream.tcp().set_zero_linger(),
            End::Hold => return drain(&mut stream).await,
        }
    }
}

async fn send(stream: &mut impl Socket, pieces: &[Piece]) -> io::Result<()> {
    for piece in pieces {
        match piece {
            Piece::Whole(text) => stream.write_all(text).await?,
            Piece::ByteEach(text, every) => {
                for byte in text {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    sleep(*every).await;
                }
            }
            Piece::Endless(text) => loop {
                stream.write_all(text).await?;
            },
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

/// The path, and how many bytes the whole request has.
async fn read_head(stream: &mut impl Socket, received: &mut Vec<u8>) -> io::Result<(String, usize)> {
    loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&received[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            return Ok((path, end + 4 + length));
        }
        let count = received.len() + 1;
        fill(stream, received, count).await?;
    }
}

async fn drain(stream: &mut impl Socket) -> io::Result<()> {
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).await? > 0 {}
    Ok(())
}

/// A client for `url` that waits little and, for plain HTTP, does not read the TLS roots of this machine.
pub(crate) fn builder(url: &str) -> ClientBuilder {
    let http = reqwest::Client::builder();
    #[cfg(feature = "rustls")]
    let http = http.tls_certs_only([]);
    Client::builder(url, APP_ID, TOKEN).http_client(http).retry(quick())
}

/// The default policy with short waiting times.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default().backoff(Duration::from_millis(5), Duration::from_millis(20))
}

pub(crate) fn destination() -> DestinationId {
    "dest-1".parse().unwrap()
}

pub(crate) fn update() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]))
        .unwrap()
        .with_staff(["staff-canary-1"])
}
