//! Running the tool, and what it leaves behind.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

const VARIABLES: [&str; 5] =
    ["CINNOX_BASE_URL", "CINNOX_APP_ID", "CINNOX_APP_TOKEN", "CINNOX_APP_TOKEN_FILE", "CINNOX_DESTINATION_ID"];

pub(crate) const TOKEN: &str = "token-of-app-1";

/// Answers of the API.
pub(crate) const WRONG: &str = r#"{"code":6451000,"message":"wrong parameter"}"#;
pub(crate) const THROTTLED: &str = r#"{"code":6451010,"message":"too many requests"}"#;

/// The columns that most tables have.
pub(crate) const HEADER: &str =
    "destination,displayName,supportLanguages,supportLocations,types,phoneTargets,staffTargets";

/// The tool, with none of the variables that it reads.
pub(crate) fn tool(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cinnox-destination"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// With the three variables of an account at this URL, and no others.
pub(crate) fn with_account<'a>(command: &'a mut Command, url: &str) -> &'a mut Command {
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.env("CINNOX_BASE_URL", url).env("CINNOX_APP_ID", "app-1").env("CINNOX_APP_TOKEN", TOKEN)
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
            assert!(!text.contains(TOKEN), "the token is shown: {text}");
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

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A count of the report, such as `updated`.
    #[track_caller]
    pub(crate) fn count(&self, name: &str) -> usize {
        let line = self.out.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        line.unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    /// The lines of the report that begin with this.
    pub(crate) fn lines(&self, begin: &str) -> Vec<&str> {
        self.out.lines().filter(|line| line.starts_with(begin)).collect()
    }
}

/// A folder with the updates of a test and their results.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    /// With the updates in `updates.csv`.
    pub(crate) fn new(updates: impl AsRef<[u8]>) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.write("updates.csv", updates);
        desk
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
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
        self.bulk_for("updates.csv", url, arguments)
    }

    pub(crate) fn run(&self, url: &str, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.bulk(url, arguments))
    }

    /// The records, without the account. A last line without a line feed is left out: a kill can cut off a write.
    pub(crate) fn records(&self) -> Vec<Value> {
        let text = self.read("results.jsonl");
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        whole.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Destination and outcome of each answer, in the order of the destinations.
    pub(crate) fn outcomes(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let records = self.records().into_iter();
        let mut outcomes: Vec<_> =
            records.filter_map(|record| Some((text(&record["destination"])?, text(&record["outcome"])?))).collect();
        outcomes.sort();
        outcomes
    }
}

/// A row for a destination.
pub(crate) fn row(destination: &str, name: &str) -> String {
    format!("{destination},{name},*,HK,STAFF,,staff-1\n")
}

/// A table with a row for each of the destinations.
pub(crate) fn table<'a>(destinations: impl IntoIterator<Item = &'a str>) -> String {
    let rows = destinations.into_iter().map(|destination| row(destination, &format!("Name of {destination}")));
    format!("{HEADER}\n{}", rows.collect::<String>())
}

pub(crate) fn many(count: usize) -> String {
    (1..=count).fold(format!("{HEADER}\n"), |mut text, number| {
        write!(text, "{}", row(&format!("dest-{number}"), &format!("Name {number}"))).unwrap();
        text
    })
}

/// The update of a [`row`].
pub(crate) fn update(name: &str) -> Value {
    json!({
        "displayName": name, "supportLanguages": ["*"], "supportLocations": ["HK"], "types": ["STAFF"],
        "staffTargets": ["staff-1"],
    })
}

pub(crate) fn pairs<'a>(outcomes: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    outcomes.into_iter().map(|(destination, outcome)| (destination.to_owned(), outcome.to_owned())).collect()
}

/// What Ctrl-C and its like do.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
