//! The table of the keys that each kind of OpenAPI object may have, with the form of each value, and the walker that
//! checks a document against it. Whatever is not in the table is an error, so that nothing is silently ignored; only
//! keys that begin with `x-` are allowed everywhere.
//!
//! The walker also reduces the document to what progenitor gets. Types enforce no limits. Those of requests are strict:
//! they refuse unknown properties. Those of responses are open: they accept whatever the server may add.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToShoutySnakeCase};
use serde_json::Value;

use self::{
    Form::{Any, Is, List, Map, NamedSchema, Object, One, Reference, Schema, Text},
    Role::{Closed, Default, Ignored, Limit, May, Must},
};
use super::{Result, schemas::Schemas, yaml::markdown};

type Entries = serde_json::Map<String, Value>;
type Key = (Role, &'static [&'static str], Form);

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Must,
    May,
    /// Documentation alone: progenitor does not get it.
    Ignored,
    /// Progenitor gets it in a request; a response has any value.
    Closed,
    /// Progenitor gets it in a response; the server applies that of a request.
    Default,
    /// Limits a value, which in a request a rule has to enforce: progenitor does not get it.
    Limit,
}

/// What a value must be. A text completes the sentence "write …".
enum Form {
    Any,
    Is(fn(&Value) -> bool, &'static str),
    /// Is shown by rustdoc.
    Text,
    Object(&'static [Key]),
    Map(fn(&str) -> bool, &'static str, &'static Form),
    List(&'static Form),
    /// A list of one.
    One(&'static Form),
    /// In `components`, where it becomes a type.
    NamedSchema,
    Schema,
    Reference,
}

const STRING: Form = Is(Value::is_string, "a text, in quotes");
const FLAG: Form = Is(Value::is_boolean, "`true` or `false`");
const TRUE: Form = Is(|value| value == true, "`true`");
const FALSE: Form = Is(|value| value == false, "`false`, or remove it");
const NUMBER: Form = Is(Value::is_number, "a number");
const COUNT: Form = Is(|value| value.as_u64().is_some_and(|count| count <= u32::MAX.into()), "an integer from 0");
const STRINGS: Form = Is(is_list_of_strings, "a list of different texts, in quotes");
const NAMED: Form = Is(|value| value.as_str().is_some_and(is_name), NAME);
const VERSION: Form =
    Is(|value| value.as_str().is_some_and(|v| v.starts_with("3.0.")), "the document as OpenAPI 3.0, with \"3.0.3\"");
const LOCATION: Form = Is(|value| value == "path" || value == "query", "`path` or `query`; nothing else is supported");
const BEARER: Form = Is(|value| value == "http" || value == "bearer", "`type: http` and `scheme: bearer`");
const TYPE_NAME: Form = Is(|value| TYPES.iter().any(|(name, _)| value == name), "a type such as `string`");
const SCALAR: Form =
    Is(|value| ["string", "integer", "boolean"].iter().any(|name| value == name), "`string`, `integer` or `boolean`");

const DOCUMENT: &[Key] = &[
    (Must, &["openapi"], VERSION),
    (Must, &["info"], Object(INFO)),
    (Must, &["paths"], Map(is_path, PATH, &Object(PATH_ITEM))),
    (Must, &["components"], Object(COMPONENTS)),
    (Must, &["security"], One(&Map(is_name, NAME, &List(&STRING)))),
    (Ignored, &["servers", "tags", "externalDocs"], Any),
];
const INFO: &[Key] = &[
    (Must, &["title", "version"], Text),
    (May, &["description"], Text),
    (Ignored, &["termsOfService", "contact", "license"], Any),
];
const COMPONENTS: &[Key] = &[
    (Must, &["schemas"], Map(is_type, TYPE, &NamedSchema)),
    (Must, &["securitySchemes"], Map(is_name, NAME, &Object(SECURITY_SCHEME))),
];
const SECURITY_SCHEME: &[Key] =
    &[(Must, &["type", "scheme"], BEARER), (Ignored, &["bearerFormat", "description"], Any)];
const PATH_ITEM: &[Key] = &[
    (May, &["get", "put", "post", "delete", "patch"], Object(OPERATION)),
    (Ignored, &["summary", "description"], Any),
];
const OPERATION: &[Key] = &[
    (Must, &["operationId"], NAMED),
    (May, &["x-idempotent"], FLAG),
    (May, &["summary", "description"], Text),
    (May, &["parameters"], List(&Object(PARAMETER))),
    (May, &["requestBody"], Object(REQUEST_BODY)),
    (Must, &["responses"], Map(is_status, STATUS, &Object(RESPONSE))),
    (Ignored, &["tags", "externalDocs", "deprecated"], Any),
];
const PARAMETER: &[Key] = &[
    (Must, &["name"], NAMED),
    (Must, &["in"], LOCATION),
    (Must, &["schema"], Object(VALUE)),
    (May, &["description"], Text),
    (May, &["required"], FLAG),
    (Ignored, &["deprecated", "example", "examples"], Any),
];
/// The schema of a parameter. One of another form has a name.
const VALUE: &[Key] = &[(May, &["type"], SCALAR), (May, &["$ref"], Reference), (Ignored, &["example", "format"], Any)];
const REQUEST_BODY: &[Key] =
    &[(Must, &["required"], TRUE), (Must, &["content"], Object(CONTENT)), (Ignored, &["description"], Any)];
const RESPONSE: &[Key] =
    &[(Must, &["description"], Text), (May, &["content"], Object(CONTENT)), (Ignored, &["headers", "links"], Any)];
const CONTENT: &[Key] = &[(Must, &["application/json"], Object(MEDIA_TYPE))];
const MEDIA_TYPE: &[Key] = &[(Must, &["schema"], Object(REFERENCE)), (Ignored, &["example", "examples"], Any)];
const REFERENCE: &[Key] = &[(Must, &["$ref"], Reference)];
/// A reference with something next to it.
const ALL_OF: &[Key] = &[
    (Must, &["allOf"], One(&Object(REFERENCE))),
    (May, &["description"], Text),
    (May, &["nullable"], FLAG),
    (Ignored, &["example", "deprecated"], Any),
];
/// What each schema may have. Its format has no effect: an integer has 64 bits, a number is a float.
const SCHEMA: &[Key] = &[
    (Must, &["type"], TYPE_NAME),
    (May, &["description"], Text),
    (Default, &["default"], Any),
    (Ignored, &["title", "example", "deprecated", "externalDocs", "format"], Any),
];
/// What a schema without a name may also have.
const NULLABLE: &[Key] = &[(May, &["nullable"], FLAG)];
/// What a schema may have because of its type.
const TYPES: &[(&str, &[Key])] = &[
    ("string", TEXT),
    ("integer", NUMERIC),
    ("number", NUMERIC),
    ("boolean", &[]),
    ("array", ARRAY),
    ("object", OBJECT),
    ("object without properties", MAP),
];
const TEXT: &[Key] =
    &[(Closed, &["enum"], STRINGS), (Limit, &["minLength", "maxLength"], COUNT), (Limit, &["pattern"], STRING)];
const NUMERIC: &[Key] = &[(Limit, &["minimum", "maximum", "multipleOf"], NUMBER)];
const ARRAY: &[Key] =
    &[(Must, &["items"], Schema), (Limit, &["minItems", "maxItems"], COUNT), (Limit, &["uniqueItems"], FLAG)];
const OBJECT: &[Key] = &[
    (Must, &["properties"], Map(is_name, NAME, &Schema)),
    (May, &["required"], STRINGS),
    (Closed, &["additionalProperties"], FALSE),
];
const MAP: &[Key] = &[(Must, &["additionalProperties"], Schema), (Limit, &["minProperties", "maxProperties"], COUNT)];

const NAME: &str = "a name of letters, digits, `_` and `-` that begins with a letter";
const TYPE: &str = "a name that a Rust type can have, such as `DestinationUpdate`";
const PATH: &str = "a path such as `/v1/apps/{appID}`, in which each segment is a text or one parameter";
const STATUS: &str = "a status of a success or an error, such as \"200\"; no range and no `default`";

/// What to do instead of writing a key that is not in the table.
const ADVICE: &[(&[&str], &str)] = &[
    (&["oneOf", "anyOf", "not"], "a value has one type here; write what its variants have in common"),
    (&["allOf"], "write the schema out; `allOf` is for one reference in a property"),
    (&["nullable", "description"], "in a property, put the reference into `allOf` and this next to it"),
    (&["readOnly", "writeOnly"], "write one schema for requests and another one for responses"),
    (&["exclusiveMinimum", "exclusiveMaximum"], "write the first or last allowed number, with `minimum` or `maximum`"),
    (&["$ref"], "refer to its target where this schema is used"),
    (&["properties", "type"], "give the schema a name in /components/schemas and refer to it"),
    (&["servers", "security", "parameters"], "write it once for the document, or parameters in each operation"),
    (&["swagger"], "write the document as OpenAPI 3.0, with `openapi: 3.0.3`"),
];

/// These types would hide those that the generated code means.
const TAKEN: [&str; 7] = ["Err", "None", "Ok", "Option", "Result", "Some", "String"];

fn is_list_of_strings(value: &Value) -> bool {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let strings: BTreeSet<_> = list.iter().filter_map(Value::as_str).collect();
    !list.is_empty() && strings.len() == list.len()
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn is_type(name: &str) -> bool {
    is_name(name) && name == name.to_pascal_case() && !TAKEN.contains(&name)
}

fn is_path(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@!$&'()*+,;=".contains(&byte);
    path.strip_prefix('/').is_some_and(|path| {
        path.split('/').all(|segment| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => is_name(name),
            None => !["", ".", ".."].contains(&segment) && segment.bytes().all(is_plain),
        })
    })
}

fn is_status(status: &str) -> bool {
    status.len() == 3 && status.starts_with(['2', '4', '5']) && status.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name of a constant. A field has the same in lower case.
pub(crate) fn constant(name: &str) -> String {
    name.to_shouty_snake_case()
}

/// A limit of a request.
pub(crate) struct Found {
    pub(crate) at: String,
    pub(crate) value: Value,
}

/// Checks a document and reduces it. Returns the limits of requests.
pub(crate) fn check(document: &mut Value, schemas: &Schemas) -> Result<Vec<Found>> {
    let mut walker = Walker { schemas, is_request: false, limits: Vec::new() };
    walker.check(&Object(DOCUMENT), document, "")?;
    Ok(walker.limits)
}

struct Walker<'a> {
    schemas: &'a Schemas,
    /// Whether it is in a schema of a request.
    is_request: bool,
    limits: Vec<Found>,
}

impl Walker<'_> {
    fn check(&mut self, form: &Form, value: &mut Value, at: &str) -> Result<()> {
        let found = shown(value);
        let is = |right: &str| Err(format!("{at}: is {found}; write {right}").into());
        match (form, value) {
            (Any, _) => {}
            (Is(is_right, _), value) if is_right(value) => {}
            (Is(_, right), _) => return is(right),
            (Text, Value::String(text)) => *text = markdown(text),
            (Text, _) => return is("a text, in quotes"),
            (Reference, target) if self.schemas.target(target).is_some() => {}
            (Reference, _) => return is("`#/components/schemas/` and the name of a schema of this document"),
            (One(_), Value::Array(list)) if list.len() != 1 => return is("a list of one"),
            (List(form) | One(form), Value::Array(list)) => {
                for (index, value) in list.iter_mut().enumerate() {
                    self.check(form, value, &format!("{at}/{index}"))?;
                }
            }
            (List(_) | One(_), _) => return is("a list"),
            (Object(keys), Value::Object(object)) => self.object(&[keys], object, at)?,
            (Map(is_right, right, form), Value::Object(object)) => {
                for (name, value) in object {
                    let at = format!("{at}/{}", escape(name));
                    if !is_right(name) {
                        return Err(format!("{at}: is not a possible name; write {right}").into());
                    }
                    self.check(form, value, &at)?;
                }
            }
            (NamedSchema, Value::Object(schema)) => {
                self.is_request = at.rsplit('/').next().is_some_and(|name| self.schemas.requests.contains(name));
                self.schema(&[], schema, at)?;
            }
            (Schema, Value::Object(schema)) if schema.contains_key("$ref") => self.object(&[REFERENCE], schema, at)?,
            (Schema, Value::Object(schema)) if schema.contains_key("allOf") => self.object(&[ALL_OF], schema, at)?,
            (Schema, Value::Object(schema)) => {
                let needs_name = |key: &&str| *key == "properties" || self.is_request;
                if let Some(key) =
                    ["properties", "enum"].iter().find(|key| needs_name(key) && schema.contains_key(**key))
                {
                    let advice = "give the schema a name in /components/schemas and refer to it";
                    return Err(format!("{at}/{key}: is not supported here; {advice}").into());
                }
                self.schema(NULLABLE, schema, at)?;
            }
            _ => return is("an object"),
        }
        Ok(())
    }

    fn schema(&mut self, others: &[Key], schema: &mut Entries, at: &str) -> Result<()> {
        let name = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        let is_map = name == "object" && !schema.contains_key("properties");
        let keys = TYPES.iter().find(|(known, _)| *known == name).map(|(_, keys)| *keys).unwrap_or_default();
        self.object(&[SCHEMA, others, if is_map { MAP } else { keys }], schema, at)?;
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Ok(()) };
        let mut constants = BTreeSet::new();
        if let Some(name) = properties.keys().find(|name| !constants.insert(constant(name))) {
            let field = constant(name).to_lowercase();
            return Err(format!("{at}/properties/{name}: is a second field `{field}`; rename one of them").into());
        }
        let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        if let Some(name) = required.find(|name| name.as_str().is_none_or(|name| !properties.contains_key(name))) {
            return Err(format!("{at}/required: {name} is not a property; add it or correct the name").into());
        }
        if self.is_request {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        Ok(())
    }

    fn object(&mut self, tables: &[&[Key]], object: &mut Entries, at: &str) -> Result<()> {
        let keys = || tables.iter().flat_map(|keys| *keys);
        let find = |name: &str| keys().find(|(_, names, _)| names.contains(&name));
        for (name, value) in object.iter_mut() {
            let at = format!("{at}/{}", escape(name));
            match find(name) {
                Some((role, _, form)) => {
                    self.check(form, value, &at)?;
                    if *role == Limit && self.is_request && value != false {
                        self.limits.push(Found { at, value: value.clone() });
                    }
                }
                None if name.starts_with("x-") => {}
                None => {
                    let advice = ADVICE.iter().find(|(names, _)| names.contains(&name.as_str()));
                    let advice = advice.map_or("correct its name or remove it", |(_, advice)| advice);
                    return Err(format!("{at}: is not supported here; {advice}").into());
                }
            }
        }
        let mut required = keys().filter(|(role, ..)| *role == Must).flat_map(|(_, names, _)| *names);
        if let Some(name) = required.find(|name| !object.contains_key(**name)) {
            return Err(format!("{at}/{}: is missing; add it", escape(name)).into());
        }
        object.retain(|name, value| match find(name).map(|(role, ..)| role) {
            Some(Must | May) => true,
            Some(Closed) => self.is_request,
            // Another default than the one of the Rust type makes the property optional.
            Some(Default) => !self.is_request && (*value == 0 || value == false || value == ""),
            _ => false,
        });
        Ok(())
    }
}

pub(crate) fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".into(),
        Value::Array(_) => "a list".into(),
        Value::Null => "empty".into(),
        _ => value.to_string(),
    }
}
