//! The results file: read to resume, appended to before each request and after each result.

use std::{
    fmt::Display,
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use fs4::{FileExt, TryLockError};
use serde::Serialize;

use super::record::{Event, Header, VERSION};
use crate::{
    account::Account,
    failure::Failure,
    input::{Line, Lines},
    output::complain,
};

/// The prefixes of the header and of the other lines, to recognise a line that a crash has truncated.
const HEADER: &[u8] = b"{\"version\":";
const EVENT: &[u8] = b"{\"line\":";

/// Results of earlier runs.
pub(crate) struct Results {
    path: PathBuf,
    file: File,
}

/// What a crash may have left at the end of the file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tail {
    /// The length up to the end of the last line that is whole.
    whole: u64,
    /// Something follows that is not.
    is_torn: bool,
    /// The last line lacks its line feed.
    is_open: bool,
    /// There is no first line yet.
    is_new: bool,
}

/// The file, open at its end.
pub(crate) struct Journal {
    /// Nothing for a temporary file.
    path: Option<PathBuf>,
    file: File,
    length: u64,
    text: Vec<u8>,
    /// A write failed, so nothing more may be appended.
    is_broken: bool,
}

fn cannot_be_used(path: &Path, why: impl Display) -> Failure {
    Failure::Input(format!("{} cannot be used for the results: {why}", path.display()))
}

/// Locks the file for this run.
fn lock(file: &File, path: &Path) -> Result<(), Failure> {
    match FileExt::try_lock(file) {
        Err(TryLockError::WouldBlock) => {
            Err(cannot_be_used(path, "another run is using it; wait until it ends, or use another file"))
        }
        // Locking is best effort.
        _ => Ok(()),
    }
}

impl Results {
    /// Nothing if the file does not exist.
    pub(crate) fn open(path: &Path) -> Result<Option<Self>, Failure> {
        let file = match OpenOptions::new().read(true).append(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot_be_used(path, error)),
        };
        if !file.metadata().map_err(|error| cannot_be_used(path, error))?.is_file() {
            return Err(cannot_be_used(path, "it is not a file"));
        }
        lock(&file, path)?;
        Ok(Some(Self { path: path.to_owned(), file }))
    }

    /// Reads the earlier results. The file is not changed before [`Continuation::begin`].
    pub(crate) fn read(
        self,
        account: &Account,
        mut each: impl FnMut(&Event<'_>) -> io::Result<()>,
    ) -> Result<Continuation, Failure> {
        let unusable = |why: &dyn Display| cannot_be_used(&self.path, why);
        let mut tail = Tail { is_new: true, ..Tail::default() };
        let mut lines = Lines::new(self.file.try_clone().map_err(|error| unusable(&error))?);
        while lines.advance().map_err(|error| unusable(&error))? {
            let Line { number, text } = lines.current();
            let is_ended = text.ends_with(b"\n");
            let begin = if number == 1 { HEADER } else { EVENT };
            let is_known = if number == 1 {
                check_header(text, account).map_err(|why| unusable(&why))?
            } else if let Some(event) = Event::read(text) {
                each(&event).map_err(|error| unusable(&error))?;
                true
            } else {
                false
            };
            if is_known {
                tail.is_new = false;
                tail.is_open = !is_ended;
            } else if !is_ended && (text.starts_with(begin) || begin.starts_with(text)) {
                tail.is_torn = true;
                break;
            } else if !text.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) {
                let advice = "remove that line, or use another file";
                return Err(unusable(&format!("line {number} is not a result; {advice}")));
            } else if !is_ended {
                // An editor or a power cut can leave it.
                break;
            }
            tail.whole += u64::try_from(text.len()).unwrap_or(u64::MAX);
        }
        if tail.is_new {
            tail.whole = 0;
        }
        Ok(Continuation { results: self, tail })
    }
}

/// Whether the text is a header, and for this account.
///
/// # Errors
///
/// Why the file cannot be used.
fn check_header(text: &[u8], account: &Account) -> Result<bool, String> {
    if let Ok(header) = serde_json::from_slice::<Header>(text) {
        return match header {
            Header { version, .. } if version != VERSION => {
                Err(format!("it is of version {version}, and this tool writes version {VERSION}; use another file"))
            }
            Header { account: other, .. } if other != *account => {
                Err(format!("it has the results of {other}, and this is {account}; use another file"))
            }
            Header { .. } => Ok(true),
        };
    }
    if Event::read(text).is_some() {
        let why = "its first line, which identifies the account, is missing";
        return Err(format!("{why}; restore that line, or use another file"));
    }
    let is_old = serde_json::from_slice(text).is_ok_and(|value: serde_json::Value| {
        value["line"].is_u64() && value["destination"].is_string() && value["outcome"].is_string()
    });
    if is_old {
        let why = "it was written by an earlier version and lacks the account and the hashes of the updates";
        return Err(format!("{why}; use another file"));
    }
    Ok(false)
}

