//! Tables: good ones arrive unchanged, and damaged ones are refused with their place.

use serde_json::{Value, json};

use crate::server::Server;
use crate::tool::{Desk, HEADER, Ran, row, update};

const COLUMNS: &str =
    "destination, displayName, supportLanguages, supportLocations, types, phoneTargets, staffTargets, trunkTargets";

struct Good {
    what: &'static str,
    table: String,
    update: Value,
}

fn with(change: &Value) -> Value {
    let mut update = update("Night");
    update.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    update
}

#[test]
fn good_tables_arrive_unchanged() {
    let name = |name: &str| with(&json!({ "displayName": name }));
    let good = |what, table: String, update| Good { what, table, update };
    let plain = format!("{HEADER}\n{}", row("a", "Night"));
    let rows = [
        good("plain", plain.clone(), update("Night")),
        good("byte order mark and CRLF", format!("\u{feff}{}", plain.replace('\n', "\r\n")), update("Night")),
        good("no last line feed", plain.trim_end().to_owned(), update("Night")),
        good("semicolons", plain.replace(',', ";"), update("Night")),
        good("tabs", plain.replace(',', "\t"), update("Night")),
        good("blank rows", plain.replacen('\n', "\n\n,,,,,,\n , ,,,,,\n", 1), update("Night")),
        good("blank columns", plain.replace('\n', ",,\n"), update("Night")),
        good(
            "upper case and spaces",
            plain.replace(HEADER, &HEADER.to_uppercase().replace(',', " , ")),
            update("Night"),
        ),
        good("comments", format!("#who,{HEADER},#\nme,{}", row("a", "Night").replace('\n', ",x\n")), update("Night")),
        good(
            "comments with separators and a line break",
            plain
                .replace("destination", "\"#a;b;c;d;e;f;g;h\n\",destination")
                .replace("\na,", "\n\"x, \"\"y\"\",\nz\",a,"),
            update("Night"),
        ),
        good("name with #", format!("{HEADER}\n{}", row("a", "#24/7 VIP: Room:501")), name("#24/7 VIP: Room:501")),
        good(
            "other order, quoted cells",
            "\"staffTargets\",\"types\",supportLocations,supportLanguages,displayName,destination\n\
             staff-1,STAFF,HK,\"*\",\"Night\",\"a\"\n"
                .to_owned(),
            update("Night"),
        ),
        good("quote and comma", format!("{HEADER}\n{}", row("a", "\"Night, \"\"late\"\"\"")), name("Night, \"late\"")),
        good(
            "Excel's quoted semicolons",
            plain.replace(',', ";").replace("HK", "\"HK;CN\""),
            with(&json!({ "supportLocations": ["HK", "CN"] })),
        ),
        good(
            "line breaks in a list",
            plain.replace("staff-1", "\"x\r\ny\n\""),
            with(&json!({ "staffTargets": ["x", "y"] })),
        ),
        good("Thai", format!("{HEADER}\n{}", row("a", "กลางคืน #1 – „x“ & (y)!")), name("กลางคืน #1 – „x“ & (y)!")),
        good("null word as a name", format!("{HEADER}\n{}", row("a", "None")), name("None")),
        good(
            "codes like null words",
            plain.replace(",*,HK,", ",nan;na,NA,"),
            with(&json!({ "supportLanguages": ["nan", "na"], "supportLocations": ["NA"] })),
        ),
        good(
            "IDs like numbers",
            plain.replace("staff-1", "007;1E5;10.0.0.1"),
            with(&json!({ "staffTargets": ["007", "1E5", "10.0.0.1"] })),
        ),
    ];
    for Good { what, table, update } in rows {
        let (server, desk) = (Server::updating(), Desk::new(table));
        let ran = desk.run(&server.url, &[]).assert_status(0);
        assert_eq!((server.held().remove("a"), &*ran.err), (Some(update), ""), "{what}");
    }
}

