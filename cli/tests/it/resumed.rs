//! A later run resumes: it sends unfinished and changed lines.

use std::{fs, io::Write, process::Stdio, time::Duration};

use crate::{
    server::{Answer, Server},
    tool::{Desk, Ran, line, lines, many, pairs},
};

fn sent(server: &Server, since: usize) -> Vec<(String, usize)> {
    server.sent().split_off(since)
}

fn marks<const N: usize>(marks: [(&str, usize); N]) -> Vec<(String, usize)> {
    marks.map(|(id, mark)| (id.to_owned(), mark)).into()
}

/// `a` to `e`, all updated.
fn done(server: &Server) -> Desk {
    let desk = Desk::new(lines(["a", "b", "c", "d", "e"]));
    desk.run(&server.url, &["--concurrency", "1"]).assert_status(0);
    desk
}

#[test]
fn what_is_done_is_not_sent_again() {
    let server = Server::updating();
    let desk = done(&server);
    let ran = desk.run(&server.url, &[]).assert_status(0);
    assert_eq!((server.count(), ran.summary("lines")), (5, "5, 5 of them done before"));
    assert!(!ran.out.contains("changed"), "{}", ran.out);
}

#[test]
fn a_line_that_was_changed_is_sent_and_said() {
    let server = Server::updating();
    let desk = done(&server);
    desk.write("updates.jsonl", lines(["a", "b"]) + &line("c", 30) + &line("d", 4) + &line("e", 5));
    let ran = desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(sent(&server, 5), marks([("c", 30)]));
    let changed = "1, resent because they, or earlier lines for the same destination, changed";
    assert_eq!((ran.summary("lines"), ran.summary("changed")), ("5, 4 of them done before", changed));
    // And back again.
    desk.write("updates.jsonl", lines(["a", "b", "c", "d", "e"]));
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!((sent(&server, 6), server.held()["c"]), (marks([("c", 3)]), 3));
}

#[test]
fn lines_that_were_inserted_or_moved_are_known_by_their_content() {
    let server = Server::updating();
    let desk = done(&server);
    let updates = line("new", 9) + "\n" + &line("e", 5) + &line("b", 2) + &line("a", 1) + &line("c", 3) + &line("d", 4);
    desk.write("updates.jsonl", updates);
    let ran = desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(sent(&server, 5), marks([("new", 9)]));
    assert_eq!(ran.summary("lines"), "6, 5 of them done before");
}

#[test]
fn resends_later_lines_after_inserted_line() {
    let server = Server::updating();
    let desk = Desk::new(line("a", 1) + &line("a", 2) + &line("b", 3));
    desk.run(&server.url, &[]).assert_status(0);
    desk.write("updates.jsonl", line("a", 1) + &line("a", 9) + &line("a", 2) + &line("b", 3));
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!((sent(&server, 3), server.held()["a"]), (marks([("a", 9), ("a", 2)]), 2));
}

#[test]
fn a_line_that_was_written_in_another_way_is_the_same() {
    let server = Server::updating();
    let desk = done(&server);
    let other = lines(["a", "b", "c", "d", "e"]).replace(':', " : ").replace("\"HK\"", "\"\\u0048K\"");
    desk.write("updates.jsonl", other);
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 5);
}

#[test]
fn results_are_for_one_account() {
    let (server, other) = (Server::updating(), Server::updating());
    let desk = done(&server);
    let before = desk.results_text();
    let ran = desk.run(&other.url, &[]).assert_status(2);
    let sentence = format!(
        "results.jsonl cannot be used for the results: it has the results of app-1 at {}, and this is app-1 at {}; use \
         another file\n",
        server.url, other.url
    );
    assert_eq!(ran.err, sentence);
    let ran = Ran::of(desk.bulk(&server.url, &[]).env("CINNOX_APP_ID", "app-2")).assert_status(2);
    assert!(ran.err.contains("it has the results of app-1 at http"), "{}", ran.err);
    assert_eq!((desk.results_text(), other.count(), server.count()), (before, 0, 5));
    // A slash at the end makes no other account.
    desk.run(&format!("{}/", server.url), &[]).assert_status(0);
}

