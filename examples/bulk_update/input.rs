//! The updates: one JSON object a line, read twice, first to check all of them and then to send them.

use std::{
    borrow::Cow,
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
};

use cinnox_destination::{DestinationId, DestinationUpdate, JsonError};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Failure, arguments::Source, demo};

/// How long a line may be, in bytes: far more than an update with thousands of targets.
const MAX_LINE: usize = 1024 * 1024;

/// How many problems are shown.
const SHOWN: u64 = 50;

/// An update that is ready to be sent.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Counted from 1, as editors do.
    pub(crate) line: u32,
    pub(crate) destination: DestinationId,
    pub(crate) update: DestinationUpdate,
}

/// What was checked and can be read again.
pub(crate) struct Checked {
    pub(crate) entries: Entries,
    /// How many lines have an update.
    pub(crate) count: u64,
}

/// Reads everything once. `each` gets what is right.
pub(crate) fn check(source: &Source, mut each: impl FnMut(&Entry)) -> Result<Checked, Failure> {
    let (file, name) = open(source)?;
    let unreadable = |error: io::Error| Failure::Input(format!("{name} cannot be read: {error}"));
    let mut lines = Lines::new(file);
    let (mut count, mut problems) = (0, Problems::default());
    while let Some(line) = lines.next().map_err(unreadable)? {
        if line.is_empty() {
            continue;
        }
        count += 1;
        match line.parse() {
            Ok(entry) => each(&entry),
            Err(found) => problems.add(line.number, &found),
        }
    }
    problems.into_result()?;
    lines.rewind().map_err(unreadable)?;
    Ok(Checked { entries: Entries { lines, name, left: count }, count })
}

/// A file that can be read twice: what can be read only once, such as a pipe, is copied.
fn open(source: &Source) -> Result<(File, String), Failure> {
    let temporary =
        |error: io::Error| Failure::Other(format!("the updates cannot be kept in a temporary file: {error}"));
    let copy = |mut reader: Box<dyn Read>| {
        let mut file = tempfile::tempfile().map_err(temporary)?;
        io::copy(&mut reader, &mut file).map_err(temporary)?;
        file.rewind().map_err(temporary)?;
        Ok::<_, Failure>(file)
    };
    match source {
        Source::StandardInput => Ok((copy(Box::new(io::stdin()))?, "standard input".to_owned())),
        Source::Demo(count) => {
            let file = tempfile::tempfile().and_then(|file| demo::write(*count, file)).map_err(temporary)?;
            Ok((file, "the sample".to_owned()))
        }
        Source::File(path) => {
            let unreadable = |error: io::Error| Failure::Input(format!("{path} cannot be read: {error}"));
            let file = File::open(path).map_err(unreadable)?;
            let is_file = file.metadata().map_err(unreadable)?.is_file();
            Ok((if is_file { file } else { copy(Box::new(file))? }, path.clone()))
        }
    }
}

/// The first problems in full, and the number of the others.
#[derive(Default)]
struct Problems {
    shown: Vec<String>,
    found: u64,
    lines: u64,
}

impl Problems {
    fn add(&mut self, line: u64, problems: &[String]) {
        self.lines += 1;
        for problem in problems {
            self.found += 1;
            if self.found <= SHOWN {
                self.shown.push(format!("line {line}: {problem}"));
            }
        }
    }

    fn into_result(mut self) -> Result<(), Failure> {
        if self.found == 0 {
            return Ok(());
        }
        if self.found > SHOWN {
            self.shown.push(format!("… and {} more", self.found - SHOWN));
        }
        self.shown.push(format!("{} line(s) are wrong; nothing was sent", self.lines));
        Err(Failure::Input(self.shown.join("\n")))
    }
}

/// The second reading.
pub(crate) struct Entries {
    lines: Lines,
    name: String,
    /// How many lines with an update are still to come.
    left: u64,
}

impl Entries {
    /// The next update of a line that `wanted` says yes to.
    pub(crate) fn next(&mut self, wanted: impl Fn(u32) -> bool) -> Result<Option<Entry>, Failure> {
        let Self { lines, name, left } = self;
        let changed = || Failure::Other(format!("{name} was changed while it was read"));
        loop {
            let line = lines.next().map_err(|error| Failure::Other(format!("{name} cannot be read: {error}")))?;
            let Some(line) = line else {
                return if *left == 0 { Ok(None) } else { Err(changed()) };
            };
            if line.is_empty() {
                continue;
            }
            *left = left.checked_sub(1).ok_or_else(changed)?;
            if u32::try_from(line.number).is_ok_and(&wanted) {
                return line.read().map(Some).map_err(|_| changed());
            }
        }
    }
}

