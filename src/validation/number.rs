//! The format of phone and trunk numbers, and the advice for numbers that do not match it.
//!
//! The vendor requires a number "with country code" but names no format. Formats other than E.164 cannot be relied on
//! to be dialled.

use super::characters;

/// Brackets, and hyphens and dashes as typed or inserted by word processors.
const SEPARATORS: &str = "-‐‑‒–—()[]";

/// Spreadsheets put `'` before a number that is stored as text; programs may leave quotes around it.
const QUOTES: [char; 6] = ['\'', '"', '‘', '’', '“', '”'];

/// The plus sign as typed with East Asian input methods.
const WIDE_PLUS: [char; 2] = ['＋', '﹢'];

/// An optional `+` and 7 to 15 digits, the first not 0. E.164 has no minimum length, but fewer than 7 digits including
/// the country code are a short code, which cannot be dialled from abroad.
pub(crate) fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number).as_bytes();
    (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit)
}

/// Returns the advice for a number that is not E.164.
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
    } else if plain.trim_start_matches('+').strip_prefix("00").is_some_and(is_e164) {
        "write + and the country code instead of 00"
    } else if plain.contains(['e', 'E']) && plain.replace(',', ".").parse::<f64>().is_ok() {
        "it looks rounded by a spreadsheet; enter all digits"
    } else if let Some(advice) = advice_for_marks(&plain) {
        return advice;
    } else {
        match (plain.contains(WIDE_PLUS), plain.chars().any(|c| c.is_numeric() && !c.is_ascii())) {
            (true, true) => "write a plain + and its digits as 0 to 9",
            (true, false) => "write a plain +",
            (false, true) => "write its digits as 0 to 9",
            (false, false) => "write an optional + and 7 to 15 digits, the first not 0",
        }
    };
    advice.to_owned()
}

/// The advice if only a `tel:` prefix, decimals or one kind of punctuation keeps a number from being E.164.
fn advice_for_marks(plain: &str) -> Option<String> {
    if let Some((scheme, rest)) = plain.split_at_checked("tel:".len())
        && scheme.eq_ignore_ascii_case("tel:")
    {
        return is_e164(rest).then(|| format!("remove {scheme}"));
    }
    if let Some((whole, decimals)) = plain.split_once('.')
        && is_e164(whole)
        && decimals.starts_with('0')
        && decimals.bytes().all(|digit| digit == b'0')
    {
        return Some(format!("remove the .{decimals} at its end"));
    }
    if is_e164(plain.trim_matches(QUOTES)) {
        return Some("remove the quotes".to_owned());
    }
    let mark = plain.chars().find(|&c| !c.is_alphanumeric() && c != '+' && !WIDE_PLUS.contains(&c))?;
    if plain.split(mark).filter(|part| is_e164(part)).count() > 1 {
        return Some("write each number as a separate entry".to_owned());
    }
    is_e164(&plain.replace(mark, "")).then(|| match mark {
        '.' => "remove the dots".to_owned(),
        '/' => "remove the slashes".to_owned(),
        ',' => "remove the commas".to_owned(),
        _ => format!("remove each {mark}"),
    })
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
    fn advises_how_to_correct_number() {
        let separators = "remove spaces, hyphens and brackets";
        let trunk_prefix = "remove (0), spaces, hyphens and brackets";
        let digits = "write its digits as 0 to 9";
        let rounded = "it looks rounded by a spreadsheet; enter all digits";
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
            Row { number: "TEL: +852 1234 5678", correction: "remove TEL:" },
            Row { number: "+0085212345678", correction: prefix },
            Row { number: "00852…", correction: other },
            Row { number: "'85212345678", correction: "remove the quotes" },
            Row { number: "’+852 1234 5678", correction: "remove the quotes" },
            Row { number: "\"85212345678\"", correction: "remove the quotes" },
            Row { number: "85212345678.0", correction: "remove the .0 at its end" },
            Row { number: "+85212345678.00", correction: "remove the .00 at its end" },
            Row { number: "85212345678.", correction: "remove the dots" },
            Row { number: "+852.1234.5678", correction: "remove the dots" },
            Row { number: "+852. 1234-5678", correction: "remove the dots" },
            Row { number: "852/1234/5678", correction: "remove the slashes" },
            Row { number: "“85212345678”", correction: "remove the quotes" },
            Row { number: "852_1234_5678", correction: "remove each _" },
            Row { number: "+85212345678;+85287654321", correction: "write each number as a separate entry" },
            Row { number: "1234567, 7654321", correction: "write each number as a separate entry" },
            Row { number: "852,1234,5678", correction: "remove the commas" },
            Row { number: "852.1234/5678", correction: other },
            Row { number: "tel:12", correction: other },
            Row { number: "8.52123E+10", correction: rounded },
            Row { number: "8,52123E+10", correction: rounded },
            Row { number: "85212345678e0", correction: rounded },
            Row { number: "１２３４５６７", correction: digits },
            Row { number: "+٨٥٢١٢٣٤٥٦٧٨", correction: digits },
            Row { number: "＋85212345678", correction: "write a plain +" },
            Row { number: "﹢852 1234 5678", correction: "write a plain +" },
            Row {
                number: "＋８５２１２３４５６７８", correction: "write a plain + and its digits as 0 to 9"
            },
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
