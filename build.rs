//! Generates the client in `OUT_DIR` from `openapi/destination.yaml`: reads the document, checks it, lets progenitor
//! generate the code, and writes it. Every error is one sentence that names the place in the document.

use std::{env, error::Error, fs, path::Path};

use build::{generate, operations, schemas::Schemas, table, yaml};

mod build {
    pub(crate) use super::{ENFORCED, Limit, Result, WRITTEN_BY_HAND};

    pub(crate) mod generate;
    pub(crate) mod operations;
    pub(crate) mod schemas;
    pub(crate) mod table;
    pub(crate) mod yaml;
}

const DOCUMENT: &str = "openapi/destination.yaml";

/// Schemas whose Rust types are hand-written, in `src/model/`, under the same names.
const WRITTEN_BY_HAND: &[&str] = &["AppId", "DestinationId"];

/// The limits of requests that rules enforce: the schema, its property and the keyword. Each becomes a constant in
/// `generated::document::limits`, which the rule must use. Any other limit of a request is an error.
const ENFORCED: &[&str] = &[
    // src/validation/validate.rs
    "DestinationUpdate/displayName/maxLength",
];

/// A limit of a request: its pointer and its value.
type Limit = (String, serde_json::Value);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() {
    for input in ["build.rs", "build", "openapi"] {
        println!("cargo::rerun-if-changed={input}");
    }
    // The tests run this program with edited documents.
    if let Ok(program) = env::current_exe() {
        println!("cargo::rustc-env=BUILD_SCRIPT={}", program.display());
    }
    if let Err(error) = run() {
        let sentence = error.to_string().replace(char::is_control, " ");
        println!("cargo::error={DOCUMENT}: {}", sentence.trim_start_matches(": "));
    }
}

fn run() -> Result<()> {
    let mut document = yaml::read(&Path::new(&env::var("CARGO_MANIFEST_DIR")?).join(DOCUMENT))?;
    let schemas = Schemas::read(&document);
    let found = table::check(&mut document, &schemas)?;
    let operations = operations::read(&mut document)?;
    let limits = Schemas::limits(&found)?;
    let mut client = generate::client(document, &schemas)?;
    let metadata = generate::metadata(&mut client, &schemas, &[operations, limits])?;
    for (file, code) in [("client.rs", &client), ("document.rs", &metadata)] {
        let written = fs::write(Path::new(&env::var("OUT_DIR")?).join(file), prettyplease::unparse(code));
        written.map_err(|e| format!("the client cannot be written ({e}); free some space"))?;
    }
    Ok(())
}
