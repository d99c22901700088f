//! What the tool prints about itself.

use std::process::Command;

use crate::tool::{Desk, Ran, tool};

#[test]
fn help_documents_options_columns_and_examples() {
    let long = Ran::of(&mut tool(&["--help"])).assert_status(0).out;
    let commands = ["update", "bulk", "check", "demo", "template", "schema", "completions", "man"];
    let words = [
        "Exit status:\n  0    everything",
        "3    the outcome",
        "130  interrupted",
        "CINNOX_APP_TOKEN_FILE",
        "Examples:",
    ];
    for expected in commands.iter().chain(&words) {
        assert!(long.contains(expected), "{expected:?} is not in {long}");
    }
    let bulk = Ran::of(&mut tool(&["bulk", "--help"])).assert_status(0).out;
    let words = [
        "--failed",
        "--all",
        "--yes",
        "--skip-rule",
        "--app-token-file",
        "Columns of a CSV file",
        "trunkTargets",
        "Examples:",
    ];
    for expected in words {
        assert!(bulk.contains(expected), "{expected:?} is not in {bulk}");
    }
}

#[test]
fn every_command_has_the_version() {
    // With the commit and the target.
    let version = env!("LONG_VERSION");
    for command in ["", "update", "bulk", "check", "demo", "template", "schema", "completions", "man"] {
        let arguments: Vec<_> = [command, "-V"].into_iter().filter(|argument| !argument.is_empty()).collect();
        let out = Ran::of(&mut tool(&arguments)).assert_status(0).out;
        assert!(out.starts_with("cinnox-destination") && out.contains(version), "{out}");
    }
}

#[test]
fn templates_are_valid() {
    for arguments in [&["template"][..], &["template", "--format", "csv"], &["template", "--format", "jsonl"]] {
        let template = Ran::of(&mut tool(arguments)).assert_status(0).out;
        assert_eq!(template.starts_with("destination,displayName,"), arguments.last() != Some(&"jsonl"), "{template}");
        let checked = Ran::with_input(&mut tool(&["check", "-"]), template.as_bytes()).assert_status(0);
        assert_eq!(checked.out, "1 update(s) are valid\n");
    }
}

#[test]
fn schema_is_one_object() {
    let schema = Ran::of(&mut tool(&["schema"])).assert_status(0).json();
    assert_eq!(schema["required"][0], "displayName");
}

#[test]
fn manual_pages_are_made() {
    let page = Ran::of(&mut tool(&["man"])).assert_status(0).out;
    assert!(page.contains(".TH cinnox-destination 1"), "{page}");
    let page = Ran::of(&mut tool(&["man", "bulk"])).assert_status(0).out;
    assert!(page.contains(".TH cinnox-destination-bulk 1") && page.contains("\\-\\-idempotent"), "{page}");
    let unknown = Ran::of(&mut tool(&["man", "none"])).assert_status(2);
    assert_eq!(unknown.err, "there is no command \"none\"; --help lists them\n");
}

#[test]
fn completions_are_made_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let text = Ran::of(&mut tool(&["completions", shell])).assert_status(0).out;
        assert!(text.contains("cinnox-destination") && text.contains("app-token-file"), "{shell}");
    }
}

/// What bash offers for the last of the words.
fn completed(desk: &Desk, words: &str) -> Option<String> {
    let script = r#"
        source completions.bash
        function=$(complete -p cinnox-destination | sed 's/.*-F \([^ ]*\).*/\1/')
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
        "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
        echo "${COMPREPLY[*]}""#;
    let mut bash = Command::new("bash");
    bash.args(["-c", script, "bash"]).args(words.split(' ')).current_dir(desk.path(""));
    // Where it is not installed there is nothing to try.
    bash.output().ok().map(|output| String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn bash_completes_behind_every_command() {
    let desk = Desk::new("");
    desk.write("completions.bash", Ran::of(&mut tool(&["completions", "bash"])).assert_status(0).out);
    let rows = [
        ("cinnox-destination bu", "bulk"),
        ("cinnox-destination bulk --res", "--results"),
        ("cinnox-destination bulk x.csv --results r --fai", "--failed"),
        ("cinnox-destination bulk --skip-rule not-", "not-a-code not-e164"),
        ("cinnox-destination update --dest", "--destination"),
        ("cinnox-destination check --format ", "human json"),
        ("cinnox-destination template --format c", "csv"),
        ("cinnox-destination completions f", "fish"),
    ];
    for (words, expected) in rows {
        let Some(offered) = completed(&desk, words) else { return };
        assert_eq!(offered, expected, "{words}");
    }
}

#[test]
fn demo_shows_an_update() {
    let desk = Desk::new("");
    let ran = Ran::of(&mut desk.tool(&["demo"])).assert_status(0);
    let first = "demo: sending to an in-memory server; nothing leaves this machine";
    assert_eq!((ran.out.lines().next(), ran.out.lines().last()), (Some(first), Some("updated destination dest-1")));
    for expected in [
        "\nsent:\nPATCH /v1/api/apps/mock-app/destination/dest-1\n",
        "\nauthorization: Bearer ***\n",
        "\nreceived: 200 OK with",
    ] {
        assert!(ran.out.contains(expected), "{expected:?} is not in {}", ran.out);
    }
    assert_eq!(std::fs::read_dir(desk.path("")).unwrap().count(), 1, "it writes no file");
}

#[test]
fn reader_that_goes_away_is_no_failure() {
    for arguments in [&["template"][..], &["schema"], &["completions", "bash"], &["--help"], &["demo"]] {
        let mut child = tool(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let ran = Ran::after(child).assert_status(0);
        assert_eq!(ran.err, "", "{arguments:?}");
    }
}
