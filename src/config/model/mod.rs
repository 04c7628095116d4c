//! The format of the config file. The doc comments are the descriptions in the published schema.
//!
//! These types check nothing except the types of values. The schema stage reports unknown keys and values
//! out of range, and lint reports mistakes that concern several keys. Every key is optional here, since
//! `[defaults]`, `extends` and profiles may provide it.
//!
//! Where a key accepts either a table or a plain value, the deserializer is written by hand: serde's untagged
//! enums lose the spelling of numbers and the reason why a value is invalid.

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
pub use credentials::{Credentials, Hop, StringOrEnv};
pub use expect::{Expect, ExpectedError, PREDICATES, Predicates};
pub use features::{Claim, Features, Modality};
#[cfg(test)]
pub(crate) use mapping::MappingRule;
pub use snapshot::{FieldPolicy, SnapshotPolicy, SnapshotSwitch};
pub use variable::{Variable, VariableType};

#[cfg(test)]
use crate::schema::published::{self, MappingEntry};

/// A Bedrock model and how it is called.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Model {
    /// Another model of this file. This model inherits the keys that it lacks.
    #[cfg_attr(test, schemars(transform = form::NAME.text()))]
    pub extends: Option<String>,
    /// What the model is for.
    pub description: Option<String>,
    /// `false` excludes the model from every run. `true` is the default.
    pub enabled: Option<bool>,
    /// Name of the `[credentials.NAME]` to call the model with.
    #[cfg_attr(test, schemars(transform = form::NAME.text()))]
    pub credentials: Option<String>,
    /// AWS Region in which the model is called.
    #[cfg_attr(test, schemars(transform = form::REGION.text(), transform = published::known_regions))]
    pub region: Option<String>,
    /// Bedrock's `modelId`: a base model ID, the ID of an inference profile, or an ARN.
    #[cfg_attr(test, schemars(transform = form::MODEL_ID.text(), transform = published::known_models))]
    pub model_id: Option<String>,
    /// The kind of resource that `model_id` names.
    pub deployment: Option<Deployment>,
    /// Operation to call: `invoke` (InvokeModel, the default) or `converse`.
    pub operation: Option<Api>,
    /// `true` calls the streaming variant of the operation.
    pub stream: Option<bool>,
    /// Endpoint of Bedrock Runtime. The default is the Region's endpoint.
    #[cfg_attr(test, schemars(transform = form::ENDPOINT.text()))]
    pub endpoint: Option<String>,
    /// `true` calls the Region's FIPS endpoint.
    pub fips: Option<bool>,
    /// `true` calls the Region's dual-stack endpoint, over IPv4 or IPv6.
    pub dual_stack: Option<bool>,
    /// Guardrail to apply.
    pub guardrail: Option<Guardrail>,
    /// Additional headers of the request, such as `X-Amzn-Bedrock-Service-Tier`.
    #[cfg_attr(test, schemars(transform = form::HEADER_NAME.keys(), transform = form::HEADER_VALUE.values()))]
    pub headers: BTreeMap<String, String>,
    /// Tags to select the model's cases by.
    #[cfg_attr(test, schemars(transform = form::TAG.items()))]
    pub tags: Vec<String>,
    /// Features that the model has. For each one, a case is generated that proves it.
    pub features: Features,
    /// Variables for the placeholders in the body, by name. A dotted name can be quoted or nested.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, Variable>", transform = form::VARIABLE_NAME.keys()))]
    pub variables: Map<String, Value>,
    /// The request to send.
    pub request: Request,
    /// Where each output field is located in the response: `output_text`, `input_tokens`, `output_tokens`, or a field with any other name.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, MappingEntry>", transform = form::FIELD_NAME.keys()))]
    pub mapping: Map<String, Value>,
    /// How mapped output is compared with its snapshot.
    pub snapshot: Option<SnapshotSwitch>,
    /// The test cases.
    pub cases: Vec<Case>,
}

/// The kind of resource that a model ID names.
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

/// The API of Bedrock Runtime that is called.
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
    /// `true` requests the guardrail's trace.
    pub trace: Option<bool>,
}

/// The request to send.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Request {
    /// The request body: JSON text with `{{variable}}` placeholders.
    pub body: Option<String>,
}
