//! Reads the document and reduces it to what progenitor needs and supports.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Result, fields,
    forms::Forms,
    operations::{self, JSON, Operation, Operations, Parameter, Response, text_of},
    pointer,
    reader::Reader,
    schema::Schema,
    text,
};

pub(crate) struct Document {
    title: String,
    description: Option<String>,
    version: String,
    pub(crate) operations: Vec<Operation>,
    schemas: BTreeMap<String, Schema>,
}

impl Document {
    pub(crate) fn new(document: &Value) -> Result<Self> {
        match &document["openapi"] {
            Value::String(version) if version.starts_with("3.0.") => {}
            Value::Null => return Err("/openapi: is missing; an OpenAPI document begins with `openapi: 3.0.3`".into()),
            other => {
                let advice = "write the document as OpenAPI 3.0, with `openapi: 3.0.3`";
                return Err(format!("/openapi: {other} is not supported; {advice}").into());
            }
        }
        fields::check(document, "", fields::DOCUMENT)?;
        fields::check(&document["info"], "/info", fields::INFO)?;
        if let Some(components) = document.get("components") {
            fields::check(components, "/components", fields::COMPONENTS)?;
        }
        let reader = Reader::new(document);
        let mut schemas = BTreeMap::new();
        for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
            let at = format!("/components/schemas/{}", pointer::escape(name));
            if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
                return Err(format!("{at}: is not a valid schema name; use letters, digits and . - _").into());
            }
            schemas.insert(name.clone(), reader.read(schema, &at)?);
        }
        let version = text_of(&document["info"], "version", "/info")?;
        if !version.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err("/info/version: contains characters other than printable ASCII; remove them".into());
        }
        Ok(Self {
            title: text::markdown(&text_of(&document["info"], "title", "/info")?),
            description: document["info"]["description"].as_str().map(text::markdown),
            version,
            operations: Operations { document, reader: &reader }.read()?,
            schemas,
        })
    }

    /// `written_by_hand` names the schemas whose types progenitor must not generate.
    pub(crate) fn forms<'a>(&'a self, written_by_hand: &'a [&'a str]) -> Result<Forms<'a>> {
        let operations = || self.operations.iter();
        let parameters = operations().flat_map(|operation| &operation.parameters).map(|parameter| &parameter.schema);
        let bodies = operations().filter_map(|operation| operation.body.as_ref());
        let answers = operations().flat_map(|operation| &operation.responses);
        let answers = answers.filter_map(|answer| answer.schema.as_ref());
        Forms::new(&self.schemas, written_by_hand, parameters, bodies, answers)
    }

    /// The document, reduced to what progenitor supports.
    pub(crate) fn reduced(&self, forms: &mut Forms<'_>) -> Result<Value> {
        let mut paths = Map::new();
        for operation in &self.operations {
            let item = paths.entry(&operation.path).or_insert_with(|| json!({}));
            item[&operation.method] = operation.reduced(forms)?;
        }
        Ok(json!({
            "openapi": "3.0.3",
            "info": { "title": self.title, "description": self.description, "version": self.version },
            "paths": paths,
            "components": { "schemas": forms.components() },
        }))
    }
}

impl Operation {
    fn reduced(&self, forms: &mut Forms<'_>) -> Result<Value> {
        let mut parameters = Vec::new();
        for Parameter { name, location, required, description, schema } in &self.parameters {
            let type_name = format!("{}-{name}", self.id);
            parameters.push(json!({
                "name": name,
                "in": location,
                "required": required,
                "description": description,
                "schema": forms.part(schema, &type_name, true)?,
            }));
        }
        let mut operation = json!({
            "operationId": self.id,
            "summary": self.summary,
            "description": self.description,
            "parameters": parameters,
            "responses": {},
        });
        if let Some(schema) = &self.body {
            let schema = forms.reference(schema, &format!("{}-body", self.id), true)?;
            operation["requestBody"] = json!({ "required": true, "content": { JSON: { "schema": schema } } });
        }
        // There is one success schema and one error schema; `default` is both.
        let is_shared = self.responses.iter().any(|response| response.status == "default");
        let mut references: [Option<Value>; 2] = [None, None];
        for Response { status, schema } in &self.responses {
            let mut response = json!({ "description": "" });
            if let Some(schema) = schema {
                let is_error = operations::is_error(status) && !is_shared;
                let reference = &mut references[usize::from(is_error)];
                if reference.is_none() {
                    let name = format!("{}-{}", self.id, if is_error { "error" } else { "response" });
                    *reference = Some(forms.reference(schema, &name, false)?);
                }
                response["content"] = json!({ JSON: { "schema": reference } });
            }
            operation["responses"][status] = response;
        }
        Ok(operation)
    }
}
