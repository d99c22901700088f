//! What a call, a validation and a parse cost in instructions, allocations, CPU time and memory: figures that hardly
//! change from run to run, on a machine that others use as well.
//!
//! `cargo bench --bench cost --features mock,schemars -- PART…`, where the parts are `instructions`, `cpu`, `growth`,
//! `in-flight` and `bulk`, all of them without one. It needs Linux, and valgrind for `instructions`.

mod bulk;
mod cpu;
mod memory;
mod valgrind;
mod work;

use std::{
    env,
    error::Error,
    process::{Command, ExitCode},
};

#[path = "../support/peers.rs"]
mod peers;
#[path = "../../tests/support/program.rs"]
mod program;
#[path = "../support/samples.rs"]
mod samples;
#[path = "../support/server.rs"]
mod server;

type Report = fn() -> Result<()>;
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["run", name, count, url] => work::run(name, count, url),
        ["rounds"] => cpu::print_rounds(),
        ["growth", url] => memory::measure_growth(url),
        ["in-flight", name, url] => memory::measure_in_flight(name, url),
        ["bare", what, url] => bulk::measure_bare(what, url),
        words if words.contains(&"--bench") => parts(words),
        // `cargo test --benches` asks only whether it starts.
        _ => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn parts(words: &[&str]) -> Result<()> {
    let asked: Vec<_> = words.iter().filter(|word| !word.starts_with("--")).copied().collect();
    let parts: [(&str, Report); 5] = [
        ("instructions", valgrind::report),
        ("cpu", cpu::report),
        ("growth", memory::report_growth),
        ("in-flight", memory::report_in_flight),
        ("bulk", bulk::report),
    ];
    if let Some(other) = asked.iter().find(|word| parts.iter().all(|(name, _)| name != *word)) {
        return Err(format!("{other} is no part; there are instructions, cpu, growth, in-flight and bulk").into());
    }
    println!("with the feature tracing {}", if cfg!(feature = "tracing") { "on, without a subscriber" } else { "off" });
    for (name, report) in parts {
        if asked.is_empty() || asked.contains(&name) {
            report()?;
        }
    }
    Ok(())
}

/// This program again, in a process of its own, for one thing to measure; what it prints is the figure.
fn measure(arguments: &[&str]) -> Result<f64> {
    Ok(again(arguments)?.trim().parse()?)
}

/// This program again; what it prints.
fn again(arguments: &[&str]) -> Result<String> {
    let output = Command::new(env::current_exe()?).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