#[test]
fn results_of_something_else_are_refused_and_left_alone() {
    let server = Server::updating();
    let rows = [
        (line("dest-1", 1), "line 1 is not a result; remove that line, or use another file"),
        ("{\"destination\":\"a\"".to_owned(), "line 1 is not a result; remove that line"),
        (
            "{\"line\":1,\"destination\":\"dest-1\",\"outcome\":\"updated\",\"code\":200,\"message\":null,\"attempts\":1}\n".to_owned(),
            "it was written by an earlier version and lacks the account and the hashes of the updates",
        ),
    ];
    for (text, sentence) in rows {
        let desk = Desk::new(many(2));
        desk.write("results.jsonl", &text);
        let ran = desk.run(&server.url, &[]).assert_status(2);
        assert!(
            ran.err.starts_with(&format!("results.jsonl cannot be used for the results: {sentence}")),
            "{}",
            ran.err
        );
        assert_eq!(desk.results_text(), text);
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn what_could_not_be_sent_is_sent_by_the_next_run() {
    let server = Server::start(|request| match request.number {
        0..4 => Answer::Refuse("401 Unauthorized", r#"{"code":401,"message":"no"}"#),
        _ => Answer::Update,
    });
    let desk = Desk::new(many(5));
    let ran = desk.run(&server.url, &["--concurrency", "4"]).assert_status(1);
    assert!(ran.out.ends_with("to resume, run the same command again\n"), "{}", ran.out);
    let ran = desk.run(&server.url, &[]).assert_status(0);
    assert_eq!((server.count(), ran.summary("lines")), (9, "5, 0 of them done before"));
    // What an editor or a power cut may leave does no harm.
    fs::write(desk.path("results.jsonl"), desk.results_text() + "\n\0\0\0").unwrap();
    for _ in 0..2 {
        desk.run(&server.url, &[]).assert_status(0);
    }
    assert_eq!((server.count(), desk.results_text().ends_with("}\n\n")), (9, true));
}

#[test]
fn a_torn_last_result_is_removed() {
    let server = Server::updating();
    let desk = done(&server);
    let whole = desk.results_text();
    for torn in [r#"{"line":6,"destin"#, "{"] {
        desk.write("results.jsonl", format!("{whole}{torn}"));
        let ran = desk.run(&server.url, &[]).assert_status(0);
        assert_eq!(ran.err, "results.jsonl: removed the last line, which a crash had truncated\n");
        assert_eq!(desk.results_text(), whole);
    }
    // It lacks only its line feed.
    desk.write("results.jsonl", whole.trim_end());
    assert_eq!(desk.run(&server.url, &[]).assert_status(0).err, "");
    assert_eq!((desk.results_text(), server.count()), (whole, 5));
}

/// The vendor's service fails for `odd`.
fn failing() -> Server {
    Server::start(|request| match request.destination.as_str() {
        "odd" => Answer::Refuse("500 Internal Server Error", r#"{"code":6451001,"message":"bad response"}"#),
        _ => Answer::Update,
    })
}

#[test]
fn resends_unknown_only_if_idempotent() {
    let desk = Desk::new(lines(["a", "odd", "c"]));
    let server = failing();
    desk.run(&server.url, &["--concurrency", "1"]).assert_status(1);
    assert_eq!(desk.outcomes(), pairs([(1, "updated"), (2, "unknown"), (3, "updated")]));
    desk.run(&server.url, &[]).assert_status(1);
    assert_eq!(server.count(), 3);
    let ran = desk.run(&server.url, &["--idempotent"]).assert_status(1);
    assert_eq!((server.count(), ran.summary("lines")), (6, "3, 2 of them done before"));
    assert_eq!(desk.results().last().unwrap()["attempts"], 3);
    assert_eq!((ran.summary("unknown").starts_with("1, first line 2"), ran.summary("not sent")), (true, "0"));
}

#[test]
fn an_unknown_line_does_not_undo_a_later_one() {
    let server = Server::start(|request| match request.number {
        0 => Answer::Refuse("500 Internal Server Error", r#"{"code":6451001,"message":"bad response"}"#),
        _ => Answer::Update,
    });
    let desk = Desk::new(lines(["a", "a"]));
    desk.run(&server.url, &[]).assert_status(1);
    assert_eq!(desk.outcomes(), pairs([(1, "unknown"), (2, "updated")]));
    let ran = desk.run(&server.url, &["--idempotent"]).assert_status(1);
    assert_eq!((server.count(), server.held()["a"]), (2, 2));
    let superseded = "\n1 unknown line(s) are not resent, because a later line for the same destination was updated\n";
    assert!(ran.out.ends_with(superseded), "{}", ran.out);
}

#[test]
fn results_are_for_one_run_at_a_time() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_secs(1)));
    let desk = Desk::new(many(3));
    let first = desk.bulk(&server.url, &["--concurrency", "1"]).spawn().unwrap();
    server.wait_for(1);
    let second = desk.run(&server.url, &[]).assert_status(2);
    let sentence = "results.jsonl cannot be used for the results: another run is using it; wait until it ends, or use another file\n";
    assert_eq!(second.err, sentence);
    Ran::after(first).assert_status(0);
    assert_eq!((server.count(), desk.outcomes().len()), (3, 3));
}

#[test]
fn rejects_results_written_by_concurrent_run() {
    let server = Server::updating();
    let desk = Desk::new(many(3));
    let mut late = desk.bulk_for("-", &server.url, &[]).stdin(Stdio::piped()).spawn().unwrap();
    // More than a pipe holds: once it is taken, the file of results has been looked for and not found.
    let mut input = late.stdin.take().unwrap();
    input.write_all(many(2_000).as_bytes()).unwrap();
    desk.run(&server.url, &[]).assert_status(0);
    drop(input);
    let late = Ran::after(late).assert_status(2);
    let sentence = "results.jsonl cannot be used for the results: another run wrote to it in the meantime; run the command again\n";
    assert_eq!((&*late.err, server.count()), (sentence, 3));
}
