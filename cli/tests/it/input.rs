//! What is wrong with the input is found before the first request.

use crate::{
    server::Server,
    tool::{Desk, Ran, line, lines, tool, with_account},
};

#[test]
fn everything_that_is_wrong_is_found_before_the_first_request() {
    let server = Server::updating();
    let wrong = line("a", 1)
        + "{\"destination\": \"../a\", \"update\": {\"displayName\": \" x\", \"supportLanguages\": [\"*\"], \
           \"supportLocations\": [\"HK\"], \"types\": [\"PHONE\"], \"phoneTargets\": [\"12\"]}}\n"
        + "{\"destination\": \"a\"}\n{\"destination\": 5, \"update\": {}}\n[]\nnonsense\n"
        + "{\"destination\": \"a\", \"update\": {\"displayname\": \"x\"}}\n";
    let desk = Desk::new(wrong);
    let ran = desk.run(&server.url, &[]).assert_status(2);
    let expected = [
        "line 2: /destination: the destination ID contains '/' at byte 2",
        "line 2: /update/displayName: \" x\" begins or ends with white space",
        "line 2: /update/phoneTargets/0: \"12\" is not a number with country code",
        "line 3: column 20: `update` is missing; write",
        "line 4: /destination: 5 is a number; put it in quotes: \"5\"",
        "line 4: /update: ",
        "line 5: is not an object; write",
        "line 6: is not an object; write",
        "line 7: /update/displayname: column 48: `displayname` is not a field of an update; did you mean `displayName`?",
        "6 invalid line(s); nothing was sent",
    ];
    assert_eq!(ran.err.lines().count(), expected.len(), "{}", ran.err);
    for (line, expected) in ran.err.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}\n{expected}");
    }
    assert_eq!(server.count(), 0);
    assert!(!desk.path("results.jsonl").exists());
}

struct Row {
    what: &'static str,
    file: &'static str,
    content: Vec<u8>,
    hint: String,
}

