use serde_json::Value;

/// The kind of `value`, by the noun that every message uses: `null`, `boolean`, `integer`, `number`, `string`,
/// `array` or `object`. A number is an integer if it is written without a fraction or an exponent.
pub fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if is_integer(number.as_str()) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_integer(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}

/// A JSON kind with its article: `a string`, `an object`. `null` has no article.
pub fn with_article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "integer" | "array" | "object" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

/// The kind of `value` with its article.
pub fn a_json_kind(value: &Value) -> String {
    with_article(json_kind(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_has_one_name() {
        let values = [json!(null), json!(true), json!(-5), json!(5.0), json!("x"), json!([]), json!({})];
        let names = values.map(|value| a_json_kind(&value));
        assert_eq!(
            names,
            ["null", "a boolean", "an integer", "a number", "a string", "an array", "an object"]
        );
        let large: Value = serde_json::from_str("123456789012345678901234567890").unwrap();
        assert_eq!(json_kind(&large), "integer");
        assert_eq!(json_kind(&serde_json::from_str("1e3").unwrap()), "number");
    }
}
