//! The results file and the disk: no lost line, no false success, one sentence that says what to do.

use std::{fs, path::Path, time::Duration};

use crate::server::{Answer, Server};
use crate::tool::{Desk, Ran, many, table};

struct Row {
    what: &'static str,
    results: String,
    why: String,
}

#[test]
fn results_of_something_else_are_left_alone() {
    let server = Server::updating();
    let url = &server.url;
    let account = |version: u32, app: &str| {
        format!("{{\"version\":{version},\"account\":{{\"base_url\":\"{url}\",\"app_id\":\"{app}\"}}}}\n")
    };
    let record =
        "{\"time\":\"x\",\"line\":2,\"destination\":\"a\",\"name\":\"x\",\"update\":\"x\",\"outcome\":\"updated\"}\n";
    let advice = "remove that line, or use another file";
    let rows = [
        Row {
            what: "another account",
            results: account(2, "app-2"),
            why: format!("it has the results of app-2 at {url}, and this is app-1 at {url}; use another file"),
        },
        Row {
            what: "another version",
            results: account(1, "app-1"),
            why: "it is of version 1, and this tool writes version 2; use another file".to_owned(),
        },
        Row {
            what: "its beginning is cut off",
            results: record.to_owned(),
            why: format!("line 1 is not a record of this tool; {advice}"),
        },
        Row { what: "a table", results: table(["a"]), why: format!("line 1 is not a record of this tool; {advice}") },
        Row {
            what: "a note",
            results: "to do".to_owned(),
            why: format!("line 1 is not a record of this tool; {advice}"),
        },
        Row {
            what: "a line in the middle",
            results: format!("{}{{\"time\":\n{record}", account(2, "app-1")),
            why: format!("line 2 is not a record of this tool; {advice}"),
        },
        Row {
            what: "an outcome that does not exist",
            results: format!("{}{}", account(2, "app-1"), record.replace("\"updated\"", "\"done\"")),
            why: format!("line 2 is not a record of this tool; {advice}"),
        },
    ];
    for Row { what, results, why } in rows {
        let desk = Desk::new(table(["a"]));
        desk.write("results.jsonl", &results);
        let ran = desk.run(url, &[]).assert_status(2);
        assert_eq!(ran.err, format!("results.jsonl cannot be used for the results: {why}\n"), "{what}");
        assert_eq!(desk.read("results.jsonl"), results, "{what}");
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn empty_or_torn_first_line_is_written_again() {
    for results in ["", "{\"ver", "{\"version\":2,\"acc"] {
        let (server, desk) = (Server::updating(), Desk::new(table(["a"])));
        desk.write("results.jsonl", results);
        desk.run(&server.url, &[]).assert_status(0);
        desk.run(&server.url, &[]).assert_status(0);
        assert_eq!(server.count(), 1, "{results}");
    }
}

#[test]
fn one_file_is_not_used_for_two_things() {
    let (server, desk) = (Server::updating(), Desk::new(table(["a"])));
    fs::hard_link(desk.path("updates.csv"), desk.path("link.csv")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(desk.path(""), desk.path("folder")).unwrap();
    let absolute = desk.path("new").to_str().unwrap().to_owned();
    let rows = [
        #[cfg(unix)]
        (
            &["--results", "folder/r2", "--failed", "r2"][..],
            "the file for failed lines is also the results file; use another file\n",
        ),
        (
            &["--results", "new", "--failed", &absolute],
            "the file for failed lines is also the results file; use another file\n",
        ),
        (&["--results", "updates.csv"][..], "the results file is also the input; use another file\n"),
        (&["--results", "link.csv"], "the results file is also the input; use another file\n"),
        (
            &["--results", "r", "--failed", "r"],
            "the file for failed lines is also the results file; use another file\n",
        ),
        (
            &["--results", "r", "--failed", "./updates.csv"],
            "the file for failed lines is also the input; use another file\n",
        ),
        (&["--results", "-"], "the results file cannot be standard output; name a file\n"),
        (&["--results", "r", "--failed", "-"], "the file for failed lines cannot be standard output; name a file\n"),
        (&["--results", "."], "cannot be used for the results: "),
        (&["--results", "none/r"], "none/r cannot be used for the results: No such file"),
        (&["--results", "r", "--failed", "none/f"], "none/f cannot be written: No such file"),
    ];
    for (arguments, why) in rows {
        let mut command = desk.tool(&[&["bulk", "updates.csv"], arguments].concat());
        let ran = Ran::of(crate::tool::with_account(&mut command, &server.url)).assert_status(2);
        assert!(ran.err.contains(why), "{arguments:?}: {ran:?}");
    }
    assert!(!desk.path("-").exists());
    assert_eq!((server.count(), desk.read("updates.csv")), (0, table(["a"])));
}

/// A run of which one request is in flight, and what it leaves after this.
fn during_a_run(desk: &Desk, disturb: impl FnOnce()) -> (Ran, usize) {
    let server = Server::start(|request| match request.number {
        0 => Answer::Update,
        _ => Answer::UpdateAfter(Duration::from_millis(700)),
    });
    let child = desk.bulk(&server.url, &["--concurrency", "1", "--json"]).spawn().unwrap();
    server.wait_for(2);
    disturb();
    let ran = Ran::after(child);
    (ran, server.count())
}

type Disturbance = fn(&Path);

#[test]
fn results_that_are_disturbed_stop_the_run() {
    let path = |desk: &Desk| desk.path("results.jsonl");
    let disturbances: [(&str, Disturbance); 3] = [
        ("removed", |path| fs::remove_file(path).unwrap()),
        ("moved", |path| fs::rename(path, path.with_extension("old")).unwrap()),
        ("truncated", |path| fs::write(path, "").unwrap()),
    ];
    for (what, disturb) in disturbances {
        let desk = Desk::new(many(50));
        let (ran, count) = during_a_run(&desk, || disturb(&path(&desk)));
        assert_eq!((ran.status, &ran.json()["stopped"]["reason"]), (Some(1), &"results".into()), "{what}: {ran:?}");
        assert!(count < 10, "{what}: {count}");
    }
}

#[test]
fn locked_results_are_refused() {
    // Longer than another run takes to start.
    let server = Server::start(|_| Answer::UpdateAfter(Duration::from_secs(5)));
    let desk = Desk::new(many(1));
    let child = desk.bulk(&server.url, &[]).spawn().unwrap();
    server.wait_for(1);
    let ran = desk.run(&server.url, &[]).assert_status(2);
    let why = "results.jsonl cannot be used for the results: another run is using it; wait until it ends, or use another \
               file\n";
    assert_eq!(ran.err, why);
    Ran::after(child).assert_status(0);
    assert_eq!(server.count(), 1);
}

#[cfg(unix)]
#[test]
fn full_disk_stops_the_run_and_no_result_is_lost() {
    let server = Server::updating();
    let desk = Desk::new(many(200));
    let tool = desk.bulk(&server.url, &["--concurrency", "1", "--json"]);
    // The largest size of a file, in blocks of 512 bytes or 1 KiB.
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -f 8; exec \"$@\"", "sh"]).arg(tool.get_program()).args(tool.get_args());
    limited.current_dir(desk.path(""));
    crate::tool::with_account(&mut limited, &server.url);
    let ran = Ran::of(&mut limited).assert_status(1);
    assert_eq!(ran.json()["stopped"]["reason"], "results", "{ran:?}");
    let updated = server.count();
    assert!(updated < 100, "{updated}");
    let recorded = desk.outcomes().len();
    let shown = ran.err.lines().filter(|line| line.contains("\"outcome\":\"updated\"")).count();
    assert_eq!(recorded + shown, updated, "{}", ran.err);
    assert!(ran.err.contains("append them to results.jsonl"), "{}", ran.err);
    desk.run(&server.url, &[]).assert_status(0);
    assert!(server.count() <= 201, "{}", server.count());
}

#[test]
fn closed_standard_streams_do_not_end_the_run() {
    let (server, desk) = (Server::updating(), Desk::new(many(50)));
    let mut child = desk.bulk(&server.url, &[]).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    Ran::after(child).assert_status(0);
    assert_eq!(server.count(), 50);
}
