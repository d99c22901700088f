//! Runs progenitor. What it would answer with an assertion of its own is an error that names a place.

use std::{collections::BTreeMap, fs, iter, panic, path::Path};

use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypePatch};
use quote::quote;
use serde_json::{Value, json};

use super::{Result, forms::Type};

/// The code of the client. Types that are written by hand are not made.
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
    let openapi = serde_json::from_value(document.clone())?;
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
    // Some of progenitor's messages go on with a dump of its data.
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches(" {");
    Err(format!("progenitor cannot make a client of this ({problem})").into())
}

/// The place of the schema without which a client could be made, if it is one of the first hundred.
fn blame<'a>(settings: &GenerationSettings, document: &Value, types: &'a BTreeMap<String, Type>) -> &'a str {
    let without = |name: &str| {
        let mut document = document.clone();
        document["components"]["schemas"][name] = json!({ "type": "string" });
        generate(settings, &document)
    };
    types.iter().take(100).find(|(name, _)| without(name).is_ok()).map_or("/paths", |(_, made)| &made.at)
}

/// What the generated code needs at run time has to be among the dependencies.
pub(crate) fn check_dependency(root: &Path, name: &str, at: &str) -> Result<()> {
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let is_there = manifest.lines().any(|line| line.starts_with(name) || line == format!("[dependencies.{name}]"));
    if is_there {
        Ok(())
    } else {
        Err(format!("{at}: needs the crate `{name}` at run time; run `cargo add {name}`, or leave it out").into())
    }
}
