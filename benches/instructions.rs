//! Instructions and allocations. valgrind counts those of a whole process, once with few repetitions and once with many;
//! the difference is the cost of the repetitions, without connecting, growing buffers and other one-time work.

use std::{env, process::Command, time::Duration};

use crate::{Result, calls, checks, confirmed, median, runtime, server, times};

struct Cost {
    instructions: f64,
    allocations: f64,
}

pub(crate) fn report() -> Result<()> {
    let url = server::start(Duration::ZERO)?;
    println!("\n| a call | instructions | ratio | allocations | more |\n|---|---:|---:|---:|---:|");
    let mut first = None;
    for way in &calls::WAYS {
        // The number of waits for the network varies, so take the median of three.
        let cost = measure(&|count| vec!["calls".into(), way.name.into(), count, url.clone()], [200, 1_200], 3)?;
        print_row(way.name, &mut first, cost);
    }
    println!("\n| a check | instructions | ratio | allocations | more |\n|---|---:|---:|---:|---:|");
    for comparison in &checks::COMPARISONS {
        let sample = comparison.sample;
        let counts = if sample.ends_with("targets") { [2, 12] } else { [20, 220] };
        let mut first = None;
        for way in comparison.ways {
            let cost = measure(&|count| vec!["checks".into(), (*way).into(), sample.into(), count], counts, 1)?;
            print_row(&format!("{way}, {sample}"), &mut first, cost);
        }
    }
    Ok(())
}

fn print_row(name: &str, first: &mut Option<Cost>, cost: Cost) {
    let Cost { instructions, allocations } = cost;
    let first = first.get_or_insert(cost);
    let (ratio, more) = (instructions / first.instructions, allocations - first.allocations);
    println!("| {name} | {instructions:.0} | {ratio:.3} | {allocations:.1} | {more:+.1} |");
}

/// `arguments` makes the arguments for this program from the number of repetitions.
fn measure(arguments: &dyn Fn(String) -> Vec<String>, counts: [u32; 2], runs: usize) -> Result<Cost> {
    let [few, many] = counts.map(times);
    // With `BENCH_QUICK` both can be the same.
    let many = many.max(few + 1);
    let per_repetition = |count: fn(&[String]) -> Result<f64>| -> Result<f64> {
        let [few_cost, many_cost] = [few, many].map(|repetitions| count(&arguments(repetitions.to_string())));
        Ok((many_cost? - few_cost?) / f64::from(many - few))
    };
    let instructions = (0..runs).map(|_| per_repetition(instructions)).collect::<Result<Vec<_>>>()?;
    Ok(Cost { instructions: median(instructions), allocations: per_repetition(allocations)? })
}

fn instructions(arguments: &[String]) -> Result<f64> {
    valgrind(&["--tool=callgrind", "--callgrind-out-file=/dev/null"], "Collected : ", arguments)
}

fn allocations(arguments: &[String]) -> Result<f64> {
    valgrind(&["--tool=memcheck", "--undef-value-errors=no"], "total heap usage: ", arguments)
}

/// The number that valgrind prints after `label`.
fn valgrind(tool: &[&str], label: &str, arguments: &[String]) -> Result<f64> {
    let mut command = Command::new("valgrind");
    command.args(tool).arg(env::current_exe()?).args(arguments);
    let output = command.output().map_err(|error| format!("valgrind cannot be started ({error}); install it"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(text.into());
    }
    let (_, number) = text.split_once(label).ok_or_else(|| format!("valgrind does not print {label:?}: {text}"))?;
    let digits: String = number.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    Ok(digits.parse()?)
}

/// One call after the other.
pub(crate) fn make_calls(way: &str, count: &str, url: &str) -> Result<()> {
    let (caller, count) = ((calls::way(way)?.new)(url)?, count.parse::<u32>()?);
    runtime()?.block_on(async {
        let mut all_updated = true;
        for _ in 0..count {
            all_updated &= caller.call().await;
        }
        confirmed(all_updated)
    })
}

pub(crate) fn make_checks(way: &str, sample: &str, count: &str) -> Result<()> {
    checks::repeat(way, sample, count.parse()?)
}
