//! One right: an action on a resource.

use crate::aws::arn::Arn;
use crate::iam::call::Call;
use crate::iam::evaluator::Context;

/// What a right is for. The order is that of the statements.
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

/// What a statement of a topic is called: whole, or behind a verb that says how models are called.
const SIDS: [(Topic, Sid); 15] = [
    (Topic::Model, Sid::Called("Models")),
    (Topic::Profile, Sid::Called("InferenceProfiles")),
    (Topic::ModelBehindProfile, Sid::Called("ModelsBehindProfiles")),
    (Topic::Router, Sid::Called("PromptRouters")),
    (Topic::ModelBehindRouter, Sid::Called("ModelsBehindRouters")),
    (Topic::OwnModel, Sid::Called("OwnModels")),
    (Topic::Marketplace, Sid::Called("MarketplaceModels")),
    (Topic::Endpoint, Sid::Called("MarketplaceEndpoints")),
    (Topic::Prompt, Sid::Whole("UsePrompts")),
    (Topic::ModelOfPrompt, Sid::Called("ModelsOfPrompts")),
    (Topic::Guardrail, Sid::Whole("ApplyGuardrails")),
    (Topic::ApiKey, Sid::Whole("CallWithApiKey")),
    (Topic::FirstUse, Sid::Whole("SubscribeToModels")),
    (Topic::Catalogue, Sid::Whole("ListModels")),
    (Topic::ProfileDetails, Sid::Whole("ReadInferenceProfiles")),
];

enum Sid {
    Whole(&'static str),
    Called(&'static str),
}

impl Topic {
    /// The `Sid` of a statement with `actions`, before it is made unique.
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
            Sid::Called(noun) => format!("{verb}{noun}"),
        }
    }
}

/// A condition that a right is granted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition {
    pub operator: &'static str,
    pub key: &'static str,
    pub value: String,
}

/// An action on a resource, and what else is known of the request that needs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    pub topic: Topic,
    pub action: &'static str,
    /// An ARN, or `*` for an action that takes no resource.
    pub resource: String,
    pub condition: Option<Condition>,
}

impl Right {
    /// What is known of the request. `role` is who calls.
    pub fn context(&self, call: &Call, role: Option<&str>) -> Context {
        let mut context = Context::new().set("aws:SecureTransport", ["true"]);
        context = self.of_resource(call, context);
        context = match &self.condition {
            Some(condition) => context.set(condition.key, [condition.value.as_str()]),
            None if self.topic == Topic::Model => context.absent("bedrock:InferenceProfileArn"),
            None => context,
        };
        if self.action.starts_with("bedrock:Invoke") {
            context = of_headers(call, context);
        }
        match role.and_then(Arn::parse) {
            Some(arn) => context
                .set("aws:PrincipalArn", [role.unwrap_or_default()])
                .set("aws:PrincipalAccount", [arn.account]),
            None => context,
        }
    }

    /// A destination behind a profile is a request of its own, in its Region; that of a `global.` profile has none.
    fn of_resource(&self, call: &Call, context: Context) -> Context {
        let region = match Arn::parse(&self.resource).map(|arn| arn.region) {
            Some("") => "unspecified",
            Some(region) if !region.contains('*') => region,
            Some(_) => return context,
            None => call.region.as_str(),
        };
        context.set("aws:RequestedRegion", [region])
    }
}

fn of_headers(call: &Call, context: Context) -> Context {
    let context = match &call.guardrail {
        Some(guardrail) => context.set("bedrock:GuardrailIdentifier", [guardrail.condition_value(call)]),
        None => context.absent("bedrock:GuardrailIdentifier"),
    };
    match &call.service_tier {
        Some(tier) => context.set("bedrock:ServiceTier", [tier.as_str()]),
        None => context,
    }
}
