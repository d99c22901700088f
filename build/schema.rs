//! Reads the schemas of the document, keyword by keyword. What is not understood is an error, so that nothing that the
//! vendor says is lost without a word.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::{
    Result,
    fields::{self, Form, OBJECT, TEXT, YES_OR_NO},
    pointer,
};

/// Deeper than any schema that a person would read.
const DEEPEST: usize = 24;

/// More than any document has; schemas that are put together of each other can double at each step.
const MOST: u32 = 50_000;

/// A schema, with what is said of a value (`limits`) apart from what is said to a reader (`notes`).
#[derive(Clone, Debug)]
pub(crate) struct Schema {
    pub(crate) at: String,
    pub(crate) kind: Kind,
    pub(crate) nullable: bool,
    pub(crate) limits: Map<String, Value>,
    pub(crate) notes: Map<String, Value>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Any,
    /// The name of a schema in `components`.
    Reference(String),
    String,
    Integer,
    Number,
    Boolean,
    Array(Box<Schema>),
    Object(Vec<Property>, Rest),
}

#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) schema: Schema,
}

/// What an object may have beside its properties.
#[derive(Clone, Debug)]
pub(crate) enum Rest {
    Unsaid,
    Anything,
    Nothing,
    Each(Box<Schema>),
}

/// A keyword of OpenAPI 3.0.3's schema object: the types of schemas that it belongs to, all if none is named, and what
/// its value is.
struct Keyword {
    name: &'static str,
    types: &'static [&'static str],
    role: Role,
    form: Form,
}

#[derive(PartialEq)]
enum Role {
    /// Decides on the type.
    Structure,
    /// Is said of the value.
    Limit,
    /// Is said to a reader, under this name in JSON Schema.
    Note(&'static str),
    /// Is of no use to a client.
    Ignored,
}

impl Keyword {
    const fn new(name: &'static str, types: &'static [&'static str], role: Role, form: Form) -> Self {
        Self { name, types, role, form }
    }
}

const NUMBER: Form = (Value::is_number, "a number");
const POSITIVE: Form = (|value| value.as_f64().is_some_and(|number| number > 0.0), "a number above 0");
const COUNT: Form = (
    |value| value.as_u64().is_some_and(|count| u32::try_from(count).is_ok()),
    "a whole number, 0 or above, and not beyond 4294967295",
);
const LIST: Form = (|value| value.as_array().is_some_and(|list| !list.is_empty()), "a list with at least one entry");
const SCHEMA_OR_NOT: Form = (|value| value.is_object() || value.is_boolean(), "a schema, `true` or `false`");
const ANYTHING: Form = (|_| true, "");

/// The whole table; `CONTRIBUTING.md` says what becomes of each.
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

/// Reads schemas of one document.
pub(crate) struct Reader<'a> {
    document: &'a Value,
    count: Cell<u32>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(document: &'a Value) -> Self {
        Self { document, count: Cell::new(0) }
    }

    /// Reads the schema at a place of the document.
    pub(crate) fn read(&self, value: &Value, at: &str) -> Result<Schema> {
        self.schema(value, at, &[])
    }

