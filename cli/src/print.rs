//! What the tool prints about itself and its input: templates, the JSON Schema, completions and manual pages.

use cinnox_destination::prelude::*;
use clap_complete::Shell;
use serde_json::{Value, json};

use crate::{
    arguments::{TemplateFormat, command},
    exit::Failure,
};

const NAME: &str = "cinnox-destination";

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The ID of the destination.
    Destination,
    Text,
    /// A list of languages, places or types. The column is required.
    Codes,
    /// A list of IDs or phone numbers.
    Ids,
}

/// The column and key of the ID.
pub(crate) const DESTINATION: &str = "destination";

/// The columns of a table: the destination, and the properties of an update.
pub(crate) const COLUMNS: [(&str, Kind); 8] = [
    (DESTINATION, Kind::Destination),
    ("displayName", Kind::Text),
    ("supportLanguages", Kind::Codes),
    ("supportLocations", Kind::Codes),
    ("types", Kind::Codes),
    ("phoneTargets", Kind::Ids),
    ("staffTargets", Kind::Ids),
    ("trunkTargets", Kind::Ids),
];

pub(crate) fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(DestinationUpdate).to_value())
}

/// An update that has something in every list.
pub(crate) fn sample() -> DestinationUpdate {
    let places = SupportLocations::only(["HK", "US-CA"]);
    let update = DestinationUpdate::new("Night shift", SupportLanguages::only(["en", "zh-HK"]), places);
    update.with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"]).with_trunks(["+85287654321"])
}

pub(crate) fn template(format: TemplateFormat) -> Result<String, Failure> {
    let update = json!(sample());
    if format == TemplateFormat::Jsonl {
        return Ok(format!("{}\n", json!({ DESTINATION: "dest-1", "update": update })));
    }
    let cell = |(name, kind)| match (kind, &update[name]) {
        (Kind::Destination, _) => "dest-1".to_owned(),
        (_, Value::Array(entries)) => entries.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
        (_, value) => value.as_str().unwrap_or_default().to_owned(),
    };
    let (header, cells) = (COLUMNS.map(|(name, _)| name).join(","), COLUMNS.map(cell).join(","));
    Ok(format!("{header}\n{cells}\n"))
}

pub(crate) fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), NAME, &mut text);
    let text = String::from_utf8_lossy(&text);
    match shell {
        // clap_complete takes the hyphen in the name for the end of a word in one of two places that must agree, so
        // that nothing would be completed behind a command.
        Shell::Bash => text.replace("cinnox__subcmd__destination", "cinnox__destination"),
        _ => text.into_owned(),
    }
}

/// The manual page (roff) of the tool or of one command.
pub(crate) fn manual(of: Option<&str>) -> Result<String, Failure> {
    let mut page = command();
    page.build();
    if let Some(name) = of {
        let unknown = || Failure::refused(format!("there is no command {name:?}; --help lists them"));
        page = page.find_subcommand(name).cloned().ok_or_else(unknown)?.name(format!("{NAME}-{name}"));
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(Failure::other)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_the_properties_of_the_schema() {
        let schema = schemars::schema_for!(DestinationUpdate).to_value();
        let mut names: Vec<_> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        names.retain(|name| !name.starts_with('$'));
        let mut columns: Vec<_> = COLUMNS[1..].iter().map(|(name, _)| *name).collect();
        columns.sort_unstable();
        names.sort_unstable();
        assert_eq!(columns, names);
        let required = COLUMNS.iter().filter(|(_, kind)| matches!(kind, Kind::Text | Kind::Codes));
        assert_eq!(required.count(), schema["required"].as_array().unwrap().len());
    }

    #[test]
    fn table_has_every_column() {
        let row = "dest-1,Night shift,en;zh-HK,HK;US-CA,STAFF;PHONE;TRUNK,+85212345678,staff-1;staff-2,+85287654321";
        assert_eq!(template(TemplateFormat::Csv).unwrap().lines().nth(1), Some(row));
    }
}
