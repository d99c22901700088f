//! The keywords of the Schema Object of OpenAPI 3.0.3.

use serde_json::{Map, Value};

use super::{
    Result,
    fields::{self, Form, OBJECT, TEXT, YES_OR_NO},
    pointer,
};

/// A keyword of the OpenAPI 3.0.3 Schema Object: the types it applies to (empty for all), and the form of its value.
struct Keyword {
    name: &'static str,
    types: &'static [&'static str],
    role: Role,
    form: Form,
}

#[derive(PartialEq)]
pub(crate) enum Role {
    /// Determines the type.
    Structure,
    /// Constrains the value.
    Limit,
    /// An annotation, with its name in JSON Schema.
    Note(&'static str),
    Ignored,
}

impl Keyword {
    const fn new(name: &'static str, types: &'static [&'static str], role: Role, form: Form) -> Self {
        Self { name, types, role, form }
    }
}

const NUMBER: Form = (Value::is_number, "a number");
const POSITIVE: Form = (|value| value.as_f64().is_some_and(|number| number > 0.0), "a number above 0");
const COUNT: Form =
    (|value| value.as_u64().is_some_and(|count| u32::try_from(count).is_ok()), "an integer from 0 to 4294967295");
const LIST: Form = (|value| value.as_array().is_some_and(|list| !list.is_empty()), "a list with at least one entry");
const SCHEMA_OR_NOT: Form = (|value| value.is_object() || value.is_boolean(), "a schema, `true` or `false`");
const ANYTHING: Form = (|_| true, "");

/// All keywords. `CONTRIBUTING.md` describes how each is handled.
const KEYWORDS: [Keyword; 32] = [
    Keyword::new("type", &[], Role::Structure, TEXT),
    Keyword::new("properties", &["object"], Role::Structure, OBJECT),
    Keyword::new("required", &["object"], Role::Structure, LIST),
    Keyword::new("additionalProperties", &["object"], Role::Structure, SCHEMA_OR_NOT),
    Keyword::new("items", &["array"], Role::Structure, OBJECT),
    Keyword::new("allOf", &["object"], Role::Structure, LIST),
    Keyword::new("nullable", &[], Role::Structure, YES_OR_NO),
    Keyword::new("format", &["string", "integer", "number"], Role::Structure, TEXT),
    Keyword::new("enum", &["string", "integer", "number"], Role::Limit, LIST),
    Keyword::new("pattern", &["string"], Role::Limit, TEXT),
    Keyword::new("minLength", &["string"], Role::Limit, COUNT),
    Keyword::new("maxLength", &["string"], Role::Limit, COUNT),
    Keyword::new("minimum", &["integer", "number"], Role::Limit, NUMBER),
    Keyword::new("maximum", &["integer", "number"], Role::Limit, NUMBER),
    Keyword::new("exclusiveMinimum", &["integer", "number"], Role::Limit, YES_OR_NO),
    Keyword::new("exclusiveMaximum", &["integer", "number"], Role::Limit, YES_OR_NO),
    Keyword::new("multipleOf", &["integer", "number"], Role::Limit, POSITIVE),
    Keyword::new("minItems", &["array"], Role::Limit, COUNT),
    Keyword::new("maxItems", &["array"], Role::Limit, COUNT),
    Keyword::new("uniqueItems", &["array"], Role::Limit, YES_OR_NO),
    Keyword::new("minProperties", &["object"], Role::Limit, COUNT),
    Keyword::new("maxProperties", &["object"], Role::Limit, COUNT),
    Keyword::new("title", &[], Role::Note("title"), TEXT),
    Keyword::new("description", &[], Role::Note("description"), TEXT),
    Keyword::new("default", &[], Role::Note("default"), ANYTHING),
    Keyword::new("example", &[], Role::Note("examples"), ANYTHING),
    Keyword::new("deprecated", &[], Role::Note("deprecated"), YES_OR_NO),
    Keyword::new("readOnly", &[], Role::Note("readOnly"), YES_OR_NO),
    Keyword::new("writeOnly", &[], Role::Note("writeOnly"), YES_OR_NO),
    Keyword::new("discriminator", &[], Role::Ignored, OBJECT),
    Keyword::new("xml", &[], Role::Ignored, OBJECT),
    Keyword::new("externalDocs", &[], Role::Ignored, OBJECT),
];

fn is_binding(keyword: &Keyword) -> bool {
    matches!(keyword.role, Role::Structure | Role::Limit)
}

/// Whether a word neither determines the type nor constrains the value.
pub(crate) fn is_annotation(word: &str) -> bool {
    !KEYWORDS.iter().any(|known| known.name == word && is_binding(known))
}

/// The type, stated or implied by other keywords.
pub(crate) fn type_of<'a>(words: &'a Map<String, Value>, at: &str) -> Result<&'a str> {
    const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];
    match words.get("type") {
        Some(Value::String(named)) if TYPES.contains(&named.as_str()) => return Ok(named),
        Some(other) => {
            return Err(
                format!("{at}/type: {other} is not a type of OpenAPI 3.0; write one of {}", TYPES.join(", ")).into()
            );
        }
        None => {}
    }
    let implied =
        |word: &&str| KEYWORDS.iter().find(|known| known.name == *word && is_binding(known)).map(|known| known.types);
    let types: Vec<_> =
        words.keys().filter_map(|word| implied(&word.as_str())).filter(|types| !types.is_empty()).collect();
    match types.first() {
        None => Ok(""),
        Some([only]) if types.iter().all(|types| types == &[*only]) => Ok(only),
        Some(_) => Err(format!("{at}: has no `type`; add it").into()),
    }
}

/// Checks that a keyword is known, applies to the type and has a value of the right form.
pub(crate) fn check(word: &str, value: &Value, type_of: &str, at: &str) -> Result<&'static Role> {
    let at = format!("{at}/{}", pointer::escape(word));
    if word.starts_with("x-") {
        return Ok(&Role::Ignored);
    }
    let Some(keyword) = KEYWORDS.iter().find(|known| known.name == word) else {
        let advice = match word {
            "oneOf" | "anyOf" | "not" => {
                "is not supported: a value has one type here; write what all variants have in common"
            }
            _ => "is not a keyword of OpenAPI 3.0; correct or remove it",
        };
        return Err(format!("{at}: {advice}").into());
    };
    fields::check_form(value, &at, &keyword.form)?;
    if !keyword.types.is_empty() && !type_of.is_empty() && !keyword.types.contains(&type_of) {
        return Err(format!("{at}: does not apply to type {type_of}; remove it").into());
    }
    Ok(&keyword.role)
}
