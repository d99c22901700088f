//! The example that updates many destinations at once, run as a program against a server in this one.

#![cfg(feature = "mock")]

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

#[path = "support/ledger.rs"]
mod ledger;
#[path = "support/program.rs"]
mod program;
use ledger::{Answer, Ledger};

const THROTTLED: &str = r#"{"code":6451010,"message":"too many requests"}"#;
const WRONG: &str = r#"{"code":6451000,"message":"wrong parameter"}"#;

fn program() -> &'static PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| program::program("bulk_update"))
}

/// A folder with the updates of a test and their results.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new(updates: impl AsRef<[u8]>) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(desk.path("updates.jsonl"), updates).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with its file, its results and further arguments, for an account at this URL.
    fn command(&self, url: &str, arguments: &[&str]) -> Command {
        self.command_for("updates.jsonl", url, arguments)
    }

    fn command_for(&self, updates: &str, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .current_dir(self.folder.path())
            .args([updates, "--results", "results.jsonl"])
            .args(arguments)
            .env("CINNOX_BASE_URL", url)
            .env("CINNOX_APP_ID", "app-1")
            .env("CINNOX_APP_TOKEN", "token")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    #[track_caller]
    fn run(&self, url: &str, arguments: &[&str]) -> Ran {
        Ran::from(self.command(url, arguments).output().unwrap())
    }

    fn results(&self) -> String {
        fs::read_to_string(self.path("results.jsonl")).unwrap_or_default()
    }

    /// Line and outcome of each result, as they were written down.
    fn outcomes(&self) -> Vec<(u64, String)> {
        let results = self.results();
        let results = results.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        results
            .map(|result| (result["line"].as_u64().unwrap(), result["outcome"].as_str().unwrap().to_owned()))
            .collect()
    }

    fn sorted_outcomes(&self) -> Vec<(u64, String)> {
        let mut outcomes = self.outcomes();
        outcomes.sort();
        outcomes
    }
}

/// What the program left behind.
#[derive(Debug)]
struct Ran {
    status: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        Self { status: output.status.code(), out, err }
    }
}

/// A line for a destination; the mark ends up in the display name.
fn line(destination: &str, mark: usize) -> String {
    let update = json!({
        "displayName": format!("Mark {mark}"), "supportLanguages": ["*"], "supportLocations": ["HK"],
        "types": ["STAFF"], "staffTargets": ["staff-1"],
    });
    format!("{}\n", json!({ "destination": destination, "update": update }))
}

/// A line for each of the destinations, marked with its number.
fn lines<'a>(destinations: impl IntoIterator<Item = &'a str>) -> String {
    destinations.into_iter().enumerate().map(|(index, destination)| line(destination, index + 1)).collect()
}

fn many(count: usize) -> String {
    (1..=count).fold(String::new(), |text, number| text + &line(&format!("dest-{number}"), number))
}

fn mark(update: &Value) -> usize {
    update["displayName"].as_str().unwrap().trim_start_matches("Mark ").parse().unwrap()
}

fn pairs<'a>(outcomes: impl IntoIterator<Item = (u64, &'a str)>) -> Vec<(u64, String)> {
    outcomes.into_iter().map(|(line, outcome)| (line, outcome.to_owned())).collect()
}

fn updating() -> Ledger {
    Ledger::start(|_| Answer::Update)
}

