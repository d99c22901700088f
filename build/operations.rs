//! Reads the operations: parameters, bodies and responses. Rejects what progenitor would panic on or ignore.

use serde_json::{Map, Value};

use super::{
    Result, fields, names, pointer,
    reader::Reader,
    schema::{Kind, Schema},
    security, text,
};

pub(crate) const JSON: &str = "application/json";

/// Extension that marks a PATCH as idempotent, which HTTP does not define.
const IDEMPOTENT: &str = "x-idempotent";

/// Suffix of methods that also take the optional parameters.
pub(crate) const WITH_OPTIONS: &str = "with_options";

/// Reserved method names: they would clash with items of the generated client, or as constants with those of `document`.
const TAKEN: [&str; 14] = [
    "api_version",
    "baseurl",
    "client",
    "clone",
    "exec",
    "inner",
    "is_limited",
    "new",
    "new_with_client",
    "operations",
    "patterns",
    "post",
    "pre",
    "schemas",
];

/// Names that the code of a generated method uses.
const TAKEN_ARGUMENTS: [&str; 2] = ["encode_path", "header_map"];

/// Header parameters that OpenAPI says to ignore.
const IGNORED_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

pub(crate) struct Operation {
    /// The name of the method.
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) idempotent: bool,
    pub(crate) at: String,
    pub(crate) summary: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<Schema>,
    pub(crate) responses: Vec<Response>,
}

impl Operation {
    /// The names of its methods.
    fn methods(&self) -> Vec<String> {
        let has_options = self.parameters.iter().any(|parameter| !parameter.required);
        let with_options = has_options.then(|| format!("{}_{WITH_OPTIONS}", self.id));
        [self.id.clone()].into_iter().chain(with_options).collect()
    }

    /// The status of a success.
    pub(crate) fn success(&self) -> u16 {
        self.responses
            .iter()
            .filter(|response| response.status.starts_with('2'))
            .find_map(Response::number)
            .unwrap_or(200)
    }
}

pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) required: bool,
    pub(crate) description: Option<String>,
    pub(crate) schema: Schema,
}

pub(crate) struct Response {
    pub(crate) status: String,
    pub(crate) schema: Option<Schema>,
}

impl Response {
    /// Its status; `None` for a range of them.
    fn number(&self) -> Option<u16> {
        self.status.parse().ok()
    }
}

/// Reads the operations of one document.
pub(crate) struct Operations<'a> {
    pub(crate) document: &'a Value,
    pub(crate) reader: &'a Reader<'a>,
}

