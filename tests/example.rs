//! The example `update_destination`, run as a user runs it.
#![cfg(feature = "mock")]

#[path = "support/program.rs"]
mod program;

use std::{
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use cinnox_destination::{
    DestinationId, ErrorCode,
    mock::{Account, Failure},
};

const VALID: &str = r#"{ "displayName": "Night shift", "supportLanguages": ["*"], "supportLocations": ["HK"],
    "types": ["STAFF"], "staffTargets": ["staff-1"] }"#;

const INVALID: &str = r#"{ "displayName": " ", "supportLanguages": ["*", "en"], "supportLocations": ["HK"],
    "types": ["STAFF", "PHONE"], "staffTargets": ["staff-1", "staff-1"] }"#;

const PROBLEMS: [&str; 4] = [
    "/displayName: is blank; give a name that people will recognise",
    "/supportLanguages/0: \"*\" means everything and must stand alone; remove it, or remove the other entries",
    "/phoneTargets: has no entry although PHONE is selected; add a target, or take PHONE out of the types",
    "/staffTargets/1: \"staff-1\" is already at /staffTargets/0; remove one of the two",
];

fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| program::program("update_destination"))
}

struct Run {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The program with these variables and none other of ours.
fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program());
    for name in ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN", "CINNOX_DESTINATION_ID"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command
}

