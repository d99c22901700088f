//! A server that accepts every PATCH and records the requests.

use std::sync::{Arc, Mutex};

use mockito::{Matcher, ServerGuard};

use super::UPDATED;

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) path: String,
    /// Names and values, sorted by name.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Recorded {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Recorder {
    server: ServerGuard,
    requests: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    pub(crate) async fn start() -> Self {
        let mut server = mockito::Server::new_async().await;
        let requests = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&requests);
        server
            .mock("PATCH", Matcher::Any)
            .match_request(move |request| {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let headers = request.headers().iter();
                let mut headers: Vec<_> =
                    headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
                headers.sort();
                let path = request.path_and_query().to_owned();
                let body = text(request.body().expect("the body was read"));
                record.lock().unwrap().push(Recorded { path, headers, body });
                true
            })
            .with_header("content-type", "application/json")
            .with_body(UPDATED)
            .create_async()
            .await;
        Self { server, requests }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// The requests since the last call of this method.
    pub(crate) fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// The only request since the last call of [`take`](Self::take).
    #[track_caller]
    pub(crate) fn take_one(&self) -> Recorded {
        let [request] = <[Recorded; 1]>::try_from(self.take()).expect("exactly one request");
        request
    }
}
