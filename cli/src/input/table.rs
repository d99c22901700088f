//! CSV: a column for the destination and one for each property of an update.
//!
//! [`Rows`] follows RFC 4180 strictly: a quotation mark stands around a whole cell, or twice inside such a cell. What
//! breaks that is refused with its place, because everything behind it would be read wrongly.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    Parsed,
    cells::{Kind, damage},
    json_lines::parse_update,
    problems::Problem,
};
use crate::{
    arguments::SkipRules,
    exit::shown,
    print::{DESTINATION, properties},
};

/// How many unknown columns a sentence names: a file of another kind may have any number.
const SHOWN_COLUMNS: usize = 10;

/// The rows of a table, counted as a spreadsheet counts them.
pub(super) struct Rows<'a> {
    rest: &'a str,
    separator: u8,
    line: u32,
}

pub(super) struct Row<'a> {
    pub(super) line: u32,
    pub(super) cells: Vec<Cow<'a, str>>,
}

/// A row that breaks the rules for quotation marks.
pub(super) struct Malformed {
    line: u32,
    /// Index of the cell.
    cell: usize,
    problem: &'static str,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        Self { rest: text, separator, line: 0 }
    }

    /// The next cell, and whether it is the last one of its row.
    fn cell(&mut self) -> Result<(Cow<'a, str>, bool), &'static str> {
        let text = self.rest;
        let (cell, behind) = if let Some(quoted) = text.strip_prefix('"') {
            let end = closing_quote(quoted).ok_or("begins with a quotation mark that is never closed; close it")?;
            (unescaped(&quoted[..end]), &quoted[end + 1..])
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
            [b'\r', ..] => {
                return Err("is followed by a carriage return alone; save the file with LF or CRLF line ends");
            }
            [b'"', ..] => {
                return Err("contains a quotation mark, but is not quoted; quote the whole cell and double the mark");
            }
            _ => {
                return Err(
                    "goes on behind its closing quotation mark, perhaps one opened in this line is not closed; \
                            quote the whole cell and double each mark inside",
                );
            }
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

fn unescaped(quoted: &str) -> Cow<'_, str> {
    if quoted.contains('"') { Cow::Owned(quoted.replace("\"\"", "\"")) } else { Cow::Borrowed(quoted) }
}

impl<'a> Iterator for Rows<'a> {
    type Item = Result<Row<'a>, Malformed>;

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
                        return Some(Ok(Row { line, cells }));
                    }
                }
                Err(problem) => {
                    self.rest = "";
                    return Some(Err(Malformed { line, cell: cells.len(), problem }));
                }
            }
        }
    }
}

impl Row<'_> {
    fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

struct Column {
    name: String,
    index: usize,
    kind: Kind,
    is_list: bool,
    is_required: bool,
}

/// What the header says.
struct Columns {
    count: usize,
    destination: usize,
    properties: Vec<Column>,
    /// Columns without a name, which must be empty.
    unnamed: Vec<usize>,
}

/// The rows that are not blank. A problem of the header is in the only one.
pub(super) fn parse<'a>(text: &'a str, separator: u8, skip: &'a SkipRules) -> Box<dyn Iterator<Item = Parsed> + 'a> {
    let mut rows = Rows::new(text, separator);
    let header = match rows.next() {
        None => return Box::new(std::iter::empty()),
        Some(Ok(header)) => header,
        Some(Err(malformed)) => return Box::new(std::iter::once(malformed.parsed(None))),
    };
    let names: Vec<_> = header.cells.iter().map(|name| name.trim().to_owned()).collect();
    let columns = match Columns::from_header(&names) {
        Ok(columns) => columns,
        Err(problems) => {
            let problems = problems.into_iter().map(|message| Problem { line: Some(1), ..Problem::new(message) });
            let problems = problems.collect();
            return Box::new(std::iter::once(Parsed { line: 1, problems, ..Parsed::default() }));
        }
    };
    Box::new(rows.filter_map(move |row| match row {
        Ok(row) if row.is_blank() => None,
        Ok(row) => Some(columns.parse(&row, skip)),
        Err(malformed) => Some(malformed.parsed(Some(&names))),
    }))
}

impl Malformed {
    fn parsed(self, names: Option<&[String]>) -> Parsed {
        let Self { line, cell, problem } = self;
        let name = names.and_then(|names| names.get(cell)).cloned();
        let message = format!("cell {} {problem}; the lines behind it were not checked", cell + 1);
        let problem = Problem { line: Some(line), column: name, ..Problem::new(message) };
        Parsed { line, problems: vec![problem], ..Parsed::default() }
    }
}

