//! `check`: what is wrong with updates, without a network.

use serde_json::Value;

use crate::tool::{Desk, Ran, many};

const UPDATE: &str = "{\n  \"displayName\": \"Night shift\", \"supportLanguages\": [\"*\"], \"supportLocations\": [\"HK\"],\n  \
                      \"types\": [\"STAFF\"], \"staffTargets\": [\"staff-1\"]\n}\n";

const TABLE: &str = "destination,displayName,supportLanguages,supportLocations,types,phoneTargets\n\
                     a,Night,*,HK,PHONE,4.479E+11\nb,Night,*,HK,PHONE,+85212345678\n";

#[test]
fn files_in_each_format_are_right() {
    let desk = Desk::new(many(3));
    desk.write("update.json", UPDATE);
    desk.write("table.csv", TABLE.replace("4.479E+11", "+447911123456"));
    let ran = Ran::of(&mut desk.tool(&["check", "updates.jsonl", "update.json", "table.csv"])).assert_status(0);
    assert_eq!((&*ran.out, &*ran.err), ("6 update(s) are valid\n", ""));
    let piped = Ran::with_input(&mut desk.tool(&["check", "-"]), UPDATE.as_bytes()).assert_status(0);
    assert_eq!(piped.out, "1 update(s) are valid\n");
    let quiet = Ran::of(&mut desk.tool(&["check", "-q", "update.json"])).assert_status(0);
    assert_eq!(quiet.out, "");
}

#[test]
fn many_problems_are_counted_and_the_first_ones_shown() {
    let desk = Desk::new("{}\n".repeat(1_000));
    let ran = Ran::of(&mut desk.tool(&["check", "updates.jsonl"])).assert_status(2);
    assert_eq!(ran.err.lines().count(), 52);
    assert!(ran.err.ends_with("… and 950 more\n1000 invalid line(s)\n"), "{}", ran.err);
}

#[test]
fn problems_name_their_file_where_there_are_several() {
    let desk = Desk::new("{}\n{}\n");
    desk.write("update.json", UPDATE.replace("Night shift", " "));
    let ran = Ran::of(&mut desk.tool(&["check", "updates.jsonl", "update.json"])).assert_status(2);
    assert!(ran.err.starts_with("updates.jsonl: line 1: column 2: `destination` is missing; "), "{}", ran.err);
    assert!(ran.err.contains("\nupdate.json: /displayName: \" \" is blank; "), "{}", ran.err);
}

#[test]
fn files_that_cannot_be_opened_are_problems_like_others() {
    let desk = Desk::new(many(1) + "{}\n");
    let ran = Ran::of(&mut desk.tool(&["check", "none.json", "updates.jsonl"])).assert_status(2);
    assert!(ran.err.starts_with("none.json cannot be read: No such file"), "{}", ran.err);
    assert!(ran.err.contains("\nupdates.jsonl: line 2: ") && ran.err.ends_with("\n1 invalid line(s)\n"), "{}", ran.err);
    let ran = Ran::of(&mut desk.tool(&["check", "--format", "json", "updates.jsonl", "none.json"])).assert_status(2);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["updates"], &report["problems"][1]["file"]), (&2.into(), &"none.json".into()));
    assert_eq!((report["problems"].as_array().unwrap().len(), &*ran.err), (2, ""));
}

#[test]
fn an_update_in_one_long_line_is_a_document() {
    let desk = Desk::new("");
    let update = UPDATE.replace('\n', "");
    let names: Vec<_> = (0..10_000).map(|number| format!("\"staff-{number}\"")).collect();
    desk.write("long.json", update.replace("\"staff-1\"", &names.join(",")));
    let ran = Ran::of(&mut desk.tool(&["check", "long.json"])).assert_status(0);
    assert_eq!(ran.out, "1 update(s) are valid\n");
    desk.write("wrong.json", update.replace("\"staff-1\"", &vec!["\"staff-1\""; 10_001].join(",")));
    let ran = Ran::of(&mut desk.tool(&["check", "wrong.json"])).assert_status(2);
    assert!(ran.err.starts_with("/staffTargets/1: \"staff-1\" is already at "), "{}", ran.err);
    assert!(ran.err.ends_with("\n… and 9950 more\n"), "{}", ran.err);
}

#[test]
fn an_input_without_an_update_is_a_problem() {
    let desk = Desk::new("");
    for (name, content) in [("empty.jsonl", ""), ("blank.jsonl", "\n\r\n\n"), ("empty.csv", ""), ("header.csv", TABLE)]
    {
        desk.write(name, if name == "header.csv" { content.lines().next().unwrap() } else { content });
        let ran = Ran::of(&mut desk.tool(&["check", name])).assert_status(2);
        assert_eq!(ran.err, format!("{name} has no update; `template` prints an example\n"));
    }
    let ran = Ran::of(&mut desk.tool(&["check", "-"])).assert_status(2);
    assert_eq!(ran.err, "standard input has no update; `template` prints an example\n");
}

#[test]
fn problems_can_be_read_by_programs() {
    let desk = Desk::new("");
    desk.write("table.csv", TABLE);
    desk.write("update.json", UPDATE.replace("\"HK\"", "\"HK\", \"HK\""));
    let ran = Ran::of(&mut desk.tool(&["check", "--format", "json", "table.csv", "update.json"])).assert_status(2);
    assert_eq!(ran.err, "");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let rounded =
        "\"4.479E+11\" is a number that a spreadsheet has rounded; format the column as text and enter it again";
    assert_eq!(
        report,
        serde_json::json!({
            "updates": 3,
            "problems": [
                { "file": "table.csv", "line": 2, "pointer": "/phoneTargets/0", "rule": null, "message": rounded },
                {
                    "file": "update.json", "line": null, "pointer": "/supportLocations/1", "rule": "duplicate",
                    "message": "\"HK\" is already at /supportLocations/0; remove one of the two",
                },
            ],
            "more": 0,
            "notes": [],
        })
    );
}

#[test]
fn numbers_that_may_have_lost_their_plus_are_mentioned() {
    let desk = Desk::new("");
    desk.write("table.csv", TABLE.replace("4.479E+11", "447911123456;85212345678"));
    let ran = Ran::of(&mut desk.tool(&["check", "table.csv"])).assert_status(0);
    let note = "table.csv has 2 number(s) without a leading + (spreadsheets remove it); they are sent unchanged\n";
    assert_eq!(ran.err, note);
    let table = "destination,displayName,supportLanguages,supportLocations,types,staffTargets\n\
                 a,Night,*,HK,STAFF,\"staff-1, staff-2\"\n";
    desk.write("table.csv", table);
    let ran = Ran::of(&mut desk.tool(&["check", "table.csv"])).assert_status(0);
    let note = "table.csv has 1 staff ID(s) with a comma; separate IDs with ;\n";
    assert_eq!(ran.err, note);
}