#[track_caller]
fn run(arguments: &[&str], variables: &[(&str, &str)], stdin: &str) -> Run {
    let mut command = command(variables);
    command.args(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that has no use for its input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A file that is there for as long as it is held.
fn file(content: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    file.write_all(content.as_ref()).unwrap();
    file
}

#[track_caller]
fn assert_updated(run: &Run, id: &str) {
    assert_eq!((run.status, &*run.stderr), (Some(0), ""), "{}", run.stdout);
    assert_eq!(run.stdout.lines().last(), Some(&*format!("updated destination {id}")));
}

#[track_caller]
fn assert_input_refused(run: &Run, problems: &[&str]) {
    assert_eq!(run.stderr.lines().collect::<Vec<_>>(), problems);
    assert_eq!((run.status, &*run.stdout), (Some(2), ""));
}

#[track_caller]
fn assert_failed(run: &Run, sentence: &str, outcome: &str) {
    assert_eq!(run.stderr, format!("{sentence}\noutcome: {outcome}\n"));
    assert_eq!((run.status, &*run.stdout), (Some(1), ""));
}

/// The variables of a user of this account.
fn variables(account: &Account) -> [(&'static str, String); 3] {
    [
        ("CINNOX_BASE_URL", account.base_url()),
        ("CINNOX_APP_ID", account.app_id().to_owned()),
        ("CINNOX_APP_TOKEN", account.app_token().to_owned()),
    ]
}

#[track_caller]
fn run_real(account: &Account, arguments: &[&str], stdin: &str) -> Run {
    let variables = variables(account);
    run(arguments, &variables.each_ref().map(|(name, value)| (*name, value.as_str())), stdin)
}

fn id(text: &str) -> DestinationId {
    text.parse().unwrap()
}

#[test]
fn without_anything_a_sample_is_sent_to_an_account_in_memory() {
    let run = run(&[], &[], "");
    assert_updated(&run, "dest-1");
    for expected in [
        "sent:\nPATCH /v1/api/apps/mock-app/destination/dest-1\n",
        "\nauthorization: Bearer ***\n",
        "\ncontent-type: application/json\n",
        "\nreceived: 200 OK with code 200 and ID dest-1\n",
        "\nthe account now holds for dest-1:\n{\n",
        "\"displayName\": \"Night shift\"",
    ] {
        assert!(run.stdout.contains(expected), "{expected:?} is not in {}", run.stdout);
    }
    assert!(!run.stdout.contains("mock-token"), "{}", run.stdout);
}

#[test]
fn an_update_comes_from_a_file_or_standard_input() {
    let update = file(VALID);
    let path = update.path().to_str().unwrap();
    assert_updated(&run(&[path], &[], ""), "dest-1");
    assert_updated(&run(&["--destination", "night", path], &[], ""), "night");
    assert_updated(&run(&[path, "--destination", "night"], &[("CINNOX_DESTINATION_ID", "day")], ""), "night");
    assert_updated(&run(&["-"], &[("CINNOX_DESTINATION_ID", "day")], VALID), "day");
    assert_updated(&run(&["-"], &[], &format!("\u{feff}{}\r\n", VALID.replace('\n', "\r\n"))), "dest-1");
}

#[test]
fn each_violation_has_a_line_of_its_own() {
    assert_input_refused(&run(&["-"], &[], INVALID), &PROBLEMS);
    assert_input_refused(&run(&[file(INVALID).path().to_str().unwrap()], &[], ""), &PROBLEMS);
}

#[test]
fn a_key_with_a_line_break_does_not_break_the_line() {
    let run = run(&["-"], &[], r#"{ "a\nb\u001b[31m": 1 }"#);
    assert_eq!((run.status, run.stderr.lines().count()), (Some(2), 1));
    assert!(run.stderr.starts_with(r"/a\nb\u{1b}[31m: line 1 column "), "{}", run.stderr);
}

#[test]
fn json_that_is_no_update_is_refused_with_its_place() {
    let known = "`displayName`, `phoneTargets`, `staffTargets`, `supportLanguages`, `supportLocations`, `trunkTargets`, \
                 `types`";
    assert_input_refused(
        &run(&["-"], &[], &VALID.replace("staffTargets", "staffTarget")),
        &[&format!("/staffTarget: line 2 column 37: unknown field `staffTarget`, expected one of {known}")],
    );
    assert_input_refused(&run(&["-"], &[], ""), &["line 1 column 1: is empty; write the update as { … }"]);
    assert_input_refused(&run(&["-"], &[], "[]"), &["line 1 column 1: is not an object; write the update as { … }"]);
}

#[test]
fn wrong_arguments_are_refused() {
    assert_input_refused(&run(&["--destination"], &[], ""), &["--destination needs an ID behind it"]);
    assert_input_refused(&run(&["--dest"], &[], ""), &["--dest is not known; --help names what is"]);
    assert_input_refused(
        &run(&["a.json", "b.json"], &[], ""),
        &["more than one file is named; one update is sent at a time"],
    );
    assert_input_refused(
        &run(&["--destination", "../dest-1", "-"], &[], VALID),
        &[
            "the destination ID has '/' at byte 2; an ID has no white space, control or non-ASCII character, and none of \
           / \\ ? # %",
        ],
    );
    assert_input_refused(
        &run(&["-"], &[("CINNOX_DESTINATION_ID", "..")], VALID),
        &[
            "the destination ID is \"..\", which stands for another folder in a URL; give the one that the vendor handed \
           out",
        ],
    );
    let missing = run(&["no-such-file.json"], &[], "");
    assert_eq!((missing.status, missing.stderr.lines().count()), (Some(2), 1));
    assert!(missing.stderr.starts_with("no-such-file.json cannot be read: "), "{}", missing.stderr);
}

#[cfg(unix)]
#[test]
fn what_is_not_utf_8_is_refused() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let odd = OsStr::from_bytes(b"n\xff.json");
    let output = command(&[]).arg(odd).output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(2), "n\u{fffd}.json is not UTF-8\n".as_bytes()));
    let output = command(&[]).env("CINNOX_DESTINATION_ID", odd).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.starts_with("the destination ID has '\u{fffd}' at byte 1".as_bytes()));
}

#[cfg(target_os = "linux")]
#[test]
fn an_update_whose_report_cannot_be_printed_is_an_update_all_the_same() {
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = command(&[]).stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), said.lines().count()), (Some(0), 1));
    assert!(said.starts_with("dest-1 was updated, but the report of it could not be printed: "), "{said}");
}

#[test]
fn help_explains_it_all() {
    for run in [run(&["--help"], &[], ""), run(&["-", "-h"], &[("CINNOX_APP_ID", "app-1")], "")] {
        assert_eq!((run.status, &*run.stderr), (Some(0), ""));
        for expected in [
            "Usage: update_destination [--destination ID] [UPDATE.json | -]",
            "--help",
            "CINNOX_BASE_URL",
            "CINNOX_APP_ID",
            "CINNOX_APP_TOKEN",
            "CINNOX_DESTINATION_ID",
            "Exit status: 0",
            "not sent, rejected or unknown",
        ] {
            assert!(run.stdout.contains(expected), "{expected:?} is not in {}", run.stdout);
        }
    }
}

