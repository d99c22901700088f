//! What a terminal shows: the question before sending, and the progress.

#![cfg(target_os = "linux")]

use std::{
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    server::{Answer, Server},
    tool::{Desk, WRONG, many, with_account},
};

/// The tool on a pseudo-terminal, with this typed. `None` where `script` is not installed.
fn on_a_terminal(desk: &Desk, server: &Server, arguments: &[&str], typed: &str) -> Option<String> {
    let tool = desk.bulk(&server.url, arguments);
    let words = std::iter::once(tool.get_program()).chain(tool.get_args());
    let command = words.map(|word| word.to_str().unwrap()).collect::<Vec<_>>().join(" ");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &format!("{command}; echo exit $?"), "/dev/null"]);
    script.current_dir(desk.path("")).env("TERM", "xterm").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = with_account(&mut script, &server.url).spawn().ok()?;
    child.stdin.as_mut().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn asks_before_it_sends() {
    struct Row {
        arguments: &'static [&'static str],
        typed: &'static str,
        exit: &'static str,
        requests: usize,
    }
    let rows = [
        Row { arguments: &[], typed: "n\n", exit: "exit 1", requests: 0 },
        Row { arguments: &[], typed: "\n", exit: "exit 1", requests: 0 },
        Row { arguments: &[], typed: "y\n", exit: "exit 0", requests: 3 },
        Row { arguments: &["--yes"], typed: "", exit: "exit 0", requests: 3 },
    ];
    for Row { arguments, typed, exit, requests } in rows {
        let (server, desk) = (Server::updating(), Desk::new(many(3)));
        let Some(shown) = on_a_terminal(&desk, &server, arguments, typed) else { return };
        let question = format!("Send 3 new to app app-1 at {}? [y/N]", server.url);
        assert_eq!(shown.contains(&question), arguments.is_empty(), "{shown}");
        assert!(shown.contains(exit) && server.count() == requests, "{typed:?}: {shown}");
    }
}

#[test]
fn shows_progress_and_the_first_failures() {
    let server = Server::start(|request| match request.number {
        30.. => Answer::Refuse("400 Bad Request", WRONG),
        _ => Answer::UpdateAfter(Duration::from_millis(20)),
    });
    let desk = Desk::new(many(60));
    let Some(shown) = on_a_terminal(&desk, &server, &["--yes", "--concurrency", "1"], "") else { return };
    assert!(shown.contains(" of 60, ") && shown.contains("/s, ") && shown.contains(" left"), "{shown}");
    assert_eq!(shown.matches(": rejected: ").count(), 20, "{shown}");
    assert!(shown.contains("… and 10 more; --failed FILE writes all of them"), "{shown}");
    let shown = on_a_terminal(&desk, &server, &["--yes", "--quiet"], "").unwrap();
    assert!(!shown.contains(" of 30, "), "{shown}");
}
