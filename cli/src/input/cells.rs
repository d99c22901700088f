//! What spreadsheets and other tools do to the cells of a table: error values, changed numbers, words for nothing, and
//! several values in one cell.
//!
//! These checks are for tables alone. Their sentences name JSON Lines as the way for a value that is meant.

use crate::{exit::shown, print::Kind};

/// What separates the entries of a list in any script, except for the semicolon and the line break, which do so here.
const SEPARATORS: &str = ",|;，；、､،؛﹐﹑﹔｜¦︐︑︔\u{37e}፣፤᠂꓾";

/// Quotation marks of any script.
const QUOTES: &str = "\"'`´“”„‟‘’‚‛«»‹›「」『』｢｣﹁﹂﹃﹄❛❜❝❞〝〞〟＂＇";

/// Errors of spreadsheets without a mark at their end.
const ERRORS: [&str; 9] =
    ["#GETTING_DATA", "#NENÍ_K_DISPOZICI", "#NA", "#NV", "#YOK", "#HIÁNYZIK", "#NEDOSTUPNÝ", "#SAKNAS", "#PUUTTUU"];

/// What databases, programming languages and data frames write for no value, in lower case and without [`AROUND`].
const NULL_WORDS: [&str; 13] =
    ["null", "dbnull", "none", "undefined", "nil", "nan", "nat", "na", "n/a", "n.a", "blank", "empty", "leer"];

/// What stands around a word for no value, or in its place.
const AROUND: &str = "<>()[]{}#.-–—−…";

/// The null words that are also codes of languages and places, in the case in which codes are written.
const CODES: [&str; 6] = ["NA", "na", "nan", "nat", "nil", "NAN"];

/// What is wrong with a value, as a sentence.
pub(super) fn damage(kind: Kind, text: &str) -> Option<String> {
    let damage = if is_error(kind, text) {
        "is a spreadsheet's error value; enter the value again"
    } else if matches!(kind, Kind::Text | Kind::Json) {
        return None;
    } else if is_null(kind, text) {
        "stands for no value; leave the cell empty"
    } else if is_changed_number(text) {
        "is a number that a spreadsheet or another tool changed; format the column as text and enter it again"
    } else if text.starts_with('=') {
        "is a formula; enter the value alone, in a column that is formatted as text"
    } else if text.contains(|c| QUOTES.contains(c)) {
        "contains a quotation mark; remove it"
    } else if kind == Kind::Destination && text.contains(|c| c == '\n' || SEPARATORS.contains(c)) {
        "looks like several destinations; write a line for each"
    } else if text.contains(|c: char| SEPARATORS.contains(c) || (kind == Kind::Ids && c.is_whitespace())) {
        "looks like several values; separate them with a semicolon, or remove what separates the parts of one"
    } else if text.contains(|c| matches!(c, '！'..='～')) {
        "contains full-width characters; enter it again without them"
    } else {
        return None;
    };
    Some(format!("\"{}\" {damage}; if it is meant, use JSON Lines", shown(text)))
}

/// Such as `#REF!`, `#¿NOMBRE?`, `#N/A` or `#GETTING_DATA`; LibreOffice's `Err:502`, which in a name has to be in English;
/// and `####`, for what is too wide for its column. A lower-case name with `!` may be meant.
fn is_error(kind: Kind, text: &str) -> bool {
    if let Some((word, number)) = text.split_once(':') {
        let is_number = number.len() == 3 && number.starts_with('5') && number.parse::<u16>().is_ok();
        let is_capitalized = word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
        let is_word = is_capitalized && word.trim_end().chars().all(char::is_alphabetic);
        return is_number && is_word && (kind != Kind::Text || word.starts_with("Err"));
    }
    let Some(word) = text.strip_prefix('#') else { return false };
    let name = word.trim_end_matches(['!', '?', '！', '？']);
    // Many scripts have no upper case.
    let is_loud = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || "/_. ".contains(c) || !c.is_ascii();
    let is_loud = name.chars().all(|c| is_loud(c) && !c.is_lowercase());
    let is_question = word.ends_with('?') && name.chars().all(char::is_alphabetic);
    let is_marked = name.len() < word.len() && name.contains(char::is_alphabetic);
    let is_not_available = word.len() <= 5 && word.chars().nth(1) == Some('/') && is_loud;
    ERRORS.contains(&text)
        || is_not_available
        || (is_marked && (is_loud || is_question))
        || (word.len() >= 2 && word.chars().all(|c| c == '#'))
}

fn is_null(kind: Kind, text: &str) -> bool {
    let is_code = kind == Kind::Codes && CODES.contains(&text);
    let word = text.trim_matches(|c| AROUND.contains(c)).to_lowercase();
    // `1.#IND` and the like are Windows' forms of `nan`.
    let is_nothing = word.is_empty() || text == "\\N" || text.starts_with("1.#");
    !text.is_empty() && !is_code && (is_nothing || NULL_WORDS.contains(&&*word))
}