#[test]
fn each_line_is_sent_and_has_its_result() {
    let (server, desk) = (updating(), Desk::new(lines(["a", "b"]) + "\n\r\n" + &lines(["c"])));
    let ran = desk.run(&server.url, &["--concurrency", "1"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(
        desk.results().lines().collect::<Vec<_>>(),
        [
            r#"{"line":1,"destination":"a","outcome":"updated","code":200,"message":null,"attempts":1}"#,
            r#"{"line":2,"destination":"b","outcome":"updated","code":200,"message":null,"attempts":1}"#,
            r#"{"line":5,"destination":"c","outcome":"updated","code":200,"message":null,"attempts":1}"#,
        ]
    );
    assert!(
        ran.out.starts_with("lines     3, 0 of them done before\naccount   app-1 at http://127.0.0.1:"),
        "{}",
        ran.out
    );
    assert_eq!(mark(&server.held()["b"]), 2);
}

#[test]
fn everything_that_is_wrong_is_found_before_the_first_request() {
    let server = updating();
    let wrong = line("a", 1)
        + "{\"destination\": \"../a\", \"update\": {\"displayName\": \" x\", \"supportLanguages\": [\"*\"], \
           \"supportLocations\": [\"HK\"], \"types\": [\"PHONE\"], \"phoneTargets\": [\"12\"]}}\n"
        + "{\"destination\": \"a\"}\n{\"destination\": 5}\n[]\nnonsense\n"
        + "{\"destination\": \"a\", \"update\": {\"displayname\": \"x\"}}\n";
    let desk = Desk::new(wrong);
    for arguments in [&["--check"][..], &[]] {
        let ran = desk.run(&server.url, arguments);
        assert_eq!(ran.status, Some(2));
        let expected = [
            "line 2: /destination: the destination ID has '/' at byte 2",
            "line 2: /update/displayName: \" x\" begins or ends with white space",
            "line 2: /update/phoneTargets/0: \"12\" is not a number with country code",
            "line 3: column 20: missing field `update`",
            "line 4: /destination: column 17: invalid type: integer `5`, expected a string",
            "line 5: is not an object; write",
            "line 6: is not an object; write",
            "line 7: /update/displayname: column 45: unknown field `displayname`",
            "6 line(s) are wrong; nothing was sent",
        ];
        assert_eq!(ran.err.lines().count(), expected.len(), "{}", ran.err);
        for (line, expected) in ran.err.lines().zip(expected) {
            assert!(line.starts_with(expected), "{line}\n{expected}");
        }
    }
    assert_eq!(server.count(), 0);
    assert!(!desk.path("results.jsonl").exists());
}

#[test]
fn many_problems_are_counted_and_the_first_ones_shown() {
    let desk = Desk::new("{}\n".repeat(1_000));
    let ran = desk.run("http://127.0.0.1:1", &["--check"]);
    assert_eq!(ran.status, Some(2));
    assert_eq!(ran.err.lines().count(), 52);
    assert!(ran.err.ends_with("… and 950 more\n1000 line(s) are wrong; nothing was sent\n"), "{}", ran.err);
}

#[test]
fn check_sends_nothing_of_what_is_right_either() {
    let (server, desk) = (updating(), Desk::new(many(3)));
    let ran = desk.run(&server.url, &["--check"]);
    assert_eq!((ran.status, ran.out.as_str()), (Some(0), "3 update(s), nothing wrong\n"));
    assert_eq!(server.count(), 0);
}

#[test]
fn a_line_that_is_too_long_is_named() {
    let desk = Desk::new(line("a", 1) + &"x".repeat(3 << 20) + "\n{}\n");
    let ran = desk.run("http://127.0.0.1:1", &["--check"]);
    assert!(
        ran.err.starts_with("line 2: has more than 1048576 bytes; is it one update a line?\nline 3: "),
        "{}",
        ran.err
    );
}

#[test]
fn standard_input_is_read_once_and_sent() {
    let (server, desk) = (updating(), Desk::new(""));
    let mut child = desk.command_for("-", &server.url, &["--concurrency", "4"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(many(500).as_bytes()).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!((server.count(), desk.outcomes().len()), (500, 500));
    // The file of the command itself is empty, so its results are for other lines.
    assert_eq!(desk.run(&server.url, &[]).status, Some(2));
}

#[test]
fn the_account_in_memory_takes_samples() {
    let desk = Desk::new("");
    let demo = || {
        let mut command = Command::new(program());
        command.current_dir(desk.folder.path()).args(["--demo", "200", "--results", "results.jsonl"]);
        for name in ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN"] {
            command.env_remove(name);
        }
        Ran::from(command.output().unwrap())
    };
    let ran = demo();
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!(desk.outcomes().len(), 200);
    assert!(demo().out.starts_with("lines     200, 200 of them done before\n"));
    assert_eq!(desk.outcomes().len(), 200);
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    let desk = Desk::new(many(1));
    let refused = [
        (&["--rate", "0"][..], "--rate 0 is not a number from 0.001 to 1000000\n"),
        (&["--concurrency", "many"], "--concurrency many is not a number from 1 to 256\n"),
        (&["--speed"], "--speed is not known; --help names what is\n"),
        (&["--demo", "3"], "more than one source of updates is named; give one file, - or --demo N\n"),
        (&["--rate"], "--rate needs a number behind it\n"),
        (&["--results", "--check"], "--results needs a file behind it\n"),
    ];
    for (arguments, sentence) in refused {
        let ran = desk.run("http://127.0.0.1:1", arguments);
        assert_eq!((ran.status, ran.err.as_str()), (Some(2), sentence));
    }
    let ran = desk.run("http://example.com", &[]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.err.starts_with("the base URL is http"), "{}", ran.err);
}

#[test]
fn a_rejected_line_is_final_and_the_exit_status_says_so() {
    let server = Ledger::start(|request| match request.destination.as_str() {
        "bad" => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "bad", "c"]));
    let ran = desk.run(&server.url, &["--concurrency", "1"]);
    assert_eq!(ran.status, Some(1));
    assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, "rejected"), (3, "updated")]));
    let rejected = desk.results().lines().nth(1).unwrap().to_owned();
    assert!(
        rejected
            .starts_with(r#"{"line":2,"destination":"bad","outcome":"rejected","code":6451000,"message":"the server"#),
        "{rejected}"
    );
    assert_eq!(desk.run(&server.url, &[]).status, Some(1));
    assert_eq!(server.count(), 3);
}

