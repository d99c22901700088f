//! Someone edits the document: either everything follows, or the build says in words where to think.
//!
//! A copy of the crate and a small program that depends on it stand in a workspace below the target directory. Each
//! test edits the copy and builds it, without network. The first run compiles the dependencies once more; every
//! further one takes only as long as the crate itself.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

const DOCUMENT: &str = "openapi/destination.yaml";
const OPERATION: &str = "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}/patch";

/// The copy and its dependant, as they were before any edit. One test has it at a time.
struct Copy {
    root: PathBuf,
    _alone: MutexGuard<'static, ()>,
}

/// What cargo said.
struct Output {
    success: bool,
    stderr: String,
}

impl Copy {
    fn new() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("regeneration");
        // Cargo starts tests in the directory of the package.
        let source = Path::new("");
        // The manifest names the tests, examples and benches, none of which is built here.
        let entries = ["Cargo.toml", "README.md", "build.rs", "openapi", "src", "tests", "examples", "benches"];
        for entry in entries.into_iter().filter(|entry| source.join(entry).exists()) {
            mirror(&source.join(entry), &root.join("crate").join(entry));
        }
        let dependant = root.join("dependant");
        let parts = source.join("tests/regeneration");
        mirror(&parts.join("dependant.toml"), &dependant.join("Cargo.toml"));
        mirror(&parts.join("dependant.rs"), &dependant.join("src/lib.rs"));
        mirror(&parts.join("old.rs"), &dependant.join("tests/old.rs"));
        write(&dependant.join("tests/new.rs"), b"");
        write(&root.join("Cargo.toml"), b"[workspace]\nresolver = \"3\"\nmembers = [\"crate\", \"dependant\"]\n");
        // Cargo adds the dependant to it, and takes every other version as it is.
        fs::copy(source.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        Self { root, _alone: alone }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.root.join("crate").join(file)
    }

    #[track_caller]
    fn edit_file(&self, file: &str, old: &str, new: &str) -> &Self {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(old), "{file} does not have {old:?}");
        write(&self.path(file), text.replace(old, new).as_bytes());
        self
    }

    /// Puts `new` wherever the document has `old`.
    #[track_caller]
    fn edit(&self, old: &str, new: &str) -> &Self {
        self.edit_file(DOCUMENT, old, new)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .arg("--offline")
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env("RUST_BACKTRACE", "1")
            // A thread without a subscriber would decide for all of them that nobody listens to a span.
            .env("RUST_TEST_THREADS", "1")
            .env("VERSION_OF_THE_COPY", env!("CARGO_PKG_VERSION"))
            .env_remove("CARGO_BUILD_TARGET")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Output { success: output.status.success(), stderr: text(&output.stderr) + &text(&output.stdout) }
    }

    fn build(&self, arguments: &[&str]) -> Output {
        self.cargo(&[&["build", "--package=dependant"], arguments].concat())
    }

    /// The dependant's tests pass: those that it had before the edit if they are asked for, and those in `new`.
    #[track_caller]
    fn passes(&self, tests: &[&str], new: &str) {
        if !new.is_empty() {
            let new = Path::new("tests/regeneration").join(new);
            write(&self.root.join("dependant/tests/new.rs"), &fs::read(new).unwrap());
        }
        let tests: Vec<_> = tests.iter().flat_map(|test| ["--test", test]).collect();
        let output = self.cargo(&[&["test", "--package=dependant"], tests.as_slice()].concat());
        assert!(output.success, "{}", output.stderr);
    }

    /// The build ends with this sentence on the document and nothing else; the mended document builds again.
    #[track_caller]
    fn fails_with(&self, sentence: &str) {
        let output = self.build(&["--quiet"]);
        let package = concat!("cinnox-destination@", env!("CARGO_PKG_VERSION"));
        let expected = format!("error: {package}: {DOCUMENT}: {sentence}\nerror: build script logged errors\n");
        assert_eq!(output.stderr, expected);
        assert!(!output.success);
        mirror(Path::new(DOCUMENT), &self.path(DOCUMENT));
        let output = self.build(&["--quiet"]);
        assert_eq!((output.success, output.stderr.as_str()), (true, ""));
    }

    /// The compiler's errors: the file and the sentence of each.
    #[track_caller]
    fn compile_errors(&self) -> Vec<(String, String)> {
        let output = self.build(&["--message-format=short"]);
        assert!(!output.success, "{}", output.stderr);
        let errors = output.stderr.lines().filter_map(|line| line.split_once(": error"));
        errors
            .map(|(place, sentence)| {
                let file = place.split(':').next().unwrap_or_default().replace('\\', "/");
                (file.trim_start_matches("crate/").to_owned(), sentence.to_owned())
            })
            .collect()
    }
}

