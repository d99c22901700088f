//! Makes the generated code say what the document says and progenitor does not hand on, so that no Rust file has to.

use quote::{format_ident, quote};
use serde_json::Value;
use syn::{
    Expr, Field, Fields, ImplItem, Item, ItemEnum, ItemMod, ItemStruct, LitStr, Local, Stmt, ext::IdentExt,
    parse::ParseBuffer, parse_quote,
};

use crate::check::{Operation, resolve};

/// Adds those facts, and takes away what the document does not say: the constructors, which would make a client without
/// our checks, and the header `api-version`.
pub(crate) fn add(file: &mut syn::File, document: &Value, operations: &[Operation<'_>]) {
    let is_constructor = |item: &ImplItem| matches!(item, ImplItem::Fn(item) if item.sig.ident == "new_with_client");
    file.items.retain(|item| !matches!(item, Item::Impl(item) if item.items.iter().any(is_constructor)));
    for item in &mut file.items {
        if let Item::Impl(item) = item {
            for item in &mut item.items {
                if let ImplItem::Fn(item) = item {
                    remove_api_version(&mut item.block.stmts);
                }
            }
        }
        if let Item::Mod(ItemMod { ident, content: Some((_, types)), .. }) = item
            && ident == "types"
        {
            for item in types.iter_mut() {
                describe(item, document, operations);
            }
            let facts: Vec<_> = types.iter().filter_map(facts_of_type).collect();
            types.extend(facts);
        }
    }
    let operations = operations.iter().map(|Operation { id, method, path, .. }| {
        let method = method.to_uppercase();
        quote!(Operation { id: #id, method: #method, url_template: #path, idempotent: true })
    });
    let schemas = schemas(document).to_string();
    file.items.push(parse_quote! {
        /// What the document says and the client itself does not hand on.
        pub(crate) mod document {
            #[derive(Clone, Copy)]
            pub(crate) struct Operation {
                pub(crate) id: &'static str,
                pub(crate) method: &'static str,
                pub(crate) url_template: &'static str,
                pub(crate) idempotent: bool,
            }
            pub(crate) const UPDATE_DESTINATION: Operation = OPERATIONS[0];
            pub(crate) const OPERATIONS: &[Operation] = &[#(#operations),*];
            pub(crate) const SCHEMAS: &str = #schemas;
        }
    });
}

/// The header, and if it is the only one, the map of headers that it is in.
fn remove_api_version(statements: &mut Vec<Stmt>) {
    let mentions = |statement: &Stmt, word| quote!(#statement).to_string().contains(word);
    statements.retain(|statement| !mentions(statement, "\"api-version\""));
    if statements.iter().filter(|statement| mentions(statement, "header_map")).count() == 2 {
        statements.retain(|statement| !mentions(statement, "let mut header_map"));
        for statement in statements {
            if let Stmt::Local(Local { init: Some(init), .. }) = statement {
                remove_call("headers", &mut init.expr);
            }
        }
    }
}

/// Takes a method out of a chain of calls.
fn remove_call(name: &str, chain: &mut Expr) {
    match chain {
        Expr::Try(result) => remove_call(name, &mut result.expr),
        Expr::MethodCall(call) if call.method == name => *chain = (*call.receiver).clone(),
        Expr::MethodCall(call) => remove_call(name, &mut call.receiver),
        _ => {}
    }
}

fn schemas(document: &Value) -> &Value {
    &document["components"]["schemas"]
}

/// Lets a type grow without breaking a caller's code, adds the descriptions that stand behind a reference, and makes a
/// field an error that a request does not have: the server would ignore it.
fn describe(item: &mut Item, document: &Value, operations: &[Operation<'_>]) {
    match item {
        Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
            let properties = &schemas(document)[item.ident.to_string()]["properties"];
            for field in &mut item.fields {
                let schema = resolve(document, &properties[on_the_wire(field).0]);
                if !field.attrs.iter().any(|attr| attr.path().is_ident("doc"))
                    && let Some(description) = schema["description"].as_str()
                {
                    field.attrs.push(parse_quote!(#[doc = #description]));
                }
            }
            item.attrs.push(parse_quote!(#[non_exhaustive]));
            if operations.iter().filter_map(|operation| operation.body).any(|name| item.ident == name) {
                item.attrs.push(parse_quote!(#[serde(deny_unknown_fields)]));
            }
        }
        Item::Enum(item) => {
            let values = schemas(document)[item.ident.to_string()]["enum"].as_array().into_iter().flatten();
            for (variant, value) in item.variants.iter_mut().zip(values.filter_map(Value::as_str)) {
                let value = format!("`{value}`");
                variant.attrs.push(parse_quote!(#[doc = #value]));
            }
            item.attrs.push(parse_quote!(#[non_exhaustive]));
        }
        _ => {}
    }
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
