//! Problems in words.

use std::collections::BTreeSet;

use super::{Call, Kind, ModelId, Problem};
use crate::aws::catalogue;
use crate::words::{first_few, list, quoted};

impl Problem {
    /// One sentence without a full stop about `call`.
    pub fn message(&self, call: Call<'_>) -> String {
        let (id, region) = (call.model_id, call.region);
        match self {
            Problem::Copied(paste) => {
                let slips: Vec<_> = paste.slips.iter().map(|slip| slip.says()).collect();
                format!("the model ID {}", slips.join(", and it "))
            }
            Problem::Refused => format!("`{id}` has no form that Bedrock takes for a model ID"),
            Problem::NoModel => format!("`{id}` names no model"),
            Problem::CustomModel => "a custom model can't be called by its own ARN".to_owned(),
            Problem::MarketplaceModel => {
                "a Marketplace model is called by the endpoint that it is deployed to".to_owned()
            }
            Problem::ProvisionedName => format!("`{id}` is no model ID that is known"),
            Problem::Unknown(_) => format!("`{id}` is not among the models that are known"),
            Problem::ContextSuffix(_) => {
                format!(
                    "`{id}` is a variant for provisioned throughput and customisation, not for calls on demand"
                )
            }
            Problem::OnlyMantle(_) => format!("`{id}` is served by Bedrock Mantle, not by Bedrock Runtime"),
            Problem::NeedsProfile(_) => format!("`{id}` is only called through an inference profile"),
            Problem::NotOnDemandHere { .. } => format!("`{id}` is not called on demand in {region}"),
            Problem::Geography { geography, .. } => {
                format!("an inference profile of `{geography}.` can't be called from {region}")
            }
            Problem::ProfileNotHere { .. } => {
                format!("the inference profile `{id}` can't be called from {region}")
            }
            Problem::ArnRegion(of) => format!("the ARN is of {of}, and the model is called in {region}"),
            Problem::Ended(Some(day)) => format!("`{id}` reached the end of its life on {day}"),
            Problem::Ended(None) => format!("`{id}` is retired"),
            Problem::Legacy(Some(day)) => format!("`{id}` reaches the end of its life on {day}"),
            Problem::Legacy(None) => format!("`{id}` is a legacy model"),
            Problem::NoConverse => format!("`{id}` can't be called by Converse"),
            Problem::NoStreaming { .. } => format!("`{id}` has no streaming"),
        }
    }

    /// What to do, in the imperative.
    pub fn help(&self) -> String {
        match self {
            Problem::Copied(paste) if ModelId::parse(&paste.model_id).kind == Kind::Provisioned => {
                format!("{}; its name there is `{}`", PROVISIONED_ARN, paste.model_id)
            }
            Problem::Copied(paste) => format!("write `{}`", paste.model_id),
            Problem::Refused => "write a base model ID, an inference profile ID, or an ARN of one of these".into(),
            Problem::NoModel => {
                "write the ID of a model, or the ARN of a profile, a provisioned model, a deployment or an endpoint; a Marketplace model is called by its endpoint's ARN".into()
            }
            Problem::CustomModel => {
                "write the ARN of its deployment (`custom-model-deployment/…`) or of its provisioned throughput (`provisioned-model/…`)".into()
            }
            Problem::MarketplaceModel => {
                "deploy it, then write the endpoint's ARN, `arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME`".into()
            }
            Problem::ProvisionedName => format!("if it is provisioned throughput, {PROVISIONED_ARN}"),
            Problem::Unknown(near) if near.is_empty() => {
                "`bedrock-check models list` shows those that are known; the catalogue may be older than the model".into()
            }
            Problem::Unknown(near) => format!("did you mean {}?", quoted_list(near, "or")),
            Problem::ContextSuffix(plain) => format!("write `{plain}`"),
            Problem::OnlyMantle(near) if near.is_empty() => "call another model: Mantle has an API of its own".into(),
            Problem::OnlyMantle(near) => format!("write {}, or call it by Mantle's own API", quoted_list(near, "or")),
            Problem::NotOnDemandHere { regions, profiles } if profiles.is_empty() => {
                format!("call it in {}", shortened(regions))
            }
            Problem::NeedsProfile(profiles) | Problem::NotOnDemandHere { profiles, .. } => {
                format!("write {}", quoted_list(profiles, "or"))
            }
            Problem::Geography { here, instead, .. } if instead.is_empty() => {
                format!("call another model: from here these are called: {}", quoted_list(here, "and"))
            }
            Problem::ProfileNotHere { regions, instead } if instead.is_empty() => {
                format!("call it from {}", shortened(regions))
            }
            Problem::Geography { instead, .. } | Problem::ProfileNotHere { instead, .. } => {
                format!("write {}", quoted_list(instead, "or"))
            }
            Problem::ArnRegion(of) => format!("write `region = \"{of}\"`, or the ARN of the same thing in the model's Region"),
            Problem::Ended(_) => format!("move to a current model; the catalogue is of {}, and Regions differ", catalogue::DATE),
            Problem::Legacy(_) => "plan the move to a current model: `bedrock-check models list`".into(),
            Problem::NoConverse => "call it by `operation = \"invoke\"` with a body of its own".into(),
            Problem::NoStreaming { .. } => "leave out `stream`".into(),
        }
    }
}

const PROVISIONED_ARN: &str = "write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, as `aws bedrock list-provisioned-model-throughputs` shows it";

/// More Regions than these say no more.
const LISTED: usize = 6;

fn shortened(regions: &[&str]) -> String {
    let regions: BTreeSet<&str> = regions.iter().copied().collect();
    first_few(regions, LISTED, " or ")
}

fn quoted_list(names: &[&str], conjunction: &str) -> String {
    list(names.iter().map(quoted), conjunction)
}
