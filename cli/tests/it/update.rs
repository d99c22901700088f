//! `update`: one destination, against the library's mock server.

use std::process::Command;

use cinnox_destination::ErrorCode;
use cinnox_destination::mock::{Failure, MockServer};
use serde_json::json;

use crate::tool::{Desk, Ran, tool, update, with_account};

async fn server() -> MockServer {
    let server = MockServer::start().await;
    server.add_destination(&"dest-1".parse().unwrap());
    server
}

fn for_account(server: &MockServer, arguments: &[&str]) -> Command {
    let mut command = tool(&[&["update", "-", "--destination", "dest-1"], arguments].concat());
    command
        .env("CINNOX_BASE_URL", server.base_url())
        .env("CINNOX_APP_ID", server.app_id())
        .env("CINNOX_APP_TOKEN", server.app_token());
    command
}

fn run(server: &MockServer, arguments: &[&str]) -> Ran {
    Ran::with_input(&mut for_account(server, arguments), update("Night").to_string().as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn last_line_names_the_destination() {
    let server = server().await;
    let ran = run(&server, &[]).assert_status(0);
    assert_eq!((ran.out.lines().last(), &*ran.err), (Some("updated destination dest-1"), ""));
    assert_eq!(run(&server, &["-q"]).assert_status(0).out, "updated destination dest-1\n");
    let expected = json!({
        "destination": "dest-1", "outcome": "updated", "status": 200, "code": 200, "message": null, "attempts": 1,
    });
    assert_eq!(run(&server, &["--json"]).assert_status(0).json(), expected);
    let held = serde_json::to_value(server.destination(&"dest-1".parse().unwrap()).unwrap()).unwrap();
    assert_eq!(held, update("Night"));
    let mut command = for_account(&server, &[]);
    command.env("CINNOX_DESTINATION_ID", "none");
    Ran::with_input(&mut command, update("Night").to_string().as_bytes()).assert_status(0);
}

struct Row {
    what: &'static str,
    failure: Failure,
    times: usize,
    arguments: &'static [&'static str],
    exit: i32,
    /// In words and in JSON.
    outcome: [&'static str; 2],
}

#[tokio::test(flavor = "multi_thread")]
async fn failure_ends_with_its_outcome() {
    let html = |status| Failure::respond(status).body("<html>");
    let rows = [
        Row {
            what: "rejected",
            failure: Failure::code(ErrorCode::WRONG_PARAMETER),
            times: 1,
            arguments: &[],
            exit: 1,
            outcome: ["rejected", "rejected"],
        },
        Row {
            what: "a proxy's 404",
            failure: html(404),
            times: 1,
            arguments: &[],
            exit: 1,
            outcome: ["rejected", "rejected"],
        },
        Row {
            what: "a proxy's 502",
            failure: html(502),
            times: 1,
            arguments: &[],
            exit: 3,
            outcome: ["unknown", "unknown"],
        },
        Row {
            what: "no answer, retried",
            failure: Failure::disconnect(),
            times: 3,
            arguments: &["--idempotent"],
            exit: 3,
            outcome: ["unknown", "unknown"],
        },
    ];
    for Row { what, failure, times, arguments, exit, outcome: [words, name] } in rows {
        let server = server().await;
        server.fail_next(times, failure);
        let ran = run(&server, &[arguments, &["--json"]].concat()).assert_status(exit);
        assert_eq!(ran.err.lines().last(), Some(&*format!("outcome: {words}")), "{what}: {ran:?}");
        assert_eq!((&ran.json()["outcome"], server.request_count()), (&name.into(), times), "{what}");
        assert_eq!(ran.err.lines().next(), ran.json()["message"].as_str(), "{what}");
        run(&server, &[]).assert_status(0);
    }
}

#[test]
fn unreachable_server_is_not_sent() {
    let mut command = tool(&["update", "-", "--destination", "a", "--json"]);
    let ran = Ran::with_input(with_account(&mut command, "http://127.0.0.1:1"), update("Night").to_string().as_bytes());
    let ran = ran.assert_status(1);
    assert_eq!((ran.err.lines().last(), ran.json()["outcome"].as_str()), (Some("outcome: not sent"), Some("not_sent")));
}

#[tokio::test(flavor = "multi_thread")]
async fn dry_run_prints_the_request_that_would_be_sent() {
    let server = server().await;
    run(&server, &[]).assert_status(0);
    let sent = server.requests().remove(0);
    let preview = |arguments: &[&str]| {
        let mut command = for_account(&server, arguments);
        command.env_remove("CINNOX_APP_TOKEN");
        Ran::with_input(&mut command, update("Night").to_string().as_bytes()).assert_status(0)
    };
    let preview_json = preview(&["--dry-run", "--json"]).json();
    let url = format!("{}{}", server.base_url().trim_end_matches('/'), sent.path);
    assert_eq!(preview_json, json!({ "method": sent.method.as_str(), "url": url, "body": sent.json() }));
    let text = preview(&["--dry-run"]);
    assert!(text.out.starts_with(&format!("PATCH {url}\n\n{{\n")) && text.err == "nothing was sent\n", "{text:?}");
    assert_eq!(server.request_count(), 1);
}

#[test]
fn invalid_input_is_not_sent() {
    let desk = Desk::new("");
    desk.write("update.json", json!({ "displayName": " " }).to_string());
    let refused = |arguments: &[&str]| {
        let mut command = desk.tool(&[&["update"], arguments].concat());
        Ran::of(with_account(&mut command, "http://127.0.0.1:1")).assert_status(2).err
    };
    desk.write("groups.csv", crate::tool::table(["a"]));
    let table = "groups.csv is a table or JSON Lines; send it with `bulk`\n1 problem; nothing was sent\n";
    assert_eq!(refused(&["groups.csv", "--destination", "a"]), table);
    let missing = "no destination given; use --destination ID or set CINNOX_DESTINATION_ID\n";
    assert_eq!(refused(&["update.json"]), missing);
    assert!(refused(&["update.json", "--destination", "a/b"]).contains("'/'"));
    assert!(refused(&["none.json", "--destination", "a"]).starts_with("none.json cannot be read: "));
    desk.write("update.json", update(" ").to_string());
    let problems = refused(&["update.json", "--destination", "a"]);
    assert!(problems.starts_with("/displayName: "), "{problems}");
}
