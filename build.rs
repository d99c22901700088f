//! Turns `openapi/destination.yaml` into `OUT_DIR/client.rs`; every failure is one sentence that names the place.

#[path = "openapi/check.rs"]
mod check;
#[path = "openapi/facts.rs"]
mod facts;

use std::{env, error::Error, fs, panic, path::Path};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle};
use quote::quote;
use serde_json::Value;

const DOCUMENT: &str = "openapi/destination.yaml";

/// The schemas whose types are written by hand, each in `src/` under the same name.
const WRITTEN_BY_HAND: [&str; 4] = ["AppId", "DestinationId", "SuccessCode", "UpdatedId"];

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() {
    println!("cargo::rerun-if-changed=openapi");
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(error) = run() {
        let sentence = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        println!("cargo::error={DOCUMENT}: {sentence}");
    }
}

fn run() -> Result<()> {
    let document = check::read()?;
    let operations = check::operations(&document)?;
    let mut file = generate(&document).map_err(|problem| {
        let at = blame(&document, "").map(|at| format!("{at}: ")).unwrap_or_default();
        format!("{at}{problem}; correct it, or write it in a simpler way")
    })?;
    facts::add(&mut file, &document, &operations);
    // If this fails or is killed half-way, cargo compiles nothing and runs the script again the next time.
    let place = Path::new(&env::var("OUT_DIR")?).join("client.rs");
    Ok(fs::write(&place, prettyplease::unparse(&file)).map_err(|e| {
        format!("its client cannot be written to {} ({e}); free some space or check the permissions", place.display())
    })?)
}

/// Runs progenitor; its assertions become errors.
fn generate(document: &Value) -> Result<syn::File> {
    let openapi: OpenAPI =
        serde_json::from_value(document.clone()).map_err(|e| format!("this is not OpenAPI 3.0, {e}"))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::client::Attempt))
        .with_derive("PartialEq");
    for name in WRITTEN_BY_HAND {
        settings.with_replacement(name, format!("crate::{name}"), std::iter::empty());
    }
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(|| Generator::new(&settings).generate_tokens(&openapi));
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

/// The innermost entry without which a client could be made.
fn blame(document: &Value, at: &str) -> Option<String> {
    let value = document.pointer(at)?;
    check::children(value).into_iter().find_map(|(key, _)| {
        let place = format!("{at}/{key}");
        blame(document, &place).or_else(|| {
            let mut rest = document.clone();
            rest.pointer_mut(at)?.as_object_mut()?.retain(|name, _| check::escape(name) != key);
            generate(&rest).is_ok().then_some(place)
        })
    })
}
