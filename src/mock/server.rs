//! The HTTP/1.1 server on a loopback port. It runs on its own thread and runtime, so that it outlives the runtime of
//! the test that started it and does not depend on that runtime's clock.

use std::{
    convert::Infallible,
    error::Error,
    fmt,
    future::poll_fn,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    runtime::{self, Runtime},
    sync::oneshot,
    time::sleep,
};

use super::Received;

pub(super) type Receive = dyn Fn(Received) -> ScriptedReply + Send + Sync;

/// The reply to one request, and the delay before it.
pub(super) struct ScriptedReply {
    pub(super) delay: Duration,
    pub(super) reply: Reply,
}

pub(super) enum Reply {
    Respond(Response<Bytes>),
    /// Writes these bytes unchanged, then closes the connection.
    Close(Bytes),
}

pub(super) struct Server {
    address: SocketAddr,
    thread: Option<JoinHandle<()>>,
    /// Dropping it stops the thread.
    running: Option<oneshot::Sender<Infallible>>,
}

impl Server {
    /// Starts a server that replies to each request with the result of `receive`.
    pub(super) async fn start(receive: Arc<Receive>) -> io::Result<Self> {
        let (report, started) = oneshot::channel();
        let (running, ended) = oneshot::channel();
        let run = move || match listen() {
            Ok((runtime, listener)) => {
                let _ = report.send(listener.local_addr());
                runtime.spawn(accept(listener, receive));
                // Dropping the runtime closes the listener and all connections.
                let _ = runtime.block_on(ended);
            }
            Err(error) => {
                let _ = report.send(Err(error));
            }
        };
        let thread = thread::Builder::new().name("mock-server".to_owned()).spawn(run)?;
        let address = started.await.unwrap_or_else(|_| Err(io::Error::other("its thread ended")))?;
        Ok(Self { address, thread: Some(thread), running: Some(running) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.running.take());
        // The thread only drops its runtime, so joining is quick; afterwards the port is free.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn listen() -> io::Result<(Runtime, TcpListener)> {
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
    Ok((runtime, listener))
}

async fn accept(listener: TcpListener, receive: Arc<Receive>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, receive.clone()));
            }
            // For example out of file descriptors, which may be temporary.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, receive: Arc<Receive>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| Box::pin(respond(request, &*receive)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let end = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let last = end.as_ref().err().and_then(Error::source).and_then(<dyn Error>::downcast_ref);
    if let Some(Close(last)) = last {
        let mut stream = connection.into_parts().io.into_inner();
        let _ = stream.write_all(last).await;
    }
}

async fn respond(
    request: Request<Incoming>,
    receive: &Receive,
) -> Result<Response<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let ScriptedReply { delay, reply } = receive(Received::new(Request::from_parts(head, body)));
    if !delay.is_zero() {
        sleep(delay).await;
    }
    match reply {
        Reply::Respond(response) => Ok(response.map(Full::new)),
        Reply::Close(last) => Err(Close(last).into()),
    }
}

/// Carries raw bytes past hyper, which would otherwise frame them as a response.
#[derive(Debug)]
struct Close(Bytes);

impl fmt::Display for Close {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed on request of the test")
    }
}

impl Error for Close {}
