//! Reads the document, and prepares its texts for rustdoc. YAML errors, such as a duplicate key, keep line and column.

use std::{fs, path::Path};

use serde_json::Value;

use super::Result;

pub(crate) fn read(file: &Path) -> Result<Value> {
    let bytes = fs::read(file).map_err(|e| format!("cannot be read ({e}); restore it"))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("is not UTF-8 at line {line}; save it as UTF-8")
    })?;
    // `serde_json::Value` would keep the last of two equal keys.
    let value: yaml_serde::Value =
        yaml_serde::from_str(&text).map_err(|e| format!("is not valid YAML: {e}; correct it"))?;
    Ok(serde_json::to_value(value).map_err(|e| format!("has a value that JSON has not ({e}); correct it"))?)
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
