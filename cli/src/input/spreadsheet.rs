//! What spreadsheets do to cells that look like numbers or formulas to them.

use cinnox_destination::DestinationUpdate;

/// How many of the numbers lack the `+` that spreadsheets remove. They are right without it.
pub(super) fn numbers_without_plus(update: &DestinationUpdate) -> u64 {
    let numbers = update.phone_targets.iter().chain(&update.trunk_targets);
    numbers.filter(|number| !number.starts_with('+')).count() as u64
}

/// How many staff IDs have a comma, which does not separate entries. An ID may have one.
pub(super) fn staff_ids_with_comma(update: &DestinationUpdate) -> u64 {
    update.staff_targets.iter().filter(|id| id.contains(',')).count() as u64
}

/// Detects typical spreadsheet damage to a cell.
pub(super) fn damage(text: &str) -> Option<&'static str> {
    if is_scientific(text) {
        Some("is a number that a spreadsheet has rounded; format the column as text and enter it again")
    } else if text.strip_suffix(".0").is_some_and(|number| number.len() > 4 && is_digits(number)) {
        Some("is a number with decimals; write it as text, without them")
    } else if text.starts_with('\'') && is_digits(&text[1..]) {
        Some("begins with an apostrophe (the spreadsheet's text marker); remove it")
    } else if matches!(text, "#NAME?" | "#REF!" | "#VALUE!" | "#N/A" | "#NUM!" | "#DIV/0!" | "#NULL!") {
        Some("is a spreadsheet's error; format the column as text and enter the value again")
    } else if is_formula(text) {
        Some("is a formula; enter the value alone, in a column that is formatted as text")
    } else if text.len() >= 3 && text.bytes().all(|byte| byte == b'#') {
        Some("was too wide for its column; widen the column and save the sheet again")
    } else {
        None
    }
}

/// Such as `="+85212345678"` or `=+85212345678`.
fn is_formula(text: &str) -> bool {
    text.strip_prefix('=').is_some_and(|formula| formula.starts_with('"') || is_digits(formula))
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
    fn detects_damaged_numbers() {
        for text in [
            "4.479E+11",
            "4,479E+11",
            "1E+17",
            "8.5212E+10",
            "+4.4e+11",
            "85212345678.0",
            "'+85212345678",
            "#NAME?",
            "=\"+85212345678\"",
            "=+85212345678",
            "########",
        ] {
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
            "=",
            "=night",
            "#1",
        ] {
            assert_eq!(damage(text), None, "{text}");
        }
    }
}
