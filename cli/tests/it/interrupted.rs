//! Ctrl-C and the signals that ask the program to end.

#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    server::{Answer, Server},
    tool::{Desk, Ran, many, pairs, signal, tool, with_account},
};

#[test]
fn what_is_in_flight_is_finished_and_the_next_run_goes_on() {
    for name in ["-INT", "-TERM", "-HUP", "-QUIT"] {
        let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(100)));
        let desk = Desk::new(many(200));
        let child = desk.bulk(&server.url, &["--concurrency", "4"]).spawn().unwrap();
        server.wait_for(10);
        signal(&child, name);
        let ran = Ran::after(child).assert_status(130);
        assert!(ran.out.contains("stopped: interrupted\n"), "{}", ran.out);
        assert!(ran.out.ends_with("to resume, run the same command again\n"), "{}", ran.out);
        let sent = server.count();
        assert!(sent < 150, "{sent}");
        assert_eq!(desk.outcomes().len(), sent, "everything that was sent has a result");
        assert!(desk.outcomes().iter().all(|(_, outcome)| outcome == "updated"));
        desk.run(&server.url, &["--concurrency", "64"]).assert_status(0);
        assert_eq!((server.count(), desk.outcomes().len()), (200, 200));
    }
}

/// Waits until the program has said that it was interrupted: two signals at once can arrive as one.
fn interrupt(child: &mut std::process::Child) {
    signal(child, "-INT");
    let mut answer = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut answer).unwrap();
    assert!(answer.ends_with("press Ctrl-C again to stop at once\n"), "{answer}");
}

#[test]
fn a_second_ctrl_c_does_not_wait() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_secs(60)));
    let desk = Desk::new(many(8));
    let mut child = desk.bulk(&server.url, &["--concurrency", "3"]).spawn().unwrap();
    server.wait_for(3);
    interrupt(&mut child);
    signal(&child, "-INT");
    let ran = Ran::after(child).assert_status(130);
    assert_eq!(ran.summary("unknown"), "3, first line 1: the run ended before the response");
    assert_eq!(desk.outcomes(), pairs([(1, "unknown"), (2, "unknown"), (3, "unknown")]));
}

#[test]
fn what_takes_too_long_is_given_up() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_secs(60)));
    let desk = Desk::new(many(8));
    let mut child = desk.bulk(&server.url, &["--concurrency", "2"]).spawn().unwrap();
    server.wait_for(2);
    let begin = Instant::now();
    interrupt(&mut child);
    Ran::after(child).assert_status(130);
    assert!(begin.elapsed() < Duration::from_secs(14), "{:?}", begin.elapsed());
    assert_eq!(desk.outcomes(), pairs([(1, "unknown"), (2, "unknown")]));
}

#[test]
fn one_update_that_is_interrupted_has_an_unknown_outcome() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let desk = Desk::new("");
    desk.write(
        "update.json",
        crate::tool::line("a", 1)
            .replace("{\"destination\":\"a\",\"update\":", "")
            .trim_end()
            .trim_end_matches('}')
            .to_owned()
            + "}",
    );
    let mut command = tool(&["update", "--json", "--destination", "a", "update.json"]);
    let child = with_account(&mut command, &url).current_dir(desk.path("")).spawn().unwrap();
    let connection = silent.accept().unwrap();
    signal(&child, "-TERM");
    let ran = Ran::after(child).assert_status(130);
    drop(connection);
    assert_eq!(ran.err, "interrupted; the request may have been sent\noutcome: unknown\n");
    let result: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&result["destination"], &result["outcome"]), (&"a".into(), &"unknown".into()));
}

#[test]
fn before_the_first_request_nothing_is_sent() {
    let server = Server::updating();
    let desk = Desk::new("");
    let nothing_sent = "interrupted; nothing was sent\n";
    let commands = [
        (&["bulk", "-", "--results", "results.jsonl"][..], nothing_sent),
        (&["bulk", "-", "--results", "results.jsonl", "--dry-run"], nothing_sent),
        (&["update", "-", "--destination", "a"], nothing_sent),
        (&["check", "-"], "interrupted\n"),
    ];
    for (arguments, sentence) in commands {
        for name in ["-INT", "-TERM", "-HUP", "-QUIT"] {
            let mut command = desk.tool(arguments);
            let mut child = with_account(&mut command, &server.url).stdin(Stdio::piped()).spawn().unwrap();
            // More than a pipe holds: once it is taken, the program reads.
            let mut input = child.stdin.take().unwrap();
            input.write_all(many(1_000).as_bytes()).unwrap();
            signal(&child, name);
            let ran = Ran::after(child).assert_status(130);
            assert_eq!((&*ran.err, &*ran.out), (sentence, ""), "{arguments:?} {name}");
            drop(input);
        }
    }
    assert!(server.count() == 0 && !desk.path("results.jsonl").exists());
}

#[test]
fn a_dry_run_can_be_interrupted() {
    let desk = Desk::new(many(10_000));
    let mut child = desk.bulk("http://127.0.0.1:1", &["--dry-run"]).spawn().unwrap();
    // It waits until somebody reads on.
    let mut shown = BufReader::new(child.stdout.take().unwrap());
    shown.read_line(&mut String::new()).unwrap();
    signal(&child, "-TERM");
    let ran = Ran::after(child).assert_status(130);
    assert_eq!(ran.err, "interrupted; nothing was sent\n");
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_is_ignored_at_the_start_stays_ignored() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(50)));
    let desk = Desk::new(many(20));
    let tool = desk.bulk(&server.url, &["--concurrency", "1"]);
    let mut shell = Command::new("bash");
    shell.args(["-c", "trap '' HUP INT; exec \"$0\" \"$@\""]).arg(tool.get_program()).args(tool.get_args());
    with_account(&mut shell, &server.url).current_dir(desk.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = shell.spawn().unwrap();
    server.wait_for(2);
    for name in ["-HUP", "-INT"] {
        signal(&child, name);
    }
    Ran::after(child).assert_status(0);
    assert_eq!(server.count(), 20);
}
