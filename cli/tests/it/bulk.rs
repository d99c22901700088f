//! `bulk`: what is sent, in which order and how fast, and what becomes of a line.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{
    server::{Answer, Server},
    tool::{Desk, Ran, WRONG, lines, many, mark, pairs},
};

const THROTTLED: &str = r#"{"code":6451010,"message":"too many requests"}"#;

#[test]
fn each_line_is_sent_and_has_its_result() {
    let (server, desk) = (Server::updating(), Desk::new(lines(["a", "b"]) + "\n\r\n" + &lines(["c"])));
    let ran = desk.run(&server.url, &["--concurrency", "1"]).assert_status(0);
    let header = format!(r#"{{"version":1,"account":{{"base_url":"{}","app_id":"app-1"}}}}"#, server.url);
    let (first, second) = ("f997eb0530b4ec59", "55cb73b20e31dddb");
    let expected = [
        header.as_str(),
        &format!(r#"{{"line":1,"destination":"a","update":"{first}","state":"sending"}}"#),
        &format!(
            r#"{{"line":1,"destination":"a","update":"{first}","outcome":"updated","code":200,"message":null,"attempts":1}}"#
        ),
        &format!(r#"{{"line":2,"destination":"b","update":"{second}","state":"sending"}}"#),
        &format!(
            r#"{{"line":2,"destination":"b","update":"{second}","outcome":"updated","code":200,"message":null,"attempts":1}}"#
        ),
        &format!(r#"{{"line":5,"destination":"c","update":"{first}","state":"sending"}}"#),
        &format!(
            r#"{{"line":5,"destination":"c","update":"{first}","outcome":"updated","code":200,"message":null,"attempts":1}}"#
        ),
    ];
    assert_eq!(desk.results_text().lines().collect::<Vec<_>>(), expected);
    let account = format!("lines     3, 0 of them done before\naccount   app-1 at {}\nupdated   3\n", server.url);
    assert!(ran.out.starts_with(&account), "{}", ran.out);
    assert_eq!(server.held()["b"], 2);
}

#[test]
fn without_the_three_variables_nothing_is_sent() {
    let desk = Desk::new(many(2));
    let ran = Ran::of(&mut desk.tool(&["bulk", "updates.jsonl", "--results", "results.jsonl"])).assert_status(2);
    let missing = "CINNOX_BASE_URL, CINNOX_APP_ID and CINNOX_APP_TOKEN are not set; the dashboard shows the three values together\n";
    assert_eq!((&*ran.err, &*ran.out), (missing, ""));
    assert!(!desk.path("results.jsonl").exists());
}

#[test]
fn rejects_invalid_arguments() {
    let desk = Desk::new(many(1));
    let rows = [
        (&["--rate", "0"][..], "must be a number from 0.001 to 1000000"),
        (&["--concurrency", "many"], "invalid digit found in string"),
        (&["--concurrency", "0"], "0 is not in 1..=256"),
        (&["--speed"], "unexpected argument '--speed' found"),
        (&["--rate"], "a value is required for '--rate <R>'"),
        (&["-q", "-v"], "cannot be used with"),
    ];
    for (arguments, sentence) in rows {
        let ran = desk.run("http://127.0.0.1:1", arguments).assert_status(2);
        assert!(ran.err.contains(sentence), "{}", ran.err);
    }
    let ran = desk.run("http://example.com", &[]).assert_status(2);
    let sentence = "the base URL is http, so the token would cross the network in clear text; use https\n";
    assert_eq!(ran.err, sentence);
}

#[test]
fn the_summary_can_be_json_or_nothing() {
    let server = Server::start(|request| match request.destination.as_str() {
        "bad" => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::Update,
    });
    let ran = Desk::new(lines(["a", "bad"])).run(&server.url, &["--json"]).assert_status(1);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    for (name, value) in
        [("lines", 2), ("updated", 1), ("rejected", 1), ("not_sent", 0), ("unknown", 0), ("attempts", 2)]
    {
        assert_eq!(summary[name], value, "{name}");
    }
    assert_eq!((&summary["first"][0]["line"], &summary["stopped"]), (&2.into(), &serde_json::Value::Null));
}

#[test]
fn quiet_shows_what_is_wrong_in_every_run() {
    let server = Server::start(|request| match request.destination.as_str() {
        "bad" => Answer::Refuse("400 Bad Request", WRONG),
        "odd" => Answer::Refuse("500 Internal Server Error", r#"{"code":6451001,"message":"bad response"}"#),
        "misnamed" => Answer::UpdateOther,
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "bad", "odd", "bad", "misnamed"]));
    let starts = [
        "rejected  2, first line 2: the server responded 400 ",
        "unknown   1, first line 3: the server responded 500 ",
        "1 updated line(s) for which the server named another destination, first line 5: the server reported an update of ",
    ];
    let ran = desk.run(&server.url, &["--quiet"]).assert_status(1);
    assert!(ran.out.is_empty() && ran.err.lines().count() == starts.len(), "{ran:?}");
    for (line, start) in ran.err.lines().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    // Nothing is sent, and it is said all the same.
    let again = desk.run(&server.url, &["--quiet"]).assert_status(1);
    let before = "see the result of an earlier run";
    let expected = format!(
        "rejected  2, first line 2: {before}\nunknown   1, first line 3: {before}\n1 updated line(s) for which the server \
         named another destination, first line 5: {before}\n"
    );
    assert_eq!((&*again.err, server.count()), (&*expected, 5));
    assert_eq!(Desk::new(lines(["a"])).run(&server.url, &["-q"]).assert_status(0).err, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_summary_that_cannot_be_printed_is_said() {
    let server = Server::updating();
    for arguments in [&["--json"][..], &[]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = Ran::of(Desk::new(many(2)).bulk(&server.url, arguments).stdout(full)).assert_status(0);
        assert!(ran.err.starts_with("the summary could not be printed: "), "{}", ran.err);
    }
}

#[test]
fn a_rejected_line_is_final_and_the_exit_status_says_so() {
    let server = Server::start(|request| match request.destination.as_str() {
        "bad" => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "bad", "c"]));
    let ran = desk.run(&server.url, &["--concurrency", "1"]).assert_status(1);
    assert!(
        ran.summary("rejected").starts_with("1, first line 2: the server responded 400 Bad Request with code 6451000")
    );
    assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, "rejected"), (3, "updated")]));
    assert_eq!(desk.results()[1]["code"], 6_451_000);
    desk.run(&server.url, &[]).assert_status(1);
    assert_eq!(server.count(), 3);
}

#[test]
fn lines_for_one_destination_keep_their_order() {
    let server = Server::start(|request| {
        // The earlier of two lines takes longer.
        Answer::UpdateAfter(Duration::from_millis(if mark(&request.update).is_multiple_of(2) { 0 } else { 4 }))
    });
    let destinations = ["hot", "a", "hot", "hot", "b", "c", "a", "hot", "d", "b"];
    let desk = Desk::new(lines((0..300).map(|index| destinations[index % destinations.len()])));
    desk.run(&server.url, &["--concurrency", "16"]).assert_status(0);
    let mut last = HashMap::new();
    for (destination, mark) in server.sent() {
        let before = last.insert(destination.clone(), mark);
        assert!(before.is_none_or(|before| before < mark), "{destination}: {mark} came after {before:?}");
    }
    assert_eq!(server.count(), 300);
}

#[test]
fn a_throttled_server_slows_down_everything() {
    const ASKED: Duration = Duration::from_secs(2);
    let server = Server::start(|request| match request.number {
        20 => Answer::Refuse("429 Too Many Requests\r\nretry-after: 2", THROTTLED),
        40 => Answer::Refuse("503 Service Unavailable\r\nretry-after: 2", "busy"),
        _ => Answer::UpdateAfter(Duration::from_millis(2)),
    });
    let desk = Desk::new(many(60));
    let ran = desk.run(&server.url, &["--concurrency", "8"]).assert_status(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 62);
    for throttled in [20, 40] {
        let begin = requests[throttled].at;
        // What was sent before the answer arrived is not called back.
        let in_flight = ASKED / 2;
        let meanwhile = requests.iter().filter(|request| request.at > begin + in_flight && request.at < begin + ASKED);
        assert_eq!(meanwhile.count(), 0);
    }
    assert_eq!((ran.summary("attempts"), ran.summary("pauses")), ("62", "2"));
}

#[test]
fn a_server_that_throttles_for_too_long_ends_the_run() {
    let server = Server::start(|request| match request.destination.as_str() {
        "a" => Answer::Refuse("429 Too Many Requests\r\nretry-after: 3600", THROTTLED),
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "a", "b"]));
    let ran = desk.run(&server.url, &["--concurrency", "1"]).assert_status(1);
    assert!(ran.out.contains("stopped: the server asks to wait for 3600 s: the server responded 429"), "{}", ran.out);
    assert_eq!(desk.outcomes(), pairs([(1, "not sent"), (2, "not sent")]));
    let waits = &desk.results()[1];
    assert!(waits["message"].as_str().unwrap().contains("must follow line 1"), "{waits}");
    assert_eq!((&waits["attempts"], server.count()), (&0.into(), 1));
}

