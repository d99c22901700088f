//! The updates of a file or standard input, as JSON Lines or CSV.
//!
//! They are read twice, first to check all of them ([`Input::check`]) and then to send them ([`Input::again`]), so that
//! nothing is kept in memory. The sender compares [`Row::hash`] to make sure that it sends what was validated.

pub(crate) mod document;
mod entry;
mod format;
mod json_lines;
mod lines;
pub(crate) mod problems;
mod rows;
mod source;
mod spreadsheet;
mod table;

use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};

use cinnox_destination::DestinationUpdate;

pub(crate) use self::{
    entry::Entry,
    lines::{Line, Lines},
    rows::{Reading, Row},
    table::DESTINATION,
};
use self::{
    format::{Format, HEAD, detect},
    problems::{NO_UPDATE, Place, Problem, Problems, cannot_be_read},
    source::Source,
};
use crate::failure::Failure;

/// A file or standard input.
pub(crate) struct Input {
    source: Source,
    path: PathBuf,
    format: Format,
}

impl Input {
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        Self::try_open(path).map_err(|problem| Failure::Input(format!("{} {problem}", path.display())))
    }

    /// The same. The error is a message to be prefixed with the path.
    pub(crate) fn try_open(path: &Path) -> Result<Self, String> {
        let source = Source::open(path).map_err(|error| cannot_be_read(&error))?;
        Ok(Self { source, path: path.to_owned(), format: Format::JsonLines })
    }

    /// JSON Lines in an open file.
    pub(crate) fn of_file(name: &str, file: File) -> Self {
        Self { source: Source::of_file(name, file), path: PathBuf::from("-"), format: Format::JsonLines }
    }

    pub(crate) fn name(&self) -> &str {
        &self.source.name
    }

    /// First pass. Calls `each` for every valid entry, adds errors to `problems`, and returns the number of rows.
    pub(crate) fn check<E>(&mut self, problems: &mut Problems, each: E) -> Result<u64, Failure>
    where
        E: FnMut(&Row<'_>, Entry) -> Result<(), Failure>,
    {
        let hint = "is one JSON document; write each update on a line of its own, with its destination";
        match self.begin() {
            Ok(reader) if self.format != Format::Document => self.check_rows(reader, problems, each),
            refused => {
                let problem = refused.err().unwrap_or_else(|| hint.to_owned());
                problems.add(self.name(), Place::Whole, [Problem::new("", problem)]);
                Ok(0)
            }
        }
    }

    /// The same, where a document with one update, without its destination, is valid as well.
    pub(crate) fn check_any(&mut self, problems: &mut Problems) -> Result<u64, Failure> {
        let found = match self.begin() {
            Ok(reader) if self.format != Format::Document => {
                return self.check_rows(reader, problems, |_, _| Ok(()));
            }
            Ok(reader) => document::read(reader),
            Err(problem) => Err((Place::Whole, vec![Problem::new("", problem)])),
        };
        if let Err((place, found)) = found {
            problems.add(self.name(), place, found);
        }
        Ok(1)
    }

    /// Detects the format. The error is a message to be prefixed with the name of the input.
    fn begin(&mut self) -> Result<Box<dyn Read>, String> {
        let mut head = Vec::new();
        let reader = self.source.first().and_then(|mut reader| {
            (&mut reader).take(HEAD).read_to_end(&mut head)?;
            Ok(reader)
        });
        let reader = reader.map_err(|error| cannot_be_read(&error))?;
        self.format = detect(&self.path, &head)?;
        Ok(Box::new(Cursor::new(head).chain(reader)))
    }

    fn check_rows<E>(&self, reader: Box<dyn Read>, problems: &mut Problems, mut each: E) -> Result<u64, Failure>
    where
        E: FnMut(&Row<'_>, Entry) -> Result<(), Failure>,
    {
        let (mut count, mut without_plus, mut with_comma) = (0, 0, 0);
        let mut reading = match Reading::new(self.format, reader) {
            Ok(reading) => reading,
            Err((place, found)) => {
                problems.add(self.name(), place, found);
                return Ok(0);
            }
        };
        while !problems.are_too_many() {
            let row = match reading.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => {
                    problems.add(self.name(), Place::Whole, [Problem::new("", cannot_be_read(&error))]);
                    problems.stop();
                    return Ok(count);
                }
            };
            count += 1;
            match row.parse() {
                Ok(entry) => {
                    if matches!(self.format, Format::Csv { .. }) {
                        without_plus += spreadsheet::numbers_without_plus(&entry.update);
                        with_comma += spreadsheet::staff_ids_with_comma(&entry.update);
                    }
                    each(&row, entry)?;
                }
                Err(found) => problems.add(self.name(), Place::Line(row.line), found),
            }
        }
        if count == 0 && !problems.are_too_many() {
            problems.add(self.name(), Place::Whole, [Problem::new("", NO_UPDATE)]);
        }
        let name = self.name();
        if without_plus > 0 {
            let which = "without a leading + (spreadsheets remove it)";
            problems.note(format!("{name} has {without_plus} number(s) {which}; they are sent unchanged"));
        }
        if with_comma > 0 {
            problems.note(format!("{name} has {with_comma} staff ID(s) with a comma; separate IDs with ;"));
        }
        Ok(count)
    }

    /// Second pass, in the format that was detected.
    pub(crate) fn again(&self) -> io::Result<Reading> {
        Reading::new(self.format, self.source.again()?).map_err(|_| io::Error::other("its header has changed"))
    }
}

