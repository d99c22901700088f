//! What a run sends, given the results of earlier runs.

use std::{collections::HashMap, thread, time::Duration};

use serde_json::json;

use crate::server::{Answer, Server};
use crate::tool::{Desk, HEADER, Ran, TOKEN, WRONG, many, pairs, row, table, tool, update};

#[test]
fn sends_only_what_the_results_do_not_confirm() {
    let (server, desk) = (Server::updating(), Desk::new(many(5)));
    desk.run(&server.url, &["--concurrency", "1"]).assert_status(0);
    assert_eq!(server.sent(), ["dest-1", "dest-2", "dest-3", "dest-4", "dest-5"]);
    let ran = desk.run(&server.url, &[]).assert_status(0);
    assert_eq!((server.count(), ran.count("already updated"), ran.count("updated")), (5, 5, 0));
    // Another order, and the same in the other format.
    let lines: String = (1..=5)
        .rev()
        .map(|number| {
            json!({ "destination": format!("dest-{number}"), "update": update(&format!("Name {number}")) }).to_string()
                + "\n"
        })
        .collect();
    desk.write("updates.jsonl", lines);
    Ran::of(&mut desk.bulk_for("updates.jsonl", &server.url, &[])).assert_status(0);
    assert_eq!(server.count(), 5);
    // One cell is changed, and changed back.
    for name in ["New name", "Name 3"] {
        desk.write("updates.csv", many(5).replace("Name 3", name));
        desk.run(&server.url, &[]).assert_status(0);
    }
    assert_eq!(server.sent()[5..], ["dest-3", "dest-3"]);
    assert_eq!(server.held()["dest-3"], update("Name 3"));
    desk.run(&server.url, &["--all"]).assert_status(0);
    assert_eq!(server.count(), 12);
}

#[test]
fn rejected_line_is_sent_again_last_by_each_run() {
    let server = Server::start(|request| match (&*request.destination, request.number) {
        ("dest-1", 0..8) => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::Update,
    });
    let desk = Desk::new(many(3));
    desk.run(&server.url, &[]).assert_status(1);
    let ran = desk.run(&server.url, &["--all", "--concurrency", "1"]).assert_status(1);
    assert_eq!(
        (server.sent()[3..].to_vec(), ran.count("rejected")),
        (vec!["dest-2".into(), "dest-3".into(), "dest-1".into()], 1)
    );
    for _ in 0..2 {
        desk.run(&server.url, &[]).assert_status(1);
    }
    assert_eq!(server.count(), 8);
    desk.run(&server.url, &[]).assert_status(0);
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 9);
}

#[test]
fn dry_run_prints_the_plan_without_token_or_request() {
    let server = Server::start(|request| match &*request.destination {
        "b" => Answer::Refuse("400 Bad Request", WRONG),
        "c" => Answer::Refuse("504 Gateway Timeout", ""),
        _ => Answer::Update,
    });
    let desk = Desk::new(table(["a", "b", "c", "d"]));
    desk.run(&server.url, &[]).assert_status(3);
    let results = desk.read("results.jsonl");
    desk.write(
        "updates.csv",
        table(["a", "b", "c", "d", "e"])
            .replace("Name of d", "Name, changed")
            .replace("Name, changed", "\"Name, changed\""),
    );
    let dry_run = |json: &[&str]| {
        let mut command = desk.bulk(&server.url, &["--dry-run"]);
        Ran::of(command.args(json).env_remove("CINNOX_APP_TOKEN")).assert_status(0)
    };
    let ran = dry_run(&[]);
    assert_eq!(
        ran.out,
        "line 4: unknown before: c \"Name of c\"\nline 5: changed: d \"Name, changed\"\nline 6: new: e \"Name of e\"\n\
         line 3: rejected before: b \"Name of b\"\n\
         to send: 1 new, 1 changed, 1 unknown before, 1 rejected before; already updated: 1\n"
    );
    assert_eq!(ran.err, "nothing was sent\n");
    let plan = dry_run(&["--json"]).json();
    assert_eq!(
        plan["plan"][3],
        json!({ "line": 3, "destination": "b", "name": "Name of b", "why": "rejected_before" })
    );
    assert_eq!((server.count(), desk.read("results.jsonl")), (4, results));
}

#[test]
fn record_precedes_request_and_follows_answer() {
    let (server, desk) = (Server::updating(), Desk::new(table(["a"])));
    desk.run(&server.url, &[]).assert_status(0);
    let text = desk.read("results.jsonl");
    let first = format!("{{\"version\":2,\"account\":{{\"base_url\":\"{}\",\"app_id\":\"app-1\"}}}}\n", server.url);
    assert!(text.starts_with(&first), "{text}");
    let records = desk.records();
    let keys = |index: usize| records[index].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(keys(0), ["destination", "line", "name", "time", "update"]);
    assert_eq!(
        keys(1),
        ["attempts", "code", "destination", "line", "message", "name", "outcome", "status", "time", "update"]
    );
    let mut record = records[1].clone();
    let (time, hash) = (record["time"].take(), record["update"].take());
    assert!(time.as_str().unwrap().ends_with('Z') && hash.as_str().unwrap().len() == 32, "{time} {hash}");
    assert_eq!(
        record,
        json!({
            "time": null, "line": 2, "destination": "a", "name": "Name of a", "update": null, "outcome": "updated",
            "status": 200, "code": 200, "message": null, "attempts": 1,
        })
    );
}

