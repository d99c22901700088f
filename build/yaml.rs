//! Reads the document. YAML errors, among them duplicate keys, keep their line and column.

use std::{fs, path::Path};

use serde_json::{Map, Value};
use yaml_serde::Value as Yaml;

use super::Result;

pub(crate) fn read(file: &Path) -> Result<Value> {
    let bytes = fs::read(file).map_err(|e| format!("cannot be read ({e}); restore it"))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("is not UTF-8 at line {line}; save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    to_json(yaml_serde::from_str(text).map_err(|e| format!("is not valid YAML ({e}); correct this place"))?)
}

fn to_json(value: Yaml) -> Result<Value> {
    Ok(match value {
        Yaml::Sequence(entries) => entries.into_iter().map(to_json).collect::<Result<_>>()?,
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = match key {
                    Yaml::String(key) => key,
                    Yaml::Number(status) => status.to_string(),
                    other => return Err(format!("has the key {other:?}; write a text, in quotes").into()),
                };
                if object.insert(key.clone(), to_json(value)?).is_some() {
                    return Err(format!("has the key {key:?} twice, once without quotes; remove one of the two").into());
                }
            }
            object.into()
        }
        value => serde_json::to_value(value)?,
    })
}

/// Shows a text literally in rustdoc, but with inline code: no code blocks, which would run as tests, HTML or links.
pub(crate) fn markdown(text: &str) -> String {
    // One line has no indented code.
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("``", "` `");
    let escape = |character: char| match character {
        '\\' | '<' | '>' | '[' | ']' | '~' | '&' => format!("\\{character}"),
        _ if character.is_ascii_graphic() || character == ' ' || character.is_alphanumeric() => character.into(),
        // Control and bidirectional characters.
        _ => character.escape_debug().to_string(),
    };
    line.chars().map(escape).collect()
}
