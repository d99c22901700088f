//! The file of results: read to know what is done, and appended to as each line ends.

use std::{
    borrow::Cow,
    fmt::Display,
    fs::{File, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
};

use cinnox_destination::Outcome;
use fs4::{FileExt, TryLockError};
use serde::{Deserialize, Serialize};

use crate::{Failure, input::Lines};

/// What each line of the file begins with.
const BEGIN: &[u8] = b"{\"line\":";

/// How a line of the input ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ending {
    Updated,
    Rejected,
    #[serde(rename = "not sent")]
    NotSent,
    Unknown,
}

impl From<Outcome> for Ending {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::NotSent => Self::NotSent,
            Outcome::Rejected => Self::Rejected,
            Outcome::Unknown => Self::Unknown,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record<'a> {
    pub(crate) line: u32,
    #[serde(borrow)]
    pub(crate) destination: Cow<'a, str>,
    pub(crate) outcome: Ending,
    pub(crate) code: Option<i64>,
    #[serde(borrow)]
    pub(crate) message: Option<Cow<'a, str>>,
    pub(crate) attempts: u32,
}

/// The last ending of each line, in 2 bits: a line that was not sent is like one that was never reached.
#[derive(Default)]
pub(crate) struct Endings {
    bits: Vec<u8>,
    /// How many lines have each of the values.
    counts: [u64; 4],
    /// The sum of a hash of each line that has an ending and its destination, to know another input by.
    fingerprint: u64,
}

impl Endings {
    /// Nothing for a line that is not sent or was never reached.
    pub(crate) fn get(&self, line: u32) -> Option<Ending> {
        [None, Some(Ending::Updated), Some(Ending::Rejected), Some(Ending::Unknown)][usize::from(self.value(line))]
    }

    pub(crate) fn count(&self, ending: Ending) -> u64 {
        self.counts[usize::from(value_of(ending))]
    }

    pub(crate) fn set(&mut self, line: u32, destination: &str, ending: Ending) {
        let (old, new) = (self.value(line), value_of(ending));
        if (old == 0) != (new == 0) {
            let hash = fingerprint(line, destination);
            self.fingerprint =
                if old == 0 { self.fingerprint.wrapping_add(hash) } else { self.fingerprint.wrapping_sub(hash) };
        }
        // Of the lines without an ending it is not known how many there are.
        self.counts[0] += 1;
        self.counts[usize::from(old)] -= 1;
        self.counts[usize::from(new)] += 1;
        let (byte, shift) = place(line);
        if byte >= self.bits.len() {
            self.bits.resize(byte + 1, 0);
        }
        self.bits[byte] = self.bits[byte] & !(3 << shift) | new << shift;
    }

    fn value(&self, line: u32) -> u8 {
        let (byte, shift) = place(line);
        self.bits.get(byte).map_or(0, |bits| bits >> shift & 3)
    }
}

fn place(line: u32) -> (usize, u32) {
    (usize::try_from(line / 4).unwrap_or(usize::MAX), line % 4 * 2)
}

fn value_of(ending: Ending) -> u8 {
    match ending {
        Ending::NotSent => 0,
        Ending::Updated => 1,
        Ending::Rejected => 2,
        Ending::Unknown => 3,
    }
}

fn fingerprint(line: u32, destination: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (line, destination).hash(&mut hasher);
    hasher.finish()
}

/// Adds up what of an input has an ending, to compare it with what the results are for.
#[derive(Default)]
pub(crate) struct Comparison(u64);

impl Comparison {
    pub(crate) fn add(&mut self, endings: &Endings, line: u32, destination: &str) {
        if endings.value(line) != 0 {
            self.0 = self.0.wrapping_add(fingerprint(line, destination));
        }
    }

    pub(crate) fn is_same(&self, endings: &Endings) -> bool {
        self.0 == endings.fingerprint
    }
}

/// The file, open at its end.
pub(crate) struct Journal {
    file: File,
    text: Vec<u8>,
    /// A line could not be written, perhaps after a part of it was: another one behind it could not be read again.
    is_broken: bool,
}

fn unusable(path: &str, why: impl Display) -> Failure {
    Failure::Input(format!("{path} cannot be used for the results: {why}"))
}