struct Bad {
    what: &'static str,
    table: String,
    problems: Vec<String>,
}

impl Bad {
    /// A table with one good row, in which this is replaced.
    fn new(what: &'static str, from: &str, to: &str, problems: &[&str]) -> Self {
        let table = format!("{HEADER}\n{}{}", row("a", "Night"), row("b", "Day"));
        assert!(table.contains(from), "{what}");
        Self {
            what,
            table: table.replacen(from, to, 1),
            problems: problems.iter().map(|&text| text.to_owned()).collect(),
        }
    }
}

const JSON: &str = "; if it is meant, use JSON Lines";
const REST: &str = "; the lines behind it were not checked";

#[test]
fn damaged_tables_are_refused_with_their_place() {
    let error = "is a spreadsheet's error value; enter the value again";
    let changed =
        "is a number that a spreadsheet or another tool changed; format the column as text and enter it again";
    let behind = "goes on behind a closing quotation mark; close each mark, and double those inside";
    let rows = [
        Bad::new(
            "unclosed quote",
            "staff-1\nb",
            "\"staff-1\nb",
            &[&format!(
                "line 2, staffTargets: cell 7 begins with a quotation mark that is never closed; close it{REST}"
            )],
        ),
        Bad::new(
            "quote closed in another row",
            "staff-1\nb,Day",
            "\"staff-1\nb,\"Day\"",
            &[&format!("line 2, staffTargets: cell 7 {behind}{REST}")],
        ),
        Bad::new(
            "quote in the middle",
            "Day",
            "5\" Day",
            &[&format!(
                "line 3, displayName: cell 2 contains a quotation mark, but is not quoted; quote the whole cell and double the mark{REST}"
            )],
        ),
        Bad::new(
            "space before the quote",
            "Day",
            " \"Day\"",
            &[&format!(
                "line 3, displayName: cell 2 contains a quotation mark, but is not quoted; quote the whole cell and double the mark{REST}"
            )],
        ),
        Bad::new(
            "carriage return alone",
            "\nb",
            "\rb",
            &[&format!(
                "line 2, staffTargets: cell 7 is followed by a carriage return alone; save the file with LF or CRLF line ends{REST}"
            )],
        ),
        Bad::new("line break in a cell before", "staff-1\nb,Day", "\"x\ny\"\nb, Day", &["line 3, displayName: "]),
        Bad::new(
            "two lines for a destination",
            "b,Day",
            "a,Day",
            &["line 3, destination: a is also in line 2; write one line per destination"],
        ),
        Bad::new(
            "several destinations",
            "b,Day",
            "b;c,Day",
            &[&format!("line 3, destination: \"b;c\" looks like several destinations; write a line for each{JSON}")],
        ),
        Bad::new("error value in a name", "Day", "#NOM?", &[&format!("line 3, displayName: \"#NOM?\" {error}{JSON}")]),
        Bad::new(
            "error value in a list",
            "HK",
            "CN;#REF!",
            &[&format!("line 2, supportLocations, entry 2: \"#REF!\" {error}{JSON}")],
        ),
        Bad::new(
            "changed numbers",
            "b,Day,*,HK,STAFF,,staff-1",
            "1.23E+15,Day,*,HK,PHONE;STAFF,8.5E+10,12.0",
            &[
                &format!("line 3, destination: \"1.23E+15\" {changed}{JSON}"),
                &format!("line 3, phoneTargets, entry 1: \"8.5E+10\" {changed}{JSON}"),
                &format!("line 3, staffTargets, entry 1: \"12.0\" {changed}{JSON}"),
            ],
        ),
        Bad::new(
            "null words",
            "b,Day,*,HK",
            "NULL,Day,None,(null)",
            &[
                &format!("line 3, destination: \"NULL\" stands for no value; leave the cell empty{JSON}"),
                &format!("line 3, supportLanguages, entry 1: \"None\" stands for no value; leave the cell empty{JSON}"),
                &format!(
                    "line 3, supportLocations, entry 1: \"(null)\" stands for no value; leave the cell empty{JSON}"
                ),
            ],
        ),
        Bad::new(
            "other separators",
            "staff-1",
            "x、y;“z”",
            &[
                &format!(
                    "line 2, staffTargets, entry 1: \"x、y\" looks like several values; separate them with a semicolon, or remove what separates the parts of one{JSON}"
                ),
                &format!("line 2, staffTargets, entry 2: \"“z”\" contains a quotation mark; remove it{JSON}"),
            ],
        ),
        Bad::new(
            "too many cells",
            "Day",
            "Day, late",
            &[
                "line 3: has 8 cells, but the header has 7; quote cells that contain the separator, and write empty cells",
            ],
        ),
        Bad::new(
            "too few cells",
            ",staff-1\nb",
            "\nb",
            &[
                "line 2: has 6 cells, but the header has 7; quote cells that contain the separator, and write empty cells",
            ],
        ),
        Bad::new("destroyed text", "Day", "D\u{fffd}y", &["line 3, displayName: "]),
        Bad::new(
            "wrong type beside others",
            "b,Day,*,HK,STAFF",
            "b, Day,*,HK,STAF",
            &["line 3, types, entry 1: ", "line 3, displayName: "],
        ),
        Bad::new(
            "unknown and double header",
            "phoneTargets",
            "notes,types",
            &[
                &format!(
                    "line 1: unknown column \"notes\"; the columns are {COLUMNS}; put # before the name of a column to ignore it"
                ),
                "line 1: the column types occurs twice; remove one",
            ],
        ),
        Bad::new(
            "blank first row",
            "destination",
            ",,\ndestination",
            &["line 1: is blank; write the names of the columns in the first row"],
        ),
        Bad::new(
            "missing column",
            "displayName",
            "#displayName",
            &["line 1: the header lacks displayName; `template` prints all columns"],
        ),
        Bad::new(
            "column without a name",
            "phoneTargets",
            "",
            &["line 2: cell 6 is in a column without a name; name it, or empty the cell"],
        ),
    ];
    let swallowed = "holds a line break and a separator, as if a quotation mark were not closed; close it, \
                     or use only one of the two in the cell";
    let rows = rows.into_iter().chain(
        [
            // The name of the column, a list of the first line that opens a quotation mark, and one that closes it.
            ("list closed in another row", "staffTargets", "\"staff-1", "staff-1\"", "staffTargets"),
            ("comment closed in another row", "#note", "\"x", "x\"", "#note"),
            ("comment closed behind carriage returns", "#note", "\"x", "x\"", "#note"),
        ]
        .map(|(what, column, first, second, place)| {
            let header = "destination;displayName;supportLanguages;supportLocations;types;staffTargets;phoneTargets";
            let header = if column == "#note" { format!("{header};#note") } else { header.to_owned() };
            let line = |id: &str, last: &str| match column {
                "#note" => format!("{id};Night;*;HK;STAFF;s;;{last}"),
                _ => format!("{id};Night;*;HK;STAFF;{last};"),
            };
            let end = if what.ends_with("returns") { '\r' } else { '\n' };
            let table = format!("{header}\n{}{end}{}{end}{}\n", line("a", first), line("b", "z"), line("c", second));
            Bad { what, table, problems: vec![format!("line 2, {place}: {swallowed}")] }
        }),
    );
    for Bad { what, mut table, problems } in rows {
        if what == "column without a name" {
            table = table.replacen("STAFF,,", "STAFF,5,", 1);
        }
        let desk = Desk::new(table);
        let ran = Ran::of(&mut desk.tool(&["check", "updates.csv"])).assert_status(2);
        let mut lines: Vec<_> = ran.err.lines().collect();
        let count = lines.pop().unwrap();
        assert!(count.ends_with("; nothing was sent") && ran.out.is_empty(), "{what}: {ran:?}");
        assert_eq!(lines.len(), problems.len(), "{what}: {lines:#?}");
        for (line, problem) in lines.iter().zip(&problems) {
            assert!(line.starts_with(problem), "{what}: {line}\n{problem}");
        }
    }
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let rows: [(&[u8], &str); 8] = [
        (b"PK\x03\x04xl/", "is a workbook (xlsx or ods) or another ZIP file; save the sheet as \"CSV UTF-8\""),
        (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (xls); save the sheet as \"CSV UTF-8\""),
        (b"\xff\xfed\0", "is UTF-16 (\"Unicode text\"), UTF-32 or no text; save it as UTF-8 (\"CSV UTF-8\")"),
        (
            b"destination\nD\xe9\n",
            "is not UTF-8 from byte 14 on, perhaps Windows-1252 or Shift-JIS; save it as UTF-8 (\"CSV UTF-8\")",
        ),
        (b" [{}]", "is a JSON array; write one object per line, for example with: jq -c '.[]'"),
        (b"sep=;\ndestination", "begins with a line sep=, which only Excel knows; remove that line"),
        (b"<table>", "is HTML or XML; save the sheet as \"CSV UTF-8\""),
        (b"", "has no update; `template` prints an example"),
    ];
    for (content, problem) in rows {
        let desk = Desk::new(content);
        let ran = Ran::of(&mut desk.tool(&["check", "updates.csv"])).assert_status(2);
        let expected = format!("updates.csv {problem}\n1 problem; nothing was sent\n");
        assert_eq!(ran.err, expected);
    }
}

