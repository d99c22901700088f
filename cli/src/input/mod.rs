//! The updates of a file or of standard input: read whole, as UTF-8, in the format that it has.
//!
//! Start at [`read_many`]. `table` and `json_lines` read the two formats with many updates; what they have in common
//! is here: one line per destination, and the warning on numbers that lost their plus.

mod cells;
mod json_lines;
pub(crate) mod problems;
mod table;

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use cinnox_destination::{DestinationId, DestinationUpdate};
use csv::{IntoInnerError, Terminator, WriterBuilder};
use serde::Deserialize;

use self::problems::{Parsed, Problem, Problems, ranges};
use self::table::Rows;
use crate::{arguments::SkipRules, exit::Failure, print::DESTINATION};

/// How large an input may be.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The one with which the header has most cells counts, and of several the last one.
const SEPARATORS: [u8; 3] = [b'\t', b';', b','];

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// One update, as the endpoint takes it.
    Document,
    JsonLines,
    /// With this separator.
    Csv(u8),
}

/// A text that was read, and the format that it has.
#[derive(Debug)]
pub(crate) struct Source {
    /// As the user calls it.
    name: String,
    text: String,
    format: Format,
}

/// Many updates, and what they were read from. Prints the warnings.
pub(crate) fn read_many(path: &Path, skip: &SkipRules) -> Result<(Vec<Entry>, Option<Source>), Failure> {
    let mut problems = Problems::default();
    let source = Source::read(path, &mut problems);
    let entries = source.as_ref().map(|source| source.parse(skip, &mut problems));
    problems.into_result()?;
    Ok((entries.unwrap_or_default(), source))
}

/// The one update of a file.
pub(crate) fn read_update(path: &Path, skip: &SkipRules) -> Result<DestinationUpdate, Failure> {
    let mut problems = Problems::default();
    let update = Source::read(path, &mut problems).and_then(|source| source.parse_document(skip, &mut problems));
    problems.into_result()?;
    update.ok_or_else(|| Failure::refused("the update cannot be read"))
}

/// Adds the problems of a file in any format. Returns the number of updates.
pub(crate) fn check(path: &Path, skip: &SkipRules, problems: &mut Problems) -> usize {
    match Source::read(path, problems) {
        Some(source) if source.format == Format::Document => source.parse_document(skip, problems).iter().count(),
        Some(source) => source.parse(skip, problems).len(),
        None => 0,
    }
}

/// The content of a file or of standard input.
pub(crate) fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let from: Box<dyn Read> = if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    from.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 64 MiB; split it"));
    }
    Ok(bytes)
}

impl Source {
    fn read(path: &Path, problems: &mut Problems) -> Option<Self> {
        let is_standard_input = path.as_os_str() == "-";
        let name = if is_standard_input { "standard input".to_owned() } else { path.display().to_string() };
        let text = read_bytes(path).map_err(|error| format!("cannot be read: {error}")).and_then(decoded);
        match text.and_then(|text| Ok((detect(path, without_mark(&text))?, text))) {
            Ok((format, text)) => Some(Self { name, text, format }),
            Err(problem) => {
                problems.add(&name, [Problem::new(problem)]);
                None
            }
        }
    }

    fn parse_document(&self, skip: &SkipRules, problems: &mut Problems) -> Option<DestinationUpdate> {
        let update = match self.format {
            Format::Document => json_lines::parse_update(without_mark(&self.text), skip),
            _ => Err(vec![Problem::new("is a table or JSON Lines; send it with `bulk`")]),
        };
        update.map_err(|found| problems.add(&self.name, found)).ok()
    }

    fn parse(&self, skip: &SkipRules, problems: &mut Problems) -> Vec<Entry> {
        let (name, text) = (&self.name, without_mark(&self.text));
        let (mut entries, mut without_plus, mut count) = (Vec::new(), Vec::new(), 0);
        let mut first_lines: HashMap<DestinationId, u32> = HashMap::new();
        let is_table = matches!(self.format, Format::Csv(_));
        let add = |mut parsed: Parsed| {
            count += 1;
            if let Some(destination) = &parsed.destination {
                let first = *first_lines.entry(destination.clone()).or_insert(parsed.line);
                if first != parsed.line {
                    let problem = format!("{destination} is also in line {first}; write one line per destination");
                    parsed.add(Problem::at(format!("/{DESTINATION}"), problem));
                }
            }
            let Parsed { line, destination, update, problems: found } = parsed;
            if found.is_empty()
                && let (Some(destination), Some(update)) = (destination, update)
            {
                let mut numbers = update.phone_targets.iter().chain(&update.trunk_targets);
                if is_table && numbers.any(|number| !number.starts_with('+')) {
                    without_plus.push(line);
                }
                entries.push(Entry { line, destination, update });
            }
            problems.add(name, found.into_iter().map(|problem| if is_table { problem.in_table() } else { problem }));
        };
        match self.format {
            Format::Csv(separator) => table::parse(text, separator, skip, add),
            Format::JsonLines => json_lines::parse(text, skip, add),
            Format::Document => {
                let problem = "is one JSON document; write each update on a line of its own, with its destination";
                problems.add(name, [Problem::new(problem)]);
                return Vec::new();
            }
        }
        // A table of failed lines has none if all were updated.
        if count == 0 && !(is_table && text.trim_end().ends_with(FAILED_COLUMNS[1])) {
            problems.add(name, [Problem::new("has no update; `template` prints an example")]);
        }
        if !without_plus.is_empty() {
            let (rows, lines) = (without_plus.len(), ranges(&without_plus));
            problems.warnings.push(format!(
                "warning: {name}: {rows} line(s) have numbers without + (spreadsheets remove it); they are sent as they \
                 are: line {lines}"
            ));
        }
        entries
    }