/// Earlier results, ready to be appended to.
pub(crate) struct Continuation {
    results: Results,
    tail: Tail,
}

impl Continuation {
    /// Removes a last line that a crash has truncated.
    fn begin(self, account: &Account) -> Result<Journal, Failure> {
        let Self { results: Results { path, file }, tail } = self;
        let unusable = |error: io::Error| cannot_be_used(&path, error);
        file.set_len(tail.whole).map_err(unusable)?;
        if tail.is_torn {
            complain(&format!("{}: removed the last line, which a crash had truncated", path.display()));
        }
        let mut journal = Journal::new(file, tail.whole);
        if tail.is_open {
            journal.text.push(b'\n');
        }
        let journal = journal.begin(account, tail.is_new).map_err(unusable)?;
        Ok(Journal { path: Some(path), ..journal })
    }
}

impl Journal {
    fn new(file: File, length: u64) -> Self {
        Self { path: None, file, length, text: Vec::new(), is_broken: false }
    }

    /// Appends to earlier results, or creates the file.
    pub(crate) fn open(path: &Path, earlier: Option<Continuation>, account: &Account) -> Result<Self, Failure> {
        if let Some(earlier) = earlier {
            return earlier.begin(account);
        }
        let unusable = |why: &dyn Display| cannot_be_used(path, why);
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(|error| unusable(&error))?;
        lock(&file, path)?;
        let metadata = file.metadata().map_err(|error| unusable(&error))?;
        if !metadata.is_file() {
            return Err(unusable(&"it is not a file"));
        }
        if metadata.len() > 0 {
            return Err(unusable(&"another run wrote to it in the meantime; run the command again"));
        }
        let journal = Self::new(file, 0).begin(account, true).map_err(|error| unusable(&error))?;
        Ok(Self { path: Some(path.to_owned()), ..journal })
    }

    /// A temporary journal.
    pub(crate) fn temporary() -> io::Result<Self> {
        Ok(Self::new(tempfile::tempfile()?, 0))
    }

    fn begin(mut self, account: &Account, is_new: bool) -> io::Result<Self> {
        if is_new {
            self.append(&Header { version: VERSION, account: account.clone() })?;
        }
        self.flush().map_err(|(error, _)| error)?;
        Ok(self)
    }

    /// Adds a line; it is in the file after [`flush`](Self::flush).
    pub(crate) fn append(&mut self, record: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.text, record)?;
        self.text.push(b'\n');
        Ok(())
    }

    /// One write for everything since the last one. If it fails, the results that could not be written come back.
    pub(crate) fn flush(&mut self) -> Result<(), (io::Error, String)> {
        let text = std::mem::take(&mut self.text);
        let result = match (text.is_empty(), self.is_broken) {
            (true, _) => Ok(()),
            (false, true) => Err(io::Error::other("an earlier result could not be written")),
            (false, false) => self.file.write_all(&text),
        };
        match result {
            Ok(()) => {
                self.length += u64::try_from(text.len()).unwrap_or(u64::MAX);
                self.text = text;
                self.text.clear();
                Ok(())
            }
            Err(error) => {
                if !self.is_broken {
                    // If not even that is possible, the next run removes the part of a line.
                    let _ = self.file.set_len(self.length);
                }
                self.is_broken = true;
                Err((error, results_in(&text)))
            }
        }
    }

    /// Whether it is time to flush.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= 64 * 1024
    }

    pub(crate) fn is_whole(&self) -> bool {
        !self.is_broken
    }

    /// What to do with results that could not be written.
    pub(crate) fn advice(&self) -> String {
        let path = self.path.as_ref().map(|path| format!("; append these lines to {}", path.display()));
        path.unwrap_or_default()
    }

    /// Whether the file still is where it was, and as long as what was written.
    ///
    /// # Errors
    ///
    /// A sentence.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let Some(path) = &self.path else { return Ok(()) };
        let is_kept = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() == self.length);
        let changed = || format!("{} was removed or changed during the run, so results are missing", path.display());
        if is_kept { Ok(()) } else { Err(changed()) }
    }

    /// Waits until the results are on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

