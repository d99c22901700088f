//! The two passes over the input: validation, then sending.

use std::{
    hash::{BuildHasher, RandomState},
    io,
};

use super::{
    plan::{Action, Plan},
    record::UpdateHash,
    spool::{Records, Spool},
};
use crate::{
    failure::Failure,
    input::{Entry, Input, Reading, problems::Problems},
};

/// The validated input: for each line, the hashes of its destination, update and row, and its number.
pub(crate) struct Checked {
    input: Input,
    lines: Spool<4>,
    count: u64,
}

/// Hashes destinations; the hashes differ in every process.
#[derive(Clone, Default)]
pub(crate) struct DestinationHasher(RandomState);

impl DestinationHasher {
    pub(crate) fn hash(&self, destination: &str) -> u64 {
        self.0.hash_one(destination)
    }
}

impl Checked {
    /// First pass. Calls `each` for every valid entry.
    pub(crate) fn new(
        mut input: Input,
        hasher: &DestinationHasher,
        quiet: bool,
        mut each: impl FnMut(&Entry),
    ) -> Result<Self, Failure> {
        let mut lines = Spool::new().map_err(no_room)?;
        let mut problems = Problems::before_sending();
        let count = input.check(&mut problems, |row, entry| {
            each(&entry);
            let update = UpdateHash::of(&entry.update).map_err(|error| Failure::Other(error.to_string()))?;
            let destination = hasher.hash(entry.destination.as_str());
            lines.push([destination, update.0, row.hash(), row.line]).map_err(no_room)
        })?;
        problems.into_result(quiet)?;
        Ok(Self { input, lines, count })
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    pub(crate) fn lines(&mut self) -> &mut Spool<4> {
        &mut self.lines
    }

    /// Second pass: the entries that the plan does not skip.
    pub(crate) fn entries(mut self, plan: Plan) -> Result<Entries, Failure> {
        let name = self.input.name().to_owned();
        let reading =
            self.input.again().map_err(|error| Failure::Other(format!("{name} cannot be read again: {error}")))?;
        let lines = self.lines.records().map_err(no_room)?;
        Ok(Entries { reading, lines, plan, index: 0, name })
    }
}

#[allow(clippy::needless_pass_by_value)] // For `map_err`.
pub(crate) fn no_room(error: io::Error) -> Failure {
    Failure::Other(format!("cannot write to the temporary directory: {error}"))
}

/// A line to send, or whose outcome has yet to be written.
pub(crate) struct Line {
    pub(crate) entry: Entry,
    pub(crate) update: UpdateHash,
    pub(crate) action: Action,
}

pub(crate) struct Entries {
    reading: Reading,
    lines: Records<4>,
    plan: Plan,
    /// Index of the next line that has an update.
    index: usize,
    name: String,
}

impl Entries {
    pub(crate) fn next(&mut self) -> Result<Option<Line>, Failure> {
        let changed = |name: &str| Failure::Other(format!("{name} was changed while it was read"));
        loop {
            let row = self.reading.next();
            let row = row.map_err(|error| Failure::Other(format!("{} cannot be read again: {error}", self.name)))?;
            let checked = self.lines.next().transpose().map_err(no_room)?;
            let (Some(row), Some([_, update, hash, _])) = (&row, checked) else {
                return if row.is_none() && checked.is_none() { Ok(None) } else { Err(changed(&self.name)) };
            };
            if row.hash() != hash {
                return Err(changed(&self.name));
            }
            let action = self.plan.action(self.index);
            self.index += 1;
            if action != Action::Skip {
                let entry = row.parse_checked().map_err(|_| changed(&self.name))?;
                return Ok(Some(Line { entry, update: UpdateHash(update), action }));
            }
        }
    }
}
