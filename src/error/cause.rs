//! The chain of causes of an error of reqwest.

use std::error::Error as StdError;

use crate::text::escaped;

/// Maximum length of untrusted text in an error message, in characters.
pub(crate) const SHOWN_CHARS: usize = 512;

/// The root cause; the errors above it only say that sending failed.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let last = chain(error).last().map(ToString::to_string).unwrap_or_default();
    escaped(&last, SHOWN_CHARS)
}

/// The error itself, followed by its sources.
pub(crate) fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}
