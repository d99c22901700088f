//! Makes a generated struct take JSON objects alone. serde's derived code would also take a list of the values of its
//! fields, so that `[0, ["login required"]]` would report a success.

use syn::{Fields, Item, ItemStruct, Meta, parse_quote, punctuated::Punctuated, token::Comma};

/// Replaces the derived `Deserialize` of a struct with fields by the implementation that is returned.
pub(crate) fn take_deserialize(item: &mut Item) -> Option<Item> {
    let Item::Struct(item) = item else { return None };
    if !matches!(item.fields, Fields::Named(_)) || !remove_derive(item, "Deserialize") {
        return None;
    }
    let name = &item.ident;
    let remote = name.to_string();
    let fields = without_documentation(item);
    Some(parse_quote! {
        const _: () = {
            #[derive(::serde::Deserialize)]
            #[serde(remote = #remote)]
            #fields

            struct __Object;

            impl<'de> ::serde::de::Visitor<'de> for __Object {
                type Value = #name;

                fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<__A: ::serde::de::MapAccess<'de>>(self, map: __A) -> ::std::result::Result<#name, __A::Error> {
                    __Fields::deserialize(::serde::de::value::MapAccessDeserializer::new(map))
                }
            }

            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<__D: ::serde::Deserializer<'de>>(deserializer: __D) -> ::std::result::Result<Self, __D::Error> {
                    deserializer.deserialize_map(__Object)
                }
            }
        };
    })
}

/// Whether the struct derived this trait.
fn remove_derive(item: &mut ItemStruct, name: &str) -> bool {
    let mut removed = false;
    for attr in item.attrs.iter_mut().filter(|attr| attr.path().is_ident("derive")) {
        let Ok(traits) = attr.parse_args_with(Punctuated::<syn::Path, Comma>::parse_terminated) else { continue };
        let is_it = |path: &syn::Path| path.segments.last().is_some_and(|last| last.ident == name);
        let kept: Vec<_> = traits.iter().filter(|path| !is_it(path)).collect();
        if kept.len() < traits.len() {
            removed = true;
            if let Meta::List(list) = &mut attr.meta {
                list.tokens = quote::quote!(#(#kept),*);
            }
        }
    }
    removed
}

/// The struct as `__Fields`, with nothing but what serde needs. No generated type has a name that begins like this.
fn without_documentation(item: &ItemStruct) -> ItemStruct {
    let mut fields = item.clone();
    fields.ident = parse_quote!(__Fields);
    fields.vis = syn::Visibility::Inherited;
    fields.attrs.retain(|attr| attr.path().is_ident("serde"));
    fields.fields.iter_mut().for_each(|field| field.attrs.retain(|attr| attr.path().is_ident("serde")));
    fields
}