/// Keeps a second run from the file until this one ends.
fn lock(file: &File, path: &str) -> Result<(), Failure> {
    match FileExt::try_lock(file) {
        Err(TryLockError::WouldBlock) => {
            Err(unusable(path, "another run has it; wait for its end, or name another one"))
        }
        // Where files cannot be locked, the help has to do.
        _ => Ok(()),
    }
}

/// Reads what is done, if the file exists. A last line that a crash has torn is removed.
pub(crate) fn read(path: &str) -> Result<(Endings, Option<File>), Failure> {
    let unusable = |error: io::Error| unusable(path, error);
    let mut endings = Endings::default();
    let file = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((endings, None)),
        Err(error) => return Err(unusable(error)),
    };
    if !file.metadata().map_err(unusable)?.is_file() {
        return Err(self::unusable(path, "it is not a file"));
    }
    lock(&file, path)?;
    let mut lines = Lines::new(file.try_clone().map_err(unusable)?);
    let mut whole = 0;
    while let Some(line) = lines.next().map_err(unusable)? {
        match (serde_json::from_slice::<Record<'_>>(line.text), line.text.ends_with(b"\n")) {
            (Ok(record), ended) => {
                endings.set(record.line, &record.destination, record.outcome);
                if !ended {
                    (&file).write_all(b"\n").map_err(unusable)?;
                }
            }
            (Err(_), false) if line.text.starts_with(BEGIN) || BEGIN.starts_with(line.text) => {
                file.set_len(whole).map_err(unusable)?;
                let _ = writeln!(io::stderr(), "{path}: the last line was cut off by a crash and has been removed");
                break;
            }
            // An editor or a power cut can leave it.
            (_, ended) if line.text.iter().all(|byte| *byte == 0 || byte.is_ascii_whitespace()) => {
                if !ended {
                    file.set_len(whole).map_err(unusable)?;
                    break;
                }
            }
            _ => {
                let advice = "remove it if the others are results, else name another file";
                return Err(self::unusable(path, format!("line {} is not a result; {advice}", line.number)));
            }
        }
        whole += u64::try_from(line.text.len()).unwrap_or(u64::MAX);
    }
    Ok((endings, Some(file)))
}

impl Journal {
    /// A file that nobody sees.
    pub(crate) fn temporary() -> Result<Self, Failure> {
        let file = tempfile::tempfile()
            .map_err(|error| Failure::Other(format!("no temporary file can be made for the results: {error}")))?;
        Ok(Self { file, text: Vec::new(), is_broken: false })
    }

    /// Goes on with the file that was read, or makes one.
    pub(crate) fn open(path: &str, file: Option<File>) -> Result<Self, Failure> {
        let file = if let Some(file) = file {
            file
        } else {
            let file = OpenOptions::new().append(true).create(true).open(path).map_err(|why| unusable(path, why))?;
            lock(&file, path)?;
            if file.metadata().map_err(|why| unusable(path, why))?.len() > 0 {
                return Err(unusable(path, "another run has written it meanwhile; run this again"));
            }
            file
        };
        Ok(Self { file, text: Vec::new(), is_broken: false })
    }

    /// Takes a line down; it is in the file after [`flush`](Self::flush).
    pub(crate) fn append(&mut self, record: &Record<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut self.text, record)?;
        self.text.push(b'\n');
        Ok(())
    }

    /// One write for what ended at the same time, so that a crash can tear only the last line. If it fails, what could
    /// not be written comes back.
    pub(crate) fn flush(&mut self) -> Result<(), (io::Error, String)> {
        let written = match (self.text.is_empty(), self.is_broken) {
            (true, _) => return Ok(()),
            (_, true) => Err(io::Error::other("an earlier result could not be written")),
            _ => self.file.write_all(&self.text),
        };
        self.is_broken |= written.is_err();
        let written = written.map_err(|error| (error, String::from_utf8_lossy(&self.text).into_owned()));
        self.text.clear();
        written
    }

    /// Whether it is time to flush.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() >= 64 * 1024
    }

    pub(crate) fn is_whole(&self) -> bool {
        !self.is_broken
    }

    /// Waits until the results are on the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}