impl Operations<'_> {
    pub(crate) fn read(&self) -> Result<Vec<Operation>> {
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
                let methods = operation.methods();
                for other in &operations {
                    if let Some(method) = other.methods().iter().find(|method| methods.contains(method)) {
                        let problem = format!("and {} both become the method `{method}`; rename one of them", other.at);
                        return Err(format!("{at}/operationId: {problem}").into());
                    }
                }
                operations.push(operation);
            }
        }
        if operations.is_empty() {
            return Err("/paths: has no operations; describe at least one".into());
        }
        Ok(operations)
    }

    fn operation(&self, path: &str, method: &str, item: &Value, value: &Value, at: &str) -> Result<Operation> {
        fields::check(value, at, fields::OPERATION)?;
        security::check(self.document, value, at)?;
        let id = value["operationId"].as_str().and_then(names::of_function);
        let Some(id) = id.filter(|id| !TAKEN.contains(&id.as_str())) else {
            let advice = "it becomes the method name; use one such as `updateDestination`";
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
        let mut parameters: Vec<Parameter> = Vec::new();
        for (index, value) in value["parameters"].as_array().into_iter().flatten().enumerate() {
            let at = format!("{at}/parameters/{index}");
            let (value, at) = pointer::follow(self.document, value, &at)?;
            fields::check(value, &at, fields::PARAMETER)?;
            let name = text_of(value, "name", &at)?;
            let location = text_of(value, "in", &at)?;
            let required = value["required"] == true;
            match location.as_str() {
                "path" if !required => {
                    return Err(format!("{at}/required: must be `true` for a path parameter").into());
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
            let is_same = |other: &Parameter| (&other.name, &other.location) == (&name, &location);
            if parameters.iter().any(is_same) {
                return Err(format!("{at}: is there twice; remove one of the two").into());
            }
            let mut schema = self.reader.read(&value["schema"], &format!("{at}/schema"))?;
            // The server checks the others.
            schema.limits.retain(|word, _| word == "enum");
            let mut scalar = &schema;
            let named;
            if let Kind::Reference(_) = scalar.kind {
                let (target, end) = pointer::follow(self.document, &value["schema"], &at)?;
                named = self.reader.read(target, &end)?;
                scalar = &named;
            }
            let is_scalar = matches!(scalar.kind, Kind::String | Kind::Integer | Kind::Number | Kind::Boolean);
            if !is_scalar || scalar.nullable {
                return Err(format!("{at}/schema: must be a string, number or boolean, and not nullable").into());
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
        let mut bare = Vec::new();
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
            let raw = Self::schema_of(response, &at)?.map_or(Value::Null, |(schema, _)| schema.clone());
            let (is_success, is_error) =
                (status.starts_with('2') || status == "default", is_error(status) || status == "default");
            if !is_success && schema.is_none() {
                bare.extend(is_error.then(|| status.clone()));
                continue;
            }
            if (is_success && *success.get_or_insert_with(|| raw.clone()) != raw)
                || (is_error && *error.get_or_insert_with(|| raw.clone()) != raw)
            {
                return Err(format!(
                    "{at}: the schema differs from that of another response; give all successful responses one schema and \
                     all errors one (`default` counts as both)"
                )
                .into());
            }
            if is_success || is_error {
                responses.push(Response { status: status.clone(), schema });
            }
        }
        if !responses.iter().any(|response| response.status.starts_with('2')) {
            return Err(format!("{at}: has no success response; add 200").into());
        }
        // Errors without a schema are like those that are not described, if others have one.
        if error.is_none() {
            responses.extend(bare.into_iter().map(|status| Response { status, schema: None }));
        }
        Ok(responses)
    }

    fn content(&self, value: &Value, at: &str) -> Result<Option<Schema>> {
        Self::schema_of(value, at)?.map(|(schema, at)| self.reader.read(schema, &at)).transpose()
    }

    /// The schema of a request body or a response, which may be JSON only.
    fn schema_of<'b>(value: &'b Value, at: &str) -> Result<Option<(&'b Value, String)>> {
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

pub(crate) fn is_error(status: &str) -> bool {
    status.starts_with(['4', '5'])
}

/// The pointer without its last part.
fn path_of(at: &str) -> &str {
    at.rsplit_once('/').map_or("", |(outer, _)| outer)
}

fn entries<'a>(value: &'a Value, key: &str, at: &str) -> Result<&'a Map<String, Value>> {
    value[key]
        .as_object()
        .ok_or_else(|| format!("{at}/{}: is missing or not an object; write one", pointer::escape(key)).into())
}

pub(crate) fn text_of(value: &Value, key: &str, at: &str) -> Result<String> {
    match &value[key] {
        Value::String(text) if !text.is_empty() => Ok(text.clone()),
        Value::Null => Err(format!("{at}/{key}: is missing; add it").into()),
        other => Err(format!("{at}/{key}: {other} is not a text; put it in quotes").into()),
    }
}

/// Rejects paths that would not be sent unchanged.
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
            "{at}: would not be sent unchanged; remove query, spaces, dot segments and double slashes"
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
            return Err(format!("{at}/parameters: lacks {{{name}}}, which is in the path; add it").into());
        }
    }
    let mut arguments: Vec<String> = Vec::from_iter(has_body.then(|| "body".into()));
    for Parameter { name, .. } in parameters {
        let argument = names::of_function(name).unwrap_or_default();
        let is_taken = TAKEN_ARGUMENTS.contains(&argument.as_str()) || arguments.contains(&argument);
        if argument.is_empty() || is_taken {
            let problem = "is not usable as an argument name, or is used twice; rename it";
            return Err(format!("{at}/parameters: {name:?} {problem}").into());
        }
        arguments.push(argument);
    }
    Ok(())
}

/// RFC 9110, section 9.2.2, and for PATCH what the document says.
fn is_idempotent(method: &str, value: &Value, at: &str) -> Result<bool> {
    match (method, value.get(IDEMPOTENT)) {
        ("patch", Some(Value::Bool(idempotent))) => Ok(*idempotent),
        ("patch" | "post", None) => Ok(false),
        ("patch", Some(other)) => Err(format!("{at}/{IDEMPOTENT}: must be `true` or `false`, not {other}").into()),
        (_, Some(_)) => {
            let problem = "applies only to PATCH, because HTTP defines idempotency for every other method; remove it";
            Err(format!("{at}/{IDEMPOTENT}: {problem}").into())
        }
        (_, None) => Ok(true),
    }
}

/// The characters of a header's name (RFC 9110, section 5.6.2).
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
