//! Rights: actions on resources.

use crate::aws::arn::Arn;
use crate::iam::call::Call;
use crate::iam::evaluator::Context;

/// The purpose of a right. Statements are in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    Model,
    Profile,
    ModelBehindProfile,
    Router,
    ModelBehindRouter,
    OwnModel,
    Marketplace,
    Endpoint,
    Prompt,
    ModelOfPrompt,
    Guardrail,
    ApiKey,
    FirstUse,
    Catalogue,
    ProfileDetails,
}

/// The `Sid` of the statements of each topic.
const SIDS: [(Topic, Sid); 15] = [
    (Topic::Model, Sid::Noun("Models")),
    (Topic::Profile, Sid::Noun("InferenceProfiles")),
    (Topic::ModelBehindProfile, Sid::Noun("ModelsBehindProfiles")),
    (Topic::Router, Sid::Noun("PromptRouters")),
    (Topic::ModelBehindRouter, Sid::Noun("ModelsBehindRouters")),
    (Topic::OwnModel, Sid::Noun("OwnModels")),
    (Topic::Marketplace, Sid::Noun("MarketplaceModels")),
    (Topic::Endpoint, Sid::Noun("MarketplaceEndpoints")),
    (Topic::Prompt, Sid::Whole("UsePrompts")),
    (Topic::ModelOfPrompt, Sid::Noun("ModelsOfPrompts")),
    (Topic::Guardrail, Sid::Whole("ApplyGuardrails")),
    (Topic::ApiKey, Sid::Whole("CallWithApiKey")),
    (Topic::FirstUse, Sid::Whole("SubscribeToModels")),
    (Topic::Catalogue, Sid::Whole("ListModels")),
    (Topic::ProfileDetails, Sid::Whole("ReadInferenceProfiles")),
];

enum Sid {
    /// The whole `Sid`.
    Whole(&'static str),
    /// A noun, which follows a verb for how models are called.
    Noun(&'static str),
}

impl Topic {
    /// The `Sid` of a statement with `actions`. Several statements can have the same one.
    pub(super) fn sid(self, actions: &[&str]) -> String {
        let row = SIDS.iter().find(|(topic, _)| *topic == self).expect("every topic has a row");
        let streams = |action: &&&str| action.ends_with("WithResponseStream");
        let verb = match actions.iter().filter(streams).count() {
            0 => "Invoke",
            all if all == actions.len() => "Stream",
            _ => "InvokeAndStream",
        };
        match row.1 {
            Sid::Whole(name) => name.to_owned(),
            Sid::Noun(noun) => format!("{verb}{noun}"),
        }
    }
}

/// A condition of a right.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition {
    pub operator: &'static str,
    pub key: &'static str,
    pub value: String,
}

/// An action on a resource, under a condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub topic: Topic,
    pub action: &'static str,
    /// An ARN, or `*` for an action without resource types.
    pub resource: String,
    pub condition: Option<Condition>,
}

impl Right {
    /// The known condition keys of the request that needs the right. `role` is the caller.
    pub fn context(&self, call: &Call, role: Option<&str>) -> Context {
        let mut context = Context::new().set("aws:SecureTransport", ["true"]);
        context = self.with_region(call, context);
        context = match &self.condition {
            Some(condition) => context.set(condition.key, [condition.value.as_str()]),
            None if self.topic == Topic::Model => context.absent("bedrock:InferenceProfileArn"),
            None => context,
        };
        if self.action.starts_with("bedrock:Invoke") {
            context = with_headers(call, context);
        }
        match role.and_then(Arn::parse) {
            Some(arn) => context
                .set("aws:PrincipalArn", [role.unwrap_or_default()])
                .set("aws:PrincipalAccount", [arn.account]),
            None => context,
        }
    }

    /// Adds the Region of the request. AWS checks each destination of a profile as a separate request in its Region;
    /// the Region of a `global.` profile's destination is `unspecified`.
    fn with_region(&self, call: &Call, context: Context) -> Context {
        let region = match Arn::parse(&self.resource).map(|arn| arn.region) {
            Some("") => "unspecified",
            Some(region) if !region.contains('*') => region,
            Some(_) => return context,
            None => call.region.as_str(),
        };
        context.set("aws:RequestedRegion", [region])
    }
}

fn with_headers(call: &Call, context: Context) -> Context {
    let context = match &call.guardrail {
        Some(guardrail) => context.set("bedrock:GuardrailIdentifier", [guardrail.condition_value(call)]),
        None => context.absent("bedrock:GuardrailIdentifier"),
    };
    match &call.service_tier {
        Some(tier) => context.set("bedrock:ServiceTier", [tier.as_str()]),
        None => context,
    }
}
