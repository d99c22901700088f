//! `--dry-run`: the requests as they would go out.
//!
//! The library builds the requests with a placeholder token and sends them to a local port of this process, so except for
//! the host they are exactly what would be sent.

use std::collections::BTreeMap;

use cinnox_destination::{Client, DestinationId, DestinationUpdate, RetryPolicy};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeStruct},
};
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{account::with_user_agent, failure::Failure};

/// Placeholder for the token.
const REDACTED: &str = "***";

pub(crate) struct Preview {
    listener: TcpListener,
    client: Client,
    /// Scheme and host, without a slash at the end.
    origin: String,
}

/// A request as received.
#[derive(Debug)]
pub(crate) struct Request {
    method: String,
    url: String,
    /// Name and value.
    headers: Vec<(String, String)>,
    body: String,
}

impl Preview {
    /// A preview of this client's requests.
    pub(crate) async fn new(real: &Client) -> Result<Self, Failure> {
        let (origin, path) = split(real.base_url());
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot_be_shown)?;
        let local = listener.local_addr().map_err(cannot_be_shown)?;
        let builder = Client::builder(&format!("http://{local}{path}"), real.app_id().as_str(), REDACTED);
        let client = with_user_agent(builder).retry(RetryPolicy::never()).build()?;
        Ok(Self { listener, client, origin: origin.to_owned() })
    }

    pub(crate) async fn request(
        &self,
        destination: &DestinationId,
        update: &DestinationUpdate,
    ) -> Result<Request, Failure> {
        tokio::select! {
            biased;
            request = self.receive() => request.map_err(cannot_be_shown),
            // `receive` never responds, so an error here came before the request was sent.
            Err(error) = self.client.update(destination, update) => Err(error.into()),
        }
    }

    async fn receive(&self) -> std::io::Result<Request> {
        let (stream, _) = self.listener.accept().await?;
        read(stream, &self.origin).await
    }
}

/// Scheme and host of a base URL, and its path.
fn split(base_url: &str) -> (&str, &str) {
    let host = base_url.find("://").map_or(0, |place| place + 3);
    let end = base_url[host..].find('/').map_or(base_url.len(), |place| host + place);
    base_url.split_at(end)
}

async fn read(stream: TcpStream, origin: &str) -> std::io::Result<Request> {
    let mut lines = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).await?;
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let mut head = head.into_iter();
    let first = head.next().unwrap_or_default();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (mut headers, mut length) = (Vec::new(), 0);
    for header in head {
        let (name, value) = header.split_once(": ").unwrap_or((&header, ""));
        match name {
            "host" => headers.push((name.to_owned(), origin.rsplit('/').next().unwrap_or_default().to_owned())),
            _ => headers.push((name.to_owned(), value.to_owned())),
        }
        if name == "content-length" {
            length = value.parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).await?;
    let (method, url) = (method.to_owned(), format!("{origin}{path}"));
    Ok(Request { method, url, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

#[allow(clippy::needless_pass_by_value)] // For `map_err`.
fn cannot_be_shown(error: std::io::Error) -> Failure {
    Failure::Other(format!("the request cannot be shown: {error}"))
}

/// As an object; the body is the JSON that it consists of.
impl Serialize for Request {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { method, url, headers, body } = self;
        let headers: BTreeMap<_, _> = headers.iter().map(|(name, value)| (name, value)).collect();
        let body = serde_json::from_str::<&RawValue>(body).map_err(S::Error::custom)?;
        let mut request = serializer.serialize_struct("Request", 4)?;
        request.serialize_field("method", method)?;
        request.serialize_field("url", url)?;
        request.serialize_field("headers", &headers)?;
        request.serialize_field("body", body)?;
        request.end()
    }
}

impl Request {
    pub(crate) fn in_full(&self) -> String {
        let Self { method, url, headers, body } = self;
        let headers = headers.iter().fold(String::new(), |text, (name, value)| text + name + ": " + value + "\n");
        format!("{method} {url}\n{headers}\n{body}\n")
    }

    pub(crate) fn in_short(&self) -> String {
        let Self { method, url, body, .. } = self;
        format!("{method} {url} {body}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_base_url_behind_its_host() {
        assert_eq!(split("https://examplebaseurl.com"), ("https://examplebaseurl.com", ""));
        assert_eq!(split("https://a.b:8443/proxy/x"), ("https://a.b:8443", "/proxy/x"));
    }

    #[tokio::test]
    async fn shows_what_the_library_sends_without_the_token() {
        let real = Client::builder("https://examplebaseurl.com/proxy", "app-1", "secret-token").build().unwrap();
        let preview = Preview::new(&real).await.unwrap();
        let update = crate::sample::complete().unwrap();
        for destination in ["dest-1", "dest-2"] {
            let text = preview.request(&destination.parse().unwrap(), &update).await.unwrap().in_full();
            let url = format!("https://examplebaseurl.com/proxy/v1/api/apps/app-1/destination/{destination}");
            assert!(text.starts_with(&format!("PATCH {url}\n")), "{text}");
            assert!(
                text.contains("\nauthorization: Bearer ***\n") && text.contains("\nhost: examplebaseurl.com\n"),
                "{text}"
            );
            assert!(text.ends_with(&format!("\n\n{}\n", serde_json::to_string(&update).unwrap())), "{text}");
        }
    }
}
