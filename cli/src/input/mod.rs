//! The updates of a file or of standard input: read whole, as UTF-8, in the format that it has.
//!
//! Start at [`Input::read`]. `table` and `json_lines` read the two formats with many updates; what they have in common
//! is here: one line per destination, and the warning on numbers that lost their plus.

mod cells;
mod json_lines;
pub(crate) mod problems;
mod table;

use std::{
    collections::{BTreeMap, HashMap},
    ffi::OsStr,
    fs::File,
    io::{self, Read},
    path::Path,
};

use cinnox_destination::{DestinationId, DestinationUpdate};
use serde::Deserialize;

use self::{
    problems::{Problem, Problems, ranges},
    table::Rows,
};
use crate::{arguments::SkipRules, exit::Failure, print::DESTINATION};

/// How large an input may be.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

const BYTE_ORDER_MARK: char = '\u{feff}';

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The columns that a table of failed lines has besides those of the input.
const FAILED_COLUMNS: [&str; 2] = ["#outcome", "#problem"];

/// A valid update with its destination.
#[derive(Debug)]
pub(crate) struct Entry {
    /// As the spreadsheet counts.
    pub(crate) line: u32,
    pub(crate) destination: DestinationId,
    pub(crate) update: DestinationUpdate,
}

/// A line as read, with everything that is wrong with it.
#[derive(Default)]
struct Parsed {
    line: u32,
    destination: Option<DestinationId>,
    update: Option<DestinationUpdate>,
    problems: Vec<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// One update, as the endpoint takes it.
    Document,
    JsonLines,
    Csv {
        separator: u8,
    },
}

/// The text that was read.
#[derive(Debug)]
pub(crate) struct Source {
    text: String,
    format: Format,
}

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) entries: Vec<Entry>,
    pub(crate) source: Source,
}

/// An update that failed: its outcome, and why.
pub(crate) type FailedLine = (String, String);

impl Input {
    /// Many updates. Prints the warnings.
    pub(crate) fn read(path: &Path, skip: &SkipRules) -> Result<Self, Failure> {
        let mut problems = Problems::default();
        let name = name(path);
        let source = Source::read(path, &name, &mut problems);
        let input = source.map(|source| source.parse(&name, skip, &mut problems));
        problems.into_result()?;
        input.ok_or_else(|| Failure::refused("the input cannot be read"))
    }
}

/// The one update of a file. Prints the warnings.
pub(crate) fn read_update(path: &Path, skip: &SkipRules) -> Result<DestinationUpdate, Failure> {
    let mut problems = Problems::default();
    let name = name(path);
    let mut update = None;
    if let Some(source) = Source::read(path, &name, &mut problems) {
        if first_key(&source.text).is_some_and(|key| matches!(&*key, DESTINATION | "update")) {
            let problem = "is an update with its destination, as `bulk` takes it; write only the object in \"update\"";
            problems.add(&name, [Problem::new(problem)]);
        } else {
            update = source.parse_document(&name, skip, &mut problems);
        }
    }
    problems.into_result()?;
    update.ok_or_else(|| Failure::refused("the update cannot be read"))
}

/// Adds the problems of a file in any format. Returns the number of updates.
pub(crate) fn check(path: &Path, skip: &SkipRules, problems: &mut Problems) -> usize {
    let name = name(path);
    match Source::read(path, &name, problems) {
        Some(source) if source.format == Format::Document => {
            usize::from(source.parse_document(&name, skip, problems).is_some())
        }
        Some(source) => source.parse(&name, skip, problems).entries.len(),
        None => 0,
    }
}

fn name(path: &Path) -> String {
    if path.as_os_str() == "-" { "standard input".to_owned() } else { path.display().to_string() }
}

impl Source {
    fn read(path: &Path, name: &str, problems: &mut Problems) -> Option<Self> {
        let found = read_bytes(path).map_err(|error| format!("cannot be read: {error}")).and_then(decoded);
        let found = found.and_then(|text| Ok(Self { format: detect(path, without_mark(&text))?, text }));
        found.map_err(|problem| problems.add(name, [Problem::new(problem)])).ok()
    }

    fn parse_document(&self, name: &str, skip: &SkipRules, problems: &mut Problems) -> Option<DestinationUpdate> {
        let update = json_lines::parse_update(without_mark(&self.text), skip);
        update.map_err(|found| problems.add(name, found)).ok()
    }

