//! Runs progenitor and turns its panics into errors with a location.

use std::{collections::BTreeMap, fs, iter, panic, path::Path};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypePatch};
use quote::quote;
use serde_json::{Map, Value, json};

use super::{Result, forms::Type};

/// Generates the client. Hand-written types are replaced, not generated.
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
    for (name, _) in types.iter().filter(|(_, made)| made.non_exhaustive) {
        settings.with_patch(name, TypePatch::default().with_attr("#[non_exhaustive]"));
    }
    Ok(generate(&settings, document).map_err(|problem| {
        let at = blame(document, types);
        format!("{at}: {problem}; correct or simplify it")
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
    // Some of progenitor's messages end with a debug dump; keep only the first line.
    let problem = problem.lines().next().unwrap_or_default().trim_end_matches(" {");
    Err(format!("progenitor cannot make a client of this ({problem})").into())
}

/// Finds a schema that makes generation fail by itself, with any text in place of those to which it refers.
fn blame<'a>(document: &Value, types: &'a BTreeMap<String, Type>) -> &'a str {
    let fails = |name: &str| {
        let schema = &document["components"]["schemas"][name];
        let mut schemas = Map::new();
        add_references(schema, &mut schemas);
        schemas.insert(name.to_owned(), schema.clone());
        generate(&GenerationSettings::new(), &only(&schemas)).is_err()
    };
    types.iter().find(|(name, _)| fails(name)).map_or("/paths", |(_, made)| &made.at)
}

/// A document with nothing but schemas.
fn only(schemas: &Map<String, Value>) -> Value {
    let info = json!({ "title": "", "version": "" });
    json!({ "openapi": "3.0.3", "info": info, "paths": {}, "components": { "schemas": schemas } })
}

fn add_references(value: &Value, schemas: &mut Map<String, Value>) {
    if let Some(name) = value["$ref"].as_str().and_then(|target| target.rsplit('/').next()) {
        schemas.insert(name.to_owned(), json!({ "type": "string" }));
    }
    value.as_object().into_iter().flatten().for_each(|(_, child)| add_references(child, schemas));
    value.as_array().into_iter().flatten().for_each(|child| add_references(child, schemas));
}

/// Checks that the patterns, each with its place, can be compiled, and that the crate which compiles them is there.
pub(crate) fn check_patterns(root: &Path, patterns: &BTreeMap<String, String>) -> Result<()> {
    for (pattern, at) in patterns {
        let schema = json!({ "type": "string", "pattern": pattern });
        let document = only(&Map::from_iter([("Pattern".to_owned(), schema)]));
        generate(&GenerationSettings::new(), &document).map_err(|problem| format!("{at}: {problem}; correct it"))?;
        if !has_dependency(&fs::read_to_string(root.join("Cargo.toml"))?, "regress") {
            let advice = "run `cargo add regress`, or leave the pattern out";
            return Err(format!("{at}: needs the crate `regress` at run time; {advice}").into());
        }
    }
    Ok(())
}

/// Whether each build of the package has the crate.
fn has_dependency(manifest: &str, name: &str) -> bool {
    let table = format!("[dependencies.{name}]");
    let mut place = "";
    let mut is_found = false;
    for line in manifest.lines().map(str::trim) {
        let key = line.split(['=', '.', ' ']).next().unwrap_or_default().trim_matches('"');
        let is_in_table = place == table;
        if line.starts_with('[') {
            place = line;
        }
        let is_entry = line == table || place == "[dependencies]" && key == name;
        let is_optional = line.contains("optional = true") && (is_entry || is_in_table);
        is_found = (is_found || is_entry) && !is_optional;
    }
    is_found
}