#[test]
fn variables_that_are_missing_are_named() {
    let behind = "not set; the dashboard shows the three values together";
    let (url, app, token) = (
        ("CINNOX_BASE_URL", "https://examplebaseurl.com"),
        ("CINNOX_APP_ID", "app-1"),
        ("CINNOX_APP_TOKEN", "token-1"),
    );
    for (variables, expected) in [
        (vec![url], format!("CINNOX_APP_ID and CINNOX_APP_TOKEN are {behind}")),
        (vec![url, token], format!("CINNOX_APP_ID is {behind}")),
        (vec![app, token], format!("CINNOX_BASE_URL is {behind}")),
        (vec![app], format!("CINNOX_BASE_URL and CINNOX_APP_TOKEN are {behind}")),
    ] {
        assert_input_refused(&run(&["--destination", "dest-1", "-"], &variables, VALID), &[&expected]);
    }
    let wrong = [("CINNOX_BASE_URL", "http://examplebaseurl.com"), app, token];
    assert_input_refused(
        &run(&["--destination", "dest-1", "-"], &wrong, VALID),
        &[
            "the base URL is http, so the token would cross the network in clear text; use https, or ClientBuilder::allow_http",
        ],
    );
}

#[tokio::test]
async fn with_the_three_variables_the_real_account_is_updated() {
    let account = Account::start().await;
    account.add_destination(&id("dest-7"));
    let run = run_real(&account, &["--destination", "dest-7", "-"], VALID);
    assert_updated(&run, "dest-7");
    assert!(!run.stdout.contains(account.app_token()), "{}", run.stdout);
    let held = account.destination(&id("dest-7")).unwrap();
    assert_eq!(*held.display_name, "Night shift");
    assert_eq!(account.request_count(), 1);
}

#[tokio::test]
async fn what_is_refused_is_not_sent() {
    let account = Account::start().await;
    account.add_destination(&id("dest-1"));
    assert_input_refused(&run_real(&account, &["--destination", "dest-1", "-"], INVALID), &PROBLEMS);
    assert_eq!(run_real(&account, &["--destination", "dest-1", "-"], "{").status, Some(2));
    assert_eq!(run_real(&account, &["--destination", "a/b", "-"], VALID).status, Some(2));
    assert_input_refused(
        &run_real(&account, &["-"], VALID),
        &["no destination is named; give --destination ID or set CINNOX_DESTINATION_ID"],
    );
    assert_input_refused(
        &run_real(&account, &["--destination", "dest-1"], ""),
        &["no update is given; name a file with it, or - for standard input"],
    );
    assert_eq!(account.request_count(), 0);
}

#[tokio::test]
async fn a_failure_ends_with_its_outcome() {
    let account = Account::start().await;
    let arguments = ["--destination", "dest-1", "-"];
    assert_failed(
        &run_real(&account, &arguments, VALID),
        "the server answered 400 Bad Request with code 3000205 (destination not found): \"destination not found\"",
        "rejected",
    );
    account.fail_next(1, Failure::code(ErrorCode::BadServiceResponse));
    assert_failed(
        &run_real(&account, &arguments, VALID),
        "the server answered 400 Bad Request with code 6451001 (bad response from the service): \"bad response from the \
         service\"",
        "unknown",
    );
    assert_eq!(account.request_count(), 2);

    // The port is held, and closes each connection before it says anything.
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", rude.local_addr().unwrap());
    let closer = std::thread::spawn(move || drop(rude.accept().unwrap()));
    let values = |url| [("CINNOX_BASE_URL", url), ("CINNOX_APP_ID", "app-1"), ("CINNOX_APP_TOKEN", "token-1")];
    let run_against = |url| run(&arguments, &values(url), VALID);
    let lost = run_against(&url);
    closer.join().unwrap();
    assert_eq!(lost.status, Some(1));
    assert_eq!(lost.stderr.lines().last(), Some("outcome: unknown"), "{}", lost.stderr);

    let refused = run_against("http://127.0.0.1:1");
    assert_eq!((refused.status, refused.stderr.lines().count()), (Some(1), 2), "{}", refused.stderr);
    assert!(refused.stderr.starts_with("no connection could be made: "), "{}", refused.stderr);
    assert_eq!(refused.stderr.lines().last(), Some("outcome: not sent"));
}
