//! Intermediaries and outages: the run stops after a few attempts, and no line is marked done.

use std::thread;

use crate::{
    server::{Answer, Server},
    tool::{Desk, many},
};

const HTML: &str = "<html>who are you?</html>";

#[derive(Clone, Copy)]
struct Row {
    what: &'static str,
    status: &'static str,
    /// Of each line that was sent.
    outcome: &'static str,
}

const ROWS: [Row; 5] = [
    Row { what: "a firewall", status: "405 Method Not Allowed", outcome: "not sent" },
    Row { what: "another firewall", status: "403 Forbidden", outcome: "not sent" },
    Row { what: "a CDN", status: "521 Down", outcome: "unknown" },
    Row { what: "a captive portal", status: "200 OK", outcome: "unknown" },
    Row { what: "a redirect", status: "307 Temporary Redirect\r\nlocation: /login", outcome: "not sent" },
];

#[test]
fn the_run_stops_after_a_few_answers_that_are_not_the_vendors() {
    // Each pauses for seconds.
    let runs = ROWS.into_iter().flat_map(|row| ["8", "256"].map(|concurrency| (row, concurrency)));
    let runs: Vec<_> =
        runs.map(|(row, concurrency)| thread::spawn(move || stops_after_a_few(&row, concurrency))).collect();
    for run in runs {
        run.join().unwrap();
    }
}

fn stops_after_a_few(Row { what, status, outcome }: &Row, concurrency: &str) {
    let status = *status;
    let server = Server::start(move |_| Answer::Refuse(status, HTML));
    let desk = Desk::new(many(10_000));
    let ran = desk.run(&server.url, &["--concurrency", concurrency]).assert_status(1);
    assert!((2..=50).contains(&server.count()), "{what}: {} requests", server.count());
    let outcomes = desk.outcomes();
    assert!(!outcomes.is_empty() && outcomes.iter().all(|(_, ended)| ended == outcome), "{what}: {outcomes:?}");
    assert_eq!((ran.summary("updated"), ran.summary("rejected")), ("0", "0"), "{what}");
    let stopped = "stopped: the server cannot be reached or keeps failing: the server responded ";
    assert!(ran.out.contains(stopped), "{what}: {}", ran.out);
}

#[test]
fn a_server_that_cannot_be_reached_ends_the_run() {
    let desk = Desk::new(many(5));
    // Nobody listens on this port.
    let ran = desk.run("http://127.0.0.1:1", &[]).assert_status(1);
    let stopped = "stopped: the server cannot be reached or keeps failing: could not connect; check the base \
                   URL, the network and the proxy, if any: Connection refused";
    assert!(ran.out.contains(stopped), "{}", ran.out);
    assert!(ran.out.ends_with("to resume, run the same command again\n"), "{}", ran.out);
    let outcomes = desk.sorted_outcomes();
    assert!(outcomes.iter().all(|(_, outcome)| outcome == "not sent") && !outcomes.is_empty(), "{outcomes:?}");
}

#[test]
fn retries_line_after_outage() {
    let server = Server::start(|request| match request.number {
        1 | 2 => Answer::Refuse("403 Forbidden", HTML),
        _ => Answer::Update,
    });
    let desk = Desk::new(many(20));
    let ran = desk.run(&server.url, &["--concurrency", "1"]).assert_status(0);
    assert_eq!((server.count(), ran.summary("updated"), ran.summary("pauses")), (22, "20", "2"));
}

#[test]
fn leaves_line_that_intermediary_always_refuses() {
    let server = Server::start(|request| match request.destination.as_str() {
        "dest-2" => Answer::Refuse("403 Forbidden", HTML),
        _ => Answer::Update,
    });
    let desk = Desk::new(many(40));
    // The others are taken meanwhile.
    let ran = desk.run(&server.url, &["--concurrency", "2"]).assert_status(1);
    assert_eq!((ran.summary("updated"), ran.summary("rejected"), ran.summary("unknown")), ("39", "0", "0"));
    assert!(ran.summary("not sent").starts_with("1, first line 2: the server responded 403 "), "{ran:?}");
    assert_eq!(desk.results().iter().find(|result| result["line"] == 2).unwrap()["attempts"], 5);
}

struct Refusal {
    status: &'static str,
    body: &'static str,
}

#[test]
fn stops_on_rejected_account_and_resumes_later() {
    let rows = [
        Refusal { status: "401 Unauthorized", body: r#"{"code":401,"message":"no"}"# },
        Refusal { status: "403 Forbidden", body: r#"{"code":403,"message":"no"}"# },
        Refusal { status: "400 Bad Request", body: r#"{"code":6450001,"message":"method or URL not found"}"# },
    ];
    for Refusal { status, body } in rows {
        let server = Server::start(move |request| match request.number {
            1 => Answer::Refuse(status, body),
            _ => Answer::Update,
        });
        let desk = Desk::new(many(5));
        let ran = desk.run(&server.url, &["--concurrency", "1"]).assert_status(1);
        assert_eq!(ran.out.contains("; check CINNOX_APP_TOKEN"), !status.starts_with("400"), "{}", ran.out);
        assert!(ran.out.contains("stopped: every update would fail: the server responded "), "{}", ran.out);
        assert_eq!(desk.outcomes(), crate::tool::pairs([(1, "updated"), (2, "not sent")]), "{status}");
        desk.run(&server.url, &[]).assert_status(0);
        assert_eq!(server.count(), 6, "{status}");
    }
}
