//! Explains syntax errors: where the JSON is wrong, and how to correct it.
//!
//! serde_json decides whether the input is JSON. Its messages say what the parser expected, not what the author got
//! wrong, so input that it rejects is tokenized again, up to the first error: see [`find`].

use std::ops::Range;

use serde_json::value::RawValue;

use crate::{
    generated::types::DestinationUpdate,
    validation::characters::{described, is_hidden},
};

/// The white space of JSON. Rust and ASCII have more.
pub(crate) const WHITE_SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// Characters that end a number or a word.
const PUNCTUATION: &str = "{}[],:\"";

/// Quotation marks of word processors and of other languages.
const OTHER_QUOTES: &str = "'`´‘’‚‛“”„‟‹›«»「」＂＇";

/// What people and input methods write instead of JSON's punctuation.
const OTHER_PUNCTUATION: [(&str, char); 6] =
    [(";，；、", ','), ("=：", ':'), ("［【", '['), ("］】", ']'), ("｛", '{'), ("｝", '}')];

const UNNAMED: &str = "this `:` does not follow the name of a field; remove it";
const UNCLOSED_LIST: &str = "the list before this field is not closed; add `]` before the field";
const BROKEN: &str = "a string ends before this; check its quotes, and write \\\" for a \" inside it";
const UNCLOSED: &str = "a string is not closed on its line; add the closing \", or remove the line break";

/// The byte offset of a problem, and its message.
pub(crate) type Problem = (usize, String);

/// The first syntax error; `None` if the text is JSON.
pub(crate) fn find(text: &str) -> Option<Problem> {
    let mut reader = Reader { text, last: 0..0, closing: Vec::new(), expected: Expected::Value };
    loop {
        match reader.advance() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(problem) => return Some(problem),
        }
    }
}

/// Whether a character is invisible and not white space in JSON.
pub(crate) fn is_invisible(c: char) -> bool {
    (c.is_whitespace() || is_hidden(c)) && !WHITE_SPACE.contains(&c)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A value. In a new list, also its end.
    Value,
    /// A field name. In a new object, also its end.
    Name,
    Colon,
    /// A comma, or the end of the list or object.
    Comma,
    /// The end of the text.
    End,
}

struct Reader<'a> {
    text: &'a str,
    /// The last token.
    last: Range<usize>,
    /// The closing brackets of the open lists and objects, the innermost last.
    closing: Vec<char>,
    expected: Expected,
}

impl Reader<'_> {
    /// Reads a token. Returns `false` at the end of the text.
    fn advance(&mut self) -> Result<bool, Problem> {
        let rest = self.text[self.last.end..].trim_start_matches(WHITE_SPACE);
        let start = self.text.len() - rest.len();
        let Some(next) = rest.chars().next() else {
            return if self.expected == Expected::End { Ok(false) } else { Err(self.ends_too_early()) };
        };
        let closes = Some(&next) == self.closing.last();
        let end = match (self.expected, next) {
            (Expected::Value | Expected::Name, '"') => self.end_of_string(start)?,
            (Expected::Value, '{' | '[') | (Expected::Colon, ':') | (Expected::Comma, ',') => start + 1,
            (Expected::Comma, _) if closes => start + 1,
            (Expected::Value | Expected::Name, _) if closes && "{[".contains(self.last()) => start + 1,
            (Expected::Value, _) if is_value(word(rest)) => start + word(rest).len(),
            _ => return Err(self.unexpected(start, next)),
        };
        match next {
            '{' => self.closing.push('}'),
            '[' => self.closing.push(']'),
            '}' | ']' => drop(self.closing.pop()),
            _ => {}
        }
        self.expected = match next {
            '"' if self.expected == Expected::Name => Expected::Colon,
            '{' => Expected::Name,
            ',' if self.closing.last() == Some(&'}') => Expected::Name,
            '[' | ':' | ',' => Expected::Value,
            _ if self.closing.is_empty() => Expected::End,
            _ => Expected::Comma,
        };
        self.last = start..end;
        Ok(true)
    }

    /// The first character of the last token; a space if there is none.
    fn last(&self) -> char {
        self.text[self.last.clone()].chars().next().unwrap_or(' ')
    }

    /// The end of the string that begins at `start`.
    fn end_of_string(&self, start: usize) -> Result<usize, Problem> {
        let inside = start + 1;
        let mut characters = self.text[inside..].char_indices();
        while let Some((at, c)) = characters.next() {
            let at = inside + at;
            let problem = match c {
                '"' => return Ok(at + 1),
                '\\' => {
                    characters.next();
                    wrong_escape(&self.text[at + 1..]).map(str::to_owned)
                }
                '\n' | '\r' => Some(UNCLOSED.to_owned()),
                '\t' => Some("a string contains a tab; write a space instead".to_owned()),
                '\0'..='\x1f' => Some(format!("a string contains {}; remove it", described(c))),
                _ => None,
            };
            if let Some(problem) = problem {
                return Err((at, problem));
            }
        }
        Err(self.ends_too_early())
    }

    fn ends_too_early(&self) -> Problem {
        let (at, _) = self.text.trim_end_matches(WHITE_SPACE).char_indices().next_back().unwrap_or_default();
        (at, "the text ends in the middle of the update; add the missing part".to_owned())
    }

    /// The problem with a character that is not allowed here.
    fn unexpected(&self, start: usize, next: char) -> Problem {
        let problem = match (self.expected, foreign(next)) {
            (Expected::End, _) if !is_invisible(next) => {
                "the update ends before this; remove what follows it".to_owned()
            }
            (_, Some(problem)) => problem,
            (Expected::Comma, None) => return self.instead_of_comma(start, next),
            (Expected::Colon, None) => self.instead_of_colon(start, next),
            (Expected::Name, None) => self.instead_of_name(next),
            (Expected::Value | Expected::End, None) => self.instead_of_value(next),
        };
        (start, problem)
    }

    fn instead_of_comma(&self, start: usize, next: char) -> Problem {
        // Such as `852-1234` and `852 1234`, which begin with a valid JSON number.
        if is_word(self.last()) && is_word(next) {
            return (self.last.start, unquoted(self.last()).to_owned());
        }
        let problem = match (next, self.closing.last()) {
            _ if self.is_broken_string(start, next) => BROKEN.to_owned(),
            (':', Some(']')) if self.is_field() => UNCLOSED_LIST.to_owned(),
            (':', _) => UNNAMED.to_owned(),
            (']' | '}', _) => self.instead_of_closing(next),
            (_, Some(closing)) => missing(&format!("`,` or `{closing}`")),
            (_, None) => missing("`,`"),
        };
        (start, problem)
    }

    fn instead_of_colon(&self, start: usize, next: char) -> String {
        match next {
            _ if self.is_broken_string(start, next) => BROKEN.to_owned(),
            ',' => {
                "expected `:` and a value before this; add them, or put several values in square brackets".to_owned()
            }
            '}' => "expected `:` and a value before this; add them".to_owned(),
            _ => missing("`:`"),
        }
    }

    fn instead_of_name(&self, next: char) -> String {
        match (self.last(), next) {
            (_, ',') => "there is one comma too many; remove it".to_owned(),
            (',', ']' | '}') => "there is a comma before this; remove it".to_owned(),
            (_, ']' | '}') => self.instead_of_closing(next),
            (_, '{' | '[' | ':') => "the name of a field is missing before this; add it".to_owned(),
            _ => "the name of a field is not in quotes; put it in quotes".to_owned(),
        }
    }

    fn instead_of_value(&self, next: char) -> String {
        match (self.last(), next) {
            (':', ',' | ']' | '}') => "a value is missing before this; add it".to_owned(),
            (_, ',') => "there is one comma too many; remove it".to_owned(),
            (',', ']' | '}') => "there is a comma before this; remove it".to_owned(),
            (_, ']' | '}') => self.instead_of_closing(next),
            (_, ':') => UNNAMED.to_owned(),
            (_, '+') => "a JSON number cannot begin with +; put it in quotes".to_owned(),
            _ => unquoted(next).to_owned(),
        }
    }

    fn instead_of_closing(&self, next: char) -> String {
        match self.closing.last() {
            Some(closing) if self.closing.contains(&next) => {
                format!("expected `{closing}`, not this `{next}`; write `{closing}` instead of it or before it")
            }
            _ => format!("this `{next}` closes nothing; remove it"),
        }
    }

    /// Whether the last token is the name of a field of an update.
    fn is_field(&self) -> bool {
        let name = self.text[self.last.clone()].trim_matches('"');
        DestinationUpdate::FIELDS.contains(&name)
    }

    /// Whether a string ends where a word begins, as in `"a "word" more"`.
    fn is_broken_string(&self, start: usize, next: char) -> bool {
        self.last() == '"' && self.last.end == start && is_word(next)
    }
}

