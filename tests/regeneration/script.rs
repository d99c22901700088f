//! Runs the build script by itself with an edited document: no compiler, some hundredths of a second.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

pub(crate) const DOCUMENT: &str = "openapi/destination.yaml";

/// Far more than it takes; it is there to find what does not end.
const DEADLINE: Duration = Duration::from_secs(20);

/// What the build script makes of a document.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// The code of the client.
    Made(String),
    /// One sentence, without the name of the document.
    Refused(String),
}

/// A document that does not change with the vendor's API, to be edited.
const EDITED: &str = "tests/regeneration/document.yaml";

pub(crate) fn document() -> String {
    fs::read_to_string(EDITED).unwrap()
}

/// The same as data.
pub(crate) fn data() -> Value {
    yaml_serde::from_str(&document()).unwrap()
}

/// The document of the crate as data.
pub(crate) fn present() -> Value {
    yaml_serde::from_str(&fs::read_to_string(DOCUMENT).unwrap()).unwrap()
}

/// The document with each `old` replaced.
#[track_caller]
pub(crate) fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(document(), |text, (old, new)| {
        assert!(text.contains(old), "{EDITED} does not have {old:?}");
        text.replace(old, new)
    })
}

pub(crate) fn run(document: &[u8]) -> Outcome {
    run_with(Some(document), &fs::read_to_string("Cargo.toml").unwrap())
}

/// A manifest with the crate that patterns need.
pub(crate) fn with_regress(manifest: &str) -> String {
    format!("{manifest}\n[dependencies.regress]\nversion = \"0.12\"\n")
}

/// Runs it in a folder that is neither that of the package nor writable for it, as some build systems do.
#[track_caller]
pub(crate) fn run_with(document: Option<&[u8]>, manifest: &str) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    let out = folder.path().join("out");
    fs::create_dir_all(package.join("openapi")).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    if let Some(document) = document {
        fs::write(package.join(DOCUMENT), document).unwrap();
    }
    set_read_only(&package, true);
    let mut script = Command::new(env!("BUILD_SCRIPT"))
        .current_dir(folder.path())
        .env("CARGO_MANIFEST_DIR", &package)
        .env("OUT_DIR", &out)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while script.try_wait().unwrap().is_none() {
        if began.elapsed() > DEADLINE {
            script.kill().unwrap();
            panic!("the build script does not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
    let output = script.wait_with_output().unwrap();
    set_read_only(&package, false);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success(), "{:?}", output.status);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut errors = stdout.lines().filter_map(|line| line.strip_prefix("cargo::error="));
    match (errors.next(), errors.next()) {
        (None, _) => Outcome::Made(fs::read_to_string(out.join("client.rs")).unwrap()),
        (Some(sentence), None) => {
            let sentence = sentence.strip_prefix(DOCUMENT).and_then(|rest| rest.strip_prefix(": "));
            Outcome::Refused(sentence.expect("it names the document").to_owned())
        }
        (_, Some(second)) => panic!("a second error: {second}"),
    }
}

fn set_read_only(folder: &Path, read_only: bool) {
    let mut permissions = fs::metadata(folder).unwrap().permissions();
    permissions.set_readonly(read_only);
    fs::set_permissions(folder, permissions).unwrap();
}
