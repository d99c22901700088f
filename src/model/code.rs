//! The vendor's codes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $meaning:literal;)*) => {
        /// An error code, from the vendor's page on error codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!($number, ": ", $meaning, ".")] $(#[$doc])* $name,)*
            /// A number that the vendor's page does not have.
            Other(i64),
        }

        impl ErrorCode {
            /// The number on the wire.
            #[must_use]
            pub fn number(self) -> i64 {
                match self {
                    $(Self::$name => $number,)*
                    Self::Other(number) => number,
                }
            }

            /// What the vendor's page says that it means; nothing for [`ErrorCode::Other`].
            #[must_use]
            pub fn meaning(self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($meaning),)*
                    Self::Other(_) => None,
                }
            }
        }

        impl From<i64> for ErrorCode {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$name,)*
                    other => Self::Other(other),
                }
            }
        }
    };
}

codes! {
    BadRequest = 400, "bad request";
    TagNotFound = 3_000_203, "tag not found";
    DestinationNotFound = 3_000_205, "destination not found";
    MethodOrUrlNotFound = 6_450_001, "method or URL not found";
    /// The message says which.
    WrongParameter = 6_451_000, "wrong parameter";
    /// One of the vendor's own services failed, and the update may be applied.
    BadServiceResponse = 6_451_001, "bad response from the service";
    TooManyRequests = 6_451_010, "too many requests";
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{} ({meaning})", self.number()),
            None => write!(f, "{}", self.number()),
        }
    }
}

/// The code of a successful answer: any number that is not one of the vendor's error codes, because it is not known
/// which number says success.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct SuccessCode(f64);

impl SuccessCode {
    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> f64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for SuccessCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        match whole(number).map(ErrorCode::from) {
            None | Some(ErrorCode::Other(_)) => Ok(Self(number)),
            Some(error) => Err(D::Error::custom(format_args!("error code {error} in a successful response"))),
        }
    }
}

impl fmt::Display for SuccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A JSON number as a code: the vendor's page calls it a number in one place and an integer in another.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| text.parse().ok().and_then(whole))
}

fn whole(number: f64) -> Option<i64> {
    /// Beyond it, a `f64` does not hold each whole number.
    const MAX: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation)]
    (number.fract() == 0.0 && number.abs() <= MAX).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_code_that_the_page_has_or_kept_as_it_is() {
        let rows = [
            (ErrorCode::BadRequest, 400, "bad request"),
            (ErrorCode::TagNotFound, 3_000_203, "tag not found"),
            (ErrorCode::DestinationNotFound, 3_000_205, "destination not found"),
            (ErrorCode::MethodOrUrlNotFound, 6_450_001, "method or URL not found"),
            (ErrorCode::WrongParameter, 6_451_000, "wrong parameter"),
            (ErrorCode::BadServiceResponse, 6_451_001, "bad response from the service"),
            (ErrorCode::TooManyRequests, 6_451_010, "too many requests"),
        ];
        for (code, number, meaning) in rows {
            assert_eq!((ErrorCode::from(number), code.number(), code.meaning()), (code, number, Some(meaning)));
            assert_eq!(code.to_string(), format!("{number} ({meaning})"));
        }
        for number in [0, -1, 200, 401, i64::MIN, i64::MAX] {
            let code = ErrorCode::from(number);
            assert_eq!((code, code.number(), code.meaning()), (ErrorCode::Other(number), number, None));
            assert_eq!(code.to_string(), number.to_string());
        }
    }

    #[test]
    fn only_a_whole_number_that_is_held_exactly_is_a_code() {
        assert_eq!(integer("6451010"), Some(6_451_010));
        assert_eq!(integer("6451010.0"), Some(6_451_010));
        assert_eq!(integer("64510.1e2"), Some(6_451_010));
        assert_eq!(integer("-0.0"), Some(0));
        assert_eq!(integer("9223372036854775807"), Some(i64::MAX));
        assert_eq!(integer("9007199254740993"), Some(9_007_199_254_740_993));
        for other in ["0.5", "NaN", "inf", "-inf", "1e300", "9223372036854775808", "", "x", "[1]", "null"] {
            assert_eq!(integer(other), None, "{other}");
        }
    }

    #[test]
    fn an_error_code_is_no_code_of_a_success() {
        let read = |json: &str| serde_json::from_str::<SuccessCode>(json).map(SuccessCode::number);
        assert_eq!(read("200").ok(), Some(200.0));
        assert_eq!(read("0").ok(), Some(0.0));
        assert_eq!(read("0.5").ok(), Some(0.5));
        let error = read("3000205").unwrap_err();
        assert!(error.to_string().starts_with("error code 3000205 (destination not found) in a successful response"));
        assert!(read("\"200\"").is_err());
    }
}
