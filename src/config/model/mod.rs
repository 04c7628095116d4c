//! The config file as people write it. The doc comments are the descriptions in the published schema.
//!
//! Nothing here is checked beyond its type: the schema stage reports unknown keys and values out of
//! bounds, lint reports what needs meaning. Every key may be absent, since `[defaults]`, `extends`
//! and profiles may provide it.
//!
//! Tables and plain values under one key are told apart by hand, since serde's untagged enums lose
//! both the numbers' exact text and the reason why a value doesn't fit.

mod case;
mod credentials;
mod expect;
mod features;
pub mod form;
#[cfg(test)]
mod mapping;
mod snapshot;
mod variable;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

pub use case::{Case, CaseSeverity};
pub use credentials::{Credentials, Hop, Text};
pub use expect::{Expect, ExpectedError, PREDICATES, Predicates};
pub use features::{Claim, Features, Modality};
#[cfg(test)]
pub(crate) use mapping::MappingRule;
pub use snapshot::{FieldPolicy, SnapshotPolicy, SnapshotSwitch};
pub use variable::{Variable, VariableType};

#[cfg(test)]
use crate::schema::published::{self, MappingEntry};

/// One Bedrock model as a platform calls it.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Model {
    /// Another model of this file whose keys this one takes over. Its own keys win.
    #[cfg_attr(test, schemars(transform = form::NAME.text()))]
    pub extends: Option<String>,
    /// What the model is for.
    pub description: Option<String>,
    /// `false` keeps the model in the file and out of every run; `true` is the default.
    pub enabled: Option<bool>,
    /// Name of the `[credentials.NAME]` to call with.
    #[cfg_attr(test, schemars(transform = form::NAME.text()))]
    pub credentials: Option<String>,
    /// AWS Region that the model is called in.
    #[cfg_attr(test, schemars(transform = form::REGION.text(), transform = published::known_regions))]
    pub region: Option<String>,
    /// What goes into Bedrock's `modelId`: a base model ID, an inference profile, or an ARN.
    #[cfg_attr(test, schemars(transform = form::MODEL_ID.text(), transform = published::known_models))]
    pub model_id: Option<String>,
    /// What kind of thing `model_id` names.
    pub deployment: Option<Deployment>,
    /// Operation to call: `invoke` (InvokeModel, the default) or `converse`.
    pub operation: Option<Api>,
    /// `true` calls the operation's streaming twin.
    pub stream: Option<bool>,
    /// Endpoint of Bedrock Runtime, if it is not the Region's own.
    #[cfg_attr(test, schemars(transform = form::ENDPOINT.text()))]
    pub endpoint: Option<String>,
    /// `true` calls the Region's FIPS endpoint.
    pub fips: Option<bool>,
    /// `true` calls the Region's dual-stack endpoint, over IPv4 or IPv6.
    pub dual_stack: Option<bool>,
    /// Guardrail to apply.
    pub guardrail: Option<Guardrail>,
    /// More headers of the call, such as `X-Amzn-Bedrock-Service-Tier`.
    #[cfg_attr(test, schemars(transform = form::HEADER_NAME.keys(), transform = form::HEADER_VALUE.values()))]
    pub headers: BTreeMap<String, String>,
    /// Tags to select the model's cases by.
    #[cfg_attr(test, schemars(transform = form::TAG.items()))]
    pub tags: Vec<String>,
    /// What the model can do, to be proven by cases that are made for it.
    pub features: Features,
    /// The variables that placeholders of the body may name. A dotted name may be quoted or nested.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Variable>", transform = form::VARIABLE_NAME.keys()))]
    pub variables: Map<String, Value>,
    /// What is sent.
    pub request: Request,
    /// Where the output stands in the response, by field: `output_text`, `input_tokens`, `output_tokens` and any other name.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, MappingEntry>", transform = form::FIELD_NAME.keys()))]
    pub mapping: Map<String, Value>,
    /// How mapped output is compared with its snapshot.
    pub snapshot: Option<SnapshotSwitch>,
    /// The test cases.
    pub cases: Vec<Case>,
}

/// What kind of thing a model ID names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Deployment {
    Base,
    InferenceProfile,
    Provisioned,
    Marketplace,
    Custom,
    Imported,
}

/// Which of Bedrock Runtime's two APIs is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Api {
    #[default]
    Invoke,
    Converse,
}

/// A guardrail and its version.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Guardrail {
    /// ID or ARN of the guardrail.
    #[cfg_attr(test, schemars(transform = form::GUARDRAIL.text()))]
    pub identifier: Option<String>,
    /// Version of the guardrail: a number, or `DRAFT`.
    #[cfg_attr(test, schemars(transform = form::GUARDRAIL_VERSION.text()))]
    pub version: Option<String>,
    /// Ask for the guardrail's trace.
    pub trace: Option<bool>,
}

/// What is sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Request {
    /// The request body: JSON text with `{{variable}}` placeholders.
    pub body: Option<String>,
}
