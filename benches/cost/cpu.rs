//! CPU time of the thread that makes the calls, kernel included. The three ways take short turns, because whatever else
//! the machine does lasts longer and so hits all of them. Where code and data lie in memory differs from process to
//! process and matters as much as what is measured, so that there are many processes.

use std::time::{Duration, Instant};

use crate::{
    Result, again, median,
    peers::{HandWritten, Ours},
    server,
    work::{self, CALLS, PURE},
};

const PROCESSES: usize = 31;
const ROUNDS: usize = 9;
/// Which way is next: each comes equally often after each, itself included.
const TURNS: [usize; 9] = [0, 0, 1, 0, 2, 1, 1, 2, 2];
/// How often a round goes through the turns.
const REPEATS: u32 = 16;
const CALLS_A_TURN: u32 = 10;
/// Of each way.
const CALLS_A_ROUND: u32 = REPEATS * CALLS_A_TURN * 3;

pub(crate) fn report() -> Result<()> {
    println!("\n| CPU time of a call | µs, median | of hand-written | of generated |\n|---|---:|---:|---:|");
    report_calls()?;
    println!("\n| | ns, median | times the first |\n|---|---:|---:|");
    for names in PURE {
        report_pure(names)?;
    }
    Ok(())
}

fn report_calls() -> Result<()> {
    let mut rounds = Vec::new();
    for _ in 0..PROCESSES {
        for line in again(&["rounds"])?.lines() {
            rounds.push(line.split(' ').map(str::parse).collect::<std::result::Result<Vec<f64>, _>>()?);
        }
    }
    for (way, name) in CALLS.iter().enumerate() {
        let of = |other: Option<usize>| {
            median(rounds.iter().map(|times| times[way] / other.map_or(1.0, |other| times[other])).collect())
        };
        println!("| {name} | {:.1} | {:.3} | {:.3} |", of(None), of(Some(0)), of(Some(1)));
    }
    Ok(())
}

/// A line for each round: µs of a call in each of the ways.
pub(crate) fn print_rounds() -> Result<()> {
    let url = server::start(Duration::ZERO)?;
    let runtime = work::runtime()?;
    let (by_hand, ours) = (HandWritten::new(&url)?, Ours::new(&url)?);
    for round in 0..=ROUNDS {
        let mut times = [Duration::ZERO; 3];
        for way in (0..REPEATS).flat_map(|_| TURNS) {
            let begin = cpu_time()?;
            let updated = runtime.block_on(async {
                let mut updated = true;
                for _ in 0..CALLS_A_TURN {
                    updated &= match way {
                        0 => by_hand.call().await,
                        1 => ours.generated().await,
                        _ => ours.update().await,
                    };
                }
                updated
            });
            times[way] += cpu_time()?.saturating_sub(begin);
            if !updated {
                return Err("a call failed".into());
            }
        }
        // The first round makes the connections.
        if round > 0 {
            let [by_hand, generated, update] = times.map(|time| time.as_secs_f64() * 1e6 / f64::from(CALLS_A_ROUND));
            println!("{by_hand} {generated} {update}");
        }
    }
    Ok(())
}

/// What this thread has used.
#[cfg(unix)]
fn cpu_time() -> Result<Duration> {
    Ok(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).try_into()?)
}

#[cfg(not(unix))]
fn cpu_time() -> Result<Duration> {
    Err("the CPU time of a thread is not known here; run this on Linux".into())
}

fn report_pure(names: &[&str]) -> Result<()> {
    let mut times = vec![Vec::new(); names.len()];
    for _ in 0..31 {
        for (name, times) in names.iter().zip(&mut times) {
            times.push(time_pure(name)?);
        }
    }
    let medians: Vec<_> = times.into_iter().map(median).collect();
    for (name, time) in names.iter().zip(&medians) {
        println!("| {name} | {time:.0} | {:.1} |", time / medians[0]);
    }
    Ok(())
}

/// The difference of two numbers of rounds, as the preparation is not meant.
fn time_pure(name: &str) -> Result<f64> {
    let (judge, sample) = name.split_once(' ').unwrap_or((name, ""));
    let [few, many] = if sample.contains("targets") { [1, 101] } else { [10, 2_010] };
    let mut times = [0.0; 2];
    for (time, rounds) in times.iter_mut().zip([few, many]) {
        let begin = Instant::now();
        work::run_pure(judge, sample, rounds)?;
        *time = begin.elapsed().as_secs_f64() * 1e9;
    }
    #[allow(clippy::cast_precision_loss)] // Both are small.
    let rounds = (many - few) as f64;
    Ok((times[1] - times[0]) / rounds)
}
