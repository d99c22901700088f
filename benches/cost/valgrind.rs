//! Instructions and allocations: valgrind counts a whole process for two numbers of rounds, and the difference is what
//! the rounds cost. The server is in another process.

use std::{env, process::Command, time::Duration};

use crate::{
    Result, median, server,
    work::{CALLS, PURE},
};

/// Of the numbers of rounds. The first has all that happens once: connecting, growing buffers, learning.
const CALL_ROUNDS: [u32; 2] = [200, 1_200];
const PURE_ROUNDS: [u32; 2] = [20, 220];

pub(crate) fn report() -> Result<()> {
    let url = server::start(Duration::ZERO)?;
    println!("\n| | instructions | ratio | allocations | more |\n|---|---:|---:|---:|---:|");
    group(&CALLS, CALL_ROUNDS, &url)?;
    for names in PURE {
        group(names, PURE_ROUNDS, &url)?;
    }
    Ok(())
}

/// The first one is what the others are compared with.
fn group(names: &[&str], rounds: [u32; 2], url: &str) -> Result<()> {
    let mut first = None;
    for name in names {
        // A call waits for the network more or less often, so it is counted three times.
        let times = if rounds == CALL_ROUNDS { 3 } else { 1 };
        let counts = (0..times).map(|_| difference(instructions, name, rounds, url)).collect::<Result<Vec<_>>>()?;
        let (instructions, allocations) = (median(counts), difference(allocations, name, rounds, url)?);
        let (base, few) = *first.get_or_insert((instructions, allocations));
        let (ratio, more) = (instructions / base, allocations - few);
        println!("| {name} | {instructions:.0} | {ratio:.3} | {allocations:.1} | {more:+.1} |");
    }
    Ok(())
}

fn difference(count: fn(&str, u32, &str) -> Result<f64>, name: &str, rounds: [u32; 2], url: &str) -> Result<f64> {
    let [few, many] = rounds;
    Ok((count(name, many, url)? - count(name, few, url)?) / f64::from(many - few))
}

fn instructions(name: &str, rounds: u32, url: &str) -> Result<f64> {
    let text = valgrind(&["--tool=callgrind", "--callgrind-out-file=/dev/null"], name, rounds, url)?;
    number_behind(&text, "Collected : ")
}

fn allocations(name: &str, rounds: u32, url: &str) -> Result<f64> {
    let text = valgrind(&["--tool=memcheck", "--undef-value-errors=no"], name, rounds, url)?;
    number_behind(&text, "total heap usage: ")
}

fn valgrind(tool: &[&str], name: &str, rounds: u32, url: &str) -> Result<String> {
    let mut command = Command::new("valgrind");
    command.args(tool).arg(env::current_exe()?).args(["run", name, &rounds.to_string(), url]);
    let output = command.output().map_err(|error| format!("valgrind cannot be started ({error}); install it"))?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(text) } else { Err(text.into()) }
}

fn number_behind(text: &str, words: &str) -> Result<f64> {
    let rest = text.split_once(words).ok_or_else(|| format!("valgrind does not say {words:?}: {text}"))?.1;
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',').filter(|c| *c != ',').collect();
    Ok(digits.parse()?)
}
