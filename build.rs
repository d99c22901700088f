//! Generates `OUT_DIR/client.rs` from `openapi/destination.yaml`. Every error is one sentence with a JSON pointer.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use build::{
    document::Document,
    extend::{self, Metadata},
    generate, text, yaml,
};

mod build {
    pub(crate) use super::Result;

    pub(crate) mod document;
    pub(crate) mod documentation;
    pub(crate) mod extend;
    pub(crate) mod fields;
    pub(crate) mod forms;
    pub(crate) mod generate;
    pub(crate) mod keywords;
    pub(crate) mod limits;
    pub(crate) mod names;
    pub(crate) mod objects;
    pub(crate) mod operations;
    pub(crate) mod pattern;
    pub(crate) mod pointer;
    pub(crate) mod reader;
    pub(crate) mod schema;
    pub(crate) mod security;
    pub(crate) mod text;
    pub(crate) mod yaml;
}

const DOCUMENT: &str = "openapi/destination.yaml";

/// Schemas whose Rust types are hand-written, in `src/model/`, under the same names.
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
    generate::check_patterns(&root, &forms.patterns)?;
    let mut file = generate::client(&reduced, &forms.types, &WRITTEN_BY_HAND)?;
    let metadata = Metadata {
        operations: &document.operations,
        types: &forms.types,
        schemas: forms.definitions(),
        is_limited: forms.is_limited,
        patterns: forms.patterns.keys().collect(),
    };
    extend::add(&mut file, &metadata)?;
    // A partial write is harmless: the build fails, and cargo reruns the script.
    let place = Path::new(&env::var("OUT_DIR")?).join("client.rs");
    Ok(fs::write(&place, prettyplease::unparse(&file)).map_err(|e| {
        format!("its client cannot be written to {} ({e}); free some space or check the permissions", place.display())
    })?)
}
