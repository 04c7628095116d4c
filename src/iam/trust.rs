//! The trust policy of a role: who may assume it, and under which conditions.

use std::sync::Arc;

use serde_json::{Value, json};

use super::caller::principal;
use super::permissions::one_or_list;
use crate::aws::arn::Arn;
use crate::config::model::Text;
use crate::suite::{Credentials, Model};

/// What a role's trust policy needs, so that `principal` may assume it as the config says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    pub role_arn: String,
    /// ARN of the caller, or of its account.
    pub principal: String,
    pub external_id: Option<Text>,
    pub has_tags: bool,
    pub has_source_identity: bool,
    pub has_mfa: bool,
}

/// Why there is no trust policy to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTrust {
    #[error("have no role that could be assumed")]
    NoRole,
    #[error("do not say whom the role trusts")]
    NoPrincipal,
}

/// The credentials' last role, and whom it trusts: what the config says, else the role before it.
pub fn trust(credentials: &Credentials) -> Result<Trust, NoTrust> {
    let last = credentials.hops.len().checked_sub(1).ok_or(NoTrust::NoRole)?;
    let before = last.checked_sub(1).map(|index| credentials.hops[index].role_arn.as_str());
    let trusted = credentials.trusted_principal.as_deref().or(before).ok_or(NoTrust::NoPrincipal)?;
    Trust::of(credentials, last, trusted).ok_or(NoTrust::NoRole)
}

/// Credentials that models in use name. Those of several files are one if they trust alike.
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
    /// Lets `caller` assume the role `index` of `credentials`.
    pub fn of(credentials: &Credentials, index: usize, caller: &str) -> Option<Trust> {
        let hop = credentials.hops.get(index)?;
        let is_last = index + 1 == credentials.hops.len();
        let partition = Arn::parse(&hop.role_arn).map_or("aws", |arn| arn.partition);
        Some(Trust {
            role_arn: hop.role_arn.clone(),
            principal: principal(caller, partition),
            external_id: hop.external_id.clone(),
            has_tags: is_last && !credentials.session_tags.is_empty(),
            has_source_identity: is_last && credentials.source_identity.is_some(),
            has_mfa: index == 0 && credentials.mfa_serial.is_some(),
        })
    }

    /// What the trust policy has to allow.
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

    /// A whole account is trusted, not one role or user of it.
    pub fn is_of_account(&self) -> bool {
        self.principal.ends_with(":root")
    }

    /// What the person who attaches the policy has to know.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![format!("this is the trust policy of {}", self.role_arn)];
        match &self.external_id {
            Some(Text::Env(name)) => notes.push(format!(
                "replace `${{{name}}}` by the external ID that the variable {name} holds; as it stands the policy lets nobody in"
            )),
            None if self.is_of_account() => notes.push(
                "without `external_id` everybody whom that account allows may become the role: a platform of many customers should send one"
                    .to_owned(),
            ),
            Some(Text::Literal(_)) | None => {}
        }
        notes
    }

    pub fn statement(&self) -> Value {
        let (principal, action) = (json!({ "AWS": self.principal }), one_or_list(&self.actions()));
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": action });
        if let Some(external_id) = &self.external_id {
            statement["Condition"]["StringEquals"]["sts:ExternalId"] = shown(external_id).into();
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

/// What a variable holds is not told.
pub fn shown(text: &Text) -> String {
    match text {
        Text::Literal(text) => text.clone(),
        Text::Env(name) => format!("${{{name}}}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_policy_asks_for_what_is_sent() {
        let trust = Trust {
            role_arn: "arn:aws:iam::123456789012:role/x".to_owned(),
            principal: "arn:aws:iam::999999999999:root".to_owned(),
            external_id: Some(Text::Literal("kore-1".to_owned())),
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
