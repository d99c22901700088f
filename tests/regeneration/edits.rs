//! Edits that people make, and some that they make by mistake: each ends in code or in one sentence that names the place.

use crate::{
    copy::Copy,
    script::{self, Outcome, edited},
};

const OPERATION: &str = "/paths/~1v1~1api~1apps~1{appID}~1destination~1{destinationID}/patch";
const UPDATE: &str = "/components/schemas/DestinationUpdate";

/// Where another property of the update, parameter or response can be added.
const PROPERTIES: &str = "        displayName:\n";
const PARAMETERS: &str = "        - name: destinationID\n";
const RESPONSES: &str = "        \"400\":\n";
const NAME: &str = "    DisplayName:\n      type: string\n";
const MAX_LENGTH: &str = "      maxLength: 40\n";
const DESCRIPTION: &str = "      description: The name of the service group.\n";

struct Edit {
    name: &'static str,
    edits: &'static [(&'static str, &'static str)],
    /// The sentence, with `OPERATION` and `UPDATE` for the two pointers; nothing if code comes of it.
    refused: Option<&'static str>,
}

const fn made(name: &'static str, edits: &'static [(&'static str, &'static str)]) -> Edit {
    Edit { name, edits, refused: None }
}

const fn refused(name: &'static str, edits: &'static [(&'static str, &'static str)], sentence: &'static str) -> Edit {
    Edit { name, edits, refused: Some(sentence) }
}

include!("table.rs");

#[test]
fn each_edit_ends_in_code_or_one_sentence() {
    let mut wrong = Vec::new();
    for Edit { name, edits, refused } in TABLE {
        let outcome = script::run(edited(edits).as_bytes());
        let expected = refused.map(|sentence| sentence.replace("OPERATION", OPERATION).replace("UPDATE", UPDATE));
        match (&outcome, &expected) {
            (Outcome::Made(_), None) => {}
            (Outcome::Refused(sentence), Some(expected)) if sentence == expected => {}
            (Outcome::Made(_), Some(_)) => wrong.push(format!("{name}: made")),
            (Outcome::Refused(sentence), _) => wrong.push(format!("{name}: {sentence}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_made_compiles_and_nothing_of_it_runs_as_a_test() {
    let made = TABLE.iter().filter(|edit| edit.refused.is_none()).map(|edit| (edit.name, edited(edit.edits)));
    let output = Copy::new().check_made(made);
    assert!(output.success, "{}", output.stderr);
}
