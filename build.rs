//! Turns `openapi/destination.yaml` into `OUT_DIR/client.rs`; every failure is one sentence that names the place.

use std::{env, error::Error, fs, panic, path::Path};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{
    Expr, Field, Fields, ImplItem, Item, ItemEnum, ItemStruct, LitStr, ext::IdentExt, parse::ParseBuffer, parse_quote,
};

const DOCUMENT: &str = "openapi/destination.yaml";
const JSON: &str = "application/json";

/// The schemas whose types are written by hand, each in `src/` under the same name.
const WRITTEN_BY_HAND: [&str; 3] = ["AppId", "DestinationId", "SuccessCode"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() {
    println!("cargo::rerun-if-changed={DOCUMENT}");
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(error) = run() {
        let sentence = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        println!("cargo::error={DOCUMENT}: {sentence}");
    }
}

fn run() -> Result<()> {
    let document = parse(&read()?)?;
    check_references(&document, &document, "")?;
    let operations = operations(&document);
    for operation in &operations {
        operation.check(&document)?;
    }
    let mut file = generate(&document).map_err(|problem| {
        let at = blame(&document, "").map(|at| format!("{at}: ")).unwrap_or_default();
        format!("{at}{problem}; correct it, or write it in a simpler way")
    })?;
    add_facts(&mut file, &document, &operations);
    // If this fails or is killed half-way, cargo compiles nothing and runs the script again the next time.
    let place = Path::new(&env::var("OUT_DIR")?).join("client.rs");
    Ok(fs::write(&place, prettyplease::unparse(&file)).map_err(|e| {
        format!("its client cannot be written to {} ({e}); free some space or check the permissions", place.display())
    })?)
}

fn read() -> Result<String> {
    let bytes = fs::read(DOCUMENT)
        .map_err(|e| format!("cannot be read ({e}); the client is made from this file, put it back"))?;
    String::from_utf8(bytes).map_err(|e| {
        let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        let line = good.split(|byte| *byte == b'\n').count();
        let column = good.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
        format!("is not UTF-8 at line {line} column {column}; save it as UTF-8").into()
    })
}

/// The document as plain data, in which every place has a JSON pointer.
fn parse(text: &str) -> Result<Value> {
    // JSON's own type would take the last of two equal keys.
    let data: serde_norway::Value =
        serde_norway::from_str(text).map_err(|e| format!("is not valid YAML, correct this place: {e}"))?;
    let document =
        serde_json::to_value(&data).map_err(|e| format!("has a key that is not a string, put it in quotes: {e}"))?;
    match &document["openapi"] {
        Value::String(version) if version.starts_with("3.0.") => Ok(document),
        Value::Null => Err("/openapi: is missing; an OpenAPI document begins with `openapi: 3.0.3`".into()),
        other => {
            Err(format!("/openapi: {other} is not supported; write the document as OpenAPI 3.0, with `openapi: 3.0.3`")
                .into())
        }
    }
}

fn check_references(document: &Value, value: &Value, at: &str) -> Result<()> {
    if let Some(target) = value["$ref"].as_str()
        && target.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).is_none()
    {
        return Err(format!("{at}/$ref: {target} is not in this file; add it or correct the name").into());
    }
    children(value).into_iter().try_for_each(|(key, child)| check_references(document, child, &format!("{at}/{key}")))
}

struct Operation<'a> {
    at: String,
    path: &'a str,
    method: &'a str,
    value: &'a Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
    let items = document["paths"].as_object().into_iter().flatten();
    let values = items.flat_map(|(path, item)| item.as_object().into_iter().flatten().map(move |entry| (path, entry)));
    values
        .filter(|(_, (method, _))| METHODS.contains(&method.as_str()))
        .map(|(path, (method, value))| Operation {
            at: format!("/paths/{}/{method}", escape(path)),
            path,
            method,
            value,
        })
        .collect()
}

