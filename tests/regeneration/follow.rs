//! What follows an edit by itself, and where the compiler asks, in a copy of the crate that is built.

use std::{env, fs, time::SystemTime};

use crate::{
    copy::{Copy, mirror},
    script::{self, DOCUMENT},
};

#[test]
fn longer_name_is_one_edit() {
    let copy = Copy::new();
    let schemas = &script::present()["components"]["schemas"];
    let limit = format!("maxLength: {}", schemas["DisplayName"]["maxLength"]);
    copy.edit(&limit, "maxLength: 1234").passes(&["old", "new"], "longer_name.rs");
}

#[test]
fn camel_case_operation_id_changes_nothing() {
    let copy = Copy::new();
    copy.edit("operationId: update_destination", "operationId: updateDestination").passes(&["old"], "");
}

#[test]
fn new_path_and_parameter_name_are_sent() {
    let copy = Copy::new();
    copy.edit("/v1/api", "/v2/api").edit("destinationID", "serviceGroupID").passes(&["new"], "new_path.rs");
}

#[test]
fn new_request_field_leaves_old_code_alone() {
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
fn new_response_field_leaves_old_code_alone() {
    let copy = Copy::new();
    copy.edit("        id:\n", "        updatedAt:\n          type: string\n        id:\n");
    copy.passes(&["old", "new"], "new_response_field.rs");
}

#[test]
fn new_optional_parameters_leave_old_code_alone() {
    let copy = Copy::new();
    let parameters = "        - { name: dryRun, in: query, schema: { type: boolean } }
        - { name: X-Request-ID, in: header, schema: { type: string } }
";
    copy.edit("        - name: destinationID\n", &format!("{parameters}        - name: destinationID\n"));
    copy.passes(&["old", "new"], "optional_parameter.rs");
}

#[test]
fn further_fields_with_a_schema_are_read_and_limited() {
    let copy = Copy::new();
    let further = "additionalProperties: { type: integer, maximum: 9 }";
    copy.edit("      required: [displayName", &format!("      {further}\n      required: [displayName"));
    copy.passes(&["old", "new"], "further_fields.rs");
}

#[test]
fn new_version_of_the_document_is_not_sent() {
    let copy = Copy::new();
    copy.edit("version: \"7.3\"", "version: \"8.0\"").passes(&["old"], "");
}

/// The steps of "Adding an operation" in `CONTRIBUTING.md`.
#[test]
fn new_operation_takes_a_method_and_an_answer_of_the_mock_server() {
    let copy = Copy::new();
    let document = fs::read_to_string(copy.path(DOCUMENT)).unwrap();
    let (_, update) = document.split_once("    patch:\n").unwrap();
    let (update, _) = update.split_once("\ncomponents:").unwrap();
    let (begin, rest) = update.split_once("        - name: destinationID").unwrap();
    let (_, end) = rest.split_once("      requestBody:").unwrap();
    let create = format!("{begin}      requestBody:{end}").replace("update_destination", "createDestination");
    let create = create.replace("      x-idempotent: true\n", "");
    let create = format!("  /v1/api/apps/{{appID}}/destination:\n    post:\n{create}\n");
    copy.edit("\ncomponents:\n", &format!("\n{create}components:\n"));
    let (_, rest) = begin.split_once("      parameters:\n").unwrap();
    let (_, error) = end.split_once("        \"400\":\n").unwrap();
    let other =
        update.split_once("      requestBody:").unwrap().0.split_once("        - name: destinationID").unwrap().1;
    let parameters = format!("{rest}        - name: destinationID{other}");
    let responses = format!("        \"204\":\n          description: It was deleted.\n        \"400\":\n{error}\n");
    let delete =
        format!("      operationId: deleteDestination\n      parameters:\n{parameters}      responses:\n{responses}");
    copy.edit("    patch:\n", &format!("    delete:\n{delete}    patch:\n"));

    let method = "    /// Creates a destination (service group).
    ///
    /// # Errors
    ///
    /// Those of [`Client::update`].
    pub async fn create(&self, update: &DestinationUpdate) -> Result<Response<UpdatedDestination>> {
        let validated = update.validate();
        self.call(&CREATE_DESTINATION, validated, |api| async move {
            api.create_destination(&self.0.app_id, update).await
        })
        .await
    }

    /// Deletes a destination (service group).
    ///
    /// # Errors
    ///
    /// Those of [`Client::update`].
    pub async fn delete(&self, destination_id: &DestinationId) -> Result<Response<()>> {
        self.call(&DELETE_DESTINATION, Ok(()), |api| async move {
            api.delete_destination(&self.0.app_id, destination_id).await
        })
        .await
    }

";
    let place = "    /// Sends a validated request, retrying as the policy allows";
    copy.edit_file("src/client/mod.rs", place, &format!("{method}{place}"));
    let import = "document::{Operation, UPDATE_DESTINATION}";
    let imports = "document::{CREATE_DESTINATION, DELETE_DESTINATION, Operation, UPDATE_DESTINATION}";
    copy.edit_file("src/client/mod.rs", import, imports);

    let answers = "src/mock/answers.rs";
    let id = "const UPDATE_DESTINATION: &str = document::UPDATE_DESTINATION.id;\n";
    copy.edit_file(answers, id, &["UPDATE", "CREATE", "DELETE"].map(|verb| id.replace("UPDATE", verb)).concat());
    let arm = "            (CREATE_DESTINATION, [app_id]) => {
                self.authorize(app_id, request)?;
                self.destinations.insert(\"dest-2\".to_owned(), None);
                self.update_destination(\"dest-2\", request)
            }
            (DELETE_DESTINATION, [app_id, destination_id]) => {
                self.authorize(app_id, request)?;
                match self.destinations.remove(destination_id) {
                    Some(_) => Ok(Value::Null),
                    None => Err(Rejection::of(ErrorCode::DestinationNotFound)),
                }
            }
";
    let place = "            (other, _) => ";
    copy.edit_file(answers, place, &format!("{arm}{place}"));
    copy.passes(&["old", "new"], "new_operation.rs");
}

#[test]
fn new_type_is_a_compile_error_at_the_match() {
    let copy = Copy::new();
    let errors = copy.edit("enum: [PHONE, STAFF, TRUNK]", "enum: [PHONE, STAFF, TRUNK, BOT]").compile_errors();
    assert!(!errors.is_empty());
    for (file, sentence) in errors {
        assert!(["src/model/targets.rs", "src/validation/targets.rs"].contains(&file.as_str()), "{file}: {sentence}");
        assert!(
            sentence.contains("non-exhaustive patterns") && sentence.contains("DestinationType::Bot"),
            "{sentence}"
        );
    }
}

#[test]
fn new_required_parameter_is_a_compile_error_at_the_call() {
    let copy = Copy::new();
    let parameter = "        - { name: dryRun, in: query, required: true, schema: { type: boolean } }\n";
    copy.edit("        - name: destinationID\n", &format!("{parameter}        - name: destinationID\n"));
    let errors = copy.compile_errors();
    let [(file, sentence)] = errors.as_slice() else { panic!("{errors:#?}") };
    assert!(file == "src/client/mod.rs" && sentence.contains("takes 4 arguments but 3"), "{file}: {sentence}");
}

#[test]
fn renamed_or_removed_property_is_a_compile_error_where_it_is_used() {
    for (name, file) in [
        ("displayName", "src/validation/validate.rs"),
        ("supportLocations", "src/validation/validate.rs"),
        ("types", "src/model/targets.rs"),
        ("staffTargets", "src/model/targets.rs"),
    ] {
        let copy = Copy::new();
        let required = "required: [displayName, supportLanguages, supportLocations, types]";
        copy.edit(required, &required.replace(name, "renamed"));
        copy.edit(&format!("        {name}:\n"), "        renamed:\n");
        let errors = copy.compile_errors();
        assert!(errors.iter().any(|(found, _)| found == file), "{name}: {errors:#?}");
        assert!(errors.iter().all(|(found, _)| found.starts_with("src/")), "{name}: {errors:#?}");
    }
}

#[test]
fn build_error_is_one_sentence_and_goes_away_when_fixed() {
    let copy = Copy::new();
    copy.edit("openapi: 3.0.3", "openapi: 3.1.0");
    let output = copy.build(&["--quiet"]);
    let package = concat!("cinnox-destination@", env!("CARGO_PKG_VERSION"));
    let sentence = "/openapi: \"3.1.0\" is not supported; write the document as OpenAPI 3.0, with `openapi: 3.0.3`";
    assert_eq!(output.stderr, format!("error: {package}: {DOCUMENT}: {sentence}\nerror: build script logged errors\n"));
    mirror(DOCUMENT.as_ref(), &copy.path(DOCUMENT));
    let output = copy.build(&["--quiet"]);
    assert_eq!((output.success, output.stderr.as_str()), (true, ""));
}

#[test]
fn build_script_reruns_only_for_its_inputs() {
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
    for file in [DOCUMENT, "build.rs", "build/schema.rs"] {
        touch(file).unwrap();
        assert!(ran(), "{file} was touched");
        assert!(!ran(), "{file} was touched before the last run");
    }
}
