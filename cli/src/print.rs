//! What the tool prints about itself and its input: templates, the JSON Schema, completions and manual pages.

use cinnox_destination::{DestinationUpdate, Violations, prelude::*};
use clap_complete::Shell;
use serde_json::{Value, json};

use crate::{
    arguments::{TemplateFormat, command},
    exit::Failure,
};

const NAME: &str = "cinnox-destination";

/// The column and key of the ID.
pub(crate) const DESTINATION: &str = "destination";

/// A property of an update.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) is_list: bool,
    pub(crate) is_required: bool,
}

fn update_schema() -> Value {
    schemars::schema_for!(DestinationUpdate).to_value()
}

pub(crate) fn schema() -> String {
    format!("{:#}\n", update_schema())
}

/// The properties according to the schema, the required ones first.
pub(crate) fn properties() -> Vec<Property> {
    let schema = update_schema();
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |name: &str| required.iter().position(|required| *required == name);
    let all = schema["properties"].as_object().into_iter().flatten();
    // `$schema` is for editors.
    let all = all.filter(|(name, _)| !name.starts_with('$')).map(|(name, property)| Property {
        name: name.clone(),
        is_list: is_list(&schema, property),
        is_required: place(name).is_some(),
    });
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|property| place(&property.name).unwrap_or(usize::MAX));
    all
}

/// Whether it is an array, here or in the definition that it refers to.
fn is_list(schema: &Value, property: &Value) -> bool {
    if let Some(kind) = property["type"].as_str() {
        return kind == "array";
    }
    let reference = property["$ref"].as_str().and_then(|reference| schema.pointer(reference.trim_start_matches('#')));
    let mut parts = property["allOf"].as_array().into_iter().flatten().chain(reference);
    parts.any(|part| is_list(schema, part))
}

/// An update that has something in every list.
pub(crate) fn sample(name: &str) -> Result<DestinationUpdate, Violations> {
    let places = SupportLocations::only(["HK", "US-CA"]);
    let update = DestinationUpdate::new(name, SupportLanguages::only(["en", "zh-HK"]), places)?;
    Ok(update.with_staff(["staff-1", "staff-2"]).with_phones(["+85212345678"]).with_trunks(["+85287654321"]))
}

pub(crate) fn template(format: TemplateFormat) -> Result<String, Failure> {
    let update = sample("Night shift").map_err(Failure::other)?;
    let update = serde_json::to_value(update).map_err(Failure::other)?;
    match format {
        TemplateFormat::Jsonl => Ok(format!("{}\n", json!({ DESTINATION: "dest-1", "update": update }))),
        TemplateFormat::Csv => table(&update).map_err(Failure::other),
    }
}

/// A header and one row with every cell filled.
fn table(update: &Value) -> csv::Result<String> {
    let properties = properties();
    let names = properties.iter().map(|property| property.name.clone());
    let cells = properties.iter().map(|property| cell(&update[&property.name]));
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(std::iter::once(DESTINATION.to_owned()).chain(names))?;
    table.write_record(std::iter::once("dest-1".to_owned()).chain(cells))?;
    table.flush()?;
    Ok(String::from_utf8_lossy(table.get_ref()).into_owned())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Array(entries) => entries.iter().map(cell).collect::<Vec<_>>().join(";"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
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
    let mut tool = command();
    tool.build();
    let page = match of {
        None => tool,
        Some(name) => {
            let command = tool.find_subcommand(name).cloned();
            let unknown = || Failure::refused(format!("there is no command {name:?}; --help lists them"));
            command.ok_or_else(unknown)?.name(format!("{NAME}-{name}"))
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).map_err(Failure::other)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_has_every_property_in_its_order() {
        let table = template(TemplateFormat::Csv).unwrap();
        let header = "destination,displayName,supportLanguages,supportLocations,types,";
        assert!(table.starts_with(header), "{table}");
        for name in ["phoneTargets", "staffTargets", "trunkTargets"] {
            assert!(table.lines().next().unwrap()[header.len()..].contains(name), "{table}");
        }
        assert!(table.lines().nth(1).unwrap().starts_with("dest-1,Night shift,en;zh-HK,HK;US-CA,STAFF;PHONE;TRUNK,"));
        let lists: Vec<_> = properties().into_iter().map(|property| property.is_list).collect();
        assert_eq!(lists, [false, true, true, true, true, true, true]);
    }
}
