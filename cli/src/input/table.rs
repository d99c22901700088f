//! CSV input: a column for the destination and one per property. List entries share a cell, separated by `;` or line
//! feeds.

use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use cinnox_destination::{DestinationUpdate, JsonError, Rule, Violation};
use csv::StringRecord;
use serde_json::{Map, Value};

use super::{entry::Entry, lines::MAX_LINE, problems::Problem, spreadsheet};
use crate::{
    schema::{Form, Property, properties},
    text::shown,
};

pub(crate) const DESTINATION: &str = "destination";

/// What separates the entries of a list in a cell.
const LIST_SEPARATORS: [char; 2] = [';', '\n'];

/// The rows of a table, none of which is kept.
pub(super) struct Table<R> {
    reader: csv::Reader<Limited<R>>,
    /// Up to which byte the table may be read for the next row.
    limit: Rc<Cell<u64>>,
    row: StringRecord,
    /// Offset of the reader's line count at the end of a row: it counts a CRLF with the next row.
    lag: Option<u64>,
}

impl<R: Read> Table<R> {
    pub(super) fn new(reader: R, separator: u8) -> Self {
        let limit = Rc::new(Cell::new(0));
        let reader = Limited { from: reader, count: 0, limit: Rc::clone(&limit) };
        let mut options = csv::ReaderBuilder::new();
        let reader = options.delimiter(separator).has_headers(false).flexible(true).from_reader(reader);
        Self { reader, limit, row: StringRecord::new(), lag: None }
    }

    /// The line that the row begins on, and the row. The first one is the header.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, &StringRecord)>> {
        let begin = self.reader.position().clone();
        // The reader reads ahead, but never twice as far as its buffer is long.
        let ahead = 64 * 1024;
        self.limit.set(begin.byte() + u64::try_from(MAX_LINE + ahead).unwrap_or(u64::MAX));
        loop {
            let found = self.reader.read_record(&mut self.row).map_err(|error| match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                csv::ErrorKind::Utf8 { err, .. } => {
                    let (line, cell) = (begin.line() + self.lag.unwrap_or_default(), err.field() + 1);
                    io::Error::other(format!("line {line} is not UTF-8 in cell {cell}; save it as \"CSV UTF-8\""))
                }
                other => io::Error::other(format!("{other:?}")),
            })?;
            if !found {
                return Ok(None);
            }
            // Spreadsheets write rows without anything.
            if self.row.iter().any(|cell| !cell.is_empty()) {
                break;
            }
        }
        let line_feeds = self.row.iter().flat_map(str::bytes).filter(|byte| *byte == b'\n').count() as u64;
        let end = self.reader.position().line();
        let lag = *self.lag.get_or_insert((line_feeds + 2).saturating_sub(end));
        Ok(Some(((end + lag).saturating_sub(line_feeds + 1), &self.row)))
    }
}

/// Limits the size of a row, so that an unclosed quote does not read the whole file into memory.
struct Limited<R> {
    from: R,
    count: u64,
    limit: Rc<Cell<u64>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.count > self.limit.get() {
            return Err(io::Error::other(format!(
                "a row is larger than {MAX_LINE} bytes; check for an unclosed quote"
            )));
        }
        let count = self.from.read(buffer)?;
        self.count += count as u64;
        Ok(count)
    }
}

/// Maps columns to properties.
pub(super) struct Columns {
    destination: usize,
    properties: Vec<(usize, Property)>,
    /// Columns without a name, as spreadsheets write them for cells that once had content.
    unnamed: Vec<usize>,
    count: usize,
}

impl Columns {
    pub(super) fn from_header(header: &StringRecord) -> Result<Self, Vec<Problem>> {
        let find = |name: &str| header.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
        let known = properties();
        let names: Vec<_> = std::iter::once(DESTINATION).chain(known.iter().map(|known| &*known.name)).collect();
        let (mut problems, mut unknown, mut unnamed) = (Vec::new(), Vec::new(), Vec::new());
        for (index, cell) in header.iter().map(str::trim).enumerate() {
            if cell.is_empty() {
                unnamed.push(index);
            } else if !names.iter().any(|name| name.eq_ignore_ascii_case(cell)) {
                unknown.push(format!("\"{}\"", shown(cell)));
            } else if find(cell) != Some(index) {
                problems.push(Problem::new("", format!("the column {cell} occurs twice; remove one")));
            }
        }
        if !unknown.is_empty() {
            let (unknown, names) = (list(&unknown), names.join(", "));
            problems.insert(0, Problem::new("", format!("unknown column(s) {unknown}; the columns are {names}")));
        }
        let required = known.iter().filter(|property| property.is_required).map(|property| &*property.name);
        let missing: Vec<_> =
            std::iter::once(DESTINATION).chain(required).filter(|name| find(name).is_none()).collect();
        if !missing.is_empty() {
            problems.push(Problem::new("", format!("missing column(s) {}", missing.join(", "))));
        }
        let destination = find(DESTINATION);
        let properties = known.into_iter().filter_map(|property| Some((find(&property.name)?, property))).collect();
        match destination {
            Some(destination) if problems.is_empty() => {
                Ok(Self { destination, properties, unnamed, count: header.len() })
            }
            _ => Err(problems),
        }
    }

