use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

#[cfg(test)]
use super::form;

/// How to assume the IAM role that is allowed to call Bedrock.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Credentials {
    /// ARN of the IAM role to assume, `arn:aws:iam::ACCOUNT:role/NAME`.
    #[cfg_attr(test, schemars(transform = form::ROLE_ARN.text()))]
    pub role_arn: Option<String>,
    /// STS endpoint for AssumeRole. It belongs to the role's account and is independent of the model's Region.
    #[cfg_attr(test, schemars(transform = form::ENDPOINT.text()))]
    pub sts_endpoint: Option<String>,
    /// External ID that the role's trust policy requires. AWS does not treat it as a secret.
    #[cfg_attr(test, schemars(transform = form::EXTERNAL_ID.text()))]
    pub external_id: Option<StringOrEnv>,
    /// ARN of the principal that the role's trust policy names: the platform's account or role.
    #[cfg_attr(test, schemars(transform = form::PRINCIPAL.text()))]
    pub trusted_principal: Option<String>,
    /// Source of the caller's own credentials: `default`, `profile:NAME` or `bedrock-api-key`.
    #[cfg_attr(test, schemars(transform = form::SOURCE.text()))]
    pub source: Option<String>,
    /// Roles to assume before `role_arn`, in this order.
    pub chain: Vec<Hop>,
    /// Name of the role session, which CloudTrail shows.
    #[cfg_attr(test, schemars(transform = form::SESSION_NAME.text()))]
    pub session_name: Option<String>,
    /// Session tags, at most 50. The trust policy must allow `sts:TagSession`.
    #[cfg_attr(test, schemars(transform = form::TAG_KEY.keys(), transform = form::TAG_VALUE.values()))]
    #[cfg_attr(test, schemars(extend("maxProperties" = 50)))]
    pub session_tags: BTreeMap<String, String>,
    /// Source identity of the session. The trust policy must allow `sts:SetSourceIdentity`.
    #[cfg_attr(test, schemars(transform = form::SESSION_NAME.text()))]
    pub source_identity: Option<String>,
    /// Serial number or ARN of the MFA device. You are asked for its code on the terminal.
    #[cfg_attr(test, schemars(transform = form::MFA_SERIAL.text()))]
    pub mfa_serial: Option<String>,
    /// Duration of the session in seconds: 900 to 43200.
    #[cfg_attr(test, schemars(range(min = 900, max = 43200)))]
    pub duration: Option<u32>,
    /// IDs of the accounts whose credentials may be used. Any other account is rejected before the first call.
    #[cfg_attr(test, schemars(transform = form::ACCOUNT_ID.items()))]
    pub allowed_account_ids: Vec<String>,
}

/// A role to assume before `role_arn`.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Hop {
    /// ARN of the IAM role to assume.
    #[cfg_attr(test, schemars(transform = form::ROLE_ARN.text()))]
    pub role_arn: Option<String>,
    /// External ID that this role's trust policy requires.
    #[cfg_attr(test, schemars(transform = form::EXTERNAL_ID.text()))]
    pub external_id: Option<StringOrEnv>,
    /// Name of the role session.
    #[cfg_attr(test, schemars(transform = form::SESSION_NAME.text()))]
    pub session_name: Option<String>,
    /// STS endpoint for AssumeRole of this role.
    #[cfg_attr(test, schemars(transform = form::ENDPOINT.text()))]
    pub sts_endpoint: Option<String>,
}

/// A string, or the name of the environment variable that contains it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StringOrEnv {
    Literal(String),
    Env(String),
}

impl<'de> Deserialize<'de> for StringOrEnv {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<StringOrEnv, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(StringOrEnv::Literal(text)),
            Value::Object(table) => match table.get("env") {
                Some(Value::String(name)) => Ok(StringOrEnv::Env(name.clone())),
                _ => Err(D::Error::custom("expected `{ env = \"NAME\" }`")),
            },
            _ => Err(D::Error::custom("expected a string or `{ env = \"NAME\" }`")),
        }
    }
}
