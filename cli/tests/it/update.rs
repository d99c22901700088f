//! `update`: one destination.

use std::{io::Write, net::TcpListener, process::Command};

use cinnox_destination::{
    ErrorCode,
    mock::{Failure, MockServer},
};

use crate::{
    server::{Answer, Server},
    tool::{Ran, WRONG, tool, with_account},
};

const VALID: &str = r#"{ "displayName": "Night shift", "supportLanguages": ["*"], "supportLocations": ["HK"],
    "types": ["STAFF"], "staffTargets": ["staff-1"] }"#;

const INVALID: &str = r#"{ "displayName": " ", "supportLanguages": ["*", "en"], "supportLocations": ["HK"],
    "types": ["STAFF", "PHONE"], "staffTargets": ["staff-1", "staff-1"] }"#;

const PROBLEMS: [&str; 4] = [
    "/displayName: \" \" is blank; give a name that people will recognise",
    "/supportLanguages/0: \"*\" means everything and must stand alone; remove it, or remove the other entries",
    "/phoneTargets: is empty but PHONE is selected; add a target, or remove PHONE from the types",
    "/staffTargets/1: \"staff-1\" is already at /staffTargets/0; remove one of the two",
];

/// `update` with these arguments and variables.
fn update(arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = tool(&["update"]);
    command.args(arguments).envs(variables.iter().copied());
    command
}

fn for_account(server: &MockServer, arguments: &[&str]) -> Command {
    let mut command = update(arguments, &[]);
    command
        .env("CINNOX_BASE_URL", server.base_url())
        .env("CINNOX_APP_ID", server.app_id())
        .env("CINNOX_APP_TOKEN", server.app_token());
    command
}

/// Against an account that no request reaches.
fn refused(arguments: &[&str], input: &str) -> Ran {
    Ran::with_input(with_account(&mut update(arguments, &[]), "http://127.0.0.1:1"), input.as_bytes())
}

#[track_caller]
fn assert_updated(ran: &Ran, id: &str) {
    assert_eq!((ran.status, &*ran.err), (Some(0), ""), "{}", ran.out);
    assert_eq!(ran.out.lines().last(), Some(&*format!("updated destination {id}")));
}

#[track_caller]
fn assert_refused(ran: &Ran, problems: &[&str]) {
    assert_eq!(ran.err.lines().collect::<Vec<_>>(), problems);
    assert_eq!((ran.status, &*ran.out), (Some(2), ""));
}

async fn server(destinations: &[&str]) -> MockServer {
    let server = MockServer::start().await;
    for id in destinations {
        server.add_destination(&id.parse().unwrap());
    }
    server
}

/// A file that is there for as long as it is held.
fn file(content: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".json").tempfile().unwrap();
    file.write_all(content.as_ref()).unwrap();
    file
}

