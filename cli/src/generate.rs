//! `completions` and `man`, generated from the clap definition.

use clap_complete::Shell;

use crate::{arguments::command, failure::Failure};

const NAME: &str = "cinnox-destination";

pub(crate) fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), NAME, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// The manual page (roff) of the tool or of one command.
pub(crate) fn manual(of: Option<&str>) -> Result<String, Failure> {
    let mut tool = command();
    tool.build();
    let page = match of {
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