    /// The lines that failed, with their outcome and message, in the format of the input.
    pub(crate) fn select(&self, failed: &BTreeMap<u32, [String; 2]>) -> io::Result<Vec<u8>> {
        let text = without_mark(&self.text);
        let Format::Csv(separator) = self.format else {
            let lines = (1..).zip(text.split('\n')).filter(|(number, _)| failed.contains_key(number));
            return Ok(lines.flat_map(|(_, line)| [line.trim_ascii(), "\n"]).collect::<String>().into_bytes());
        };
        let mark = &self.text[..self.text.len() - text.len()];
        let terminator = if text.contains("\r\n") { Terminator::CRLF } else { Terminator::Any(b'\n') };
        let mut table = WriterBuilder::new().delimiter(separator).terminator(terminator).from_writer(mark.into());
        let mut kept: Vec<usize> = Vec::new();
        for (line, row) in (1..).zip(Rows::new(text, separator).flatten()) {
            let added = if line == 1 {
                // An input that is itself a table of failed lines has these columns.
                let is_kept = |(_, name): &(usize, &_)| !FAILED_COLUMNS.iter().any(|column| *name == column);
                kept.extend(row.iter().enumerate().filter(is_kept).map(|(index, _)| index));
                FAILED_COLUMNS
            } else if let Some(added) = failed.get(&line) {
                added.each_ref().map(String::as_str)
            } else {
                continue;
            };
            let cells = kept.iter().filter_map(|index| row.get(*index)).map(|cell| &**cell);
            table.write_record(cells.chain(added))?;
        }
        table.into_inner().map_err(IntoInnerError::into_error)
    }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// How workbooks begin, and what they are.
const WORKBOOKS: [(&[u8], &str); 2] = [
    (b"PK\x03\x04", "is a workbook (xlsx or ods) or another ZIP file; save the sheet as \"CSV UTF-8\""),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (xls); save the sheet as \"CSV UTF-8\""),
];

/// # Errors
///
/// What the input is if it is not UTF-8, and how to save it.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    if let Some((_, problem)) = WORKBOOKS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err((*problem).to_owned());
    }
    if bytes.iter().take(4096).any(|byte| *byte == 0) {
        return Err("is UTF-16 (\"Unicode text\"), UTF-32 or no text; save it as UTF-8 (\"CSV UTF-8\")".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to() + 1;
        format!("is not UTF-8 from byte {byte} on, perhaps Windows-1252 or Shift-JIS; save it as UTF-8 (\"CSV UTF-8\")")
    })
}

/// # Errors
///
/// What is wrong with the input as a whole.
fn detect(path: &Path, text: &str) -> Result<Format, String> {
    let begin = text.trim_start();
    let is_named = |extension| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension));
    if begin.starts_with('<') {
        Err("is HTML or XML; save the sheet as \"CSV UTF-8\"".to_owned())
    } else if begin.starts_with('[') {
        Err("is a JSON array; write one object per line, for example with: jq -c '.[]'".to_owned())
    } else if begin.trim_start_matches('"').starts_with("sep=") {
        Err("begins with a line sep=, which only Excel knows; remove that line".to_owned())
    } else if is_named("jsonl") || is_named("ndjson") {
        Ok(Format::JsonLines)
    } else if let Some(behind_brace) = begin.strip_prefix('{') {
        let first_key = String::deserialize(&mut serde_json::Deserializer::from_str(behind_brace));
        let is_line = first_key.is_ok_and(|key| matches!(&*key, DESTINATION | "update"));
        Ok(if is_line { Format::JsonLines } else { Format::Document })
    } else {
        let cells =
            |separator: &u8| Rows::new(text, *separator).next().map_or(0, |header| header.map_or(0, |h| h.len()));
        Ok(Format::Csv(SEPARATORS.into_iter().max_by_key(cells).unwrap_or(b',')))
    }
}
