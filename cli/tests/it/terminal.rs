//! What a terminal shows, and what a pipe gets.

#![cfg(target_os = "linux")]

use std::{process::Command, time::Duration};

use crate::{
    server::{Answer, Server},
    tool::{Desk, Ran, WRONG, many, tool},
};

/// The tool with standard output and error on a pseudo-terminal.
fn on_a_terminal(desk: &Desk, server: &Server, arguments: &[&str], color: bool) -> Option<String> {
    let tool = desk.bulk(&server.url, arguments);
    let words = std::iter::once(tool.get_program()).chain(tool.get_args());
    let command = words.map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).current_dir(desk.path(""));
    for (name, value) in tool.get_envs() {
        if let Some(value) = value {
            script.env(name, value)
        } else {
            script.env_remove(name)
        };
    }
    script.env("TERM", "xterm").stdin(std::process::Stdio::null());
    if !color {
        script.env("NO_COLOR", "1");
    }
    // Where it is not installed there is nothing to try.
    script.output().ok().map(|output| String::from_utf8(output.stdout).unwrap())
}

fn server() -> Server {
    Server::start(|request| match request.destination.as_str() {
        "dest-2" => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::UpdateAfter(Duration::from_millis(20)),
    })
}

const RED: &str = "\u{1b}[31mrejected\u{1b}[0m  1";

#[test]
fn a_terminal_gets_a_bar_and_colours() {
    let server = server();
    let arguments = ["--concurrency", "1"];
    if let Some(shown) = on_a_terminal(&Desk::new(many(100)), &server, &arguments, true) {
        assert!(shown.contains("of 100, ") && shown.contains(" a second, ") && shown.contains(" left"), "{shown}");
        assert!(!shown.contains(" 0s left"), "{shown}");
        assert!(shown.contains(RED), "{shown}");
        let shown = on_a_terminal(&Desk::new(many(100)), &server, &arguments, false).unwrap();
        assert!(!shown.contains(RED) && shown.contains("rejected  1, first line 2: "), "{shown}");
        let shown = on_a_terminal(&Desk::new(many(100)), &server, &["--quiet"], true).unwrap();
        assert!(!shown.contains("of 100, ") && shown.contains("first line 2: "), "{shown}");
    }
}

#[test]
fn a_pipe_gets_neither_unless_asked_for() {
    let server = server();
    let ran = Desk::new(many(20)).run(&server.url, &[]).assert_status(1);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    assert_eq!(ran.err, "");
    let ran = Desk::new(many(20)).run(&server.url, &["--color", "always"]).assert_status(1);
    assert!(ran.out.contains(RED), "{}", ran.out);
}

#[test]
fn color_reaches_help_and_usage_errors() {
    for (arguments, status) in [(&["--help"][..], 0), (&["bulk", "--speed"], 2)] {
        for (color, is_colored) in [("always", true), ("never", false), ("auto", false)] {
            let ran = Ran::of(&mut tool(&[arguments, &["--color", color]].concat())).assert_status(status);
            assert_eq!((ran.out + &ran.err).contains('\u{1b}'), is_colored, "{arguments:?} {color}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_does_not_end_the_run() {
    let server = server();
    let desk = Desk::new(many(50));
    let mut child = desk.bulk(&server.url, &[]).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    let ran = Ran::after(child).assert_status(1);
    assert_eq!((ran.out, server.count()), (String::new(), 50));
}