fn write(file: &Path, bytes: &[u8]) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    // What is the same keeps its time, so that cargo builds nothing again for it.
    if fs::read(file).ok().as_deref() != Some(bytes) {
        fs::write(file, bytes).unwrap();
    }
}

/// Makes `to` what `from` is, a file or a folder.
fn mirror(from: &Path, to: &Path) {
    if !from.is_dir() {
        return write(to, &fs::read(from).unwrap());
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(to).unwrap().map(Result::unwrap).filter(|entry| !from.join(entry.file_name()).exists()) {
        if entry.path().is_dir() { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }.unwrap();
    }
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        mirror(&entry.path(), &to.join(entry.file_name()));
    }
}

#[test]
fn a_longer_name_is_one_edit() {
    let copy = Copy::new();
    copy.edit("maxLength: 40", "maxLength: 60").passes(&["old", "new"], "longer_name.rs");
}

#[test]
fn another_path_and_parameter_are_followed_on_the_wire() {
    let copy = Copy::new();
    copy.edit("/v1/api", "/v2/api").edit("destinationID", "serviceGroupID").passes(&["new"], "new_path.rs");
}

#[test]
fn a_new_request_field_is_on_the_type_and_old_code_is_not_disturbed() {
    let copy = Copy::new();
    let fields = "        fallbackLanguages:
          $ref: \"#/components/schemas/SupportLanguages\"
        priority:
          type: integer
";
    copy.edit("        displayName:\n", &format!("{fields}        displayName:\n"));
    copy.passes(&["old", "new"], "new_request_field.rs");
}

#[test]
fn a_new_response_field_is_readable_and_old_code_is_not_disturbed() {
    let copy = Copy::new();
    copy.edit("        id:\n", "        updatedAt:\n          type: string\n        id:\n");
    copy.passes(&["old", "new"], "new_response_field.rs");
}

#[test]
fn a_new_operation_has_token_limits_and_spans_and_one_line_gives_it_retries() {
    let copy = Copy::new();
    let document = fs::read_to_string(copy.path(DOCUMENT)).unwrap();
    let (_, update) = document.split_once("    patch:\n").unwrap();
    let (update, _) = update.split_once("\ncomponents:").unwrap();
    let (begin, rest) = update.split_once("        - name: destinationID").unwrap();
    let (_, end) = rest.split_once("      requestBody:").unwrap();
    let create = format!("{begin}      requestBody:{end}").replace("update_destination", "create_destination");
    let create = format!("  /v1/api/apps/{{appID}}/destination:\n    post:\n{create}\n");
    copy.edit("\ncomponents:\n", &format!("\n{create}components:\n"));
    copy.passes(&["old"], "");

    let line = "self.call(|| update.validate(), || self.0.generated.create_destination(&self.0.app_id, update)).await";
    let method = format!(
        "    /// Creates a destination.
    ///
    /// # Errors
    ///
    /// Those of [`Client::update`].
    pub async fn create(&self, update: &DestinationUpdate) -> Result<Reply<UpdatedDestination>, Error> {{
        {line}
    }}
"
    );
    let place = "    /// Checks a request, sends it with the generated client,";
    copy.edit_file("src/client.rs", place, &format!("{method}\n{place}")).passes(&["new"], "new_operation.rs");
}

