//! Dates of `Date…` conditions: the W3C profile of ISO 8601, or seconds since 1970.

/// Parses a date to nanoseconds since 1970, in UTC.
pub(super) fn parse(text: &str) -> Option<i128> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * NANOS);
    }
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let days = i128::from(days(date)?);
    Some(days * 86_400 * NANOS + time.map_or(Some(0), time_of_day)?)
}

const NANOS: i128 = 1_000_000_000;

/// The days since 1970 of `YYYY-MM-DD` or `YYYY-MM`. Counts years from 1 March, so that the leap day is the last one.
fn days(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let (year, month) = (number(parts.next()?, 4)?, number(parts.next()?, 2)?);
    let day = parts.next().map_or(Some(1), |day| number(day, 2))?;
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (march_year, march_month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let leap_days = march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
    Some(march_year * 365 + leap_days + day_of_year - 719_468)
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The nanoseconds of `hh:mm[:ss[.fraction]]` followed by `Z` or an offset.
fn time_of_day(time: &str) -> Option<i128> {
    let (clock, offset) = match time.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => with_offset(time)?,
    };
    let mut parts = clock.splitn(3, ':');
    let (hours, minutes) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (seconds, nanos) = parts.next().map_or(Some((0, 0)), seconds)?;
    if hours > 23 || minutes > 59 || seconds > 60 {
        return None;
    }
    Some(i128::from((hours * 60 + minutes - offset) * 60 + seconds) * NANOS + nanos)
}

/// The time of day, and its offset from UTC in minutes.
fn with_offset(time: &str) -> Option<(&str, i64)> {
    let at = time.rfind(['+', '-'])?;
    let (hours, minutes) = time[at + 1..].split_once(':')?;
    let ahead = number(hours, 2)? * 60 + number(minutes, 2)?;
    Some((&time[..at], if time[at..].starts_with('-') { -ahead } else { ahead }))
}

fn seconds(text: &str) -> Option<(i64, i128)> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.len() > 9 {
        return None;
    }
    let nanos = number(fraction, fraction.len())? * 10_i64.pow(9 - u32::try_from(fraction.len()).ok()?);
    Some((number(seconds, 2)?, i128::from(nanos)))
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let valid = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::{NANOS, parse};

    #[track_caller]
    fn check(text: &str, seconds: Option<i128>) {
        assert_eq!(parse(text), seconds.map(|seconds| seconds * NANOS), "{text}");
    }

    #[test]
    fn dates_are_parsed_to_nanoseconds() {
        check("0", Some(0));
        check("1700000000", Some(1_700_000_000));
        check("1970-01-01", Some(0));
        check("2023-11-14T22:13:20Z", Some(1_700_000_000));
        check("2023-11-14T23:13:20+01:00", Some(1_700_000_000));
        check("2023-11-14T17:13:20.000-05:00", Some(1_700_000_000));
        check("2024-02-29", Some(1_709_164_800));
        check("2024-03", Some(1_709_251_200));
        check("1969-12-31T23:59Z", Some(-60));
        check("2016-12-31T23:59:60Z", Some(1_483_228_800));
        assert_eq!(parse("1970-01-01T00:00:01.123456789Z"), Some(1_123_456_789));
    }

    #[test]
    fn invalid_dates_are_refused() {
        for text in ["", "T", "tomorrow", "2023-13-01", "2023-02-29", "2023-1-1", "2023-01-01T25:00Z"] {
            check(text, None);
        }
        for text in ["2023-01-01T10:00", "2023-01-01T10Z", "2023-01-01T10:00:00.Z", "2023-01-01T10:00+é"] {
            check(text, None);
        }
        for text in ["2023-01-01T10:60Z", "2023-01-01T10:00:61Z", "2023-01-01T10:00:00.1234567890Z"] {
            check(text, None);
        }
    }
}