impl Operation<'_> {
    /// Finds what progenitor would answer with an assertion of its own, or not at all.
    fn check(&self, document: &Value) -> Result<()> {
        let Self { at, value, .. } = self;
        let id = value["operationId"].as_str().unwrap_or_default();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return Err(format!(
                "{at}/operationId: is missing or not in snake case; it becomes the name of the method, write one such \
                 as `update_destination`"
            )
            .into());
        }
        check_media_types(resolve(document, &value["requestBody"]), &format!("{at}/requestBody"))?;
        let (mut success, mut error) = (None, None);
        for (status, response) in value["responses"].as_object().into_iter().flatten() {
            let at = format!("{at}/responses/{status}");
            let response = resolve(document, response);
            check_media_types(response, &at)?;
            let schema = &response["content"][JSON]["schema"];
            let is_error = status.starts_with(['4', '5']);
            if (!is_error && *success.get_or_insert(schema) != schema)
                || ((is_error || status == "default") && *error.get_or_insert(schema) != schema)
            {
                return Err(format!(
                    "{at}: the schema differs from that of another response; give all successful responses one schema \
                     and all errors one (`default` counts as both)"
                )
                .into());
            }
        }
        Ok(())
    }

    /// The name of the type that the method takes as the body.
    fn body<'a>(&'a self, document: &'a Value) -> Option<&'a str> {
        let schema = &resolve(document, &self.value["requestBody"])["content"][JSON]["schema"];
        schema["$ref"].as_str()?.rsplit('/').next()
    }
}