/// A number with an exponent, or with a fraction of nothing: `1.23E+15`, `4,479e+11`, `12.0`, `12.`.
fn is_changed_number(text: &str) -> bool {
    let number = text.strip_prefix(['+', '-']).unwrap_or(text).to_lowercase().replace(',', ".");
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && number.parse::<f64>().is_ok();
    // An ID such as `1E5` is left alone: tools write a sign or a fraction.
    let has_exponent = number.contains('e') && number.contains(['.', '+', '-']);
    let is_whole = number.trim_end_matches('0').ends_with('.');
    is_number && (has_exponent || is_whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_error_values_everywhere() {
        for text in [
            "#REF!",
            "#N/A",
            "#NV",
            "#BEZUG!",
            "#NOM?",
            "#¿NOMBRE?",
            "#¡REF!",
            "#DIV/0!",
            "#ДЕЛ/0!",
            "#Н/Д",
            "#DEĞER!",
            "#ÜBERLAUF!",
            "#SPILL!",
            "#NAAM?",
            "#NENÍ_K_DISPOZICI",
            "Err:502",
            "#ERROR!",
            "########",
            "#VALEUR !",
            "#名前?",
            "#이름?",
            "#שם?",
            "#ชื่อ?",
            "#Name?",
            "#エラー！",
            "Err :502",
        ] {
            for kind in [Kind::Ids, Kind::Codes, Kind::Text] {
                assert!(damage(kind, text).is_some(), "{text}");
            }
        }
        for text in [
            "",
            "#",
            "#1",
            "##",
            "#vip!",
            "#1!",
            "Night #2!",
            "# REF",
            "Err:",
            "Error!",
            "#!",
            "#VIP",
            ":502",
            "Room:501",
            "#24/7 VIP",
            "#HR/IT",
            "#SALE_2024",
            "#😀!",
            "#夜班",
        ] {
            assert_eq!(damage(Kind::Text, text), None, "{text}");
        }
        for text in ["Fout:502", "Fehler:502", "エラー:502"] {
            assert!(damage(Kind::Ids, text).is_some(), "{text}");
        }
    }

    #[test]
    fn refuses_changed_numbers_in_ids() {
        for text in [
            "1.23E+15",
            "4,479E+11",
            "1E+17",
            "8.5212e+10",
            "+4.4e+11",
            "1.0E7",
            "85212345678.0",
            "12.0",
            "12,00",
            "12.",
            "１２",
            "=A1",
            "'+85212345678",
            "=\"+85212345678\"",
            "=+85212345678",
        ] {
            assert!(damage(Kind::Ids, text).is_some() && damage(Kind::Codes, text).is_some(), "{text}");
            assert_eq!(damage(Kind::Text, text), None, "{text}");
        }
        for text in [
            "+85212345678",
            "85212345678",
            "007",
            "E",
            "E+",
            "1E5",
            "staff-1E+",
            "1.5",
            "10.0.0.1",
            "v1.0",
            "*",
            "-abc",
            "+staff",
            "n-a",
            "nu.ll",
            "user.null",
            "ext:502",
            "Gate:101",
        ] {
            assert_eq!(damage(Kind::Ids, text), None, "{text}");
        }
    }

    #[test]
    fn refuses_null_words_that_are_no_codes() {
        for text in [
            "NULL",
            "null",
            "None",
            "N/A",
            "NaN",
            "NaT",
            "<NA>",
            "(null)",
            "[NULL]",
            "\\N",
            "undefined",
            "(blank)",
            "n.a.",
            "-",
            "--",
            "…",
            "DBNull",
        ] {
            assert!(damage(Kind::Ids, text).is_some() && damage(Kind::Codes, text).is_some(), "{text}");
            assert_eq!(damage(Kind::Text, text), None, "{text}");
        }
        for text in ["NA", "nan", "nil", "na"] {
            assert!(damage(Kind::Ids, text).is_some(), "{text}");
            assert_eq!(damage(Kind::Codes, text), None, "{text}");
        }
        assert_eq!(damage(Kind::Ids, "nana"), None);
    }

    #[test]
    fn refuses_quotes_and_several_values() {
        for text in [
            "a,b", "a|b", "a，b", "a、b", "a،b", "a؛b", "\"a\"", "“a”", "«a»", "'a'", "„a“", "「a」", "a｜b", "a；b",
            "｢a｣", "❝a❞", "﹁a﹂",
        ] {
            assert!(damage(Kind::Ids, text).is_some() && damage(Kind::Codes, text).is_some(), "{text}");
            assert_eq!(damage(Kind::Text, text), None, "{text}");
        }
        assert!(damage(Kind::Ids, "staff-1 staff-2").is_some());
        assert_eq!(damage(Kind::Codes, "US CA"), None);
        for text in ["a;b", "a\nb", "a、b", "a|b"] {
            let damage = damage(Kind::Destination, text).unwrap();
            assert!(damage.contains("several destinations") && damage.ends_with("use JSON Lines"), "{damage}");
        }
    }
}
