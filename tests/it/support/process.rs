//! Runs a test again in a child process: for tests that need other environment variables, a global logger, or a process
//! whose memory they measure.

use std::{env, process::Command};

/// Set in the child process.
const MARK: &str = "CINNOX_TEST_IN_OWN_PROCESS";

/// Variables of the surrounding environment that a test must not see.
const REMOVED: [&str; 12] = [
    "CINNOX_BASE_URL",
    "CINNOX_APP_ID",
    "CINNOX_APP_TOKEN",
    "CINNOX_APP_TOKEN_FILE",
    "NO_PROXY",
    "no_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Whether this is the child process.
pub(crate) fn is_own() -> bool {
    env::var_os(MARK).is_some()
}

/// Runs `test` of `module` (its [`module_path!`]) in a child process with these environment variables; it must pass.
#[track_caller]
pub(crate) fn run(module: &str, test: &str, variables: &[(&str, &str)]) {
    let (_, module) = module.split_once("::").expect("the test is in a module");
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", &format!("{module}::{test}"), "--include-ignored", "--nocapture"]).env(MARK, "1");
    for name in REMOVED {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    println!("{printed}");
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{test} in a child process with {variables:?}: {printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Returns whether this is the child process; if not, runs the test in one.
#[track_caller]
pub(crate) fn run_in_own(module: &str, test: &str) -> bool {
    if !is_own() {
        run(module, test, &[]);
    }
    is_own()
}