/// Whether this is the first character of a number or a word.
fn is_word(c: char) -> bool {
    !PUNCTUATION.contains(c)
}

/// The problem with a character that JSON allows only in strings.
fn foreign(c: char) -> Option<String> {
    if is_invisible(c) {
        return Some(format!("{} is outside of quotes; remove it", described(c)));
    }
    if let Some((_, meant)) = OTHER_PUNCTUATION.iter().find(|(others, _)| others.contains(c)) {
        return Some(format!("`{c}` is not `{meant}`; write `{meant}`"));
    }
    let problem = match c {
        '/' | '#' => "JSON has no comments; remove it",
        '\\' => "a \\ is outside of quotes; remove it",
        _ if OTHER_QUOTES.contains(c) => "this is not a JSON quotation mark; write \"",
        _ => return None,
    };
    Some(problem.to_owned())
}

fn missing(what: &str) -> String {
    format!("expected {what} before this; add it")
}

/// The problem with an unquoted number or word, by its first character.
fn unquoted(first: char) -> &'static str {
    if first.is_ascii_digit() || "-.".contains(first) {
        "a phone number or ID is not in quotes; put it in quotes"
    } else {
        "this is not a valid JSON value; put strings in quotes"
    }
}

/// The problem with an escape sequence; `rest` is the text after its `\`.
fn wrong_escape(rest: &str) -> Option<&'static str> {
    let mut characters = rest.chars();
    match characters.next()? {
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => None,
        'u' if characters.take(4).all(|digit| digit.is_ascii_hexdigit()) => None,
        'u' => Some(r"\u must be followed by four hexadecimal digits; correct them, or write \\ for a \"),
        '\n' | '\r' => Some(UNCLOSED),
        c if c.is_alphanumeric() => Some(r"this is not a JSON escape such as \n or \u0041; write \\ for a \"),
        _ => Some(r"this character cannot be escaped; remove the \"),
    }
}

/// The number or word at the start of the text; empty before punctuation.
fn word(text: &str) -> &str {
    let is_end = |c: char| PUNCTUATION.contains(c) || WHITE_SPACE.contains(&c) || is_invisible(c);
    let word = text.split(is_end).next().unwrap_or_default();
    let comment = word.find("//").or_else(|| word.find("/*"));
    &word[..comment.unwrap_or(word.len())]
}

fn is_value(word: &str) -> bool {
    serde_json::from_str::<&RawValue>(word).is_ok()
}