#[test]
fn a_new_type_is_one_compile_error_at_the_match() {
    let copy = Copy::new();
    let errors = copy.edit("enum: [PHONE, STAFF, TRUNK]", "enum: [PHONE, STAFF, TRUNK, BOT]").compile_errors();
    let [(file, sentence)] = errors.as_slice() else { panic!("{errors:#?}") };
    assert_eq!(file, "src/targets.rs");
    assert!(sentence.contains("non-exhaustive patterns") && sentence.contains("DestinationType::Bot"), "{sentence}");
}

#[test]
fn a_renamed_or_removed_property_is_a_compile_error_at_the_trait_that_uses_it() {
    for (name, file) in [
        ("displayName", "src/validation.rs"),
        ("supportLocations", "src/validation.rs"),
        ("types", "src/targets.rs"),
        ("staffTargets", "src/targets.rs"),
    ] {
        let errors = Copy::new().edit(&format!("        {name}:\n"), "        renamed:\n").compile_errors();
        assert!(errors.iter().any(|(found, _)| found == file), "{name}: {errors:#?}");
    }

    let copy = Copy::new();
    let document = fs::read_to_string(copy.path(DOCUMENT)).unwrap();
    let (_, property) = document.split_once("        trunkTargets:\n").unwrap();
    let (property, _) = property.split_once("\n    DisplayName:").unwrap();
    let errors = copy.edit(&format!("        trunkTargets:\n{property}\n"), "").compile_errors();
    assert!(!errors.is_empty() && errors.iter().all(|(file, _)| file == "src/targets.rs"), "{errors:#?}");
}

#[test]
fn the_version_of_the_document_is_not_on_the_wire() {
    let copy = Copy::new();
    copy.edit("version: \"7.3\"", "version: \"8.0\"").passes(&["old"], "");
}

#[test]
fn what_is_not_yaml_is_one_sentence_with_the_line() {
    let copy = Copy::new();
    copy.edit("tags: [destination]", "tags: [destination").fails_with(
        "is not valid YAML, correct this place: did not find expected ',' or ']' at line 33 column 14, while parsing a \
         flow sequence at line 32 column 13",
    );
    copy.edit("      maxLength: 40\n", "      maxLength: 40\n      maxLength: 60\n").fails_with(
        "is not valid YAML, correct this place: components.schemas.DisplayName: duplicate entry with key \"maxLength\" \
         at line 142 column 7",
    );

    let missing = "/openapi: is missing; an OpenAPI document begins with `openapi: 3.0.3`";
    for text in ["", "# nothing\n", "- a list\n"] {
        write(&copy.path(DOCUMENT), text.as_bytes());
        copy.fails_with(missing);
    }
    write(&copy.path(DOCUMENT), b"openapi: 3.0.3\ninfo:\n  title: \xff\n");
    copy.fails_with("is not UTF-8 at line 3 column 10; save it as UTF-8");

    fs::remove_file(copy.path(DOCUMENT)).unwrap();
    let reason = io::Error::from(io::ErrorKind::NotFound);
    let reason = fs::read(copy.path(DOCUMENT)).err().unwrap_or(reason);
    copy.fails_with(&format!("cannot be read ({reason}); the client is made from this file, put it back"));
}

