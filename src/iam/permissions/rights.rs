//! From a call to the rights that it needs.

use super::behind;
use super::note::Note;
use super::right::{Condition, Right, Topic};
use crate::aws::model_id::{Kind, ModelId};
use crate::aws::partition;
use crate::iam::call::{Call, Guardrail};

/// What is asked for beside the calls themselves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Model IDs behind application profiles, prompt routers and prompts.
    pub behind: Vec<String>,
    /// What looking models and profiles up needs.
    pub has_lookups: bool,
    /// What the first call of a third party's model needs.
    pub is_first_use: bool,
}

/// Rights, and what to know beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub rights: Vec<Right>,
    pub notes: Vec<Note>,
}

/// An ARN needs the account, and nothing tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account that is called is not known")]
pub struct NoAccount;

/// How a call of each kind is authorised: what the ID itself is, and what is behind it.
const KINDS: [(Kind, Option<Topic>, Behind); 11] = [
    (Kind::Base, None, Behind::Itself),
    (Kind::InferenceProfile, Some(Topic::Profile), Behind::Known(PROFILE)),
    (Kind::ApplicationProfile, Some(Topic::Profile), Behind::Asked(PROFILE)),
    (Kind::Provisioned, Some(Topic::OwnModel), Behind::Nothing),
    (Kind::CustomDeployment, Some(Topic::OwnModel), Behind::Nothing),
    (Kind::CustomModel, None, Behind::Nothing),
    (Kind::Imported, Some(Topic::OwnModel), Behind::Nothing),
    (Kind::Marketplace, None, Behind::Endpoint),
    (Kind::Prompt, Some(Topic::Prompt), Behind::Asked(PROMPT)),
    (Kind::PromptRouter, Some(Topic::Router), Behind::Asked(ROUTER)),
    (Kind::NoModel, None, Behind::Nothing),
];

/// What is behind an ID.
#[derive(Clone, Copy)]
enum Behind {
    Nothing,
    /// The foundation model that the ID names.
    Itself,
    /// Foundation models that the catalogue tells.
    Known(Way),
    /// Models that only AWS knows, or who asks.
    Asked(Way),
    /// An endpoint of `SageMaker`.
    Endpoint,
}

/// How a model behind something is reached: its topic, and the condition key that names what it is behind.
type Way = (Topic, Option<&'static str>);

const PROFILE: Way = (Topic::ModelBehindProfile, Some("bedrock:InferenceProfileArn"));
const ROUTER: Way = (Topic::ModelBehindRouter, Some("bedrock:PromptRouterArn"));
const PROMPT: Way = (Topic::ModelOfPrompt, None);

const INVOKE: &str = "bedrock:InvokeModel";
const STREAM: &str = "bedrock:InvokeModelWithResponseStream";

/// The rights that `call` needs.
pub fn rights(call: &Call, options: &Options) -> Result<Rights, NoAccount> {
    let mut needed = Needed { call, options, rights: Vec::new(), notes: Vec::new() };
    needed.model()?;
    needed.guardrail()?;
    needed.extras();
    let Needed { mut rights, mut notes, .. } = needed;
    rights.sort();
    rights.dedup();
    notes.sort();
    notes.dedup();
    Ok(Rights { rights, notes })
}

struct Needed<'c> {
    call: &'c Call,
    options: &'c Options,
    rights: Vec<Right>,
    notes: Vec<Note>,
}

