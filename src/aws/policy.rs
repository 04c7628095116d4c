//! Statements of IAM policies that a call needs.

use serde_json::{Value, json};

use super::catalogue::without_geography;
use super::partition;
use crate::exchange::Operation;

/// What a call of a model needs, as a statement for the permission policy of whoever calls.
///
/// Converse needs the right to invoke: it has no action of its own.
pub fn invoke(operation: Operation, model_id: &str, region: &str, account: Option<&str>) -> Value {
    let action =
        if operation.is_stream() { "bedrock:InvokeModelWithResponseStream" } else { "bedrock:InvokeModel" };
    json!({ "Effect": "Allow", "Action": action, "Resource": resources(model_id, region, account) })
}

/// What the caller of AssumeRole needs in its own permission policy.
pub fn assume(role_arn: &str) -> Value {
    json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn })
}

/// What a role's trust policy needs, so that `principal` may assume it.
pub struct Trust<'a> {
    /// ARN of the caller, or of its account.
    pub principal: &'a str,
    pub external_id: Option<&'a str>,
    pub has_tags: bool,
    pub has_source_identity: bool,
    pub has_mfa: bool,
}

impl Trust<'_> {
    pub fn statement(&self) -> Value {
        let more = [(self.has_tags, "sts:TagSession"), (self.has_source_identity, "sts:SetSourceIdentity")];
        let more = more.iter().filter(|(applies, _)| *applies).map(|(_, action)| *action);
        let actions: Vec<&str> = std::iter::once("sts:AssumeRole").chain(more).collect();
        let action = if actions.len() == 1 { actions[0].into() } else { json!(actions) };
        let principal = json!({ "AWS": self.principal });
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
        if let Some(external_id) = self.external_id {
            statement["Condition"]["StringEquals"]["sts:ExternalId"] = external_id.into();
        }
        if self.has_mfa {
            statement["Condition"]["Bool"]["aws:MultiFactorAuthPresent"] = "true".into();
        }
        statement
    }
}

/// The ARNs that a call of `model_id` touches: a profile's own and those of the models behind it.
fn resources(model_id: &str, region: &str, account: Option<&str>) -> Value {
    if model_id.starts_with("arn:") {
        return model_id.into();
    }
    let partition = partition::of_region(region).id;
    let Some(base) = without_geography(model_id) else {
        return format!("arn:{partition}:bedrock:{region}::foundation-model/{model_id}").into();
    };
    let account = account.unwrap_or("*");
    let mut resources = vec![
        format!("arn:{partition}:bedrock:{region}:{account}:inference-profile/{model_id}"),
        // Behind a profile a call may go to each of its Regions.
        format!("arn:{partition}:bedrock:*::foundation-model/{base}"),
    ];
    if model_id.starts_with("global.") {
        resources.push(format!("arn:{partition}:bedrock:::foundation-model/{base}"));
    }
    json!(resources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(model_id: &str, region: &str, expected: &Value) {
        assert_eq!(resources(model_id, region, Some("123456789012")), *expected);
    }

    #[test]
    fn a_call_touches_the_model_and_what_stands_before_it() {
        let base = "anthropic.claude-3-haiku-20240307-v1:0";
        check(base, "us-east-1", &json!(format!("arn:aws:bedrock:us-east-1::foundation-model/{base}")));
        check(
            &format!("us.{base}"),
            "us-west-2",
            &json!([
                format!("arn:aws:bedrock:us-west-2:123456789012:inference-profile/us.{base}"),
                format!("arn:aws:bedrock:*::foundation-model/{base}"),
            ]),
        );
        let gov = "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0";
        assert!(
            resources(gov, "us-gov-west-1", None)
                .to_string()
                .contains("arn:aws-us-gov:bedrock:us-gov-west-1:*:")
        );
        let arn = "arn:aws:bedrock:us-east-1:123456789012:provisioned-model/abcdefghijkl";
        check(arn, "us-east-1", &json!(arn));
    }

    #[test]
    fn a_trust_policy_asks_for_what_is_sent() {
        let trust = Trust {
            principal: "arn:aws:iam::999999999999:root",
            external_id: Some("kore-1"),
            has_tags: true,
            has_source_identity: false,
            has_mfa: false,
        };
        let expected = json!({
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::999999999999:root" },
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": { "StringEquals": { "sts:ExternalId": "kore-1" } },
        });
        assert_eq!(trust.statement(), expected);
    }
}
