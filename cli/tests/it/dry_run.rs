//! `--dry-run`: what would be sent.

use serde_json::Value;

use crate::{
    server::Server,
    tool::{Desk, Ran, line, lines, with_account},
};

#[test]
fn shows_the_request_and_sends_nothing() {
    let server = Server::updating();
    let desk = Desk::new("");
    let update = r#"{"displayName":"Mark 1","staffTargets":["staff-1"],"supportLanguages":["*"],"supportLocations":["HK"],"types":["STAFF"]}"#;
    let mut command = desk.tool(&["update", "--dry-run", "--destination", "dest-1", "-"]);
    let ran = Ran::with_input(with_account(&mut command, &server.url), update.as_bytes()).assert_status(0);
    let host = server.url.trim_start_matches("http://");
    assert!(
        ran.out.starts_with(&format!("PATCH {}/v1/api/apps/app-1/destination/dest-1\n", server.url)),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("\nauthorization: Bearer ***\n") && ran.out.contains(&format!("\nhost: {host}\n")),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with(&format!("\n\n{update}\n")), "{}", ran.out);
    assert_eq!((&*ran.err, server.count()), ("nothing was sent\n", 0));

    let mut command = desk.tool(&["update", "--dry-run", "--json", "--destination", "dest-1", "-"]);
    let ran = Ran::with_input(with_account(&mut command, &server.url), update.as_bytes()).assert_status(0);
    let request: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&request["method"], &request["headers"]["authorization"]), (&"PATCH".into(), &"Bearer ***".into()));
    assert_eq!(request["url"], format!("{}/v1/api/apps/app-1/destination/dest-1", server.url));
    assert_eq!(request["body"], serde_json::from_str::<Value>(update).unwrap());
}

#[test]
fn shows_the_lines_that_are_not_done() {
    let server = Server::updating();
    let desk = Desk::new(lines(["a", "b"]));
    desk.run(&server.url, &[]).assert_status(0);
    let before = desk.results_text();
    desk.write("updates.jsonl", lines(["a", "b", "c"]) + &line("d", 4));
    let ran = desk.run(&server.url, &["--dry-run"]).assert_status(0);
    let url = format!("PATCH {}/v1/api/apps/app-1/destination", server.url);
    assert!(ran.out.starts_with(&format!("line 3: {url}/c\n")) && ran.out.contains("Bearer ***"), "{}", ran.out);
    assert!(ran.out.contains(&format!("\nline 4: {url}/d {{\"displayName\":\"Mark 4\"")), "{}", ran.out);
    let ran = desk.run(&server.url, &["--dry-run", "--json"]).assert_status(0);
    let requests: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names = requests.iter().map(|line| (&line["line"], &line["request"]["body"]["displayName"]));
    assert_eq!(names.collect::<Vec<_>>(), [(&3.into(), &"Mark 3".into()), (&4.into(), &"Mark 4".into())]);
    assert_eq!((desk.results_text(), server.count()), (before, 2));
}
