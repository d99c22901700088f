//! The table of the keys that each kind of OpenAPI object may have, with the form of each value, and the walker that
//! checks a document against it. Whatever is not in the table is an error, so that nothing is silently ignored; only
//! keys that begin with `x-` are allowed everywhere.
//!
//! The walker also reduces the document to what progenitor gets. Types enforce no limits. Those of requests are strict:
//! they refuse unknown properties. Those of responses are open: they accept whatever the server may add.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToShoutySnakeCase};
use serde_json::Value;

use self::Form::{Is, List, Map, Object, One, Reference, Schema, Text};
use self::Role::{Closed, Default, Ignored, Limited, May, Must};
use super::{Limit, Result, schemas::Schemas, yaml::markdown};

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
    Limited,
}

/// What a value must be. A text completes the sentence "is not …".
enum Form {
    Is(fn(&Value) -> bool, &'static str),
    /// Is shown by rustdoc.
    Text,
    Object(&'static [Key]),
    Map(&'static Names, &'static Form),
    List(&'static Form),
    /// A list of one.
    One(&'static Form),
    /// One with a name is in `components` and becomes a type.
    Schema,
    /// A reference to a schema whose type is written by hand, or not.
    Reference(bool, &'static str),
}

struct Names(fn(&str) -> bool, &'static str);

const NAME: Names = Names(is_name, "a name of letters, digits, `_` and `-` that begins with a letter");
const TYPE: Names =
    Names(|name| is_name(name) && name == name.to_pascal_case() && !TAKEN.contains(&name), "a name such as `ApiError`");
const PATH: Names =
    Names(|path| path.starts_with('/') && path.split('/').skip(1).all(is_segment), "a path such as `/v1/apps/{appID}`");
const STATUS: Names = Names(
    |status| matches!(status.parse(), Ok(200..300 | 400..600)),
    "a status of a success or error, such as \"200\"",
);
/// These types would hide those that the generated code means.
const TAKEN: [&str; 7] = ["Err", "None", "Ok", "Option", "Result", "Some", "String"];

const ANY: Form = Is(|_| true, "");
const STRING: Form = Is(Value::is_string, "a text in quotes");
const FLAG: Form = Is(Value::is_boolean, "`true` or `false`");
const FALSE: Form = Is(|value| value == false, "`false`");
const NUMBER: Form = Is(Value::is_i64, "an integer");
const COUNT: Form = Is(|value| value.as_u64().is_some_and(|count| count <= u32::MAX.into()), "an integer from 0");
const STRINGS: Form = Is(
    |value| value[0].is_string() && value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
    "a list of texts in quotes",
);
const NAMED: Form = Is(|value| value.as_str().is_some_and(is_name), NAME.1);
const VERSION: Form = Is(
    |value| value.as_str().is_some_and(|text| text.starts_with("3.0.")),
    "a version of OpenAPI 3.0, such as \"3.0.3\"",
);
const LOCATION: Form = Is(|value| value == "path" || value == "query", "`path` or `query`, which alone are supported");
const BEARER: Form = Is(|value| value == "http" || value == "bearer", "`type: http` with `scheme: bearer`");
const TYPE_NAME: Form = Is(|value| TYPES.iter().any(|(name, _)| value == name), "a type such as `string`");
const SCALAR: Form = Is(|value| value == "string" || value == "integer" || value == "boolean", "a type of one value");

const TARGET: Form =
    Reference(false, "a reference such as \"#/components/schemas/ApiError\" to a schema that is there");
const ID: Form = Reference(true, "a reference to a schema that build.rs lists, which alone may be in a URL");

const DOCUMENT: &[Key] = &[
    (Must, &["openapi"], VERSION),
    (Must, &["info"], Object(INFO)),
    (Must, &["paths"], Map(&PATH, &Object(PATH_ITEM))),
    (Must, &["components"], Object(COMPONENTS)),
    (Must, &["security"], One(&Map(&NAME, &List(&STRING)))),
    (Ignored, &["servers", "tags", "externalDocs"], ANY),
];
const INFO: &[Key] = &[
    (Must, &["title", "version"], Text),
    (May, &["description"], Text),
    (Ignored, &["termsOfService", "contact", "license"], ANY),
];
const COMPONENTS: &[Key] =
    &[(Must, &["schemas"], Map(&TYPE, &Schema)), (Must, &["securitySchemes"], Map(&NAME, &Object(SECURITY_SCHEME)))];
const SECURITY_SCHEME: &[Key] =
    &[(Must, &["type", "scheme"], BEARER), (Ignored, &["bearerFormat", "description"], ANY)];
const PATH_ITEM: &[Key] = &[
    (May, &["get", "put", "post", "delete", "patch"], Object(OPERATION)),
    (Ignored, &["summary", "description"], ANY),
];
const OPERATION: &[Key] = &[
    (Must, &["operationId"], NAMED),
    (May, &["x-idempotent"], FLAG),
    (May, &["summary", "description"], Text),
    (May, &["parameters"], List(&Object(PARAMETER))),
    (May, &["requestBody"], Object(REQUEST_BODY)),
    (Must, &["responses"], Map(&STATUS, &Object(RESPONSE))),
    (Ignored, &["tags", "externalDocs", "deprecated"], ANY),
];
const PARAMETER: &[Key] = &[
    (Must, &["name"], NAMED),
    (Must, &["in"], LOCATION),
    (Must, &["schema"], Object(VALUE)),
    (May, &["description"], Text),
    (May, &["required"], FLAG),
    (Ignored, &["deprecated", "example", "examples"], ANY),
];
/// The schema of a parameter.
const VALUE: &[Key] = &[(May, &["type"], SCALAR), (May, &["$ref"], ID), (Ignored, &["example", "format"], ANY)];
const REQUEST_BODY: &[Key] =
    &[(May, &["required"], FLAG), (Must, &["content"], Object(CONTENT)), (Ignored, &["description"], ANY)];
const RESPONSE: &[Key] =
    &[(Must, &["description"], Text), (May, &["content"], Object(CONTENT)), (Ignored, &["headers", "links"], ANY)];
const CONTENT: &[Key] = &[(Must, &["application/json"], Object(MEDIA_TYPE))];
const MEDIA_TYPE: &[Key] = &[(Must, &["schema"], Object(REFERENCE)), (Ignored, &["example", "examples"], ANY)];
const REFERENCE: &[Key] = &[(Must, &["$ref"], TARGET)];
/// A reference with something next to it.
const ALL_OF: &[Key] = &[(Must, &["allOf"], One(&Object(REFERENCE)))];
/// A format has no effect: an integer has 64 bits, a number is a float.
const SCHEMA: &[Key] = &[(Must, &["type"], TYPE_NAME), (Default, &["default"], ANY), (Ignored, &["format"], ANY)];
const NOTES: &[Key] =
    &[(May, &["description"], Text), (Ignored, &["title", "example", "deprecated", "externalDocs"], ANY)];
/// What a schema may also have where it has no name.
const NULLABLE: &[Key] = &[(May, &["nullable"], FLAG)];
/// What it may have because of its type. An object without properties is a map.
const TYPES: &[(&str, &[Key])] = &[
    ("string", VALUES),
    ("integer", NUMERIC),
    ("number", NUMERIC),
    ("boolean", &[]),
    ("array", ARRAY),
    ("object", OBJECT),
];
const VALUES: &[Key] =
    &[(Closed, &["enum"], STRINGS), (Limited, &["minLength", "maxLength"], COUNT), (Limited, &["pattern"], STRING)];
/// Has no `enum`, which would become a type without a name.
const TEXT: &[Key] = &[(Limited, &["minLength", "maxLength"], COUNT), (Limited, &["pattern"], STRING)];
const NUMERIC: &[Key] = &[(Limited, &["minimum", "maximum", "multipleOf"], NUMBER)];
const ARRAY: &[Key] =
    &[(Must, &["items"], Schema), (Limited, &["minItems", "maxItems"], COUNT), (Limited, &["uniqueItems"], FLAG)];
const OBJECT: &[Key] = &[
    (Must, &["properties"], Map(&NAME, &Schema)),
    (May, &["required"], STRINGS),
    (Closed, &["additionalProperties"], FALSE),
];
const MAP: &[Key] = &[(Must, &["additionalProperties"], Schema), (Limited, &["minProperties", "maxProperties"], COUNT)];

/// What to do instead of writing a key that is not in the table.
const ADVICE: &[(&[&str], &str)] = &[
    (&["oneOf", "anyOf", "not"], "a value has one type here; write what its variants have in common"),
    (&["allOf"], "write the schema out; `allOf` is for one reference in a property"),
    (&["nullable", "description"], "in a property, put the reference into `allOf` and this next to it"),
    (&["readOnly", "writeOnly"], "write one schema for requests and another one for responses"),
    (&["exclusiveMinimum", "exclusiveMaximum"], "write the first or last allowed number, with `minimum` or `maximum`"),
    (&["$ref"], "refer to its target where this schema is used"),
    (&["properties", "enum", "type"], "give the schema a name in /components/schemas and refer to it"),
    (&["servers", "security"], "write it once, for the whole document"),
    (&["swagger"], "write the document as OpenAPI 3.0, with `openapi: 3.0.3`"),
];

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

fn is_segment(segment: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@!$&'()*+,;=".contains(&byte);
    let parameter = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    parameter.map_or(!["", ".", ".."].contains(&segment) && segment.bytes().all(is_plain), is_name)
}

/// Checks a document and reduces it. Returns the limits of requests with their pointers.
pub(crate) fn check(document: &mut Value, schemas: &Schemas) -> Result<Vec<Limit>> {
    let mut walker = Walker { schemas, is_request: false, limits: Vec::new() };
    walker.check(&Object(DOCUMENT), document, "")?;
    Ok(walker.limits)
}

struct Walker<'a> {
    schemas: &'a Schemas,
    /// Whether it is in a schema of a request.
    is_request: bool,
    limits: Vec<Limit>,
}

impl Walker<'_> {
    fn check(&mut self, form: &Form, value: &mut Value, at: &str) -> Result<()> {
        let is_not = |right: &str| Err(format!("{at}: is not {right}; correct it").into());
        match (form, value) {
            (Is(is_right, _), value) if is_right(value) => {}
            (Text, Value::String(text)) => *text = markdown(text),
            (Text, _) => return is_not("a text in quotes"),
            (Reference(written_by_hand, _), target) if self.schemas.target(target) == Some(*written_by_hand) => {}
            (Is(_, right) | Reference(_, right), _) => return is_not(right),
            (List(form), Value::Array(list)) => {
                for (index, value) in list.iter_mut().enumerate() {
                    self.check(form, value, &format!("{at}/{index}"))?;
                }
            }
            (One(form), Value::Array(list)) if list.len() == 1 => self.check(form, &mut list[0], &format!("{at}/0"))?,
            (List(_) | One(_), _) => return is_not("a list, with one entry in `allOf` and `security`"),
            (Object(keys), Value::Object(object)) => self.object(&[keys], object, at)?,
            (Map(Names(is_right, right), form), Value::Object(object)) => {
                for (name, value) in object {
                    let at = format!("{at}/{}", escape(name));
                    if !is_right(name) {
                        return Err(format!("{at}: is not {right}; rename it").into());
                    }
                    self.check(form, value, &at)?;
                }
            }
            (Schema, Value::Object(schema)) => self.schema(schema, at)?,
            _ => return is_not("an object"),
        }
        Ok(())
    }

    fn schema(&mut self, schema: &mut Entries, at: &str) -> Result<()> {
        let name = at.strip_prefix("/components/schemas/").filter(|name| !name.contains('/'));
        self.is_request = name.map_or(self.is_request, |name| self.schemas.requests.contains(name));
        if self.is_request && name.is_some_and(|name| self.schemas.responses.contains(name)) {
            return Err(format!("{at}: is used by requests, which are strict, and by responses; write two").into());
        }
        let is_inline = name.is_none();
        let keys = match schema.get("type").and_then(Value::as_str) {
            Some("object") if is_inline || !schema.contains_key("properties") => MAP,
            Some("string") if is_inline && self.is_request => TEXT,
            name => TYPES.iter().find(|(known, _)| Some(*known) == name).map(|(_, keys)| *keys).unwrap_or_default(),
        };
        let tables: &[&[Key]] = match ["$ref", "allOf"].map(|key| is_inline && schema.contains_key(key)) {
            [true, _] => &[REFERENCE],
            [_, true] => &[ALL_OF, NOTES, NULLABLE],
            _ if is_inline => &[SCHEMA, NOTES, NULLABLE, keys],
            _ => &[SCHEMA, NOTES, keys],
        };
        self.object(tables, schema, at)?;
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Ok(()) };
        let mut constants = BTreeSet::new();
        if let Some(name) = properties.keys().find(|name| !constants.insert(name.to_shouty_snake_case())) {
            return Err(format!("{at}/properties/{name}: is a second field of this name; rename one of them").into());
        }
        let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        if let Some(name) = required.find(|name| !properties.keys().any(|known| *name == known)) {
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
                    if *role == Limited && self.is_request && value != false {
                        self.limits.push((at, value.clone()));
                    }
                }
                None if name.starts_with("x-") => {}
                None => {
                    let advice = ADVICE.iter().find(|(keys, _)| keys.contains(&name.as_str()));
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
