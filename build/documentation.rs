//! Says in the documentation of a type or field what the document limits, so that no Rust file repeats a number.

use serde_json::{Map, Value};

use super::text;

/// A sentence for each limit, in Markdown.
pub(crate) fn limits(limits: &Map<String, Value>) -> Option<String> {
    // The names are sorted; from the end, a lower limit comes before the upper one.
    let sentences: Vec<_> = limits.iter().rev().filter_map(|(word, value)| sentence(word, value)).collect();
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn sentence(word: &str, value: &Value) -> Option<String> {
    Some(match word {
        "minLength" => format!("At least {}.", count(value, "character", "characters")),
        "maxLength" => format!("At most {}.", count(value, "character", "characters")),
        "minItems" => format!("At least {}.", count(value, "entry", "entries")),
        "maxItems" => format!("At most {}.", count(value, "entry", "entries")),
        "minProperties" => format!("At least {}.", count(value, "key", "keys")),
        "maxProperties" => format!("At most {}.", count(value, "key", "keys")),
        "uniqueItems" => "No entry twice.".to_owned(),
        "minimum" => format!("At least {value}."),
        "maximum" => format!("At most {value}."),
        "exclusiveMinimum" => format!("More than {value}."),
        "exclusiveMaximum" => format!("Less than {value}."),
        "multipleOf" => format!("A multiple of {value}."),
        "pattern" => text::markdown(&format!("Matches the regular expression `{}`.", value.as_str()?)),
        // The values of a text are variants.
        "enum" if value.as_array()?.iter().any(Value::is_number) => {
            let values: Vec<_> = value.as_array()?.iter().map(Value::to_string).collect();
            format!("One of {}.", values.join(", "))
        }
        _ => return None,
    })
}

fn count(number: &Value, one: &str, many: &str) -> String {
    format!("{number} {}", if *number == 1 { one } else { many })
}
