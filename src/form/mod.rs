//! The values that a user enters into the platform's form for a model, in the order of the form.

use serde_json::{Map, Value, json};

use crate::aws::model_id::ModelId;
use crate::aws::partition;
use crate::config::model::Claim;
use crate::config::value;
use crate::config::variables::DeclaredVariable;
use crate::exchange::Operation;
use crate::iam::call::Call;
use crate::iam::permissions::{Options, Topic, rights};
use crate::iam::trust::{text_or_variable, trust};
use crate::suite::{Case, Model, Source};
use crate::words::commas;

/// A section of the form.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub title: &'static str,
    pub content: Content,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Values by the names of their fields. A field that is not set is `null`.
    Fields(Map<String, Value>),
    Text(String),
}

impl Section {
    fn fields(title: &'static str, fields: impl IntoIterator<Item = (String, Value)>) -> Section {
        Section { title, content: Content::Fields(fields.into_iter().collect()) }
    }
}

/// The sections of the form for `model`. The name of an environment variable replaces its value.
pub fn sections(model: &Model) -> Vec<Section> {
    let headers = model.headers.iter().map(|(name, value)| (name.clone(), value.as_str().into()));
    let variables =
        model.variables.iter().map(|variable| (variable.name.clone(), variable_details(variable)));
    let cases = model.cases.iter().map(|case| (case.name.clone(), case_values(case)));
    let paths = model.mapping.fields().iter().map(|field| (field.name.clone(), field.source().into()));
    let body = Content::Text(model.template.text().trim_matches('\n').to_owned());
    vec![
        Section::fields("credentials", credentials(model)),
        Section::fields("model", details(model)),
        Section::fields("headers", headers),
        Section::fields("variables", variables),
        Section { title: "request body", content: body },
        Section::fields("test values", cases),
        Section::fields("JSON paths", paths),
        Section::fields("features", features(model)),
    ]
}

/// A field of the form.
type Field = (String, Value);

fn field(name: &str, value: impl Into<Value>) -> Field {
    (name.to_owned(), value.into())
}

fn credentials(model: &Model) -> Vec<Field> {
    let Some(credentials) = model.credentials.as_deref() else {
        return vec![field("source", "default chain")];
    };
    let last = credentials.hops.last();
    let source = match &credentials.source {
        Source::Default => "default chain".to_owned(),
        Source::Profile(name) => format!("profile {name}"),
        Source::BedrockApiKey => "Bedrock API key in AWS_BEARER_TOKEN_BEDROCK".to_owned(),
    };
    vec![
        field("name", credentials.name.as_str()),
        field("IAM role ARN", last.map(|hop| hop.role_arn.as_str())),
        field("trusted principal ARN", trust(credentials).ok().map(|trust| trust.principal)),
        field("STS endpoint", last.and_then(|hop| hop.sts_endpoint.as_deref())),
        field("external ID", last.and_then(|hop| hop.external_id.as_ref()).map(text_or_variable)),
        field("source", source),
    ]
}

fn details(model: &Model) -> Vec<Field> {
    vec![
        field("model name", model.name.as_str()),
        field("model ID", model.model_id.as_str()),
        field("Region", model.region.as_str()),
        field("ARN", arn(model)),
        field("endpoint URL", endpoint(model)),
        field("operation", model.operation.name()),
    ]
}

/// The ARN of the resource that the model ID names, if it is known.
fn arn(model: &Model) -> Option<String> {
    let call = Call::from_model(model, None, None);
    let needed = rights(&call, &Options::default()).ok()?.rights;
    let topics =
        [Topic::Model, Topic::Profile, Topic::Router, Topic::OwnModel, Topic::Endpoint, Topic::Prompt];
    needed.into_iter().find(|right| topics.contains(&right.topic)).map(|right| right.resource)
}

fn endpoint(model: &Model) -> String {
    let partition = partition::partition_of(&model.region);
    let fips = if model.fips { "-fips" } else { "" };
    let suffix = if model.dual_stack { partition.dual_stack_suffix } else { partition.dns_suffix };
    let default_host = || format!("https://bedrock-runtime{fips}.{}.{suffix}", model.region);
    let path = match model.operation {
        Operation::InvokeModel => "invoke",
        Operation::InvokeModelWithResponseStream => "invoke-with-response-stream",
        Operation::Converse => "converse",
        Operation::ConverseStream => "converse-stream",
    };
    let host = model.endpoint.clone().unwrap_or_else(default_host);
    let id = model.model_id.replace(':', "%3A").replace('/', "%2F");
    format!("{}/model/{id}/{path}", host.trim_end_matches('/'))
}

fn variable_details(declared: &DeclaredVariable) -> Value {
    let variable = &declared.variable;
    let default = variable.default.as_ref().map(default_value);
    json!({
        "display name": variable.display_name,
        "data type": variable.value_type.unwrap_or_default().name(),
        "required": default.is_none(),
        "default": default,
        "description": variable.description,
    })
}

/// A default value, or the reference to an environment variable that contains it.
fn default_value(value: &Value) -> Value {
    match value::environment_variable(value) {
        Some(name) => reference(name),
        None => value.clone(),
    }
}

fn reference(variable: &str) -> Value {
    format!("${{{variable}}}").into()
}

fn case_values(case: &Case) -> Value {
    let known = case.values.iter().filter(|(name, _)| !case.from_environment.contains_key(*name));
    let known = known.map(|(name, value)| (name.clone(), value.clone()));
    let references = case.from_environment.iter().map(|(name, variable)| (name.clone(), reference(variable)));
    let mut all: Vec<(String, Value)> = known.chain(references).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    Value::Object(all.into_iter().collect())
}

fn features(model: &Model) -> Vec<Field> {
    let family = ModelId::parse(&model.model_id).family();
    vec![
        field("streaming", model.operation.is_stream()),
        field("claims", commas(model.claims().map(Claim::name))),
        field("family", family.map(|family| family.name)),
    ]
}
