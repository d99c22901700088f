//! The cost of a call and of a validation in instructions, allocations, CPU time and memory. Unlike wall-clock time, these
//! figures are nearly constant, even on a shared machine.
//!
//! `just bench [PART…]` runs the parts `instructions`, `cpu`, `growth`, `in-flight` and `bulk`, or all of them. It needs
//! Linux, and valgrind for `instructions`. `BENCH_QUICK=1` makes it a smoke test with few iterations.
//!
//! Most figures are measured in a child process: the program starts itself again with other arguments. The server stays in
//! the parent, so that its work is not counted.

mod bulk;
mod calls;
mod checks;
mod clients;
mod cpu;
mod instructions;
mod memory;
mod samples;
mod server;

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};

use tokio::runtime::{Builder, Runtime};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Part {
    name: &'static str,
    report: fn() -> Result<()>,
}

const PARTS: [Part; 5] = [
    Part { name: "instructions", report: instructions::report },
    Part { name: "cpu", report: cpu::report },
    Part { name: "growth", report: memory::report_growth },
    Part { name: "in-flight", report: memory::report_in_flight },
    Part { name: "bulk", report: bulk::report },
];

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        // `cargo bench` adds `--bench`.
        _ if arguments.contains(&"--bench") => report(&arguments),
        // In the child process.
        ["calls", way, count, url] => instructions::make_calls(way, count, url),
        ["checks", way, sample, count] => instructions::make_checks(way, sample, count),
        ["rounds", url] => cpu::print_rounds(url),
        ["growth", url] => memory::print_growth(url),
        ["in-flight", way, url] => memory::print_in_flight(way, url),
        ["bare", what, url] => bulk::run_bare(what, url),
        // `cargo test --all-targets` only checks that it starts.
        [] => Ok(()),
        _ => Err(format!("unknown arguments {arguments:?}").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn report(arguments: &[&str]) -> Result<()> {
    let names: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != ***name)) {
        let parts = PARTS.map(|part| part.name).join(", ");
        return Err(format!("there is no part {unknown}; the parts are {parts}").into());
    }
    for part in PARTS.iter().filter(|part| names.is_empty() || names.contains(&&part.name)) {
        (part.report)()?;
    }
    Ok(())
}

/// The number of iterations: `count`, or a hundredth of it in a smoke test.
fn times(count: u32) -> u32 {
    if env::var_os("BENCH_QUICK").is_some() { count.div_ceil(100) } else { count }
}

/// Runs this program in a child process and returns its output.
fn run_again(arguments: &[&str]) -> Result<String> {
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn runtime() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

fn confirmed(all_updated: bool) -> Result<()> {
    if all_updated { Ok(()) } else { Err("the server did not confirm every update".into()) }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
