//! `check`: problems as text and as JSON.

use serde_json::{Value, json};

use crate::tool::{Desk, HEADER, Ran, row, update};

fn check_json(desk: &Desk, arguments: &[&str]) -> Value {
    let ran = Ran::of(&mut desk.tool(&[&["check", "--format", "json"], arguments].concat()));
    assert_eq!(ran.err, "");
    ran.json()
}

#[test]
fn problems_as_json_have_every_place() {
    let desk = Desk::new(format!("{HEADER}\n{}", row("a", "Night").replace("staff-1", "x;x")));
    let report = check_json(&desk, &["updates.csv"]);
    assert_eq!(
        report["problems"],
        json!([{
            "file": "updates.csv", "line": 2, "column": "staffTargets", "entry": 2, "pointer": "/staffTargets/1",
            "rule": "duplicate", "message": report["problems"][0]["message"],
        }])
    );
    desk.write(
        "a.jsonl",
        format!("{}\n{{\"destination\": 5}}\n", json!({ "destination": "a", "update": update(" ") })),
    );
    let report = check_json(&desk, &["a.jsonl"]);
    let places = report["problems"].as_array().unwrap().iter();
    let places: Vec<_> = places.map(|problem| (problem["line"].clone(), problem["pointer"].clone())).collect();
    let expected = [(1, "/update/displayName"), (2, "/destination"), (2, "/update")];
    assert_eq!(places, expected.map(|(line, pointer)| (json!(line), json!(pointer))));
}

#[test]
fn json_has_all_problems_and_text_the_first_hundred() {
    let rows: String = (1..=300).map(|number| row(&format!("d-{number}"), " ")).collect();
    let desk = Desk::new(format!("{HEADER}\n{rows}"));
    assert_eq!(check_json(&desk, &["updates.csv"])["problems"].as_array().unwrap().len(), 300);
    let ran = Ran::of(&mut desk.tool(&["check", "updates.csv"])).assert_status(2);
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!((lines.len(), lines[100]), (102, "… and 200 more; as JSON all are printed"));
    assert!(lines[99].starts_with("line 101, displayName: "), "{}", lines[99]);
    assert_eq!(lines[101], "300 problems; nothing was sent");
    assert!(ran.err.len() < 16 * 1024);
}

#[test]
fn json_is_printed_for_everything_that_is_refused() {
    let desk = Desk::new(format!("{HEADER}\n{}", row("a", " ")));
    let account = ["--base-url", "http://127.0.0.1:1", "--app-id", "a", "--dry-run"];
    for arguments in [
        &["bulk", "updates.csv", "--results", "r", "--json"][..],
        &[&["bulk", "none.csv", "--results", "r", "--json"], &account[..]].concat(),
        &[&["bulk", "updates.csv", "--results", "r", "--json"], &account[..]].concat(),
        &["update", "none.json", "--json"],
        &["update", "--json", "--speed"],
    ] {
        let ran = Ran::of(&mut desk.tool(arguments)).assert_status(2);
        let problems = ran.json()["problems"].as_array().unwrap().clone();
        let keys: Vec<_> = problems[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["column", "entry", "file", "line", "message", "pointer", "rule"], "{arguments:?}");
    }
    assert!(!desk.path("r").exists());
}

#[test]
fn several_files_and_kinds_are_checked_together() {
    let desk = Desk::new(format!("{HEADER}\n{}", row("a", "Night")));
    desk.write("one.json", serde_json::to_string_pretty(&update("Day")).unwrap());
    desk.write("lines.jsonl", json!({ "destination": "a", "update": update("Day") }).to_string());
    let ran = Ran::of(&mut desk.tool(&["check", "updates.csv", "one.json", "lines.jsonl"])).assert_status(0);
    assert_eq!(ran.out, "3 update(s) are valid\n");
    desk.write("one.json", update("").to_string());
    let ran = Ran::of(&mut desk.tool(&["check", "one.json", "none.csv"])).assert_status(2);
    assert!(ran.err.starts_with("one.json: /displayName: "), "{}", ran.err);
    assert!(ran.err.contains("\nnone.csv cannot be read: No such file"), "{}", ran.err);
}

#[test]
fn skipped_rule_is_no_problem() {
    let desk = Desk::new(format!("{HEADER}\n{}", row("a", "Night").replace("staff-1", "x;x")));
    Ran::of(&mut desk.tool(&["check", "updates.csv"])).assert_status(2);
    Ran::of(&mut desk.tool(&["check", "updates.csv", "--skip-rule", "duplicate"])).assert_status(0);
    Ran::of(&mut desk.tool(&["check", "updates.csv", "--skip-rule", "blank"])).assert_status(2);
    let mut document = update("Night ");
    document["$schema"] = json!("x");
    desk.write("one.json", document.to_string());
    Ran::of(&mut desk.tool(&["check", "one.json", "--skip-rule", "surrounding-white-space"])).assert_status(0);
    let ran = Ran::of(&mut desk.tool(&["check", "updates.csv", "--skip-rule", "too-long"])).assert_status(2);
    assert!(ran.err.contains("surrounding-white-space"), "{}", ran.err);
}
