//! Reads the operations of the document, and writes them again with nothing but what progenitor has a use for and can
//! take. What it would answer with an assertion of its own, or not at all, is an error here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Result, fields,
    forms::Forms,
    names, pointer,
    schema::{Kind, Reader, Schema},
    text,
};

const JSON: &str = "application/json";

/// Says of a PATCH that a second one changes nothing. Ours, where HTTP leaves it open.
const IDEMPOTENT: &str = "x-idempotent";

/// Names that a method of the generated client cannot have: it has them already, or the constants would.
const TAKEN: [&str; 12] = [
    "api_version",
    "baseurl",
    "client",
    "clone",
    "exec",
    "inner",
    "new",
    "new_with_client",
    "operations",
    "post",
    "pre",
    "schemas",
];

/// Headers that OpenAPI tells to ignore as parameters, because the client sets them.
const IGNORED_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

pub(crate) struct Operation {
    /// The name of the method.
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) idempotent: bool,
    at: String,
    summary: Option<String>,
    description: Option<String>,
    parameters: Vec<Parameter>,
    body: Option<Schema>,
    responses: Vec<Response>,
}

struct Parameter {
    name: String,
    location: String,
    required: bool,
    description: Option<String>,
    schema: Schema,
}

struct Response {
    status: String,
    schema: Option<Schema>,
}

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
                return Err(format!("{at}: is not a name for a schema; use letters, digits and . - _").into());
            }
            schemas.insert(name.clone(), reader.read(schema, &at)?);
        }
        let version = text_of(&document["info"], "version", "/info")?;
        if !version.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err("/info/version: has characters other than visible ASCII; remove them".into());
        }
        Ok(Self {
            title: text::markdown(&text_of(&document["info"], "title", "/info")?),
            description: document["info"]["description"].as_str().map(text::markdown),
            version,
            operations: Operations { document, reader: &reader }.read()?,
            schemas,
        })
    }

    /// The schemas that are written by hand are those of types that progenitor does not make.
    pub(crate) fn forms<'a>(&'a self, written_by_hand: &'a [&'a str]) -> Result<Forms<'a>> {
        let requests = self.operations.iter().filter_map(|operation| operation.body.as_ref());
        let answers = self.operations.iter().flat_map(|operation| &operation.responses);
        Forms::new(&self.schemas, written_by_hand, requests, answers.filter_map(|answer| answer.schema.as_ref()))
    }

    /// The document as progenitor can take it.
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
        // One of each is all that there is.
        let mut references: [Option<Value>; 2] = [None, None];
        for Response { status, schema } in &self.responses {
            let mut response = json!({ "description": "" });
            if let Some(schema) = schema {
                let is_error = is_error(status);
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

/// Reads the operations of one document.
struct Operations<'a> {
    document: &'a Value,
    reader: &'a Reader<'a>,
}

impl Operations<'_> {
    fn read(&self) -> Result<Vec<Operation>> {
        const METHODS: [&str; 6] = ["get", "put", "post", "delete", "head", "patch"];
        let mut operations: Vec<Operation> = Vec::new();
        for (path, item) in entries(self.document, "paths", "")? {
            let at = format!("/paths/{}", pointer::escape(path));
            if path.starts_with("x-") {
                continue;
            }
            check_path(path, &at)?;
            fields::check(item, &at, fields::PATH)?;
            for (method, value) in METHODS.iter().filter_map(|method| Some((*method, item.get(method)?))) {
                let at = format!("{at}/{method}");
                let operation = self.operation(path, method, item, value, &at)?;
                if let Some(other) = operations.iter().find(|other| other.id == operation.id) {
                    let Operation { id, at: first, .. } = other;
                    let problem = format!("becomes the method `{id}`, as that of {first} does; rename one");
                    return Err(format!("{at}/operationId: {problem}").into());
                }
                operations.push(operation);
            }
        }
        if operations.is_empty() {
            return Err("/paths: has no operation; the client is made of them".into());
        }
        Ok(operations)
    }

    fn operation(&self, path: &str, method: &str, item: &Value, value: &Value, at: &str) -> Result<Operation> {
        fields::check(value, at, fields::OPERATION)?;
        let id = value["operationId"].as_str().and_then(names::of_function);
        let Some(id) = id.filter(|id| !TAKEN.contains(&id.as_str())) else {
            let advice = "it becomes the name of the method, write one such as `updateDestination`";
            return Err(format!("{at}/operationId: is missing or cannot be used; {advice}").into());
        };
        let mut parameters = self.parameters(item, path_of(at), path)?;
        for parameter in self.parameters(value, at, path)? {
            parameters
                .retain(|inherited| (&inherited.name, &inherited.location) != (&parameter.name, &parameter.location));
            parameters.push(parameter);
        }
        let body = match value.get("requestBody") {
            Some(body) => {
                let (body, at) = pointer::follow(self.document, body, &format!("{at}/requestBody"))?;
                fields::check(body, &at, fields::REQUEST_BODY)?;
                match self.content(body, &at)? {
                    Some(schema) => Some(schema),
                    None => return Err(format!("{at}: has no content; describe it, or remove it").into()),
                }
            }
            None => None,
        };
        check_arguments(&parameters, body.is_some(), path, at)?;
        Ok(Operation {
            id,
            method: method.into(),
            path: path.into(),
            idempotent: is_idempotent(method, value, at)?,
            at: at.into(),
            summary: value["summary"].as_str().map(text::markdown),
            description: value["description"].as_str().map(text::markdown),
            parameters,
            body,
            responses: self.responses(value, at)?,
        })
    }

    fn parameters(&self, value: &Value, at: &str, path: &str) -> Result<Vec<Parameter>> {
        let mut parameters = Vec::new();
        for (index, value) in value["parameters"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{at}/parameters/{index}");
            let (value, at) = pointer::follow(self.document, value, &at)?;
            fields::check(value, &at, fields::PARAMETER)?;
            let name = text_of(value, "name", &at)?;
            let location = text_of(value, "in", &at)?;
            let required = value["required"] == true;
            match location.as_str() {
                "path" if !required => {
                    return Err(format!("{at}/required: is not `true`, which a path needs; write it").into());
                }
                "path" if !path.contains(&format!("{{{name}}}")) => {
                    return Err(format!("{at}/name: {name} is not in the path; correct one of the two").into());
                }
                "header" if IGNORED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => continue,
                "header" if !is_token(&name) || name.eq_ignore_ascii_case("api-version") => {
                    return Err(format!("{at}/name: {name:?} cannot be sent as a header; correct or remove it").into());
                }
                "path" | "query" | "header" => {}
                _ => return Err(format!("{at}/in: {location} is not supported; use path, query or header").into()),
            }
            let schema = self.reader.read(&value["schema"], &format!("{at}/schema"))?;
            let mut scalar = &schema;
            let named;
            if let Kind::Reference(_) = scalar.kind {
                let (target, end) = pointer::follow(self.document, &value["schema"], &at)?;
                named = self.reader.read(target, &end)?;
                scalar = &named;
            }
            let is_scalar = matches!(scalar.kind, Kind::String | Kind::Integer | Kind::Number | Kind::Boolean);
            if !is_scalar || scalar.nullable {
                return Err(
                    format!("{at}/schema: is no single value; a parameter is a string, number or boolean").into()
                );
            }
            let description = value["description"].as_str().map(text::markdown);
            parameters.push(Parameter { name, location, required, description, schema });
        }
        Ok(parameters)
    }

    fn responses(&self, value: &Value, at: &str) -> Result<Vec<Response>> {
        let at = format!("{at}/responses");
        let mut responses: Vec<Response> = Vec::new();
        let (mut success, mut error): (Option<Value>, Option<Value>) = (None, None);
        for (status, response) in entries(value, "responses", path_of(&at))? {
            let at = format!("{at}/{status}");
            if status.starts_with("x-") {
                continue;
            }
            if status != "default"
                && !matches!(status.as_bytes(), [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9'] | [b'2'..=b'5', b'X', b'X'])
            {
                return Err(
                    format!("{at}: is not the status of a response; write a number such as 200, or `default`").into()
                );
            }
            let (response, at) = pointer::follow(self.document, response, &at)?;
            fields::check(response, &at, fields::RESPONSE)?;
            let schema = self.content(response, &at)?;
            let raw = self.schema_of(response, &at)?.map_or(Value::Null, |(schema, _)| schema.clone());
            let (is_success, is_error) =
                (status.starts_with('2') || status == "default", is_error(status) || status == "default");
            if (is_success && *success.get_or_insert_with(|| raw.clone()) != raw)
                || (is_error && *error.get_or_insert_with(|| raw.clone()) != raw)
            {
                return Err(format!(
                    "{at}: the schema differs from that of another response; give all successful responses one schema and \
                     all errors one (`default` counts as both)"
                )
                .into());
            }
            responses.push(Response { status: status.clone(), schema });
        }
        if !responses.iter().any(|response| response.status.starts_with('2')) {
            return Err(format!("{at}: says nothing of a success; add the response 200").into());
        }
        Ok(responses)
    }

    fn content(&self, value: &Value, at: &str) -> Result<Option<Schema>> {
        self.schema_of(value, at)?.map(|(schema, at)| self.reader.read(schema, &at)).transpose()
    }

    /// The schema of a request body or a response, which may be JSON only.
    fn schema_of<'b>(&'b self, value: &'b Value, at: &str) -> Result<Option<(&'b Value, String)>> {
        let mut schema = None;
        for (media_type, content) in value["content"].as_object().into_iter().flatten() {
            let at = format!("{at}/content/{}", pointer::escape(media_type));
            if media_type != JSON {
                return Err(format!("{at}: only {JSON} can be used; remove this media type").into());
            }
            fields::check(content, &at, fields::MEDIA_TYPE)?;
            match content.get("schema") {
                Some(value) => schema = Some((value, format!("{at}/schema"))),
                None => return Err(format!("{at}: has no schema; add it").into()),
            }
        }
        Ok(schema)
    }
}

fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

/// The pointer without its last part.
fn path_of(at: &str) -> &str {
    at.rsplit_once('/').map_or("", |(outer, _)| outer)
}

fn entries<'a>(value: &'a Value, key: &str, at: &str) -> Result<&'a Map<String, Value>> {
    value[key]
        .as_object()
        .ok_or_else(|| format!("{at}/{}: is missing or no object; write it", pointer::escape(key)).into())
}

