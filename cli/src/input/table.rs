//! CSV: a column for the destination and one for each property of an update.
//!
//! [`Rows`] follows RFC 4180 strictly: a quotation mark stands around a whole cell, or twice inside such a cell. What
//! breaks that is refused with its place, because everything behind it would be read wrongly.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::cells::damage;
use super::json_lines::parse_update;
use super::problems::{Parsed, Problem};
use crate::arguments::SkipRules;
use crate::exit::shown;
use crate::print::{COLUMNS, Column, Kind, column_names};

/// How many unknown columns a sentence names: a file of another kind may have any number.
const SHOWN_COLUMNS: usize = 10;

/// What is wrong with the quotation marks of a cell.
const NEVER_CLOSED: &str = "begins with a quotation mark that is never closed; close it";
const LONE_CARRIAGE_RETURN: &str = "is followed by a carriage return alone; save the file with LF or CRLF line ends";
const MARK_IN_CELL: &str = "contains a quotation mark, but is not quoted; quote the whole cell and double the mark";
const TEXT_BEHIND_MARK: &str = "goes on behind its closing quotation mark, perhaps one opened in this line is not closed; \
                                quote the whole cell and double each mark inside";

/// The rows of a table, counted as a spreadsheet counts them.
pub(super) struct Rows<'a> {
    rest: &'a str,
    separator: u8,
    line: u32,
    /// The names in the first row.
    names: Vec<String>,
}

pub(super) struct Row<'a> {
    pub(super) line: u32,
    pub(super) cells: Vec<Cow<'a, str>>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        Self { rest: text, separator, line: 0, names: Vec::new() }
    }

    /// The next cell, and whether it is the last one of its row.
    fn cell(&mut self) -> Result<(Cow<'a, str>, bool), &'static str> {
        let text = self.rest;
        let (cell, behind) = if let Some(quoted) = text.strip_prefix('"') {
            let end = closing_quote(quoted).ok_or(NEVER_CLOSED)?;
            (Cow::Owned(quoted[..end].replace("\"\"", "\"")), &quoted[end + 1..])
        } else {
            let is_end = |c: char| c == char::from(self.separator) || matches!(c, '\n' | '\r' | '"');
            let (cell, behind) = text.split_at(text.find(is_end).unwrap_or(text.len()));
            (Cow::Borrowed(cell), behind)
        };
        let (end, is_last) = match behind.as_bytes() {
            [] => (0, true),
            [byte, ..] if *byte == self.separator => (1, false),
            [b'\n', ..] => (1, true),
            [b'\r', b'\n', ..] => (2, true),
            [b'\r', ..] => return Err(LONE_CARRIAGE_RETURN),
            [b'"', ..] => return Err(MARK_IN_CELL),
            _ => return Err(TEXT_BEHIND_MARK),
        };
        self.rest = &behind[end..];
        Ok((cell, is_last))
    }
}

/// Where the quotation mark is that closes a quoted cell.
fn closing_quote(quoted: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let mark = from + quoted[from..].find('"')?;
        if !quoted[mark + 1..].starts_with('"') {
            return Some(mark);
        }
        from = mark + 2;
    }
}

/// Ends behind a row that breaks the rules for quotation marks.
impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.line += 1;
        let (line, mut cells) = (self.line, Vec::new());
        loop {
            match self.cell() {
                Ok((cell, is_last)) => {
                    cells.push(cell);
                    if is_last {
                        break;
                    }
                }
                Err(problem) => {
                    self.rest = "";
                    let column = self.names.get(cells.len()).cloned();
                    let problem = format!("cell {} {problem}; the lines behind it were not checked", cells.len() + 1);
                    return Some(Err(Problem { line: Some(line), column, ..Problem::new(problem) }));
                }
            }
        }
        if line == 1 {
            self.names = cells.iter().map(|name| name.trim().to_owned()).collect();
        }
        Some(Ok(Row { line, cells }))
    }
}

/// The columns, by their index: `None` for one that is ignored or has no name.
type Columns = Vec<Option<&'static Column>>;

/// The rows that are not blank. If the header is wrong, its problems are in the only one.
pub(super) fn parse<'a>(text: &'a str, separator: u8, skip: &'a SkipRules) -> Box<dyn Iterator<Item = Parsed> + 'a> {
    let mut rows = Rows::new(text, separator);
    let failed = |line, problems| Parsed { line, problems, ..Parsed::default() };
    match rows.next() {
        Some(Ok(_)) => {}
        Some(Err(problem)) => return Box::new(std::iter::once(failed(1, vec![problem]))),
        None => return Box::new(std::iter::empty()),
    }
    let names = rows.names.clone();
    let columns = match columns(&names) {
        Ok(columns) => columns,
        Err(problems) => return Box::new(std::iter::once(failed(1, problems))),
    };
    Box::new(rows.filter_map(move |row| match row {
        Ok(row) if row.cells.iter().all(|cell| cell.trim().is_empty()) => None,
        Ok(row) => Some(parse_row(&row, &names, &columns, skip)),
        Err(problem) => Some(failed(0, vec![problem])),
    }))
}

