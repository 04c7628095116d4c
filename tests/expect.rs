//! Predicates: which values satisfy them, the messages for other values, and impossible predicates.

use std::fmt::Write as _;

use bedrock_check::config::model::Predicates;
use bedrock_check::expect::{Check, ExpectError};
use bedrock_check::pattern::Patterns;
use proptest::prelude::*;
use serde_json::{Value, json};

fn predicates(text: &str) -> Predicates {
    serde_json::from_str(text).expect("JSON")
}

fn compile(predicates: &Predicates) -> Result<Check, Vec<ExpectError>> {
    Check::compile(predicates, &Patterns::default())
}

/// The messages of the predicates `check` about `value`; both are JSON texts.
fn misses(check: &str, value: &str) -> String {
    let check = compile(&predicates(check)).unwrap_or_else(|errors| panic!("{check}: {errors:?}"));
    let misses = check.misses(&serde_json::from_str(value).expect("JSON"));
    misses.iter().fold(String::new(), |printed, miss| format!("{printed}{}: {miss}\n", miss.predicate))
}

#[track_caller]
fn check_passes(check: &str, value: &str) {
    assert_eq!(misses(check, value), "", "{check} {value}");
}

#[test]
fn values_satisfy_predicates() {
    for (check, value) in [
        (r#"{"equals": 28}"#, "28.0"),
        (r#"{"equals": {"a": [1], "b": 2}}"#, r#"{"b": 2.0, "a": [1e0]}"#),
        (r#"{"equals": 9007199254740993}"#, "9007199254740993"),
        (r#"{"contains": "Paris"}"#, r#""It is Paris.""#),
        (r#"{"contains": ["Paris", "France"]}"#, r#""Paris, France""#),
        (r#"{"contains": 2}"#, "[1, 2.0]"),
        (r#"{"contains": ["a", "b"]}"#, r#"["b", "a", "c"]"#),
        (r#"{"not_contains": ["Lyon", "Nice"]}"#, r#""Paris""#),
        (r#"{"not_contains": 3}"#, "[1, 2]"),
        (r#"{"starts_with": "It", "ends_with": "."}"#, r#""It is.""#),
        (r#"{"matches": "^\\d+ (Ä|ö)$"}"#, r#""12 Ä""#),
        (r#"{"matches": "b"}"#, r#""abc""#),
        (r#"{"one_of": ["yes", 1]}"#, "1.0"),
        (r#"{"min": 1, "max": 60}"#, "60.0"),
        (r#"{"min": 9007199254740993}"#, "9007199254740993"),
        (r#"{"max": 1e400}"#, "123456789012345678901234567890"),
        (r#"{"length": 4}"#, r#""Zoë😀""#),
        (r#"{"length": {"min": 1}}"#, "[null]"),
        (r#"{"length": {"min": 0, "max": 2}}"#, r#""""#),
        (r#"{"is_json": true}"#, r#""{\"a\": 1}""#),
        (r#"{"is_json": false}"#, r#""hello""#),
        (r#"{"json_schema": {"type": "object", "required": ["a"]}}"#, r#""{\"a\": 1}""#),
        (r#"{"json_schema": {"type": "object", "required": ["a"]}}"#, r#"{"a": 1}"#),
        (r#"{"json_schema": {"type": "string", "maxLength": 3}}"#, r#""{1}""#),
        (r#"{"json_schema": {"enum": ["yes", "no"]}}"#, r#""yes""#),
        (r##"{"json_schema": {"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}}"##, r#""12""#),
        (r#"{"json_schema": {"minimum": 9007199254740993}}"#, "9007199254740993"),
        ("{}", "null"),
    ] {
        check_passes(check, value);
    }
    assert!(compile(&Predicates::default()).unwrap().is_empty());
    assert!(!compile(&predicates(r#"{"equals": null, "is_json": true}"#)).unwrap().is_empty());
}

#[test]
fn misses_say_what_was_expected_and_found() {
    let long = format!("\"{} Paris is the capital of France, {} the end\"", "x".repeat(100), "y".repeat(100));
    let cases = [
        (r#"{"equals": 28}"#, "28.1"),
        (r#"{"equals": 28}"#, r#""28""#),
        (r#"{"equals": 9007199254740993}"#, "9007199254740992"),
        (r#"{"equals": "a"}"#, "null"),
        (r#"{"contains": "Paris"}"#, r#""The capital is Lyon""#),
        (r#"{"contains": ["Paris", "Lyon", "Nice"]}"#, r#""The capital is Lyon""#),
        (r#"{"contains": "Paris"}"#, "12"),
        (r#"{"contains": 1}"#, r#""1""#),
        (r#"{"contains": 1}"#, "[2, 3]"),
        (r#"{"contains": "a"}"#, "{\"a\": 1}"),
        (r#"{"not_contains": "Paris"}"#, &long),
        (r#"{"not_contains": ["b", "c"]}"#, r#""abc""#),
        (r#"{"not_contains": 1}"#, "[1.0]"),
        (r#"{"not_contains": "a"}"#, "null"),
        (r#"{"starts_with": "Paris"}"#, &long),
        (r#"{"ends_with": "Paris"}"#, &long),
        (r#"{"ends_with": "Paris"}"#, "[]"),
        (r#"{"matches": "^\\d+$"}"#, r#""12a\n\u001b[31m""#),
        (r#"{"matches": "a"}"#, "true"),
        (r#"{"one_of": ["yes", "no", 1, null]}"#, r#""maybe""#),
        (r#"{"min": 3, "max": 5}"#, "2.999"),
        (r#"{"min": 3, "max": 5}"#, "5.001"),
        (r#"{"min": 3, "max": 5}"#, r#""4""#),
        (r#"{"min": 9007199254740993}"#, "9007199254740992"),
        (r#"{"length": 3}"#, r#""Zoë!""#),
        (r#"{"length": {"min": 1}}"#, "[]"),
        (r#"{"length": {"max": 1}}"#, "[1, 2]"),
        (r#"{"length": {"min": 2, "max": 3}}"#, "4"),
        (r#"{"is_json": true}"#, r#""{'a': 1}""#),
        (r#"{"is_json": true}"#, r#""""#),
        (r#"{"is_json": false}"#, r#""[]""#),
        (r#"{"is_json": true}"#, "{}"),
        (
            r#"{"json_schema": {"type": "object", "required": ["a", "b"], "properties": {"c": {"type": "integer"}}}}"#,
            r#""{\"c\": \"x\"}""#,
        ),
        (r#"{"json_schema": {"type": "object"}}"#, r#""Sure! {}""#),
        (r#"{"json_schema": {"type": "string", "maxLength": 3}}"#, &long),
        (r#"{"json_schema": {"type": "array", "items": {"const": 1}}}"#, "[1, 2, 3, 4, 5, 6, 7, 8]"),
        (r#"{"json_schema": false}"#, "1"),
        (r#"{"contains": "a", "max": 1, "is_json": true}"#, r#""b""#),
    ];
    let printed = cases.map(|(check, value)| format!("{check}\n{}", misses(check, value)));
    insta::assert_snapshot!(printed.concat());
}

#[test]
fn impossible_expectations_are_errors() {
    let cases = [
        r#"{"contains": ""}"#,
        r#"{"contains": []}"#,
        r#"{"not_contains": ["a", ""]}"#,
        r#"{"starts_with": ""}"#,
        r#"{"ends_with": ""}"#,
        r#"{"matches": ""}"#,
        r#"{"matches": "(a"}"#,
        r#"{"matches": "(?=a)"}"#,
        r#"{"one_of": []}"#,
        r#"{"min": "1"}"#,
        r#"{"max": "inf"}"#,
        r#"{"min": 5, "max": 4.999}"#,
        r#"{"length": -1}"#,
        r#"{"length": 1.5}"#,
        r#"{"length": {}}"#,
        r#"{"length": {"least": 1}}"#,
        r#"{"length": {"min": 3, "max": 2}}"#,
        r#"{"length": {"min": "a"}}"#,
        r#"{"length": "3"}"#,
        r#"{"json_schema": {"type": "strng"}}"#,
        r#"{"json_schema": {"minimum": "1"}}"#,
        r#"{"json_schema": "text"}"#,
        r#"{"json_schema": {"$ref": "https://example.com/schema.json"}}"#,
        r#"{"json_schema": {"$ref": "other.json"}}"#,
        r#"{"json_schema": {"$ref": "file:///etc/passwd"}}"#,
        r##"{"json_schema": {"$ref": "#/$defs/gone"}}"##,
        r#"{"json_schema": {"pattern": "(a"}}"#,
        r#"{"json_schema": {"$schema": "https://example.com/dialect"}}"#,
        r#"{"equals": "Paris", "contains": "Lyon"}"#,
        r#"{"equals": 5, "max": 4}"#,
        r#"{"one_of": ["a", "b"], "length": 2}"#,
        r#"{"equals": "a", "one_of": ["b"]}"#,
        r#"{"contains": "Paris", "not_contains": "Par"}"#,
        r#"{"starts_with": "It is", "not_contains": ["x", "is"]}"#,
        r#"{"matches": "[", "min": true, "length": []}"#,
    ];
    let printed = cases.map(|check| {
        let errors = compile(&predicates(check)).expect_err(check);
        errors.iter().fold(format!("{check}\n"), |mut printed, error| {
            writeln!(printed, "  {error}").expect("writing to a string can't fail");
            if let Some(help) = error.help() {
                writeln!(printed, "    {help}").expect("writing to a string can't fail");
            }
            printed
        })
    });
    insta::assert_snapshot!(printed.concat());
}

#[test]
fn a_recursive_schema_terminates() {
    for schema in [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#"}]}"##,
        r##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##,
        r##"{"properties": {"a": {"$ref": "#"}}}"##,
    ] {
        let check = compile(&predicates(&format!("{{\"json_schema\": {schema}}}")));
        if let Ok(check) = check {
            check.misses(&json!({"a": {"a": 1}}));
        }
    }
}

proptest! {
    #[test]
    fn misses_stay_on_one_line(text in any::<String>(), wanted in "\\PC{1,80}|.{1,80}") {
        let given: Predicates = serde_json::from_value(json!({
            "contains": wanted, "not_contains": "e", "starts_with": wanted, "ends_with": wanted, "length": {"max": 3}, "is_json": true, "min": 1,
        })).unwrap();
        if let Ok(check) = compile(&given) {
            for miss in check.misses(&Value::String(text)) {
                let printed = miss.to_string();
                prop_assert!(!printed.contains(char::is_control) && printed.chars().count() < 1000, "{}", printed);
            }
        }
    }
}