/// Lines of bytes, none of which is kept.
pub(crate) struct Lines {
    reader: BufReader<File>,
    text: Vec<u8>,
    number: u64,
}

pub(crate) struct Line<'a> {
    pub(crate) number: u64,
    /// With its line feed, if it has one; cut if it is too long.
    pub(crate) text: &'a [u8],
}

impl Lines {
    pub(crate) fn new(file: File) -> Self {
        Self { reader: BufReader::with_capacity(64 * 1024, file), text: Vec::new(), number: 0 }
    }

    fn rewind(&mut self) -> io::Result<()> {
        self.number = 0;
        self.reader.rewind()
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.text.clear();
        let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX) + 1;
        if (&mut self.reader).take(most).read_until(b'\n', &mut self.text)? == 0 {
            return Ok(None);
        }
        if self.text.len() > MAX_LINE && !self.text.ends_with(b"\n") {
            self.reader.skip_until(b'\n')?;
        }
        self.number += 1;
        Ok(Some(Line { number: self.number, text: &self.text }))
    }
}

/// What a line is, before the update in it is looked at.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    #[serde(borrow)]
    destination: Cow<'a, str>,
    #[serde(borrow)]
    update: &'a RawValue,
}

impl Line<'_> {
    fn is_empty(&self) -> bool {
        self.without_mark().trim_ascii().is_empty()
    }

    fn without_mark(&self) -> &[u8] {
        if self.number == 1 { self.text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.text) } else { self.text }
    }

    /// The update in a line that was found right before.
    fn read(&self) -> Result<Entry, String> {
        let line = u32::try_from(self.number).map_err(|error| error.to_string())?;
        // Text is checked faster as a whole than string by string.
        let text = std::str::from_utf8(self.without_mark()).map_err(|error| error.to_string())?;
        let Right { destination, update } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Ok(Entry { line, destination, update })
    }

    /// The update in the line, or everything that is wrong with it: `place: sentence`.
    fn parse(&self) -> Result<Entry, Vec<String>> {
        if self.text.len() > MAX_LINE {
            return Err(vec![format!("has more than {MAX_LINE} bytes; is it one update a line?")]);
        }
        let line =
            u32::try_from(self.number).map_err(|_| vec!["is beyond the last line that can be counted".to_owned()])?;
        let text = self.without_mark();
        if !text.trim_ascii_start().starts_with(b"{") {
            return Err(vec![r#"is not an object; write {"destination": "ID", "update": {…}}"#.to_owned()]);
        }
        let envelope = read_envelope(text)?;
        let destination = envelope.destination.parse().map_err(|problem| format!("/destination: {problem}"));
        let update = read_update(text, envelope.update);
        match (destination, update) {
            (Ok(destination), Ok(update)) => Ok(Entry { line, destination, update }),
            (Err(problem), Ok(_)) => Err(vec![problem]),
            (Ok(_), Err(problems)) => Err(problems),
            (Err(problem), Err(mut problems)) => {
                problems.insert(0, problem);
                Err(problems)
            }
        }
    }
}

/// A line that was found right before, without a search for the places of problems.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Right {
    destination: DestinationId,
    update: DestinationUpdate,
}

fn read_envelope(text: &[u8]) -> Result<Envelope<'_>, Vec<String>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let envelope: Envelope<'_> = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        // A question mark stands for what is not known.
        let pointer = if matches!(&*path, "." | "?") { String::new() } else { format!("/{}: ", shown(&path)) };
        vec![format!("{pointer}{}", without_line(error.inner()))]
    })?;
    deserializer.end().map_err(|error| vec![without_line(&error)])?;
    Ok(envelope)
}

/// The text is one line, so only the column says something.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let problem = text.rsplit_once(" at line ").map_or(text.as_str(), |(problem, _)| problem);
    format!("column {}: {}", error.column(), shown(problem))
}

/// A key of the input may be in it, with whatever characters.
fn shown(text: &str) -> String {
    text.escape_debug().to_string().replace("\\\"", "\"")
}

fn read_update(line: &[u8], update: &RawValue) -> Result<DestinationUpdate, Vec<String>> {
    DestinationUpdate::from_json(update.get()).map_err(|error| match error {
        JsonError::Invalid(violations) => violations.iter().map(|violation| format!("/update{violation}")).collect(),
        JsonError::Structure { pointer, column, problem, .. } => {
            let begin = update.get().as_ptr().addr() - line.as_ptr().addr();
            vec![format!("/update{}: column {}: {problem}", shown(&pointer), begin + column)]
        }
        other => vec![format!("/update: {other}")],
    })
}
