//! The example `bulk_update`: how fast it is beside the bare generated call in the same loop, and its memory.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use cinnox_destination::{DestinationId, DestinationUpdate};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::json;

use crate::{Result, measure, median, memory::status_line, peers::Ours, program::program, samples, server, work};

const CONCURRENCY: usize = 64;
const SOME: u32 = 10_000;
const MANY: u32 = 1_000_000;
const ROUNDS: usize = 11;

pub(crate) fn report() -> Result<()> {
    let (program, url, folder) = (program("bulk_update"), server::start(Duration::ZERO)?, tempfile::tempdir()?);
    println!("\n| {SOME} updates, {CONCURRENCY} at once | a second, median | ratio |\n|---|---:|---:|");
    let updates = folder.path().join("updates.jsonl");
    write(&updates, SOME)?;
    let (mut rounds, mut small) = (Vec::new(), 0.0_f64);
    for _ in 0..ROUNDS {
        let file = measure(&["bare", &updates.to_string_lossy(), &url])?;
        let one = measure(&["bare", "one", &url])?;
        let ran = run(&program, folder.path(), &url)?;
        rounds.push([file, ran.lines_a_second, one]);
        small = small.max(ran.peak);
    }
    let names = ["generated call, updates from the file", "bulk_update", "generated call, one update over and over"];
    for (index, name) in names.into_iter().enumerate() {
        let ratio = median(rounds.iter().map(|round| round[index] / round[0]).collect());
        println!("| {name} | {:.0} | {ratio:.2} |", median(rounds.iter().map(|round| round[index]).collect()));
    }
    write(&updates, MANY)?;
    let large = run(&program, folder.path(), &url)?;
    println!("\n| bulk_update | peak of resident memory, MiB | lines a second |\n|---|---:|---:|");
    println!("| {SOME} lines | {:.1} | |", small / 1024.0);
    println!("| {MANY} lines | {:.1} | {:.0} |", large.peak / 1024.0, large.lines_a_second);
    Ok(())
}

fn write(path: &Path, count: u32) -> Result<()> {
    let update = samples::typical();
    let mut file = BufWriter::new(File::create(path)?);
    for number in 1..=count {
        writeln!(file, "{}", json!({ "destination": format!("dest-{number}"), "update": update }))?;
    }
    Ok(file.flush()?)
}

struct Ran {
    lines_a_second: f64,
    /// In KiB.
    peak: f64,
}

fn run(program: &Path, folder: &Path, url: &str) -> Result<Ran> {
    let mut child = Command::new(program)
        .args(["updates.jsonl", "--results", "results.jsonl", "--concurrency", &CONCURRENCY.to_string()])
        .current_dir(folder)
        .envs([("CINNOX_BASE_URL", url), ("CINNOX_APP_ID", "app-1"), ("CINNOX_APP_TOKEN", "token")])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = 0.0;
    while child.try_wait()?.is_none() {
        // The file is empty once the process has ended.
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        peak = status_line(&status, "VmHWM:").unwrap_or(peak);
        thread::sleep(Duration::from_millis(2));
    }
    let mut summary = String::new();
    child.stdout.take().ok_or("no output")?.read_to_string(&mut summary)?;
    fs::remove_file(folder.join("results.jsonl"))?;
    let time = summary.lines().find_map(|line| line.strip_prefix("time ")).ok_or(summary.clone())?;
    let rate = time.split_whitespace().nth(2).unwrap_or_default();
    Ok(Ran { lines_a_second: rate.parse()?, peak })
}

#[derive(Deserialize)]
struct Line {
    destination: DestinationId,
    update: DestinationUpdate,
}

/// The same loop with nothing but the generated call in it: of one update over and over, or of those in a file.
pub(crate) fn measure_bare(what: &str, url: &str) -> Result<()> {
    let ours = Ours::new(url)?;
    let begin = Instant::now();
    let all_updated = work::runtime()?.block_on(async {
        if what == "one" {
            let calls = stream::iter(0..SOME).map(|_| ours.generated()).buffer_unordered(CONCURRENCY);
            return Ok(calls.all(async |updated| updated).await);
        }
        let calls = stream::iter(BufReader::new(File::open(what)?).lines()).map(async |line| -> Result<()> {
            let Line { destination, update } = serde_json::from_str(&line?)?;
            let (client, app_id) = (ours.client.generated(), ours.client.app_id());
            client.update_destination(app_id, &destination, &update).await?;
            Ok(())
        });
        Ok::<_, std::io::Error>(calls.buffer_unordered(CONCURRENCY).all(async |result| result.is_ok()).await)
    })?;
    if !all_updated {
        return Err("a call failed".into());
    }
    println!("{}", f64::from(SOME) / begin.elapsed().as_secs_f64());
    Ok(())
}
