use super::Condition;
use crate::iam::evaluator::policy::{Located, Version};
use crate::iam::evaluator::truth::Truth;
use crate::iam::evaluator::{Context, Operator};

const YES: &str = "yes";
const NO: &str = "no";
const UNKNOWN: &str = "unknown";

fn holds(operator: &str, policy: &[&str], context: &Context) -> &'static str {
    let located = |text: &&str| Located { pointer: "/v".to_owned(), text: (*text).to_owned() };
    let condition = Condition {
        pointer: "/c".to_owned(),
        operator: Operator::parse(operator).expect("an operator"),
        key: "k:Key".to_owned(),
        values: policy.iter().map(located).collect(),
    };
    match condition.holds(Version::V2012, context) {
        Truth::Yes => YES,
        Truth::No => NO,
        Truth::Unknown(_) => UNKNOWN,
    }
}

fn context() -> Context {
    Context::new().set("aws:PrincipalTag/team", ["red"]).absent("aws:username")
}

/// Compares one value of the request with one of the policy.
#[track_caller]
fn check(operator: &str, policy: &str, request: &str, expected: &str) {
    let found = holds(operator, &[policy], &context().set("k:key", [request]));
    assert_eq!(found, expected, "{operator} {policy} {request}");
}

#[track_caller]
fn check_set(operator: &str, policy: &[&str], request: &[&str], expected: &str) {
    let found = holds(operator, policy, &context().set("k:key", request.iter().copied()));
    assert_eq!(found, expected, "{operator} {policy:?} {request:?}");
}

#[test]
fn only_some_operators_ignore_case_or_support_wildcards() {
    check("StringEquals", "Red", "Red", YES);
    check("StringEquals", "Red", "red", NO);
    check("StringEquals", "R*", "Red", NO);
    check("StringEquals", "R*", "R*", YES);
    check("StringNotEquals", "Red", "red", YES);
    check("StringNotEquals", "Red", "Red", NO);
    check("StringEqualsIgnoreCase", "RÉD", "réd", YES);
    check("StringEqualsIgnoreCase", "Red", "reed", NO);
    check("StringNotEqualsIgnoreCase", "Red", "red", NO);
    check("StringLike", "R?d*", "Red:x", YES);
    check("StringLike", "R?d", "red", NO);
    check("StringLike", "R${*}d", "R*d", YES);
    check("StringLike", "R${*}d", "Red", NO);
    check("StringNotLike", "R*", "Red", NO);
    check("StringNotLike", "R*", "blue", YES);
}

#[test]
fn a_variable_without_value_matches_nothing() {
    check("StringEquals", "${aws:PrincipalTag/team}", "red", YES);
    check("StringNotEquals", "${aws:PrincipalTag/team}", "red", NO);
    check("StringEquals", "${aws:username}", "", NO);
    check("StringNotEquals", "${aws:username}", "red", YES);
    check("StringLike", "*${aws:username}", "red", NO);
    check("StringEquals", "${aws:username, 'red'}", "red", YES);
    check("StringEquals", "${aws:userid}", "red", UNKNOWN);
    check("StringEquals", "x${aws:userid}", "red", NO);
    check("StringNotEquals", "x${aws:userid}", "red", YES);
}

#[test]
fn arns_are_compared_part_by_part() {
    let role = "arn:aws:iam::111122223333:role/a/b";
    check("ArnEquals", "arn:aws:iam::*:role/*", role, YES);
    check("ArnLike", "arn:*:iam::111122223333:role/?/b", role, YES);
    check("ArnLike", "arn:aws:iam:*:role/a/b", role, UNKNOWN);
    check("ArnLike", "arn:aws:iam:*role/a/b", role, UNKNOWN);
    check("ArnLike", "arn:aws:iam::*:user/*", role, NO);
    check("ArnLike", "arn:aws:iam::111122223333:Role/a/b", role, NO);
    check("ArnLike", "arn:aws:iam*:x:111122223333:role/a/b", role, NO);
    check("ArnNotLike", "arn:aws:iam::*:user/*", role, YES);
    check("ArnNotEquals", role, role, NO);
    check("ArnLike", "*", role, UNKNOWN);
    check("ArnLike", "arn:aws:s3*", role, NO);
    check("ArnLike", role, "red", NO);
    check("ArnNotLike", role, "red", UNKNOWN);
    check("ArnLike", "arn:aws:iam::111122223333:role/${aws:userid}", role, UNKNOWN);
    check("ArnLike", "arn:aws:iam::111122223333:role/${aws:username}", role, NO);
    check("ArnNotLike", "arn:aws:iam::111122223333:role/${aws:username}", role, YES);
}