    /// The update in a row, or everything that is wrong with it.
    pub(super) fn parse(&self, line: u32, row: &StringRecord) -> Result<Entry, Vec<Problem>> {
        let cell = |index| row.get(index).unwrap_or_default();
        let mut problems = Vec::new();
        if row.iter().skip(self.count).any(|cell| !cell.is_empty()) {
            let (cells, columns) = (row.len(), self.count);
            problems.push(Problem::new(
                "",
                format!("has {cells} cells, but there are {columns} columns; quote cells that contain the separator"),
            ));
        }
        for index in self.unnamed.iter().filter(|index| !cell(**index).trim().is_empty()) {
            let (number, text) = (index + 1, shown(cell(*index).trim()));
            problems.push(Problem::new("", format!("cell {number} has \"{text}\", but its column has no name")));
        }
        let destination = cell(self.destination);
        let mut check = |pointer: String, text: &str| {
            problems.extend(
                spreadsheet::damage(text).map(|damage| Problem::new(pointer, format!("\"{}\" {damage}", shown(text)))),
            );
        };
        check(format!("/{DESTINATION}"), destination);
        let mut object = Map::new();
        for (index, Property { name, form, is_required }) in &self.properties {
            let text = cell(*index);
            let value = match form {
                Form::List => {
                    let entries: Vec<_> = entries(text).collect();
                    for (index, entry) in entries.iter().enumerate() {
                        check(format!("/{name}/{index}"), entry);
                    }
                    entries.into()
                }
                Form::Text => {
                    check(format!("/{name}"), text);
                    text.into()
                }
                Form::Other => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
            };
            if *is_required || !text.is_empty() {
                object.insert(name.clone(), value);
            }
        }
        let destination =
            destination.parse().map_err(|error| Problem::new(format!("/{DESTINATION}"), format!("{error}")));
        let update = DestinationUpdate::from_json(Value::from(object).to_string());
        match (destination, update) {
            (Ok(destination), Ok(update)) if problems.is_empty() => return Ok(Entry { line, destination, update }),
            (destination, update) => {
                let others = destination.err().into_iter().chain(update.err().into_iter().flat_map(problems_of));
                for other in others {
                    // What a spreadsheet has done to a cell says more than the rule that it then breaks.
                    if problems.iter().all(|known| known.pointer != other.pointer) {
                        problems.push(other);
                    }
                }
            }
        }
        Err(problems)
    }
}

/// The first few, because a file of another kind may have any number of columns.
fn list(columns: &[String]) -> String {
    let shown = columns.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    if columns.len() > 10 { shown + ", …" } else { shown }
}

/// Without those that a separator at the end would add.
fn entries(cell: &str) -> impl Iterator<Item = &str> {
    let cell = cell.trim_end_matches(|end: char| LIST_SEPARATORS.contains(&end) || end.is_whitespace());
    let entries = cell.split(LIST_SEPARATORS).map(str::trim);
    entries.take(if cell.is_empty() { 0 } else { usize::MAX })
}

fn problems_of(error: JsonError) -> Vec<Problem> {
    match error {
        JsonError::Invalid(violations) => violations.iter().map(problem_of).collect(),
        JsonError::Structure { pointer, problem, .. } => vec![Problem::new(pointer, problem)],
        other => vec![Problem::new("", other.to_string())],
    }
}

