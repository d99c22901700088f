//! Ctrl-C and the signals that ask the program to end.

#![cfg(unix)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::{
    server::{Answer, Server},
    tool::{Desk, Ran, many, pairs, signal, update, with_account},
};

#[test]
fn finishes_what_is_in_flight_and_the_next_run_goes_on() {
    for name in ["-INT", "-TERM", "-HUP", "-QUIT"] {
        let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(50)));
        let desk = Desk::new(many(100));
        let child = desk.bulk(&server.url, &["--concurrency", "4", "--json"]).spawn().unwrap();
        server.wait_for(10);
        signal(&child, name);
        let ran = Ran::after(child).assert_status(130);
        assert_eq!(ran.json()["stopped"]["reason"], "interrupted");
        let sent = server.count();
        assert!(sent < 80, "{sent}");
        let outcomes = desk.outcomes();
        assert!(outcomes.len() == sent && outcomes.iter().all(|(_, outcome)| outcome == "updated"), "{outcomes:?}");
        desk.run(&server.url, &["--concurrency", "64"]).assert_status(0);
        assert_eq!(server.count(), 100);
    }
}

/// Waits until the program has said that it was interrupted: two signals at once can arrive as one.
fn interrupt(child: &mut Child) {
    signal(child, "-INT");
    let mut answer = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut answer).unwrap();
    assert!(answer.ends_with("press Ctrl-C again to stop at once\n"), "{answer}");
}

#[test]
fn second_ctrl_c_does_not_wait() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_secs(60)));
    let desk = Desk::new(many(5));
    let mut child = desk.bulk(&server.url, &["--concurrency", "3"]).spawn().unwrap();
    server.wait_for(3);
    interrupt(&mut child);
    let begin = Instant::now();
    signal(&child, "-INT");
    let ran = Ran::after(child).assert_status(130);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_eq!((ran.count("unknown"), ran.count("not sent")), (3, 2));
    assert_eq!(desk.outcomes(), pairs(["dest-1", "dest-2", "dest-3"].map(|id| (id, "unknown"))));
}

#[test]
fn waits_for_at_most_eight_seconds() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_secs(60)));
    let desk = Desk::new(many(5));
    let mut child = desk.bulk(&server.url, &["--concurrency", "2"]).spawn().unwrap();
    server.wait_for(2);
    let begin = Instant::now();
    interrupt(&mut child);
    Ran::after(child).assert_status(130);
    assert!(begin.elapsed() < Duration::from_secs(14), "{:?}", begin.elapsed());
    assert_eq!(desk.outcomes(), pairs(["dest-1", "dest-2"].map(|id| (id, "unknown"))));
}

#[test]
fn interrupted_update_has_an_unknown_outcome() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let desk = Desk::new("");
    desk.write("update.json", update("Night").to_string());
    let mut command = desk.tool(&["update", "update.json", "--destination", "a", "--json"]);
    let child = with_account(&mut command, &url).spawn().unwrap();
    let connection = silent.accept().unwrap();
    signal(&child, "-INT");
    let ran = Ran::after(child).assert_status(130);
    drop(connection);
    assert_eq!(ran.err, "interrupted; the request may have been sent\noutcome: unknown\n");
    assert_eq!(ran.json()["outcome"], "unknown");
}

#[test]
fn before_the_first_request_nothing_was_sent() {
    let desk = Desk::new("");
    for arguments in
        [&["bulk", "-", "--results", "results.jsonl"][..], &["update", "-", "--destination", "a"], &["check", "-"]]
    {
        let mut command = desk.tool(arguments);
        let mut child = with_account(&mut command, "http://127.0.0.1:1").stdin(Stdio::piped()).spawn().unwrap();
        // As long as the pipe takes more than it holds, the tool reads, and so listens for signals.
        child.stdin.as_mut().unwrap().write_all(&vec![b'\n'; 1 << 20]).unwrap();
        signal(&child, "-INT");
        let stdin = child.stdin.take();
        let ran = Ran::after(child).assert_status(130);
        drop(stdin);
        assert_eq!(ran.err, "interrupted; nothing was sent\n", "{arguments:?}");
    }
}

#[test]
fn ignored_signal_stays_ignored() {
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(30)));
    let desk = Desk::new(many(30));
    let tool = desk.bulk(&server.url, &["--concurrency", "2"]);
    let mut nohup = Command::new("sh");
    nohup.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]).arg(tool.get_program()).args(tool.get_args());
    nohup.current_dir(desk.path("")).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = with_account(&mut nohup, &server.url).spawn().unwrap();
    server.wait_for(4);
    signal(&child, "-HUP");
    Ran::after(child).assert_status(0);
    assert_eq!(server.count(), 30);
}