#[test]
fn warns_of_numbers_without_plus_also_if_quiet() {
    let phones = |id: &str, number: &str| format!("{id},Night,*,HK,PHONE,{number},\n");
    let numbers = ["85212345678", "+85212345678", "85212345678", "85212345679", "85212345680"];
    let rows: String = (0..).zip(numbers).map(|(index, number)| phones(&format!("d-{index}"), number)).collect();
    let (server, desk) = (Server::updating(), Desk::new(format!("{HEADER}\n{rows}")));
    let ran = desk.run(&server.url, &["--quiet"]).assert_status(0);
    let warning = "warning: updates.csv: 4 line(s) have numbers without + (spreadsheets remove it); they are sent as they \
                   are: line 2, 4-6\n";
    assert_eq!((&*ran.err, &*ran.out, server.count()), (warning, "", 5));
}

#[test]
fn json_lines_hold_what_a_table_refuses() {
    let update = json!({
        "displayName": "#REF!", "supportLanguages": ["*"], "supportLocations": ["HK"], "types": ["STAFF"],
        "staffTargets": ["null", "a,b", "12.0", "x y"],
    });
    let desk = Desk::new("");
    desk.write("updates.jsonl", format!("\n{}\r\n", json!({ "destination": "12.0", "update": update })));
    let server = Server::updating();
    Ran::of(&mut desk.bulk_for("updates.jsonl", &server.url, &[])).assert_status(0);
    assert_eq!(server.held().remove("12.0"), Some(update));
    assert_eq!(desk.records()[1]["line"], 2);
}

#[test]
fn input_from_a_pipe_is_limited() {
    let desk = Desk::new("");
    let table = format!("{HEADER}\n{}", row("a", "Night"));
    let ran = Ran::with_input(&mut desk.tool(&["check", "-"]), table.as_bytes()).assert_status(0);
    assert_eq!(ran.out, "1 update(s) are valid\n");
    let large = vec![b'x'; 64 * 1024 * 1024 + 1];
    let ran = Ran::with_input(&mut desk.tool(&["check", "-"]), &large).assert_status(2);
    assert!(ran.err.starts_with("standard input cannot be read: it is larger than 64 MiB; split it\n"), "{}", ran.err);
}
