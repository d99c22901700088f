//! Turns `openapi/destination.yaml` into `OUT_DIR/client.rs`; every failure is one sentence that names the place.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs, panic,
    path::{Path, PathBuf},
};

use build::{
    document::Document,
    extend::{self, Facts},
    forms::Type,
    text, yaml,
};
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TypePatch};
use quote::quote;
use serde_json::{Value, json};

mod build {
    pub(crate) use super::Result;

    pub(crate) mod document;
    pub(crate) mod extend;
    pub(crate) mod fields;
    pub(crate) mod forms;
    pub(crate) mod names;
    pub(crate) mod pointer;
    pub(crate) mod schema;
    pub(crate) mod text;
    pub(crate) mod yaml;
}

const DOCUMENT: &str = "openapi/destination.yaml";

/// The schemas whose types are written by hand, each in `src/` under the same name.
const WRITTEN_BY_HAND: [&str; 4] = ["AppId", "DestinationId", "SuccessCode", "UpdatedId"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() {
    for input in ["build.rs", "build", "openapi", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={input}");
    }
    // The tests run this program with edited documents.
    if let Ok(program) = env::current_exe() {
        println!("cargo::rustc-env=BUILD_SCRIPT={}", program.display());
    }
    if let Err(error) = run() {
        let sentence = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        let sentence: String = sentence.chars().map(text::visible).collect();
        println!("cargo::error={DOCUMENT}: {sentence}");
    }
}

fn run() -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let document = Document::new(&yaml::read(&root.join(DOCUMENT))?)?;
    let mut forms = document.forms(&WRITTEN_BY_HAND)?;
    let reduced = document.reduced(&mut forms)?;
    if let Some(at) = &forms.pattern {
        check_dependency(&root, "regress", at)?;
    }

    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::client::Attempt))
        .with_derive("PartialEq");
    for name in WRITTEN_BY_HAND {
        settings.with_replacement(name, format!("crate::{name}"), std::iter::empty());
    }
    for (name, _) in forms.types.iter().filter(|(_, made)| made.grows) {
        settings.with_patch(name, TypePatch::default().with_attr("#[non_exhaustive]"));
    }

    let mut file = generate(&settings, &reduced).map_err(|problem| {
        let at = blame(&settings, &reduced, &forms.types);
        format!("{at}: {problem}; correct it, or write it in a simpler way")
    })?;
    let facts = Facts {
        operations: &document.operations,
        types: &forms.types,
        schemas: forms.definitions(),
        is_limited: forms.is_limited,
    };
    extend::add(&mut file, &facts)?;
    // If this fails or is killed half-way, cargo compiles nothing and runs the script again the next time.
    let place = Path::new(&env::var("OUT_DIR")?).join("client.rs");
    Ok(fs::write(&place, prettyplease::unparse(&file)).map_err(|e| {
        format!("its client cannot be written to {} ({e}); free some space or check the permissions", place.display())
    })?)
}

/// Runs progenitor; its assertions become errors.
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
fn check_dependency(root: &Path, name: &str, at: &str) -> Result<()> {
    let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
    let is_there = manifest.lines().any(|line| line.starts_with(name) || line == format!("[dependencies.{name}]"));
    if is_there {
        Ok(())
    } else {
        Err(format!("{at}: needs the crate `{name}` at run time; run `cargo add {name}`, or leave it out").into())
    }
}