fn problem_of(violation: &Violation) -> Problem {
    let mut problem = Problem::of(violation, "");
    if violation.rule() == Rule::NotE164
        && violation.message().split('"').nth(1).is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    {
        problem.message += "; a spreadsheet may have removed what it began with: format the column as text";
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "destination,displayName,supportLanguages,supportLocations,types,phoneTargets,staffTargets";

    fn read(table: &str) -> Result<Vec<Entry>, Vec<String>> {
        let text = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut rows = Table::new(table.as_bytes(), if table.contains(",displayName") { b',' } else { b';' });
        let columns = Columns::from_header(rows.next().unwrap().unwrap().1).map_err(text)?;
        let mut entries = Vec::new();
        while let Some((line, row)) = rows.next().unwrap() {
            entries.push(columns.parse(u32::try_from(line).unwrap(), row).map_err(text)?);
        }
        Ok(entries)
    }

    #[test]
    fn reads_what_spreadsheets_write() {
        let comma = format!(
            "\u{feff}{HEADER}\r\na,\"Night, \"\"late\"\"\",*,HK;US-CA,PHONE; STAFF,+85212345678,\"x\ny\n\"\r\n,,,,,,\r\n\r\nb,B,en,HK,STAFF,,z\r\n"
        );
        let entries = read(&comma).unwrap();
        assert_eq!(entries.iter().map(|entry| entry.line).collect::<Vec<_>>(), [2, 7]);
        assert_eq!(
            serde_json::to_value(&entries[0].update).unwrap(),
            serde_json::json!({
                "displayName": "Night, \"late\"", "supportLanguages": ["*"], "supportLocations": ["HK", "US-CA"],
                "types": ["PHONE", "STAFF"], "phoneTargets": ["+85212345678"], "staffTargets": ["x", "y"],
            })
        );
        let semicolon = "types;destination;displayName;supportLocations;supportLanguages;staffTargets\r\nSTAFF;a;Nächte;\"HK;CN\";*;x\r\n";
        assert_eq!(*read(semicolon).unwrap()[0].update.support_locations, ["HK", "CN"]);
    }

    #[test]
    fn counts_lines_as_editors_do() {
        for end in ["\n", "\r\n"] {
            let table = ["a", "b", "\"c\nd\"", "e", "", "f", "g", ""].join(end);
            let mut rows = Table::new(table.as_bytes(), b',');
            let numbers: Vec<_> = std::iter::from_fn(|| Some(rows.next().unwrap()?.0)).collect();
            assert_eq!(numbers, [1, 2, 3, 5, 7, 8], "{end:?}");
        }
    }

    #[test]
    fn names_every_wrong_column() {
        let names: Vec<_> = properties().into_iter().map(|property| property.name).collect();
        let columns = format!("destination, {}", names.join(", "));
        assert_eq!(
            read("destination,displayName,type,supportLanguages,destination,notes\n").unwrap_err(),
            [
                &*format!("unknown column(s) \"type\", \"notes\"; the columns are {columns}"),
                "the column destination occurs twice; remove one",
                "missing column(s) supportLocations, types",
            ]
        );
    }

    #[test]
    fn names_what_a_spreadsheet_has_done() {
        let table = format!("{HEADER}\n1E+17,4.479E+11,*,HK,PHONE,\"4,479E+11;079111;+1\",\n");
        let rounded = "is a number that a spreadsheet has rounded; format the column as text and enter it again";
        let wrong = "is not a number with country code; write an optional + and 7 to 15 digits, the first not 0";
        assert_eq!(
            read(&table).unwrap_err(),
            [
                format!("/destination: \"1E+17\" {rounded}"),
                format!("/displayName: \"4.479E+11\" {rounded}"),
                format!("/phoneTargets/0: \"4,479E+11\" {rounded}"),
                format!(
                    "/phoneTargets/1: \"079111\" {wrong}; a spreadsheet may have removed what it began with: format the column as text"
                ),
                format!("/phoneTargets/2: \"+1\" {wrong}"),
            ]
        );
    }

    #[test]
    fn accepts_any_case_and_unnamed_empty_columns() {
        let header = HEADER.to_uppercase().replace(",DISPLAYNAME", ",,displayName");
        let row = "a,,Night,*,HK,STAFF,,x,, ";
        assert_eq!(read(&format!("{header},,\n{row}\n")).unwrap().len(), 1);
        let problem = "cell 10 has \"note\", but its column has no name";
        assert_eq!(read(&format!("{header},,\n{row}note\n")).unwrap_err(), [problem]);
    }

    #[test]
    fn a_row_with_more_cells_than_columns_is_refused() {
        let table = format!("{HEADER}\na,Night, late,*,HK,STAFF,,x\n");
        let problem = "has 8 cells, but there are 7 columns; quote cells that contain the separator";
        assert_eq!(read(&table).unwrap_err()[0], problem);
    }

    #[test]
    fn a_quote_that_is_not_closed_does_not_fill_the_memory() {
        let table = format!("{HEADER}\n\"a").into_bytes();
        let mut rows = Table::new(table.chain(io::repeat(b'x')), b',');
        rows.next().unwrap();
        assert_eq!(
            rows.next().unwrap_err().to_string(),
            "a row is larger than 1048576 bytes; check for an unclosed quote"
        );
    }
}
