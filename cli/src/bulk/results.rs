//! The results file: JSON Lines, first the account, then a record before each request and one for each answer.
//!
//! It is a log to which runs only append. The last record of a destination counts, and a record without an outcome that
//! is the last one means that the outcome is unknown. A line that a kill or a power failure has torn is cut off: its
//! request was not sent yet, or the record before it says that the outcome is unknown.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Display;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cinnox_destination::DestinationUpdate;
use fs4::{FileExt, TryLockError};
use same_file::Handle;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::account::{Account, Answer};
use crate::exit::Failure;
use crate::input::Entry;

/// Of the format.
const VERSION: u32 = 2;

/// How the first line begins, to recognise a torn one.
const FIRST: &[u8] = b"{\"version\":";

/// What only the record of an answer has: quotation marks in values are escaped.
const OUTCOME: &str = ",\"outcome\":";

#[derive(Serialize, Deserialize)]
struct Header<'a> {
    version: u32,
    account: Cow<'a, Account>,
}

/// Half of the SHA-256 of an update as JSON: the same in every run and on every machine.
pub(super) fn hash_of(update: &DestinationUpdate) -> serde_json::Result<String> {
    let digest = Sha256::digest(serde_json::to_vec(update)?);
    let half = u128::from_be_bytes(digest.first_chunk().copied().unwrap_or_default());
    Ok(format!("{half:032x}"))
}

#[derive(Serialize)]
struct Record<'a> {
    time: String,
    line: u32,
    destination: &'a str,
    name: &'a str,
    update: &'a str,
    #[serde(flatten)]
    answer: Option<&'a Answer>,
}

/// What became of an update in an earlier run, in the order in which a plan counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Past {
    Updated,
    NotSent,
    #[default]
    Unknown,
    Rejected,
}

/// A record as read.
#[derive(Deserialize)]
pub(super) struct Last {
    destination: String,
    /// The hash of the update.
    pub(super) update: String,
    /// Before the answer there is none.
    #[serde(default)]
    pub(super) outcome: Past,
}

/// The last records, by destination.
pub(super) type LastRecords = HashMap<String, Last>;

/// The file, open for appending.
#[derive(Debug)]
pub(super) struct Results {
    path: PathBuf,
    pub(super) file: File,
    identity: Handle,
    length: u64,
    /// What is not written yet.
    text: Vec<u8>,
    /// A write failed, so nothing more may be appended.
    is_broken: bool,
}

fn unusable(path: &Path, why: impl Display) -> Failure {
    Failure::refused(format!("{} cannot be used for the results: {why}", path.display()))
}

/// The last records, the length of the file up to the end of the last whole one, and whether that has a line feed.
///
/// # Errors
///
/// Why the file cannot be used.
fn read(file: &File, account: &Account) -> Result<(LastRecords, u64, bool), String> {
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let (mut records, mut length, mut is_ended) = (LastRecords::new(), 0, true);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|error| error.to_string())? == 0 {
            break;
        }
        let is_known = if number == 1 {
            check_header(&line, account)?
        } else {
            let record = serde_json::from_slice::<Last>(&line);
            record.map(|record| records.insert(record.destination.clone(), record)).is_ok()
        };
        is_ended = line.ends_with(b"\n");
        // Behind a header of this tool, only a torn record has no line feed.
        if !is_known && !is_ended && (number > 1 || line.starts_with(FIRST) || FIRST.starts_with(&line)) {
            is_ended = true;
            break;
        }
        if !is_known {
            return Err(format!("line {number} is not a record of this tool; remove that line, or use another file"));
        }
        length += line.len() as u64;
    }
    Ok((records, length, is_ended))
}

