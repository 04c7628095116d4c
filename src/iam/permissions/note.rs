//! What a policy can't say by itself, for the person who attaches it.

/// Something to know beside the policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Note {
    #[error(
        "a service control policy that limits Regions must let `{model_id}` through in {regions}: a call may be answered in any of them"
    )]
    Destinations { model_id: String, regions: String },
    #[error(
        "a service control policy that limits Regions must allow `aws:RequestedRegion` = `unspecified` for `{model_id}`: calls through a `global.` profile are answered in any commercial Region"
    )]
    Global { model_id: String },
    #[error(
        "the catalogue does not know where `{model_id}` leads from {region}: the model behind it is granted in every Region; narrow that to what `aws bedrock get-inference-profile` lists"
    )]
    UnknownDestinations { model_id: String, region: String },
    #[error(
        "which models are behind `{model_id}` only AWS knows: name them with `--behind MODEL_ID`, or calls are denied"
    )]
    UnknownBehind { model_id: String },
    #[error("no right can be written for `{model_id}` ({kind}): write the ARN of what is called")]
    NoArn { model_id: String, kind: &'static str },
    #[error("the guardrail is a variable, `{identifier}`: its right is not in the policy")]
    VariableGuardrail { identifier: String },
    #[error(
        "if the guardrail `{identifier}` uses cross-Region inference, add `bedrock:ApplyGuardrail` on its `guardrail-profile/…` in each of that profile's Regions"
    )]
    GuardrailProfile { identifier: String },
    #[error(
        "`aws-marketplace:Subscribe` is for the first call only: the subscription is the account's, so remove the statement afterwards"
    )]
    FirstUse,
    #[error(
        "the policy has {characters} characters without blanks, and IAM takes {limit} for {what}: write one for fewer models"
    )]
    TooLong { characters: usize, limit: usize, what: &'static str },
}