impl Needed<'_> {
    fn add(&mut self, topic: Topic, action: &'static str, resource: &str) {
        self.add_if(topic, action, resource, None);
    }

    fn add_if(&mut self, topic: Topic, action: &'static str, resource: &str, condition: Option<Condition>) {
        self.rights.push(Right { topic, action, resource: resource.to_owned(), condition });
    }

    fn action(&self) -> &'static str {
        if self.call.operation.is_stream() { STREAM } else { INVOKE }
    }

    /// `arn:…:bedrock:REGION:ACCOUNT:RESOURCE`.
    fn own(&self, resource: &str) -> Result<String, NoAccount> {
        let Call { region, account, .. } = self.call;
        let (partition, account) = (partition::of_region(region).id, account.as_deref().ok_or(NoAccount)?);
        Ok(format!("arn:{partition}:bedrock:{region}:{account}:{resource}"))
    }

    fn model(&mut self) -> Result<(), NoAccount> {
        let id = ModelId::parse(&self.call.model_id);
        let (_, topic, behind) =
            *KINDS.iter().find(|(kind, ..)| *kind == id.kind).expect("every kind has a row");
        let arn = match (topic, id.arn) {
            (Some(_), Some(_)) => Some(id.text.to_owned()),
            (Some(Topic::Profile), None) => Some(self.own(&format!("inference-profile/{}", id.text))?),
            _ => None,
        };
        match (topic, &arn) {
            (Some(Topic::Prompt), Some(arn)) => {
                self.add(Topic::Prompt, "bedrock:GetPrompt", arn);
                self.add(Topic::Prompt, "bedrock:RenderPrompt", arn);
            }
            (Some(topic), Some(arn)) => self.add(topic, self.action(), arn),
            (None, _) if !matches!(behind, Behind::Nothing) => {}
            _ => {
                let kind = id.kind.name();
                self.notes.push(Note::NoArn { model_id: id.text.to_owned(), kind });
            }
        }
        if let (Some(Topic::Profile), Some(arn), true) = (topic, &arn, self.options.has_lookups) {
            self.add(Topic::ProfileDetails, "bedrock:GetInferenceProfile", arn);
        }
        self.behind(&id, behind, arn.as_deref())
    }

    fn behind(&mut self, id: &ModelId<'_>, behind: Behind, through: Option<&str>) -> Result<(), NoAccount> {
        match behind {
            Behind::Nothing => {}
            Behind::Itself if id.arn.is_some() => self.add(Topic::Model, self.action(), id.text),
            Behind::Itself => self.foundation_models(id, (Topic::Model, None), None),
            Behind::Known(way) => self.foundation_models(id, way, through),
            Behind::Asked(way) => {
                if self.options.behind.is_empty() {
                    self.notes.push(Note::UnknownBehind { model_id: id.text.to_owned() });
                }
                for model_id in self.options.behind.clone() {
                    self.asked(&ModelId::parse(&model_id), way, through)?;
                }
            }
            Behind::Endpoint => self.endpoint(id)?,
        }
        Ok(())
    }

    /// A prompt or a router may lead to a profile, which is granted as well; an application profile is one itself.
    fn asked(&mut self, id: &ModelId<'_>, way: Way, through: Option<&str>) -> Result<(), NoAccount> {
        if id.kind == Kind::InferenceProfile && way.0 != Topic::ModelBehindProfile {
            let arn = match id.arn {
                Some(_) => id.text.to_owned(),
                None => self.own(&format!("inference-profile/{}", id.text))?,
            };
            self.add(Topic::Profile, self.action(), &arn);
        }
        self.foundation_models(id, way, through);
        Ok(())
    }

    fn foundation_models(&mut self, id: &ModelId<'_>, (topic, key): Way, through: Option<&str>) {
        let arns = behind::foundation_models(id, &self.call.region, &mut self.notes);
        let condition = key.zip(through).map(|(key, value)| Condition {
            operator: "ArnEquals",
            key,
            value: value.to_owned(),
        });
        for arn in arns {
            self.add_if(topic, self.action(), &arn, condition.clone());
        }
    }

    /// Bedrock itself calls the endpoint, as the caller (AWS managed policy `AmazonBedrockFullAccess`).
    fn endpoint(&mut self, id: &ModelId<'_>) -> Result<(), NoAccount> {
        let action = if self.call.operation.is_stream() {
            "sagemaker:InvokeEndpointWithResponseStream"
        } else {
            "sagemaker:InvokeEndpoint"
        };
        let all = self.own("marketplace/model-endpoint/all-access")?;
        self.add(Topic::Marketplace, self.action(), &all);
        let value = "bedrock.amazonaws.com".to_owned();
        let condition = Condition { operator: "StringEquals", key: "aws:CalledViaLast", value };
        self.add_if(Topic::Endpoint, action, id.text, Some(condition));
        Ok(())
    }

    fn guardrail(&mut self) -> Result<(), NoAccount> {
        let Some(guardrail) = &self.call.guardrail else { return Ok(()) };
        let identifier = guardrail.identifier.clone();
        if identifier.contains("{{") {
            self.notes.push(Note::VariableGuardrail { identifier });
            return Ok(());
        }
        let arn = if guardrail.is_arn() { identifier } else { self.own(&format!("guardrail/{identifier}"))? };
        self.add(Topic::Guardrail, "bedrock:ApplyGuardrail", &arn);
        self.notes.push(Note::GuardrailProfile { identifier: guardrail.identifier.clone() });
        Ok(())
    }

    fn extras(&mut self) {
        const EXTRAS: [(Topic, &str); 5] = [
            (Topic::ApiKey, "bedrock:CallWithBearerToken"),
            (Topic::FirstUse, "aws-marketplace:Subscribe"),
            (Topic::FirstUse, "aws-marketplace:ViewSubscriptions"),
            (Topic::Catalogue, "bedrock:ListFoundationModels"),
            (Topic::Catalogue, "bedrock:ListInferenceProfiles"),
        ];
        let wanted = [
            (Topic::ApiKey, self.call.has_bearer_token),
            (Topic::FirstUse, self.options.is_first_use),
            (Topic::Catalogue, self.options.has_lookups),
        ];
        for (topic, action) in EXTRAS {
            if wanted.contains(&(topic, true)) {
                self.add(topic, action, "*");
            }
        }
        if self.options.is_first_use {
            self.notes.push(Note::FirstUse);
        }
    }
}

impl Guardrail {
    fn is_arn(&self) -> bool {
        self.identifier.starts_with("arn:")
    }

    /// As the condition key has it: the ARN, with the version if that is a number.
    pub(super) fn condition_value(&self, call: &Call) -> String {
        let arn = if self.is_arn() {
            self.identifier.clone()
        } else {
            let (partition, account) =
                (partition::of_region(&call.region).id, call.account.as_deref().unwrap_or("*"));
            format!("arn:{partition}:bedrock:{}:{account}:guardrail/{}", call.region, self.identifier)
        };
        match self.version.as_deref().filter(|version| *version != "DRAFT") {
            Some(version) => format!("{arn}:{version}"),
            None => arn,
        }
    }
}
