//! Runs progenitor, and turns its errors and panics into one sentence that names a place.

use std::{collections::BTreeMap, fs, iter, panic, path::Path};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypePatch};
use quote::quote;
use serde_json::{Value, json};

use super::{Result, forms::Type};

/// Generates the client. Types that are written by hand are replaced, not generated.
pub(crate) fn client(document: &Value, types: &BTreeMap<String, Type>, written_by_hand: &[&str]) -> Result<syn::File> {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::client::Attempt))
        .with_derive("PartialEq");
    for name in written_by_hand {
        settings.with_replacement(name, format!("crate::{name}"), iter::empty());
    }
    for (name, _) in types.iter().filter(|(_, made)| made.grows) {
        settings.with_patch(name, TypePatch::default().with_attr("#[non_exhaustive]"));
    }
    Ok(generate(&settings, document).map_err(|problem| {
        let at = blame(&settings, document, types);
        format!("{at}: {problem}; correct it, or write it in a simpler way")
    })?)
}

fn generate(settings: &GenerationSettings, document: &Value) -> Result<syn::File> {
    let openapi: OpenAPI = serde_json::from_value(document.clone())?;
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(|| Generator::new(settings).generate_tokens(&openapi));
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
    // Some of progenitor's messages continue with a debug dump; the first line says what is wrong.
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches(" {");
    Err(format!("progenitor cannot make a client of this ({problem})").into())
}

/// Finds the schema that makes generation fail, among the first hundred.
fn blame<'a>(settings: &GenerationSettings, document: &Value, types: &'a BTreeMap<String, Type>) -> &'a str {
    let without = |name: &str| {
        let mut document = document.clone();
        document["components"]["schemas"][name] = json!({ "type": "string" });
        generate(settings, &document)
    };
    types.iter().take(100).find(|(name, _)| without(name).is_ok()).map_or("/paths", |(_, made)| &made.at)
}

/// Checks that a crate which the generated code needs at run time is a dependency.
pub(crate) fn check_dependency(root: &Path, name: &str, at: &str) -> Result<()> {
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let is_there = manifest.lines().any(|line| line.starts_with(name) || line == format!("[dependencies.{name}]"));
    if is_there {
        Ok(())
    } else {
        Err(format!("{at}: needs the crate `{name}` at run time; run `cargo add {name}`, or leave it out").into())
    }
}