fn check_media_types(body: &Value, at: &str) -> Result<()> {
    match body["content"].as_object().into_iter().flatten().find(|(media_type, _)| *media_type != JSON) {
        Some((other, _)) => {
            Err(format!("{at}/content/{}: only {JSON} can be used; remove this media type", escape(other)).into())
        }
        None => Ok(()),
    }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

/// What is in an object or array, each with its part of a JSON pointer.
fn children(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(entries) => entries.iter().map(|(key, child)| (escape(key), child)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
        _ => Vec::new(),
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Runs progenitor; its assertions become errors.
fn generate(document: &Value) -> Result<syn::File> {
    let openapi: OpenAPI =
        serde_json::from_value(document.clone()).map_err(|e| format!("this is not OpenAPI 3.0, {e}"))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::transport::Transport))
        .with_derive("PartialEq");
    for name in WRITTEN_BY_HAND {
        settings.with_replacement(name, format!("crate::{name}"), std::iter::empty());
    }
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(|| Generator::new(&settings).generate_tokens(&openapi));
    drop(panic::take_hook());
    let problem = match outcome {
        Ok(Ok(tokens)) => match syn::parse2(tokens) {
            Ok(file) => return Ok(file),
            Err(e) => e.to_string(),
        },
        Ok(Err(e)) => e.to_string(),
        Err(panic) => match panic.downcast::<String>() {
            Ok(text) => *text,
            Err(panic) => panic.downcast_ref::<&str>().map(ToString::to_string).unwrap_or_default(),
        },
    };
    // Some of progenitor's messages go on with a dump of its data.
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches(" {");
    Err(format!("progenitor cannot make a client of this ({problem})").into())
}

/// The innermost entry without which a client could be made.
fn blame(document: &Value, at: &str) -> Option<String> {
    let value = document.pointer(at)?;
    children(value).into_iter().find_map(|(key, _)| {
        let place = format!("{at}/{key}");
        blame(document, &place).or_else(|| {
            let mut rest = document.clone();
            rest.pointer_mut(at)?.as_object_mut()?.retain(|name, _| escape(name) != key);
            generate(&rest).is_ok().then_some(place)
        })
    })
}

/// Adds what the document says and progenitor does not hand on, so that no Rust file has to say it again. Takes away
/// the constructors, which would make a client without our checks, makes a field an error that a request does not
/// have (the server would ignore it), adds the descriptions that stand behind a reference, and lets the types grow without breaking a caller's code.
fn add_facts(file: &mut syn::File, document: &Value, operations: &[Operation<'_>]) {
    let is_constructor = |item: &ImplItem| matches!(item, ImplItem::Fn(item) if item.sig.ident == "new_with_client");
    file.items.retain(|item| !matches!(item, Item::Impl(item) if item.items.iter().any(is_constructor)));
    let schemas = &document["components"]["schemas"];
    let bodies: Vec<_> = operations.iter().filter_map(|operation| operation.body(document)).collect();
    for item in &mut file.items {
        if let Item::Mod(module) = item
            && module.ident == "types"
            && let Some((_, types)) = &mut module.content
        {
            for item in types.iter_mut() {
                match item {
                    Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                        let properties = &schemas[item.ident.to_string()]["properties"];
                        for field in &mut item.fields {
                            let schema = resolve(document, &properties[on_the_wire(field).0]);
                            if !field.attrs.iter().any(|attr| attr.path().is_ident("doc"))
                                && let Some(description) = schema["description"].as_str()
                            {
                                field.attrs.push(parse_quote!(#[doc = #description]));
                            }
                        }
                        item.attrs.push(parse_quote!(#[non_exhaustive]));
                        if bodies.iter().any(|name| item.ident == name) {
                            item.attrs.push(parse_quote!(#[serde(deny_unknown_fields)]));
                        }
                    }
                    Item::Enum(item) => {
                        let values = schemas[item.ident.to_string()]["enum"].as_array().into_iter().flatten();
                        for (variant, value) in item.variants.iter_mut().zip(values.filter_map(Value::as_str)) {
                            let value = format!("`{value}`");
                            variant.attrs.push(parse_quote!(#[doc = #value]));
                        }
                        item.attrs.push(parse_quote!(#[non_exhaustive]));
                    }
                    _ => {}
                }
            }
            let facts: Vec<_> = types.iter().filter_map(facts_of_type).collect();
            types.extend(facts);
        }
    }
    let operations = operations.iter().map(|Operation { path, method, value, .. }| {
        let (id, method) = (value["operationId"].as_str(), method.to_uppercase());
        quote!(Operation { id: #id, method: #method, url_template: #path })
    });
    let schemas = schemas.to_string();
    file.items.push(parse_quote! {
        /// What the document says and the client itself does not hand on.
        pub(crate) mod document {
            pub(crate) struct Operation {
                pub(crate) id: &'static str,
                pub(crate) method: &'static str,
                pub(crate) url_template: &'static str,
            }
            pub(crate) const OPERATIONS: &[Operation] = &[#(#operations),*];
            pub(crate) const SCHEMAS: &str = #schemas;
        }
    });
}

/// The wire names of a struct's fields and a constructor that takes what is required; the values of an enum.
fn facts_of_type(item: &Item) -> Option<Item> {
    match item {
        Item::Struct(ItemStruct { ident, fields: Fields::Named(fields), .. }) => {
            let (mut names, mut parameters, mut values) = (Vec::new(), Vec::new(), Vec::new());
            for field in &fields.named {
                let (field_ident, ty) = (field.ident.as_ref()?, &field.ty);
                let (name, default) = on_the_wire(field);
                let constant = format_ident!("{}", field_ident.unraw().to_string().to_uppercase());
                names.push(quote!(pub(crate) const #constant: &'static str = #name;));
                if default.is_none() {
                    parameters.push(quote!(#field_ident: #ty));
                }
                let value = default.unwrap_or_else(|| parse_quote!(#field_ident));
                values.push(quote!(#field_ident: #value));
            }
            Some(parse_quote! {
                impl #ident {
                    #(#names)*
                    pub(crate) fn with_required(#(#parameters),*) -> Self {
                        Self { #(#values),* }
                    }
                }
            })
        }
        Item::Enum(ItemEnum { ident, variants, .. }) if variants.iter().all(|variant| variant.fields.is_empty()) => {
            let variants = variants.iter().map(|variant| &variant.ident);
            Some(parse_quote! {
                impl #ident {
                    pub(crate) const ALL: &'static [Self] = &[#(Self::#variants),*];
                }
            })
        }
        _ => None,
    }
}

/// What serde's attributes say: the name of a field, and, unless it is required, the value that it has without one.
fn on_the_wire(field: &Field) -> (String, Option<Expr>) {
    let mut name = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
    let mut default = None;
    for attr in field.attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        // Every other word in the attribute is passed over.
        let _ = attr.parse_nested_meta(|meta| {
            let value = meta.value().and_then(ParseBuffer::parse::<LitStr>).ok();
            match value {
                Some(value) if meta.path.is_ident("rename") => name = value.value(),
                Some(value) if meta.path.is_ident("default") => {
                    let function: syn::Path = value.parse()?;
                    default = Some(parse_quote!(#function()));
                }
                _ if meta.path.is_ident("default") || meta.path.is_ident("skip_serializing_if") => {
                    default.get_or_insert_with(|| parse_quote!(Default::default()));
                }
                _ => {}
            }
            Ok(())
        });
    }
    (name, default)
}
