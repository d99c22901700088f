//! Adds to the generated code what the document says but progenitor drops, so that no Rust file has to repeat it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Expr, ExprLit, Field, Fields, FnArg, ImplItem, ImplItemFn, Item, ItemEnum, ItemImpl, ItemMod, ItemStruct, Lit,
    LitStr, Local, Pat, Stmt, ext::IdentExt, parse::ParseBuffer, parse_quote,
};

use super::{
    Result,
    forms::Type,
    objects,
    operations::{Operation, WITH_OPTIONS},
    pointer,
};

/// The variable in which progenitor collects the headers of a request.
const HEADER_MAP: &str = "header_map";

pub(crate) struct Metadata<'a> {
    pub(crate) operations: &'a [Operation],
    pub(crate) types: &'a BTreeMap<String, Type>,
    pub(crate) schemas: String,
    /// Whether any request schema has a limit that its type does not enforce.
    pub(crate) is_limited: bool,
    /// The patterns of requests.
    pub(crate) patterns: Vec<&'a String>,
}

/// Adds the metadata and removes the constructors, which would bypass our checks.
pub(crate) fn add(file: &mut syn::File, metadata: &Metadata<'_>) -> Result<()> {
    file.items.retain(|item| !has_constructor(item));
    for item in &mut file.items {
        match item {
            Item::Impl(item) if is_of_client(item) => extend_client(item),
            Item::Mod(ItemMod { ident, content: Some((_, types)), .. }) if ident == "types" => {
                check_fields(types, metadata)?;
                types.iter_mut().for_each(describe_variants);
                let added: Vec<_> = types.iter().filter_map(metadata_of_type).collect();
                let deserialize: Vec<_> = types.iter_mut().filter_map(objects::take_deserialize).collect();
                types.extend(added.into_iter().chain(deserialize));
            }
            _ => {}
        }
    }
    file.items.push(document(metadata));
    Ok(())
}

fn has_constructor(item: &Item) -> bool {
    let is_constructor = |item: &ImplItem| matches!(item, ImplItem::Fn(item) if item.sig.ident == "new_with_client");
    matches!(item, Item::Impl(item) if item.items.iter().any(is_constructor))
}

fn is_of_client(item: &ItemImpl) -> bool {
    item.trait_.is_none() && matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident("Client"))
}

fn extend_client(item: &mut ItemImpl) {
    let mut plain = Vec::new();
    for item in &mut item.items {
        if let ImplItem::Fn(method) = item {
            remove_api_version(&mut method.block.stmts);
            plain.extend(without_options(method));
        }
    }
    item.items.extend(plain);
}

/// progenitor sends the version of the document in the header `api-version`, which the vendor does not document. Removing
/// it here, with the header map if it is then empty, makes a call 2 % cheaper than removing it in the hook.
fn remove_api_version(statements: &mut Vec<Stmt>) {
    statements.retain(|statement| !adds_api_version(statement));
    let uses_map = |statement: &Stmt| mentions(statement.to_token_stream(), HEADER_MAP);
    // Only its declaration and its use in the request are left.
    if statements.iter().filter(|statement| uses_map(statement)).count() == 2 {
        let is_map = |statement: &Stmt| match statement {
            Stmt::Local(local) => matches!(&local.pat, Pat::Ident(name) if name.ident == HEADER_MAP),
            _ => false,
        };
        statements.retain(|statement| !is_map(statement));
        for statement in statements {
            if let Stmt::Local(Local { init: Some(init), .. }) = statement {
                remove_call("headers", &mut init.expr);
            }
        }
    }
}

/// Whether this is `header_map.append(HeaderName::from_static("api-version"), …)`.
fn adds_api_version(statement: &Stmt) -> bool {
    let Stmt::Expr(Expr::MethodCall(append), _) = statement else { return false };
    let Some(Expr::Call(name)) = append.args.first() else { return false };
    let is_name = |argument: &Expr| match argument {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value() == "api-version",
        _ => false,
    };
    append.method == "append" && name.args.first().is_some_and(is_name)
}

fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Removes a call from a method chain.
fn remove_call(name: &str, chain: &mut Expr) {
    match chain {
        Expr::Try(result) => remove_call(name, &mut result.expr),
        Expr::MethodCall(call) if call.method == name => *chain = (*call.receiver).clone(),
        Expr::MethodCall(call) => remove_call(name, &mut call.receiver),
        _ => {}
    }
}

/// Renames a method with optional parameters to `…_with_options`, and returns a wrapper with the old name and without
/// them. New optional parameters then break no caller.
fn without_options(method: &mut ImplItemFn) -> Option<ImplItem> {
    let is_optional = |input: &FnArg| matches!(input, FnArg::Typed(input) if is_option(&input.ty));
    if !method.sig.inputs.iter().any(is_optional) {
        return None;
    }
    let with_options = format_ident!("{}_{WITH_OPTIONS}", method.sig.ident.unraw());
    let arguments: Vec<Expr> = method
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(_) if is_optional(input) => Some(parse_quote!(None)),
            FnArg::Typed(input) => match &*input.pat {
                Pat::Ident(name) => {
                    let name = &name.ident;
                    Some(parse_quote!(#name))
                }
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
        .collect();
    let mut plain = method.clone();
    let documentation = format!("[`Self::{with_options}`] without the optional parameters.");
    plain.attrs = vec![parse_quote!(#[doc = #documentation])];
    plain.sig.inputs = method.sig.inputs.iter().filter(|input| !is_optional(input)).cloned().collect();
    plain.block = parse_quote!({ self.#with_options(#(#arguments),*).await });
    method.sig.ident = with_options;
    Some(ImplItem::Fn(plain))
}

fn is_option(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// Rejects properties that map to the same field.
fn check_fields(types: &[Item], metadata: &Metadata<'_>) -> Result<()> {
    for item in types {
        let Item::Struct(ItemStruct { ident, fields: Fields::Named(fields), .. }) = item else { continue };
        let mut seen = BTreeSet::new();
        for field in &fields.named {
            let Some(name) = &field.ident else { continue };
            if !seen.insert(name.unraw().to_string()) {
                let at = metadata.types.get(&ident.to_string()).map(|known| known.at.as_str()).unwrap_or_default();
                let property = pointer::escape(&on_the_wire(field).name);
                let problem = "another property also becomes the field";
                return Err(format!("{at}/properties/{property}: {problem} `{name}`; rename one of them").into());
            }
        }
    }
    Ok(())
}

/// Documents the wire value of each variant.
fn describe_variants(item: &mut Item) {
    let Item::Enum(item) = item else { return };
    for variant in &mut item.variants {
        let value = serde_words(&variant.attrs).name.unwrap_or_else(|| variant.ident.to_string());
        if value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'`') {
            let value = format!("`{value}`");
            variant.attrs.push(parse_quote!(#[doc = #value]));
        }
    }
}

/// The wire names of a struct's fields and a constructor that takes what is required; the values of an enum.
fn metadata_of_type(item: &Item) -> Option<Item> {
    match item {
        Item::Struct(ItemStruct { ident, fields: Fields::Named(fields), .. }) => {
            let (mut names, mut wire_names) = (Vec::new(), Vec::new());
            let (mut parameters, mut values) = (Vec::new(), Vec::new());
            let mut constants = BTreeSet::from(["FIELDS".to_owned()]);
            for field in &fields.named {
                let (field_ident, ty) = (field.ident.as_ref()?, &field.ty);
                let Wire { name, default, is_flat } = on_the_wire(field);
                if !is_flat {
                    let mut constant = field_ident.unraw().to_string().to_uppercase();
                    while !constants.insert(constant.clone()) {
                        constant.push('_');
                    }
                    let constant = format_ident!("{constant}");
                    names.push(quote!(pub(crate) const #constant: &'static str = #name;));
                    wire_names.push(name);
                }
                if default.is_none() {
                    parameters.push(quote!(#field_ident: #ty));
                }
                let value = default.unwrap_or_else(|| parse_quote!(#field_ident));
                values.push(quote!(#field_ident: #value));
            }
            Some(parse_quote! {
                impl #ident {
                    #(#names)*
                    pub(crate) const FIELDS: &'static [&'static str] = &[#(#wire_names),*];
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

/// A field's serde attributes.
struct Wire {
    name: String,
    /// The default; `None` if the field is required.
    default: Option<Expr>,
    is_flat: bool,
}

fn on_the_wire(field: &Field) -> Wire {
    let words = serde_words(&field.attrs);
    let name = words.name.or_else(|| Some(field.ident.as_ref()?.unraw().to_string())).unwrap_or_default();
    let is_optional = words.is_default || words.is_skipped || words.is_flat;
    let standard = || is_optional.then(|| parse_quote!(::std::default::Default::default()));
    Wire { name, default: words.default.or_else(standard), is_flat: words.is_flat }
}

#[derive(Default)]
struct SerdeWords {
    name: Option<String>,
    default: Option<Expr>,
    is_default: bool,
    is_skipped: bool,
    is_flat: bool,
}

fn serde_words(attributes: &[syn::Attribute]) -> SerdeWords {
    let mut words = SerdeWords::default();
    for attr in attributes.iter().filter(|attr| attr.path().is_ident("serde")) {
        // Other attribute arguments are ignored.
        let _ = attr.parse_nested_meta(|meta| {
            let value = meta.value().and_then(ParseBuffer::parse::<LitStr>).ok();
            match value {
                Some(value) if meta.path.is_ident("rename") => words.name = Some(value.value()),
                Some(value) if meta.path.is_ident("default") => {
                    let function: syn::Path = value.parse()?;
                    words.default = Some(parse_quote!(#function()));
                }
                Some(_) if meta.path.is_ident("skip_serializing_if") => words.is_skipped = true,
                None if meta.path.is_ident("default") => words.is_default = true,
                None if meta.path.is_ident("flatten") => words.is_flat = true,
                _ => {}
            }
            Ok(())
        });
    }
    words
}

/// Generates the module `document`, the document's metadata for the rest of the crate.
fn document(metadata: &Metadata<'_>) -> Item {
    let names: Vec<_> =
        metadata.operations.iter().map(|operation| format_ident!("{}", operation.id.to_uppercase())).collect();
    let operations = metadata.operations.iter().zip(&names).map(|(operation, name)| {
        let Operation { id, method, path, idempotent, .. } = operation;
        let (method, success) = (method.to_uppercase(), operation.success());
        quote! {
            pub(crate) const #name: Operation =
                Operation { id: #id, method: #method, url_template: #path, idempotent: #idempotent, success: #success };
        }
    });
    let Metadata { schemas, is_limited, patterns, .. } = metadata;
    parse_quote! {
        /// What the document says and the client itself does not hand on.
        pub(crate) mod document {
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub(crate) struct Operation {
                pub(crate) id: &'static str,
                pub(crate) method: &'static str,
                pub(crate) url_template: &'static str,
                /// Whether a second request changes nothing that the first one did not.
                pub(crate) idempotent: bool,
                /// The status of a success.
                pub(crate) success: u16,
            }
            #(#operations)*
            pub(crate) mod limits {
                pub(crate) const DESTINATION_UPDATE_DISPLAY_NAME_MAX_LENGTH: usize = 40;
            }
            pub(crate) const OPERATIONS: &[Operation] = &[#(#names),*];
            /// The schemas as JSON Schema (draft 2020-12), with references to each other as `#/$defs/Name`.
            pub(crate) const SCHEMAS: &str = #schemas;
            /// Whether any request schema has a limit that its type does not enforce.
            pub(crate) const IS_LIMITED: bool = #is_limited;
            /// Each pattern of a request, and whether a text has a match of it.
            pub(crate) const PATTERNS: &[(&str, fn(&str) -> bool)] = &[#((#patterns, |text| {
                static PATTERN: ::std::sync::LazyLock<Option<::regress::Regex>> =
                    ::std::sync::LazyLock::new(|| ::regress::Regex::new(#patterns).ok());
                PATTERN.as_ref().is_some_and(|pattern| pattern.find(text).is_some())
            })),*];
        }
    }
}
