//! A server that takes every PATCH, and remembers what came over the wire.

use std::sync::{Arc, Mutex};

use mockito::{Matcher, ServerGuard};

/// One request, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) path: String,
    /// Names and values, in the order of the names.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

pub(crate) struct Recorder {
    server: ServerGuard,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Recorder {
    pub(crate) async fn start() -> Self {
        let mut server = mockito::Server::new_async().await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let remember = seen.clone();
        server
            .mock("PATCH", Matcher::Any)
            .match_request(move |request| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let headers = request.headers().iter();
                let mut headers: Vec<_> =
                    headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
                headers.sort();
                let path = request.path_and_query().to_owned();
                let body = text(request.body().expect("the body has been read"));
                remember.lock().unwrap().push(Seen { path, headers, body });
                true
            })
            .with_header("content-type", "application/json")
            .with_body(r#"{"code":200,"result":{"id":"dest-1"}}"#)
            .create_async()
            .await;
        Self { server, seen }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// What came since the last time.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}