/// Whether the line is the first one of a results file.
///
/// # Errors
///
/// It is one for something else.
fn check_header(line: &[u8], account: &Account) -> Result<bool, String> {
    match serde_json::from_slice(line) {
        Ok(Header { version, .. }) if version != VERSION => {
            Err(format!("it is of version {version}, and this tool writes version {VERSION}; use another file"))
        }
        Ok(Header { account: other, .. }) if *other != *account => {
            Err(format!("it has the results of {other}, and this is {account}; use another file"))
        }
        Ok(Header { .. }) => Ok(true),
        Err(_) => Ok(false),
    }
}

impl Results {
    /// Opens or creates the file, locks it and reads it. Cuts off a torn line. A dry run changes nothing.
    pub(super) fn open(path: &Path, account: &Account, dry_run: bool) -> Result<(Option<Self>, LastRecords), Failure> {
        let failed = |error: io::Error| unusable(path, error);
        if dry_run && !path.exists() {
            return Ok((None, LastRecords::new()));
        }
        let file = OpenOptions::new().read(true).append(!dry_run).create(!dry_run).open(path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(unusable(path, "it is not a file"));
        }
        let read = || read(&file, account).map_err(|why| unusable(path, why));
        if dry_run {
            return Ok((None, read()?.0));
        }
        // Where locks are not supported, there is none.
        if let Err(TryLockError::WouldBlock) = FileExt::try_lock(&file) {
            return Err(unusable(path, "another run is using it; wait until it ends, or use another file"));
        }
        let (records, length, is_ended) = read()?;
        file.set_len(length).map_err(failed)?;
        let identity = file.try_clone().and_then(Handle::from_file).map_err(failed)?;
        let mut results = Self { path: path.to_owned(), file, identity, length, text: Vec::new(), is_broken: false };
        if length == 0 {
            results.push(&Header { version: VERSION, account: Cow::Borrowed(account) });
        } else if !is_ended {
            results.text.push(b'\n');
        }
        results.flush().map_err(failed)?;
        Ok((Some(results), records))
    }

    /// Adds a record; it is in the file after [`flush`](Self::flush). Without an answer, a request is about to be sent.
    pub(super) fn append(&mut self, entry: &Entry, update: &str, answer: Option<&Answer>) {
        let time = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let (destination, name): (&str, &str) = (entry.destination.as_str(), &entry.update.display_name);
        self.push(&Record { time, line: entry.line, destination, name, update, answer });
    }

    fn push(&mut self, record: &impl Serialize) {
        // Writing text to memory cannot fail.
        let _ = serde_json::to_writer(&mut self.text, record);
        self.text.push(b'\n');
    }

    /// One write for everything since the last one.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        if self.text.is_empty() {
            return Ok(());
        }
        if self.is_broken {
            return Err(io::Error::other("an earlier result could not be written"));
        }
        if let Err(error) = self.file.write_all(&self.text) {
            // If not even that is possible, the next run cuts off the torn line.
            let _ = self.file.set_len(self.length);
            self.is_broken = true;
            return Err(error);
        }
        self.length += self.text.len() as u64;
        self.text.clear();
        Ok(())
    }

    /// The answers that could not be written, and what to do with them.
    pub(super) fn unwritten(&self) -> Option<String> {
        let Self { path, text, is_broken: true, .. } = self else { return None };
        let text = String::from_utf8_lossy(text);
        let is_answer = |line: &&str| line.contains(OUTCOME);
        let answers = text.lines().filter(is_answer).collect::<Vec<_>>().join("\n");
        Some(format!("these results could not be written; append them to {}:\n{answers}", path.display()))
    }

    /// # Errors
    ///
    /// A sentence: the file is no longer where it was, or no longer as long as what was written.
    pub(super) fn verify(&self) -> Result<(), String> {
        let Self { path, identity, length, is_broken, .. } = self;
        let is_same = || Handle::from_path(path).is_ok_and(|found| found == *identity);
        if *is_broken || (is_same() && fs::metadata(path).is_ok_and(|metadata| metadata.len() == *length)) {
            return Ok(());
        }
        let path = path.display();
        Err(format!(
            "{path} was moved, removed or changed while it was in use; without its records, the next run sends \
                     these lines again"
        ))
    }
}