    fn parse(self, name: &str, skip: &SkipRules, problems: &mut Problems) -> Input {
        let text = without_mark(&self.text);
        let parsed: Box<dyn Iterator<Item = Parsed>> = match self.format {
            Format::Csv { separator } => table::parse(text, separator, skip),
            Format::JsonLines => Box::new(json_lines::parse(text, skip)),
            Format::Document => {
                let problem = "is one JSON document; write each update on a line of its own, with its destination";
                problems.add(name, [Problem::new(problem)]);
                return Input { entries: Vec::new(), source: self };
            }
        };
        let (mut entries, mut without_plus, mut count) = (Vec::new(), Vec::new(), 0);
        let mut first_lines: HashMap<DestinationId, u32> = HashMap::new();
        for Parsed { line, destination, update, problems: mut found } in parsed {
            count += 1;
            if let Some(destination) = &destination {
                let first = *first_lines.entry(destination.clone()).or_insert(line);
                if first != line {
                    let problem = format!("{destination} is also in line {first}; write one line per destination");
                    let problem = Problem { line: Some(line), ..Problem::at(format!("/{DESTINATION}"), problem) };
                    let is_table = matches!(self.format, Format::Csv { .. });
                    found.push(if is_table { problem.in_table() } else { problem });
                }
            }
            if found.is_empty()
                && let (Some(destination), Some(update)) = (destination, update)
            {
                let mut numbers = update.phone_targets.iter().chain(&update.trunk_targets);
                if numbers.any(|number| !number.starts_with('+')) {
                    without_plus.push(line);
                }
                entries.push(Entry { line, destination, update });
            }
            problems.add(name, found);
            if problems.is_full() {
                break;
            }
        }
        if count == 0 {
            problems.add(name, [Problem::new("has no update; `template` prints an example")]);
        }
        if matches!(self.format, Format::Csv { .. }) && !without_plus.is_empty() {
            let (rows, lines) = (without_plus.len(), ranges(&without_plus));
            problems.warn(format!(
                "warning: {name}: {rows} line(s) have numbers without + (spreadsheets remove it); they are sent as they \
                 are: line {lines}"
            ));
        }
        Input { entries, source: self }
    }

    /// The lines that failed, in the format of the input.
    pub(crate) fn select(&self, failed: &BTreeMap<u32, FailedLine>) -> io::Result<Vec<u8>> {
        let text = without_mark(&self.text);
        let Format::Csv { separator } = self.format else {
            let lines = (1..).zip(text.split('\n')).filter(|(number, _)| failed.contains_key(number));
            return Ok(lines.flat_map(|(_, line)| [line.trim_ascii(), "\n"]).collect::<String>().into_bytes());
        };
        let mut selected = Vec::new();
        if text.len() < self.text.len() {
            selected.extend(BYTE_ORDER_MARK.to_string().as_bytes());
        }
        let mut table = csv::WriterBuilder::new();
        if text.contains("\r\n") {
            table.terminator(csv::Terminator::CRLF);
        }
        let mut table = table.delimiter(separator).from_writer(selected);
        let mut kept: Vec<usize> = Vec::new();
        for row in Rows::new(text, separator).flatten() {
            let added = if row.line == 1 {
                // An input that is itself a table of failed lines has these columns.
                let is_kept = |(_, name): &(usize, &_)| !FAILED_COLUMNS.iter().any(|column| *name == column);
                kept.extend(row.cells.iter().enumerate().filter(is_kept).map(|(index, _)| index));
                FAILED_COLUMNS
            } else if let Some((outcome, problem)) = failed.get(&row.line) {
                [&**outcome, &**problem]
            } else {
                continue;
            };
            let cells = kept.iter().filter_map(|index| row.cells.get(*index)).map(|cell| &**cell);
            table.write_record(cells.chain(added))?;
        }
        table.into_inner().map_err(|error| error.into_error())
    }
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let from: Box<dyn Read> = if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 64 MiB; split it"));
    }
    Ok(bytes)
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// # Errors
///
/// What the input is if it is not UTF-8, and how to save it.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let contains = |part: &[u8]| bytes.windows(part.len()).take(4096).any(|window| window == part);
    let kind = match &*bytes {
        [b'P', b'K', 3, 4, ..] if contains(b"opendocument") => {
            "is an OpenDocument spreadsheet (ods); save the sheet as CSV"
        }
        [b'P', b'K', 3, 4, ..] => "is an Excel workbook (xlsx) or another ZIP file; save the sheet as \"CSV UTF-8\"",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "is an Excel workbook (xls); save the sheet as \"CSV UTF-8\"",
        [0x1f, 0x8b, ..] => "is compressed (gzip); unpack it first",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..] => {
            "is UTF-16 (\"Unicode text\"); save it as UTF-8 (\"CSV UTF-8\")"
        }
        _ if bytes.iter().take(4096).any(|byte| *byte == 0) => "is not text; save the sheet as \"CSV UTF-8\"",
        _ => "",
    };
    if !kind.is_empty() {
        return Err(kind.to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        let line = line_at(&bytes[..valid]);
        format!(
            "is not UTF-8, but probably Windows-1252: line {line} has the byte 0x{:02X}; save it as UTF-8 (\"CSV UTF-8\")",
            bytes[valid]
        )
    })
}

