//! Reads the document as plain data, in which every place has a JSON pointer.

use std::{fs, path::Path};

use serde_json::Value;

use super::{Result, pointer};

/// Far more than one endpoint needs; it bounds the time and the memory that a mistake can cost.
const MAX_BYTES: u64 = 256 << 10;

pub(crate) fn read(file: &Path) -> Result<Value> {
    let unreadable = |e| format!("cannot be read ({e}); the client is made from this file, put it back");
    let length = fs::metadata(file).map_err(unreadable)?.len();
    if length > MAX_BYTES {
        return Err(format!("has {length} bytes; keep it within {MAX_BYTES}").into());
    }
    let text = String::from_utf8(fs::read(file).map_err(unreadable)?).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        let column = good.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        format!("is not UTF-8 at line {line} column {column}; save it as UTF-8")
    })?;
    // The parser's own type refuses a key that is there twice; JSON's would take the last of the two.
    let mut data: yaml_serde::Value =
        yaml_serde::from_str(&text).map_err(|e| format!("is not valid YAML, correct this place: {e}"))?;
    data.apply_merge()
        .map_err(|e| format!("has a merge key (`<<`) that cannot be applied ({e}); write its entries out"))?;
    let document =
        serde_json::to_value(&data).map_err(|e| format!("has a key that is not a string, put it in quotes: {e}"))?;
    refuse_nested_merges(&document, "")?;
    Ok(document)
}

/// A merge key that comes in by another one is not applied.
fn refuse_nested_merges(value: &Value, at: &str) -> Result<()> {
    if value.get("<<").is_some() {
        return Err(format!("{at}/<<: comes in by another merge key; write its entries out").into());
    }
    pointer::children(value).try_for_each(|(key, child)| refuse_nested_merges(child, &format!("{at}/{key}")))
}
