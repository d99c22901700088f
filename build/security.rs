//! Checks that an operation asks for what the client sends: an HTTP bearer token.

use serde_json::Value;

use super::{Result, pointer};

/// An operation without `security` has that of the document.
pub(crate) fn check(document: &Value, operation: &Value, at: &str) -> Result<()> {
    let (alternatives, at) = match operation.get("security") {
        Some(security) => (security, format!("{at}/security")),
        None => (&document["security"], "/security".to_owned()),
    };
    for alternative in alternatives.as_array().into_iter().flatten() {
        let names = alternative.as_object().into_iter().flatten().map(|(name, _)| name);
        let schemes = names.map(|name| &document["components"]["securitySchemes"][name]);
        let is_bearer = schemes.map(|scheme| is_bearer(document, scheme)).collect::<Result<Vec<_>>>()?;
        if is_bearer == [true] {
            return Ok(());
        }
    }
    let advice = "name a scheme that /components/securitySchemes describes with `type: http` and `scheme: bearer`";
    Err(format!("{at}: does not ask for an HTTP bearer token, which is all that the client sends; {advice}").into())
}

fn is_bearer(document: &Value, scheme: &Value) -> Result<bool> {
    let (scheme, _) = pointer::follow(document, scheme, "/components/securitySchemes")?;
    let name = scheme["scheme"].as_str().unwrap_or_default();
    Ok(scheme["type"] == "http" && name.eq_ignore_ascii_case("bearer"))
}
