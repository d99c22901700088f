//! The vendor's codes: [`ErrorCode`], as listed on the vendor's page, and [`SuccessCode`], which the page does not
//! list.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $meaning:literal;)*) => {
        /// An error code, from the vendor's
        /// [page on error codes](https://docs.cinnox.com/reference/error-codes-and-rate-limit).
        ///
        /// `Display` shows the number and its meaning. It serializes to the number alone.
        ///
        /// ```
        /// use cinnox_destination::ErrorCode;
        ///
        /// let code = ErrorCode::from(6_451_010);
        /// assert_eq!(code, ErrorCode::TooManyRequests);
        /// assert_eq!(code.to_string(), "6451010 (too many requests)");
        /// assert_eq!(serde_json::to_string(&code)?, "6451010");
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!($number, ": ", $meaning, ".")] $(#[$doc])* $name,)*
            /// A number that is not on the vendor's page.
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

            /// The meaning that the vendor's page gives; `None` for [`ErrorCode::Other`].
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
    /// The response's message names the parameter.
    WrongParameter = 6_451_000, "wrong parameter";
    /// One of the vendor's internal services failed; the update may have been applied.
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

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.number())
    }
}

/// The code of a successful response.
///
/// The vendor does not document which number means success, so any number is accepted except a documented error code
/// (ours: that would contradict the status). In JSON it is a number, or a string that contains one.
///
/// ```
/// use cinnox_destination::SuccessCode;
///
/// for json in ["200", "200.0", r#""200""#] {
///     assert_eq!(serde_json::from_str::<SuccessCode>(json)?.number(), 200.0);
/// }
/// assert!(serde_json::from_str::<SuccessCode>("3000205").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
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
        deserializer.deserialize_any(SuccessCodeVisitor)
    }
}

struct SuccessCodeVisitor;

impl de::Visitor<'_> for SuccessCodeVisitor {
    type Value = SuccessCode;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a numeric code")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<SuccessCode, E> {
        match whole(number).map(ErrorCode::from) {
            None | Some(ErrorCode::Other(_)) => Ok(SuccessCode(number)),
            Some(error) => Err(E::custom(format_args!("error code {error} in a successful response"))),
        }
    }

    #[allow(clippy::cast_precision_loss)] // The vendor's codes are far below 2^53.
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<SuccessCode, E> {
        self.visit_f64(number as f64)
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<SuccessCode, E> {
        self.visit_f64(number as f64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<SuccessCode, E> {
        match serde_json::from_str(text) {
            Ok(number) => self.visit_f64(number),
            Err(_) => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}

impl fmt::Display for SuccessCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Parses a JSON number as a code. The vendor's page calls it a number in one place and an integer in another, so an
/// integral number such as `200.0` is accepted.
pub(crate) fn integer(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| text.parse().ok().and_then(whole))
}

fn whole(number: f64) -> Option<i64> {
    /// The largest magnitude up to which `f64` represents every integer exactly.
    const MAX: f64 = 9_007_199_254_740_992.0;
    #[allow(clippy::cast_possible_truncation)]
    (number.fract() == 0.0 && number.abs() <= MAX).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_documented_numbers_and_keeps_others() {
        struct Row {
            code: ErrorCode,
            number: i64,
            meaning: &'static str,
        }
        for Row { code, number, meaning } in [
            Row { code: ErrorCode::BadRequest, number: 400, meaning: "bad request" },
            Row { code: ErrorCode::TagNotFound, number: 3_000_203, meaning: "tag not found" },
            Row { code: ErrorCode::DestinationNotFound, number: 3_000_205, meaning: "destination not found" },
            Row { code: ErrorCode::MethodOrUrlNotFound, number: 6_450_001, meaning: "method or URL not found" },
            Row { code: ErrorCode::WrongParameter, number: 6_451_000, meaning: "wrong parameter" },
            Row { code: ErrorCode::BadServiceResponse, number: 6_451_001, meaning: "bad response from the service" },
            Row { code: ErrorCode::TooManyRequests, number: 6_451_010, meaning: "too many requests" },
        ] {
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
    fn parses_integers_only() {
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
    fn error_code_is_serialized_as_its_number() {
        let codes = [ErrorCode::DestinationNotFound, ErrorCode::Other(-1)];
        assert_eq!(serde_json::to_string(&codes).unwrap(), "[3000205,-1]");
    }

    #[test]
    fn success_code_accepts_numbers_and_numeric_strings() {
        let read = |json: &str| serde_json::from_str::<SuccessCode>(json).map(SuccessCode::number);
        for (json, number) in [
            ("200", 200.0),
            ("200.0", 200.0),
            ("2e2", 200.0),
            (r#""200""#, 200.0),
            (r#""200.0""#, 200.0),
            ("0", 0.0),
            ("0.5", 0.5),
            ("-1", -1.0),
            (r#""0""#, 0.0),
        ] {
            assert_eq!(read(json).ok(), Some(number), "{json}");
        }
        for other in [r#""""#, r#""OK""#, r#""inf""#, r#""NaN""#, r#""+200""#, r#""0x1""#, "null", "true", "[200]"] {
            assert!(read(other).is_err(), "{other}");
        }
    }

    #[test]
    fn success_code_rejects_error_codes() {
        for json in ["3000205", "3000205.0", "3.000205e6", r#""3000205""#, r#""3000205.0""#] {
            let error = serde_json::from_str::<SuccessCode>(json).unwrap_err().to_string();
            let sentence = "error code 3000205 (destination not found) in a successful response";
            assert!(error.starts_with(sentence), "{json}: {error}");
        }
    }
}