fn text_of(value: &Value, key: &str, at: &str) -> Result<String> {
    match &value[key] {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        Value::Null => Err(format!("{at}/{key}: is missing; add it").into()),
        other => Err(format!("{at}/{key}: {other} is not a text; put it in quotes").into()),
    }
}

/// A path that is sent as it is written.
fn check_path(path: &str, at: &str) -> Result<()> {
    if !path.starts_with('/') {
        return Err(format!("{at}: does not begin with a slash; add it").into());
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%{}".contains(&byte);
    if !path.bytes().all(is_plain)
        || path.contains("//")
        || path.split('/').any(|segment| matches!(segment, "." | ".."))
    {
        return Err(format!(
            "{at}: is not sent as it is written; use a path without query, spaces, dots and double slashes"
        )
        .into());
    }
    Ok(())
}

/// Each part of the path and each argument of the method has a name of its own.
fn check_arguments(parameters: &[Parameter], has_body: bool, path: &str, at: &str) -> Result<()> {
    for part in path.split('{').skip(1) {
        let name = part.split_once('}').map_or(part, |(name, _)| name);
        if !parameters.iter().any(|parameter| parameter.location == "path" && parameter.name == name) {
            return Err(format!("{at}/parameters: says nothing of {{{name}}}, which is in the path; add it").into());
        }
    }
    let mut arguments: Vec<String> = Vec::from_iter(has_body.then(|| "body".into()));
    for Parameter { name, .. } in parameters {
        let argument = names::of_function(name).unwrap_or_default();
        if argument.is_empty() || arguments.contains(&argument) {
            return Err(format!(
                "{at}/parameters: {name:?} cannot be the name of an argument, or another one has it; rename it"
            )
            .into());
        }
        arguments.push(argument);
    }
    Ok(())
}

/// RFC 9110, section 9.2.2, and for PATCH what the document says.
fn is_idempotent(method: &str, value: &Value, at: &str) -> Result<bool> {
    match (method, value.get(IDEMPOTENT)) {
        ("patch", Some(Value::Bool(idempotent))) => Ok(*idempotent),
        ("patch", None) | ("post", None) => Ok(false),
        ("patch", Some(other)) => {
            Err(format!("{at}/{IDEMPOTENT}: {other} is not right; write `true` or `false`").into())
        }
        (_, Some(_)) => {
            Err(format!("{at}/{IDEMPOTENT}: is only for PATCH; HTTP says it of every other method, remove it").into())
        }
        (_, None) => Ok(true),
    }
}

/// The characters of a header's name (RFC 9110, section 5.6.2).
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