fn results_in(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let is_result = |line: &&str| Event::read(line.as_bytes()).is_some_and(|event| event.is_result());
    text.lines().filter(is_result).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bulk::record::{LineResult, UpdateHash},
        verdict::LineOutcome,
    };

    fn account(app_id: &str) -> Account {
        Account { base_url: "https://examplebaseurl.com".to_owned(), app_id: app_id.to_owned() }
    }

    fn result(line: u32) -> LineResult<'static> {
        let (update, outcome) = (UpdateHash(7), LineOutcome::Updated);
        LineResult { line, destination: "a", update, outcome, code: Some(200), message: None, attempts: 1 }
    }

    /// The lines that have an event, or why the file is refused.
    fn read(path: &Path, app_id: &str) -> Result<Vec<u32>, String> {
        let mut lines = Vec::new();
        let results = Results::open(path).map_err(|failure| failure.to_string())?.unwrap();
        let read = results.read(&account(app_id), |event| {
            lines.push(event.line);
            Ok(())
        });
        let refused = |failure: Failure| failure.to_string().replace(&*path.display().to_string(), "FILE");
        Journal::open(path, Some(read.map_err(refused)?), &account(app_id)).map_err(refused)?;
        Ok(lines)
    }

    struct Torn {
        /// Behind the header and a result.
        text: &'static str,
        lines: &'static [u32],
        /// What the file has then.
        left: &'static str,
    }

    #[test]
    fn repairs_what_a_crash_has_torn() {
        let rows = [
            Torn { text: "", lines: &[1], left: "" },
            Torn { text: "{", lines: &[1], left: "" },
            Torn { text: "{\"line\":2,\"destin", lines: &[1], left: "" },
            Torn { text: "\n\0\0", lines: &[1], left: "\n" },
            Torn {
                text: "{\"line\":2,\"destination\":\"a\",\"update\":\"07\",\"state\":\"sending\"}",
                lines: &[1, 2],
                left: "{\"line\":2,\"destination\":\"a\",\"update\":\"07\",\"state\":\"sending\"}\n",
            },
        ];
        for Torn { text, lines, left } in rows {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("results.jsonl");
            let mut journal = Journal::open(&path, None, &account("app-1")).unwrap();
            journal.append(&result(1)).unwrap();
            journal.flush().unwrap();
            drop(journal);
            let whole = std::fs::read_to_string(&path).unwrap();
            std::fs::write(&path, format!("{whole}{text}")).unwrap();
            assert_eq!(read(&path, "app-1").unwrap(), lines, "{text:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{whole}{left}"), "{text:?}");
        }
    }

    struct Foreign {
        text: &'static str,
        why: &'static str,
    }

    #[test]
    fn refuses_what_is_for_something_else_and_leaves_it_alone() {
        let rows = [
            Foreign {
                text: "{\"version\":1,\"account\":{\"base_url\":\"https://other.com\",\"app_id\":\"app-1\"}}\n",
                why: "it has the results of app-1 at https://other.com, and this is app-1 at https://examplebaseurl.com; use \
                      another file",
            },
            Foreign {
                text: "{\"version\":2,\"account\":{\"base_url\":\"https://other.com\",\"app_id\":\"app-1\"}}\n",
                why: "it is of version 2, and this tool writes version 1; use another file",
            },
            Foreign {
                text: "{\"line\":1,\"destination\":\"a\",\"outcome\":\"updated\",\"code\":200,\"message\":null,\"attempts\":1}\n",
                why: "it was written by an earlier version and lacks the account and the hashes of the updates; use another \
                      file",
            },
            Foreign {
                text: "{\"destination\":\"a\"",
                why: "line 1 is not a result; remove that line, or use another file",
            },
            Foreign {
                text: "{\"line\":1,\"destination\":\"a\",\"update\":\"07\",\"state\":\"sending\"}\n",
                why: "its first line, which identifies the account, is missing; restore that line, or use another file",
            },
            Foreign {
                text: "{\"line\":1,\"destination\":\"a\",\"update\":\"07\",\"outcome\":\"updated\"}\n",
                why: "its first line, which identifies the account, is missing; restore that line, or use another file",
            },
        ];
        for Foreign { text, why } in rows {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            let expected = format!("FILE cannot be used for the results: {why}");
            assert_eq!(read(file.path(), "app-1").unwrap_err(), expected);
            assert_eq!(std::fs::read_to_string(file.path()).unwrap(), text);
        }
    }

    #[test]
    fn a_header_that_a_crash_has_torn_is_written_again() {
        for text in ["", "{\"ver", "{\"version\":1,\"acc"] {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), text).unwrap();
            assert_eq!(read(file.path(), "app-1").unwrap(), Vec::<u32>::new());
            assert!(std::fs::read_to_string(file.path()).unwrap().ends_with("\"app_id\":\"app-1\"}}\n"));
            assert_eq!(read(file.path(), "app-1").unwrap(), Vec::<u32>::new());
        }
    }

    #[test]
    fn after_a_write_that_failed_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.jsonl");
        std::fs::write(&path, "").unwrap();
        // Open for reading only, so that every write fails.
        let file = File::open(&path).unwrap();
        let mut journal = Journal::new(file, 0);
        for line in [1, 2] {
            journal.append(&result(line)).unwrap();
            let (_, lost) = journal.flush().unwrap_err();
            assert!(lost.starts_with(&format!("{{\"line\":{line},")), "{lost}");
            assert!(!journal.is_whole());
        }
    }
}
