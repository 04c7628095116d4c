//! Finds the rights that a call needs.

use super::behind;
use super::note::Note;
use super::right::{Condition, Right, Topic};
use crate::aws::model_id::{Kind, ModelId};
use crate::aws::partition;
use crate::iam::call::{Call, Guardrail};

/// Options for rights in addition to those of the calls themselves.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The IDs of the models that application inference profiles, prompt routers and prompts call.
    pub called_models: Vec<String>,
    /// Whether to include the rights for looking up models and inference profiles.
    pub has_lookups: bool,
    /// Whether to include the rights for the first call of a third-party model.
    pub is_first_use: bool,
}

/// Rights, and notes about them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    pub rights: Vec<Right>,
    pub notes: Vec<Note>,
}

/// The error if an ARN needs an account, and the account is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the account in which the model is called is unknown")]
pub struct UnknownAccount;

/// How a call of each kind of model ID is authorized: the topic of the ID itself, and what it calls.
const KINDS: [(Kind, Option<Topic>, CalledModels); 11] = [
    (Kind::Base, None, CalledModels::Itself),
    (Kind::InferenceProfile, Some(Topic::Profile), CalledModels::Known(PROFILE)),
    (Kind::ApplicationProfile, Some(Topic::Profile), CalledModels::Listed(PROFILE)),
    (Kind::Provisioned, Some(Topic::OwnModel), CalledModels::Nothing),
    (Kind::CustomDeployment, Some(Topic::OwnModel), CalledModels::Nothing),
    (Kind::CustomModel, None, CalledModels::Nothing),
    (Kind::Imported, Some(Topic::OwnModel), CalledModels::Nothing),
    (Kind::Marketplace, None, CalledModels::Endpoint),
    (Kind::Prompt, Some(Topic::Prompt), CalledModels::Listed(PROMPT)),
    (Kind::PromptRouter, Some(Topic::Router), CalledModels::Listed(ROUTER)),
    (Kind::NotAModel, None, CalledModels::Nothing),
];

/// The models that a call of a model ID reaches.
#[derive(Clone, Copy)]
enum CalledModels {
    Nothing,
    /// The foundation model with this ID.
    Itself,
    /// Foundation models that the catalogue contains.
    Known(Route),
    /// Models that the user has to list in the options.
    Listed(Route),
    /// A `SageMaker` endpoint.
    Endpoint,
}

/// How a model is called through another resource: the topic of its right, and the condition key for the ARN of the
/// resource.
type Route = (Topic, Option<&'static str>);

const PROFILE: Route = (Topic::ModelBehindProfile, Some("bedrock:InferenceProfileArn"));
const ROUTER: Route = (Topic::ModelBehindRouter, Some("bedrock:PromptRouterArn"));
const PROMPT: Route = (Topic::ModelOfPrompt, None);

const INVOKE: &str = "bedrock:InvokeModel";
const STREAM: &str = "bedrock:InvokeModelWithResponseStream";

/// The rights that `call` needs.
pub fn rights(call: &Call, options: &Options) -> Result<Rights, UnknownAccount> {
    let mut builder = RightsBuilder { call, options, rights: Vec::new(), notes: Vec::new() };
    builder.add_model()?;
    builder.add_guardrail()?;
    builder.add_extras();
    let RightsBuilder { mut rights, mut notes, .. } = builder;
    rights.sort();
    rights.dedup();
    notes.sort();
    notes.dedup();
    Ok(Rights { rights, notes })
}

struct RightsBuilder<'c> {
    call: &'c Call,
    options: &'c Options,
    rights: Vec<Right>,
    notes: Vec<Note>,
}

