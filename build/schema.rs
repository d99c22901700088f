//! Reads the schemas, keyword by keyword. What is not supported is an error, so that nothing is lost silently.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::{
    Result,
    fields::{self, Form, OBJECT, TEXT, YES_OR_NO},
    limits, pointer,
};

/// Maximum nesting depth of schemas.
const DEEPEST: usize = 24;

/// Maximum number of schemas read; `allOf` can double the number at each level.
const MOST: u32 = 50_000;

/// A schema. `limits` holds the keywords that constrain the value, `notes` the annotations.
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

/// `additionalProperties`.
#[derive(Clone, Debug)]
pub(crate) enum Rest {
    Unspecified,
    Anything,
    Nothing,
    Each(Box<Schema>),
}

/// A keyword of the OpenAPI 3.0.3 Schema Object: the types it applies to (empty for all), and the form of its value.
struct Keyword {
    name: &'static str,
    types: &'static [&'static str],
    role: Role,
    form: Form,
}

#[derive(PartialEq)]
enum Role {
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

/// What is true of one place, and not of each that `allOf` combines.
const FLAGS: [&str; 3] = ["nullable", "readOnly", "writeOnly"];

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

    /// `outer`: the pointers of the enclosing schemas.
    fn schema(&self, value: &Value, at: &str, outer: &[&str]) -> Result<Schema> {
        let Some(words) = value.as_object() else {
            return Err(format!("{at}: is not a schema; write one, such as `type: string`").into());
        };
        if outer.contains(&at) {
            return Err(format!("{at}: contains itself; give it a name in `components`").into());
        }
        if outer.len() > DEEPEST {
            return Err(format!("{at}: is nested more than {DEEPEST} schemas deep; give the inner ones names").into());
        }
        self.count_one(at)?;
        let outer = &[outer, &[at]].concat();
        if words.contains_key("$ref") {
            return self.reference(value, words, at);
        }
        if words.contains_key("allOf") && annotated(words).is_none() {
            let own = words.iter().filter(|(word, _)| !FLAGS.contains(&word.as_str()));
            own.into_iter().try_for_each(|(word, value)| check_combined(word, value, at))?;
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
        if let Some(only) = annotated(words) {
            self.check_end(value, at)?;
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
                None => return Err(format!("{at}: has no `items`, which an array needs; add it").into()),
            },
            "object" => self.object(value, at, outer)?,
            _ => Kind::Any,
        };
        limits::check(&kind, nullable, words.get("format"), &mut limits, at)?;
        Ok(Schema { at: at.into(), kind, nullable, limits, notes })
    }

    fn reference(&self, value: &Value, words: &Map<String, Value>, at: &str) -> Result<Schema> {
        let (_, end) = pointer::follow(self.document, value, at)?;
        let target = words["$ref"].as_str().unwrap_or_default();
        let name = target.strip_prefix("#/components/schemas/").filter(|name| !name.contains('/'));
        let Some(name) = name.filter(|_| end.starts_with("/components/schemas/")) else {
            return Err(format!("{at}/$ref: {target} must refer to a schema in #/components/schemas").into());
        };
        let kind = Kind::Reference(name.into());
        Ok(Schema { at: at.into(), kind, nullable: false, limits: Map::new(), notes: Map::new() })
    }

    /// Follows references and annotated ones to a schema that is neither.
    fn check_end(&self, value: &Value, at: &str) -> Result<()> {
        let (mut value, mut at) = (value, at.to_owned());
        let mut seen = Vec::new();
        while let Some(only) = value.as_object().and_then(annotated) {
            let member = format!("{at}/allOf/0");
            (value, at) = pointer::follow(self.document, only, &member)?;
            if seen.contains(&at) || seen.len() == DEEPEST {
                return Err(format!("{member}: is a circular reference, or one of a long chain; remove it").into());
            }
            seen.push(at.clone());
        }
        Ok(())
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
            None => Rest::Unspecified,
            Some((Value::Bool(true), _)) => Rest::Anything,
            Some((Value::Bool(false), _)) => Rest::Nothing,
            Some((schema, at)) => Rest::Each(Box::new(self.schema(schema, &at, outer)?)),
        };
        Ok(Kind::Object(properties, rest))
    }

    /// The parts of an object, with those of its `allOf` members merged in.
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
        for (index, member) in value["allOf"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{at}/allOf/{index}");
            let (member, end) = pointer::follow(self.document, member, &at)?;
            if seen.contains(&end) || seen.len() == DEEPEST {
                return Err(format!("{at}: is a circular reference, or one of a long chain; remove it").into());
            }
            check_member(member, &end, &at)?;
            seen.push(end.clone());
            let added = self.parts(member, &end, seen)?;
            seen.pop();
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
            return Err(format!(
                "{at}: the document has more than {MOST} schemas, with those that `allOf` repeats; simplify it"
            )
            .into());
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

/// The only member of an `allOf` that has nothing but annotations next to it.
fn annotated(words: &Map<String, Value>) -> Option<&Value> {
    let [only] = words.get("allOf")?.as_array()?.as_slice() else { return None };
    let is_more = |word: &String| !["allOf", "nullable"].contains(&word.as_str()) && !is_annotation(word);
    (!words.keys().any(is_more)).then_some(only)
}

/// A member of an `allOf` that combines objects: its place, and where it is used.
fn check_member(member: &Value, at: &str, used_at: &str) -> Result<()> {
    let Some(words) = member.as_object() else { return Err(format!("{at}: is not a schema; write one").into()) };
    words.iter().try_for_each(|(word, value)| check_combined(word, value, used_at))?;
    let type_of = type_of(words, at)?;
    if type_of.is_empty() {
        return Err(format!("{at}: has no `type`; add it").into());
    }
    words.iter().try_for_each(|(word, value)| check(word, value, type_of, at).map(drop))
}

/// Whether a keyword may stand in a member of `allOf`, or next to it, where objects are combined.
fn check_combined(word: &str, value: &Value, at: &str) -> Result<()> {
    let is_combined = match word {
        "type" => value == "object",
        _ if FLAGS.contains(&word) => value == false,
        _ => ["allOf", "properties", "required"].contains(&word) || is_annotation(word),
    };
    if is_combined {
        return Ok(());
    }
    let advice = "which combines only objects with `properties` and `required`; write the schema out";
    Err(format!("{at}: `{word}` is not supported in or next to `allOf`, {advice}").into())
}

fn is_annotation(word: &str) -> bool {
    !KEYWORDS.iter().any(|known| known.name == word && is_binding(known))
}

/// The type, stated or implied by other keywords.
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
        return Err(format!("{at}: does not apply to type {type_of}; remove it").into());
    }
    Ok(&keyword.role)
}
