//! Reads the operations of a checked document, and removes what progenitor cannot make methods of.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Result,
    table::{constant, escape},
};

/// Names of methods and constants that the generated code already has.
const TAKEN: [&str; 8] = ["api_version", "baseurl", "client", "exec", "operations", "post", "pre", "schemas"];

pub(crate) struct Operation {
    /// The name of the method.
    pub(crate) id: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) idempotent: bool,
    /// The status of a success.
    pub(crate) success: u16,
}

pub(crate) fn read(document: &mut Value) -> Result<Vec<Operation>> {
    let mut operations: Vec<Operation> = Vec::new();
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, object) in item.as_object_mut().into_iter().flatten() {
            let at = format!("/paths/{}/{method}", escape(path));
            let operation = read_one(path, method, object, &at)?;
            if TAKEN.contains(&operation.id.as_str()) || operations.iter().any(|other| other.id == operation.id) {
                let problem = format!("there already is a method `{}`; write another name", operation.id);
                return Err(format!("{at}/operationId: {problem}").into());
            }
            operations.push(operation);
        }
    }
    if operations.is_empty() { Err("/paths: has no operation; describe one".into()) } else { Ok(operations) }
}

fn read_one(path: &str, method: &str, object: &mut Value, at: &str) -> Result<Operation> {
    check_parameters(path, object, at)?;
    // An error without a body is one that the document does not describe.
    if let Some(responses) = object["responses"].as_object_mut() {
        responses.retain(|status, response| status.starts_with('2') || response.get("content").is_some());
    }
    let is_repeatable = ["get", "put", "delete"].contains(&method);
    Ok(Operation {
        id: constant(object["operationId"].as_str().unwrap_or_default()).to_lowercase(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        idempotent: object.get("x-idempotent").and_then(Value::as_bool).unwrap_or(is_repeatable),
        success: success(&object["responses"], at)?,
    })
}

fn check_parameters(path: &str, operation: &Value, at: &str) -> Result<()> {
    // A generated method already uses these names.
    let mut arguments = BTreeSet::from(["BODY".to_owned(), "ENCODE_PATH".to_owned()]);
    let mut described = Vec::new();
    for (index, parameter) in operation["parameters"].as_array().into_iter().flatten().enumerate() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let mut problem = (!arguments.insert(constant(name))).then_some("name: is a second argument; rename it");
        if parameter["in"] == "path" {
            described.push(name);
            problem =
                problem.or((parameter["required"] != true).then_some("required: must be `true` in a path; write it"));
        }
        if let Some(problem) = problem {
            return Err(format!("{at}/parameters/{index}/{problem}").into());
        }
    }
    let in_path = path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
    let mut in_path: Vec<_> = in_path.collect();
    in_path.sort_unstable();
    described.sort_unstable();
    if in_path == described {
        return Ok(());
    }
    let [in_path, described] = [in_path, described].map(|names| names.join(", "));
    let problem = format!("describe the parameters {described}, and the path has {in_path}; let them agree");
    Err(format!("{at}/parameters: {problem}").into())
}

/// The status of a success. There is one, and one schema of errors, because a method has one type for each.
fn success(responses: &Value, at: &str) -> Result<u16> {
    let responses: Vec<_> = responses.as_object().into_iter().flatten().collect();
    let (successes, errors): (Vec<_>, Vec<_>) = responses.iter().partition(|(status, _)| status.starts_with('2'));
    let status = match successes.as_slice() {
        [(status, _)] => status,
        [] => return Err(format!("{at}/responses: has no success; add a response such as \"200\"").into()),
        [_, (status, _), ..] => return Err(format!("{at}/responses/{status}: is a second success; keep one").into()),
    };
    if let Some((status, _)) = errors.iter().find(|(_, error)| error["content"] != errors[0].1["content"]) {
        return Err(format!("{at}/responses/{status}: differs from another error; use one schema for all").into());
    }
    Ok(status.parse()?)
}
