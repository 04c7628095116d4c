//! A generated policy grants the needed rights and no others.

use std::collections::BTreeSet;

use super::*;
use crate::aws::catalogue::{Destinations, Profile, profiles};
use crate::aws::partition;
use crate::exchange::Operation;
use crate::iam::call::{Call, Guardrail};
use crate::iam::evaluator::{Context, Policy, PolicyKind, Request, Verdict};

const ACCOUNT: &str = "123456789012";

fn call(model_id: &str, region: &str) -> Call {
    Call {
        operation: Operation::InvokeModel,
        region: region.to_owned(),
        model_id: model_id.to_owned(),
        account: Some(ACCOUNT.to_owned()),
        guardrail: None,
        service_tier: None,
        has_bearer_token: false,
    }
}

fn policy(call: &Call, options: &Options) -> Policy {
    let needed = rights(call, options).unwrap();
    Policy::read(&document(&needed.rights), PolicyKind::Permissions).unwrap()
}

fn allows(policy: &Policy, action: &str, resource: &str, context: &Context) -> bool {
    let request = Request { action, resource, principal: None, context };
    matches!(policy.evaluate(&request), Verdict::Allowed { .. })
}

/// The destination Regions of a profile, as they are written in ARNs.
fn reached(profile: &Profile, region: &'static str) -> BTreeSet<&'static str> {
    match profile.destinations(region).unwrap() {
        Destinations::Regions(regions) => regions.into_iter().collect(),
        Destinations::Everywhere => [region, ""].into(),
    }
}

/// Every Region of the table, and an empty Region.
fn regions() -> impl Iterator<Item = &'static str> {
    crate::aws::region::regions().map(|region| region.name).chain([""])
}

#[test]
fn the_policy_for_a_profile_allows_exactly_its_destinations() {
    let mut checked = 0;
    for profile in profiles() {
        for region in profile.sources() {
            checked += 1;
            check_profile(profile, region);
        }
    }
    assert!(checked > 500, "{checked} pairs of profile and Region");
    println!("{checked} pairs of profile and Region");
}

#[track_caller]
fn check_profile(profile: &Profile, region: &'static str) {
    let policy = policy(&call(profile.id, region), &Options::default());
    let partition = partition::partition_of(region).id;
    let own = |region: &str, account: &str, id: &str| {
        format!("arn:{partition}:bedrock:{region}:{account}:inference-profile/{id}")
    };
    let through = own(region, ACCOUNT, profile.id);
    let context = Context::new().set("bedrock:InferenceProfileArn", [through.as_str()]).others_absent();
    let invoke = |resource: &str| allows(&policy, "bedrock:InvokeModel", resource, &context);
    assert!(invoke(&through), "{through}");
    let elsewhere = if region == "us-east-1" { "us-west-2" } else { "us-east-1" };
    for other in [
        own(elsewhere, ACCOUNT, profile.id),
        own(region, "210987654321", profile.id),
        own(region, ACCOUNT, &format!("{}x", profile.id)),
    ] {
        assert!(!invoke(&other), "{other}");
    }
    let reached = reached(profile, region);
    let model = |region: &str, id: &str| format!("arn:{partition}:bedrock:{region}::foundation-model/{id}");
    for destination in regions() {
        let arn = model(destination, profile.model);
        assert_eq!(invoke(&arn), reached.contains(destination), "{} from {region}: {arn}", profile.id);
    }
    let first = reached.first().expect("a call is answered somewhere");
    assert!(!invoke(&model(first, "amazon.other-v1:0")), "{} from {region}", profile.id);
    let arn = model(first, profile.model);
    let direct = Context::new().others_absent();
    assert!(!allows(&policy, "bedrock:InvokeModel", &arn, &direct), "not through the profile: {arn}");
    for action in
        ["bedrock:InvokeModelWithResponseStream", "bedrock:CountTokens", "bedrock:GetFoundationModel"]
    {
        assert!(!allows(&policy, action, &arn, &context), "{action} {arn}");
    }
}

/// A call of each kind of model ID, with its options.
fn kinds() -> Vec<(Call, Options)> {
    let arn = |rest: &str| format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:{rest}");
    let ids = [
        "amazon.nova-lite-v1:0".to_owned(),
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0".to_owned(),
        "us.anthropic.claude-sonnet-4-6".to_owned(),
        "global.anthropic.claude-haiku-4-5-20251001-v1:0".to_owned(),
        arn("inference-profile/us.anthropic.claude-sonnet-4-6"),
        arn("application-inference-profile/otnfa2ysixqd"),
        arn("provisioned-model/abcdefghijkl"),
        arn("custom-model-deployment/abcdefghijkl"),
        arn("imported-model/abcdefghijkl"),
        arn("prompt/ABCDEFGHIJ"),
        arn("prompt/ABCDEFGHIJ:1"),
        arn("prompt-router/abcdefghijkl"),
        arn("default-prompt-router/anthropic.claude:1"),
        format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/my-endpoint"),
    ];
    let called_models = vec!["us.anthropic.claude-sonnet-4-6".to_owned()];
    let options = Options { called_models, has_lookups: true, is_first_use: true };
    let of = |model_id: String| {
        let options = options.clone();
        Operation::ALL.into_iter().map(move |operation| {
            let guardrail = Guardrail { identifier: "gr4kq1xw8zt2".to_owned(), version: None };
            let call = Call {
                operation,
                guardrail: Some(guardrail),
                has_bearer_token: true,
                ..call(&model_id, "us-east-1")
            };
            (call, options.clone())
        })
    };
    ids.into_iter().flat_map(of).collect()
}

#[test]
fn the_policy_for_a_call_allows_each_right_that_it_needs() {
    for (call, options) in kinds() {
        let needed = rights(&call, &options).unwrap();
        let policy = policy(&call, &options);
        assert!(!needed.rights.is_empty());
        for right in &needed.rights {
            let context = right.context(&call, None);
            assert!(allows(&policy, right.action, &right.resource, &context), "{} {right:?}", call.model_id);
        }
        let is_stream = call.operation.is_stream();
        let invokes = |right: &&Right| right.action.starts_with("bedrock:InvokeModel");
        let streams = |right: &Right| right.action.ends_with("WithResponseStream");
        assert!(needed.rights.iter().filter(invokes).all(|right| streams(right) == is_stream));
    }
}

/// Writes the contents of the policies for all kinds of model IDs, for `tests/support/policy-sentry.sh`.
#[test]
fn what_is_written_for_another_reader() {
    let mut all: BTreeSet<(String, String)> = BTreeSet::new();
    let mut keys = BTreeSet::new();
    let profiles = profiles().flat_map(|profile| {
        let calls = profile.sources().map(|region| (call(profile.id, region), Options::default()));
        calls.collect::<Vec<_>>()
    });
    for (call, options) in kinds().into_iter().chain(profiles) {
        for right in rights(&call, &options).unwrap().rights {
            keys.extend(right.condition.map(|condition| condition.key));
            all.insert((right.action.to_owned(), right.resource));
        }
    }
    let actions: BTreeSet<_> = all.iter().map(|(action, _)| action).collect();
    let resources: BTreeSet<_> = all.iter().map(|(_, arn)| arn).filter(|arn| *arn != "*").collect();
    let file = serde_json::json!({ "actions": actions, "resources": resources, "pairs": all, "condition_keys": keys });
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tmp");
    crate::files::write_whole(&folder.join("policy-sentry.json"), format!("{file:#}").as_bytes()).unwrap();
}
