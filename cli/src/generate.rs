//! `completions` and `man`: what clap makes of the command line's definition.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{arguments::Arguments, failure::Failure};

const NAME: &str = "cinnox-destination";

pub(crate) fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// In the language of `man`, for the tool or one of its commands.
pub(crate) fn manual(command: Option<&str>) -> Result<String, Failure> {
    let mut tool = Arguments::command();
    tool.build();
    let page = match command {
        None => tool,
        Some(name) => {
            let command = tool.find_subcommand(name).cloned();
            let command =
                command.ok_or_else(|| Failure::Input(format!("there is no command {name:?}; --help lists them")))?;
            command.name(format!("{NAME}-{name}"))
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut text)
        .map_err(|error| Failure::Other(format!("the manual page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
