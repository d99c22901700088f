//! Reads lines into one reused buffer.

use std::io::{self, BufRead, BufReader, Read};

use super::format::without_mark;

/// How long a line may be, in bytes: far more than an update with thousands of targets.
pub(crate) const MAX_LINE: usize = 1024 * 1024;

pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    text: Vec<u8>,
    number: u64,
}

pub(crate) struct Line<'a> {
    /// Counted from 1, as editors do.
    pub(crate) number: u64,
    /// With its line feed, if it has one; cut if it is too long.
    pub(crate) text: &'a [u8],
}

impl<'a> Line<'a> {
    pub(crate) fn is_too_long(&self) -> bool {
        self.text.len() > MAX_LINE
    }

    /// Without the byte order mark of the first line.
    pub(crate) fn without_mark(&self) -> &'a [u8] {
        if self.number == 1 { without_mark(self.text) } else { self.text }
    }
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader: BufReader::with_capacity(64 * 1024, reader), text: Vec::new(), number: 0 }
    }

    /// Reads the next line; says whether there is one.
    pub(crate) fn advance(&mut self) -> io::Result<bool> {
        self.text.clear();
        let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX) + 1;
        if (&mut self.reader).take(most).read_until(b'\n', &mut self.text)? == 0 {
            return Ok(false);
        }
        if self.text.len() > MAX_LINE && !self.text.ends_with(b"\n") {
            self.reader.skip_until(b'\n')?;
        }
        self.number += 1;
        Ok(true)
    }

    /// The line that was read last.
    pub(crate) fn current(&self) -> Line<'_> {
        Line { number: self.number, text: &self.text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_a_long_line_and_goes_on_with_the_next() {
        let text = ["a\n", &"x".repeat(3 * MAX_LINE), "\nb"].concat();
        let mut lines = Lines::new(text.as_bytes());
        let mut seen = Vec::new();
        while lines.advance().unwrap() {
            seen.push((lines.current().number, lines.current().text.len()));
        }
        assert_eq!(seen, [(1, 2), (2, MAX_LINE + 1), (3, 1)]);
    }
}
