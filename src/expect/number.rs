//! Compares numbers by value, independent of their size and notation.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Whether two values are equal. Numbers are compared by value, and the order of members is ignored.
pub(super) fn is_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare(left, right) == Ordering::Equal,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| is_equal(left, right)))
        }
        _ => left == right,
    }
}

/// Compares two numbers by value, without rounding.
pub(super) fn compare(left: &Number, right: &Number) -> Ordering {
    Decimal::parse(left.as_str()).compare(&Decimal::parse(right.as_str()))
}

/// ±0.`digits` · 10^`exponent`. `digits` has no leading or trailing zeros, and is empty for zero.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Parses `text`, which must be a JSON number.
    fn parse(text: &str) -> Decimal {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = all.iter().take_while(|digit| **digit == b'0').count();
        let trailing = all[leading..].iter().rev().take_while(|digit| **digit == b'0').count();
        let point =
            i64::try_from(whole.len()).unwrap_or(i64::MAX) - i64::try_from(leading).unwrap_or(i64::MAX);
        let digits = all[leading..all.len() - trailing].to_vec();
        Decimal {
            negative: negative && !digits.is_empty(),
            digits,
            exponent: parse_exponent(exponent).saturating_add(point),
        }
    }

    fn compare(&self, other: &Decimal) -> Ordering {
        match (self.sign(), other.sign()) {
            (1, 1) => self.compare_magnitude(other),
            (-1, -1) => other.compare_magnitude(self),
            (left, right) => left.cmp(&right),
        }
    }

    fn sign(&self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn compare_magnitude(&self, other: &Decimal) -> Ordering {
        self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits))
    }
}

/// Parses an exponent. It saturates, so exponents beyond `i64` compare as equal.
fn parse_exponent(text: &str) -> i64 {
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    text.parse().unwrap_or(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(left: &str, right: &str, expected: Ordering) {
        let number = |text: &str| text.parse::<Number>().unwrap();
        assert_eq!(compare(&number(left), &number(right)), expected, "{left} {right}");
        assert_eq!(compare(&number(right), &number(left)), expected.reverse(), "{right} {left}");
    }

    #[test]
    fn numbers_compare_by_value() {
        for (left, right) in [
            ("28", "28.0"),
            ("0", "-0.0"),
            ("1e2", "100"),
            ("0.00120", "1.2E-3"),
            ("-5", "-50e-1"),
            ("0e9", "0"),
            ("9007199254740993", "9007199254740993.000"),
        ] {
            check(left, right, Ordering::Equal);
        }
        for (less, more) in [
            ("9007199254740992", "9007199254740993"),
            ("-1", "0"),
            ("-2", "-1"),
            ("0.09", "0.1"),
            ("99", "100"),
            ("-1e400", "1e-400"),
            ("1e400", "1e401"),
            ("1e-401", "1e-400"),
            ("0", "1e-999999999999999999999"),
            ("123456789012345678901234567890", "123456789012345678901234567891"),
            ("1.09", "1.1"),
            ("12", "120"),
        ] {
            check(less, more, Ordering::Less);
        }
    }

    #[test]
    fn nested_values_are_compared() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        for (left, right, expected) in [
            (r#"{"a":[1,{"b":2.0}],"c":null}"#, r#"{"c":null,"a":[1.0,{"b":2}]}"#, true),
            ("[1,2]", "[2,1]", false),
            (r#"{"a":1}"#, r#"{"a":1,"b":2}"#, false),
            (r#""1""#, "1", false),
            ("[]", "{}", false),
        ] {
            assert_eq!(is_equal(&value(left), &value(right)), expected, "{left} {right}");
        }
    }
}