#[test]
fn what_progenitor_cannot_take_is_one_sentence_with_the_pointer() {
    let copy = Copy::new();
    copy.edit("openapi: 3.0.3", "openapi: 3.1.0")
        .fails_with("/openapi: \"3.1.0\" is not supported; write the document as OpenAPI 3.0, with `openapi: 3.0.3`");
    let no_name = format!(
        "{OPERATION}/operationId: is missing, not in snake case or a word of Rust; it becomes the name of the method, \
         write one such as `update_destination`"
    );
    copy.edit("      operationId: update_destination\n", "").fails_with(&no_name);
    copy.edit("operationId: update_destination", "operationId: updateDestination").fails_with(&no_name);
    copy.edit("schemas/DisplayName\"", "schemas/Displayname\"").fails_with(
        "/components/schemas/DestinationUpdate/properties/displayName/$ref: #/components/schemas/Displayname is not in \
         this file; add it or correct the name",
    );

    copy.edit("$ref: \"#/components/schemas/DisplayName\"", "$ref: 5").fails_with(
        "/components/schemas/DestinationUpdate/properties/displayName/$ref: 5 is not a reference; write it as \
         \"#/components/…\"",
    );
    copy.edit(
        "    DisplayName:\n",
        "    DisplayName:\n      allOf: [{ $ref: \"#/components/schemas/DisplayName\" }]\n",
    )
    .fails_with(
        "/components/schemas/DestinationUpdate/properties/displayName/$ref: #/components/schemas/DisplayName leads \
             back to itself; say what it is",
    );
    copy.edit("operationId: update_destination", "operationId: async").fails_with(&no_name);
    copy.edit("  /v1/api", "  v1/api")
        .fails_with("/paths/v1~1api~1apps~1{appID}~1destination~1{destinationID}: does not begin with a slash; add it");
    copy.edit("    patch:\n", "    x-patch:\n").fails_with("/paths: has no operation; the client is made of them");
    copy.edit("        \"400\":\n", "        \"4xx\":\n")
        .fails_with(&format!("{OPERATION}/responses/4xx: is not a status; write a number such as 200, or `default`"));

    let default = "        default:
          description: Anything else.
          content:
            application/json:
              schema:
                $ref: \"#/components/schemas/ApiError\"
";
    let differs = "the schema differs from that of another response; give all successful responses one schema and all \
                   errors one (`default` counts as both)";
    copy.edit("        \"400\":\n", &format!("{default}        \"400\":\n"))
        .fails_with(&format!("{OPERATION}/responses/default: {differs}"));

    let second = "      requestBody:
        required: true
        content:
          text/plain:
            schema:
              type: string
";
    copy.edit("      requestBody:\n        required: true\n        content:\n", second).fails_with(&format!(
        "{OPERATION}/requestBody/content/text~1plain: only application/json can be used; remove this media type"
    ));
    copy.edit("application/json", "application/merge-patch+json").fails_with(&format!(
        "{OPERATION}/requestBody/content/application~1merge-patch+json: only application/json can be used; remove this \
         media type"
    ));
}

#[test]
fn what_nobody_thought_of_is_one_sentence_with_the_pointer_too() {
    let copy = Copy::new();
    let advice = "correct it, or write it in a simpler way";
    copy.edit("maxLength: 40", "maxLength: forty").fails_with(&format!(
        "/components/schemas/DisplayName/maxLength: this is not OpenAPI 3.0, invalid type: string \"forty\", expected \
         usize; {advice}"
    ));
    copy.edit("          description: The update was refused.\n", "").fails_with(&format!(
        "{OPERATION}/responses/400: this is not OpenAPI 3.0, missing field `description`; {advice}"
    ));
    copy.edit("- name: destinationID", "- name: id")
        .fails_with(&format!("{OPERATION}: progenitor cannot make a client of this (id missing from path); {advice}"));
    copy.edit("[PHONE, STAFF, TRUNK]", "[PHONE, phone, TRUNK]").fails_with(&format!(
        "/components/schemas/DestinationType/enum: progenitor cannot make a client of this (Failed to make unique \
         variant names for [PHONE,phone]); {advice}"
    ));
}

#[test]
fn only_the_document_and_the_script_make_the_build_script_run_again() {
    let copy = Copy::new();
    let ran = || {
        let output = copy.build(&["--verbose"]);
        assert!(output.success, "{}", output.stderr);
        let is_run = |line: &&str| line.contains("Running") && line.contains("cinnox-destination-");
        let script = format!("build-script-build{}`", env::consts::EXE_SUFFIX);
        output.stderr.lines().filter(is_run).any(|line| line.ends_with(&script))
    };
    let touch = |file| fs::File::options().append(true).open(copy.path(file)).unwrap().set_modified(SystemTime::now());

    ran();
    assert!(!ran(), "nothing was touched");
    touch("src/lib.rs").unwrap();
    assert!(!ran(), "a Rust file was touched");
    for file in [DOCUMENT, "build.rs", "openapi/check.rs"] {
        touch(file).unwrap();
        assert!(ran(), "{file} was touched");
        assert!(!ran(), "{file} was touched before the last run");
    }
}
