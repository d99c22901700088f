//! A small server on loopback, in a thread of its own: it answers every update as carried out.

use std::{io, net::SocketAddr, thread, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime,
    time::sleep,
};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 37\r\n\r\n\
                        {\"code\":200,\"result\":{\"id\":\"dest-1\"}}";

/// Starts it and gives its base URL. It answers after `delay`, and ends with the program.
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
        // A client that goes away is no fault.
        tokio::spawn(async move { drop(serve(stream, delay).await) });
    }
}

async fn serve(mut stream: TcpStream, delay: Duration) -> io::Result<()> {
    let mut received = Vec::with_capacity(4096);
    loop {
        let whole = loop {
            if let Some(length) = request_length(&received)
                && received.len() >= length
            {
                break length;
            }
            if stream.read_buf(&mut received).await? == 0 {
                return Ok(());
            }
        };
        received.drain(..whole);
        if !delay.is_zero() {
            sleep(delay).await;
        }
        stream.write_all(ANSWER).await?;
    }
}

/// Of head and body, once the head is there.
fn request_length(received: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length: ";
    let head = received.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let at = received[..head].windows(NAME.len()).position(|window| window.eq_ignore_ascii_case(NAME))?;
    let digits = received[at + NAME.len()..head].iter().take_while(|byte| byte.is_ascii_digit());
    Some(head + digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0')))
}
