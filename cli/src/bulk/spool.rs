//! A temporary file of fixed-size records, for data that does not fit into memory.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write},
};

/// A record has `N` numbers.
pub(crate) struct Spool<const N: usize> {
    writer: BufWriter<File>,
    count: u64,
}

pub(crate) struct Records<const N: usize>(BufReader<File>);

impl<const N: usize> Spool<N> {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { writer: BufWriter::with_capacity(64 * 1024, tempfile::tempfile()?), count: 0 })
    }

    pub(crate) fn push(&mut self, record: [u64; N]) -> io::Result<()> {
        self.count += 1;
        record.iter().try_for_each(|number| self.writer.write_all(&number.to_le_bytes()))
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// All records in their order. One reading at a time.
    pub(crate) fn records(&mut self) -> io::Result<Records<N>> {
        self.writer.rewind()?;
        Ok(Records(BufReader::with_capacity(64 * 1024, self.writer.get_ref().try_clone()?)))
    }
}

impl<const N: usize> Iterator for Records<N> {
    type Item = io::Result<[u64; N]>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut record = [0; N];
        for number in &mut record {
            let mut bytes = [0; 8];
            match self.0.read_exact(&mut bytes) {
                Ok(()) => *number = u64::from_le_bytes(bytes),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_pushed_as_often_as_asked() {
        let mut spool = Spool::new().unwrap();
        let pushed: Vec<_> = (0..10_000).map(|number| [number, number * 7]).collect();
        for record in &pushed {
            spool.push(*record).unwrap();
        }
        for _ in 0..2 {
            assert_eq!(spool.records().unwrap().collect::<io::Result<Vec<_>>>().unwrap(), pushed);
        }
        assert_eq!(spool.count(), 10_000);
    }
}
