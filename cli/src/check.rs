//! `check`: validates updates offline.

use serde_json::json;

use crate::{
    arguments::{Check, Report, Verbosity},
    failure::{Exit, Failure},
    input::{
        Input,
        problems::{Place, Problem, Problems},
    },
    output::print,
    signals::Signals,
};

pub(crate) async fn run(arguments: Check, verbosity: Verbosity) -> Result<Exit, Failure> {
    Signals::listen()?.or_interrupted("interrupted", move || check(&arguments, verbosity)).await
}

fn check(arguments: &Check, verbosity: Verbosity) -> Result<Exit, Failure> {
    let mut problems = Problems::default();
    let mut count = 0;
    for file in &arguments.files {
        match Input::try_open(file) {
            Ok(mut input) => count += input.check_any(&mut problems)?,
            Err(problem) => problems.add(&file.display().to_string(), Place::Whole, [Problem::new("", problem)]),
        }
    }
    let exit = if problems.is_empty() { Exit::Done } else { Exit::Refused };
    match arguments.format {
        Report::Json => {
            let report = json!({ "updates": count, "problems": problems.shown(), "more": problems.more(), "notes": problems.notes() });
            print(&format!("{report:#}\n"))?;
            Ok(exit)
        }
        Report::Human => {
            problems.into_result(verbosity.quiet)?;
            if !verbosity.quiet {
                print(&format!("{count} update(s) are valid\n"))?;
            }
            Ok(exit)
        }
    }
}
