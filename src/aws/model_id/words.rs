//! The messages and helps of problems.

use std::collections::BTreeSet;

use super::{Call, Kind, ModelId, Problem};
use crate::aws::catalogue;
use crate::words::{first_few, list, quoted};

impl Problem {
    /// Describes the problem of `call` in one sentence, without a full stop.
    pub fn message(&self, call: Call<'_>) -> String {
        let (id, region) = (call.model_id, call.region);
        match self {
            Problem::PasteMistakes(paste) => {
                let mistakes: Vec<_> = paste.mistakes.iter().map(|mistake| mistake.description()).collect();
                format!("the model ID {}", mistakes.join(", and it "))
            }
            Problem::InvalidForm => format!("`{id}` does not have the form of a model ID or ARN"),
            Problem::NotAModel => format!("`{id}` is not the ARN of a model"),
            Problem::CustomModel => "a custom model can't be called with its own ARN".to_owned(),
            Problem::MarketplaceModel => {
                "a Marketplace model can only be called through the endpoint that it is deployed to"
                    .to_owned()
            }
            Problem::ProvisionedName => format!("`{id}` is not a known model ID"),
            Problem::Unknown(_) => format!("`{id}` is not a known model or inference profile"),
            Problem::ContextSuffix(_) => {
                format!(
                    "`{id}` is a variant for provisioned throughput and customization, and can't be called on demand"
                )
            }
            Problem::OnlyMantle(_) => format!("`{id}` is served by Bedrock Mantle, not by Bedrock Runtime"),
            Problem::NeedsProfile(_) => format!("`{id}` can only be called through an inference profile"),
            Problem::NotOnDemandInRegion { .. } => format!("`{id}` can't be called on demand in {region}"),
            Problem::Geography { geography, .. } => {
                format!("inference profiles of the geography `{geography}.` can't be called from {region}")
            }
            Problem::ProfileNotInRegion { .. } => {
                format!("the inference profile `{id}` can't be called from {region}")
            }
            Problem::ArnRegion(arn_region) => {
                format!("the ARN is in {arn_region}, but the model is called in {region}")
            }
            Problem::Ended(Some(day)) => format!("`{id}` reached the end of its life on {day}"),
            Problem::Ended(None) => format!("`{id}` has reached the end of its life"),
            Problem::Legacy(Some(day)) => format!("`{id}` reaches the end of its life on {day}"),
            Problem::Legacy(None) => format!("`{id}` is a legacy model"),
            Problem::NoConverse => format!("`{id}` does not support Converse"),
            Problem::NoStreaming { .. } => format!("`{id}` does not support streaming"),
        }
    }

    /// What to do, in the imperative.
    pub fn help(&self) -> String {
        match self {
            Problem::PasteMistakes(paste) if ModelId::parse(&paste.model_id).kind == Kind::Provisioned => {
                format!("{PROVISIONED_ARN} for the name `{}`", paste.model_id)
            }
            Problem::PasteMistakes(paste) => format!("write `{}`", paste.model_id),
            Problem::InvalidForm => {
                "write the ID of a base model or an inference profile, or the ARN of one of these".into()
            },
            Problem::NotAModel => {
                "write the ID of a model or an inference profile, or the ARN of an inference profile, a provisioned model, a deployment or a Marketplace endpoint".into()
            }
            Problem::CustomModel => {
                "write the ARN of its deployment (`custom-model-deployment/…`) or of its provisioned throughput (`provisioned-model/…`)".into()
            }
            Problem::MarketplaceModel => {
                "deploy the model, then write the ARN of the endpoint: `arn:aws:sagemaker:REGION:ACCOUNT:endpoint/NAME`".into()
            }
            Problem::ProvisionedName => format!("if it is provisioned throughput, {PROVISIONED_ARN}"),
            Problem::Unknown(similar) if similar.is_empty() => {
                "`bedrock-check models list` prints the known models; a model that is newer than the catalogue is unknown".into()
            }
            Problem::Unknown(similar) => format!("did you mean {}?", quoted_list(similar, "or")),
            Problem::ContextSuffix(plain) => format!("write `{plain}`"),
            Problem::OnlyMantle(similar) if similar.is_empty() => {
                "write the ID of a model that Bedrock Runtime serves: `bedrock-check models list` prints them".into()
            },
            Problem::OnlyMantle(similar) => format!("write {}, which Bedrock Runtime serves", quoted_list(similar, "or")),
            Problem::NotOnDemandInRegion { regions, profiles } if profiles.is_empty() => {
                format!("set `region` to {}", some_regions(regions))
            }
            Problem::NeedsProfile(profiles) | Problem::NotOnDemandInRegion { profiles, .. } => {
                format!("write {}", quoted_list(profiles, "or"))
            }
            Problem::Geography { callable, instead, .. } if instead.is_empty() => {
                format!(
                    "write the ID of another model, or of an inference profile of a geography that this Region can call: {}",
                    quoted_list(callable, "or")
                )
            }
            Problem::ProfileNotInRegion { regions, instead } if instead.is_empty() => {
                format!("set `region` to {}", some_regions(regions))
            }
            Problem::Geography { instead, .. } | Problem::ProfileNotInRegion { instead, .. } => {
                format!("write {}", quoted_list(instead, "or"))
            }
            Problem::ArnRegion(arn_region) => {
                format!("write `region = \"{arn_region}\"`, or the ARN of the same resource in the model's Region")
            },
            Problem::Ended(_) => format!("change to a current model: `bedrock-check models list` prints them, as of {}", catalogue::DATE),
            Problem::Legacy(_) => "plan to change to a current model: `bedrock-check models list` prints them".into(),
            Problem::NoConverse => "write `operation = \"invoke\"`, and a request body in the model's native format".into(),
            Problem::NoStreaming { .. } => "remove `stream`".into(),
        }
    }
}

const PROVISIONED_ARN: &str = "write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, which `aws bedrock list-provisioned-model-throughputs` lists";

/// How many Regions a message lists.
const LISTED: usize = 6;

/// The first of `regions` in the order of their names.
fn some_regions(regions: &[&str]) -> String {
    let regions: BTreeSet<&str> = regions.iter().copied().collect();
    first_few(regions, LISTED, " or one of ")
}

fn quoted_list(names: &[&str], conjunction: &str) -> String {
    list(names.iter().map(quoted), conjunction)
}
