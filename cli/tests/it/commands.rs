//! What the tool prints about itself.

use crate::tool::{Desk, Ran, tool};

#[test]
fn help_documents_every_option() {
    let long = Ran::of(&mut tool(&["--help"])).assert_status(0).out;
    let commands = ["update", "bulk", "check", "demo", "template", "schema", "completions", "man"];
    let words = [
        "Exit status:\n  0    success",
        "130  interrupted by Ctrl-C",
        "CINNOX_BASE_URL",
        "CINNOX_APP_ID",
        "CINNOX_APP_TOKEN",
    ];
    for expected in commands.iter().chain(&words) {
        assert!(long.contains(expected), "{expected:?} is not in {long}");
    }
    let bulk = Ran::of(&mut tool(&["bulk", "--help"])).assert_status(0).out;
    for expected in
        ["--results", "--concurrency", "--rate", "--idempotent", "--dry-run", "--json", "not sent", "512 MiB"]
    {
        assert!(bulk.contains(expected), "{expected:?} is not in {bulk}");
    }
    let update = Ran::of(&mut tool(&["update", "--help"])).assert_status(0).out;
    assert!(update.contains("CINNOX_DESTINATION_ID") && update.contains("outcome: unknown"), "{update}");
}

#[test]
fn version_is_package_version() {
    let version = format!("cinnox-destination {}\n", env!("LONG_VERSION"));
    assert!(env!("LONG_VERSION").starts_with(concat!(env!("CARGO_PKG_VERSION"), " (")));
    assert_eq!(Ran::of(&mut tool(&["--version"])).assert_status(0).out, version);
}

#[test]
fn template_is_valid() {
    let desk = Desk::new("");
    for format in ["csv", "jsonl"] {
        let template = Ran::of(&mut tool(&["template", "--format", format])).assert_status(0).out;
        let checked = Ran::with_input(&mut desk.tool(&["check", "-"]), template.as_bytes()).assert_status(0);
        assert_eq!(checked.out, "1 update(s) are valid\n");
    }
}

#[test]
fn prints_valid_json_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(&Ran::of(&mut tool(&["schema"])).assert_status(0).out).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"][0], "displayName");
}

#[test]
fn completions_and_manual_pages_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = Ran::of(&mut tool(&["completions", shell])).assert_status(0).out;
        assert!(text.contains("cinnox-destination") && text.contains("bulk"), "{shell}");
    }
    let page = Ran::of(&mut tool(&["man"])).assert_status(0).out;
    assert!(page.contains(".TH cinnox-destination 1") && page.contains("cinnox\\-destination\\-bulk"), "{page}");
    let page = Ran::of(&mut tool(&["man", "bulk"])).assert_status(0).out;
    assert!(page.contains(".TH cinnox-destination-bulk 1") && page.contains("\\-\\-idempotent"), "{page}");
    let unknown = Ran::of(&mut tool(&["man", "none"])).assert_status(2);
    assert_eq!(unknown.err, "there is no command \"none\"; --help lists them\n");
}
