//! `check`: what is wrong with updates, without a network.

use std::io::Write;

use serde_json::json;

use crate::{
    arguments::{Check, Report, Verbosity},
    failure::{Exit, Failure},
    input::{Input, problems::Problems},
    print,
};

pub(crate) fn run(arguments: &Check, verbosity: Verbosity) -> Result<Exit, Failure> {
    let mut problems = Problems::default();
    let mut count = 0;
    for file in &arguments.files {
        count += Input::open(file)?.check_any(&mut problems)?;
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
                // The exit status says it as well.
                let _ = writeln!(anstream::stdout(), "{count} update(s), nothing wrong");
            }
            Ok(exit)
        }
    }
}
