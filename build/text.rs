//! Escapes the document's text for rustdoc.

/// Escapes Markdown so that the text is shown literally: no code blocks (they would run as doctests), HTML or links.
/// Inline `code` is kept; control and bidirectional characters are escaped.
pub(crate) fn markdown(text: &str) -> String {
    // Indentation, or extra spaces after a list marker, would create a code block.
    let text = text.replace("\r\n", "\n");
    let lines = text.split(['\n', '\r']).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.map(|line| markdown_line(&line)).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn markdown_line(line: &str) -> String {
    let mut markdown = String::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some((code, behind)) = code_span(rest) {
            markdown.extend(code.chars().map(visible));
            rest = behind;
            continue;
        }
        if matches!(character, '\\' | '`' | '~' | '<' | '>' | '[' | ']' | '|' | '&') {
            markdown.push('\\');
        }
        markdown.push_str(&visible(character));
        rest = &rest[character.len_utf8()..];
    }
    markdown
}

/// Splits off a leading inline code span.
fn code_span(text: &str) -> Option<(&str, &str)> {
    let (code, behind) = text.strip_prefix('`')?.split_once('`')?;
    let is_span = !code.is_empty() && !behind.starts_with('`');
    is_span.then(|| text.split_at(code.len() + 2))
}

/// The character, or its escape if it is a control or bidirectional one.
pub(crate) fn visible(character: char) -> String {
    let is_bidirectional =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if character.is_control() || is_bidirectional { character.escape_default().to_string() } else { character.into() }
}
