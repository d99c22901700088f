//! `check`: validates updates offline.

use serde_json::json;

use crate::arguments::{Check, CheckFormat};
use crate::bulk::{is_all_done, nothing_to_do};
use crate::exit::{Exit, Failure, complain, print};
use crate::input;
use crate::input::problems::Problems;
use crate::signals::Signals;

pub(crate) async fn run(arguments: Check, quiet: bool, mut signals: Signals) -> Result<Exit, Failure> {
    signals.or_interrupted(move || check(&arguments, quiet)).await
}

fn check(arguments: &Check, quiet: bool) -> Result<Exit, Failure> {
    let mut problems = Problems::default();
    let (done, files): (Vec<_>, Vec<_>) = arguments.files.iter().partition(|file| is_all_done(file));
    let count: usize = files.iter().map(|file| input::check(file, &arguments.skip, &mut problems)).sum();
    if arguments.format == CheckFormat::Json {
        let mut report = problems.as_json();
        report["updates"] = json!(count);
        print(&format!("{report:#}\n"))?;
        return Ok(if problems.is_empty() { Exit::Done } else { Exit::Refused });
    }
    problems.into_result()?;
    if !quiet {
        done.into_iter().map(|file| nothing_to_do(file)).for_each(|note| complain(&note));
        print(&format!("{count} update(s) are valid\n"))?;
    }
    Ok(Exit::Done)
}
