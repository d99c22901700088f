//! What spreadsheets do to cells that look like numbers or formulas to them.

use cinnox_destination::DestinationUpdate;

/// How many of the numbers lack the `+` that spreadsheets remove. They are right without it.
pub(super) fn numbers_without_plus(update: &DestinationUpdate) -> u64 {
    let numbers = update.phone_targets.iter().chain(&update.trunk_targets);
    numbers.filter(|number| !number.starts_with('+')).count() as u64
}

/// What has happened to the text of a cell, if it can be seen.
pub(super) fn damage(text: &str) -> Option<&'static str> {
    if is_scientific(text) {
        Some("is a number that a spreadsheet has rounded; format the column as text and enter it again")
    } else if text.strip_suffix(".0").is_some_and(|number| number.len() > 4 && is_digits(number)) {
        Some("is a number with decimals; write it as text, without them")
    } else if text.starts_with('\'') && is_digits(&text[1..]) {
        Some("begins with the mark for text; remove the '")
    } else if matches!(text, "#NAME?" | "#REF!" | "#VALUE!" | "#N/A" | "#NUM!" | "#DIV/0!" | "#NULL!") {
        Some("is a spreadsheet's error; format the column as text and enter the value again")
    } else {
        None
    }
}

/// An optional `+` and digits.
pub(super) fn is_digits(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Such as `4.479E+11`, with the decimal separator of the spreadsheet's language.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let is_signed = exponent.starts_with(['+', '-']);
    is_digits(whole) && is_digits(fraction) && is_signed && is_digits(&exponent[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_was_a_number() {
        for text in
            ["4.479E+11", "4,479E+11", "1E+17", "8.5212E+10", "+4.4e+11", "85212345678.0", "'+85212345678", "#NAME?"]
        {
            assert!(damage(text).is_some(), "{text}");
        }
        for text in [
            "",
            "+85212345678",
            "85212345678",
            "E",
            "E+",
            "1E5",
            "staff-1E+",
            "Night shift 1.0",
            "1.0",
            "'",
            "'night",
            "*",
        ] {
            assert_eq!(damage(text), None, "{text}");
        }
    }
}
