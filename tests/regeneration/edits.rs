//! Edits that people make, and some that they make by mistake: each ends in code or in one sentence that names the place.

use crate::{
    copy::Copy,
    script::{self, Outcome, edited},
    table::{Edit, OPERATION, TABLE, UPDATE},
};

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
fn generated_code_compiles_without_doctests() {
    let made = TABLE.iter().filter(|edit| edit.refused.is_none()).map(|edit| (edit.name, edited(edit.edits)));
    let output = Copy::new().check_made(made);
    assert!(output.success, "{}", output.stderr);
}
