//! The format of phone and trunk numbers, and how a number that does not have it is to be corrected.
//!
//! The vendor asks for a number "with country code" and names no format. E.164 is the one that every carrier dials.

use super::characters;

/// Hyphens and dashes as they are typed and as word processors make of them, and brackets.
const SEPARATORS: &str = "-‐‑‒–—()[]";

/// An optional `+` and 7 to 15 digits, the first not 0. E.164 has no shortest length; fewer than 7 digits with the
/// country code are a short code, which cannot be dialled from abroad.
pub(crate) fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number).as_bytes();
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

/// What to do about a number that is not E.164. People and spreadsheets write numbers in many ways.
pub(crate) fn correction(number: &str) -> String {
    if let Some((_, place)) = characters::find(number, characters::is_hidden) {
        return format!("remove {place}");
    }
    let trimmed = number.trim();
    let plain: String = trimmed.chars().filter(|&c| !c.is_whitespace() && !SEPARATORS.contains(c)).collect();
    let advice = if is_e164(trimmed) {
        "remove the white space around it"
    } else if trimmed.contains("(0)") {
        "remove (0), spaces, hyphens and brackets"
    } else if is_e164(&plain) {
        "remove spaces, hyphens and brackets"
    } else if plain.strip_prefix("00").is_some_and(is_e164) {
        "write + and the country code instead of 00"
    } else if plain.strip_prefix("tel:").is_some_and(is_e164) {
        "remove tel:"
    } else if plain.contains(['e', 'E']) && plain.parse::<f64>().is_ok() {
        "a spreadsheet has rounded it; write all its digits"
    } else if plain.chars().any(|c| c.is_numeric() && !c.is_ascii()) {
        "write its digits as 0 to 9"
    } else {
        "write an optional + and 7 to 15 digits, the first not 0"
    };
    advice.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_e164_with_and_without_plus() {
        for number in ["1234567", "+1234567", "123456789012345", "+123456789012345", "9999999"] {
            assert!(is_e164(number), "{number}");
        }
    }

    struct Row {
        number: &'static str,
        correction: &'static str,
    }

    #[test]
    fn names_the_correction() {
        let separators = "remove spaces, hyphens and brackets";
        let trunk_prefix = "remove (0), spaces, hyphens and brackets";
        let digits = "write its digits as 0 to 9";
        let rounded = "a spreadsheet has rounded it; write all its digits";
        let white_space = "remove the white space around it";
        let prefix = "write + and the country code instead of 00";
        let other = "write an optional + and 7 to 15 digits, the first not 0";
        for Row { number, correction: expected } in [
            Row { number: "+852 1234 5678", correction: separators },
            Row { number: "+852-1234-5678", correction: separators },
            Row { number: "(852) 1234‑5678", correction: separators },
            Row { number: "+1\u{a0}[415]\u{202f}555–0100", correction: separators },
            Row { number: "+44 (0)20 1234 5678", correction: trunk_prefix },
            Row { number: "+85212345678\r", correction: white_space },
            Row { number: "\u{3000}85212345678", correction: white_space },
            Row { number: "0085212345678", correction: prefix },
            Row { number: "00 852 1234-5678", correction: prefix },
            Row { number: "tel:+85212345678", correction: "remove tel:" },
            Row { number: "tel:+852-1234-5678", correction: "remove tel:" },
            Row { number: "8.52123E+10", correction: rounded },
            Row { number: "85212345678e0", correction: rounded },
            Row { number: "１２３４５６７", correction: digits },
            Row { number: "+٨٥٢١٢٣٤٥٦٧٨", correction: digits },
            Row {
                number: "\u{202a}+85212345678\u{202c}",
                correction: "remove the bidirectional character U+202A at character 1",
            },
            Row { number: "+852\u{200b}12345678", correction: "remove the invisible character U+200B at character 5" },
            Row { number: "\u{feff}85212345678", correction: "remove the invisible character U+FEFF at character 1" },
            Row { number: "12345678\0", correction: "remove the control character U+0000 at character 9" },
            Row { number: "", correction: other },
            Row { number: "+", correction: other },
            Row { number: "123456", correction: other },
            Row { number: "1234567890123456", correction: other },
            Row { number: "01234567", correction: other },
            Row { number: "++1234567", correction: other },
            Row { number: "-1234567+", correction: other },
            Row { number: "1800FLOWERS", correction: other },
            Row { number: "0x1234567", correction: other },
            Row { number: "infinite", correction: other },
            Row { number: "**", correction: other },
        ] {
            assert!(!is_e164(number), "{number:?}");
            assert_eq!(correction(number), expected, "{number:?}");
        }
    }
}
