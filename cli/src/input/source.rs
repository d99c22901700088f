//! The input: a file, or a pipe that is copied to a temporary file during the first pass.

use std::{
    fs::File,
    io::{self, Read, Seek, Write},
    path::Path,
};

/// Maximum size of piped input; a million typical updates are about half of this.
pub(crate) const MAX_PIPED: u64 = 512 * 1024 * 1024;

pub(crate) struct Source {
    /// As the user calls it.
    pub(crate) name: String,
    /// The file itself, or the copy.
    file: File,
    /// What can be read only once.
    pipe: Option<Box<dyn Read + Send>>,
}

impl Source {
    /// `-` stands for standard input.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Self::copied("standard input".to_owned(), Box::new(io::stdin()));
        }
        let name = path.display().to_string();
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::Error::other("it is a directory"));
        }
        if metadata.is_file() { Ok(Self { name, file, pipe: None }) } else { Self::copied(name, Box::new(file)) }
    }

    pub(crate) fn of_file(name: &str, file: File) -> Self {
        Self { name: name.to_owned(), file, pipe: None }
    }

    fn copied(name: String, pipe: Box<dyn Read + Send>) -> io::Result<Self> {
        let file = tempfile::tempfile().map_err(|error| no_room(&error))?;
        Ok(Self { name, file, pipe: Some(pipe) })
    }

    /// The first reading.
    pub(crate) fn first(&mut self) -> io::Result<Box<dyn Read>> {
        let file = self.file.try_clone()?;
        Ok(match self.pipe.take() {
            Some(pipe) => Box::new(Copying { from: pipe, to: file, left: MAX_PIPED, is_at_end: false }),
            None => Box::new(file),
        })
    }

    /// The second reading, after the first.
    pub(crate) fn again(&self) -> io::Result<Box<dyn Read>> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(Box::new(file))
    }
}

fn no_room(error: &io::Error) -> io::Error {
    io::Error::other(format!("cannot copy it to the temporary directory: {error}"))
}

struct Copying<R> {
    from: R,
    to: File,
    left: u64,
    /// A terminal reports its end once for each Ctrl-D, and would then go on.
    is_at_end: bool,
}

impl<R: Read> Read for Copying<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_at_end {
            return Ok(0);
        }
        let count = self.from.read(buffer)?;
        self.is_at_end = count == 0 && !buffer.is_empty();
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::other(format!("it has more than {} MiB; write it to a file and name that", MAX_PIPED >> 20))
        })?;
        self.to.write_all(&buffer[..count]).map_err(|error| no_room(&error))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_what_it_reads_up_to_the_limit() {
        let file = tempfile::tempfile().unwrap();
        let mut copying =
            Copying { from: io::repeat(b'x'), to: file.try_clone().unwrap(), left: 100, is_at_end: false };
        let mut text = Vec::new();
        let error = io::copy(&mut copying.by_ref().take(1_000), &mut text).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 512 MiB; write it to a file and name that");
        assert!(file.metadata().unwrap().len() <= 100);
        copying.left = 2_000;
        io::copy(&mut copying.by_ref().take(1_000), &mut text).unwrap();
        assert!(text.len() >= 1_000 && file.metadata().unwrap().len() == text.len() as u64);
    }

    /// Like a terminal on which Ctrl-D is pressed once behind each part.
    struct Terminal(Vec<&'static [u8]>);

    impl Read for Terminal {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let part = self.0.remove(0);
            buffer[..part.len()].copy_from_slice(part);
            Ok(part.len())
        }
    }

    #[test]
    fn one_end_is_the_end() {
        let parts = [&b"a"[..], b"", b"b"];
        let mut source = Source::copied("terminal".to_owned(), Box::new(Terminal(parts.into()))).unwrap();
        let (mut first, mut text) = (source.first().unwrap(), String::new());
        for _ in 0..2 {
            first.read_to_string(&mut text).unwrap();
        }
        assert_eq!(text, "a");
    }

    #[test]
    fn reads_a_pipe_twice() {
        let mut source = Source::copied("pipe".to_owned(), Box::new(&b"once"[..])).unwrap();
        let mut readings = [String::new(), String::new()];
        source.first().unwrap().read_to_string(&mut readings[0]).unwrap();
        source.again().unwrap().read_to_string(&mut readings[1]).unwrap();
        assert_eq!(readings, ["once", "once"]);
    }
}
