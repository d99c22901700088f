//! CPU time of the thread that makes the calls, kernel included. The clients alternate in short turns, so that other load
//! on the machine affects all of them alike. Memory layout differs between processes and matters as much as the choice of
//! client, so many processes are measured.

use std::time::{Duration, Instant};

use crate::{Result, calls::WAYS, checks, confirmed, median, run_again, runtime, server, times};

const PROCESSES: u32 = 31;
const ROUNDS: u32 = 9;
/// How often a round goes through all turns.
const REPEATS: u32 = 10;
const CALLS_A_TURN: u32 = 10;

pub(crate) fn report() -> Result<()> {
    report_calls()?;
    report_checks()
}

fn report_calls() -> Result<()> {
    let url = server::start(Duration::ZERO)?;
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    for _ in 0..times(PROCESSES) {
        for line in run_again(&["rounds", &url])?.lines() {
            rounds.push(line.split(' ').map(str::parse).collect::<std::result::Result<_, _>>()?);
        }
    }
    let names = WAYS.map(|way| way.name);
    println!("\n| CPU time of a call | µs, median | of {} |", names.join(" | of "));
    println!("|---|---:|{}", "---:|".repeat(names.len()));
    for (way, name) in names.iter().enumerate() {
        let time = median(rounds.iter().map(|times| times[way]).collect());
        let ratios =
            (0..names.len()).map(|other| median(rounds.iter().map(|times| times[way] / times[other]).collect()));
        let ratios: Vec<_> = ratios.map(|ratio| format!("{ratio:.3}")).collect();
        println!("| {name} | {time:.1} | {} |", ratios.join(" | "));
    }
    Ok(())
}

/// Prints a line for each round: the µs that a call took in each way.
pub(crate) fn print_rounds(url: &str) -> Result<()> {
    let callers = WAYS.iter().map(|way| (way.new)(url)).collect::<Result<Vec<_>>>()?;
    let (runtime, turns) = (runtime()?, turns(WAYS.len()));
    // The first round makes the connections and is not printed.
    for round in 0..=ROUNDS {
        let mut totals = [Duration::ZERO; WAYS.len()];
        let mut calls = [0_u32; WAYS.len()];
        for &way in (0..times(REPEATS)).flat_map(|_| &turns) {
            let begin = cpu_time()?;
            let all_updated = runtime.block_on(async {
                let mut all_updated = true;
                for _ in 0..CALLS_A_TURN {
                    all_updated &= callers[way].call().await;
                }
                all_updated
            });
            totals[way] += cpu_time()?.saturating_sub(begin);
            calls[way] += CALLS_A_TURN;
            confirmed(all_updated)?;
        }
        if round > 0 {
            let figures = totals.iter().zip(calls).map(|(total, calls)| total.as_secs_f64() * 1e6 / f64::from(calls));
            println!("{}", figures.map(|figure| figure.to_string()).collect::<Vec<_>>().join(" "));
        }
    }
    Ok(())
}

/// A de Bruijn sequence: each way follows each way equally often, itself included.
fn turns(ways: usize) -> Vec<usize> {
    let mut turns = Vec::new();
    for first in 0..ways {
        turns.push(first);
        turns.extend((first + 1..ways).flat_map(|second| [first, second]));
    }
    turns
}

/// Of this thread.
#[cfg(unix)]
fn cpu_time() -> Result<Duration> {
    Ok(rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).try_into()?)
}

#[cfg(not(unix))]
fn cpu_time() -> Result<Duration> {
    Err("the CPU time of a thread can be read on Linux only".into())
}

fn report_checks() -> Result<()> {
    println!("\n| a check | µs, median | ratio |\n|---|---:|---:|");
    for comparison in &checks::COMPARISONS {
        let mut figures = vec![Vec::new(); comparison.ways.len()];
        for _ in 0..times(31) {
            for (way, figures) in comparison.ways.iter().zip(&mut figures) {
                figures.push(time_check(way, comparison.sample)?);
            }
        }
        let medians: Vec<_> = figures.into_iter().map(median).collect();
        for (way, time) in comparison.ways.iter().zip(&medians) {
            println!("| {way}, {} | {time:.3} | {:.1} |", comparison.sample, time / medians[0]);
        }
    }
    Ok(())
}

/// The µs of one repetition: the difference between a few and many, so that the preparation does not count.
fn time_check(way: &str, sample: &str) -> Result<f64> {
    let [few, many] = if sample.ends_with("targets") { [1, 51] } else { [10, 2_010] };
    let time = |repetitions| -> Result<f64> {
        let begin = Instant::now();
        checks::repeat(way, sample, repetitions)?;
        Ok(begin.elapsed().as_secs_f64() * 1e6)
    };
    let few_time = time(few)?;
    Ok((time(many)? - few_time) / f64::from(many - few))
}
