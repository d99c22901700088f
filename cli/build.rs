//! Composes the version that `-V` prints: the version, the commit and the target.

use std::{env, fs, path::Path, process::Command};

const PACKED: &str = ".cargo_vcs_info.json";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name| env::var(name).unwrap_or_default();
    let origin: Vec<String> = packed_commit().or_else(commit).into_iter().chain([variable("TARGET")]).collect();
    println!("cargo::rustc-env=LONG_VERSION={} ({})", variable("CARGO_PKG_VERSION"), origin.join(", "));
}

/// The commit that `cargo package` notes in a packed crate.
fn packed_commit() -> Option<String> {
    let info = fs::read_to_string(PACKED).ok()?;
    println!("cargo::rerun-if-changed={PACKED}");
    let (_, hash) = info.split_once("\"sha1\": \"")?;
    hash.get(..12).map(str::to_owned)
}

/// The commit that is checked out, if this is the project's repository and not one that has a copy of the crate.
fn commit() -> Option<String> {
    let lines = git(&["--show-prefix", "--git-path", "logs/HEAD", "--short=12", "HEAD"])?;
    let ["cli/", log, hash] = lines.lines().collect::<Vec<_>>()[..] else { return None };
    // A path that does not exist would run this program for each build.
    if Path::new(log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    Some(hash.to_owned())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("rev-parse").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