    /// `outer` are the places of the schemas that this one is a part of.
    fn schema(&self, value: &Value, at: &str, outer: &[&str]) -> Result<Schema> {
        let Some(words) = value.as_object() else {
            return Err(format!("{at}: is not a schema; write one, such as `type: string`").into());
        };
        if outer.contains(&at) {
            return Err(format!("{at}: leads back to itself; give it a name in `components`").into());
        }
        if outer.len() > DEEPEST {
            return Err(format!("{at}: is nested more than {DEEPEST} schemas deep; give the inner ones names").into());
        }
        self.count_one(at)?;
        let outer = &[outer, &[at]].concat();
        if words.contains_key("$ref") {
            return self.reference(value, words, at);
        }
        let type_of = type_of(words, at)?;
        let (mut limits, mut notes) = (Map::new(), Map::new());
        for (word, value) in words {
            match check(word, value, type_of, at)? {
                Role::Limit => drop(limits.insert(word.clone(), value.clone())),
                Role::Note("examples") => drop(notes.insert("examples".into(), Value::from(vec![value.clone()]))),
                Role::Note(name) => drop(notes.insert((*name).into(), value.clone())),
                Role::Structure | Role::Ignored => {}
            }
        }
        let nullable = words.get("nullable") == Some(&true.into());
        if let Some([only]) = words.get("allOf").and_then(Value::as_array).map(Vec::as_slice)
            && !["type", "properties", "required"].iter().any(|word| words.contains_key(*word))
        {
            // How one says something of a schema that stands elsewhere.
            self.parts(value, at, &mut Vec::new())?;
            let mut schema = self.schema(only, &format!("{at}/allOf/0"), outer)?;
            schema.nullable |= nullable;
            schema.notes.extend(notes);
            return Ok(schema);
        }
        let kind = match type_of {
            "string" => Kind::String,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            "array" => match words.get("items") {
                Some(items) => Kind::Array(Box::new(self.schema(items, &format!("{at}/items"), outer)?)),
                None => return Err(format!("{at}: is an array without `items`; say what its items are").into()),
            },
            "object" => self.object(value, at, outer)?,
            _ => Kind::Any,
        };
        check_limits(&kind, nullable, words.get("format"), &mut limits, at)?;
        Ok(Schema { at: at.into(), kind, nullable, limits, notes })
    }

    fn reference(&self, value: &Value, words: &Map<String, Value>, at: &str) -> Result<Schema> {
        let (_, end) = pointer::follow(self.document, value, at)?;
        let target = words["$ref"].as_str().unwrap_or_default();
        let name = target.strip_prefix("#/components/schemas/").filter(|name| !name.contains('/'));
        let Some(name) = name.filter(|_| end.starts_with("/components/schemas/")) else {
            return Err(
                format!("{at}/$ref: {target} is no schema with a name; put it under #/components/schemas").into()
            );
        };
        let is_said = |word: &&String| KEYWORDS.iter().any(|known| known.name == *word && is_binding(known));
        if let Some(word) = words.keys().find(is_said) {
            let advice = "put both into `allOf`, or write it where the reference leads";
            return Err(format!("{at}/{word}: stands beside a $ref, where OpenAPI 3.0 ignores it; {advice}").into());
        }
        let kind = Kind::Reference(name.into());
        Ok(Schema { at: at.into(), kind, nullable: false, limits: Map::new(), notes: Map::new() })
    }

    fn object(&self, value: &Value, at: &str, outer: &[&str]) -> Result<Kind> {
        let parts = self.parts(value, at, &mut Vec::new())?;
        let mut properties: Vec<Property> = Vec::new();
        for (name, schema, at) in parts.properties {
            let schema = self.schema(schema, &at, outer)?;
            properties.push(Property { name: name.into(), required: false, schema });
        }
        for (name, at) in parts.required {
            match properties.iter_mut().find(|property| property.name == name) {
                Some(property) => property.required = true,
                None => {
                    return Err(format!("{at}: {name:?} is none of the properties; add it or correct the name").into());
                }
            }
        }
        let rest = match parts.rest {
            None => Rest::Unsaid,
            Some((Value::Bool(true), _)) => Rest::Anything,
            Some((Value::Bool(false), _)) => Rest::Nothing,
            Some((schema, at)) => Rest::Each(Box::new(self.schema(schema, &at, outer)?)),
        };
        Ok(Kind::Object(properties, rest))
    }