#[test]
fn without_the_three_variables_nothing_is_sent() {
    let behind = "not set; the dashboard shows the three values together";
    let (url, app, token) = (
        ("CINNOX_BASE_URL", "https://examplebaseurl.com"),
        ("CINNOX_APP_ID", "app-1"),
        ("CINNOX_APP_TOKEN", "token-1"),
    );
    let rows = [
        (&[][..], "CINNOX_BASE_URL, CINNOX_APP_ID and CINNOX_APP_TOKEN are"),
        (&[url][..], "CINNOX_APP_ID and CINNOX_APP_TOKEN are"),
        (&[url, token], "CINNOX_APP_ID is"),
        (&[app, token], "CINNOX_BASE_URL is"),
        (&[app, ("CINNOX_BASE_URL", "")], "CINNOX_BASE_URL and CINNOX_APP_TOKEN are"),
    ];
    for (variables, missing) in rows {
        let ran = Ran::with_input(&mut update(&["--destination", "dest-1", "-"], variables), VALID.as_bytes());
        assert_refused(&ran, &[&format!("{missing} {behind}")]);
    }
    let http = [("CINNOX_BASE_URL", "http://examplebaseurl.com"), app, token];
    let ran = Ran::with_input(&mut update(&["--destination", "dest-1", "-"], &http), VALID.as_bytes());
    assert!(ran.err.starts_with("the base URL is http, "), "{}", ran.err);
    ran.assert_status(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_comes_from_a_file_or_standard_input() {
    let server = server(&["night", "day"]).await;
    let update = file(VALID);
    let path = update.path().to_str().unwrap();
    assert_updated(&Ran::of(&mut for_account(&server, &["--destination", "night", path])), "night");
    let both = Ran::of(for_account(&server, &[path, "--destination", "night"]).env("CINNOX_DESTINATION_ID", "day"));
    assert_updated(&both, "night");
    let windows = format!("\u{feff}{}\r\n", VALID.replace('\n', "\r\n"));
    let mut command = for_account(&server, &["-"]);
    let piped = Ran::with_input(command.env("CINNOX_DESTINATION_ID", "day"), windows.as_bytes());
    assert_updated(&piped, "day");
    assert!(piped.out.starts_with("sent for app mock-app at http://127.0.0.1:"), "{}", piped.out);
    assert!(piped.out.contains("\n\nreceived: 200 OK after 1 attempt(s)\n"), "{}", piped.out);
    assert!(!piped.out.contains(server.app_token()), "{}", piped.out);
    assert_eq!(*server.destination(&"day".parse().unwrap()).unwrap().display_name, "Night shift");
    assert_eq!(server.request_count(), 3);
}

#[test]
fn each_violation_has_a_line_of_its_own() {
    assert_refused(&refused(&["--destination", "dest-1", "-"], INVALID), &PROBLEMS);
    let update = file(INVALID);
    assert_refused(&refused(&["--destination", "dest-1", update.path().to_str().unwrap()], ""), &PROBLEMS);
}

#[test]
fn of_many_violations_the_first_ones_are_shown() {
    let staff = "\"staff-1\",".repeat(10_000);
    let update = VALID.replace("[\"staff-1\"]", &format!("[{}]", staff.trim_end_matches(',')));
    let ran = refused(&["--destination", "dest-1", "-"], &update).assert_status(2);
    assert_eq!(ran.err.lines().count(), 51);
    assert!(ran.err.ends_with("… and 9949 more\n") && ran.err.len() < 10_000, "{}", ran.err);
}

#[test]
fn a_key_with_a_line_break_does_not_break_the_line() {
    let ran = refused(&["--destination", "dest-1", "-"], r#"{ "a\nb\u001b[31m": 1 }"#).assert_status(2);
    assert!(ran.err.starts_with(r"/a\nb\u{1b}[31m: line 1 column ") && ran.err.lines().count() == 1, "{}", ran.err);
}

#[test]
fn rejects_invalid_input_with_message() {
    let rows: [(&[u8], &str); 6] = [
        (b"", "line 1 column 1: is empty; write the update as { … }"),
        (b"[]", "line 1 column 1: is not an object; write the update as { … }"),
        (
            br#"{"destination": "a", "update": {}}"#,
            "standard input is an update with its destination, as `bulk` takes it; write only the object in \"update\"",
        ),
        (b"\xff\xfe{\0}\0", "standard input is UTF-16 or UTF-32; save it as UTF-8"),
        (b"PK\x03\x04", "standard input is a workbook or another ZIP file; save the sheet as \"CSV UTF-8\""),
        (&vec![b' '; 5 << 20], "standard input cannot be read: it is larger than 4 MiB; an update must be smaller"),
    ];
    for (input, sentence) in rows {
        let mut command = update(&["--destination", "dest-1", "-"], &[]);
        let ran = Ran::with_input(with_account(&mut command, "http://127.0.0.1:1"), input);
        assert_refused(&ran, &[sentence]);
    }
    let missing = refused(&["--destination", "dest-1", "no-such-file.json"], "").assert_status(2);
    assert!(missing.err.starts_with("no-such-file.json cannot be read: ") && missing.err.lines().count() == 1);
}

#[test]
fn a_destination_has_to_be_named_and_to_be_an_id() {
    assert_refused(
        &refused(&["-"], VALID),
        &["no destination given; use --destination ID or set CINNOX_DESTINATION_ID"],
    );
    let ran = refused(&["--destination", "../dest-1", "-"], VALID).assert_status(2);
    assert!(ran.err.starts_with("the destination ID contains '/' at byte 2"), "{}", ran.err);
    let mut command = update(&["-"], &[("CINNOX_DESTINATION_ID", "..")]);
    let ran = Ran::with_input(with_account(&mut command, "http://127.0.0.1:1"), VALID.as_bytes()).assert_status(2);
    assert!(ran.err.starts_with("the destination ID is \"..\""), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn an_id_that_is_not_utf_8_is_refused() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let mut command = update(&["-"], &[]);
    with_account(&mut command, "http://127.0.0.1:1").env("CINNOX_DESTINATION_ID", OsStr::from_bytes(b"\xff.json"));
    let ran = Ran::with_input(&mut command, VALID.as_bytes()).assert_status(2);
    assert!(ran.err.starts_with("the destination ID contains '\u{fffd}' at byte 0"), "{}", ran.err);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn succeeds_even_if_report_cannot_be_printed() {
    let server = server(&["dest-1"]).await;
    let update = file(VALID);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = for_account(&server, &["--destination", "dest-1", update.path().to_str().unwrap()]);
    let ran = Ran::of(command.stdout(full)).assert_status(0);
    assert!(ran.err.starts_with("dest-1 was updated, but the report could not be printed: "), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_ends_with_its_outcome() {
    let server = server(&["dest-1"]).await;
    let run = |id: &str| {
        let mut command = for_account(&server, &["--destination", id, "-"]);
        Ran::with_input(&mut command, VALID.as_bytes()).assert_status(1)
    };
    let gone =
        "the server responded 400 Bad Request with code 3000205 (destination not found): \"destination not found\"";
    assert_eq!(run("gone").err, format!("{gone}\noutcome: rejected\n"));
    server.fail_next(1, Failure::code(ErrorCode::BadServiceResponse));
    let ran = run("dest-1");
    assert!(ran.err.starts_with("the server responded 400 Bad Request with code 6451001 "), "{}", ran.err);
    assert_eq!((ran.err.lines().last(), &*ran.out), (Some("outcome: unknown"), ""));
    assert_eq!(server.request_count(), 2);

    let unreachable = refused(&["--destination", "dest-1", "-"], VALID).assert_status(1);
    assert!(unreachable.err.starts_with("could not connect; "), "{}", unreachable.err);
    assert!(unreachable.err.contains(": Connection refused"), "the cause is named: {}", unreachable.err);
    assert_eq!((unreachable.err.lines().last(), unreachable.err.lines().count()), (Some("outcome: not sent"), 2));
}

#[test]
fn a_connection_that_is_closed_leaves_the_outcome_unknown() {
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", rude.local_addr().unwrap());
    std::thread::spawn(move || {
        // It reads the request and says nothing.
        for stream in rude.incoming().flatten() {
            let _ = std::io::Read::read(&mut &stream, &mut [0; 1024]);
        }
    });
    let ran =
        Ran::with_input(with_account(&mut update(&["--destination", "dest-1", "-"], &[]), &url), VALID.as_bytes());
    assert_eq!(ran.assert_status(1).err.lines().last(), Some("outcome: unknown"));
}

#[test]
fn warns_if_response_names_other_destination() {
    let server = Server::start(|_| Answer::UpdateOther);
    let mut command = update(&["--destination", "dest-1", "-"], &[]);
    let ran = Ran::with_input(with_account(&mut command, &server.url), VALID.as_bytes()).assert_status(0);
    assert_eq!(ran.err, "the server reported an update of \"other\" instead of dest-1; check both\n");
    assert_eq!(ran.out.lines().last(), Some("updated destination other"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_can_be_json() {
    let server = server(&["dest-1"]).await;
    let run = |id: &str| {
        let mut command = for_account(&server, &["--json", "--destination", id, "-"]);
        let ran = Ran::with_input(&mut command, VALID.as_bytes());
        (ran.status, serde_json::from_str::<serde_json::Value>(&ran.out).unwrap())
    };
    let (status, result) = run("dest-1");
    assert_eq!((status, &result["outcome"], &result["attempts"]), (Some(0), &"updated".into(), &1.into()));
    assert_eq!(result["code"], 200, "a whole number: {result}");
    let (status, result) = run("gone");
    assert_eq!((status, &result["outcome"], &result["code"]), (Some(1), &"rejected".into(), &3_000_205.into()));
}

struct Response {
    status: &'static str,
    body: &'static str,
    outcome: &'static str,
}

#[test]
fn only_the_api_rejects_an_update() {
    let (html, no_code) = ("<html>who are you?</html>", r#"{"message":"no route"}"#);
    let rows = [
        Response { status: "405 Method Not Allowed", body: html, outcome: "not sent" },
        Response { status: "403 Forbidden", body: html, outcome: "not sent" },
        Response { status: "407 Proxy Authentication Required", body: html, outcome: "not sent" },
        Response { status: "401 Unauthorized", body: html, outcome: "not sent" },
        Response { status: "404 Not Found", body: no_code, outcome: "not sent" },
        Response { status: "429 Too Many Requests\r\nretry-after: 3600", body: html, outcome: "not sent" },
        Response { status: "521 Down", body: html, outcome: "unknown" },
        Response { status: "400 Bad Request", body: WRONG, outcome: "rejected" },
    ];
    for Response { status, body, outcome } in rows {
        let server = Server::start(move |_| Answer::Refuse(status, body));
        let mut command = update(&["--json", "--destination", "dest-1", "-"], &[]);
        let ran = Ran::with_input(with_account(&mut command, &server.url), VALID.as_bytes()).assert_status(1);
        assert_eq!(ran.err.lines().last(), Some(&*format!("outcome: {outcome}")), "{status}");
        let result: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(result["outcome"], outcome, "{status}");
        assert!(!ran.err.contains("unknown status code"), "{}", ran.err);
        let is_refused = status.starts_with("401") || status.starts_with("403");
        assert_eq!(ran.err.contains("check CINNOX_APP_TOKEN"), is_refused, "{}", ran.err);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_shown_if_asked_for() {
    let server = server(&["dest-1"]).await;
    for (arguments, events) in [(&["-v"][..], 1), (&[], 0)] {
        server.fail_next(1, Failure::code(ErrorCode::TooManyRequests).status(429).retry_after("0"));
        let mut command = for_account(&server, &[&["--destination", "dest-1", "-"], arguments].concat());
        let ran = Ran::with_input(&mut command, VALID.as_bytes()).assert_status(0);
        assert_eq!(ran.err.matches("attempt failed, will retry").count(), events, "{}", ran.err);
        assert!(ran.out.contains("received: 200 OK after 2 attempt(s)"), "{}", ran.out);
    }
    let quiet = Ran::with_input(&mut for_account(&server, &["-q", "--destination", "dest-1", "-"]), VALID.as_bytes());
    assert_eq!((quiet.status, &*quiet.out), (Some(0), "updated destination dest-1\n"));
}
