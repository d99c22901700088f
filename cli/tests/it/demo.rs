//! `demo`: an in-memory server, and nothing that could be mistaken for more.

use std::fs;

use crate::{
    server::Server,
    tool::{Desk, Ran, many, tool, with_account},
};

const FIRST_LINE: &str = "demo: sending to an in-memory server; nothing leaves this machine";

#[test]
fn shows_an_update() {
    let ran = Ran::of(&mut Desk::new("").tool(&["demo"])).assert_status(0);
    assert_eq!(
        (ran.out.lines().next(), ran.out.lines().last()),
        (Some(FIRST_LINE), Some("updated destination dest-1"))
    );
    let expected = [
        "\nsent:\nPATCH /v1/api/apps/mock-app/destination/dest-1\n",
        "\nauthorization: Bearer ***\n",
        "\ncontent-type: application/json\n",
        "\nreceived: 200 OK with code 200 and ID dest-1\n",
        "\nstored by the server for dest-1:\n{\n",
        "\"displayName\": \"Night shift\"",
    ];
    for expected in expected {
        assert!(ran.out.contains(expected), "{expected:?} is not in {}", ran.out);
    }
    assert_eq!(ran.err, "");
}

#[test]
fn options_of_bulk_need_a_number_of_updates() {
    for arguments in [&["--rate", "5"][..], &["--json"], &["--concurrency", "2"], &["--idempotent"]] {
        let ran = Ran::of(&mut tool(&[&["demo"], arguments].concat())).assert_status(2);
        assert!(ran.err.contains("--updates <N>") && ran.out.is_empty(), "{ran:?}");
    }
    Ran::of(&mut tool(&["demo", "--updates", "0"])).assert_status(2);
    let ran = Ran::of(&mut tool(&["demo", "--updates", "3", "--json"])).assert_status(0);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["updated"], 3);
}

#[test]
fn many_updates_leave_nothing_that_a_real_run_could_take_for_its_own() {
    let server = Server::updating();
    let desk = Desk::new(many(3));
    // Not even the account of the environment is touched.
    let ran = Ran::of(with_account(&mut desk.tool(&["demo", "--updates", "200"]), &server.url)).assert_status(0);
    assert_eq!((ran.out.lines().next(), ran.summary("updated")), (Some(FIRST_LINE), "200"));
    assert!(!ran.out.contains("to resume"), "{}", ran.out);
    let files: Vec<_> = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["updates.jsonl"]);
    assert_eq!(server.count(), 0);
    Ran::of(&mut desk.tool(&["demo", "--updates", "3", "--results", "results.jsonl"])).assert_status(2);
    // A real run sends everything.
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 3);
}
