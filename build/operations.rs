//! Checks the operations of a document beyond the forms of its parts, and generates what the crate knows of each.

use std::collections::BTreeSet;

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::{Result, table::escape};

/// Names of methods and constants that the generated code already has.
const TAKEN: [&str; 8] = ["API_VERSION", "BASEURL", "CLIENT", "CLONE", "EXEC", "POST", "PRE", "SCHEMAS"];

/// The code of a constant for each operation. Removes from the document what progenitor cannot make methods of.
pub(crate) fn read(document: &mut Value) -> Result<TokenStream> {
    let (mut code, mut names) = (TokenStream::new(), BTreeSet::from(TAKEN.map(str::to_owned)));
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let at = format!("/paths/{}/{method}", escape(path));
            let name = operation["operationId"].as_str().unwrap_or_default().to_shouty_snake_case();
            if !names.insert(name.clone()) {
                return Err(format!("{at}/operationId: there already is a method of this name; rename it").into());
            }
            check_parameters(path, operation, &at)?;
            // An error without a body is one that the document does not describe.
            if let Some(responses) = operation["responses"].as_object_mut() {
                responses.retain(|status, response| status.starts_with('2') || response.get("content").is_some());
            }
            let success = success(&operation["responses"], &at)?;
            let (id, verb, name) = (name.to_lowercase(), method.to_uppercase(), format_ident!("{name}"));
            // HTTP says it of these methods.
            let idempotent =
                operation["x-idempotent"].as_bool().unwrap_or(["get", "put", "delete"].contains(&&**method));
            code.extend(quote! {
                #[allow(dead_code)]
                pub(crate) const #name: Operation = Operation {
                    id: #id, method: #verb, url_template: #path, idempotent: #idempotent, success: #success
                };
            });
        }
    }
    if code.is_empty() { Err("/paths: has no operation; describe one".into()) } else { Ok(code) }
}

fn check_parameters(path: &str, operation: &Value, at: &str) -> Result<()> {
    // A generated method already uses these names.
    let mut arguments = BTreeSet::from(["BODY".to_owned(), "ENCODE_PATH".to_owned()]);
    let mut described = BTreeSet::new();
    for (index, parameter) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if !arguments.insert(name.to_shouty_snake_case()) {
            return Err(format!("{at}/parameters/{index}/name: is a second argument `{name}`; rename it").into());
        }
        if parameter["in"] == "path" {
            described.insert(name);
            if parameter["required"] != true {
                return Err(format!("{at}/parameters/{index}/required: is not `true` in a path; correct it").into());
            }
        }
    }
    let in_path = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let in_path: BTreeSet<_> = in_path.collect();
    match in_path.symmetric_difference(&described).next() {
        Some(name) => Err(format!("{at}/parameters: {name} is in the path or here, not in both; correct it").into()),
        None => Ok(()),
    }
}

/// The status of a success. There is one, and one schema of errors, because a method has one type for each.
fn success(responses: &Value, at: &str) -> Result<u16> {
    let responses: Vec<_> = responses.as_object().into_iter().flatten().collect();
    let (successes, errors): (Vec<_>, Vec<_>) = responses.iter().partition(|(status, _)| status.starts_with('2'));
    let [(success, _)] = successes.as_slice() else {
        return Err(format!("{at}/responses: has {} successes; describe one, such as \"200\"", successes.len()).into());
    };
    if let Some((status, _)) = errors.iter().find(|(_, error)| error["content"] != errors[0].1["content"]) {
        return Err(format!("{at}/responses/{status}: differs from another error; use one schema for all").into());
    }
    Ok(success.parse()?)
}
