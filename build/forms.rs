//! Converts each schema twice: to input for typify, which generates the type, and to JSON Schema (draft 2020-12), which
//! validates updates. Both come from the same parsed schema, so they cannot drift apart.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

use serde_json::{Map, Value, json};

use super::{
    Result, documentation, names,
    schema::{Kind, Property, Rest, Schema},
    text,
};

/// Prelude names that the generated code uses unqualified.
const TAKEN: [&str; 7] = ["Err", "None", "Ok", "Option", "Result", "Some", "String"];

/// The schema of an update, in which files may have `$schema`, which is not sent.
const UPDATE: &str = "DestinationUpdate";

/// A type that will be generated, and the place of its schema.
pub(crate) struct Type {
    pub(crate) at: String,
    /// Whether it is an object or an `enum`, which may grow.
    pub(crate) non_exhaustive: bool,
    form: Value,
}

pub(crate) struct Forms<'a> {
    schemas: &'a BTreeMap<String, Schema>,
    requested: BTreeSet<String>,
    answered: BTreeSet<String>,
    pub(crate) types: BTreeMap<String, Type>,
    definitions: Map<String, Value>,
    /// Whether any request schema has a limit that its type does not enforce.
    pub(crate) is_limited: bool,
    /// The patterns of requests, each with its place.
    pub(crate) patterns: BTreeMap<String, String>,
}

