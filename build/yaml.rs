//! Reads the YAML document into a `serde_json::Value`.

use std::{fs, path::Path};

use serde_json::{Map, Value};
use yaml_serde::Value as Yaml;

use super::{Result, pointer};

/// Maximum size of the document, and of what its aliases make of it; both bound time and memory.
const MAX_BYTES: u64 = 256 << 10;
const MAX_VALUES: usize = 20_000;

pub(crate) fn read(file: &Path) -> Result<Value> {
    let unreadable = |e| format!("cannot be read ({e}); restore it, because the client is generated from it");
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
    // `yaml_serde::Value` rejects duplicate keys; `serde_json::Value` would keep the last one.
    let mut data: Yaml =
        yaml_serde::from_str(&text).map_err(|e| format!("is not valid YAML, correct this place: {e}"))?;
    data.apply_merge()
        .map_err(|e| format!("has a merge key (`<<`) that cannot be applied ({e}); write its entries out"))?;
    to_json(data, "", &mut 0)
}

/// Rejects what JSON cannot say and serde would change without a word.
fn to_json(value: Yaml, at: &str, count: &mut usize) -> Result<Value> {
    *count += 1;
    if *count > MAX_VALUES {
        return Err(
            format!("{at}: the document has more than {MAX_VALUES} values, aliases included; simplify it").into()
        );
    }
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => value.into(),
        Yaml::String(text) => text.into(),
        Yaml::Number(number) if !number.is_finite() => {
            return Err(format!("{at}: {number} is not a number of JSON; write a finite one").into());
        }
        Yaml::Number(number) => serde_json::to_value(number)?,
        Yaml::Sequence(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| to_json(item, &format!("{at}/{index}"), count))
            .collect::<Result<_>>()?,
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = key_of(key, at)?;
                let at = format!("{at}/{}", pointer::escape(&key));
                if key == "<<" {
                    return Err(format!("{at}: comes in by another merge key; write its entries out").into());
                }
                let value = to_json(value, &at, count)?;
                if object.insert(key, value).is_some() {
                    return Err(format!("{at}: is there twice, with and without quotes; remove one of the two").into());
                }
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            return Err(format!("{at}: has the tag {}, which means nothing here; remove it", tagged.tag).into());
        }
    })
}

/// A status may be a number. Any other key but a string may have been written in another way: `0x10`, `True`.
fn key_of(key: Yaml, at: &str) -> Result<String> {
    match key {
        Yaml::String(key) => Ok(key),
        Yaml::Number(number) if number.as_u64().is_some_and(|status| (100..600).contains(&status)) => {
            Ok(number.to_string())
        }
        Yaml::Number(_) | Yaml::Bool(_) | Yaml::Null => {
            let key = serde_json::to_string(&key)?;
            Err(format!("{at}/{key}: is a key that is not a string; put it in quotes").into())
        }
        _ => Err(format!("{at}/?: is a key that is not a string; write a string").into()),
    }
}
