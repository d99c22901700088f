//! Shared helpers: servers on loopback, a client with short delays, and the limits and names of the document.

pub(crate) mod answer;
mod behavior;
pub(crate) mod document;
pub(crate) mod logs;
pub(crate) mod observed;
pub(crate) mod process;
pub(crate) mod recorder;
pub(crate) mod server;
pub(crate) mod tls;

use std::{error::Error as StdError, net::SocketAddr, time::Duration};

use cinnox_destination::{
    Client, ClientBuilder, DestinationId, DestinationUpdate, Error, Response, RetryPolicy, SupportLanguages,
    SupportLocations, TypeTargets, UpdatedDestination, Wildcard,
};
use tokio::net::TcpSocket;

/// Must not occur in any error, log line or panic message.
pub(crate) const TOKEN: &str = "canary-token-7f3a";
pub(crate) const APP_ID: &str = "app-1";
pub(crate) const DESTINATION_ID: &str = "dest-1";
/// The response body of a successful update of `dest-1`.
pub(crate) const UPDATED: &str = r#"{"code":200,"result":{"id":"dest-1"}}"#;

/// A client builder with short delays between attempts, and without TLS roots.
pub(crate) fn builder(url: &str) -> ClientBuilder {
    Client::builder().base_url(url).app_id(APP_ID).app_token(TOKEN).http_client(http_without_roots()).retry(quick())
}

/// Updates the destination with a new client.
pub(crate) async fn call(builder: ClientBuilder) -> Result<Response<UpdatedDestination>, Error> {
    builder.build()?.update(&destination(), &update()).await
}

/// The error of a [`call`].
pub(crate) async fn fail(builder: ClientBuilder) -> Error {
    call(builder).await.expect_err("the call succeeded")
}

pub(crate) fn http_without_roots() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}

/// The default policy with short delays.
pub(crate) fn quick() -> RetryPolicy {
    RetryPolicy::default().initial_backoff(Duration::from_millis(5)).max_backoff(Duration::from_millis(20))
}

pub(crate) fn quick_if(idempotent: bool) -> RetryPolicy {
    if idempotent { quick().idempotent() } else { quick() }
}

pub(crate) fn destination() -> DestinationId {
    DESTINATION_ID.parse().unwrap()
}

pub(crate) fn update() -> DestinationUpdate {
    DestinationUpdate::new("Night shift", SupportLanguages::all(), SupportLocations::only(["HK"]))
        .with_staff(["staff-canary-1"])
}

/// A port that is bound but not listening: no other process can get it, and connections to it are refused.
pub(crate) struct ClosedPort {
    _socket: TcpSocket,
    pub(crate) address: SocketAddr,
}

impl ClosedPort {
    pub(crate) fn bind() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self { address: socket.local_addr().unwrap(), _socket: socket }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// All texts of an error that may be shown or logged.
pub(crate) fn all_texts(error: &Error) -> String {
    let sources = std::iter::successors(error.source(), |error| (*error).source());
    let sources: Vec<_> = sources.map(|error| format!("{error} {error:?}")).collect();
    let body = String::from_utf8_lossy(error.body());
    format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n{:?}\n{:?}\n{sources:?}\n{body}", error.kind(), error.headers())
}

/// Pseudo-random numbers, the same in every run (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound.max(1)).unwrap()).unwrap()
    }
}
