//! The vendor's error codes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A code in a response, from the vendor's
/// [page on error codes](https://docs.cinnox.com/reference/error-codes-and-rate-limit).
///
/// The constants are the documented codes; any other number is kept. `Display` shows the number and its meaning. In serde
/// it is the number alone.
///
/// ```
/// use cinnox_destination::ErrorCode;
///
/// let code = ErrorCode::new(6_451_010);
/// assert_eq!(code, ErrorCode::TOO_MANY_REQUESTS);
/// assert_eq!(code.to_string(), "6451010 (too many requests)");
/// assert_eq!(serde_json::to_string(&code)?, "6451010");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(i64);

impl ErrorCode {
    /// 400: bad request.
    pub const BAD_REQUEST: Self = Self(400);
    /// 3000203: tag not found.
    pub const TAG_NOT_FOUND: Self = Self(3_000_203);
    /// 3000205: destination not found.
    pub const DESTINATION_NOT_FOUND: Self = Self(3_000_205);
    /// 6450001: method or URL not found.
    pub const METHOD_OR_URL_NOT_FOUND: Self = Self(6_450_001);
    /// 6451000: wrong parameter. The response's message names the parameter.
    pub const WRONG_PARAMETER: Self = Self(6_451_000);
    /// 6451001: bad response from the service. One of the vendor's internal services failed; the update may have been
    /// applied.
    pub const BAD_SERVICE_RESPONSE: Self = Self(6_451_001);
    /// 6451010: too many requests.
    pub const TOO_MANY_REQUESTS: Self = Self(6_451_010);

    /// The code with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number on the wire.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The meaning that the vendor's page gives; `None` for a number that is not on the page.
    pub const fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Self::BAD_REQUEST => "bad request",
            Self::TAG_NOT_FOUND => "tag not found",
            Self::DESTINATION_NOT_FOUND => "destination not found",
            Self::METHOD_OR_URL_NOT_FOUND => "method or URL not found",
            Self::WRONG_PARAMETER => "wrong parameter",
            Self::BAD_SERVICE_RESPONSE => "bad response from the service",
            Self::TOO_MANY_REQUESTS => "too many requests",
            _ => return None,
        })
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{} ({meaning})", self.0),
            None => self.0.fmt(f),
        }
    }
}
