//! Describes before the calls where they go, and with which credentials.

use std::collections::BTreeSet;
use std::ptr;

use super::client::Live;
use super::endpoint;
use crate::aws::host::host_or_url;
use crate::invoke::CallFailure;
use crate::suite::{Model, Source};

/// The service of Bedrock that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalledService {
    Runtime,
    ControlPlane,
}

impl Live {
    /// Describes where the calls of `models` to `service` go, and with which credentials: one line for each destination. A
    /// host that is not allowed is left out, because its call is refused.
    pub fn describe_destinations<'m>(
        &self,
        service: CalledService,
        models: impl Iterator<Item = &'m Model>,
    ) -> Vec<String> {
        let mut models: Vec<&Model> = models.collect();
        models.dedup_by(|one, other| ptr::eq(*one, *other));
        let lines = self.wait(Box::pin(async {
            let mut lines = BTreeSet::new();
            for model in models {
                lines.extend(self.describe_destination(service, model).await.ok());
            }
            lines
        }));
        lines.into_iter().collect()
    }

    /// Hosts, roles and accounts of the calls of `model`.
    async fn describe_destination(
        &self,
        service: CalledService,
        model: &Model,
    ) -> Result<String, CallFailure> {
        let host = match service {
            CalledService::Runtime => endpoint::resolve(model, &self.options)?.host(&model.region).await,
            CalledService::ControlPlane => host_or_url(&self.control_plane(model)),
        };
        let mut line = format!("{host} with {}", self.describe_source(model)?);
        let Some(credentials) = &model.credentials else { return Ok(line) };
        for hop in &credentials.hops {
            let sts = self.identities.sources.sts_endpoint(model, Some(hop)).await?.host().await;
            line.push_str(&format!(", then the role {} at {sts}", hop.role_arn));
        }
        if !credentials.allowed_account_ids.is_empty() {
            let sts = self.identities.sources.sts_endpoint(model, None).await?.host().await;
            let accounts = credentials.allowed_account_ids.join(" or ");
            line.push_str(&format!(", if {sts} confirms the account {accounts}"));
        }
        Ok(line)
    }

    /// The credentials that the calls start with.
    fn describe_source(&self, model: &Model) -> Result<String, CallFailure> {
        if self.identities.api_key(model)?.is_some() {
            return Ok("the API key in `AWS_BEARER_TOKEN_BEDROCK`".to_owned());
        }
        Ok(match model.credentials.as_ref().map(|credentials| &credentials.source) {
            Some(Source::Profile(name)) => format!("the profile `{name}`"),
            _ => "the default credentials".to_owned(),
        })
    }
}
