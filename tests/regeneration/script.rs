//! Runs the build script by itself: no compiler, some hundredths of a second.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::document::DOCUMENT;

/// Far more than it takes, to find an endless loop.
const DEADLINE: Duration = Duration::from_secs(30);

/// The generated files in one, or the sentence without the name of the document.
#[track_caller]
pub(crate) fn run(document: impl AsRef<[u8]>) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir_all(folder.path().join("openapi")).unwrap();
    fs::create_dir(&out).unwrap();
    fs::write(folder.path().join(DOCUMENT), document).unwrap();
    let mut script = Command::new(env!("BUILD_SCRIPT"))
        .env("CARGO_MANIFEST_DIR", folder.path())
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
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success(), "{:?}", output.status);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let errors: Vec<_> = stdout.lines().filter_map(|line| line.strip_prefix("cargo::error=")).collect();
    match errors.as_slice() {
        [] => Ok(["client.rs", "document.rs"].map(|file| fs::read_to_string(out.join(file)).unwrap()).concat()),
        [sentence] => {
            let sentence = sentence.strip_prefix(DOCUMENT).and_then(|rest| rest.strip_prefix(": "));
            Err(sentence.expect("the sentence names the document").to_owned())
        }
        [_, second, ..] => panic!("a second error: {second}"),
    }
}
