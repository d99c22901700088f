//! Runs progenitor, and generates what it drops: the operations, the names of fields, the limits and the JSON Schemas.

use std::{collections::BTreeSet, panic};

use heck::ToShoutySnakeCase;
use openapiv3::OpenAPI;
use proc_macro2::{Ident, TokenStream};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypePatch};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Field, Fields, FieldsNamed, File, ImplItem, Item, ItemEnum, ItemStruct, parse_quote};

use super::schemas::{Schemas, entries};
use super::{Result, WRITTEN_BY_HAND};

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
        settings.with_replacement(name, format!("crate::{name}"), [].into_iter());
    }
    // Floats cannot be compared and hashed.
    let has_float = schemas.json_schemas().contains(r#""type":"number""#);
    for name in schemas.requests.iter().filter(|_| !has_float) {
        settings.with_patch(name, TypePatch::default().with_derive("Eq").with_derive("Hash"));
    }
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(|| Generator::new(&settings).generate_tokens(&openapi));
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
    let uses = quote!(.headers(header_map)).to_string();
    let code = tokens.to_string().replace(&header.to_string(), "").replace(&uses, "");
    let mut file = syn::parse_file(&code)?;
    let is_constructor = |item: &ImplItem| matches!(item, ImplItem::Fn(item) if item.sig.ident == "new_with_client");
    file.items.retain(|item| !matches!(item, Item::Impl(item) if item.items.iter().any(is_constructor)));
    Ok(file)
}

/// The code of what progenitor drops, for a module that has the generated `types` and the type `Operation`. Adds to
/// the types what progenitor cannot be told.
pub(crate) fn metadata(client: &mut File, schemas: &Schemas, constants: &[TokenStream]) -> Result<File> {
    let mut types = TokenStream::new();
    let modules = client.items.iter_mut().filter_map(|item| match item {
        Item::Mod(module) => module.content.as_mut(),
        _ => None,
    });
    for item in modules.flat_map(|(_, items)| items) {
        let (attrs, code) = match item {
            Item::Struct(ItemStruct { attrs, ident, fields: Fields::Named(fields), .. }) => {
                (attrs, metadata_of_struct(ident, fields, &schemas.all[ident.to_string()]))
            }
            Item::Enum(ItemEnum { attrs, ident, variants, .. }) => {
                // serde would also read a variant from an object such as `{"PHONE": null}`.
                attrs.push(parse_quote!(#[serde(try_from = "crate::model::TypeName")]));
                let variants = variants.iter().map(|variant| &variant.ident);
                let code = quote! {
                    impl #ident {
                        pub(crate) const ALL: &'static [Self] = &[#(Self::#variants),*];
                    }
                    impl ::std::convert::TryFrom<crate::model::TypeName> for #ident {
                        type Error = String;
                        fn try_from(name: crate::model::TypeName) -> Result<Self, String> { name.one_of(Self::ALL) }
                    }
                };
                (attrs, code)
            }
            _ => continue,
        };
        attrs.push(parse_quote!(#[non_exhaustive]));
        types.extend(code);
    }
    let schemas = schemas.json_schemas();
    Ok(syn::parse2(quote! {
        #[allow(dead_code, clippy::all, clippy::pedantic)]
        mod metadata {
            #[allow(unused_imports)]
            use super::types::*;
            #types
        }
        /// What the document says of operations and requests.
        pub(crate) mod document {
            pub(crate) use super::Operation;
            #(#constants)*
            /// The schemas of requests as JSON Schema (draft 2020-12), with references to each other as `#/$defs/Name`.
            #[allow(dead_code)]
            pub(crate) const SCHEMAS: &str = #schemas;
        }
    })?)
}

fn metadata_of_struct(ident: &Ident, fields: &FieldsNamed, schema: &Value) -> TokenStream {
    let names: Vec<_> = entries(&schema["properties"]).map(|(name, _)| name).collect();
    let constants = names.iter().map(|name| format_ident!("{}", name.to_shouty_snake_case()));
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let required: BTreeSet<_> = required.map(str::to_shouty_snake_case).collect();
    let (mut parameters, mut values) = (Vec::new(), Vec::new());
    for Field { ident, ty, .. } in &fields.named {
        if ident.as_ref().is_some_and(|ident| required.contains(&ident.to_string().to_shouty_snake_case())) {
            parameters.push(quote!(#ident: #ty));
            values.push(quote!(#ident));
        } else {
            values.push(quote!(#ident: ::std::default::Default::default()));
        }
    }
    quote! {
        impl #ident {
            #(pub(crate) const #constants: &'static str = #names;)*
            pub(crate) fn with_required(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}
