//! JSON pointers (RFC 6901), used in error messages.

use serde_json::Value;

use super::Result;

/// Maximum length of a chain of references.
const MAX_CHAIN: usize = 24;

/// What says nothing of a value, and may be ignored next to a `$ref`.
const ANNOTATIONS: [&str; 9] =
    ["default", "deprecated", "description", "discriminator", "example", "externalDocs", "summary", "title", "xml"];

pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Resolves a chain of `$ref`s; returns the value and its pointer.
pub(crate) fn follow<'a>(document: &'a Value, value: &'a Value, at: &str) -> Result<(&'a Value, String)> {
    let (mut value, mut at) = (value, at.to_owned());
    let mut seen = Vec::new();
    while let Some(reference) = value.get("$ref") {
        check_siblings(value, &at)?;
        let Some(target) = reference.as_str() else {
            return Err(format!("{at}/$ref: {reference} is not a reference; write it as \"#/components/…\"").into());
        };
        let found = target.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        let Some(found) = found else {
            return Err(format!("{at}/$ref: {target} is not in this file; add it or correct the name").into());
        };
        if seen.contains(&target) {
            return Err(format!("{at}/$ref: {target} is a circular reference; remove it").into());
        }
        if seen.len() == MAX_CHAIN {
            return Err(format!("{at}/$ref: is behind {MAX_CHAIN} other references; refer to its target").into());
        }
        seen.push(target);
        (value, at) = (found, target[1..].to_owned());
    }
    Ok((value, at))
}

fn check_siblings(value: &Value, at: &str) -> Result<()> {
    let is_lost = |word: &&String| *word != "$ref" && !word.starts_with("x-") && !ANNOTATIONS.contains(&word.as_str());
    let Some(word) = value.as_object().and_then(|words| words.keys().find(is_lost)) else { return Ok(()) };
    let advice = match word.as_str() {
        "nullable" | "properties" | "readOnly" | "required" | "writeOnly" => {
            "put the reference into `allOf` and this next to it"
        }
        _ => "write it where the reference leads, or write that out here",
    };
    Err(format!("{at}/{}: is next to a `$ref`, where OpenAPI 3.0 ignores it; {advice}", escape(word)).into())
}