#[test]
fn a_rate_is_kept() {
    let (server, desk) = (Server::updating(), Desk::new(many(21)));
    let begin = Instant::now();
    desk.run(&server.url, &["--rate", "20"]).assert_status(0);
    let took = server.requests()[20].at - begin;
    assert!((Duration::from_secs(1)..Duration::from_secs(10)).contains(&took), "{took:?}");
}

#[test]
fn verbose_shows_retries_and_pauses() {
    let server = Server::start(|request| match request.number {
        0 => Answer::Refuse("429 Too Many Requests\r\nretry-after: 0", THROTTLED),
        _ => Answer::Update,
    });
    let ran = Desk::new(many(1)).run(&server.url, &["--verbose"]).assert_status(0);
    let lines: Vec<_> = ran.err.lines().collect();
    assert!(
        lines[0].starts_with("pausing for 0.5 s: the server responded 429 Too Many Requests with code"),
        "{lines:?}"
    );
    assert!(lines[1].starts_with("line 1: attempt 1 failed, will retry: the server"), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

#[test]
fn warns_if_response_names_other_destination() {
    let server = Server::start(|_| Answer::UpdateOther);
    let desk = Desk::new(lines(["a", "b"]));
    let which = "2 updated line(s) for which the server named another destination, first line 1: ";
    for why in ["the server reported an update of \"other\"\n", "see the result of an earlier run\n"] {
        let ran = desk.run(&server.url, &[]).assert_status(0);
        assert!(ran.out.contains(&format!("\n{which}{why}")), "{}", ran.out);
    }
    assert_eq!(desk.results()[0]["message"], "the server reported an update of \"other\"");
    let ran = desk.run(&server.url, &["--json"]).assert_status(0);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&summary["misnamed"], server.count()), (&2.into(), 2));
}

