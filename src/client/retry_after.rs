//! The `Retry-After` header.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, header};

/// How long the server asks to wait (RFC 9110, section 10.2.3): seconds, where fractions are rounded up, or a date. A
/// date is compared with the `Date` of the same response, so the local clock does not matter; without one, with `now`.
/// A past date is zero; any other value is `None`.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = text(headers, header::RETRY_AFTER)?;
    if let Some(seconds) = seconds(value) {
        return Some(seconds);
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let date = text(headers, header::DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    Some(until.duration_since(date.unwrap_or(now)).unwrap_or_default())
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Parses seconds, rounded up. Overflow gives `u64::MAX`.
fn seconds(value: &str) -> Option<Duration> {
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole = whole.parse().unwrap_or(u64::MAX);
    let rounded_up = u64::from(fraction.bytes().any(|digit| digit != b'0'));
    Some(Duration::from_secs(whole.saturating_add(rounded_up)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const NOW: Duration = Duration::from_secs(784_111_777);

    fn read(value: &[u8], date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_bytes(value).unwrap())]);
        headers.extend(date.map(|date| (header::DATE, HeaderValue::from_static(date))));
        retry_after(&headers, SystemTime::UNIX_EPOCH + NOW)
    }

    #[test]
    fn reads_seconds_and_dates() {
        let rows: [(&[u8], Option<u64>); 26] = [
            (b"0", Some(0)),
            (b"120", Some(120)),
            (b" 7 ", Some(7)),
            (b"007", Some(7)),
            (b"4.2", Some(5)),
            (b"2.0", Some(2)),
            (b"0.001", Some(1)),
            (b"18446744073709551615", Some(u64::MAX)),
            (b"18446744073709551615.5", Some(u64::MAX)),
            (b"99999999999999999999999999999999999999", Some(u64::MAX)),
            (b"Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            (b"Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            (b"Sun, 06 Nov 1994 08:49:36 GMT", Some(0)),
            (b"Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799 - 784_111_777)),
            (b"Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
            (b"Sun Nov  6 08:50:07 1994", Some(30)),
            (b"", None),
            (b" ", None),
            (b"-1", None),
            (b"+1", None),
            (b".5", None),
            (b"1.", None),
            (b"1.5.2", None),
            (b"1, 2", None),
            (b"Sun, 31 Feb 1994 08:49:37 GMT", None),
            (b"\xff", None),
        ];
        for (value, expected) in rows {
            let shown = String::from_utf8_lossy(value);
            assert_eq!(read(value, None), expected.map(Duration::from_secs), "{shown:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::now()), None);
    }

    #[test]
    fn compares_date_with_date_of_response() {
        let until = b"Sun, 06 Nov 1994 08:50:07 GMT";
        let hour_behind = read(until, Some("Sun, 06 Nov 1994 07:50:02 GMT"));
        assert_eq!(hour_behind, Some(Duration::from_secs(3605)));
        let hour_ahead = read(until, Some("Sun, 06 Nov 1994 09:49:37 GMT"));
        assert_eq!(hour_ahead, Some(Duration::ZERO));
        let unreadable = read(until, Some("yesterday"));
        assert_eq!(unreadable, Some(Duration::from_secs(30)));
    }

    #[test]
    fn reads_the_first_of_two_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::RETRY_AFTER, HeaderValue::from_static("1"));
        headers.append(header::RETRY_AFTER, HeaderValue::from_static("2"));
        assert_eq!(retry_after(&headers, SystemTime::now()), Some(Duration::from_secs(1)));
    }
}
