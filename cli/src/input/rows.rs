//! One pass over an input, row by row.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read},
};

use csv::StringRecord;

use super::{
    entry::Entry,
    format::Format,
    json_lines,
    lines::{Lines, MAX_LINE},
    problems::{NO_UPDATE, Place, Problem, cannot_be_read},
    table::{Columns, Table},
};

/// One pass over an input.
pub(crate) struct Reading(Rows);

enum Rows {
    JsonLines(Lines<Box<dyn Read>>),
    Csv(Table<Box<dyn Read>>, Columns),
}

/// A line with an update, or a row of a table. Empty ones are passed over.
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    content: Content<'a>,
}

#[derive(Clone, Copy)]
enum Content<'a> {
    TooLong,
    JsonLine(&'a str),
    Cells(&'a StringRecord, &'a Columns),
}

impl Reading {
    pub(super) fn new(format: Format, reader: Box<dyn Read>) -> Result<Self, (Place, Vec<Problem>)> {
        let Format::Csv { separator } = format else {
            return Ok(Self(Rows::JsonLines(Lines::new(reader))));
        };
        // The last row may lack a line feed; add one.
        let reader: Box<dyn Read> = Box::new(reader.chain(&b"\n"[..]));
        let mut table = Table::new(reader, separator);
        let header = table.next().map_err(|error| (Place::Whole, vec![Problem::new("", cannot_be_read(&error))]))?;
        let (line, header) = header.ok_or_else(|| (Place::Whole, vec![Problem::new("", NO_UPDATE)]))?;
        let columns = Columns::from_header(header).map_err(|problems| (Place::Line(line), problems))?;
        Ok(Self(Rows::Csv(table, columns)))
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Row<'_>>> {
        match &mut self.0 {
            Rows::JsonLines(lines) => next_json_line(lines),
            Rows::Csv(table, columns) => {
                let row = table.next()?;
                Ok(row.map(|(line, cells)| Row { line, content: Content::Cells(cells, columns) }))
            }
        }
    }
}

fn next_json_line(lines: &mut Lines<Box<dyn Read>>) -> io::Result<Option<Row<'_>>> {
    loop {
        if !lines.advance()? {
            return Ok(None);
        }
        if !lines.current().without_mark().trim_ascii().is_empty() {
            break;
        }
    }
    let line = lines.current();
    let (number, text) = (line.number, line.without_mark());
    if line.is_too_long() {
        return Ok(Some(Row { line: number, content: Content::TooLong }));
    }
    let text = std::str::from_utf8(text).map_err(|error| {
        let column = error.valid_up_to() + 1;
        io::Error::other(format!("line {number} is not UTF-8 in column {column}; save it as UTF-8"))
    })?;
    Ok(Some(Row { line: number, content: Content::JsonLine(text) }))
}

impl Row<'_> {
    /// The update in the row, or everything that is wrong with it.
    pub(crate) fn parse(&self) -> Result<Entry, Vec<Problem>> {
        let problem = |text: String| vec![Problem::new("", text)];
        let line = u32::try_from(self.line).map_err(|_| problem("is beyond line 4294967295, the limit".to_owned()))?;
        match self.content {
            Content::TooLong => Err(problem(format!("is longer than {MAX_LINE} bytes; write one update per line"))),
            Content::JsonLine(text) => json_lines::parse(line, text),
            Content::Cells(cells, columns) => columns.parse(line, cells),
        }
    }

    /// The update in a row that is known to be valid.
    pub(crate) fn parse_checked(&self) -> Result<Entry, Vec<Problem>> {
        match (self.content, u32::try_from(self.line)) {
            (Content::JsonLine(text), Ok(line)) => json_lines::parse_checked(line, text),
            _ => self.parse(),
        }
    }

    /// Tells two rows apart, within this process.
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.line.hash(&mut hasher);
        match self.content {
            Content::TooLong => {}
            Content::JsonLine(text) => text.hash(&mut hasher),
            Content::Cells(cells, _) => cells.iter().for_each(|cell| cell.hash(&mut hasher)),
        }
        hasher.finish()
    }
}