/// # Errors
///
/// Everything that is wrong with the header.
fn columns(names: &[String]) -> Result<Columns, Vec<Problem>> {
    let known = |name: &String| COLUMNS.iter().find(|column| column.name.eq_ignore_ascii_case(name));
    let (mut problems, mut unknown) = (Vec::new(), Vec::new());
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.starts_with('#') && !name.is_empty()) {
        if known(name).is_none() {
            unknown.push(format!("\"{}\"", shown(name)));
        } else if names[..index].iter().any(|other| other.eq_ignore_ascii_case(name)) {
            problems.push(format!("the column {name} occurs twice; remove one"));
        }
    }
    if !unknown.is_empty() {
        let more = if unknown.len() > SHOWN_COLUMNS { ", …" } else { "" };
        unknown.truncate(SHOWN_COLUMNS);
        let (unknown, known) = (unknown.join(", "), column_names(", "));
        problems.push(format!(
            "unknown column {unknown}{more}; the columns are {known}; put # before the name of a column to ignore it"
        ));
    }
    let required = COLUMNS.iter().filter(|column| column.is_required).map(|column| &*column.name);
    let missing: Vec<_> =
        required.filter(|column| !names.iter().any(|name| name.eq_ignore_ascii_case(column))).collect();
    if !missing.is_empty() {
        problems.push(format!("the header lacks {}; `template` prints all columns", missing.join(", ")));
    }
    let problem = |message| Problem { line: Some(1), ..Problem::new(message) };
    if problems.is_empty() {
        Ok(names.iter().map(known).collect())
    } else {
        Err(problems.into_iter().map(problem).collect())
    }
}

/// The update in a row, and everything that is wrong with it.
fn parse_row(row: &Row<'_>, names: &[String], columns: &Columns, skip: &SkipRules) -> Parsed {
    let mut parsed = Parsed { line: row.line, ..Parsed::default() };
    let (cells, count) = (row.cells.len(), columns.len());
    if cells != count {
        let advice = "quote cells that contain the separator, and write empty cells";
        parsed.add(Problem::new(format!("has {cells} cells, but the header has {count}; {advice}")));
        return parsed;
    }
    let mut update = Map::new();
    for ((index, cell), column) in row.cells.iter().enumerate().zip(columns) {
        let &Some(Column { name, kind, is_required }) = column else {
            if names[index].is_empty() && !cell.trim().is_empty() {
                let (number, text) = (index + 1, shown(cell.trim()));
                let problem =
                    format!("cell {number} has \"{text}\", but its column has no name; name it, or empty the cell");
                parsed.add(Problem::new(problem));
            }
            continue;
        };
        let mut check = |pointer: String, text: &str| match damage(*kind, text) {
            Some(damage) => {
                parsed.add(Problem::at(pointer, damage).in_table());
                false
            }
            None => true,
        };
        match kind {
            Kind::Destination if !check(format!("/{name}"), cell) => {}
            Kind::Destination => match cell.parse() {
                Ok(id) => parsed.destination = Some(id),
                Err(error) => parsed.add(Problem::at(format!("/{name}"), format!("{error}")).in_table()),
            },
            Kind::Text | Kind::Json if cell.is_empty() && !is_required => {}
            Kind::Text | Kind::Json => {
                check(format!("/{name}"), cell);
                let json = serde_json::from_str(cell).ok().filter(|_| *kind == Kind::Json);
                update.insert(name.clone(), json.unwrap_or_else(|| (&**cell).into()));
            }
            Kind::Codes | Kind::Ids => {
                let entries: Vec<_> = entries(cell).collect();
                for (index, entry) in entries.iter().enumerate() {
                    check(format!("/{name}/{index}"), entry);
                }
                if *is_required || !entries.is_empty() {
                    update.insert(name.clone(), entries.into());
                }
            }
        }
    }
    match parse_update(&Value::from(update).to_string(), skip) {
        Ok(update) => parsed.update = Some(update),
        // What was done to a cell says more than the rule that it then breaks.
        Err(others) => {
            for problem in others {
                if parsed.problems.iter().all(|known| known.pointer != problem.pointer) {
                    parsed.add(problem.in_table());
                }
            }
        }
    }
    parsed
}

/// The entries of a list, without the white space around them and around the list.
fn entries(cell: &str) -> impl Iterator<Item = &str> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let cell = cell.trim_matches(is_space);
    let entries = cell.split([';', '\n']).map(move |entry| entry.trim_matches(is_space));
    entries.take(if cell.is_empty() { 0 } else { usize::MAX })
}
