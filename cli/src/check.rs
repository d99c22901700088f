//! `check`: validates updates offline.

use serde_json::json;

use crate::arguments::{Check, CheckFormat};
use crate::exit::{Exit, Failure, print};
use crate::input;
use crate::input::problems::Problems;
use crate::signals::Signals;

pub(crate) async fn run(arguments: Check, quiet: bool, mut signals: Signals) -> Result<Exit, Failure> {
    signals.or_interrupted(move || check(&arguments, quiet)).await
}

fn check(arguments: &Check, quiet: bool) -> Result<Exit, Failure> {
    let mut problems = Problems::default();
    let files = arguments.files.iter();
    let count: usize = files.map(|file| input::check(file, &arguments.skip, &mut problems)).sum();
    if arguments.format == CheckFormat::Json {
        let mut report = problems.as_json();
        report["updates"] = json!(count);
        print(&format!("{report:#}\n"))?;
        return Ok(if problems.is_empty() { Exit::Done } else { Exit::Refused });
    }
    problems.into_result()?;
    if !quiet {
        print(&format!("{count} update(s) are valid\n"))?;
    }
    Ok(Exit::Done)
}
