//! Resident memory: after a million calls, and with a thousand calls in flight. The server is in another process.

use std::{fs, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};

use crate::{
    Result, measure, median,
    peers::{HandWritten, Ours},
    server, work,
};

const FIRST: u32 = 10_000;
const ALL: u32 = 1_000_000;

/// How many calls are in flight together, and how long the server keeps them there.
const IN_FLIGHT: u32 = 1_000;
const DELAY: Duration = Duration::from_secs(3);

pub(crate) fn report_growth() -> Result<()> {
    let url = server::start(Duration::ZERO)?;
    let grown = measure(&["growth", &url])?;
    println!("\nresident memory grows by {grown:.0} KiB from call {FIRST} to call {ALL}");
    Ok(())
}

pub(crate) fn measure_growth(url: &str) -> Result<()> {
    let ours = Ours::new(url)?;
    let updated = async |count| {
        let mut updated = true;
        for _ in 0..count {
            updated &= ours.update().await;
        }
        updated
    };
    let runtime = work::runtime()?;
    let mut all_updated = runtime.block_on(updated(FIRST));
    let begin = resident()?;
    all_updated &= runtime.block_on(updated(ALL - FIRST));
    println!("{}", resident()? - begin);
    if all_updated { Ok(()) } else { Err("a call failed".into()) }
}

pub(crate) fn report_in_flight() -> Result<()> {
    let url = server::start(DELAY)?;
    println!("\n| memory of a call in flight, {IN_FLIGHT} of them | KiB | ratio |\n|---|---:|---:|");
    let mut first = None;
    for name in work::CALLS {
        let figures = (0..3).map(|_| measure(&["in-flight", name, &url])).collect::<Result<Vec<_>>>()?;
        let each = median(figures) / f64::from(IN_FLIGHT);
        println!("| {name} | {each:.1} | {:.2} |", each / *first.get_or_insert(each));
    }
    Ok(())
}

pub(crate) fn measure_in_flight(name: &str, url: &str) -> Result<()> {
    let (by_hand, ours) = (HandWritten::new(url)?, Ours::new(url)?);
    let grown = work::runtime()?.block_on(async {
        match name {
            "hand-written" => in_flight(|| by_hand.call()).await,
            "generated" => in_flight(|| ours.generated()).await,
            _ => in_flight(|| ours.update()).await,
        }
    })?;
    println!("{grown}");
    Ok(())
}

/// By how much the memory grows while all of them wait for their answers.
async fn in_flight<F: Future<Output = bool>>(call: impl Fn() -> F) -> Result<f64> {
    let begin = resident()?;
    let mut calls: FuturesUnordered<_> = (0..IN_FLIGHT).map(|_| call()).collect();
    let mut updated = true;
    // The requests are out long before the first answer comes.
    let all = async {
        while let Some(answer) = calls.next().await {
            updated &= answer;
        }
    };
    tokio::pin!(all);
    let grown = tokio::select! {
        () = &mut all => return Err("the server answered too early".into()),
        () = tokio::time::sleep(DELAY * 2 / 3) => resident()? - begin,
    };
    all.await;
    if updated { Ok(grown) } else { Err("a call failed".into()) }
}

/// Of this process, in KiB.
fn resident() -> Result<f64> {
    status_line(&fs::read_to_string("/proc/self/status")?, "VmRSS:")
}

pub(crate) fn status_line(status: &str, name: &str) -> Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
