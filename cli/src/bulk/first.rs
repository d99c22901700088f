//! The first line with each outcome that needs attention.

use serde::Serialize;

use crate::verdict::LineOutcome;

/// A line, and what its result says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct First {
    pub(super) outcome: LineOutcome,
    pub(super) line: u32,
    pub(super) message: String,
}

/// At most one for each outcome: the one with the smallest number. An updated line needs attention if the server named
/// another destination.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct FirstLines(Vec<First>);

impl FirstLines {
    /// Lines finish in any order. A later result of the same line replaces an earlier one.
    pub(super) fn add(&mut self, outcome: LineOutcome, line: u32, message: &str) {
        let first = || First { outcome, line, message: message.to_owned() };
        match self.0.iter_mut().find(|first| first.outcome == outcome) {
            Some(known) if known.line < line => {}
            Some(known) => *known = first(),
            None => self.0.push(first()),
        }
    }

    pub(super) fn of(&self, outcome: LineOutcome) -> Option<&First> {
        self.0.iter().find(|first| first.outcome == outcome)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_smallest_line_of_each_outcome() {
        let mut first = FirstLines::default();
        for (outcome, line, message) in [
            (LineOutcome::Rejected, 7, "seven"),
            (LineOutcome::Rejected, 3, "earlier run"),
            (LineOutcome::Unknown, 5, "five"),
            (LineOutcome::Rejected, 3, "three"),
            (LineOutcome::Rejected, 9, "nine"),
        ] {
            first.add(outcome, line, message);
        }
        let of = |outcome| first.of(outcome).map(|first| (first.line, &*first.message));
        assert_eq!(of(LineOutcome::Rejected), Some((3, "three")));
        assert_eq!(of(LineOutcome::Unknown), Some((5, "five")));
        assert_eq!(of(LineOutcome::NotSent), None);
    }
}
