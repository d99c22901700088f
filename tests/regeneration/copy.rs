//! A copy of the crate below the target directory, which is compiled with an edited document, without network. The first
//! run compiles the dependencies once more.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs};

use serde_json::Value;

use crate::document::DOCUMENT;

/// One test uses the copy at a time.
pub(crate) struct Copy {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

impl Copy {
    pub(crate) fn new(document: &Value) -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("regeneration");
        for entry in ["README.md", "build.rs", "build", "src"] {
            mirror(Path::new(entry), &root.join(entry));
        }
        mirror(Path::new("tests/regeneration/copy/follow.rs"), &root.join("tests/follow.rs"));
        let copy = Self { root, _alone: alone };
        copy.write(DOCUMENT, document.to_string().as_bytes());
        copy.write("Cargo.toml", manifest().as_bytes());
        fs::copy("Cargo.lock", copy.root.join("Cargo.lock")).unwrap();
        copy
    }

    /// Replaces a text in a file of the copy.
    #[track_caller]
    pub(crate) fn replace(&self, file: &str, old: &str, new: &str) -> &Self {
        let text = fs::read_to_string(self.root.join(file)).unwrap();
        assert!(text.contains(old), "{file} does not have {old:?}");
        self.write(file, text.replace(old, new).as_bytes());
        self
    }

    /// Runs cargo; returns whether it succeeded, and what it said.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("CARGO_BUILD_TARGET")
            .output()
            .unwrap();
        let said = [output.stderr, output.stdout].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        (output.status.success(), said)
    }

    /// The compiler's errors and warnings: the file and the beginning of the sentence of each.
    pub(crate) fn diagnostics(&self) -> Vec<(String, String)> {
        let (_, said) = self.cargo(&["check", "--features=mock,schemars", "--message-format=short"]);
        let lines = said.lines().filter_map(|line| line.split_once(": error").or(line.split_once(": warning")));
        let place = |place: &str| place.split(':').next().unwrap_or_default().replace('\\', "/");
        lines.map(|(at, sentence)| (place(at), sentence.to_owned())).filter(|(at, _)| at.contains(".rs")).collect()
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        write(&self.root.join(file), bytes);
    }
}

/// The crate's, without what only its own tests and examples need.
fn manifest() -> String {
    let manifest = fs::read_to_string("Cargo.toml").unwrap();
    let mut is_left_out = false;
    let lines = manifest.lines().filter(|line| {
        if line.starts_with('[') {
            is_left_out = ["[dev-dependencies]", "[[example]]"].contains(line);
        }
        !is_left_out && !line.starts_with("members = ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn write(file: &Path, bytes: &[u8]) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    // An equal file keeps its time, so that cargo does not build it again.
    if fs::read(file).ok().as_deref() != Some(bytes) {
        fs::write(file, bytes).unwrap();
    }
}

/// Makes `to` what `from` is, a file or a folder.
fn mirror(from: &Path, to: &Path) {
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
