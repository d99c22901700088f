//! Writes a schema in two forms: for typify, which makes a type of it, and as JSON Schema (draft 2020-12), by which an
//! update is judged. Both are made of the same reading, so that they do not drift apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    Result, limits, names,
    schema::{Kind, Property, Rest, Schema},
    text,
};

/// Words of Rust's prelude that the generated code uses without a path.
const TAKEN: [&str; 7] = ["Err", "None", "Ok", "Option", "Result", "Some", "String"];

/// A type that will be generated, and the place of its schema.
pub(crate) struct Type {
    pub(crate) at: String,
    /// Whether it is an object or an `enum`, which may grow.
    pub(crate) grows: bool,
    form: Value,
}

pub(crate) struct Forms<'a> {
    schemas: &'a BTreeMap<String, Schema>,
    requested: BTreeSet<String>,
    answered: BTreeSet<String>,
    pub(crate) types: BTreeMap<String, Type>,
    definitions: Map<String, Value>,
    /// Whether a request has a limit that its type does not hold.
    pub(crate) is_limited: bool,
    /// The place of a `pattern` that a type holds.
    pub(crate) pattern: Option<String>,
}

impl<'a> Forms<'a> {
    /// `requests` and `answers` are the schemas of bodies.
    pub(crate) fn new<'b>(
        schemas: &'a BTreeMap<String, Schema>,
        written_by_hand: &'a [&'a str],
        requests: impl Iterator<Item = &'b Schema>,
        answers: impl Iterator<Item = &'b Schema>,
    ) -> Result<Self> {
        let (mut requested, mut answered) = (BTreeSet::new(), BTreeSet::new());
        requests.for_each(|schema| reach(schemas, schema, &mut requested));
        answers.for_each(|schema| reach(schemas, schema, &mut answered));
        let (types, definitions) = (BTreeMap::new(), Map::new());
        let mut forms = Self { schemas, requested, answered, types, definitions, is_limited: false, pattern: None };
        for (name, schema) in schemas {
            let type_name = names::of_type(name);
            let in_request = forms.is_strict(name);
            if written_by_hand.contains(&type_name.as_str()) {
                if let Some(word) = schema.limits.keys().next() {
                    let advice = "its type is written by hand, say it there";
                    return Err(format!("{}/{word}: is not held; {advice}", schema.at).into());
                }
                if forms.requested.contains(name) {
                    let advice = "its type is written by hand and has rules that a JSON Schema does not know; use another schema";
                    return Err(format!("{}: is in the body of a request; {advice}", schema.at).into());
                }
            }
            let form = forms.form(schema, &type_name, in_request, true)?;
            forms.add(type_name.clone(), schema, form)?;
            // Whether null may stand for it is said where it is used.
            let definition = forms.definition(&Schema { nullable: false, ..schema.clone() }, in_request, true);
            forms.definitions.insert(type_name, definition);
        }
        Ok(forms)
    }

    /// The reference to the type of a schema, which gets this name if it has none.
    pub(crate) fn reference(&mut self, schema: &Schema, name: &str, in_request: bool) -> Result<Value> {
        let form = self.form(schema, name, in_request, true)?;
        if form.get("$ref").is_some() {
            return Ok(form);
        }
        let name = names::of_type(name);
        self.add(name.clone(), schema, form)?;
        Ok(json!({ "$ref": format!("#/components/schemas/{name}") }))
    }

    /// The schemas for typify.
    pub(crate) fn components(&self) -> Map<String, Value> {
        self.types.iter().map(|(name, entry)| (name.clone(), entry.form.clone())).collect()
    }

    /// The JSON Schemas, each with references to the others as `#/$defs/Name`.
    pub(crate) fn definitions(&self) -> String {
        Value::from(self.definitions.clone()).to_string()
    }

    fn is_strict(&self, name: &str) -> bool {
        self.requested.contains(name) || !self.answered.contains(name)
    }

    fn add(&mut self, name: String, schema: &Schema, form: Value) -> Result<()> {
        let at = &schema.at;
        if TAKEN.contains(&name.as_str()) {
            return Err(format!("{at}: becomes the type `{name}`, which Rust has already; rename it").into());
        }
        if let Some(other) = self.types.get(&name) {
            return Err(format!("{at}: becomes the type `{name}`, as {} does; rename one of the two", other.at).into());
        }
        let is_enum = form.get("enum").is_some() && schema.kind.is_string();
        let grows = is_enum || form.get("properties").is_some();
        self.types.insert(name, Type { at: at.clone(), grows, form });
        Ok(())
    }

    /// What decides on the type of a schema, which has a name (`is_named`) or gets one if it needs it. What only a
    /// response has (not `in_request`) is read with tolerance: a new value of an `enum`, or a longer text, must not turn
    /// a success into a failure.
    fn form(&mut self, schema: &Schema, name: &str, in_request: bool, is_named: bool) -> Result<Value> {
        let mut form = match &schema.kind {
            Kind::Any => json!({}),
            Kind::Reference(name) => json!({ "$ref": format!("#/components/schemas/{}", names::of_type(name)) }),
            Kind::String => self.string(schema, in_request, is_named),
            Kind::Integer => json!({ "type": "integer", "format": "int64" }),
            Kind::Number => json!({ "type": "number" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Array(items) => {
                self.is_limited |= in_request && !schema.limits.is_empty();
                json!({ "type": "array", "items": self.part(items, &format!("{name}Item"), in_request)? })
            }
            Kind::Object(properties, rest) => self.object(schema, properties, rest, name, in_request)?,
        };
        if matches!(schema.kind, Kind::Integer | Kind::Number) {
            self.is_limited |= in_request && !schema.limits.is_empty();
        }
        if form.get("$ref").is_none()
            && let Some(documentation) = self.documentation(schema, in_request)
        {
            form["description"] = documentation.into();
        }
        Ok(form)
    }

    fn string(&mut self, schema: &Schema, in_request: bool, is_named: bool) -> Value {
        let mut form = json!({ "type": "string" });
        let limits = || schema.limits.iter().filter(|_| in_request);
        if is_named || schema.limits.contains_key("enum") || schema.limits.contains_key("pattern") {
            limits().for_each(|(word, value)| form[word] = value.clone());
            if form.get("pattern").is_some() {
                self.pattern.get_or_insert(format!("{}/pattern", schema.at));
            }
            if let Some(values) = form.get_mut("enum").and_then(Value::as_array_mut) {
                values.retain(|value| !value.is_null());
            }
        } else {
            // A limit that comes or goes leaves the type of a field alone.
            self.is_limited |= limits().next().is_some();
        }
        form
    }

    fn object(
        &mut self,
        schema: &Schema,
        properties: &[Property],
        rest: &Rest,
        name: &str,
        in_request: bool,
    ) -> Result<Value> {
        self.is_limited |= in_request && !schema.limits.is_empty();
        let mut form = json!({ "type": "object" });
        for property in properties {
            let type_name = format!("{name}{}", names::of_type(&property.name));
            let mut part = self.part(&property.schema, &type_name, in_request)?;
            if !in_request && !property.required && is_plain(&property.schema, property.schema.notes.get("default")) {
                part["default"] = property.schema.notes["default"].clone();
            }
            form["properties"][&property.name] = part;
        }
        form["required"] = required(properties, in_request).collect();
        match rest {
            Rest::Unsaid if in_request && !properties.is_empty() => form["additionalProperties"] = false.into(),
            Rest::Nothing => {
                form["additionalProperties"] = false.into();
                form["properties"].as_object_mut().is_none().then(|| form["properties"] = json!({}));
            }
            Rest::Each(each) => {
                form["additionalProperties"] = self.part(each, &format!("{name}Value"), in_request)?;
            }
            Rest::Unsaid | Rest::Anything => {}
        }
        Ok(form)
    }

    /// The form of a schema inside of another one.
    pub(crate) fn part(&mut self, schema: &Schema, name: &str, in_request: bool) -> Result<Value> {
        let form = self.form(schema, name, in_request, false)?;
        let is_type = form.get("properties").is_some() || form.get("enum").is_some() || form.get("pattern").is_some();
        let mut form = if is_type {
            let name = names::of_type(name);
            self.add(name.clone(), schema, form)?;
            json!({ "$ref": format!("#/components/schemas/{name}") })
        } else {
            form
        };
        let documentation = self.documentation(schema, in_request);
        let nullable = schema.nullable || self.target(schema).is_some_and(|target| target.nullable);
        if form.get("$ref").is_some() && (nullable || documentation.is_some()) {
            form = json!({ "allOf": [form] });
        }
        if let Some(documentation) = documentation {
            form["description"] = documentation.into();
        }
        if nullable {
            form["nullable"] = true.into();
        }
        Ok(form)
    }

    /// What the documentation of a type or field says: the description and the limits, of the schema or of the one that
    /// it refers to.
    fn documentation(&self, schema: &Schema, in_request: bool) -> Option<String> {
        let both = [Some(schema), self.target(schema)];
        let description = both.iter().flatten().find_map(|schema| description(schema));
        let limits = both.iter().flatten().filter(|_| in_request).find_map(|schema| limits::sentences(&schema.limits));
        let paragraphs: Vec<_> = description.into_iter().chain(limits).collect();
        (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
    }

    fn target(&self, schema: &Schema) -> Option<&'a Schema> {
        match &schema.kind {
            Kind::Reference(name) => self.schemas.get(name),
            _ => None,
        }
    }

    /// The JSON Schema. An optional list that is empty is not sent, so that no lower limit holds for it.
    fn definition(&self, schema: &Schema, in_request: bool, required: bool) -> Value {
        let nullable = schema.nullable || self.target(schema).is_some_and(|target| target.nullable);
        let mut definition = match &schema.kind {
            Kind::Any => json!({}),
            Kind::Reference(name) => json!({ "$ref": format!("#/$defs/{}", names::of_type(name)) }),
            Kind::String => json!({ "type": "string" }),
            Kind::Integer => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
            Kind::Number => json!({ "type": "number" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Array(items) => json!({ "type": "array", "items": self.definition(items, in_request, true) }),
            Kind::Object(properties, rest) => self.object_definition(properties, rest, in_request),
        };
        if let Value::Object(words) = &mut definition {
            if schema.limits.contains_key("exclusiveMinimum") {
                words.remove("minimum");
            }
            if schema.limits.contains_key("exclusiveMaximum") {
                words.remove("maximum");
            }
            words.extend(schema.limits.clone());
            let lower = ["minItems", "minProperties"].into_iter().find_map(|word| words.remove_entry(word));
            if let Some((word, limit)) = lower {
                if required {
                    words.insert(word, limit);
                } else {
                    let empty = if word == "minItems" { "maxItems" } else { "maxProperties" };
                    words.insert("anyOf".into(), json!([{ (empty): 0 }, { (word): limit }]));
                }
            }
        }
        if let Some(values) = definition.get_mut("enum").and_then(Value::as_array_mut) {
            values.retain(|value| !value.is_null());
            values.extend(nullable.then_some(Value::Null));
        }
        if nullable && !matches!(schema.kind, Kind::Any) {
            match definition.get("type").cloned() {
                Some(name) => definition["type"] = json!([name, "null"]),
                None => definition = json!({ "anyOf": [{ "type": "null" }, definition] }),
            }
        }
        if let Value::Object(words) = &mut definition {
            words.extend(schema.notes.clone());
        }
        definition
    }

    fn object_definition(&self, properties: &[Property], rest: &Rest, in_request: bool) -> Value {
        let mut definition = json!({ "type": "object" });
        for property in properties {
            let is_required = required(properties, in_request).any(|name| name == property.name);
            definition["properties"][&property.name] = self.definition(&property.schema, in_request, is_required);
        }
        let names: Vec<_> = required(properties, in_request).collect();
        if !names.is_empty() {
            definition["required"] = names.into();
        }
        match rest {
            Rest::Unsaid if in_request && !properties.is_empty() => definition["additionalProperties"] = false.into(),
            Rest::Nothing => definition["additionalProperties"] = false.into(),
            Rest::Each(each) => definition["additionalProperties"] = self.definition(each, in_request, true),
            Rest::Unsaid | Rest::Anything => {}
        }
        definition
    }
}

impl Kind {
    fn is_string(&self) -> bool {
        matches!(self, Self::String)
    }
}

/// What is required: nothing that is only read in a request, or only written in a response.
fn required(properties: &[Property], in_request: bool) -> impl Iterator<Item = &str> {
    let one_way = if in_request { "readOnly" } else { "writeOnly" };
    let is_required =
        move |property: &&Property| property.required && property.schema.notes.get(one_way) != Some(&true.into());
    properties.iter().filter(is_required).map(|property| property.name.as_str())
}

fn description(schema: &Schema) -> Option<String> {
    let description = schema.notes.get("description").and_then(Value::as_str).map(text::markdown);
    if schema.notes.get("deprecated") == Some(&true.into()) {
        return Some(description.unwrap_or_default() + "\n\nDeprecated.");
    }
    description
}

/// Whether a default is a plain value of the type of its schema.
fn is_plain(schema: &Schema, default: Option<&Value>) -> bool {
    default.is_some_and(|default| match schema.kind {
        Kind::String => default.is_string() && !schema.limits.contains_key("pattern"),
        Kind::Integer => default.is_i64(),
        Kind::Number => default.is_number(),
        Kind::Boolean => default.is_boolean(),
        _ => false,
    })
}

/// Adds the names of the schemas that a schema is made of.
fn reach(schemas: &BTreeMap<String, Schema>, schema: &Schema, names: &mut BTreeSet<String>) {
    match &schema.kind {
        Kind::Reference(name) => {
            if names.insert(name.clone())
                && let Some(schema) = schemas.get(name)
            {
                reach(schemas, schema, names);
            }
        }
        Kind::Array(items) => reach(schemas, items, names),
        Kind::Object(properties, rest) => {
            for property in properties {
                reach(schemas, &property.schema, names);
            }
            if let Rest::Each(each) = rest {
                reach(schemas, each, names);
            }
        }
        _ => {}
    }
}