impl<'a> Forms<'a> {
    pub(crate) fn new<'b>(
        schemas: &'a BTreeMap<String, Schema>,
        written_by_hand: &'a [&'a str],
        parameters: impl Iterator<Item = &'b Schema>,
        bodies: impl Iterator<Item = &'b Schema>,
        answers: impl Iterator<Item = &'b Schema>,
    ) -> Result<Self> {
        let (mut requested, mut answered) = (BTreeSet::new(), BTreeSet::new());
        bodies.for_each(|schema| reach(schemas, schema, &mut requested));
        let in_body = requested.clone();
        parameters.for_each(|schema| reach(schemas, schema, &mut requested));
        answers.for_each(|schema| reach(schemas, schema, &mut answered));
        let mut forms = Self {
            schemas,
            requested,
            answered,
            types: BTreeMap::new(),
            definitions: Map::new(),
            is_limited: false,
            patterns: BTreeMap::new(),
        };
        for (name, schema) in schemas {
            let type_name = names::of_type(name);
            let in_request = forms.is_strict(name);
            if written_by_hand.contains(&type_name.as_str()) {
                if let Some(word) = schema.limits.keys().next() {
                    let advice = "its type is hand-written; enforce the limit there";
                    return Err(format!("{}/{word}: is not enforced; {advice}", schema.at).into());
                }
                if in_body.contains(name) {
                    let advice =
                        "its type is hand-written and has rules that a JSON Schema does not know; use another schema";
                    return Err(format!("{}: is in the body of a request; {advice}", schema.at).into());
                }
            }
            if let Kind::Object(properties, _) = &schema.kind
                && type_name == UPDATE
                && properties.iter().any(|property| property.name == "$schema")
            {
                let advice = "in a file it names the JSON Schema of an update, and is not sent; leave it out";
                return Err(format!("{}/properties/$schema: is not supported here: {advice}", schema.at).into());
            }
            let form = forms.form(schema, &type_name, in_request, true)?;
            forms.add(type_name.clone(), schema, form)?;
            // Nullability is stated at the place of use.
            let definition = forms.definition(schema, false, in_request, true);
            forms.definitions.insert(type_name, definition);
        }
        Ok(forms)
    }

    /// A reference to the schema's type, which is named `name` if the schema is anonymous.
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
            return Err(format!(
                "{at}: would generate the type `{name}`, which clashes with Rust's prelude; rename it"
            )
            .into());
        }
        if let Some(other) = self.types.get(&name) {
            return Err(format!("{at}: and {} both become the type `{name}`; rename one of them", other.at).into());
        }
        let is_enum = form.get("enum").is_some() && schema.kind.is_string();
        let non_exhaustive = is_enum || form.get("properties").is_some();
        self.types.insert(name, Type { at: at.clone(), non_exhaustive, form });
        Ok(())
    }

    /// The typify input for a schema, which has a name (`is_named`) or gets one if it needs it. Schemas used only in
    /// responses (not `in_request`) are relaxed, so that a new `enum` value, a new property or a longer string does not
    /// turn a success into a failure.
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
        let is_type = is_named || schema.limits.contains_key("enum");
        for (word, value) in schema.limits.iter().filter(|_| in_request) {
            match (word.as_str(), value) {
                ("pattern", Value::String(pattern)) => {
                    self.patterns.entry(pattern.clone()).or_insert_with(|| format!("{}/pattern", schema.at));
                    self.is_limited = true;
                }
                ("enum", Value::Array(values)) => {
                    form[word] = values.iter().filter(|value| !value.is_null()).cloned().collect();
                }
                _ if is_type => form[word] = value.clone(),
                // Adding or removing a limit must not change the type of the field.
                _ => self.is_limited = true,
            }
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
        form["required"] = self.required(properties, in_request).collect();
        match rest {
            Rest::Unspecified if in_request && !properties.is_empty() => form["additionalProperties"] = false.into(),
            Rest::Nothing if in_request => {
                form["additionalProperties"] = false.into();
                form["properties"].as_object_mut().is_none().then(|| form["properties"] = json!({}));
            }
            Rest::Each(each) => {
                form["additionalProperties"] = self.part(each, &format!("{name}Value"), in_request)?;
            }
            Rest::Unspecified | Rest::Nothing | Rest::Anything => {}
        }
        Ok(form)
    }

    /// The form of a schema inside of another one.
    pub(crate) fn part(&mut self, schema: &Schema, name: &str, in_request: bool) -> Result<Value> {
        let form = self.form(schema, name, in_request, false)?;
        let is_type = form.get("properties").is_some() || form.get("enum").is_some();
        let mut form = if is_type {
            let name = names::of_type(name);
            self.add(name.clone(), schema, form)?;
            json!({ "$ref": format!("#/components/schemas/{name}") })
        } else {
            form
        };
        let documentation = self.documentation(schema, in_request);
        let nullable = self.is_nullable(schema);
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

    /// What the documentation of a type or field says: the description and the limits, of the schema or of one that it
    /// refers to.
    fn documentation(&self, schema: &Schema, in_request: bool) -> Option<String> {
        let description = self.chain(schema).find_map(description);
        let limits = || self.chain(schema).find_map(|schema| documentation::limits(&schema.limits));
        let limits = if in_request { limits() } else { None };
        let paragraphs: Vec<_> = description.into_iter().chain(limits).collect();
        (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
    }

    /// A schema, and those to which it refers.
    fn chain<'s>(&self, schema: &'s Schema) -> impl Iterator<Item = &'s Schema>
    where
        'a: 's,
    {
        let schemas = self.schemas;
        iter::successors(Some(schema), move |schema| match &schema.kind {
            Kind::Reference(name) => schemas.get(name),
            _ => None,
        })
    }

    fn is_nullable(&self, schema: &Schema) -> bool {
        self.chain(schema).any(|schema| schema.nullable)
    }

    /// The required properties, without `readOnly` ones in a request and `writeOnly` ones in a response.
    fn required<'s>(&self, properties: &'s [Property], in_request: bool) -> impl Iterator<Item = &'s str>
    where
        'a: 's,
    {
        let one_way = if in_request { "readOnly" } else { "writeOnly" };
        let is_one_way = move |schema: &Schema| schema.notes.get(one_way) == Some(&true.into());
        let is_required =
            move |property: &&Property| property.required && !self.chain(&property.schema).any(is_one_way);
        properties.iter().filter(is_required).map(|property| property.name.as_str())
    }

    /// The JSON Schema where a schema is used.
    fn use_of(&self, schema: &Schema, in_request: bool, required: bool) -> Value {
        self.definition(schema, self.is_nullable(schema), in_request, required)
    }

    /// The JSON Schema. Minimums do not apply to an empty optional list, because it is not sent.
    fn definition(&self, schema: &Schema, nullable: bool, in_request: bool, required: bool) -> Value {
        let mut definition = match &schema.kind {
            Kind::Any => json!({}),
            Kind::Reference(name) => json!({ "$ref": format!("#/$defs/{}", names::of_type(name)) }),
            Kind::String => json!({ "type": "string" }),
            Kind::Integer => json!({ "type": "integer", "minimum": i64::MIN, "maximum": i64::MAX }),
            Kind::Number => json!({ "type": "number" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Array(items) => json!({ "type": "array", "items": self.use_of(items, in_request, true) }),
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
        let names: Vec<_> = self.required(properties, in_request).collect();
        for property in properties {
            let is_required = names.contains(&property.name.as_str());
            definition["properties"][&property.name] = self.use_of(&property.schema, in_request, is_required);
        }
        if !names.is_empty() {
            definition["required"] = names.into();
        }
        match rest {
            Rest::Unspecified if in_request && !properties.is_empty() => {
                definition["additionalProperties"] = false.into();
            }
            Rest::Nothing if in_request => definition["additionalProperties"] = false.into(),
            Rest::Each(each) => definition["additionalProperties"] = self.use_of(each, in_request, true),
            Rest::Unspecified | Rest::Nothing | Rest::Anything => {}
        }
        definition
    }
}

impl Kind {
    fn is_string(&self) -> bool {
        matches!(self, Self::String)
    }
}

/// What the documentation of a type or field says.
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
        Kind::String => default.is_string(),
        Kind::Integer => default.is_i64(),
        Kind::Number => default.is_number(),
        Kind::Boolean => default.is_boolean(),
        _ => false,
    })
}

/// Collects the names of all schemas reachable from a schema.
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