impl Columns {
    /// # Errors
    ///
    /// Everything that is wrong with the header, as sentences.
    fn from_header(names: &[String]) -> Result<Self, Vec<String>> {
        let known = properties();
        let find = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let known_names: Vec<_> = std::iter::once(DESTINATION).chain(known.iter().map(|known| &*known.name)).collect();
        let (mut problems, mut unknown, mut unnamed) = (Vec::new(), Vec::new(), Vec::new());
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !name.starts_with('#')) {
            if name.is_empty() {
                unnamed.push(index);
            } else if !known_names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                unknown.push(format!("\"{}\"", shown(name)));
            } else if find(name) != Some(index) {
                problems.push(format!("the column {name} occurs twice; remove one"));
            }
        }
        if !unknown.is_empty() {
            let more = if unknown.len() > SHOWN_COLUMNS { ", …" } else { "" };
            unknown.truncate(SHOWN_COLUMNS);
            let (unknown, known) = (unknown.join(", "), known_names.join(", "));
            problems.push(format!(
                "unknown column {unknown}{more}; the columns are {known}; put # before the name of a column to ignore it"
            ));
        }
        let required = known.iter().filter(|property| property.is_required).map(|property| &*property.name);
        let missing = std::iter::once(DESTINATION).chain(required).filter(|name| find(name).is_none());
        let missing: Vec<_> = missing.collect();
        if !missing.is_empty() {
            problems.push(format!("the column {} is missing; `template` prints all", missing.join(", ")));
        }
        let (Some(destination), true) = (find(DESTINATION), problems.is_empty()) else { return Err(problems) };
        let properties = known.into_iter().filter_map(|property| {
            let index = find(&property.name)?;
            let kind = match &*property.name {
                "supportLanguages" | "supportLocations" | "types" => Kind::Code,
                _ if property.is_list => Kind::Id,
                _ => Kind::Text,
            };
            let (is_list, is_required) = (property.is_list, property.is_required);
            Some(Column { name: property.name, index, kind, is_list, is_required })
        });
        Ok(Self { count: names.len(), destination, properties: properties.collect(), unnamed })
    }

    /// The update in a row, and everything that is wrong with it.
    fn parse(&self, row: &Row<'_>, skip: &SkipRules) -> Parsed {
        let mut parsed = Parsed { line: row.line, ..Parsed::default() };
        if row.cells.len() == self.count {
            self.parse_cells(&row.cells, skip, &mut parsed);
        } else {
            let problem = format!(
                "has {} cells, but the header has {}; quote cells that contain the separator, and write empty cells",
                row.cells.len(),
                self.count
            );
            parsed.problems.push(Problem::new(problem));
        }
        parsed.problems.iter_mut().for_each(|problem| problem.line = Some(row.line));
        parsed
    }

    fn parse_cells(&self, cells: &[Cow<'_, str>], skip: &SkipRules, parsed: &mut Parsed) {
        let mut problems = Vec::new();
        for index in self.unnamed.iter().filter(|index| !cells[**index].trim().is_empty()) {
            let (number, text) = (index + 1, shown(cells[*index].trim()));
            let problem =
                format!("cell {number} has \"{text}\", but its column has no name; name it, or empty the cell");
            problems.push(Problem::new(problem));
        }
        let id = &*cells[self.destination];
        let pointer = format!("/{DESTINATION}");
        if let Some(damage) = damage(Kind::Destination, id) {
            problems.push(Problem::at(pointer, damage).in_table());
        } else {
            match id.parse() {
                Ok(id) => parsed.destination = Some(id),
                Err(error) => problems.push(Problem::at(pointer, format!("{error}")).in_table()),
            }
        }
        let mut update = Map::new();
        for Column { name, index, kind, is_list, is_required } in &self.properties {
            let text = &*cells[*index];
            let mut check = |pointer, text| {
                problems.extend(damage(*kind, text).map(|damage| Problem::at(pointer, damage).in_table()));
            };
            let value = if *is_list {
                let entries: Vec<_> = entries(text).collect();
                entries.iter().enumerate().for_each(|(index, entry)| check(format!("/{name}/{index}"), entry));
                entries.into()
            } else {
                check(format!("/{name}"), text);
                text.into()
            };
            if *is_required || !text.trim().is_empty() {
                update.insert(name.clone(), value);
            }
        }
        match parse_update(&Value::from(update).to_string(), skip) {
            Ok(update) => parsed.update = Some(update),
            // What was done to a cell says more than the rule that it then breaks.
            Err(others) => {
                for problem in others {
                    if problems.iter().all(|known| known.pointer != problem.pointer) {
                        problems.push(problem.in_table());
                    }
                }
            }
        }
        parsed.problems = problems;
    }
}

/// The entries of a list, without the white space around them and around the list.
fn entries(cell: &str) -> impl Iterator<Item = &str> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let cell = cell.trim_matches(is_space);
    let entries = cell.split([';', '\n']).map(move |entry| entry.trim_matches(is_space));
    entries.take(if cell.is_empty() { 0 } else { usize::MAX })
}