#[test]
fn what_could_not_be_sent_is_sent_by_the_next_run() {
    let desk = Desk::new(many(5));
    // Nobody listens on this port.
    let ran = desk.run("http://127.0.0.1:1", &[]);
    assert_eq!(ran.status, Some(1));
    assert!(
        ran.out.contains("stopped: the server cannot be reached, or goes on failing: no connection could be made: "),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("to go on, run the same command again\n"), "{}", ran.out);
    let not_sent: Vec<_> = (1..=5).map(|line| (line, "not sent".to_owned())).collect();
    assert_eq!(desk.sorted_outcomes(), not_sent);
    let server = updating();
    let ran = desk.run(&server.url, &[]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    assert_eq!((server.count(), desk.outcomes().len()), (5, 10));
    // What an editor or a power cut may leave does no harm.
    fs::write(desk.path("results.jsonl"), desk.results() + "\n\0\0\0").unwrap();
    for _ in 0..2 {
        assert_eq!(desk.run(&server.url, &[]).status, Some(0));
    }
    assert_eq!((server.count(), desk.results().ends_with("}\n\n")), (5, true));
}

#[test]
fn what_is_unknown_is_sent_again_only_if_that_does_no_harm() {
    let failing = || {
        Ledger::start(|request| match request.destination.as_str() {
            "odd" => Answer::Refuse("500 Internal Server Error", "{}"),
            _ => Answer::Update,
        })
    };
    let (server, desk) = (failing(), Desk::new(lines(["a", "odd", "c"])));
    assert_eq!(desk.run(&server.url, &["--concurrency", "1"]).status, Some(1));
    assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, "unknown"), (3, "updated")]));
    assert_eq!(desk.run(&server.url, &[]).status, Some(1));
    assert_eq!(server.count(), 3);
    let server = failing();
    assert_eq!(desk.run(&server.url, &["--idempotent"]).status, Some(1));
    assert_eq!(server.count(), 3);
    assert!(desk.results().lines().last().unwrap().ends_with(r#""attempts":3}"#));
    let server = updating();
    assert_eq!(desk.run(&server.url, &["--idempotent"]).status, Some(0));
    assert_eq!(server.count(), 1);
}

#[test]
fn an_unknown_line_does_not_undo_a_later_one() {
    let server = Ledger::start(|request| match request.number {
        0 => Answer::Refuse("500 Internal Server Error", "{}"),
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "a"]));
    assert_eq!(desk.run(&server.url, &[]).status, Some(1));
    assert_eq!(desk.outcomes(), pairs([(1, "unknown"), (2, "updated")]));
    assert_eq!(desk.run(&server.url, &["--idempotent"]).status, Some(1));
    assert_eq!((server.count(), mark(&server.held()["a"])), (2, 2));
    let ran = desk.run(&server.url, &["--idempotent"]);
    assert!(
        ran.out.ends_with("\n1 unknown line(s) stay so: a later line for the same destination was updated\n"),
        "{}",
        ran.out
    );
}