/// The one update of a file or standard input.
pub(crate) fn read_update(path: &Path) -> Result<DestinationUpdate, Failure> {
    let mut input = Input::open(path)?;
    let reader =
        input.source.first().map_err(|error| Failure::Input(format!("{} {}", input.name(), cannot_be_read(&error))))?;
    document::read(reader).map_err(|(place, found)| {
        let mut problems = Problems::default();
        problems.add(input.name(), place, found);
        Failure::Input(problems.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &[u8]) -> (u64, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(path);
        std::fs::write(&path, text).unwrap();
        let mut problems = Problems::default();
        let count = Input::open(&path).unwrap().check_any(&mut problems).unwrap();
        (count, problems.to_string().replace(&*path.display().to_string(), "FILE"))
    }

    #[test]
    fn reports_wrong_encoding_once() {
        let latin = b"{}\n{\"destination\": \"\xe9\"}\n{\"destination\": \"\xe9\"}\n";
        let expected = "line 1: column 2: `destination` is missing; write {\"destination\": \"ID\", \"update\": {…}}\n\
                        FILE cannot be read: line 2 is not UTF-8 in column 18; save it as UTF-8\n\
                        1 invalid line(s); the rest was not checked";
        assert_eq!(check("a.jsonl", latin), (1, expected.to_owned()));
        let table = b"destination,displayName,supportLanguages,supportLocations,types\na,\xe9,*,*,STAFF\n";
        let expected = "FILE cannot be read: line 2 is not UTF-8 in cell 2; save it as \"CSV UTF-8\"";
        assert_eq!(check("a.csv", table).1, expected);
    }

    #[test]
    fn a_document_with_one_update_can_be_checked() {
        let update = br#"{
            "displayName": "Night shift", "supportLanguages": ["*"], "supportLocations": ["HK"],
            "types": ["STAFF"], "staffTargets": ["staff-1"]
        }"#;
        assert_eq!(check("a.json", update), (1, String::new()));
        let blank = std::str::from_utf8(update).unwrap().replace("Night shift", " ");
        assert_eq!(
            check("a.json", blank.as_bytes()).1,
            "/displayName: \" \" is blank; give a name that people will recognise"
        );
    }

    #[test]
    fn second_pass_recognises_rows() {
        let mut file = tempfile::tempfile().unwrap();
        io::Write::write_all(&mut file, b"{\"destination\": 1}\n\n{\"destination\": 1}\n").unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let mut input = Input::of_file("a", file);
        assert_eq!(input.check(&mut Problems::default(), |_, _| Ok(())).unwrap(), 2);
        let hashes = || {
            let mut reading = input.again().unwrap();
            [(); 2].map(|()| reading.next().unwrap().unwrap().hash())
        };
        let [first, second] = hashes();
        assert_eq!(hashes(), [first, second]);
        assert_ne!(first, second, "the line is a part of it");
    }
}
