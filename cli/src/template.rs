//! `template`: an example of the updates that `bulk` takes.

use serde_json::{Value, json};

use crate::{arguments::TemplateFormat, failure::Failure, input::DESTINATION, sample, schema::properties};

const DESTINATION_ID: &str = "dest-1";

pub(crate) fn of(format: TemplateFormat) -> Result<String, Failure> {
    let sample = sample::complete().map_err(|error| Failure::Other(error.to_string()))?;
    match format {
        TemplateFormat::Jsonl => Ok(format!("{}\n", json!({ DESTINATION: DESTINATION_ID, "update": sample }))),
        TemplateFormat::Csv => {
            let update = serde_json::to_value(sample).map_err(|error| Failure::Other(error.to_string()))?;
            table(&update).map_err(|error| Failure::Other(error.to_string()))
        }
    }
}

/// A header and one row with every cell filled.
fn table(update: &Value) -> csv::Result<String> {
    let properties = properties();
    let names = properties.iter().map(|property| property.name.clone());
    let cells = properties.iter().map(|property| cell(&update[&property.name]));
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(std::iter::once(DESTINATION.to_owned()).chain(names))?;
    table.write_record(std::iter::once(DESTINATION_ID.to_owned()).chain(cells))?;
    table.flush()?;
    Ok(String::from_utf8_lossy(table.get_ref()).into_owned())
}

fn cell(value: &Value) -> String {
    match value {
        Value::Array(entries) => entries.iter().map(cell).collect::<Vec<_>>().join(";"),
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_table_has_every_property() {
        let table = of(TemplateFormat::Csv).unwrap();
        let names: Vec<_> = properties().into_iter().map(|property| property.name).collect();
        assert_eq!(table.lines().next().unwrap(), format!("destination,{}", names.join(",")));
        let mut records = csv::Reader::from_reader(table.as_bytes());
        let row: HashMap<String, String> = records.deserialize().next().unwrap().unwrap();
        for (column, value) in [
            ("destination", "dest-1"),
            ("displayName", "Night shift"),
            ("supportLanguages", "en;zh-HK"),
            ("types", "STAFF;PHONE;TRUNK"),
            ("staffTargets", "staff-1;staff-2"),
        ] {
            assert_eq!(row[column], value, "{table}");
        }
    }
}
