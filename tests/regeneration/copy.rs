//! A copy of the crate, with two packages that depend on it, below the target directory.
//!
//! It is built without network. The first run compiles the dependencies once more; every further one takes only as long
//! as the crates themselves.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::script::{self, DOCUMENT, Outcome};

/// The copy as it was before any edit. One test has it at a time.
pub(crate) struct Copy {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

/// What cargo said.
pub(crate) struct Output {
    pub(crate) success: bool,
    pub(crate) stderr: String,
}

impl Copy {
    pub(crate) fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("regeneration");
        for entry in ["README.md", "build.rs", "build", "openapi", "src"] {
            mirror(Path::new(entry), &root.join(entry));
        }
        let copy = Self { root, _alone: alone };
        for package in ["dependant", "made"] {
            let source = Path::new("tests/regeneration").join(package);
            mirror(&source.join("manifest.toml"), &copy.path(package).join("Cargo.toml"));
            mirror(&source.join("lib.rs"), &copy.path(package).join("src/lib.rs"));
        }
        mirror(Path::new("tests/regeneration/dependant/old.rs"), &copy.path("dependant/tests/old.rs"));
        write(&copy.path("dependant/tests/new.rs"), b"");
        write(&copy.path("made/src/names.rs"), b"");
        write(&copy.path("Cargo.toml"), manifest().as_bytes());
        // Cargo adds the two packages to it, and takes every other version as it is.
        fs::copy("Cargo.lock", copy.path("Cargo.lock")).unwrap();
        copy
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    #[track_caller]
    pub(crate) fn edit_file(&self, file: &str, old: &str, new: &str) -> &Self {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(old), "{file} does not have {old:?}");
        write(&self.path(file), text.replace(old, new).as_bytes());
        self
    }

    /// Puts `new` wherever the document has `old`.
    #[track_caller]
    pub(crate) fn edit(&self, old: &str, new: &str) -> &Self {
        self.edit_file(DOCUMENT, old, new)
    }

    pub(crate) fn write(&self, file: &str, text: &str) -> &Self {
        write(&self.path(file), text.as_bytes());
        self
    }

    pub(crate) fn cargo(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env("RUST_BACKTRACE", "1")
            // A thread without a subscriber would decide for all of them that nobody listens to a span.
            .env("RUST_TEST_THREADS", "1")
            .env("VERSION_OF_THE_COPY", env!("CARGO_PKG_VERSION"))
            .env_remove("CARGO_BUILD_TARGET")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Output { success: output.status.success(), stderr: text(&output.stderr) + &text(&output.stdout) }
    }

    pub(crate) fn build(&self, arguments: &[&str]) -> Output {
        self.cargo(&[&["build", "--package=dependant"], arguments].concat())
    }

    /// The dependant's tests pass: those that it had before the edit if they are asked for, and those in `new`.
    #[track_caller]
    pub(crate) fn passes(&self, tests: &[&str], new: &str) {
        if !new.is_empty() {
            let new = Path::new("tests/regeneration/dependant").join(new);
            write(&self.path("dependant/tests/new.rs"), &fs::read(new).unwrap());
        }
        let tests: Vec<_> = tests.iter().flat_map(|test| ["--test", test]).collect();
        let output = self.cargo(&[&["test", "--package=dependant"], tests.as_slice()].concat());
        assert!(output.success, "{}", output.stderr);
    }

    /// The compiler's errors: the file and the sentence of each.
    #[track_caller]
    pub(crate) fn compile_errors(&self) -> Vec<(String, String)> {
        let output = self.build(&["--message-format=short"]);
        assert!(!output.success, "{}", output.stderr);
        let errors = output.stderr.lines().filter_map(|line| line.split_once(": error"));
        errors
            .map(|(place, sentence)| {
                let file = place.split(':').next().unwrap_or_default().replace('\\', "/");
                (file, sentence.to_owned())
            })
            .collect()
    }

    /// Compiles what is made of all these documents, and runs the tests in its documentation, of which there must be
    /// none.
    #[track_caller]
    pub(crate) fn check_made<'a>(&self, documents: impl Iterator<Item = (&'a str, String)>) -> Output {
        let mut names = String::new();
        // The crate that a pattern needs is there.
        let manifest = script::with_regress(&manifest());
        for (name, document) in documents {
            match script::run_with(Some(document.as_bytes()), &manifest) {
                Outcome::Made(code) => write(&self.path(&format!("made/src/{name}.rs")), code.as_bytes()),
                Outcome::Refused(sentence) => panic!("{name}: {sentence}"),
            }
            names += name;
            names.push(' ');
        }
        assert!(!names.is_empty());
        self.write("made/src/names.rs", &format!("made! {{ {names}}}\n"));
        let mut output = self.cargo(&["test", "--doc", "--package=made"]);
        output.success &= output.stderr.contains("\nrunning 0 tests\n");
        output
    }
}

/// That of the crate, with the two packages as the members of its workspace.
fn manifest() -> String {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let is_ours = |line: &&str| !line.starts_with("members = ") && !line.starts_with("cinnox-destination = ");
    let manifest = manifest.lines().filter(is_ours).collect::<Vec<_>>().join("\n");
    let (packages, examples) = manifest.split_once("\n[[example]]").unwrap_or((&manifest, ""));
    let (_, workspace) = examples.split_once("\n[workspace]").unwrap_or((examples, examples));
    format!("{packages}\n[workspace]\nmembers = [\"dependant\", \"made\"]\n{workspace}\n")
}

fn write(file: &Path, bytes: &[u8]) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    // What is the same keeps its time, so that cargo builds nothing again for it.
    if fs::read(file).ok().as_deref() != Some(bytes) {
        fs::write(file, bytes).unwrap();
    }
}

/// Makes `to` what `from` is, a file or a folder.
pub(crate) fn mirror(from: &Path, to: &Path) {
    if !from.is_dir() {
        return write(to, &fs::read(from).unwrap());
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(to).unwrap().map(Result::unwrap).filter(|entry| !from.join(entry.file_name()).exists()) {
        if entry.path().is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }.unwrap();
    }
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        mirror(&entry.path(), &to.join(entry.file_name()));
    }
}
