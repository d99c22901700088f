//! Reproduces how progenitor and typify derive Rust names.

use heck::{ToPascalCase, ToSnakeCase};

/// The name of a type.
pub(crate) fn of_type(name: &str) -> String {
    let name = plain(name).to_pascal_case();
    let name = if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("X{name}") };
    as_identifier(name)
}

/// The name of a method or an argument; `None` if the document's does not begin with a letter.
pub(crate) fn of_function(name: &str) -> Option<String> {
    let name = plain(name).to_snake_case();
    name.starts_with(|first: char| first.is_ascii_alphabetic()).then(|| as_identifier(name))
}

fn plain(name: &str) -> String {
    name.replace('\'', "").replace(|character: char| !character.is_ascii_alphanumeric(), "-")
}

fn as_identifier(name: String) -> String {
    if syn::parse_str::<syn::Ident>(&name).is_ok() && name != "gen" { name } else { name + "_" }
}
