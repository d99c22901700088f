//! Throttling, outages and what stops a run.

use std::time::{Duration, Instant};

use crate::server::{Answer, Server};
use crate::tool::{Desk, Ran, THROTTLED, WRONG, many, pairs, table};

const HTML: &str = "<html>who are you?</html>";

#[test]
fn throttled_tenth_takes_seconds() {
    let server = Server::start(|request| match request.number % 10 {
        3 => Answer::Refuse("429 Too Many Requests", THROTTLED),
        _ => Answer::Update,
    });
    let (desk, begin) = (Desk::new(many(300)), Instant::now());
    let ran = desk.run(&server.url, &["--json"]).assert_status(0);
    assert!(begin.elapsed() < Duration::from_secs(15), "{:?}", begin.elapsed());
    let report = ran.json();
    assert_eq!((report["updated"].as_u64(), report["attempts"].as_u64()), (Some(300), Some(server.count() as u64)));
    // Each answer has a record.
    assert_eq!(desk.outcomes().iter().filter(|(_, outcome)| outcome == "rejected").count(), server.count() - 300);
}

#[test]
fn long_pause_is_kept_and_shown() {
    let server = Server::start(|request| match request.number {
        0 => Answer::Refuse("429 Too Many Requests\r\nretry-after: 2", THROTTLED),
        _ => Answer::Update,
    });
    let (desk, begin) = (Desk::new(many(3)), Instant::now());
    let ran = desk.run(&server.url, &["--concurrency", "1"]).assert_status(0);
    assert!(
        begin.elapsed() >= Duration::from_secs(2) && ran.err.starts_with("pausing for 2.0 s: the server "),
        "{ran:?}"
    );
}

#[test]
fn unknown_is_retried_only_if_idempotent() {
    let run = |arguments: &[&str]| {
        let server = Server::start(|request| match request.number {
            1 => Answer::Refuse("500 Internal Server Error", ""),
            _ => Answer::Update,
        });
        let ran = Desk::new(many(3)).run(&server.url, &[&["--concurrency", "1"], arguments].concat());
        (ran.status, server.count())
    };
    assert_eq!(run(&[]), (Some(3), 3));
    assert_eq!(run(&["--idempotent"]), (Some(0), 4));
    let server = Server::start(|request| match &*request.destination {
        "b" => Answer::Refuse("200 OK", HTML),
        _ => Answer::Update,
    });
    let desk = Desk::new(table(["a", "b", "c"]));
    desk.run(&server.url, &["--idempotent"]).assert_status(3);
    let expected = [("a", "updated"), ("b", "unknown"), ("b", "unknown"), ("b", "unknown"), ("c", "updated")];
    assert_eq!(desk.outcomes(), pairs(expected));
}

#[test]
fn earlier_unknown_attempt_is_told() {
    let server = Server::start(|request| match request.number {
        0 => Answer::Refuse("500 Internal Server Error", ""),
        _ => Answer::Refuse("400 Bad Request", WRONG),
    });
    let desk = Desk::new(many(1));
    let report = desk.run(&server.url, &["--idempotent", "--json"]).assert_status(3).json();
    let message = "the server responded 400 Bad Request with code 6451000 (wrong parameter): \"wrong parameter\"; the update \
                   may have been applied";
    assert_eq!((&report["failed"][0]["message"], server.count()), (&message.into(), 2));
    assert_eq!(desk.records()[3]["message"], message);
}

#[test]
fn sentences_are_for_users() {
    let server = Server::start(|_| Answer::Refuse("302 Found\r\nlocation: https://other.example", ""));
    let desk = Desk::new(table(["a"]));
    desk.write("update.json", crate::tool::update("Night").to_string());
    let bulk = desk.run(&server.url, &[]).assert_status(3).out;
    let mut command = desk.tool(&["update", "update.json", "--destination", "a"]);
    let update = Ran::of(crate::tool::with_account(&mut command, &server.url)).assert_status(3).err;
    for text in [bulk, update] {
        assert!(
            text.contains("it redirects to https://other.example, which is not followed; check the base URL)"),
            "{text}"
        );
        assert_eq!(text.matches("check the base URL").count(), 1, "{text}");
    }
    let ran = desk.run("http://example.com", &[]).assert_status(2);
    let why = "the base URL is http, so the token would cross the network in clear text; use https\n";
    assert_eq!(ran.err, why);
}

struct Stop {
    what: &'static str,
    status: &'static str,
    body: &'static str,
    /// Requests that are updated before.
    updated: usize,
    most: usize,
    reason: &'static str,
    message: String,
    exit: i32,
}