    /// What an object is made of, with all that `allOf` adds to it.
    fn parts<'b>(&'b self, value: &'b Value, at: &str, seen: &mut Vec<String>) -> Result<Parts<'b>> {
        self.count_one(at)?;
        let mut parts = Parts::default();
        for (name, schema) in value["properties"].as_object().into_iter().flatten() {
            parts.properties.push((name, schema, format!("{at}/properties/{}", pointer::escape(name))));
        }
        for (index, name) in value["required"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{at}/required/{index}");
            match name.as_str() {
                Some(name) => parts.required.push((name, at)),
                None => return Err(format!("{at}: {name} is not the name of a property; put it in quotes").into()),
            }
        }
        parts.rest = value.get("additionalProperties").map(|rest| (rest, format!("{at}/additionalProperties")));
        let members = value["allOf"].as_array().map(Vec::as_slice).unwrap_or_default();
        for (index, member) in members.iter().enumerate() {
            let at = format!("{at}/allOf/{index}");
            let (member, end) = pointer::follow(self.document, member, &at)?;
            if seen.contains(&end) {
                return Err(format!("{at}: leads back to itself; say what it is").into());
            }
            seen.push(end.clone());
            let added = self.parts(member, &end, seen)?;
            seen.pop();
            if members.len() > 1 || value.get("properties").is_some() {
                let is_object = member.as_object().map(|words| type_of(words, &end)).transpose()? == Some("object");
                if !is_object || added.rest.is_some() || member["nullable"] == true {
                    let advice = "only objects without `nullable` and `additionalProperties` can be put together";
                    return Err(format!("{at}: cannot be combined; {advice}").into());
                }
            }
            for (name, schema, at) in added.properties {
                match parts.properties.iter().find(|(known, ..)| *known == name) {
                    Some((_, known, _)) if *known == schema => {}
                    Some((_, _, first)) => {
                        return Err(format!("{at}: differs from {first}; keep one of the two").into());
                    }
                    None => parts.properties.push((name, schema, at)),
                }
            }
            parts.required.extend(added.required);
        }
        Ok(parts)
    }

    fn count_one(&self, at: &str) -> Result<()> {
        self.count.set(self.count.get() + 1);
        if self.count.get() > MOST {
            return Err(
                format!("{at}: the document is made of more than {MOST} schemas; write it in a simpler way").into()
            );
        }
        Ok(())
    }
}

#[derive(Default)]
struct Parts<'a> {
    properties: Vec<(&'a str, &'a Value, String)>,
    required: Vec<(&'a str, String)>,
    rest: Option<(&'a Value, String)>,
}

fn is_binding(keyword: &Keyword) -> bool {
    matches!(keyword.role, Role::Structure | Role::Limit)
}

/// What `type` says, or what its other words say for it.
fn type_of<'a>(words: &'a Map<String, Value>, at: &str) -> Result<&'a str> {
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

fn check(word: &str, value: &Value, type_of: &str, at: &str) -> Result<&'static Role> {
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
        return Err(format!("{at}: says nothing of a value of type {type_of}; remove it").into());
    }
    Ok(&keyword.role)
}

/// Checks what is said of the value, and writes it as JSON Schema does.
fn check_limits(
    kind: &Kind,
    nullable: bool,
    format: Option<&Value>,
    limits: &mut Map<String, Value>,
    at: &str,
) -> Result<()> {
    if let Some(values) = limits.get("enum").and_then(Value::as_array) {
        for (index, value) in values.iter().enumerate() {
            let fits = match kind {
                Kind::String => value.is_string(),
                Kind::Integer => value.is_i64(),
                _ => value.is_number(),
            };
            if !fits && !(nullable && value.is_null()) {
                return Err(
                    format!("{at}/enum/{index}: {value} is not of the type; correct it or put it in quotes").into()
                );
            }
            if values[..index].contains(value) {
                return Err(format!("{at}/enum/{index}: {value} is there twice; remove one of the two").into());
            }
        }
        if values.iter().all(Value::is_null) {
            return Err(format!("{at}/enum: has no value but null; name one").into());
        }
    }
    for (word, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match (limits.remove(exclusive), limits.get(word)) {
            (Some(Value::Bool(true)), None) => {
                return Err(format!("{at}/{exclusive}: stands without `{word}`; add it").into());
            }
            (Some(Value::Bool(true)), Some(limit)) => {
                limits.insert(exclusive.into(), limit.clone());
                limits.remove(word);
            }
            _ => {}
        }
    }
    if matches!(kind, Kind::Integer) && format.is_some_and(|format| format == "int32") {
        if !limits.contains_key("exclusiveMinimum") {
            limits.entry("minimum").or_insert(i32::MIN.into());
        }
        if !limits.contains_key("exclusiveMaximum") {
            limits.entry("maximum").or_insert(i32::MAX.into());
        }
    }
    if limits.get("uniqueItems") == Some(&false.into()) {
        limits.remove("uniqueItems");
    }
    if let Kind::Object(properties, _) = kind
        && !properties.is_empty()
        && let Some(word) = ["minProperties", "maxProperties"].iter().find(|word| limits.contains_key(**word))
    {
        return Err(format!("{at}/{word}: cannot be held where properties have names; say which are required").into());
    }
    Ok(())
}
