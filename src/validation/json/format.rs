//! Detects files of other formats by their first bytes.

use crate::generated::types::DestinationUpdate;

struct Format {
    prefix: &'static [u8],
    problem: &'static str,
}

const SPREADSHEET: &str = "looks like a spreadsheet or another ZIP file; write the update as JSON, { … }";
const COMPRESSED: &str = "looks like a compressed file; unpack it first";

const FORMATS: [Format; 10] = [
    Format { prefix: b"PK\x03\x04", problem: SPREADSHEET },
    Format {
        prefix: b"\xd0\xcf\x11\xe0",
        problem: "looks like an old Office spreadsheet or document; write the update as JSON, { … }",
    },
    Format { prefix: b"%PDF", problem: "looks like a PDF file; write the update as JSON, { … }" },
    Format { prefix: br"{\rtf", problem: "looks like rich text (RTF); save it as plain text" },
    Format { prefix: b"\x1f\x8b", problem: COMPRESSED },
    Format { prefix: b"\x28\xb5\x2f\xfd", problem: COMPRESSED },
    Format { prefix: b"\xfd7zXZ", problem: COMPRESSED },
    Format { prefix: b"BZh", problem: COMPRESSED },
    Format { prefix: b"7z\xbc\xaf", problem: COMPRESSED },
    Format { prefix: b"<", problem: "looks like XML or HTML; write the update as JSON, { … }" },
];

/// The error if the file has another format. `file` has no leading white space.
pub(crate) fn find(file: &[u8]) -> Option<&'static str> {
    let known = FORMATS.iter().find(|format| file.starts_with(format.prefix)).map(|format| format.problem);
    known.or_else(|| is_table(file).then_some("looks like a table (CSV); write the update as JSON, { … }"))
}

/// Whether the first line looks like a CSV header: several cells, at least one of them a field name.
fn is_table(file: &[u8]) -> bool {
    let header = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let cells = || header.split(|byte| b",;\t".contains(byte));
    let is_field = |cell: &[u8]| {
        let name = cell.trim_ascii();
        let name = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\"")).unwrap_or(name);
        DestinationUpdate::FIELDS.iter().any(|field| field.as_bytes().eq_ignore_ascii_case(name))
    };
    !file.starts_with(b"{") && !file.starts_with(b"[") && cells().nth(1).is_some() && cells().any(is_field)
}