#[test]
fn a_file_that_is_wrong_as_a_whole_gets_one_sentence() {
    let updates = lines(["a", "b", "c"]);
    let utf_16: Vec<u8> = std::iter::once(0xfeff).chain(updates.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let values: Vec<serde_json::Value> = updates.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let pretty = values.iter().fold(String::new(), |text, value| format!("{text}{value:#}\n"));
    let latin = b"destination,displayName,supportLanguages,supportLocations,types,staffTargets\na,N\xe4chte,*,*,STAFF,x\nb,\xe4,*,*,STAFF,x\n";
    let header = "destination,name,supportLanguages,supportLocations,types\na,b,*,*,STAFF\n";
    let template = Ran::of(&mut tool(&["template", "--format", "csv"])).out;
    let names = template.lines().next().unwrap().replace(',', ", ");
    let rows = [
        Row {
            what: "UTF-16",
            file: "a.jsonl",
            content: utf_16,
            hint: "a.jsonl is UTF-16 or UTF-32; save it as UTF-8\n".to_owned(),
        },
        Row {
            what: "an array",
            file: "a.json",
            content: serde_json::to_vec(&values).unwrap(),
            hint: "a.json is a JSON array; write one object per line, for example with: jq -c '.[]'\n".to_owned(),
        },
        Row {
            what: "pretty-printed",
            file: "a.jsonl",
            content: pretty.into(),
            hint: "a.jsonl is pretty-printed JSON; write each object on a line of its own, for example with: jq -c .\n"
                .to_owned(),
        },
        Row {
            what: "carriage returns",
            file: "a.jsonl",
            content: updates.replace('\n', "\r").into(),
            hint: "a.jsonl has lines that end with a carriage return alone; save it with LF or CRLF\n".to_owned(),
        },
        Row {
            what: "two byte order marks",
            file: "a.jsonl",
            content: format!("\u{feff}\u{feff}{updates}").into(),
            hint: "a.jsonl begins with two byte order marks; save it as UTF-8 with one or none\n".to_owned(),
        },
        Row {
            what: "a workbook",
            file: "a.csv",
            content: b"PK\x03\x04\x14\0".to_vec(),
            hint: "a.csv is a workbook or another ZIP file; save the sheet as \"CSV UTF-8\"\n".to_owned(),
        },
        Row {
            what: "one update",
            file: "a.json",
            content: format!("{:#}", values[0]["update"]).into(),
            hint: "a.json is one JSON document; write each update on a line of its own, with its destination\n"
                .to_owned(),
        },
        Row {
            what: "JSON Lines",
            file: "a.csv",
            content: updates.clone().into(),
            hint: "a.csv is JSON, not CSV; rename it to end with .jsonl\n".to_owned(),
        },
        Row {
            what: "a title",
            file: "a.csv",
            content: format!("Destinations,,,,\n{template}").into(),
            hint: "a.csv has a row above the header; remove it\n".to_owned(),
        },
        Row {
            what: "nothing",
            file: "a.jsonl",
            content: b"\n\n".to_vec(),
            hint: "a.jsonl has no update; `template` prints an example\n".to_owned(),
        },
        Row {
            what: "a header alone",
            file: "a.csv",
            content: template.lines().next().unwrap().into(),
            hint: "a.csv has no update; `template` prints an example\n".to_owned(),
        },
        Row {
            what: "Latin-1",
            file: "a.csv",
            content: latin.to_vec(),
            hint: "a.csv cannot be read: line 2 is not UTF-8 in cell 2; save it as \"CSV UTF-8\"\n".to_owned(),
        },
        Row {
            what: "an unknown column",
            file: "a.csv",
            content: header.into(),
            hint: format!(
                "line 1: unknown column(s) \"name\"; the columns are {names}\nline 1: missing column(s) displayName\n1 invalid \
                 line(s); nothing was sent\n"
            ),
        },
    ];
    for Row { what, file, content, hint } in rows {
        let desk = Desk::new("");
        desk.write(file, content);
        let ran = Ran::of(&mut desk.bulk_for(file, "http://127.0.0.1:1", &[])).assert_status(2);
        assert_eq!(ran.err, hint, "{what}");
    }
}

#[test]
fn an_empty_input_is_not_overwritten_by_its_results() {
    let desk = Desk::new("");
    let mut command = desk.tool(&["bulk", "updates.jsonl", "--results", "updates.jsonl"]);
    let ran = Ran::of(with_account(&mut command, "http://127.0.0.1:1")).assert_status(2);
    assert_eq!(ran.err, "updates.jsonl has no update; `template` prints an example\n");
    assert_eq!(std::fs::read(desk.path("updates.jsonl")).unwrap(), b"");
}

#[test]
fn skips_one_byte_order_mark() {
    let server = Server::updating();
    let marked = format!("\u{feff}{}", lines(["a", "b"]));
    Desk::new(&marked).run(&server.url, &[]).assert_status(0);
    assert_eq!(server.count(), 2);
    let ran = Desk::new(marked.repeat(2)).run(&server.url, &[]).assert_status(2);
    let problem = "line 3: begins with a byte order mark (were files concatenated?); remove it\n";
    assert!(ran.err.starts_with(problem), "{}", ran.err);
}

#[test]
fn a_line_that_is_too_long_is_named() {
    let desk = Desk::new(line("a", 1) + &"x".repeat(3 << 20) + "\n{}\n");
    let ran = desk.run("http://127.0.0.1:1", &[]).assert_status(2);
    let begin = "line 2: is longer than 1048576 bytes; write one update per line\nline 3: ";
    assert!(ran.err.starts_with(begin), "{}", ran.err);
}

#[test]
fn a_key_with_control_characters_is_shown_escaped() {
    let desk = Desk::new("{\"a\\n\\u001b\": 1}\n{\"destination\": \"a\", \"update\": {\"b\\n\\u001b\": 1}}\n");
    let ran = desk.run("http://127.0.0.1:1", &[]).assert_status(2);
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].starts_with(r"line 1: /a\n\u{1b}: column "), "{}", lines[0]);
    assert!(lines[1].starts_with(r"line 2: /update/b\n\u{1b}: column "), "{}", lines[1]);
}
