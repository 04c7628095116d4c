use serde_json::{Value, json};

use super::MAX_CHARACTERS;
use crate::iam::evaluator::{Effect, Policy, PolicyKind, Principal, Version};

fn read(document: &Value, kind: PolicyKind) -> Vec<String> {
    let errors = Policy::read(document, kind).err().unwrap_or_default();
    errors.iter().map(|error| format!("{}: {error}", error.pointer)).collect()
}

#[track_caller]
fn check(kind: PolicyKind, document: Value, expected: &[&str]) {
    assert_eq!(read(&document, kind), expected, "{document}");
}

/// A policy whose statement has no mistakes except for `changes`. A change to `null` removes the member.
fn statement(kind: PolicyKind, changes: Value) -> Value {
    let mut statement = match kind {
        PolicyKind::Permissions => json!({"Effect": "Allow", "Action": "bedrock:*", "Resource": "*"}),
        PolicyKind::Trust => json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}),
    };
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (name, value) in changes {
        statement[&name] = value;
    }
    statement.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

#[track_caller]
fn check_permissions(changes: Value, expected: &[&str]) {
    check(PolicyKind::Permissions, statement(PolicyKind::Permissions, changes), expected);
}

#[track_caller]
fn check_trust(changes: Value, expected: &[&str]) {
    check(PolicyKind::Trust, statement(PolicyKind::Trust, changes), expected);
}

#[test]
fn a_policy_is_read_with_the_pointers_of_its_values() {
    let document = json!({
        "Version": "2012-10-17",
        "Id": "x",
        "Statement": {
            "Sid": "One",
            "Effect": "Deny",
            "NotAction": ["bedrock:Get*", "*"],
            "NotResource": "arn:aws:bedrock:*",
            "Condition": {"NumericEqualsIfExists": {"aws:PrincipalTag/~a": [1, "2"]}, "Bool": {"a:b": true}},
        },
    });
    let policy = Policy::read(&document, PolicyKind::Permissions).expect("no mistakes");
    assert_eq!(policy.version, Version::V2012);
    let statement = &policy.statements[0];
    assert_eq!((statement.pointer.as_str(), statement.sid.as_deref()), ("/Statement", Some("One")));
    assert_eq!((statement.effect, statement.actions.negated), (Effect::Deny, true));
    assert_eq!(statement.actions.patterns[1].pointer, "/Statement/NotAction/1");
    let resources = statement.resources.as_ref().expect("resources");
    assert_eq!((resources.negated, resources.patterns[0].pointer.as_str()), (true, "/Statement/NotResource"));
    let condition = &statement.conditions[0];
    assert_eq!(condition.key, "aws:PrincipalTag/~a");
    let value = "/Statement/Condition/NumericEqualsIfExists/aws:PrincipalTag~1~0a/1";
    assert_eq!((condition.values[1].pointer.as_str(), condition.values[1].text.as_str()), (value, "2"));
    assert_eq!(statement.conditions[1].values[0].text, "true");
}

#[test]
fn principals_are_read_according_to_their_type() {
    let principal = json!({
        "AWS": ["111122223333", "arn:aws:iam::111122223333:role/app"],
        "Service": "bedrock.amazonaws.com",
        "Federated": "accounts.google.com",
    });
    let document = statement(PolicyKind::Trust, json!({"Principal": principal}));
    let policy = Policy::read(&document, PolicyKind::Trust).expect("no mistakes");
    let principals = policy.statements[0].principals.as_ref().expect("principals");
    let account = Principal::Account { partition: None, account: "111122223333".to_owned() };
    assert_eq!(principals.entries[0].principal, account);
    assert_eq!(principals.entries[1].pointer, "/Statement/0/Principal/AWS/1");
    assert_eq!(principals.entries[3].principal, Principal::Federated("accounts.google.com".to_owned()));
    check_trust(json!({"Principal": null, "NotPrincipal": {"AWS": "*"}, "Sid": ""}), &[]);
}

#[test]
fn a_policy_must_be_an_object_with_statements() {
    let check = |document, expected: &[&str]| check(PolicyKind::Permissions, document, expected);
    check(json!([]), &[": expected an object, found an array"]);
    check(json!("x"), &[": expected an object, found a string"]);
    check(json!({}), &[": the policy has no `Statement`"]);
    check(json!({"Statement": []}), &["/Statement: `Statement` is empty"]);
    check(
        json!({"Statement": [1, null]}),
        &["/Statement/0: expected an object, found a number", "/Statement/1: expected an object, found null"],
    );
    check(
        json!({"statement": [], "Version": "2012-10-18", "Id": 1}),
        &[
            ": the policy has no `Statement`",
            "/statement: unknown member `statement`",
            "/Version: expected the version `2012-10-17` or `2008-10-17`, found `2012-10-18`",
            "/Id: expected a string, found a number",
        ],
    );
    check(
        json!({"Version": 20_121_017, "Statement": [{}]}),
        &[
            "/Version: expected a string, found a number",
            "/Statement/0: the statement has no `Effect`",
            "/Statement/0: the statement has no `Action`",
            "/Statement/0: the statement has no `Resource`",
        ],
    );
}

