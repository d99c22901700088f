//! `demo`: an in-memory server, and nothing that could be mistaken for more.

use std::fs;

use crate::{
    server::Server,
    tool::{Desk, Ran, many, with_account},
};

const FIRST_LINE: &str = "demo: an in-memory server takes the updates; nothing leaves this machine";

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
        "\nthe server now holds for dest-1:\n{\n",
        "\"displayName\": \"Night shift\"",
    ];
    for expected in expected {
        assert!(ran.out.contains(expected), "{expected:?} is not in {}", ran.out);
    }
    assert_eq!(ran.err, "");
}

#[test]
fn many_updates_leave_nothing_that_a_real_run_could_take_for_its_own() {
    let server = Server::updating();
    let desk = Desk::new(many(3));
    // Not even the account of the environment is touched.
    let ran = Ran::of(with_account(&mut desk.tool(&["demo", "--updates", "200"]), &server.url)).assert_status(0);
    assert_eq!((ran.out.lines().next(), ran.summary("updated")), (Some(FIRST_LINE), "200"));
    assert!(!ran.out.contains("run the same command again"), "{}", ran.out);
    let files: Vec<_> = fs::read_dir(desk.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["updates.jsonl"]);
    assert_eq!(server.count(), 0);
    Ran::of(&mut desk.tool(&["demo", "--updates", "3", "--results", "results.jsonl"])).assert_status(2);
    // A real run sends everything.
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 3);
}