#[test]
fn a_torn_last_result_is_repaired() {
    for (torn, lost) in [(r#"{"line":2,"destin"#, true), ("{", true), ("", false)] {
        let (server, desk) = (updating(), Desk::new(many(3)));
        let whole = r#"{"line":1,"destination":"dest-1","outcome":"updated","code":200,"message":null,"attempts":1}"#;
        fs::write(desk.path("results.jsonl"), format!("{whole}\n{torn}")).unwrap();
        let ran = desk.run(&server.url, &["--concurrency", "1"]);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        assert_eq!(ran.err.contains("the last line was cut off by a crash and has been removed"), lost, "{}", ran.err);
        assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, "updated"), (3, "updated")]));
        assert_eq!(server.count(), 2);
    }
}

#[test]
fn a_last_result_that_lacks_only_its_line_feed_counts() {
    let (server, desk) = (updating(), Desk::new(many(2)));
    let whole = r#"{"line":1,"destination":"dest-1","outcome":"updated","code":200,"message":null,"attempts":1}"#;
    fs::write(desk.path("results.jsonl"), whole).unwrap();
    assert_eq!(desk.run(&server.url, &[]).status, Some(0));
    assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, "updated")]));
    assert_eq!(server.count(), 1);
}

#[test]
fn results_of_something_else_are_refused_and_left_alone() {
    let server = updating();
    let others = [
        (line("dest-1", 1), "results.jsonl cannot be used for the results: line 1 is not a result; remove it"),
        (
            "{\"destination\":\"a\"".to_owned(),
            "results.jsonl cannot be used for the results: line 1 is not a result; remove it",
        ),
        (
            "{\"line\":1,\"destination\":\"other\",\"outcome\":\"updated\",\"attempts\":1}\n".to_owned(),
            "results.jsonl has results for other lines or destinations",
        ),
        (
            "{\"line\":9,\"destination\":\"dest-9\",\"outcome\":\"rejected\",\"attempts\":1}\n".to_owned(),
            "results.jsonl has results for other lines or destinations",
        ),
    ];
    for (text, sentence) in others {
        let desk = Desk::new(many(2));
        fs::write(desk.path("results.jsonl"), &text).unwrap();
        let ran = desk.run(&server.url, &[]);
        assert_eq!(ran.status, Some(2));
        assert!(ran.err.starts_with(sentence), "{}", ran.err);
        assert_eq!(desk.results(), text);
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn lines_for_one_destination_keep_their_order() {
    let server = Ledger::start(|request| {
        // The earlier of two lines takes longer.
        Answer::UpdateAfter(Duration::from_millis(if mark(&request.update).is_multiple_of(2) { 0 } else { 4 }))
    });
    let destinations = ["hot", "a", "hot", "hot", "b", "c", "a", "hot", "d", "b"];
    let desk = Desk::new(lines((0..300).map(|index| destinations[index % destinations.len()])));
    assert_eq!(desk.run(&server.url, &["--concurrency", "16"]).status, Some(0));
    let mut last = HashMap::new();
    for request in server.requests() {
        let before = last.insert(request.destination.clone(), mark(&request.update));
        assert!(before.is_none_or(|before| before < mark(&request.update)), "{request:?}");
    }
    assert_eq!(server.count(), 300);
}

#[test]
fn a_throttled_server_slows_down_everything() {
    const TOLD: Duration = Duration::from_secs(2);
    let server = Ledger::start(|request| match request.number {
        20 => Answer::Refuse("429 Too Many Requests\r\nretry-after: 2", THROTTLED),
        40 => Answer::Refuse("503 Service Unavailable\r\nretry-after: 2", "busy"),
        _ => Answer::UpdateAfter(Duration::from_millis(2)),
    });
    let desk = Desk::new(many(60));
    let ran = desk.run(&server.url, &["--concurrency", "8"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let requests = server.requests();
    assert_eq!(requests.len(), 62);
    for throttled in [20, 40] {
        let begin = requests[throttled].at;
        // What was sent before the answer arrived is not called back.
        let on_their_way = TOLD / 2;
        let meanwhile =
            requests.iter().filter(|request| request.at > begin + on_their_way && request.at < begin + TOLD);
        assert_eq!(meanwhile.count(), 0);
    }
    assert!(ran.out.contains("attempts  62\npauses    2\n"), "{}", ran.out);
}

#[test]
fn a_server_that_throttles_for_too_long_ends_the_run() {
    let server = Ledger::start(|request| match request.destination.as_str() {
        "a" => Answer::Refuse("429 Too Many Requests\r\nretry-after: 3600", THROTTLED),
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "a", "b"]));
    let ran = desk.run(&server.url, &["--concurrency", "1"]);
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.contains("stopped: the server asks to wait for 3600 s: the server answered 429"), "{}", ran.out);
    assert_eq!(desk.outcomes(), pairs([(1, "not sent"), (2, "not sent")]));
    let waits = desk.results().lines().nth(1).unwrap().to_owned();
    assert!(waits.contains("has to come after line 1") && waits.ends_with(r#""attempts":0}"#), "{waits}");
    assert_eq!(server.count(), 1);
}

#[test]
fn a_refusal_that_is_not_about_one_update_ends_the_run_and_is_made_good_by_the_next() {
    let refusals = [
        ("401 Unauthorized", r#"{"code":401,"message":"no"}"#, "not sent"),
        ("403 Forbidden", "<html>", "not sent"),
        ("404 Not Found", "<html>", "not sent"),
        ("400 Bad Request", r#"{"code":6450001,"message":"method or URL not found"}"#, "not sent"),
        ("308 Permanent Redirect\r\nlocation: /elsewhere", "", "not sent"),
        ("200 OK", "<html>", "unknown"),
    ];
    for (head, body, outcome) in refusals {
        let server = Ledger::start(move |request| match request.number {
            1 => Answer::Refuse(head, body),
            _ => Answer::Update,
        });
        let desk = Desk::new(many(5));
        let ran = desk.run(&server.url, &["--concurrency", "1"]);
        assert_eq!(ran.status, Some(1), "{ran:?}");
        assert!(ran.out.contains("stopped: this is not about one update: the server answered "), "{}", ran.out);
        assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, outcome)]), "{head}");
        let ran = desk.run(&server.url, &["--idempotent"]);
        assert_eq!((ran.status, server.count()), (Some(0), 6), "{head}: {ran:?}");
    }
}

#[test]
fn a_file_of_results_is_for_one_run_at_a_time() {
    let server = Ledger::start(|_| Answer::UpdateAfter(Duration::from_secs(1)));
    let desk = Desk::new(many(3));
    let first = desk.command(&server.url, &["--concurrency", "1"]).spawn().unwrap();
    assert!(server.wait_for(1, Duration::from_secs(60)));
    let second = desk.run(&server.url, &[]);
    let sentence =
        "results.jsonl cannot be used for the results: another run has it; wait for its end, or name another one\n";
    assert_eq!((second.status, second.err.as_str()), (Some(2), sentence));
    assert_eq!(Ran::from(first.wait_with_output().unwrap()).status, Some(0));
    assert_eq!((server.count(), desk.outcomes().len()), (3, 3));
}

#[test]
fn results_that_another_run_wrote_meanwhile_are_not_passed_over() {
    let server = updating();
    let desk = Desk::new(many(3));
    let mut late = desk.command_for("-", &server.url, &[]).stdin(Stdio::piped()).spawn().unwrap();
    // More than a pipe holds: once it is taken, the file of results has been looked for and not found.
    let mut input = late.stdin.take().unwrap();
    input.write_all(many(2_000).as_bytes()).unwrap();
    assert_eq!(desk.run(&server.url, &[]).status, Some(0));
    drop(input);
    let late = Ran::from(late.wait_with_output().unwrap());
    let sentence =
        "results.jsonl cannot be used for the results: another run has written it meanwhile; run this again\n";
    assert_eq!((late.status, late.err.as_str()), (Some(2), sentence));
    assert_eq!(server.count(), 3);
}

#[test]
fn lines_that_are_held_back_are_written_down_as_they_are_read() {
    let server = Ledger::start(|_| Answer::Refuse("500 Internal Server Error", "{}"));
    let desk = Desk::new(lines((0..3_000).map(|_| "a")));
    assert_eq!(desk.run(&server.url, &["--idempotent"]).status, Some(1));
    assert_eq!(server.count(), 3);
    assert_eq!(desk.outcomes().len(), 3_000);
}

#[test]
fn an_input_that_is_cut_while_it_is_read_ends_the_run() {
    let server = Ledger::start(|_| Answer::UpdateAfter(Duration::from_millis(20)));
    let desk = Desk::new(many(2_000));
    let child = desk.command(&server.url, &["--concurrency", "8"]).spawn().unwrap();
    assert!(server.wait_for(1, Duration::from_secs(60)));
    fs::write(desk.path("updates.jsonl"), many(1)).unwrap();
    // What has been read ahead is not affected.
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.contains("stopped: updates.jsonl was changed while it was read\n"), "{}", ran.out);
}

#[test]
fn a_key_with_control_characters_is_shown_escaped() {
    let desk = Desk::new("{\"a\\n\\u001b\": 1}\n{\"destination\": \"a\", \"update\": {\"b\\n\\u001b\": 1}}\n");
    let ran = desk.run("http://127.0.0.1:1", &["--check"]);
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].starts_with(r"line 1: /a\n\u{1b}: column ")
            && lines[1].starts_with(r"line 2: /update/b\n\u{1b}: column ")
    );
}

