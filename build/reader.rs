//! Reads the schemas, keyword by keyword. What is not supported is an error, so that nothing is lost silently.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::{
    Result,
    keywords::{Role, check, is_annotation, type_of},
    limits, pointer,
    schema::{Kind, Property, Rest, Schema},
};

/// Maximum nesting depth of schemas.
const DEEPEST: usize = 24;

/// Maximum number of schemas read; `allOf` can double the number at each level.
const MOST: u32 = 50_000;

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
