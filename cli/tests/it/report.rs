//! What a run tells: the report, `--json`, `--failed` and the exit status.

use serde_json::json;

use crate::server::{Answer, Server};
use crate::tool::{Desk, Ran, WRONG, table, update};

/// Rejects `b`, and leaves the outcome of `c` unknown.
fn server() -> Server {
    Server::start(|request| match &*request.destination {
        "b" => Answer::Refuse("400 Bad Request", WRONG),
        "c" => Answer::Refuse("200 OK", "<html>"),
        _ => Answer::Update,
    })
}

#[test]
fn report_names_every_line_that_was_not_updated() {
    let (server, desk) = (server(), Desk::new(table(["a", "b", "c", "d"])));
    let ran = desk.run(&server.url, &[]).assert_status(3);
    let counts = ["lines", "already updated", "updated", "rejected", "not sent", "unknown"].map(|name| ran.count(name));
    assert_eq!(counts, [4, 0, 2, 1, 0, 1]);
    assert_eq!(ran.lines("account"), [format!("account          app-1 at {}", server.url)]);
    let lines = ran.lines("line ");
    assert!(lines[0].starts_with("line 3: b \"Name of b\": rejected: the server responded 400 "), "{lines:?}");
    assert!(lines[1].starts_with("line 4: c \"Name of c\": unknown: the server responded 200 "), "{lines:?}");
    assert_eq!((lines.len(), &*ran.err), (2, ""));
    assert!(ran.out.ends_with("\nto send these lines, run the same command again\n"), "{}", ran.out);
}

#[test]
fn quiet_prints_only_what_is_wrong() {
    let (server, desk) = (server(), Desk::new(table(["a"])));
    let ran = desk.run(&server.url, &["-q"]).assert_status(0);
    assert_eq!((&*ran.out, &*ran.err), ("", ""));
    desk.write("updates.csv", table(["a", "b"]));
    let ran = desk.run(&server.url, &["-q"]).assert_status(1);
    assert!(ran.out.is_empty() && ran.err.contains("\nline 3: b \"Name of b\": rejected: "), "{ran:?}");
}

#[test]
fn report_as_json() {
    let (server, desk) = (server(), Desk::new(table(["a", "b", "c"])));
    let ran = desk.run(&server.url, &["--json"]).assert_status(3);
    let mut report = ran.json();
    assert!(report["seconds"].take().as_f64().unwrap() > 0.0);
    let messages: Vec<_> =
        report["failed"].as_array_mut().unwrap().iter_mut().map(|failed| failed["message"].take()).collect();
    assert!(
        messages.iter().all(|message| message.as_str().unwrap().starts_with("the server responded ")),
        "{messages:?}"
    );
    assert_eq!(
        report,
        json!({
            "account": { "base_url": server.url, "app_id": "app-1" }, "lines": 3, "already_updated": 0, "updated": 1,
            "rejected": 1, "not_sent": 0, "unknown": 1, "attempts": 3, "seconds": null, "stopped": null,
            "failed": [
                { "line": 3, "destination": "b", "name": "Name of b", "outcome": "rejected", "status": 400,
                  "code": 6_451_000, "message": null },
                { "line": 4, "destination": "c", "name": "Name of c", "outcome": "unknown", "status": 200,
                  "code": null, "message": null },
            ],
        })
    );
}

#[test]
fn failed_lines_are_an_input_again() {
    let server = server();
    let comma = table(["a", "b", "c", "d"]);
    for input in [comma.clone(), format!("\u{feff}{}", comma.replace(',', ";").replace('\n', "\r\n"))] {
        let desk = Desk::new(&input);
        desk.run(&server.url, &["--failed", "failed.csv"]).assert_status(3);
        let failed = desk.read("failed.csv");
        let lines: Vec<_> = failed.lines().collect();
        let separator = if input == comma { ',' } else { ';' };
        let header = input.lines().next().unwrap();
        assert_eq!(lines[0], format!("{header}{separator}#outcome{separator}#problem"));
        let row = input.lines().nth(2).unwrap();
        assert!(lines[1].starts_with(&format!("{row}{separator}rejected{separator}")), "{failed}");
        assert_eq!((lines.len(), failed.contains("\r\n")), (3, input.contains("\r\n")));
        Ran::of(&mut desk.tool(&["check", "failed.csv"])).assert_status(0);
        // Sent again, the columns do not double.
        Ran::of(&mut desk.bulk_for("failed.csv", &server.url, &["--failed", "again.csv"])).assert_status(3);
        assert_eq!(desk.read("again.csv"), failed);
        // It is always rewritten.
        desk.write("updates.csv", table(["a"]));
        desk.run(&server.url, &["--failed", "failed.csv"]).assert_status(0);
        assert_eq!(desk.read("failed.csv").lines().count(), 1);
    }
    let desk = Desk::new("");
    let line = |id: &str| json!({ "destination": id, "update": update("Night") }).to_string() + "\n";
    desk.write("updates.jsonl", format!("\n{}{}", line("a"), line("b")));
    Ran::of(&mut desk.bulk_for("updates.jsonl", &server.url, &["--failed", "failed.jsonl"])).assert_status(1);
    assert_eq!(desk.read("failed.jsonl"), line("b"));
}

#[test]
fn nothing_failed_is_nothing_to_do() {
    let (server, desk) = (server(), Desk::new(table(["a"])));
    desk.run(&server.url, &["--failed", "failed.csv"]).assert_status(0);
    assert_eq!(Ran::of(&mut desk.tool(&["check", "failed.csv"])).assert_status(0).out, "0 update(s) are valid\n");
    let again = desk.path("again");
    let ran = Ran::of(&mut desk.bulk_for("failed.csv", &server.url, &["--failed", again.to_str().unwrap()]));
    assert_eq!(ran.assert_status(0).count("lines"), 0);
    assert_eq!(desk.read("again"), desk.read("failed.csv"));
    for empty in ["empty.csv", "empty.jsonl"] {
        desk.write(empty, "");
        Ran::of(&mut desk.bulk_for(empty, &server.url, &[])).assert_status(2);
    }
    assert_eq!(server.count(), 1);
}

#[test]
fn exit_status_says_what_happened() {
    struct Row {
        destinations: &'static [&'static str],
        status: i32,
    }
    let rows = [
        Row { destinations: &["a", "d"], status: 0 },
        Row { destinations: &["a", "b"], status: 1 },
        Row { destinations: &["a", "c"], status: 3 },
        Row { destinations: &["a", "b", "c"], status: 3 },
    ];
    let server = server();
    for Row { destinations, status } in rows {
        let desk = Desk::new(table(destinations.iter().copied()));
        desk.run(&server.url, &[]).assert_status(status);
    }
}
