//! Running the tool, and what it leaves behind.

use std::{
    fs,
    io::Write,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

const VARIABLES: [&str; 4] = ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN", "CINNOX_DESTINATION_ID"];

pub(crate) const WRONG: &str = r#"{"code":6451000,"message":"wrong parameter"}"#;

/// The tool, with none of the variables that it reads.
pub(crate) fn tool(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cinnox-destination"));
    for name in VARIABLES.iter().chain(&["NO_COLOR", "CLICOLOR_FORCE"]) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// With the three variables of an account at this URL.
pub(crate) fn with_account<'a>(command: &'a mut Command, url: &str) -> &'a mut Command {
    command.env("CINNOX_BASE_URL", url).env("CINNOX_APP_ID", "app-1").env("CINNOX_APP_TOKEN", "token-of-app-1")
}

/// What the tool left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        for text in [&out, &err] {
            assert!(!text.contains("token-of-app-1"), "the token is shown: {text}");
        }
        Self { status: output.status.code(), out, err }
    }
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        command.output().unwrap().into()
    }

    /// With this on standard input.
    pub(crate) fn with_input(command: &mut Command, input: &[u8]) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        // A program that has no use for its input may be gone before it is written.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap().into()
    }

    pub(crate) fn after(child: Child) -> Self {
        child.wait_with_output().unwrap().into()
    }

    #[track_caller]
    pub(crate) fn assert_status(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        self
    }

    /// A line of the summary, such as `updated`.
    #[track_caller]
    pub(crate) fn summary(&self, name: &str) -> &str {
        let line = self.out.lines().find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("no {name} in {self:?}"))[name.len()..].trim_start()
    }
}

/// A folder with the updates of a test and their results.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new(updates: impl AsRef<[u8]>) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("updates.jsonl", updates);
        desk
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn tool(&self, arguments: &[&str]) -> Command {
        let mut command = tool(arguments);
        command.current_dir(self.folder.path());
        command
    }

    /// `bulk` for a file of this folder and an account at this URL.
    pub(crate) fn bulk_for(&self, updates: &str, url: &str, arguments: &[&str]) -> Command {
        let mut command = self.tool(&["bulk", updates, "--results", "results.jsonl"]);
        with_account(command.args(arguments), url);
        command
    }

    pub(crate) fn bulk(&self, url: &str, arguments: &[&str]) -> Command {
        self.bulk_for("updates.jsonl", url, arguments)
    }

    pub(crate) fn run(&self, url: &str, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.bulk(url, arguments))
    }

    pub(crate) fn results_text(&self) -> String {
        fs::read_to_string(self.path("results.jsonl")).unwrap_or_default()
    }

    /// The results, without the first line and without what is said of lines that had not ended. A last line without a
    /// line feed is left out: `kill -9` can cut off a write at the end of a page.
    pub(crate) fn results(&self) -> Vec<Value> {
        let text = self.results_text();
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let lines = whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line["outcome"].is_string()).collect()
    }

    /// Line and outcome of each result, as they were written.
    pub(crate) fn outcomes(&self) -> Vec<(u64, String)> {
        let results = self.results();
        let pair = |result: &Value| (result["line"].as_u64().unwrap(), result["outcome"].as_str().unwrap().to_owned());
        results.iter().map(pair).collect()
    }

    pub(crate) fn sorted_outcomes(&self) -> Vec<(u64, String)> {
        let mut outcomes = self.outcomes();
        outcomes.sort();
        outcomes
    }
}

/// A line for a destination; the mark ends up in the display name.
pub(crate) fn line(destination: &str, mark: usize) -> String {
    let update = json!({
        "displayName": format!("Mark {mark}"), "supportLanguages": ["*"], "supportLocations": ["HK"],
        "types": ["STAFF"], "staffTargets": ["staff-1"],
    });
    format!("{}\n", json!({ "destination": destination, "update": update }))
}

/// A line for each of the destinations, marked with its number.
pub(crate) fn lines<'a>(destinations: impl IntoIterator<Item = &'a str>) -> String {
    destinations.into_iter().enumerate().map(|(index, destination)| line(destination, index + 1)).collect()
}

pub(crate) fn many(count: usize) -> String {
    (1..=count).fold(String::new(), |text, number| text + &line(&format!("dest-{number}"), number))
}

pub(crate) fn mark(update: &Value) -> usize {
    update["displayName"].as_str().and_then(|name| name.strip_prefix("Mark ")?.parse().ok()).unwrap_or_default()
}

pub(crate) fn pairs<'a, T>(outcomes: impl IntoIterator<Item = (T, &'a str)>) -> Vec<(T, String)> {
    outcomes.into_iter().map(|(line, outcome)| (line, outcome.to_owned())).collect()
}

/// What Ctrl-C and its like do.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
