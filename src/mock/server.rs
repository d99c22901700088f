//! The HTTP/1.1 server on a loopback port. It runs on its own thread and runtime, so that it outlives the runtime of
//! the test that started it and does not depend on that runtime's clock.

use std::convert::Infallible;
use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::client::Clock;

/// Decides on the reply to a request, and on the delay before it.
pub(super) type Decide = dyn Fn(Received) -> (Duration, Reply) + Send + Sync;

pub(super) enum Reply {
    Respond(Response<Bytes>),
    /// Writes these bytes unchanged, then closes the connection.
    Close(Bytes),
}

/// A request that the mock server received.
///
/// ```
/// use cinnox_destination::{mock::MockServer, prelude::*};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = MockServer::start().await;
/// server.add_destination(&"dest-1".parse()?);
/// let update = DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::all())
///     .with_staff(["staff-1"]);
/// server.client().update(&"dest-1".parse()?, &update).await?;
///
/// let requests = server.requests();
/// assert_eq!(requests[0].path, "/v1/api/apps/mock-app/destination/dest-1");
/// assert_eq!(requests[0].json()["displayName"], "Night shift");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Received {
    /// The method, in capital letters.
    pub method: String,
    /// The path and the query.
    pub path: String,
    /// The headers. `Debug` does not show the App Token.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Received {
    /// Parses the body as JSON.
    ///
    /// # Panics
    ///
    /// If the body is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body is not JSON ({error}): {self:?}"),
        }
    }
}

pub(super) struct Server {
    pub(super) address: SocketAddr,
    thread: Option<JoinHandle<()>>,
    /// Dropping it stops the thread.
    running: Option<oneshot::Sender<Infallible>>,
}

impl Server {
    pub(super) async fn start(clock: Clock, decide: Arc<Decide>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.into_std()?;
        let address = listener.local_addr()?;
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let (running, ended) = oneshot::channel();
        let thread = thread::Builder::new().name("mock-server".to_owned()).spawn(move || {
            runtime.spawn(accept(listener, clock, decide));
            // Dropping the runtime closes the listener and all connections.
            let _ = runtime.block_on(ended);
        })?;
        Ok(Self { address, thread: Some(thread), running: Some(running) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.running.take());
        // The thread only drops its runtime, so joining is quick; afterwards the port is free.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

async fn accept(listener: std::net::TcpListener, clock: Clock, decide: Arc<Decide>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, clock.clone(), decide.clone()));
            }
            // For example out of file descriptors, which may be temporary.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, clock: Clock, decide: Arc<Decide>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| Box::pin(respond(request, &clock, &*decide)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let end = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let last = end.as_ref().err().and_then(Error::source).and_then(<dyn Error>::downcast_ref);
    if let Some(Close(last)) = last {
        let mut stream = connection.into_parts().io.into_inner();
        let _ = stream.write_all(last).await;
    }
}

async fn respond(request: Request<Incoming>, clock: &Clock, decide: &Decide) -> Result<Response<Full<Bytes>>, Close> {
    let (mut head, body) = request.into_parts();
    if let Some(token) = head.headers.get_mut(header::AUTHORIZATION) {
        token.set_sensitive(true);
    }
    let path = head.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let body = body.collect().await.map_err(|_| Close(Bytes::new()))?.to_bytes();
    let (delay, reply) = decide(Received { method: head.method.to_string(), path, headers: head.headers, body });
    if !delay.is_zero() {
        clock.0.fetch_add(1, Ordering::Relaxed);
        sleep(delay).await;
    }
    match reply {
        Reply::Respond(response) => Ok(response.map(Full::new)),
        Reply::Close(last) => Err(Close(last)),
    }
}

/// Carries raw bytes past hyper, which would otherwise frame them as a response.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed on request of the test")]
struct Close(Bytes);
