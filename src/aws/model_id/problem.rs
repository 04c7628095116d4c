//! What is wrong with calling a model ID from a Region, as far as its form and the catalogue tell.

use super::{Kind, ModelId, Paste, grammar, read};
use crate::aws::catalogue::{self, Lifecycle, Surface, geographies_of};
use crate::aws::family::Output;
use crate::aws::region::region;
use crate::exchange::Operation;
use crate::words::nearest_few;

/// Why a call can't succeed, or may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Something else was copied than the ID; this is the ID.
    Copied(Paste),
    /// Bedrock takes it for no model ID at all.
    Refused,
    /// It names something of AWS that is no model.
    NoModel,
    /// A Marketplace model is called through the endpoint that it is deployed to.
    MarketplaceModel,
    /// A custom model is called through something else.
    CustomModel,
    /// A bare name: Bedrock wants provisioned throughput by its ARN.
    ProvisionedName,
    /// Not in the catalogue; these are its nearest IDs.
    Unknown(Vec<&'static str>),
    /// A variant such as `:0:48k`, which only provisioned throughput and customisation have.
    ContextSuffix(String),
    /// Served by Bedrock Mantle, not by Bedrock Runtime.
    OnlyMantle(Vec<&'static str>),
    /// Its own ID is never called on demand; these profiles are, from here.
    NeedsProfile(Vec<&'static str>),
    /// Called on demand in these Regions, and through these profiles from here.
    NotOnDemandHere {
        regions: Vec<&'static str>,
        profiles: Vec<&'static str>,
    },
    /// A profile of another part of the world.
    Geography {
        geography: &'static str,
        here: Vec<&'static str>,
        instead: Vec<&'static str>,
    },
    /// The profile can be called from these Regions only.
    ProfileNotHere {
        regions: Vec<&'static str>,
        instead: Vec<&'static str>,
    },
    /// The ARN is of another Region.
    ArnRegion(String),
    Ended(Option<&'static str>),
    Legacy(Option<&'static str>),
    NoConverse,
    NoStreaming {
        sure: bool,
    },
}

/// A call to judge.
#[derive(Clone, Copy, Debug)]
pub struct Call<'c> {
    pub model_id: &'c str,
    pub region: &'c str,
    pub operation: Operation,
}

/// Everything that is wrong with `call`, the surest first. A problem that hides others comes alone.
pub fn problems(call: Call<'_>) -> Vec<Problem> {
    let paste = read(call.model_id);
    let cleaned = Call { model_id: &paste.model_id, ..call };
    let mut problems = of_id(cleaned);
    let is_unknown = problems.iter().any(|problem| matches!(problem, Problem::Unknown(_)));
    // What was copied with something around it and names nothing is told by what is near.
    if !paste.slips.is_empty() && !is_unknown {
        // What is left is told as it would be written.
        problems.retain(|problem| !matches!(problem, Problem::ProvisionedName));
        problems.insert(0, Problem::Copied(paste));
    }
    problems
}

fn of_id(call: Call<'_>) -> Vec<Problem> {
    let id = ModelId::parse(call.model_id);
    if let Some(problem) = of_form(&id, call.region) {
        return vec![problem];
    }
    let other_region = id.arn.map(|arn| arn.region).filter(|region| *region != call.region);
    let elsewhere = other_region.map(|region| Problem::ArnRegion(region.to_owned()));
    // From the ARN's own Region, the rest is another question; and nothing is known of a Region that is not.
    let has_bedrock = region(call.region).is_some_and(|region| region.has_bedrock);
    let asks = elsewhere.is_none() && has_bedrock;
    let life = of_life(&id);
    // What has ended is called from nowhere.
    let ended = matches!(life, Some(Problem::Ended(_)));
    let anywhere = if asks { of_place(&id, call.region) } else { None };
    let place = anywhere.filter(|place| !ended || place.is_sure());
    elsewhere.into_iter().chain(place).chain(life).chain(of_operation(&id, call.operation)).collect()
}

/// What is wrong with the ID wherever it is called.
fn of_form(id: &ModelId<'_>, region: &str) -> Option<Problem> {
    match id.kind {
        Kind::NoModel => return Some(Problem::NoModel),
        Kind::MarketplaceModel => return Some(Problem::MarketplaceModel),
        Kind::CustomModel => return Some(Problem::CustomModel),
        _ if !grammar::is_accepted(id.text) => return Some(Problem::Refused),
        _ => (),
    }
    let base = id.base.filter(|base| catalogue::model(base).is_none());
    match (base, id.kind) {
        _ if is_no_profile(id, region) => Some(Problem::Unknown(near(id.text, region))),
        (Some(base), _) => Some(unknown(base, id.text, region)),
        (None, Kind::Provisioned) if id.arn.is_none() => {
            let near = near(id.text, region);
            Some(if near.is_empty() { Problem::ProvisionedName } else { Problem::Unknown(near) })
        }
        _ => None,
    }
}

/// Whether a geography that has profiles has none of this model, which lives.
fn is_no_profile(id: &ModelId<'_>, region: &str) -> bool {
    let geography = id.geography.map(|geography| format!("{geography}."));
    let has_profiles = geography.is_some_and(|geography| catalogue::reaches(&geography, region).is_some());
    let lives = id.model().is_some_and(|model| !model.has_ended());
    has_profiles && lives && id.kind == Kind::InferenceProfile && id.profile().is_none()
}

fn unknown(base: &str, text: &str, region: &str) -> Problem {
    let variant = base.rsplit_once(':').filter(|(model, _)| catalogue::model(model).is_some());
    match variant {
        Some((model, suffix)) if suffix.ends_with('k') => Problem::ContextSuffix(text.replace(base, model)),
        _ => Problem::Unknown(near(text, region)),
    }
}

/// The known IDs that look most like `text`: of those that can be called from `region`, or else of all.
fn near(text: &str, region: &str) -> Vec<&'static str> {
    let models =
        || catalogue::models().filter(|model| model.surface == Surface::Runtime && !model.has_ended());
    let on_demand = models().filter(|model| model.on_demand.contains(&region)).map(|model| model.id);
    let profiles = catalogue::profiles().filter(|profile| profile.is_called_from(region));
    let here = nearest_few(text, on_demand.chain(profiles.map(|profile| profile.id)), 3);
    if !here.is_empty() {
        return here;
    }
    let anywhere = nearest_few(text, models().map(|model| model.id), 3);
    if anywhere.is_empty() {
        nearest_few(text, catalogue::models().map(|model| model.id), 3)
    } else {
        anywhere
    }
}

fn of_place(id: &ModelId<'_>, region: &str) -> Option<Problem> {
    let model = id.model()?;
    let profiles: Vec<_> = model.profiles.iter().copied().filter(|profile| from(profile, region)).collect();
    if let Some(geography) = id.geography {
        return of_profile(id, geography, region, profiles);
    }
    if model.surface == Surface::Mantle {
        let runtime = nearest_few(model.id, near(model.id, region), 2);
        return Some(Problem::OnlyMantle(runtime));
    }
    if model.lifecycle == Lifecycle::Retired || model.on_demand.contains(&region) {
        return None;
    }
    Some(match model.on_demand.as_slice() {
        [] => Problem::NeedsProfile(if profiles.is_empty() { model.profiles.clone() } else { profiles }),
        regions => Problem::NotOnDemandHere { regions: regions.to_vec(), profiles },
    })
}

fn of_profile(
    id: &ModelId<'_>,
    geography: &'static str,
    region: &str,
    instead: Vec<&'static str>,
) -> Option<Problem> {
    if catalogue::reaches(&format!("{geography}."), region) == Some(false) {
        return Some(Problem::Geography { geography, here: geographies_of(region), instead });
    }
    let regions: Vec<_> = id.profile()?.sources().collect();
    (!regions.contains(&region)).then_some(Problem::ProfileNotHere { regions, instead })
}

fn from(profile: &str, region: &str) -> bool {
    catalogue::profile(profile).is_some_and(|profile| profile.is_called_from(region))
}

fn of_life(id: &ModelId<'_>) -> Option<Problem> {
    let model = id.model()?;
    match model.lifecycle {
        _ if model.has_ended() => Some(Problem::Ended(model.ends)),
        Lifecycle::Legacy => Some(Problem::Legacy(model.ends)),
        Lifecycle::Active | Lifecycle::Retired => None,
    }
}

fn of_operation(id: &ModelId<'_>, operation: Operation) -> Vec<Problem> {
    let speaks = id.family().is_none_or(|family| family.output == Output::Text);
    let no_converse = operation.is_converse() && (!speaks || id.kind == Kind::Imported);
    let silent = id.model().is_some_and(|model| model.streaming == Some(false));
    let no_streaming = operation.is_stream() && (!speaks || silent);
    let converse = no_converse.then_some(Problem::NoConverse);
    converse.into_iter().chain(no_streaming.then_some(Problem::NoStreaming { sure: !speaks })).collect()
}

impl Problem {
    /// Whether AWS refuses such a call whatever the day and the account. What rests on the catalogue alone, which ages,
    /// is not sure.
    pub fn is_sure(&self) -> bool {
        match self {
            Problem::Refused
            | Problem::NoModel
            | Problem::CustomModel
            | Problem::MarketplaceModel
            | Problem::Geography { .. }
            | Problem::ArnRegion(_)
            | Problem::NoConverse => true,
            Problem::Copied(paste) => !paste.model_id.is_empty(),
            Problem::NoStreaming { sure } => *sure,
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
        let told = problems(call).into_iter().map(|problem| {
            format!(
                "{}{} | {}",
                if problem.is_sure() { "! " } else { "" },
                problem.message(call),
                problem.help()
            )
        });
        assert_eq!(told.collect::<Vec<_>>(), expected, "{model_id} in {region}");
    }

    #[track_caller]
    fn check_invoke(model_id: &str, region: &str, expected: &[&str]) {
        check(model_id, region, Operation::InvokeModel, expected);
    }

    #[test]
    fn calls_that_can_succeed_have_no_problem() {
        check_invoke("amazon.nova-pro-v1:0", "us-east-1", &[]);
        check_invoke("us.amazon.nova-pro-v1:0", "us-west-2", &[]);
        check_invoke("global.anthropic.claude-haiku-4-5-20251001-v1:0", "eu-central-1", &[]);
        check_invoke("arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl", "us-east-1", &[]);
        check_invoke("arn:aws:sagemaker:us-east-1:123456789012:endpoint/mine", "us-east-1", &[]);
        check("us.anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1", Operation::ConverseStream, &[]);
    }

    #[test]
    fn the_place_of_a_model_is_known() {
        check_invoke(
            "anthropic.claude-haiku-4-5-20251001-v1:0",
            "us-east-1",
            &[
                "`anthropic.claude-haiku-4-5-20251001-v1:0` is only called through an inference profile | write `global.anthropic.claude-haiku-4-5-20251001-v1:0` or `us.anthropic.claude-haiku-4-5-20251001-v1:0`",
            ],
        );
        check_invoke(
            "amazon.nova-pro-v1:0",
            "us-west-2",
            &[
                "`amazon.nova-pro-v1:0` is not called on demand in us-west-2 | write `us.amazon.nova-pro-v1:0`",
            ],
        );
        check_invoke(
            "us.amazon.nova-pro-v1:0",
            "eu-west-1",
            &[
                "! an inference profile of `us.` can't be called from eu-west-1 | write `eu.amazon.nova-pro-v1:0`",
            ],
        );
        check_invoke(
            "mistral.mistral-7b-instruct-v0:2",
            "eu-central-2",
            &[
                "`mistral.mistral-7b-instruct-v0:2` is not called on demand in eu-central-2 | call it in ap-south-1, ap-southeast-2, ca-central-1, eu-west-1, eu-west-2, eu-west-3 or 3 more",
            ],
        );
        check_invoke(
            "arn:aws:bedrock:us-west-2::foundation-model/amazon.nova-lite-v1:0",
            "us-east-1",
            &[
                "! the ARN is of us-west-2, and the model is called in us-east-1 | write `region = \"us-west-2\"`, or the ARN of the same thing in the model's Region",
            ],
        );
    }

    #[test]
    fn the_life_of_a_model_is_known() {
        check_invoke(
            "anthropic.claude-v2",
            "us-east-1",
            &[
                "`anthropic.claude-v2` is retired | move to a current model; the catalogue is of 2026-11-22, and Regions differ",
            ],
        );
        check_invoke(
            "anthropic.claude-3-haiku-20240307-v1:0",
            "ap-south-1",
            &[
                "`anthropic.claude-3-haiku-20240307-v1:0` reached the end of its life on 2026-09-10 | move to a current model; the catalogue is of 2026-11-22, and Regions differ",
            ],
        );
    }

    #[test]
    fn ids_that_name_nothing_are_told_with_what_is_near() {
        check_invoke(
            "us.anthropic.claude-haiku-4-5-20251001-v1:O",
            "us-east-1",
            &[
                "`us.anthropic.claude-haiku-4-5-20251001-v1:O` is not among the models that are known | did you mean `us.anthropic.claude-haiku-4-5-20251001-v1:0`, `global.anthropic.claude-haiku-4-5-20251001-v1:0` or `us.anthropic.claude-opus-4-5-20251101-v1:0`?",
            ],
        );
        check_invoke(
            "my-throughput-id",
            "us-east-1",
            &[
                "`my-throughput-id` is no model ID that is known | if it is provisioned throughput, write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, as `aws bedrock list-provisioned-model-throughputs` shows it",
            ],
        );
        check_invoke(
            "bedrock:provisioned-model-inference/my-throughput-id",
            "us-east-1",
            &[
                "! the model ID is a name of provisioned throughput as forms and consoles show it | write its ARN, `arn:aws:bedrock:REGION:ACCOUNT:provisioned-model/ID`, as `aws bedrock list-provisioned-model-throughputs` shows it; its name there is `my-throughput-id`",
            ],
        );
        check_invoke(
            "anthropic.claude-3-haiku-20240307-v1:0:48k",
            "us-east-1",
            &[
                "`anthropic.claude-3-haiku-20240307-v1:0:48k` is a variant for provisioned throughput and customisation, not for calls on demand | write `anthropic.claude-3-haiku-20240307-v1:0`",
            ],
        );
        check_invoke(
            "openai.gpt-oss-120b",
            "us-east-1",
            &[
                "`openai.gpt-oss-120b` is served by Bedrock Mantle, not by Bedrock Runtime | write `openai.gpt-oss-120b-1:0` or `openai.gpt-oss-20b-1:0`, or call it by Mantle's own API",
            ],
        );
        check_invoke(
            "my_model.x",
            "us-east-1",
            &[
                "! `my_model.x` has no form that Bedrock takes for a model ID | write a base model ID, an inference profile ID, or an ARN of one of these",
            ],
        );
    }

    #[test]
    fn operations_fit_or_not() {
        check(
            "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl",
            "us-east-1",
            Operation::Converse,
            &[
                "! `arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl` can't be called by Converse | call it by `operation = \"invoke\"` with a body of its own",
            ],
        );
        check(
            "amazon.titan-embed-text-v2:0",
            "us-east-1",
            Operation::InvokeModelWithResponseStream,
            &["! `amazon.titan-embed-text-v2:0` has no streaming | leave out `stream`"],
        );
    }
}
