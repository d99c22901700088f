//! Files that are no JSON at all, where their first bytes say so.

use crate::generated::types::DestinationUpdate;

struct Form {
    beginning: &'static [u8],
    problem: &'static str,
}

const SPREADSHEET: &str = "looks like a spreadsheet or another ZIP file; write the update as JSON, { … }";
const COMPRESSED: &str = "looks like a compressed file; unpack it first";

const FORMS: [Form; 10] = [
    Form { beginning: b"PK\x03\x04", problem: SPREADSHEET },
    Form {
        beginning: b"\xd0\xcf\x11\xe0",
        problem: "looks like an old spreadsheet or document of Office; write the update as JSON, { … }",
    },
    Form { beginning: b"%PDF", problem: "looks like a PDF file; write the update as JSON, { … }" },
    Form { beginning: br"{\rtf", problem: "looks like rich text (RTF); save it as plain text" },
    Form { beginning: b"\x1f\x8b", problem: COMPRESSED },
    Form { beginning: b"\x28\xb5\x2f\xfd", problem: COMPRESSED },
    Form { beginning: b"\xfd7zXZ", problem: COMPRESSED },
    Form { beginning: b"BZh", problem: COMPRESSED },
    Form { beginning: b"7z\xbc\xaf", problem: COMPRESSED },
    Form { beginning: b"<", problem: "looks like XML or HTML; write the update as JSON, { … }" },
];

/// What is wrong with a file that is plainly in another format. There is no white space before its beginning.
pub(crate) fn find(file: &[u8]) -> Option<&'static str> {
    let known = FORMS.iter().find(|form| file.starts_with(form.beginning)).map(|form| form.problem);
    known.or_else(|| is_table(file).then_some("looks like a table (CSV); write the update as JSON, { … }"))
}

/// Whether the first line has several cells, one of which is the name of a field.
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
