//! The compliance suite of RFC 9535, run on the JSONPaths of mappings.

use bedrock_check::mapping::JsonPath;
use serde_json::Value;

use crate::common;

/// Names of cases in which the library deviates from the suite, with the reason.
const DEVIATIONS: &[(&str, &str)] = &[];

/// The deviation from the expected result of `case`.
fn deviation(case: &Value) -> Option<String> {
    let parsed = JsonPath::parse(case["selector"].as_str().expect("text"));
    if case["invalid_selector"] == Value::Bool(true) {
        return parsed.is_ok().then(|| "accepted".to_owned());
    }
    let path = match parsed {
        Ok(path) => path,
        Err(error) => return Some(format!("refused: {error}")),
    };
    let document = &case["document"];
    let values: Value = path.values(document).into_iter().cloned().collect();
    let expected = case
        .get("result")
        .map_or_else(|| case["results"].as_array().expect("an array").clone(), |one| vec![one.clone()]);
    if !expected.contains(&values) {
        return Some(format!("selects {values}"));
    }
    misplaced(&path, document)
}

/// A location that, read as a path, does not select exactly its own value.
fn misplaced(path: &JsonPath, document: &Value) -> Option<String> {
    let mut pairs = path.locations(document).into_iter().zip(path.values(document));
    let wrong = pairs.find(|(location, value)| {
        let read = JsonPath::parse(&location.to_string()).expect("a location is a path");
        read.values(document) != [*value]
            || read.locations(document) != [location.clone()]
            || location.value(document) != Some(value)
    });
    wrong.map(|(location, _)| format!("`{location}` is not the place"))
}

#[test]
fn paths_are_those_of_the_rfc() {
    let Some(folder) = common::shared("oracles/jsonpath-cts") else { return };
    let suite: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("cts.json")).unwrap()).unwrap();
    let cases = suite["tests"].as_array().expect("an array");
    let invalid = cases.iter().filter(|case| case["invalid_selector"] == Value::Bool(true)).count();

    let failed = cases.iter().filter_map(|case| Some((case["name"].as_str()?, deviation(case)?)));
    let (known, unknown): (Vec<_>, Vec<_>) =
        failed.partition(|(name, _)| DEVIATIONS.iter().any(|(known, _)| known == name));
    println!(
        "RFC 9535: {} cases ({invalid} invalid), {} known deviations, {} failures",
        cases.len(),
        known.len(),
        unknown.len(),
    );
    assert!(cases.len() >= 700, "the suite is whole");
    assert_eq!(known.len(), DEVIATIONS.len(), "a deviation is gone: remove it from the list");
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn numbers_are_compared_by_value() {
    let list = r#"[{"a":1},{"a":1.0},{"a":1e0},{"a":10e-1},{"a":-0},{"a":0.0},{"a":2}]"#;
    let list: Value = serde_json::from_str(list).unwrap();
    for (path, expected) in [
        ("$[?@.a==1]", 4),
        ("$[?@.a==1.0]", 4),
        ("$[?@.a==1e0]", 4),
        ("$[?@.a==0]", 2),
        ("$[?@.a==-0]", 2),
        ("$[?@.a>=1]", 5),
        ("$[?@.a<0.5]", 2),
    ] {
        assert_eq!(JsonPath::parse(path).unwrap().values(&list).len(), expected, "{path}");
    }
}