impl RightsBuilder<'_> {
    fn add(&mut self, topic: Topic, action: &'static str, resource: &str) {
        self.add_conditional(topic, action, resource, None);
    }

    fn add_conditional(
        &mut self,
        topic: Topic,
        action: &'static str,
        resource: &str,
        condition: Option<Condition>,
    ) {
        self.rights.push(Right { topic, action, resource: resource.to_owned(), condition });
    }

    fn action(&self) -> &'static str {
        if self.call.operation.is_stream() { STREAM } else { INVOKE }
    }

    /// The ARN of a Bedrock resource in the account and Region of the call.
    fn arn(&self, resource: &str) -> Result<String, UnknownAccount> {
        let Call { region, account, .. } = self.call;
        let (partition, account) =
            (partition::partition_of(region).id, account.as_deref().ok_or(UnknownAccount)?);
        Ok(format!("arn:{partition}:bedrock:{region}:{account}:{resource}"))
    }

    fn add_model(&mut self) -> Result<(), UnknownAccount> {
        let id = ModelId::parse(&self.call.model_id);
        let (_, topic, called) =
            *KINDS.iter().find(|(kind, ..)| *kind == id.kind).expect("every kind has a row");
        let arn = match (topic, id.arn) {
            (Some(_), Some(_)) => Some(id.text.to_owned()),
            (Some(Topic::Profile), None) => Some(self.arn(&format!("inference-profile/{}", id.text))?),
            _ => None,
        };
        match (topic, &arn) {
            (Some(Topic::Prompt), Some(arn)) => {
                self.add(Topic::Prompt, "bedrock:GetPrompt", arn);
                self.add(Topic::Prompt, "bedrock:RenderPrompt", arn);
            }
            (Some(topic), Some(arn)) => self.add(topic, self.action(), arn),
            (None, _) if !matches!(called, CalledModels::Nothing) => {}
            _ => {
                let kind = id.kind.name();
                self.notes.push(Note::NoArn { model_id: id.text.to_owned(), kind });
            }
        }
        if let (Some(Topic::Profile), Some(arn), true) = (topic, &arn, self.options.has_lookups) {
            self.add(Topic::ProfileDetails, "bedrock:GetInferenceProfile", arn);
        }
        self.add_called_models(&id, called, arn.as_deref())
    }

    fn add_called_models(
        &mut self,
        id: &ModelId<'_>,
        called: CalledModels,
        through: Option<&str>,
    ) -> Result<(), UnknownAccount> {
        match called {
            CalledModels::Nothing => {}
            CalledModels::Itself if id.arn.is_some() => self.add(Topic::Model, self.action(), id.text),
            CalledModels::Itself => self.add_foundation_models(id, (Topic::Model, None), None),
            CalledModels::Known(route) => self.add_foundation_models(id, route, through),
            CalledModels::Listed(route) => {
                if self.options.called_models.is_empty() {
                    self.notes.push(Note::UnknownCalledModels { model_id: id.text.to_owned() });
                }
                for model_id in self.options.called_models.clone() {
                    self.add_listed_model(&ModelId::parse(&model_id), route, through)?;
                }
            }
            CalledModels::Endpoint => self.add_endpoint(id)?,
        }
        Ok(())
    }

    /// Adds the rights for a model that the user listed. Through a prompt or a prompt router, it can be an inference
    /// profile, which then needs a right too.
    fn add_listed_model(
        &mut self,
        id: &ModelId<'_>,
        route: Route,
        through: Option<&str>,
    ) -> Result<(), UnknownAccount> {
        if id.kind == Kind::InferenceProfile && route.0 != Topic::ModelBehindProfile {
            let arn = match id.arn {
                Some(_) => id.text.to_owned(),
                None => self.arn(&format!("inference-profile/{}", id.text))?,
            };
            self.add(Topic::Profile, self.action(), &arn);
        }
        self.add_foundation_models(id, route, through);
        Ok(())
    }

    fn add_foundation_models(&mut self, id: &ModelId<'_>, (topic, key): Route, through: Option<&str>) {
        let arns = behind::foundation_models(id, &self.call.region, &mut self.notes);
        let condition = key.zip(through).map(|(key, value)| Condition {
            operator: "ArnEquals",
            key,
            value: value.to_owned(),
        });
        for arn in arns {
            self.add_conditional(topic, self.action(), &arn, condition.clone());
        }
    }

    /// Bedrock calls the endpoint with the caller's rights (AWS managed policy `AmazonBedrockFullAccess`).
    fn add_endpoint(&mut self, id: &ModelId<'_>) -> Result<(), UnknownAccount> {
        let action = if self.call.operation.is_stream() {
            "sagemaker:InvokeEndpointWithResponseStream"
        } else {
            "sagemaker:InvokeEndpoint"
        };
        let all = self.arn("marketplace/model-endpoint/all-access")?;
        self.add(Topic::Marketplace, self.action(), &all);
        let value = "bedrock.amazonaws.com".to_owned();
        let condition = Condition { operator: "StringEquals", key: "aws:CalledViaLast", value };
        self.add_conditional(Topic::Endpoint, action, id.text, Some(condition));
        Ok(())
    }

    fn add_guardrail(&mut self) -> Result<(), UnknownAccount> {
        let Some(guardrail) = &self.call.guardrail else { return Ok(()) };
        let identifier = guardrail.identifier.clone();
        if identifier.contains("{{") {
            self.notes.push(Note::VariableGuardrail { identifier });
            return Ok(());
        }
        let arn = if guardrail.is_arn() { identifier } else { self.arn(&format!("guardrail/{identifier}"))? };
        self.add(Topic::Guardrail, "bedrock:ApplyGuardrail", &arn);
        self.notes.push(Note::GuardrailProfile { identifier: guardrail.identifier.clone() });
        Ok(())
    }

    fn add_extras(&mut self) {
        const EXTRAS: [(Topic, &str); 5] = [
            (Topic::ApiKey, "bedrock:CallWithBearerToken"),
            (Topic::FirstUse, "aws-marketplace:Subscribe"),
            (Topic::FirstUse, "aws-marketplace:ViewSubscriptions"),
            (Topic::Catalogue, "bedrock:ListFoundationModels"),
            (Topic::Catalogue, "bedrock:ListInferenceProfiles"),
        ];
        let enabled = [
            (Topic::ApiKey, self.call.has_bearer_token),
            (Topic::FirstUse, self.options.is_first_use),
            (Topic::Catalogue, self.options.has_lookups),
        ];
        for (topic, action) in EXTRAS {
            if enabled.contains(&(topic, true)) {
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

    /// The value of the condition key: the ARN, with the version if it is a number.
    pub(super) fn condition_value(&self, call: &Call) -> String {
        let arn = if self.is_arn() {
            self.identifier.clone()
        } else {
            let (partition, account) =
                (partition::partition_of(&call.region).id, call.account.as_deref().unwrap_or("*"));
            format!("arn:{partition}:bedrock:{}:{account}:guardrail/{}", call.region, self.identifier)
        };
        match self.version.as_deref().filter(|version| *version != "DRAFT") {
            Some(version) => format!("{arn}:{version}"),
            None => arn,
        }
    }
}