#[test]
fn a_statement_must_have_the_elements_of_its_policy_kind() {
    check_permissions(
        json!({"Principal": "*", "effect": "Allow"}),
        &[
            "/Statement/0/Principal: `Principal` is not allowed in a permission policy",
            "/Statement/0/effect: unknown member `effect`",
        ],
    );
    check_trust(
        json!({"Principal": null, "Resource": "*"}),
        &[
            "/Statement/0: the statement has no `Principal`",
            "/Statement/0/Resource: `Resource` is not allowed in a trust policy",
        ],
    );
    check_permissions(
        json!({"NotAction": "*", "NotResource": "*"}),
        &[
            "/Statement/0: the statement has both `Action` and `NotAction`",
            "/Statement/0: the statement has both `Resource` and `NotResource`",
        ],
    );
    check_permissions(
        json!({"Effect": "allow", "Sid": "a b"}),
        &[
            "/Statement/0/Effect: expected the effect `Allow` or `Deny`, found `allow`",
            "/Statement/0/Sid: expected a `Sid` of letters and digits, found `a b`",
        ],
    );
    let one = json!({"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"});
    let twice = json!({"Statement": [one, one]});
    check(PolicyKind::Permissions, twice, &["/Statement/1/Sid: the `Sid` `A` is used twice"]);
}

#[test]
fn actions_and_resources_must_be_valid_strings() {
    check_permissions(
        json!({"Action": ["InvokeModel", 1, "bed*:Get", "bedrock:", "bedrock:A B"]}),
        &[
            "/Statement/0/Action/0: expected an action such as `bedrock:InvokeModel`, found `InvokeModel`",
            "/Statement/0/Action/1: expected a string, found a number",
            "/Statement/0/Action/2: expected an action such as `bedrock:InvokeModel`, found `bed*:Get`",
            "/Statement/0/Action/3: expected an action such as `bedrock:InvokeModel`, found `bedrock:`",
            "/Statement/0/Action/4: expected an action such as `bedrock:InvokeModel`, found `bedrock:A B`",
        ],
    );
    check_permissions(json!({"Action": ["*", "*:*", "aws-marketplace:Sub*", "BEDROCK:get?"]}), &[]);
    check_permissions(
        json!({"Resource": ["anthropic.claude-v2", {}]}),
        &[
            "/Statement/0/Resource/0: expected an ARN or `*`, found `anthropic.claude-v2`",
            "/Statement/0/Resource/1: expected a string, found an object",
        ],
    );
    check_permissions(json!({"Resource": []}), &["/Statement/0/Resource: `Resource` is empty"]);
}

#[test]
fn principals_must_have_a_known_type_and_a_valid_form() {
    let form = "expected an account ID, an IAM or STS ARN without wildcards, or `*`";
    let role = "arn:aws:iam::111122223333:role/*";
    check_trust(
        json!({"Principal": {"AWS": [role, "me"], "aws": "*"}}),
        &[
            &format!("/Statement/0/Principal/AWS/0: {form}, found `{role}`"),
            &format!("/Statement/0/Principal/AWS/1: {form}, found `me`"),
            "/Statement/0/Principal/aws: unknown principal type `aws`",
        ],
    );
    check_trust(json!({"Principal": "me"}), &[&format!("/Statement/0/Principal: {form}, found `me`")]);
    check_trust(
        json!({"Principal": []}),
        &["/Statement/0/Principal: expected an object or `*`, found an array"],
    );
    check_trust(json!({"Principal": {}}), &["/Statement/0/Principal: `Principal` is empty"]);
}

#[test]
fn conditions_must_have_known_operators_and_valid_values() {
    let condition = json!({
        "StringEqual": {"a:b": {}},
        "NullIfExists": {"a:b": "true"},
        "Bool": {"a:b": ["yes", "${aws:x}"]},
        "NumericEquals": {"a:b": "many"},
        "DateEquals": {"a:b": "today"},
        "IpAddress": {"a:b": "10.0.0.0/40"},
        "Null": {"a/b": []},
        "StringLike": [],
    });
    check_permissions(
        json!({"Condition": condition}),
        &[
            "/Statement/0/Condition/StringEqual: unknown condition operator `StringEqual`",
            "/Statement/0/Condition/StringEqual/a:b: expected a string, number or boolean, found an object",
            "/Statement/0/Condition/NullIfExists: unknown condition operator `NullIfExists`",
            "/Statement/0/Condition/Bool/a:b/0: expected `true` or `false`, found `yes`",
            "/Statement/0/Condition/NumericEquals/a:b: expected a number, found `many`",
            "/Statement/0/Condition/DateEquals/a:b: expected an ISO 8601 date or seconds since 1970, found `today`",
            "/Statement/0/Condition/IpAddress/a:b: expected an IP address or CIDR range, found `10.0.0.0/40`",
            "/Statement/0/Condition/Null/a~1b: `a/b` is empty",
            "/Statement/0/Condition/StringLike: expected an object, found an array",
        ],
    );
    check_permissions(
        json!({"Condition": []}),
        &["/Statement/0/Condition: expected an object, found an array"],
    );
}

#[test]
fn only_certain_help_is_given() {
    let helps = |document: Value, kind| -> Vec<Option<String>> {
        let errors = Policy::read(&document, kind).expect_err("mistakes");
        errors.iter().map(crate::iam::evaluator::PolicyError::help).collect()
    };
    let document = statement(PolicyKind::Permissions, json!({"Effect": "allow", "Resources": "*"}));
    let expected = [Some("write `Allow`".to_owned()), None];
    assert_eq!(helps(document, PolicyKind::Permissions), expected);
    let document = statement(PolicyKind::Trust, json!({"Resource": "*"}));
    let expected = [Some("remove it: the resource of a trust policy is the role itself".to_owned())];
    assert_eq!(helps(document, PolicyKind::Trust), expected);
}

#[test]
fn a_policy_that_is_too_long_is_refused() {
    let document = json!({"Statement": "x".repeat(MAX_CHARACTERS)});
    check(PolicyKind::Permissions, document, &[": the policy is longer than 65536 characters"]);
    let document = json!({"Statement": vec![1; MAX_CHARACTERS]});
    check(PolicyKind::Permissions, document, &[": the policy is longer than 65536 characters"]);
}
