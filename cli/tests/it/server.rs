//! A server on loopback that keeps each destination's last update, and every request in its order.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Counted from 0.
    pub(crate) number: usize,
    pub(crate) destination: String,
    pub(crate) update: Value,
}

/// What the server does with a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// Carries it out and says so.
    Update,
    /// The same after some time.
    UpdateAfter(Duration),
    /// Does not carry it out: a status, which further header lines may follow, and a body.
    Refuse(&'static str, &'static str),
}

#[derive(Default)]
struct State {
    held: HashMap<String, Value>,
    requests: Vec<Request>,
}

type Behaviour = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

pub(crate) struct Server {
    pub(crate) url: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Server {
    pub(crate) fn start(behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let (behaviour, shared): (Arc<Behaviour>, _) = (Arc::new(Box::new(behaviour)), Arc::clone(&state));
        // It ends with the test program.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behaviour, state) = (Arc::clone(&behaviour), Arc::clone(&shared));
                // A client that is killed breaks its connections.
                thread::spawn(move || drop(serve(&stream, &behaviour, &state)));
            }
        });
        Self { url, state }
    }

    /// Carries out every update.
    pub(crate) fn updating() -> Self {
        Self::start(|_| Answer::Update)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.0.lock().unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state().requests.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.state().requests.len()
    }

    /// The destination of each request.
    pub(crate) fn sent(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.destination).collect()
    }

    /// What was last carried out.
    pub(crate) fn held(&self) -> HashMap<String, Value> {
        self.state().held.clone()
    }

    /// Waits until this many requests have come.
    #[track_caller]
    pub(crate) fn wait_for(&self, count: usize) {
        let most = Duration::from_secs(60);
        let waited = self.state.1.wait_timeout_while(self.state(), most, |state| state.requests.len() < count).unwrap();
        assert!(!waited.1.timed_out(), "{count} requests did not come");
    }
}

fn serve(stream: &TcpStream, behaviour: &Behaviour, state: &(Mutex<State>, Condvar)) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some((destination, update)) = read(&mut reader)? {
        let request = {
            let mut state = state.0.lock().unwrap();
            let request = Request { number: state.requests.len(), destination, update };
            state.requests.push(request.clone());
            request
        };
        state.1.notify_all();
        let answer = behaviour(&request);
        if let Answer::UpdateAfter(time) = answer {
            thread::sleep(time);
        }
        let success = |id: &str| ("200 OK", format!(r#"{{"code":200,"result":{{"id":"{id}"}}}}"#));
        let (head, body) = match answer {
            Answer::Refuse(head, body) => (head, body.to_owned()),
            Answer::Update | Answer::UpdateAfter(_) => success(&request.destination),
        };
        if !matches!(answer, Answer::Refuse(..)) {
            state.0.lock().unwrap().held.insert(request.destination, request.update);
        }
        let kind = if body.starts_with('<') { "text/html" } else { "application/json" };
        let length = body.len();
        let response = format!("HTTP/1.1 {head}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}");
        // In one piece: a second one would wait for the client to confirm the first.
        let mut stream = stream;
        stream.write_all(response.as_bytes())?;
    }
    Ok(())
}

/// The next request on a connection: the last part of its path, and its body.
fn read(reader: &mut impl BufRead) -> io::Result<Option<(String, Value)>> {
    let (mut line, mut destination, mut length) = (String::new(), String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if let Some(path) = line.strip_prefix("PATCH ").and_then(|rest| rest.strip_suffix(" HTTP/1.1\r\n")) {
            path.rsplit('/').next().unwrap_or_default().clone_into(&mut destination);
        } else if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        } else if line == "\r\n" {
            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            return Ok(Some((destination, serde_json::from_slice(&body)?)));
        }
    }
}
