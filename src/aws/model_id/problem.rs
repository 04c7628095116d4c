//! Finds problems of calling a model ID from a Region, by the form of the ID and by the catalogue.

use super::{Kind, ModelId, Paste, clean_paste, grammar};
use crate::aws::catalogue::{self, Lifecycle, Surface, geographies_for};
use crate::aws::family::Output;
use crate::aws::region::region;
use crate::exchange::Operation;
use crate::words::nearest_few;

/// A reason why a call fails or may fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text contains the ID and something else.
    PasteMistakes(Paste),
    /// Bedrock accepts no model ID of this form.
    InvalidForm,
    /// It names an AWS resource that is not a model.
    NotAModel,
    /// A Marketplace model, which can only be called through the endpoint that it is deployed to.
    MarketplaceModel,
    /// A custom model, which can only be called through a deployment or provisioned throughput.
    CustomModel,
    /// Possibly the name of provisioned throughput, which Bedrock accepts only as an ARN.
    ProvisionedName,
    /// Not in the catalogue. Contains the most similar IDs.
    Unknown(Vec<&'static str>),
    /// A variant such as `:0:48k`, which exists only for provisioned throughput and customization. Contains the ID
    /// without it.
    ContextSuffix(String),
    /// Served by Bedrock Mantle, not by Bedrock Runtime. Contains similar IDs that Bedrock Runtime serves.
    OnlyMantle(Vec<&'static str>),
    /// It can't be called on demand in any Region. Contains profiles that can be called instead.
    NeedsProfile(Vec<&'static str>),
    /// It can be called on demand only in `regions`, and through `profiles` from the Region of the call.
    NotOnDemandInRegion {
        regions: Vec<&'static str>,
        profiles: Vec<&'static str>,
    },
    /// An inference profile of a geography that can't be called from the Region.
    Geography {
        geography: &'static str,
        /// The geographies that can be called from the Region.
        callable: Vec<&'static str>,
        /// Profiles of the same model that can be called from the Region.
        instead: Vec<&'static str>,
    },
    /// The inference profile can be called only from `regions`.
    ProfileNotInRegion {
        regions: Vec<&'static str>,
        instead: Vec<&'static str>,
    },
    /// The ARN is in this Region, not in that of the call.
    ArnRegion(String),
    /// The model has reached the end of its life, on this day if it is known.
    Ended(Option<&'static str>),
    /// AWS has announced the end of the model's life, for this day if it is known.
    Legacy(Option<&'static str>),
    NoConverse,
    NoStreaming {
        /// Whether this is certain, and not only a fact of the catalogue, which can be outdated.
        certain: bool,
    },
}

/// A call to check for problems.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    pub model_id: &'c str,
    pub region: &'c str,
    pub operation: Operation,
}

/// The problems of `call`, the most certain first. A problem of the ID's form is returned alone, since the others
/// can't be checked then.
pub fn problems(call: Call<'_>) -> Vec<Problem> {
    let paste = clean_paste(call.model_id);
    let cleaned = Call { model_id: &paste.model_id, ..call };
    let mut problems = problems_of_id(cleaned);
    let is_unknown = problems.iter().any(|problem| matches!(problem, Problem::Unknown(_)));
    // If the cleaned ID is unknown, suggesting similar IDs helps more than the cleaned ID.
    if !paste.mistakes.is_empty() && !is_unknown {
        // The help for the paste mistake contains the help for the name of provisioned throughput.
        problems.retain(|problem| !matches!(problem, Problem::ProvisionedName));
        problems.insert(0, Problem::PasteMistakes(paste));
    }
    problems
}

fn problems_of_id(call: Call<'_>) -> Vec<Problem> {
    let id = ModelId::parse(call.model_id);
    if let Some(problem) = form_problem(&id, call.region) {
        return vec![problem];
    }
    let other_region = id.arn.map(|arn| arn.region).filter(|region| *region != call.region);
    let arn_region = other_region.map(|region| Problem::ArnRegion(region.to_owned()));
    // If the ARN is in another Region, or the Region has no Bedrock, that problem is reported alone.
    let has_bedrock = region(call.region).is_some_and(|region| region.has_bedrock);
    let is_valid_region = arn_region.is_none() && has_bedrock;
    let lifecycle = lifecycle_problem(&id);
    // A model that has ended can't be called from any Region.
    let ended = matches!(lifecycle, Some(Problem::Ended(_)));
    let any_region_problem = if is_valid_region { region_problem(&id, call.region) } else { None };
    let region_problem = any_region_problem.filter(|problem| !ended || problem.is_certain());
    let operation_problems = operation_problems(&id, call.operation);
    arn_region.into_iter().chain(region_problem).chain(lifecycle).chain(operation_problems).collect()
}

/// A problem of the ID that is the same in every Region.
fn form_problem(id: &ModelId<'_>, region: &str) -> Option<Problem> {
    match id.kind {
        Kind::NotAModel => return Some(Problem::NotAModel),
        Kind::MarketplaceModel => return Some(Problem::MarketplaceModel),
        Kind::CustomModel => return Some(Problem::CustomModel),
        _ if !grammar::is_accepted(id.text) => return Some(Problem::InvalidForm),
        _ => (),
    }
    let base = id.base.filter(|base| catalogue::model(base).is_none());
    match (base, id.kind) {
        _ if is_missing_profile(id, region) => Some(Problem::Unknown(similar_ids(id.text, region))),
        (Some(base), _) => Some(unknown_id(base, id.text, region)),
        (None, Kind::Provisioned) if id.arn.is_none() => {
            let similar = similar_ids(id.text, region);
            Some(if similar.is_empty() { Problem::ProvisionedName } else { Problem::Unknown(similar) })
        }
        _ => None,
    }
}

/// Whether the ID is an inference profile that the catalogue lacks, although it has the model and other profiles of the
/// geography. Profiles of models that have ended may be missing from the catalogue.
fn is_missing_profile(id: &ModelId<'_>, region: &str) -> bool {
    let geography = id.geography.map(|geography| format!("{geography}."));
    let has_profiles =
        geography.is_some_and(|geography| catalogue::geography_covers(&geography, region).is_some());
    let is_current = id.model().is_some_and(|model| !model.has_ended());
    has_profiles && is_current && id.kind == Kind::InferenceProfile && id.profile().is_none()
}

fn unknown_id(base: &str, text: &str, region: &str) -> Problem {
    let variant = base.rsplit_once(':').filter(|(model, _)| catalogue::model(model).is_some());
    match variant {
        Some((model, suffix)) if suffix.ends_with('k') => Problem::ContextSuffix(text.replace(base, model)),
        _ => Problem::Unknown(similar_ids(text, region)),
    }
}

/// The known IDs that are most similar to `text`: those that can be called from `region`, or else all similar ones.
fn similar_ids(text: &str, region: &str) -> Vec<&'static str> {
    let models =
        || catalogue::models().filter(|model| model.surface == Surface::Runtime && !model.has_ended());
    let on_demand = models().filter(|model| model.on_demand.contains(&region)).map(|model| model.id);
    let profiles = catalogue::profiles().filter(|profile| profile.is_called_from(region));
    let in_region = nearest_few(text, on_demand.chain(profiles.map(|profile| profile.id)), 3);
    if !in_region.is_empty() {
        return in_region;
    }
    let current = nearest_few(text, models().map(|model| model.id), 3);
    if current.is_empty() { nearest_few(text, catalogue::models().map(|model| model.id), 3) } else { current }
}

/// A problem of calling the ID from `region`.
fn region_problem(id: &ModelId<'_>, region: &str) -> Option<Problem> {
    let model = id.model()?;
    let profiles: Vec<_> =
        model.profiles.iter().copied().filter(|profile| is_callable_from(profile, region)).collect();
    if let Some(geography) = id.geography {
        return profile_problem(id, geography, region, profiles);
    }
    if model.surface == Surface::Mantle {
        let runtime = nearest_few(model.id, similar_ids(model.id, region), 2);
        return Some(Problem::OnlyMantle(runtime));
    }
    if model.lifecycle == Lifecycle::Retired || model.on_demand.contains(&region) {
        return None;
    }
    Some(match model.on_demand.as_slice() {
        [] => Problem::NeedsProfile(if profiles.is_empty() { model.profiles.clone() } else { profiles }),
        regions => Problem::NotOnDemandInRegion { regions: regions.to_vec(), profiles },
    })
}

fn profile_problem(
    id: &ModelId<'_>,
    geography: &'static str,
    region: &str,
    instead: Vec<&'static str>,
) -> Option<Problem> {
    if catalogue::geography_covers(&format!("{geography}."), region) == Some(false) {
        return Some(Problem::Geography { geography, callable: geographies_for(region), instead });
    }
    let regions: Vec<_> = id.profile()?.sources().collect();
    (!regions.contains(&region)).then_some(Problem::ProfileNotInRegion { regions, instead })
}

fn is_callable_from(profile: &str, region: &str) -> bool {
    catalogue::profile(profile).is_some_and(|profile| profile.is_called_from(region))
}

fn lifecycle_problem(id: &ModelId<'_>) -> Option<Problem> {
    let model = id.model()?;
    match model.lifecycle {
        _ if model.has_ended() => Some(Problem::Ended(model.ends)),
        Lifecycle::Legacy => Some(Problem::Legacy(model.ends)),
        Lifecycle::Active | Lifecycle::Retired => None,
    }
}

fn operation_problems(id: &ModelId<'_>, operation: Operation) -> Vec<Problem> {
    let outputs_text = id.family().is_none_or(|family| family.output == Output::Text);
    let no_converse = operation.is_converse() && (!outputs_text || id.kind == Kind::Imported);
    let lacks_streaming = id.model().is_some_and(|model| model.streaming == Some(false));
    let no_streaming = operation.is_stream() && (!outputs_text || lacks_streaming);
    let converse = no_converse.then_some(Problem::NoConverse);
    converse
        .into_iter()
        .chain(no_streaming.then_some(Problem::NoStreaming { certain: !outputs_text }))
        .collect()
}

impl Problem {
    /// Whether AWS refuses such a call always and for every account. A problem that is known only from the catalogue is
    /// not certain, since the catalogue can be outdated.
    pub fn is_certain(&self) -> bool {
        match self {
            Problem::InvalidForm
            | Problem::NotAModel
            | Problem::CustomModel
            | Problem::MarketplaceModel
            | Problem::Geography { .. }
            | Problem::ArnRegion(_)
            | Problem::NoConverse => true,
            Problem::PasteMistakes(paste) => !paste.model_id.is_empty(),
            Problem::NoStreaming { certain } => *certain,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(model_id: &str, region: &str, operation: Operation, expected: &[&str]) {
        let call = Call { model_id, region, operation };
        let found = problems(call).into_iter().map(|problem| {
            format!(
                "{}{} | {}",
                if problem.is_certain() { "! " } else { "" },
                problem.message(call),
                problem.help()
            )
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{model_id} in {region}");
    }

    #[track_caller]
    fn check_invoke(model_id: &str, region: &str, expected: &[&str]) {
        check(model_id, region, Operation::InvokeModel, expected);
    }

    #[test]
    fn valid_calls_have_no_problem() {
        check_invoke("amazon.nova-pro-v1:0", "us-east-1", &[]);
        check_invoke("us.amazon.nova-pro-v1:0", "us-west-2", &[]);
        check_invoke("global.anthropic.claude-haiku-4-5-20251001-v1:0", "eu-central-1", &[]);
        check_invoke("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", "us-east-1", &[]);
        check_invoke("arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine", "us-east-1", &[]);
        check("us.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1", Operation::ConverseStream, &[]);
    }

    #[test]
    fn problems_of_the_region_are_found() {
        check_invoke(
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "us-east-1",
            &[
                "`anthropic.claude-haiku-4-5-20251001-v1:0` can only be called through an inference profile | write `global.anthropic.claude-haiku-4-5-20251001-v1:0` or `us.anthropic.claude-haiku-4-5-20251001-v1:0`",
            ],
        );
        check_invoke(
            "amazon.nova-pro-v1:0",
            "us-west-2",
            &[
                "`amazon.nova-pro-v1:0` can't be called on demand in us-west-2 | write `us.amazon.nova-pro-v1:0`",
            ],
        );
        check_invoke(
            "us.amazon.nova-pro-v1:0",
            "eu-west-1",
            &[
                "! inference profiles of the geography `us.` can't be called from eu-west-1 | write `eu.amazon.nova-pro-v1:0`",
            ],
        );
        check_invoke(
            "mistral.mistral-7b-instruct-v0:2",
            "eu-central-2",
            &[
                "`mistral.mistral-7b-instruct-v0:2` can't be called on demand in eu-central-2 | set `region` to ap-south-1, ap-southeast-2, ca-central-1, eu-west-1, eu-west-2, eu-west-3 or one of 3 more",
            ],
        );
        check_invoke(
            "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0",
            "us-east-1",
            &[
                "! the ARN is in us-west-2, but the model is called in us-east-1 | write `region = \"us-west-2\"`, or the ARN of the same resource in the model's Region",
            ],
        );
    }

    #[test]
    fn problems_of_the_lifecycle_are_found() {
        check_invoke(
            "anthropic.claude-v2",
            "us-east-1",
            &[
                "`anthropic.claude-v2` has reached the end of its life | change to a current model: `bedrock-check models list` prints them, as of 2026-11-22",
            ],
        );
        check_invoke(
            "anthropic.claude-3-haiku-20240307-v1:0",
            "ap-south-1",
            &[
                "`anthropic.claude-3-haiku-20240307-v1:0` reached the end of its life on 2026-09-10 | change to a current model: `bedrock-check models list` prints them, as of 2026-11-22",
            ],
        );
    }

    #[test]
    fn unknown_ids_are_found_and_similar_ones_suggested() {
        check_invoke(
            "us.anthropic.claude-haiku-4-5-20251001-v1:O",
            "us-east-1",
            &[
                "`us.anthropic.claude-haiku-4-5-20251001-v1:O` is not a known model or inference profile | did you mean `us.anthropic.claude-haiku-4-5-20251001-v1:0`, `global.anthropic.claude-haiku-4-5-20251001-v1:0` or `us.anthropic.claude-opus-4-5-20251101-v1:0`?",
            ],
        );
        check_invoke(
            "my-throughput-id",
            "us-east-1",
            &[
                "`my-throughput-id` is not a known model ID | if it is provisioned throughput, write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, which `aws bedrock list-provisioned-model-throughputs` lists",
            ],
        );
        check_invoke(
            "bedrock:provisioned-model-inference/my-throughput-id",
            "us-east-1",
            &[
                "! the model ID is the name of provisioned throughput, not its ARN | write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, which `aws bedrock list-provisioned-model-throughputs` lists for the name `my-throughput-id`",
            ],
        );
        check_invoke(
            "anthropic.claude-3-haiku-20240307-v1:0:48k",
            "us-east-1",
            &[
                "`anthropic.claude-3-haiku-20240307-v1:0:48k` is a variant for provisioned throughput and customization, and can't be called on demand | write `anthropic.claude-3-haiku-20240307-v1:0`",
            ],
        );
        check_invoke(
            "openai.gpt-oss-120b",
            "us-east-1",
            &[
                "`openai.gpt-oss-120b` is served by Bedrock Mantle, not by Bedrock Runtime | write `openai.gpt-oss-120b-1:0` or `openai.gpt-oss-20b-1:0`, which Bedrock Runtime serves",
            ],
        );
        check_invoke(
            "my_model.x",
            "us-east-1",
            &[
                "! `my_model.x` does not have the form of a model ID or ARN | write the ID of a base model or an inference profile, or the ARN of one of these",
            ],
        );
    }

    #[test]
    fn unsupported_operations_are_found() {
        check(
            "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl",
            "us-east-1",
            Operation::Converse,
            &[
                "! `arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl` does not support Converse | write `operation = \"invoke\"`, and a request body in the model's native format",
            ],
        );
        check(
            "amazon.titan-embed-text-v2:0",
            "us-east-1",
            Operation::InvokeModelWithResponseStream,
            &["! `amazon.titan-embed-text-v2:0` does not support streaming | remove `stream`"],
        );
    }
}