#[test]
fn stops_early_where_nothing_can_succeed() {
    let base_url = "; check the base URL ";
    let rows = [
        Stop {
            what: "wrong token",
            status: "401 Unauthorized",
            body: r#"{"code":401,"message":"no"}"#,
            updated: 0,
            most: 8,
            reason: "unauthorized",
            message: "; check the App Token".to_owned(),
            exit: 1,
        },
        Stop {
            what: "token that expires",
            status: "401 Unauthorized",
            body: r#"{"code":401,"message":"no"}"#,
            updated: 30,
            most: 38,
            reason: "unauthorized",
            message: "; check the App Token".to_owned(),
            exit: 1,
        },
        Stop {
            what: "proxy that wants a login",
            status: "401 Unauthorized",
            body: HTML,
            updated: 0,
            most: 8,
            reason: "unauthorized",
            message: base_url.to_owned(),
            exit: 1,
        },
        Stop {
            what: "wrong base URL",
            status: "404 Not Found",
            body: HTML,
            updated: 0,
            most: 20,
            reason: "no_updates",
            message: "the first 20 answers hold no update; the last one: the server responded 404 Not Found".to_owned(),
            exit: 1,
        },
        Stop {
            what: "every line is rejected",
            status: "400 Bad Request",
            body: WRONG,
            updated: 0,
            most: 20,
            reason: "no_updates",
            message: "the first 20 answers hold no update".to_owned(),
            exit: 1,
        },
        Stop {
            what: "captive portal",
            status: "200 OK",
            body: HTML,
            updated: 30,
            most: 58,
            reason: "unreachable",
            message: "20 outcomes in a row are unknown".to_owned(),
            exit: 3,
        },
        Stop {
            what: "asks for too long a pause",
            status: "429 Too Many Requests\r\nretry-after: 301",
            body: THROTTLED,
            updated: 3,
            most: 11,
            reason: "throttled",
            message: "the server asks to wait for more than 5 minutes".to_owned(),
            exit: 1,
        },
    ];
    for Stop { what, status, body, updated, most, reason, message, exit } in rows {
        let server = Server::start(move |request| match request.number {
            number if number < updated => Answer::Update,
            _ => Answer::Refuse(status, body),
        });
        let desk = Desk::new(many(200));
        let ran = desk.run(&server.url, &["--json"]).assert_status(exit);
        let report = ran.json();
        let stopped = &report["stopped"];
        assert_eq!(stopped["reason"], reason, "{what}: {stopped}");
        assert!(stopped["message"].as_str().unwrap().contains(&message), "{what}: {stopped}");
        assert!(server.count() <= most, "{what}: {} requests", server.count());
        assert_eq!(report["failed"].as_array().unwrap().len(), 200 - updated, "{what}");
        if message == base_url || what == "wrong base URL" {
            let advice = format!("; check the base URL {} (from CINNOX_BASE_URL)", server.url);
            assert!(stopped["message"].as_str().unwrap().ends_with(&advice), "{what}: {stopped}");
        }
    }
}

#[test]
fn failing_server_stops_the_run_after_twenty_unknown_outcomes() {
    let server = Server::start(|_| Answer::Refuse("502 Bad Gateway", HTML));
    let ran = Desk::new(many(100)).run(&server.url, &["--idempotent", "--concurrency", "20", "--json"]);
    let report = ran.assert_status(3).json();
    let message = report["stopped"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("20 outcomes in a row are unknown; the last one: the server responded 502"),
        "{message}"
    );
    assert_eq!((&report["stopped"]["reason"], server.count()), (&"unreachable".into(), 20));
}

#[test]
fn unreachable_server_ends_the_run_after_five_pauses() {
    let desk = Desk::new(many(5));
    // Nobody listens on this port.
    let ran = desk.run("http://127.0.0.1:1", &["--json"]).assert_status(1);
    let report = ran.json();
    assert_eq!((&report["stopped"]["reason"], &report["not_sent"]), (&"unreachable".into(), &5.into()));
    let message = report["stopped"]["message"].as_str().unwrap();
    assert!(
        message.starts_with("the server cannot be reached or fails, also after 5 pauses: could not connect"),
        "{message}"
    );
    assert_eq!(ran.err.lines().filter(|line| line.starts_with("pausing for ")).count(), 3, "{}", ran.err);
    assert!(desk.outcomes().iter().all(|(_, outcome)| outcome == "not_sent"));
}

#[test]
fn outage_costs_only_what_was_in_flight() {
    let server = Server::start(|request| match request.number {
        40..43 => Answer::Refuse("503 Service Unavailable", HTML),
        _ => Answer::Update,
    });
    let desk = Desk::new(many(100));
    let ran = desk.run(&server.url, &["--concurrency", "4"]).assert_status(3);
    assert_eq!((ran.count("updated"), ran.count("unknown"), server.count()), (97, 3, 100));
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 103);
}

#[test]
fn rate_is_kept() {
    let (server, begin) = (Server::updating(), Instant::now());
    Desk::new(many(20)).run(&server.url, &["--rate", "20"]).assert_status(0);
    assert!((900..10_000).contains(&begin.elapsed().as_millis()), "{:?}", begin.elapsed());
    for rate in ["0", "-1", "x", "nan"] {
        Ran::of(&mut Desk::new("").tool(&["bulk", "x", "--results", "r", "--rate", rate])).assert_status(2);
    }
}

#[test]
fn success_of_another_destination_is_unknown_unless_accepted() {
    let server = Server::start(|_| Answer::Refuse("200 OK", r#"{"code":200,"result":{"id":"other"}}"#));
    let desk = Desk::new(table(["a"]));
    let ran = desk.run(&server.url, &[]).assert_status(3);
    assert!(ran.out.contains("(in the tool --accept-any-id)"), "{}", ran.out);
    desk.run(&server.url, &["--accept-any-id"]).assert_status(0);
    assert_eq!(desk.outcomes(), pairs([("a", "unknown"), ("a", "updated")]));
}

#[test]
fn update_that_breaks_a_skipped_rule_is_sent() {
    let server = Server::updating();
    let desk = Desk::new(table(["a"]).replace("staff-1", "x;x"));
    desk.run(&server.url, &[]).assert_status(2);
    desk.run(&server.url, &["--skip-rule", "duplicate"]).assert_status(0);
    assert_eq!(server.held()["a"]["staffTargets"], serde_json::json!(["x", "x"]));
}
