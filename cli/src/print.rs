//! What the tool prints about itself and its input: templates, the JSON Schema, completions and manual pages.

use std::sync::LazyLock;

use cinnox_destination::prelude::*;
use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::{Value, json};

use crate::arguments::{Arguments, TemplateFormat};
use crate::exit::Failure;

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
    /// Any other JSON, such as a number.
    Json,
}

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) is_required: bool,
}

/// The column and key of the ID.
pub(crate) const DESTINATION: &str = "destination";

/// The columns of a table: the destination, and the properties of an update, the required ones first.
pub(crate) static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let schema = schemars::schema_for!(DestinationUpdate).to_value();
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object();
    let optional = properties.into_iter().flatten().map(|(name, _)| name.as_str());
    let optional = optional.filter(|name| !name.starts_with('$') && !required.contains(name));
    let column = |name: &str, is_required| {
        let kind = match type_of(&schema["properties"][name], &schema) {
            Some("array") if is_required => Kind::Codes,
            Some("array") => Kind::Ids,
            Some("string") => Kind::Text,
            _ => Kind::Json,
        };
        Column { name: name.to_owned(), kind, is_required }
    };
    let destination = Column { name: DESTINATION.to_owned(), kind: Kind::Destination, is_required: true };
    let required_columns = required.iter().map(|name| column(name, true));
    [destination].into_iter().chain(required_columns).chain(optional.map(|name| column(name, false))).collect()
});

/// The type of a property, also if it is behind a reference.
fn type_of<'a>(property: &'a Value, schema: &'a Value) -> Option<&'a str> {
    let referred = |reference: &'a Value| schema.pointer(reference.as_str()?.trim_start_matches('#'));
    let names = [&property["type"], &property["type"][0]];
    let inner = referred(&property["$ref"]).or_else(|| property["allOf"].get(0));
    names.into_iter().find_map(Value::as_str).or_else(|| type_of(inner?, schema))
}

pub(crate) fn column_names(separator: &str) -> String {
    COLUMNS.iter().map(|column| &*column.name).collect::<Vec<_>>().join(separator)
}

pub(crate) fn schema() -> String {
    format!("{:#}\n", schemars::schema_for!(DestinationUpdate).to_value())
}

/// An update that has something in every list.
pub(crate) fn sample() -> DestinationUpdate {
    let places = SupportLocations::only(["HK", "US-CA"]);
    let update = DestinationUpdate::new("Night shift", SupportLanguages::only(["en", "zh-HK"]), places);
    update.with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"]).with_trunks(["+85287654321"])
}

pub(crate) fn template(format: TemplateFormat) -> String {
    let update = json!(sample());
    if format == TemplateFormat::Jsonl {
        return format!("{}\n", json!({ DESTINATION: "dest-1", "update": update }));
    }
    let cell = |column: &Column| match (column.kind, &update[&column.name]) {
        (Kind::Destination, _) => "dest-1".to_owned(),
        (_, Value::Array(entries)) => entries.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
        (_, value) => value.as_str().unwrap_or_default().to_owned(),
    };
    let cells = COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",");
    format!("{}\n{cells}\n", column_names(","))
}

pub(crate) fn completions(shell: Shell) -> String {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut text);
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
    let mut page = Arguments::command().version(env!("CARGO_PKG_VERSION"));
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
    fn columns_follow_the_document() {
        for (name, kind, is_required) in [
            ("destination", Kind::Destination, true),
            ("displayName", Kind::Text, true),
            ("supportLanguages", Kind::Codes, true),
            ("supportLocations", Kind::Codes, true),
            ("types", Kind::Codes, true),
            ("phoneTargets", Kind::Ids, false),
            ("staffTargets", Kind::Ids, false),
            ("trunkTargets", Kind::Ids, false),
        ] {
            let column = COLUMNS.iter().find(|column| column.name == name).unwrap();
            assert_eq!((column.kind, column.is_required), (kind, is_required), "{name}");
        }
    }

    #[test]
    fn help_describes_every_column() {
        for Column { name, .. } in &*COLUMNS {
            assert!(include_str!("../help/bulk.txt").contains(&format!("\n  {name} ")), "{name}");
        }
    }

    #[test]
    fn table_has_every_column() {
        let row = "dest-1,Night shift,en;zh-HK,HK;US-CA,STAFF;PHONE;TRUNK,+85212345678,staff-1;staff-2,+85287654321";
        assert!(template(TemplateFormat::Csv).lines().nth(1).unwrap().starts_with(row));
    }
}
