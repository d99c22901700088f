//! Full disks, and inputs that change or never end.

#![cfg(unix)]

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    server::{Answer, Server},
    tool::{Desk, Ran, line, many},
};

/// The same command, where no file may grow beyond this many KiB.
fn limited(tool: &Command, kibibytes: u32) -> Command {
    let mut shell = Command::new("bash");
    let script = format!("ulimit -f {kibibytes}; exec \"$0\" \"$@\"");
    shell.args(["-c", &script]).arg(tool.get_program()).args(tool.get_args());
    for (name, value) in tool.get_envs() {
        if let Some(value) = value {
            shell.env(name, value)
        } else {
            shell.env_remove(name)
        };
    }
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    shell
}

#[test]
fn a_full_disk_ends_the_run_and_the_next_one_knows_what_was_in_flight() {
    let server = Server::updating();
    let desk = Desk::new(many(500));
    // 64 KiB are the results of about 300 lines.
    let tool = desk.bulk(&server.url, &["--concurrency", "4"]);
    let ran = Ran::of(limited(&tool, 64).current_dir(desk.path(""))).assert_status(1);
    assert!(ran.out.contains("stopped: the results cannot be written: File too large"), "{}", ran.out);
    let sent = server.count();
    let lost: Vec<_> = ran.err.lines().filter(|line| line.contains("\"outcome\":\"updated\"")).collect();
    assert!(
        ran.err.starts_with("these results could not be written; append these lines to results.jsonl:\n{\"line\":"),
        "{}",
        ran.err
    );
    let known = desk.outcomes().len() + lost.len();
    assert_eq!(known, sent, "each request has its result in the file or on standard error");
    // With these lines appended, as the sentence says, nothing is unknown.
    let other = Desk::new(many(500));
    other.write("results.jsonl", desk.results_text() + &lost.join("\n") + "\n");
    let left = other.run(&server.url, &["--dry-run"]).assert_status(0);
    assert_eq!(left.out.matches(" PATCH ").count(), 500 - sent);
    // With room again.
    let ran = desk.run(&server.url, &[]).assert_status(1);
    assert_eq!(server.count(), 500, "what was sent is not sent again");
    assert!(ran.summary("unknown").starts_with(&format!("{}, ", lost.len())), "{ran:?}");
}

#[test]
fn results_have_to_be_a_file() {
    let server = Server::updating();
    let desk = Desk::new(many(1));
    for (place, why) in [("/dev/full", "it is not a file"), (".", "Is a directory"), ("none/results", "No such file")] {
        let mut command = desk.tool(&["bulk", "updates.jsonl", "--results", place]);
        let ran = Ran::of(crate::tool::with_account(&mut command, &server.url)).assert_status(2);
        assert!(ran.err.starts_with(&format!("{place} cannot be used for the results: {why}")), "{}", ran.err);
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn an_input_that_changes_during_the_run_ends_it() {
    for changed in [many(1), many(2_000).replace("Mark", "Mork")] {
        let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(20)));
        let desk = Desk::new(many(2_000));
        let child = desk.bulk(&server.url, &["--concurrency", "8"]).spawn().unwrap();
        server.wait_for(1);
        // In place, as editors and other programs may.
        let mut file = fs::OpenOptions::new().write(true).truncate(true).open(desk.path("updates.jsonl")).unwrap();
        file.write_all(changed.as_bytes()).unwrap();
        let ran = Ran::after(child).assert_status(1);
        // What has been read ahead is not affected.
        assert!(ran.out.contains("stopped: updates.jsonl was changed while it was read\n"), "{}", ran.out);
        let sent = server.requests();
        assert!(sent.iter().all(|request| request.update["displayName"].as_str().unwrap().starts_with("Mark ")));
    }
}

#[test]
fn an_endless_pipe_of_nonsense_is_refused() {
    let desk = Desk::new("");
    let mut endless = Command::new("yes").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut tool = desk.bulk_for("-", "http://127.0.0.1:1", &[]);
    let ran = Ran::of(tool.stdin(endless.stdout.take().unwrap())).assert_status(2);
    // It ends once nobody holds the other end of the pipe.
    drop(tool);
    endless.wait().unwrap();
    assert!(ran.err.starts_with("line 1: is not an object; write "), "{}", ran.err);
    let end = "… and 9950 more\n10000 invalid line(s); nothing was sent; the rest was not checked\n";
    assert!(ran.err.ends_with(end), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 52);
}

#[test]
fn an_endless_file_without_lines_is_refused() {
    let desk = Desk::new("");
    let ran = Ran::of(&mut desk.bulk_for("/dev/zero", "http://127.0.0.1:1", &[])).assert_status(2);
    assert_eq!(ran.err, "/dev/zero is not text\n");
}

#[test]
fn standard_input_is_read_once_and_sent() {
    let (server, desk) = (Server::updating(), Desk::new(""));
    let mut tool = desk.bulk_for("-", &server.url, &["--concurrency", "4"]);
    let ran = Ran::with_input(&mut tool, many(500).as_bytes()).assert_status(0);
    assert_eq!((server.count(), desk.outcomes().len(), ran.summary("updated")), (500, 500, "500"));
    // What was done is known from a file as well.
    desk.write("updates.jsonl", many(500) + &line("one-more", 1));
    desk.run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 501);
}

#[test]
fn a_file_size_limit_is_a_sentence_before_the_first_request() {
    let (server, desk) = (Server::updating(), Desk::new(many(5_000)));
    let mut command = limited(&desk.bulk(&server.url, &[]), 64);
    let ran = Ran::of(command.current_dir(desk.path(""))).assert_status(1);
    assert!(ran.err.starts_with("cannot write to the temporary directory: File too large"), "{}", ran.err);
    assert_eq!(server.count(), 0);
}

#[test]
fn results_that_are_removed_or_truncated_during_the_run_are_missed() {
    for is_removed in [true, false] {
        let server = Server::start(|_| Answer::UpdateAfter(Duration::from_millis(20)));
        let desk = Desk::new(many(50));
        let child = desk.bulk(&server.url, &["--concurrency", "2"]).spawn().unwrap();
        server.wait_for(4);
        let results = desk.path("results.jsonl");
        if is_removed { fs::remove_file(results) } else { fs::write(results, "") }.unwrap();
        let ran = Ran::after(child).assert_status(1);
        let sentence = "results.jsonl was removed or changed during the run, so results are missing\n";
        assert_eq!((ran.summary("updated"), &*ran.err), ("50", sentence));
    }
}