#[test]
fn numbers_and_dates_are_ordered() {
    for (operator, less, equal, greater) in [
        ("Equals", NO, YES, NO),
        ("NotEquals", YES, NO, YES),
        ("LessThan", YES, NO, NO),
        ("LessThanEquals", YES, YES, NO),
        ("GreaterThan", NO, NO, YES),
        ("GreaterThanEquals", NO, YES, YES),
    ] {
        for (request, expected) in [("9.5", less), ("10.0", equal), ("1e2", greater)] {
            check(&format!("Numeric{operator}"), "10", request, expected);
        }
        let date = format!("Date{operator}");
        for (request, expected) in [("0", less), ("2023-11-14T22:13:20Z", equal), ("2024-01-01", greater)] {
            check(&date, "1700000000", request, expected);
        }
    }
    check("NumericLessThan", "10", "nan", NO);
    check("NumericNotEquals", "10", "many", UNKNOWN);
    check("DateLessThan", "2024-01-01", "today", NO);
}

#[test]
fn booleans_bytes_and_addresses_are_compared_by_their_type() {
    check("Bool", "true", "True", YES);
    check("Bool", "false", "true", NO);
    check("Bool", "true", "yes", NO);
    check("Bool", "${aws:username}", "true", UNKNOWN);
    check("BinaryEquals", "QmluYXJ5", "QmluYXJ5", YES);
    check("BinaryEquals", "QmluYXJ5", "qmluYXJ5", NO);
    check("IpAddress", "203.0.113.0/24", "203.0.113.9", YES);
    check("IpAddress", "203.0.113.0/24", "2001:db8::1", NO);
    check("IpAddress", "203.0.113.0/24", "somewhere", NO);
    check("NotIpAddress", "203.0.113.0/24", "203.0.113.9", NO);
    check("NotIpAddress", "203.0.113.0/24", "2001:db8::1", YES);
    check("NotIpAddress", "203.0.113.0/24", "somewhere", UNKNOWN);
}

#[test]
fn a_value_must_match_one_policy_value_or_none_if_negated() {
    check_set("StringEquals", &["red", "blue"], &["blue"], YES);
    check_set("StringNotEquals", &["red", "blue"], &["blue"], NO);
    check_set("StringNotEquals", &["red", "blue"], &["green"], YES);
    check_set("StringEquals", &["red", "${aws:userid}"], &["red"], YES);
    check_set("StringNotEquals", &["red", "${aws:userid}"], &["red"], NO);
    check_set("StringEquals", &["red"], &["red", "red"], UNKNOWN);
}

#[test]
fn set_operators_compare_each_value_of_the_request() {
    check_set("ForAllValues:StringEquals", &["a", "b"], &["a", "b"], YES);
    check_set("ForAllValues:StringEquals", &["a", "b"], &["a", "c"], NO);
    check_set("ForAllValues:StringEquals", &["a"], &[""], YES);
    check_set("ForAllValues:StringNotEquals", &["a"], &["b", "c"], YES);
    check_set("ForAllValues:StringNotEquals", &["a"], &["a", "c"], NO);
    check_set("ForAnyValue:StringLike", &["a*"], &["b", "ab"], YES);
    check_set("ForAnyValue:StringLike", &["a*"], &["b", "c"], NO);
    check_set("ForAnyValue:StringNotEquals", &["a"], &["a", "b"], YES);
    check_set("ForAnyValue:StringNotEquals", &["a"], &["a"], NO);
    check_set("ForAnyValue:StringEquals", &[""], &[""], NO);
}

#[test]
fn an_absent_key_matches_negated_operators_if_exists_and_for_all_values() {
    for (operator, expected) in [
        ("StringEquals", NO),
        ("StringNotEquals", YES),
        ("StringEqualsIfExists", YES),
        ("StringNotEqualsIfExists", YES),
        ("ForAllValues:StringEquals", YES),
        ("ForAllValues:StringNotEquals", YES),
        ("ForAnyValue:StringEquals", NO),
        ("ForAnyValue:StringNotEquals", NO),
        ("ForAnyValue:StringEqualsIfExists", UNKNOWN),
        ("NumericLessThan", NO),
        ("NumericNotEquals", YES),
        ("Bool", NO),
        ("BoolIfExists", YES),
        ("NotIpAddress", YES),
        ("ArnNotLike", YES),
    ] {
        assert_eq!(holds(operator, &["1"], &Context::new().absent("k:key")), expected, "{operator}");
    }
}

#[test]
fn null_tests_whether_the_key_is_absent() {
    let (absent, present) = (Context::new().absent("k:key"), Context::new().set("k:key", ["x"]));
    for (value, when_absent, when_present) in [("true", YES, NO), ("false", NO, YES), ("True", YES, NO)] {
        assert_eq!(holds("Null", &[value], &absent), when_absent);
        assert_eq!(holds("Null", &[value], &present), when_present);
    }
    assert_eq!(holds("Null", &["true"], &Context::new()), UNKNOWN);
}

#[test]
fn an_unknown_key_makes_every_operator_unknown() {
    for operator in Operator::names() {
        assert_eq!(holds(operator, &["1"], &Context::new()), UNKNOWN, "{operator}");
    }
}
