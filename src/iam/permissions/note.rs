//! Notes for the person who attaches a policy.

/// Information that a policy itself can't contain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Note {
    #[error(
        "if a service control policy restricts Regions, it must allow `{model_id}` in {regions}: calls can be routed to each of them"
    )]
    Destinations { model_id: String, regions: String },
    #[error(
        "if a service control policy restricts Regions, it must allow `aws:RequestedRegion` = `unspecified` for `{model_id}`: calls through a `global.` profile can be routed to any commercial Region"
    )]
    Global { model_id: String },
    #[error(
        "the catalogue lacks the Regions to which `{model_id}` routes calls from {region}, so the policy allows its model in every Region: restrict it to the Regions that `aws bedrock get-inference-profile` lists"
    )]
    UnknownDestinations { model_id: String, region: String },
    #[error(
        "the models that `{model_id}` calls are unknown, so the policy does not allow them: add each with `--behind MODEL_ID`"
    )]
    UnknownCalledModels { model_id: String },
    #[error(
        "the policy contains no right for `{model_id}` ({kind}): write the ARN of the called resource as `model_id`"
    )]
    NoArn { model_id: String, kind: &'static str },
    #[error(
        "the guardrail identifier `{identifier}` is a variable, so the policy contains no right for the guardrail"
    )]
    VariableGuardrail { identifier: String },
    #[error(
        "if the guardrail `{identifier}` uses cross-Region inference, add `bedrock:ApplyGuardrail` on its `guardrail-profile/…` in each of that profile's Regions"
    )]
    GuardrailProfile { identifier: String },
    #[error(
        "`aws-marketplace:Subscribe` is only needed for the first call in the account: remove the statement after that call"
    )]
    FirstUse,
    #[error(
        "the policy has {characters} characters without white space, but IAM's limit for {what} is {limit}: write a policy for fewer models"
    )]
    TooLong { characters: usize, limit: usize, what: &'static str },
}