#[test]
fn lines_that_are_held_back_are_written_as_they_are_read() {
    let server = Server::start(|_| Answer::Refuse("500 Internal Server Error", r#"{"code":1,"message":"down"}"#));
    let desk = Desk::new(lines((0..3_000).map(|_| "a")));
    desk.run(&server.url, &["--idempotent"]).assert_status(1);
    assert_eq!(server.count(), 3);
    assert_eq!(desk.outcomes().len(), 3_000);
}

#[test]
fn a_table_is_sent_as_spreadsheets_write_it() {
    let server = Server::updating();
    let desk = Desk::new("");
    let table = "\u{feff}destination;displayName;supportLanguages;supportLocations;types;staffTargets\r\n\
                 a;Mark 7;*;\"HK;US-CA\";STAFF;\"x\ny\"\r\n;;;;;\r\nb;Mark 8;en;*;STAFF;z\r\n";
    desk.write("updates.csv", table);
    Ran::of(&mut desk.bulk_for("updates.csv", &server.url, &["--concurrency", "1"])).assert_status(0);
    assert_eq!(server.sent(), [("a".to_owned(), 7), ("b".to_owned(), 8)]);
    assert_eq!(server.requests()[0].update["supportLocations"], serde_json::json!(["HK", "US-CA"]));
    assert_eq!(server.requests()[0].update["staffTargets"], serde_json::json!(["x", "y"]));
    assert_eq!(desk.outcomes(), pairs([(2, "updated"), (5, "updated")]));
    // The same updates in the other format are done.
    let as_lines = server.requests().iter().fold(String::new(), |text, request| {
        text + &serde_json::json!({ "destination": request.destination, "update": request.update }).to_string() + "\n"
    });
    desk.write("updates.jsonl", as_lines);
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 2);
}
