//! Writes the trust policy of a role: who can assume it, and under which conditions.

use std::sync::Arc;

use serde_json::{Value, json};

use super::caller::principal_arn;
use super::permissions::one_or_array;
use crate::aws::arn::Arn;
use crate::config::model::StringOrEnv;
use crate::suite::{Credentials, Model};

/// What the trust policy of a role must contain, so that `principal` can assume the role with the settings of the
/// config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    pub role_arn: String,
    /// The ARN of the caller or of its account.
    pub principal: String,
    pub external_id: Option<StringOrEnv>,
    pub has_tags: bool,
    pub has_source_identity: bool,
    pub has_mfa: bool,
}

/// The error if no trust policy can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTrust {
    #[error("have no role")]
    NoRole,
    #[error("have no principal that the role could trust")]
    NoPrincipal,
}

/// The trust of the last role of `credentials` in the principal of the config, or else in the role before it.
pub fn trust(credentials: &Credentials) -> Result<Trust, NoTrust> {
    let last = credentials.hops.len().checked_sub(1).ok_or(NoTrust::NoRole)?;
    let before = last.checked_sub(1).map(|index| credentials.hops[index].role_arn.as_str());
    let trusted = credentials.trusted_principal.as_deref().or(before).ok_or(NoTrust::NoPrincipal)?;
    Trust::for_role(credentials, last, trusted).ok_or(NoTrust::NoRole)
}

/// The credentials of all enabled models. Credentials of several files are the same if their names and trust are equal.
pub fn in_use<'m>(models: impl Iterator<Item = &'m Model>) -> Vec<Arc<Credentials>> {
    let mut found: Vec<Arc<Credentials>> = Vec::new();
    for credentials in models.filter(|model| model.enabled).filter_map(|model| model.credentials.as_ref()) {
        let same =
            |other: &Arc<Credentials>| other.name == credentials.name && trust(other) == trust(credentials);
        if !found.iter().any(same) {
            found.push(Arc::clone(credentials));
        }
    }
    found
}

impl Trust {
    /// The trust that lets `caller` assume the role `index` of `credentials`.
    pub fn for_role(credentials: &Credentials, index: usize, caller: &str) -> Option<Trust> {
        let hop = credentials.hops.get(index)?;
        let is_last = index + 1 == credentials.hops.len();
        let partition = Arn::parse(&hop.role_arn).map_or("aws", |arn| arn.partition);
        Some(Trust {
            role_arn: hop.role_arn.clone(),
            principal: principal_arn(caller, partition),
            external_id: hop.external_id.clone(),
            has_tags: is_last && !credentials.session_tags.is_empty(),
            has_source_identity: is_last && credentials.source_identity.is_some(),
            has_mfa: index == 0 && credentials.mfa_serial.is_some(),
        })
    }

    /// The actions that the trust policy must allow.
    pub fn actions(&self) -> Vec<&'static str> {
        let mut actions = vec!["sts:AssumeRole"];
        if self.has_tags {
            actions.push("sts:TagSession");
        }
        if self.has_source_identity {
            actions.push("sts:SetSourceIdentity");
        }
        actions
    }

    /// Whether the principal is a whole account, not a role or user.
    pub fn is_of_account(&self) -> bool {
        self.principal.ends_with(":root")
    }

    /// Notes for the person who attaches the policy.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![format!("this is the trust policy of {}", self.role_arn)];
        match &self.external_id {
            Some(StringOrEnv::Env(name)) => notes.push(format!(
                "replace `${{{name}}}` in the policy by the value of the environment variable {name}: without this, no one can assume the role"
            )),
            None if self.is_of_account() => notes.push(
                "without `external_id`, every identity that the trusted account allows can assume the role: set it if the platform serves several customers"
                    .to_owned(),
            ),
            Some(StringOrEnv::Literal(_)) | None => {}
        }
        notes
    }

    pub fn statement(&self) -> Value {
        let (principal, action) = (json!({ "AWS": self.principal }), one_or_array(&self.actions()));
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
        if let Some(external_id) = &self.external_id {
            statement["Condition"]["StringEquals"]["sts:ExternalId"] = text_or_variable(external_id).into();
        }
        if self.has_mfa {
            statement["Condition"]["Bool"]["aws:MultiFactorAuthPresent"] = "true".into();
        }
        statement
    }

    pub fn document(&self) -> Value {
        json!({ "Version": "2012-10-17", "Statement": [self.statement()] })
    }
}

/// The text, or a reference to the environment variable that contains it, since its value may be secret.
pub fn text_or_variable(text: &StringOrEnv) -> String {
    match text {
        StringOrEnv::Literal(text) => text.clone(),
        StringOrEnv::Env(name) => format!("${{{name}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_policy_requires_what_the_credentials_send() {
        let trust = Trust {
            role_arn: "arn:aws:iam::123456789012:role/x".to_owned(),
            principal: "arn:aws:iam::999999999999:root".to_owned(),
            external_id: Some(StringOrEnv::Literal("kore-1".to_owned())),
            has_tags: true,
            has_source_identity: false,
            has_mfa: false,
        };
        let expected = json!({
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::999999999999:root" },
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": { "StringEquals": { "sts:ExternalId": "kore-1" } },
        });
        assert_eq!(trust.statement(), expected);
    }
}
