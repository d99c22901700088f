//! Damage anywhere in the document ends in code or in one sentence: never in a panic, a backtrace or an endless loop.

use serde_json::{Value, json};

use crate::{document, script};

#[test]
fn each_removed_or_replaced_value_ends_in_code_or_one_sentence() {
    let original = document::data();
    let mut pointers = Vec::new();
    collect(&original, "", &mut pointers);
    assert!(pointers.len() > 100);
    let replacements = [json!(null), json!(7), json!("text"), json!([]), json!({}), json!(true)];
    for (pointer, replacement) in pointers.iter().zip(replacements.iter().cycle()) {
        let mut replaced = original.clone();
        *replaced.pointer_mut(pointer).unwrap() = replacement.clone();
        check(&replaced, pointer);
        let mut removed = original.clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        if let Some(parent) = removed.pointer_mut(parent).unwrap().as_object_mut() {
            parent.remove(&key.replace("~1", "/"));
            check(&removed, pointer);
        }
    }
}

fn collect(value: &Value, at: &str, pointers: &mut Vec<String>) {
    if !at.is_empty() {
        pointers.push(at.to_owned());
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        collect(value, &format!("{at}/{}", key.replace('/', "~1")), pointers);
    }
    for (index, value) in value.as_array().into_iter().flatten().enumerate() {
        collect(value, &format!("{at}/{index}"), pointers);
    }
}

fn check(document: &Value, edited: &str) {
    if let Err(sentence) = script::run(document.to_string()) {
        let (problem, advice) = sentence.split_once("; ").unwrap_or_else(|| panic!("{edited}: no advice: {sentence}"));
        assert!(problem.starts_with('/') && !advice.is_empty(), "{edited}: {sentence}");
        assert!(!sentence.contains("unwrap()") && !sentence.contains("assertion"), "{edited}: {sentence}");
    }
}
