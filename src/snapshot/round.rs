//! Rounds numbers by their decimal text, without converting them to binary floating point.

use serde_json::{Number, Value};

/// Rounds every number in `value` to `digits` decimal places. A negative number of digits rounds to tens, hundreds,
/// and so on.
///
/// Halves are rounded away from zero. A number without digits to round keeps its exact text: `28.0` stays `28.0`,
/// `28` stays `28`, `1e9` stays `1e9`. A negative number that rounds to zero loses its sign.
pub(crate) fn round(value: &Value, digits: i8) -> Value {
    match value {
        Value::Number(number) => Value::Number(round_number(number, digits)),
        Value::Array(items) => items.iter().map(|item| round(item, digits)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), round(value, digits))).collect()
        }
        other => other.clone(),
    }
}

fn round_number(number: &Number, digits: i8) -> Number {
    let text = number.as_str();
    let rounded = Decimal::parse(text).and_then(|decimal| decimal.rounded(i64::from(digits)));
    rounded.and_then(|text| text.parse().ok()).unwrap_or_else(|| number.clone())
}

/// A decimal number: `digits` with the decimal point `scale` places from the right.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    scale: i64,
}

impl Decimal {
    /// An exponent of more than 18 digits is treated as the largest or smallest that fits, which rounds the same way.
    fn parse(text: &str) -> Option<Decimal> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent: i64 =
            power.parse().unwrap_or(if power.starts_with('-') { -EXPONENT_LIMIT } else { EXPONENT_LIMIT });
        Some(Decimal {
            negative: text.starts_with('-'),
            digits: [whole, fraction].concat().into_bytes(),
            scale: i64::try_from(fraction.len())
                .ok()?
                .checked_sub(exponent.clamp(-EXPONENT_LIMIT, EXPONENT_LIMIT))?,
        })
    }

    /// Returns `None` if there is no digit after `places`.
    fn rounded(mut self, places: i64) -> Option<String> {
        let beyond = usize::try_from(self.scale - places).ok().filter(|beyond| *beyond > 0)?;
        let keep = self.digits.len().checked_sub(beyond);
        let up = keep.is_some_and(|keep| self.digits[keep] >= b'5');
        self.digits.truncate(keep.unwrap_or(0));
        if up {
            increment(&mut self.digits);
        }
        Some(self.text(usize::try_from(places).unwrap_or(0), usize::try_from(-places).unwrap_or(0)))
    }

    fn text(&self, fraction: usize, zeros: usize) -> String {
        let digits: String = self.digits.iter().map(|digit| char::from(*digit)).collect();
        let kept = digits.trim_start_matches('0');
        let sign = if self.negative && !kept.is_empty() { "-" } else { "" };
        let zeros = if kept.is_empty() { 0 } else { zeros };
        let padded = format!("{kept:0>width$}{}", "0".repeat(zeros), width = fraction + 1);
        let (whole, fraction) = padded.split_at(padded.len() - fraction);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

/// Larger than every exponent for which rounding makes a difference.
const EXPONENT_LIMIT: i64 = 1_000_000_000_000_000_000;

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: &str, digits: i8, expected: &str) {
        let value: Value = serde_json::from_str(number).unwrap();
        assert_eq!(round(&value, digits).to_string(), expected, "{number} to {digits}");
    }

    #[test]
    fn decimals_round_half_away_from_zero() {
        check("2.5", 0, "3");
        check("-2.5", 0, "-3");
        check("2.675", 2, "2.68");
        check("1.005", 2, "1.01");
        check("0.9999", 2, "1.00");
        check("999.95", 1, "1000.0");
        check("0.04", 1, "0.0");
        check("-0.04", 1, "0.0");
        check("0.123456789012345678901234567890", 20, "0.12345678901234567890");
    }

    #[test]
    fn a_number_without_digits_to_round_keeps_its_text() {
        for text in ["28.0", "28", "28.5", "1e+9", "2.5e+1", "-0", "12345678901234567890"] {
            check(text, 1, text);
        }
        check("1e+999999999999999999999", 1, "1e+999999999999999999999");
    }

    #[test]
    fn negative_digits_round_to_tens() {
        check("47", -1, "50");
        check("44", -1, "40");
        check("4", -1, "0");
        check("5", -1, "10");
        check("4", -2, "0");
        check("1234567", -3, "1235000");
        check("1234.5", -3, "1000");
    }

    #[test]
    fn exponents_move_the_decimal_point() {
        check("1.5e-3", 2, "0.00");
        check("1.5e-3", 3, "0.002");
        check("1.23456e5", -3, "123000");
        check("9.99e-1", 1, "1.0");
        check("1e-999999999999999999999", 3, "0.000");
    }

    #[test]
    fn numbers_inside_arrays_and_objects_are_rounded() {
        check(r#"{"a":[0.123,"0.123",{"b":0.987}]}"#, 1, r#"{"a":[0.1,"0.123",{"b":1.0}]}"#);
    }
}