#[test]
fn last_record_counts_and_a_torn_one_is_cut_off() {
    struct Row {
        what: &'static str,
        /// What the file ends with, in place of the answer.
        end: &'static str,
        requests: usize,
    }
    let rows = [
        Row { what: "killed before the answer", end: "", requests: 2 },
        Row { what: "killed while writing it", end: "{\"time\":\"2026", requests: 2 },
        Row { what: "killed at its first byte", end: "{", requests: 2 },
        Row { what: "zero bytes of a power failure", end: "\0\0\0", requests: 2 },
        Row { what: "only the line feed is missing", end: "ANSWER", requests: 1 },
    ];
    for Row { what, end, requests } in rows {
        let (server, desk) = (Server::updating(), Desk::new(table(["a"])));
        desk.run(&server.url, &[]).assert_status(0);
        let text = desk.read("results.jsonl");
        let lines: Vec<_> = text.lines().collect();
        desk.write("results.jsonl", format!("{}\n{}\n{}", lines[0], lines[1], end.replace("ANSWER", lines[2])));
        desk.run(&server.url, &[]).assert_status(0);
        assert_eq!(server.count(), requests, "{what}");
        desk.run(&server.url, &[]).assert_status(0);
        assert_eq!(server.count(), requests, "{what}");
        assert!(desk.records().iter().all(|record| record["destination"] == "a"), "{what}");
    }
}

#[test]
fn change_that_a_kill_lost_is_sent_back() {
    let server = Server::start(|request| match request.number {
        1 => Answer::UpdateAfter(Duration::from_secs(60)),
        _ => Answer::Update,
    });
    let desk = Desk::new(table(["a"]));
    desk.run(&server.url, &[]).assert_status(0);
    desk.write("updates.csv", format!("{HEADER}\n{}", row("a", "Changed")));
    let mut child = desk.bulk(&server.url, &[]).spawn().unwrap();
    server.wait_for(2);
    child.kill().unwrap();
    child.wait().unwrap();
    desk.write("updates.csv", table(["a"]));
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!((server.count(), server.held()["a"].clone()), (3, update("Name of a")));
}

/// A random number below `end`; the same ones each time.
fn random(state: &mut u64, end: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % end
}

#[test]
fn killed_twenty_times_nothing_is_lost_and_little_is_sent_twice() {
    const LINES: usize = 1_000;
    const CONCURRENCY: usize = 16;
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(1)));
    let (desk, mut state) = (Desk::new(many(LINES)), 6);
    let arguments = ["--concurrency", &CONCURRENCY.to_string()];
    for _ in 0..20 {
        let goal = server.count() + usize::try_from(random(&mut state, 45)).unwrap();
        let mut child = desk.bulk(&server.url, &arguments).spawn().unwrap();
        // On a busy machine, a run may end before it is killed.
        while server.count() < goal && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        // At any point of what follows.
        thread::sleep(Duration::from_micros(random(&mut state, 3_000)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let ran = desk.run(&server.url, &arguments).assert_status(0);
    assert_eq!(ran.count("already updated") + ran.count("updated"), LINES);
    let expected: HashMap<_, _> =
        (1..=LINES).map(|number| (format!("dest-{number}"), update(&format!("Name {number}")))).collect();
    assert_eq!(server.held(), expected);
    assert!(server.count() <= LINES + 20 * CONCURRENCY, "{}", server.count());
}

struct Row<'a> {
    arguments: &'a [&'a str],
    variables: &'a [(&'a str, &'a str)],
    problem: &'a str,
}

#[test]
fn account_comes_from_arguments_or_else_from_the_environment() {
    let server = Server::updating();
    let desk = Desk::new(table(["a"]));
    desk.write("token", format!("{TOKEN}\r\n"));
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let all = [&["bulk", "updates.csv", "--results", "results.jsonl", "--all"], arguments].concat();
        Ran::of(desk.tool(&all).envs(variables.iter().copied()))
    };
    let url = &*server.url;
    run(
        &["--base-url", url, "--app-id", "app-1", "--app-token-file", "token"],
        &[("CINNOX_BASE_URL", "http://127.0.0.1:1")],
    )
    .assert_status(0);
    let variables = [("CINNOX_BASE_URL", url), ("CINNOX_APP_ID", "app-1"), ("CINNOX_APP_TOKEN_FILE", "token")];
    run(&[], &variables).assert_status(0);
    let all = ["bulk", "updates.csv", "--results", "results.jsonl", "--all", "--app-token-file", "-"];
    Ran::with_input(desk.tool(&all).envs(variables), TOKEN.as_bytes()).assert_status(0);
    assert_eq!(server.count(), 3);
    assert_eq!(desk.outcomes(), pairs([("a", "updated"); 3]));

    let both = [&variables[..], &[("CINNOX_APP_TOKEN", "x")]].concat();
    let rows = [
        Row { arguments: &[], variables: &both, problem: "both CINNOX_APP_TOKEN and CINNOX_APP_TOKEN_FILE are set" },
        Row {
            arguments: &["--app-id", "app-1"],
            variables: &[],
            problem: "the base URL (CINNOX_BASE_URL) is missing; the dashboard shows it; the App Token ",
        },
        Row {
            arguments: &["--app-token-file", "none"],
            variables: &variables,
            problem: "the file with the App Token cannot be read: ",
        },
        Row { arguments: &["--base-url", "ftp://x"], variables: &variables, problem: "" },
    ];
    for Row { arguments, variables, problem } in rows {
        let ran = run(arguments, variables).assert_status(2);
        assert!(ran.err.starts_with(problem), "{ran:?}");
    }
    let mut command = tool(&["bulk", "-", "--results", "r", "--app-token-file", "-"]);
    let ran = Ran::of(command.envs(variables)).assert_status(2);
    assert!(ran.err.starts_with("standard input cannot be both the App Token and the updates"), "{}", ran.err);
}
