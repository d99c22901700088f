//! Decodes UTF-8 and detects other encodings.

use super::{error::JsonError, format};

const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes UTF-8 and removes the byte order mark.
pub(crate) fn decode(bytes: &[u8]) -> Result<&str, JsonError> {
    let bytes = bytes.strip_prefix(UTF_8_MARK).unwrap_or(bytes);
    let file = bytes.trim_ascii_start();
    if let Some(problem) = format::find(file) {
        return Err(JsonError::at("", bytes, bytes.len() - file.len(), problem));
    }
    if let Some(encoding) = other_encoding(bytes) {
        return Err(JsonError::at("", bytes, 0, &format!("the text is {encoding}; save it as UTF-8")));
    }
    std::str::from_utf8(bytes).map_err(|e| {
        let offset = e.valid_up_to();
        let problem = format!("the byte 0x{:02X} is not UTF-8; save the text as UTF-8", bytes[offset]);
        JsonError::at("", bytes, offset, &problem)
    })
}

/// Detected by the byte order mark, or by zero bytes in the first four bytes (RFC 4627, section 3).
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    let zeros = bytes.first_chunk::<4>().map(|chunk| chunk.map(|byte| byte == 0));
    let is_utf_32 = matches!(bytes, [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..])
        || matches!(zeros, Some([false, true, true, true] | [true, true, true, false]));
    let is_utf_16 = matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || matches!(zeros, Some([false, true, false, true] | [true, false, true, false]));
    if is_utf_32 { Some("UTF-32") } else { is_utf_16.then_some("UTF-16") }
}
