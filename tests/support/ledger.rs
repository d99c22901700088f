//! A server on loopback that keeps each destination's last update, and every request in its order.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Counted from 0.
    pub(crate) number: usize,
    pub(crate) destination: String,
    pub(crate) update: Value,
    pub(crate) at: Instant,
}

/// What the server does with a request.
pub(crate) enum Answer {
    /// Carries it out and says so.
    Update,
    /// The same after some time.
    UpdateAfter(Duration),
    /// Does not carry it out; a status and further header lines, and a body.
    Refuse(&'static str, &'static str),
}

#[derive(Default)]
struct Book {
    held: HashMap<String, Value>,
    requests: Vec<Request>,
}

type Behaviour = Box<dyn Fn(&Request) -> Answer + Send + Sync>;

pub(crate) struct Ledger {
    pub(crate) url: String,
    book: Arc<(Mutex<Book>, Condvar)>,
}

impl Ledger {
    pub(crate) fn start(behaviour: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let book = Arc::new((Mutex::new(Book::default()), Condvar::new()));
        let (behaviour, shared): (Arc<Behaviour>, _) = (Arc::new(Box::new(behaviour)), Arc::clone(&book));
        // It ends with the test program.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behaviour, book) = (Arc::clone(&behaviour), Arc::clone(&shared));
                // A client that is killed breaks its connections.
                thread::spawn(move || drop(serve(&stream, &behaviour, &book)));
            }
        });
        Self { url, book }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.0.lock().unwrap()
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.book().requests.clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.book().requests.len()
    }

    /// What was last carried out.
    pub(crate) fn held(&self) -> HashMap<String, Value> {
        self.book().held.clone()
    }

    /// Waits until this many requests have come, or for so long.
    pub(crate) fn wait_for(&self, count: usize, most: Duration) -> bool {
        let waited = self.book.1.wait_timeout_while(self.book(), most, |book| book.requests.len() < count).unwrap();
        !waited.1.timed_out()
    }
}

fn serve(stream: &TcpStream, behaviour: &Behaviour, book: &(Mutex<Book>, Condvar)) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    while let Some((destination, update)) = read(&mut reader)? {
        let request = {
            let mut book = book.0.lock().unwrap();
            let request = Request { number: book.requests.len(), destination, update, at: Instant::now() };
            book.requests.push(request.clone());
            request
        };
        book.1.notify_all();
        let answer = behaviour(&request);
        if let Answer::UpdateAfter(time) = answer {
            thread::sleep(time);
        }
        let (head, body) = match answer {
            Answer::Refuse(head, body) => (head, body.to_owned()),
            _ => ("200 OK", format!(r#"{{"code":200,"result":{{"id":"{}"}}}}"#, request.destination)),
        };
        if !matches!(answer, Answer::Refuse(..)) {
            book.0.lock().unwrap().held.insert(request.destination, request.update);
        }
        let mut stream = stream;
        write!(
            stream,
            "HTTP/1.1 {head}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )?;
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
