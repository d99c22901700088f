//! Runs progenitor, and generates what it drops: the operations, the names of fields, the limits and the JSON Schemas.

use std::{iter, panic};

use openapiv3::OpenAPI;
use proc_macro2::{Ident, TokenStream};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypePatch};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Field, Fields, FieldsNamed, File, ImplItem, Item, ItemEnum, ItemMod, ItemStruct, parse_quote};

use super::{
    Result, WRITTEN_BY_HAND,
    operations::Operation,
    schemas::{Schemas, entries},
    table::constant,
};

/// The code of the client. `document` is the checked one.
pub(crate) fn client(document: Value, schemas: &Schemas) -> Result<File> {
    let openapi: OpenAPI = serde_json::from_value(document)?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::client::Attempt))
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq");
    for name in WRITTEN_BY_HAND {
        settings.with_replacement(name, format!("crate::{name}"), iter::empty());
    }
    for name in schemas.exact() {
        settings.with_patch(name, TypePatch::default().with_derive("Eq").with_derive("Hash"));
    }
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(|| Generator::new(&settings).generate_tokens(&openapi));
    drop(panic::take_hook());
    let problem = match outcome {
        Ok(Ok(tokens)) => return without_unwanted(&tokens),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => panic.downcast::<String>().map_or_else(|_| String::new(), |text| *text),
    };
    // Some of progenitor's messages end with a debug dump.
    let problem = problem.lines().next().unwrap_or_default();
    Err(format!("/: progenitor cannot make a client of this ({problem}); simplify what was changed last").into())
}

/// Removes the header `api-version`, which progenitor sends and the vendor does not document, and the constructors of
/// `Client`, which would bypass our checks.
fn without_unwanted(tokens: &TokenStream) -> Result<File> {
    let header = quote! {
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
    };
    let code = [header, quote!(.headers(header_map))]
        .iter()
        .fold(tokens.to_string(), |code, unwanted| code.replace(&unwanted.to_string(), ""));
    if code.contains("header_map") {
        return Err("/: progenitor sends the header `api-version` in another way; adapt build/generate.rs".into());
    }
    let mut file = syn::parse_file(&code)?;
    let is_constructor = |item: &ImplItem| matches!(item, ImplItem::Fn(item) if item.sig.ident == "new_with_client");
    file.items.retain(|item| !matches!(item, Item::Impl(item) if item.items.iter().any(is_constructor)));
    Ok(file)
}

/// The code of what progenitor drops, for a module that has the generated `types` and the type `Operation`. Adds to
/// the types what progenitor cannot be told.
pub(crate) fn metadata(
    operations: &[Operation],
    schemas: &Schemas,
    limits: &[(String, Value)],
    client: &mut File,
) -> Result<File> {
    let mut types = TokenStream::new();
    for item in types_of(client) {
        match item {
            Item::Struct(ItemStruct { attrs, ident, fields: Fields::Named(fields), .. }) => {
                attrs.push(parse_quote!(#[non_exhaustive]));
                types.extend(metadata_of_struct(ident, fields, schemas.get(&ident.to_string())));
            }
            Item::Enum(ItemEnum { attrs, ident, variants, .. }) => {
                attrs.push(parse_quote!(#[non_exhaustive]));
                // serde would also read a variant from an object such as `{"PHONE": null}`.
                attrs.push(parse_quote!(#[serde(try_from = "crate::model::TypeName")]));
                let variants = variants.iter().map(|variant| &variant.ident);
                types.extend(quote! {
                    impl #ident {
                        pub(crate) const ALL: &'static [Self] = &[#(Self::#variants),*];
                    }
                    impl ::std::convert::TryFrom<crate::model::TypeName> for #ident {
                        type Error = String;
                        fn try_from(name: crate::model::TypeName) -> Result<Self, String> {
                            name.one_of(Self::ALL)
                        }
                    }
                });
            }
            _ => {}
        }
    }
    let names: Vec<_> = operations.iter().map(|operation| format_ident!("{}", operation.id.to_uppercase())).collect();
    let operations = operations.iter().map(|Operation { id, method, path, idempotent, success, .. }| {
        quote!(Operation { id: #id, method: #method, url_template: #path, idempotent: #idempotent, success: #success })
    });
    let schemas = schemas.json_schemas().to_string();
    let limits = limits.iter().map(|(place, value)| constant_of(place, value));
    Ok(parse_quote! {
        #[allow(dead_code)]
        mod metadata {
            #[allow(unused_imports)]
            use super::types::*;
            #types
        }
        /// What the document says of operations and requests.
        #[allow(dead_code)]
        pub(crate) mod document {
            pub(crate) use super::Operation;
            #(pub(crate) const #names: Operation = #operations;)*
            pub(crate) const OPERATIONS: &[Operation] = &[#(#names),*];
            /// The bodies of requests as JSON Schema (draft 2020-12), with references to each other as `#/$defs/Name`.
            pub(crate) const SCHEMAS: &str = #schemas;
        }
        /// The limits of requests. Each has a rule in `crate::validation`; the compiler warns of one that has none.
        pub(crate) mod limits {
            #(#limits)*
        }
    })
}

fn types_of(client: &mut File) -> &mut [Item] {
    let types = client.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == "types" => Some(items),
        _ => None,
    });
    types.map(Vec::as_mut_slice).unwrap_or_default()
}

fn constant_of(place: &str, value: &Value) -> TokenStream {
    let name = format_ident!("{}", constant(place));
    let tokens: TokenStream = value.to_string().parse().unwrap_or_default();
    let type_name = match value {
        Value::String(text) => return quote!(pub(crate) const #name: &str = #text;),
        Value::Bool(_) => quote!(bool),
        _ if place.ends_with("imum") || place.ends_with("Of") => quote!(i64),
        _ => quote!(usize),
    };
    quote!(pub(crate) const #name: #type_name = #tokens;)
}

fn metadata_of_struct(ident: &Ident, fields: &FieldsNamed, schema: &Value) -> TokenStream {
    let (mut constants, mut wire_names) = (TokenStream::new(), Vec::new());
    let (mut parameters, mut values) = (Vec::new(), Vec::new());
    for Field { ident: field, ty, .. } in &fields.named {
        let name = field.as_ref().map(|field| constant(&field.to_string())).unwrap_or_default();
        let Some((wire_name, _)) = entries(&schema["properties"]).find(|(wire_name, _)| constant(wire_name) == name)
        else {
            continue;
        };
        // `FIELDS` is the list of them.
        let name = if name == "FIELDS" { format_ident!("FIELDS_") } else { format_ident!("{name}") };
        constants.extend(quote!(pub(crate) const #name: &'static str = #wire_name;));
        wire_names.push(wire_name);
        if schema["required"].as_array().is_some_and(|required| required.iter().any(|name| name == wire_name)) {
            parameters.push(quote!(#field: #ty));
            values.push(quote!(#field));
        } else {
            values.push(quote!(#field: ::std::default::Default::default()));
        }
    }
    quote! {
        impl #ident {
            #constants
            pub(crate) const FIELDS: &'static [&'static str] = &[#(#wire_names),*];
            pub(crate) fn with_required(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}
