//! Many updates from a file: the command-line tool, a loop over the library, and hand-written scripts. They
//! alternate, and are timed as whole processes.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, thread};

use cinnox_destination::{DestinationId, DestinationUpdate};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Result, calls::Ours, confirmed, median, memory::status_line, runtime, samples, server, times};

const CONCURRENCY: usize = 64;
const LINES: u32 = 10_000;
const MANY_LINES: u32 = 200_000;
const ROUNDS: u32 = 11;
/// It takes minutes, because it starts a process for each update.
const CURL_ROUNDS: u32 = 1;

struct Program {
    name: &'static str,
    rounds: u32,
    command: fn(&Setting) -> Result<Command>,
}

/// The first is what the others are compared with.
const PROGRAMS: [Program; 4] = [
    Program { name: "the library in a loop", rounds: ROUNDS, command: bare },
    Program { name: "`cinnox-destination bulk`", rounds: ROUNDS, command: tool },
    Program {
        name: "Python, aiohttp",
        rounds: ROUNDS,
        command: |setting| Ok(script(setting, "python3", "bulk_aiohttp.py")),
    },
    Program {
        name: "`xargs -P curl`",
        rounds: CURL_ROUNDS,
        command: |setting| Ok(script(setting, "bash", "bulk_curl.sh")),
    },
];

struct Setting {
    folder: tempfile::TempDir,
    tool: PathBuf,
    url: String,
}

impl Setting {
    fn updates(&self) -> PathBuf {
        self.folder.path().join("updates.jsonl")
    }

    fn write_updates(&self, count: u32) -> Result<()> {
        let update = samples::typical();
        let mut file = BufWriter::new(File::create(self.updates())?);
        for number in 1..=count {
            writeln!(file, "{}", json!({ "destination": format!("dest-{number}"), "update": update }))?;
        }
        Ok(file.flush()?)
    }
}

pub(crate) fn report() -> Result<()> {
    let setting = Setting { folder: tempfile::tempdir()?, tool: build_tool()?, url: server::start(Duration::ZERO)? };
    let lines = times(LINES);
    setting.write_updates(lines)?;
    let mut runs: Vec<Vec<Run>> = PROGRAMS.iter().map(|_| Vec::new()).collect();
    for round in 0..times(ROUNDS) {
        for (program, runs) in PROGRAMS.iter().zip(&mut runs).filter(|(program, _)| round < program.rounds) {
            runs.push(run((program.command)(&setting)?, program.name)?);
        }
    }
    println!(
        "\n| {lines} updates, {CONCURRENCY} at once | a second, median | ratio | sending only | peak memory, MiB |"
    );
    println!("|---|---:|---:|---:|---:|");
    for (program, those) in PROGRAMS.iter().zip(&runs) {
        let seconds = median(those.iter().map(|run| run.seconds).collect());
        // Of runs in the same round.
        let ratio = median(those.iter().zip(&runs[0]).map(|(run, first)| first.seconds / run.seconds).collect());
        let peak = median(those.iter().map(|run| run.peak).collect()) / 1024.0;
        let sending = those.iter().zip(&runs[0]).map(|(run, first)| Some(run.sending? / first.sending?));
        let sending = sending.collect::<Option<Vec<_>>>().map(|ratios| format!("{:.3}", median(ratios)));
        let sending = sending.unwrap_or_default();
        println!("| {} | {:.0} | {ratio:.3} | {sending} | {peak:.1} |", program.name, f64::from(lines) / seconds);
    }
    let lines = times(MANY_LINES);
    setting.write_updates(lines)?;
    let many = run(tool(&setting)?, "the tool")?;
    println!(
        "| `cinnox-destination bulk`, {lines} updates | {:.0} | | | {:.1} |",
        f64::from(lines) / many.seconds,
        many.peak / 1024.0
    );
    Ok(())
}

struct Run {
    seconds: f64,
    /// Updates a second from the first request to the last result, if the program says so.
    sending: Option<f64>,
    /// Peak resident memory of the process, in KiB.
    peak: f64,
}

fn run(mut command: Command, name: &str) -> Result<Run> {
    let begin = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let peak = watch(&mut child)?;
    let seconds = begin.elapsed().as_secs_f64();
    let output = child.wait_with_output()?;
    if output.status.success() {
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let sending = summary["updated"].as_f64().zip(summary["seconds"].as_f64());
        Ok(Run { seconds, sending: sending.map(|(updated, seconds)| updated / seconds), peak })
    } else {
        Err(format!("{name} failed; to see why, run {command:?}").into())
    }
}

/// Waits for the end of the process; returns its peak memory.
fn watch(child: &mut Child) -> Result<f64> {
    let mut peak = 0.0;
    while child.try_wait()?.is_none() {
        // The file is empty once the process has ended.
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        peak = status_line(&status, "VmHWM:").unwrap_or(peak);
        thread::sleep(Duration::from_millis(2));
    }
    Ok(peak)
}

/// Builds the tool with the profile of this program.
fn build_tool() -> Result<PathBuf> {
    let program = env::current_exe()?;
    let profile = program.ancestors().nth(2).ok_or("this program is not in a target directory")?;
    let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--release", "--package", "cinnox-destination-cli"]);
    build.arg("--target-dir").arg(profile.parent().ok_or("this program is not in a target directory")?);
    if build.status()?.success() {
        Ok(profile.join("cinnox-destination"))
    } else {
        Err("the tool was not built".into())
    }
}

fn bare(setting: &Setting) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg("bare").arg(setting.updates()).arg(&setting.url);
    Ok(command)
}

fn tool(setting: &Setting) -> Result<Command> {
    let results = setting.folder.path().join("results.jsonl");
    // Lines that have a result would not be sent again.
    if results.exists() {
        fs::remove_file(&results)?;
    }
    let mut command = with_account(Command::new(&setting.tool), setting);
    command.arg("bulk").arg(setting.updates()).arg("--results").arg(results);
    command.args(["--json", "--concurrency", &CONCURRENCY.to_string()]);
    Ok(command)
}

/// A script of this folder, called with the file of updates and the number of calls at once.
fn script(setting: &Setting, interpreter: &str, name: &str) -> Command {
    let mut command = with_account(Command::new(interpreter), setting);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).arg(setting.updates()).arg(CONCURRENCY.to_string());
    command
}

fn with_account(mut command: Command, setting: &Setting) -> Command {
    command.envs([
        ("CINNOX_BASE_URL", setting.url.as_str()),
        ("CINNOX_APP_ID", "app-1"),
        ("CINNOX_APP_TOKEN", "token"),
    ]);
    command
}

#[derive(Deserialize)]
struct Line {
    destination: DestinationId,
    update: DestinationUpdate,
}

/// A loop over the library's `update` and nothing else.
pub(crate) fn run_bare(updates: &str, url: &str) -> Result<()> {
    let client = Ours::new(url)?.client;
    let begin = Instant::now();
    let count = AtomicU32::new(0);
    let lines = BufReader::new(File::open(updates)?).lines();
    let calls = stream::iter(lines).map(async |line| -> Result<()> {
        let Line { destination, update } = serde_json::from_str(&line?)?;
        client.update(&destination, &update).await?;
        count.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    confirmed(runtime()?.block_on(calls.buffer_unordered(CONCURRENCY).all(async |result| result.is_ok())))?;
    println!("{}", json!({ "updated": count.into_inner(), "seconds": begin.elapsed().as_secs_f64() }));
    Ok(())
}
