//! Suggests the known name that a misspelt one stands for.

/// Longer names are not misspellings and would be slow to compare.
const MAX_LENGTH: usize = 64;

/// The closest known name, ignoring letter case, white space and punctuation, if it differs in at most two letters.
pub(crate) fn meant<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > MAX_LENGTH {
        return None;
    }
    let written = letters(written);
    let distances = known.map(|name| (distance(&written, &letters(name)), name));
    let (least, name) = distances.min_by_key(|(distance, _)| *distance)?;
    let allowed = if name.len() < 8 { 1 } else { 2 };
    (least <= allowed).then_some(name)
}

fn letters(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The Levenshtein distance: how many letters have to be added, removed or replaced.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, from) in from.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, to) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Row {
        written: &'static str,
        meant: Option<&'static str>,
    }

    #[test]
    fn suggests_similar_name() {
        for Row { written, meant: expected } in [
            Row { written: "displayname", meant: Some("displayName") },
            Row { written: "display_name", meant: Some("displayName") },
            Row { written: "Display-Name ", meant: Some("displayName") },
            Row { written: "\u{feff}types", meant: Some("types") },
            Row { written: "type", meant: Some("types") },
            Row { written: "tpyes", meant: None },
            Row { written: "dispalyName", meant: Some("displayName") },
            Row { written: "displayNames", meant: Some("displayName") },
            Row { written: "name", meant: None },
            Row { written: "", meant: None },
            Row { written: "夜", meant: None },
        ] {
            assert_eq!(meant(written, ["displayName", "types"].into_iter()), expected, "{written:?}");
        }
        assert_eq!(meant(&"t".repeat(1_000_000), ["types"].into_iter()), None);
        assert_eq!(meant("types", std::iter::empty()), None);
    }

    #[test]
    fn distance_counts_letters() {
        let distance = |from, to| distance(&letters(from), &letters(to));
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
