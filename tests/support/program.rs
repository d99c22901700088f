//! Builds an example, so that it can be run as a user runs it.

use std::{env, path::PathBuf, process::Command};

/// The program, with the profile and the features of the one that asks: where all is up to date this does nothing. (Run
/// alone, a test would otherwise test whatever was built last.)
pub(crate) fn program(example: &str) -> PathBuf {
    let directory = env::current_exe().unwrap();
    let profile = directory.ancestors().nth(2).unwrap();
    let features = [
        ("rustls", cfg!(feature = "rustls")),
        ("native-tls", cfg!(feature = "native-tls")),
        ("mock", cfg!(feature = "mock")),
        ("schemars", cfg!(feature = "schemars")),
        ("tracing", cfg!(feature = "tracing")),
    ];
    let features: Vec<_> = features.into_iter().filter_map(|(name, on)| on.then_some(name)).collect();
    let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--example", example, "--no-default-features", "--features", &features.join(",")]);
    build.arg("--target-dir").arg(profile.parent().unwrap());
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    assert!(build.status().unwrap().success(), "the example could not be built");
    profile.join("examples").join(format!("{example}{}", env::consts::EXE_SUFFIX))
}
