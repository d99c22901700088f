//! Resident memory of a process: after a million calls, and with a thousand calls in flight.

use std::{fs, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::{Result, calls, confirmed, median, run_again, runtime, server, times};

const WARM_UP_CALLS: u32 = 10_000;
const ALL_CALLS: u32 = 1_000_000;

const IN_FLIGHT: u32 = 1_000;
/// How long the server keeps a request before it answers.
const DELAY: Duration = Duration::from_secs(3);

pub(crate) fn report_growth() -> Result<()> {
    let url = server::start(Duration::ZERO)?;
    let growth = run_again(&["growth", &url])?;
    let [first, last] = [WARM_UP_CALLS, ALL_CALLS].map(times);
    println!("\nresident memory grows by {} KiB from call {first} to call {last}", growth.trim());
    Ok(())
}

pub(crate) fn print_growth(url: &str) -> Result<()> {
    let caller = (calls::way("update")?.new)(url)?;
    let make_calls = async |count| {
        let mut all_updated = true;
        for _ in 0..count {
            all_updated &= caller.call().await;
        }
        all_updated
    };
    let [warm_up, all] = [WARM_UP_CALLS, ALL_CALLS].map(times);
    let runtime = runtime()?;
    let mut all_updated = runtime.block_on(make_calls(warm_up));
    let begin = resident()?;
    all_updated &= runtime.block_on(make_calls(all - warm_up));
    println!("{:.0}", resident()? - begin);
    confirmed(all_updated)
}

pub(crate) fn report_in_flight() -> Result<()> {
    let url = server::start(DELAY)?;
    println!("\n| memory of one of {IN_FLIGHT} calls in flight | KiB | ratio |\n|---|---:|---:|");
    let mut first = None;
    for way in &calls::WAYS {
        let figure = || -> Result<f64> { Ok(run_again(&["in-flight", way.name, &url])?.trim().parse()?) };
        let each = median((0..times(3)).map(|_| figure()).collect::<Result<_>>()?);
        println!("| {} | {each:.1} | {:.2} |", way.name, each / *first.get_or_insert(each));
    }
    Ok(())
}

/// Prints by how many KiB a call the memory has grown while all calls wait for their responses.
pub(crate) fn print_in_flight(way: &str, url: &str) -> Result<()> {
    let caller = (calls::way(way)?.new)(url)?;
    runtime()?.block_on(async {
        let begin = resident()?;
        let mut calls: FuturesUnordered<_> = (0..IN_FLIGHT).map(|_| caller.call()).collect();
        // By now all requests are sent, and no response has arrived.
        let growth = tokio::select! {
            _ = calls.next() => return Err("the server responded too early".into()),
            () = tokio::time::sleep(DELAY * 2 / 3) => resident()? - begin,
        };
        println!("{}", growth / f64::from(IN_FLIGHT));
        confirmed(calls.all(async |updated| updated).await)
    })
}

fn resident() -> Result<f64> {
    status_line(&fs::read_to_string("/proc/self/status")?, "VmRSS:")
}

/// A figure in KiB of `/proc/PID/status`.
pub(crate) fn status_line(status: &str, label: &str) -> Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(label)).ok_or("the kernel does not tell the memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