/// The line behind this text, as a spreadsheet counts: line breaks in quoted cells do not count.
fn line_at(text: &[u8]) -> usize {
    let (mut line, mut is_quoted) = (1, false);
    for byte in text {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted => line += 1,
            _ => {}
        }
    }
    line
}

/// # Errors
///
/// What is wrong with the input as a whole.
fn detect(path: &Path, text: &str) -> Result<Format, String> {
    let extension = path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    let is_json = matches!(extension.as_deref(), Some("json" | "jsonl" | "ndjson"));
    let found = match text.trim_start().as_bytes() {
        _ if text.starts_with(BYTE_ORDER_MARK) => {
            Err("begins with two byte order marks; save it as UTF-8 with one or none")
        }
        [b'<', ..] => Err("is HTML or XML; save the sheet as \"CSV UTF-8\""),
        [b'[', ..] => Err("is a JSON array; write one object per line, for example with: jq -c '.[]'"),
        [b'{', ..] => detect_json(text),
        _ if is_json => Ok(Format::JsonLines),
        _ => detect_csv(text),
    };
    found.map_err(ToOwned::to_owned)
}

fn detect_json(text: &str) -> Result<Format, &'static str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or_default(), lines.next());
    let is_for_bulk = first_key(text).is_some_and(|key| matches!(&*key, DESTINATION | "update"));
    let is_cut = serde_json::from_str::<serde::de::IgnoredAny>(first).is_err_and(|error| error.is_eof());
    match second {
        None if !is_for_bulk => Ok(Format::Document),
        Some(second) if is_cut && !second.starts_with('{') => match is_for_bulk {
            true => Err("is pretty-printed JSON; write each object on a line of its own, for example with: jq -c ."),
            false => Ok(Format::Document),
        },
        _ => Ok(Format::JsonLines),
    }
}

/// The first key of a JSON object.
fn first_key(text: &str) -> Option<String> {
    let behind_brace = without_mark(text).trim_start().strip_prefix('{')?;
    String::deserialize(&mut serde_json::Deserializer::from_str(behind_brace)).ok()
}

/// CSV has a header, in which a column is named `destination`.
fn detect_csv(text: &str) -> Result<Format, &'static str> {
    if text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("sep=")) {
        return Err("begins with a line that names the separator; remove that line");
    }
    let is_header = |row: &table::Row<'_>| row.cells.iter().any(|cell| cell.trim().eq_ignore_ascii_case(DESTINATION));
    let header = |separator| Rows::new(text, separator).take(5).map_while(Result::ok).position(|row| is_header(&row));
    let places = SEPARATORS.map(|separator| (separator, header(separator)));
    if let Some((separator, _)) = places.into_iter().find(|(_, place)| *place == Some(0)) {
        return Ok(Format::Csv { separator });
    }
    if places.iter().any(|(_, place)| place.is_some()) {
        return Err("has a line above the header; remove it");
    }
    // The column is then said to be missing.
    let first_line = text.lines().next().unwrap_or_default();
    let separator = SEPARATORS.into_iter().max_by_key(|separator| first_line.matches(char::from(*separator)).count());
    Ok(Format::Csv { separator: separator.unwrap_or(b',') })
}
