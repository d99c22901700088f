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

/// What is wrong with the quotation marks of a cell.
const NEVER_CLOSED: &str = "begins with a quotation mark that is never closed; close it";
const LONE_CARRIAGE_RETURN: &str = "is followed by a carriage return alone; save the file with LF or CRLF line ends";
const MARK_IN_CELL: &str = "contains a quotation mark, but is not quoted; quote the whole cell and double the mark";
const TEXT_BEHIND_MARK: &str = "goes on behind a closing quotation mark; close each mark, and double those inside";
const SWALLOWED: &str = "holds a line break and a separator, as if a quotation mark were not closed; close it, or use only \
                         one of the two in the cell";

/// The rows of a table, as a spreadsheet counts them. Ends behind a row that breaks the rules for quotation marks.
pub(super) struct Rows<'a> {
    rest: &'a str,
    separator: u8,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        Self { rest: text, separator }
    }

    /// Adds the next cell. Returns whether it is the last one of its row.
    fn add_cell(&mut self, cells: &mut Vec<Cow<'a, str>>) -> Result<bool, &'static str> {
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
        cells.push(cell);
        Ok(is_last)
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

impl<'a> Iterator for Rows<'a> {
    /// The cells, or the index of a wrong one and what is wrong with it.
    type Item = Result<Vec<Cow<'a, str>>, (usize, &'static str)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut cells = Vec::new();
        loop {
            match self.add_cell(&mut cells) {
                Ok(false) => {}
                Ok(true) => return Some(Ok(cells)),
                Err(problem) => {
                    self.rest = "";
                    return Some(Err((cells.len(), problem)));
                }
            }
        }
    }
}

/// The columns, by their index: `None` for one that is ignored or has no name.
type Columns = Vec<Option<&'static Column>>;

/// Parses the rows that are not blank. If the header is wrong, only its problems are added.
pub(super) fn parse(text: &str, separator: u8, skip: &SkipRules, mut add: impl FnMut(Parsed)) {
    let (mut names, mut columns) = (Vec::new(), Columns::new());
    for (line, row) in (1..).zip(Rows::new(text, separator)) {
        let mut parsed = Parsed { line, ..Parsed::default() };
        match row {
            Err((cell, problem)) => {
                let pointer = names.get(cell).map(|name| format!("/{name}")).unwrap_or_default();
                let problem = format!("cell {} {problem}; the lines behind it were not checked", cell + 1);
                parsed.add(Problem::at(pointer, problem));
            }
            Ok(cells) if line == 1 => {
                names = cells.iter().map(|name| name.trim().to_owned()).collect();
                columns = names.iter().map(|name| known(name)).collect();
                header_problems(&names).into_iter().map(Problem::new).for_each(|problem| parsed.add(problem));
                if parsed.problems.is_empty() {
                    continue;
                }
                return add(parsed);
            }
            Ok(cells) if cells.iter().all(|cell| cell.trim().is_empty()) => continue,
            Ok(cells) => {
                // Swallowed rows bring at least so many separators into an ignored cell.
                let least = |column: &Option<_>| column.map_or(columns.len() - 1, |_: &Column| 1);
                let count = |cell: &str| cell.split(char::from(separator)).count() - 1;
                let is_lost =
                    |(cell, column): (&Cow<'_, str>, _)| cell.contains(['\n', '\r']) && count(cell) >= least(column);
                match cells.iter().zip(&columns).position(is_lost) {
                    Some(index) => parsed.add(Problem::at(format!("/{}", names[index]), SWALLOWED)),
                    None => parse_row(&mut parsed, &cells, &names, &columns, skip),
                }
            }
        }
        add(parsed);
    }
}

fn known(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.name.eq_ignore_ascii_case(name))
}

/// Everything that is wrong with the header.
fn header_problems(names: &[String]) -> Vec<String> {
    let is_among = |names: &[String], name: &str| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    let mut problems = Vec::new();
    if names.iter().all(String::is_empty) {
        return vec!["is blank; write the names of the columns in the first row".to_owned()];
    }
    let is_ignored = |name: &str| name.is_empty() || (name.starts_with('#') && !name.contains('\n'));
    for (index, name) in names.iter().enumerate().filter(|(_, name)| !is_ignored(name)) {
        if known(name).is_none() {
            problems.push(format!(
                "unknown column \"{}\"; the columns are {}; put # before the name of a column to ignore it",
                shown(name),
                column_names(", ")
            ));
        } else if is_among(&names[..index], name) {
            problems.push(format!("the column {name} occurs twice; remove one"));
        }
    }
    let missing = COLUMNS.iter().filter(|column| column.is_required && !is_among(names, &column.name));
    problems.extend(missing.map(|column| format!("the header lacks {}; `template` prints all columns", column.name)));
    problems
}

/// Adds the update in a row, and everything that is wrong with it.
fn parse_row(parsed: &mut Parsed, cells: &[Cow<'_, str>], names: &[String], columns: &Columns, skip: &SkipRules) {
    if cells.len() != columns.len() {
        let advice = "quote cells that contain the separator, and write empty cells";
        let problem = format!("has {} cells, but the header has {}; {advice}", cells.len(), columns.len());
        return parsed.add(Problem::new(problem));
    }
    let mut update = Map::new();
    for ((index, cell), column) in cells.iter().enumerate().zip(columns) {
        let &Some(Column { name, kind, is_required }) = column else {
            if names[index].is_empty() && !cell.trim().is_empty() {
                let problem = format!("cell {} is in a column without a name; name it, or empty the cell", index + 1);
                parsed.add(Problem::new(problem));
            }
            continue;
        };
        let mut check = |pointer: String, text: &str| {
            let damage = damage(*kind, text);
            damage.map(|damage| parsed.add(Problem::at(pointer, damage))).is_none()
        };
        match kind {
            Kind::Destination if !check(format!("/{name}"), cell) => {}
            Kind::Destination => match cell.parse() {
                Ok(id) => parsed.destination = Some(id),
                Err(error) => parsed.add(Problem::at(format!("/{name}"), format!("{error}"))),
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
        Err(mut others) => {
            others.retain(|problem| parsed.problems.iter().all(|known| known.pointer != problem.pointer));
            others.drain(..).for_each(|problem| parsed.add(problem));
        }
    }
}

/// The entries of a list, without the white space around them and around the list.
fn entries(cell: &str) -> impl Iterator<Item = &str> {
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let cell = cell.trim_matches(is_space);
    let entries = cell.split([';', '\n']).map(move |entry| entry.trim_matches(is_space));
    entries.take(if cell.is_empty() { 0 } else { usize::MAX })
}
