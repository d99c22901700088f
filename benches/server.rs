//! A small server on loopback, in a thread of its own. It confirms every update.

use std::{io, net::SocketAddr, thread, time::Duration};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::time::sleep;

/// Starts the server and returns its base URL. It responds after `delay`, and ends with the program.
pub(crate) fn start(delay: Duration) -> io::Result<String> {
    let listener = std::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
    listener.set_nonblocking(true)?;
    let url = format!("http://{}", listener.local_addr()?);
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || runtime.block_on(accept(listener, delay)));
    Ok(url)
}

async fn accept(listener: std::net::TcpListener, delay: Duration) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        // A client may close its connection at any time.
        tokio::spawn(async move { drop(serve(stream, delay).await) });
    }
}

async fn serve(mut stream: TcpStream, delay: Duration) -> io::Result<()> {
    let mut received = Vec::with_capacity(4096);
    loop {
        let request = loop {
            if let Some(request) = Request::parse(&received)
                && received.len() >= request.length
            {
                break request;
            }
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        };
        received.drain(..request.length);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        let body = format!(r#"{{"code":200,"result":{{"id":"{}"}}}}"#, request.destination);
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        stream.write_all((head + &body).as_bytes()).await?;
    }
}

struct Request {
    destination: String,
    /// Of head and body.
    length: usize,
}

impl Request {
    /// `None` until the whole head is there.
    fn parse(received: &[u8]) -> Option<Self> {
        let head = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
        let mut lines = str::from_utf8(&received[..head]).ok()?.lines();
        let destination = lines.next()?.split(' ').nth(1)?.rsplit('/').next()?.to_owned();
        let headers = lines.filter_map(|line| line.split_once(": "));
        let body = headers
            .filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .find_map(|(_, value)| value.parse().ok());
        Some(Self { destination, length: head + body.unwrap_or(0_usize) })
    }
}
