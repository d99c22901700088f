//! `schema`: the JSON Schema of an update, and the properties that the CSV format derives from it.

use cinnox_destination::DestinationUpdate;
use serde_json::Value;

pub(crate) fn of_update() -> Value {
    schemars::schema_for!(DestinationUpdate).to_value()
}

pub(crate) fn as_text() -> String {
    format!("{:#}\n", of_update())
}

/// How the value of a property is written in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    List,
    /// As JSON.
    Other,
}

/// A property of an update.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) form: Form,
    pub(crate) is_required: bool,
}

/// The required ones first, in the order of the document.
pub(crate) fn properties() -> Vec<Property> {
    let schema = of_update();
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let place = |name: &str| required.iter().position(|required| *required == name);
    let mut properties: Vec<_> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        // `$schema` is for editors.
        .filter(|(name, _)| !name.starts_with('$'))
        .map(|(name, property)| Property {
            name: name.clone(),
            form: form_of(&schema, property),
            is_required: place(name).is_some(),
        })
        .collect();
    properties.sort_by_key(|property| place(&property.name).unwrap_or(usize::MAX));
    properties
}

/// Determined by `type`, following references.
fn form_of(schema: &Value, property: &Value) -> Form {
    match property["type"].as_str() {
        Some("string") => return Form::Text,
        Some("array") => return Form::List,
        _ => {}
    }
    let reference = property["$ref"].as_str().and_then(|reference| schema.pointer(reference.trim_start_matches('#')));
    let mut parts = property["allOf"].as_array().into_iter().flatten().chain(reference);
    parts.find_map(|part| Some(form_of(schema, part)).filter(|form| *form != Form::Other)).unwrap_or(Form::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_properties_in_their_order() {
        let names: Vec<_> = properties().into_iter().map(|property| property.name).collect();
        // The required ones come first, both parts in the order of the alphabet or of the document.
        let required = ["displayName", "supportLanguages", "supportLocations", "types"];
        assert_eq!(names[..4], required);
        assert!(
            ["phoneTargets", "staffTargets", "trunkTargets"].iter().all(|name| names[4..].contains(&(*name).into()))
        );
        assert_eq!(properties()[0].form, Form::Text);
        assert!(properties()[1..4].iter().all(|property| property.form == Form::List));
    }
}