#[test]
fn a_rate_is_kept() {
    let (server, desk) = (updating(), Desk::new(many(21)));
    // Built before the time is taken.
    program();
    let begin = Instant::now();
    assert_eq!(desk.run(&server.url, &["--rate", "20"]).status, Some(0));
    let took = server.requests()[20].at - begin;
    assert!((Duration::from_secs(1)..Duration::from_secs(10)).contains(&took), "{took:?}");
}

/// Does what Ctrl-C does.
#[cfg(unix)]
fn signal(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// The same, and gives what the program then left behind.
#[cfg(unix)]
fn interrupt(child: Child) -> Ran {
    signal(&child);
    Ran::from(child.wait_with_output().unwrap())
}

#[cfg(unix)]
#[test]
fn ctrl_c_finishes_what_is_on_its_way_and_says_how_to_go_on() {
    let server = Ledger::start(|_| Answer::UpdateAfter(Duration::from_millis(100)));
    let desk = Desk::new(many(400));
    let child = desk.command(&server.url, &["--concurrency", "4"]).spawn().unwrap();
    assert!(server.wait_for(10, Duration::from_secs(60)));
    let ran = interrupt(child);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    assert!(ran.out.contains("stopped: it was interrupted\n"), "{}", ran.out);
    assert!(ran.out.ends_with("to go on, run the same command again\n"), "{}", ran.out);
    let sent = server.count();
    assert!(sent < 200, "{sent}");
    assert_eq!(desk.outcomes().len(), sent);
    assert_eq!(desk.run(&server.url, &["--concurrency", "64"]).status, Some(0));
    assert_eq!((server.count(), desk.outcomes().len()), (400, 400));
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_does_not_wait() {
    let server = Ledger::start(|_| Answer::UpdateAfter(Duration::from_secs(60)));
    let desk = Desk::new(many(8));
    let mut child = desk.command(&server.url, &["--concurrency", "3"]).spawn().unwrap();
    assert!(server.wait_for(3, Duration::from_secs(60)));
    signal(&child);
    // Two signals at once can arrive as one.
    let mut answer = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut answer).unwrap();
    assert!(answer.ends_with("a second Ctrl-C does not wait for it\n"), "{answer}");
    let ran = interrupt(child);
    assert_eq!(ran.status, Some(1));
    assert!(ran.out.contains("unknown   3, first line 1: its end was not waited for\n"), "{}", ran.out);
    assert_eq!(desk.outcomes(), pairs([(1, "unknown"), (2, "unknown"), (3, "unknown")]));
}

/// A random number below `end`; the same ones each time.
fn random(state: &mut u64, end: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % end
}

#[test]
fn killed_twenty_times_and_started_again_nothing_is_lost() {
    const LINES: usize = 2_000;
    const DESTINATIONS: usize = 400;
    let server = Ledger::start(|request| match mark(&request.update) % 50 {
        7 => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::UpdateAfter(Duration::from_millis(1)),
    });
    let mut updates = String::new();
    let mut last = HashMap::new();
    let mut state = 6;
    for number in 1..=LINES {
        let destination = format!("dest-{}", random(&mut state, DESTINATIONS as u64));
        write!(updates, "{}", line(&destination, number)).unwrap();
        last.insert(number, destination);
    }
    let desk = Desk::new(updates);
    for _ in 0..20 {
        let goal = server.count() + usize::try_from(random(&mut state, 100)).unwrap();
        let mut child = desk.command(&server.url, &["--concurrency", "16"]).spawn().unwrap();
        assert!(server.wait_for(goal, Duration::from_secs(60)));
        std::thread::sleep(Duration::from_micros(random(&mut state, 3_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(desk.results().lines().count() < LINES, "there was nothing left to kill");
    }
    let ran = desk.run(&server.url, &["--concurrency", "16"]);
    assert_eq!(ran.status, Some(1), "some lines are rejected: {ran:?}");

    let outcomes = desk.outcomes();
    let lines: Vec<_> = desk.sorted_outcomes().into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, (1..=LINES as u64).collect::<Vec<_>>(), "each line has one result");
    assert!(outcomes.iter().all(|(_, outcome)| outcome == "updated" || outcome == "rejected"));

    let mut wanted = HashMap::new();
    for (line, _) in desk.sorted_outcomes().into_iter().filter(|(_, outcome)| outcome == "updated") {
        let line = usize::try_from(line).unwrap();
        wanted.insert(last[&line].clone(), line);
    }
    let held = server.held().iter().map(|(destination, update)| (destination.clone(), mark(update))).collect();
    assert_same(&wanted, &held);
    let mut latest = HashMap::new();
    for request in server.requests() {
        let before = latest.insert(request.destination, mark(&request.update)).unwrap_or_default();
        assert!(before <= mark(&request.update), "an earlier line came after a later one");
    }
    // Only what was on its way when it was killed is sent twice.
    assert!(server.count() <= LINES + 20 * 16, "{}", server.count());
}

#[track_caller]
fn assert_same(wanted: &HashMap<String, usize>, held: &HashMap<String, usize>) {
    for (destination, line) in wanted {
        assert_eq!(held.get(destination), Some(line), "{destination}");
    }
}
