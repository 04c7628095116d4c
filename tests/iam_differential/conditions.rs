//! Conditions, and request contexts in which they may or may not hold.

use serde_json::{Map, Value, json};

use super::random::Random;

/// A condition key: its operators, values for policies, and values for requests.
pub(super) struct Key {
    name: &'static str,
    operators: &'static [&'static str],
    policy: &'static [&'static str],
    request: &'static [&'static str],
    several: bool,
}

const STRING: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const ARN: &[&str] = &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringNotLike"];
const NUMERIC: &[&str] = &[
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE: &[&str] = &[
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
];
const ADDRESS: &[&str] = &["IpAddress", "NotIpAddress"];
const BOOL: &[&str] = &["Bool"];

const fn key(
    name: &'static str,
    operators: &'static [&'static str],
    policy: &'static [&'static str],
    request: &'static [&'static str],
) -> Key {
    Key { name, operators, policy, request, several: false }
}

const GUARDRAIL: &str = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123";
const PROFILE: &str =
    "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-v1:0";
const OTHER_PROFILE: &str = "arn:aws:bedrock:us-west-2:444455556666:application-inference-profile/k3y";
const APP: &str = "arn:aws:iam::111122223333:role/app";

pub(super) const PERMISSIONS: &[Key] = &[
    key(
        "bedrock:InferenceProfileArn",
        ARN,
        &[
            PROFILE,
            "arn:aws:bedrock:*:*:inference-profile/*",
            "arn:aws:bedrock:us-*:111122223333:*/us.*",
            "arn:aws:bedrock:eu-*:*:*",
            "arn:aws:bedrock:*:444455556666:application-inference-profile/?3y",
            "arn:*:bedrock:us-east-1:*:inference-profile/us.anthropic.*:0",
            "arn:aws:bedrock:us-east-1:${aws:PrincipalTag/account}:inference-profile/*",
        ],
        &[PROFILE, OTHER_PROFILE],
    ),
    key(
        "bedrock:GuardrailIdentifier",
        ARN,
        &[
            GUARDRAIL,
            "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123:1",
            "arn:aws:bedrock:*:*:guardrail/*",
            "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123:*",
        ],
        &[GUARDRAIL, "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123:1"],
    ),
    key(
        "bedrock:ServiceTier",
        STRING,
        &["default", "Priority", "p*", "???x", "*"],
        &["default", "priority", "flex"],
    ),
];

pub(super) const GLOBAL: &[Key] = &[
    key(
        "aws:RequestedRegion",
        STRING,
        &["us-east-1", "us-*", "EU-WEST-1", "unspecified"],
        &["us-east-1", "eu-west-1", "unspecified"],
    ),
    key("aws:PrincipalOrgID", STRING, &["o-abc123", "o-*", "o-zzz999"], &["o-abc123", "o-zzz999"]),
    key(
        "aws:PrincipalTag/team",
        STRING,
        &["red", "Red", "${aws:PrincipalTag/group}", "${aws:PrincipalTag/group, 'red'}", "r${aws:username}*"],
        &["red", "blue", "r*d"],
    ),
    key("aws:PrincipalTag/group", STRING, &["red", "bl??", "${aws:PrincipalTag/team}"], &["red", "blue"]),
    key("aws:PrincipalTag/account", STRING, &["111122223333", "1*"], &["111122223333", "444455556666"]),
    key("aws:MultiFactorAuthPresent", BOOL, &["true", "false"], &["true", "false"]),
    key("aws:MultiFactorAuthAge", NUMERIC, &["300", "3600", "299.5"], &["299", "300", "7200"]),
    key(
        "aws:CurrentTime",
        DATE,
        &["2025-01-01T00:00:00Z", "2026-06-30", "2026-06-30T12:00:00+02:00"],
        &["2025-01-01T00:00:00Z", "2026-06-30T10:00:00Z", "2027-01-01T00:00:00Z"],
    ),
    key(
        "aws:SourceIp",
        ADDRESS,
        &["203.0.113.0/24", "198.51.100.7", "2001:db8::/32", "203.0.113.128/25"],
        &["203.0.113.9", "203.0.113.200", "198.51.100.7", "2001:db8::1"],
    ),
    Key {
        several: true,
        ..key("aws:TagKeys", STRING, &["team", "cost*", "Team"], &["team", "cost-center", "env"])
    },
];

pub(super) const TRUST: &[Key] = &[key(
    "aws:PrincipalArn",
    ARN,
    &[APP, "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:user/*"],
    &[APP, "arn:aws:iam::111122223333:user/ann", "arn:aws:iam::444455556666:role/path/app"],
)];

/// Keys that the Service Authorization Reference lists only for `sts:AssumeRole`.
pub(super) const ASSUME_ROLE: &[Key] = &[
    key(
        "sts:ExternalId",
        STRING,
        &["secret", "Secret", "s*t", "${aws:PrincipalTag/team}"],
        &["secret", "other", "red"],
    ),
    key("sts:RoleSessionName", STRING, &["${aws:PrincipalTag/team}", "ci-*", "red"], &["red", "ci-7"]),
];

/// The context of a request. It contains most of the keys, so that conditions can hold.
pub(super) fn context(random: &mut Random, tables: &[&[Key]]) -> Map<String, Value> {
    let mut context = Map::new();
    for key in tables.iter().copied().flatten() {
        if random.chance(65) {
            let value = one_or_list(random, key.request, key.several);
            context.insert(key.name.to_owned(), value);
        }
    }
    context
}

/// Up to two conditions.
pub(super) fn conditions(random: &mut Random, tables: &[&[Key]]) -> Option<Value> {
    let count = *random.pick(&[0, 0, 1, 1, 2]);
    let mut conditions = Map::new();
    for _ in 0..count {
        let table: &[Key] = random.pick::<&[Key]>(tables);
        let key = random.pick(table);
        let operator = operator(random, key);
        let values = if operator == "Null" { &["true", "false"] } else { key.policy };
        let list = random.chance(40);
        let value = one_or_list(random, values, list);
        let name = if random.chance(10) { key.name.to_lowercase() } else { key.name.to_owned() };
        conditions.insert(operator, json!({name: value}));
    }
    (count > 0).then_some(Value::Object(conditions))
}

fn one_or_list(random: &mut Random, values: &[&str], list: bool) -> Value {
    if !list {
        return json!(random.pick(values));
    }
    (0..=random.below(2)).map(|_| json!(random.pick(values))).collect()
}

fn operator(random: &mut Random, key: &Key) -> String {
    if random.chance(8) {
        return "Null".to_owned();
    }
    let base = random.pick(key.operators);
    // A key with several values needs a set operator; other keys may have one, rarely.
    let set =
        if key.several || random.chance(5) { *random.pick(&["ForAllValues:", "ForAnyValue:"]) } else { "" };
    let if_exists = if random.chance(20) { "IfExists" } else { "" };
    format!("{set}{base}{if_exists}")
}
