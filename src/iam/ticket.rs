//! The request to a platform's support to register a role: who can assume it, where, and for which models.

use serde_json::{Value, json};

use super::caller::by_role;
use super::trust::{text_or_variable, trust};
use crate::aws::arn::Arn;
use crate::aws::catalogue::Destinations;
use crate::aws::model_id::ModelId;
use crate::aws::partition;
use crate::exchange::Operation;
use crate::suite::{Credentials, Hop, Model};

/// The request to register a role, and the models that are called with it.
#[derive(Debug)]
pub struct Request<'m> {
    pub role_arn: Option<&'m str>,
    pub account: Option<String>,
    pub partition: &'static str,
    /// `None` if it is the endpoint of the caller's Region.
    pub sts_endpoint: Option<&'m str>,
    /// The name of the environment variable if the external ID is in one.
    pub external_id: Option<String>,
    pub trusted_principal: Option<String>,
    pub session_tags: Vec<&'m str>,
    pub models: Vec<ModelRow<'m>>,
}

/// A model, and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelRow<'m> {
    pub name: &'m str,
    pub model_id: &'m str,
    pub kind: &'static str,
    pub region: &'m str,
    /// The Regions to which calls can be routed.
    pub destinations: Vec<&'m str>,
    pub operation: Operation,
}

/// One request for each role. `account` is the account from the command line.
pub fn requests<'m>(models: &[&'m Model], account: Option<&str>) -> Vec<Request<'m>> {
    by_role(models).into_iter().map(|(role, models)| request(role, &models, account)).collect()
}

/// A row for each model. The probes of a model's claims only have rows if they make other calls than the model.
fn rows<'m>(models: &[&'m Model]) -> Vec<ModelRow<'m>> {
    let mut rows: Vec<ModelRow<'m>> = models.iter().map(|model| row(model)).collect();
    rows.dedup();
    rows
}

fn request<'m>(role_arn: Option<&'m str>, models: &[&'m Model], account: Option<&str>) -> Request<'m> {
    let credentials: Option<&'m Credentials> = models.iter().find_map(|model| model.credentials.as_deref());
    let hop: Option<&'m Hop> = credentials.and_then(|credentials| credentials.hops.last());
    let arn = role_arn.and_then(Arn::parse);
    let partition_of_region = models.first().map_or("aws", |model| partition::partition_of(&model.region).id);
    let partition_of_role =
        arn.and_then(|arn| partition::partition(arn.partition)).map(|partition| partition.id);
    let allowed = credentials.and_then(|credentials| credentials.allowed_account_ids.first().cloned());
    let tags = credentials.into_iter().flat_map(|credentials| credentials.session_tags.keys());
    Request {
        role_arn,
        account: account.map(str::to_owned).or(arn.map(|arn| arn.account.to_owned())).or(allowed),
        partition: partition_of_role.unwrap_or(partition_of_region),
        sts_endpoint: hop.and_then(|hop| hop.sts_endpoint.as_deref()),
        external_id: hop.and_then(|hop| hop.external_id.as_ref()).map(text_or_variable),
        trusted_principal: credentials.and_then(|credentials| Some(trust(credentials).ok()?.principal)),
        session_tags: tags.map(String::as_str).collect(),
        models: rows(models),
    }
}

fn row(model: &Model) -> ModelRow<'_> {
    let id = ModelId::parse(&model.model_id);
    let destinations = match id.profile().and_then(|profile| profile.destinations(&model.region)) {
        Some(Destinations::Regions(regions)) => regions,
        Some(Destinations::Everywhere) => vec!["every commercial Region"],
        None if id.geography.is_some() => vec!["unknown"],
        None => vec![model.region.as_str()],
    };
    ModelRow {
        name: &model.name,
        model_id: &model.model_id,
        kind: id.kind.name(),
        region: &model.region,
        destinations,
        operation: model.operation,
    }
}

impl Request<'_> {
    /// The fields of the request and their values, in the order of the form.
    pub fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let tags = (!self.session_tags.is_empty()).then(|| self.session_tags.join(", "));
        vec![
            ("IAM role ARN", owned(self.role_arn)),
            ("AWS account", self.account.clone()),
            ("Partition", Some(self.partition.to_owned())),
            ("STS endpoint", owned(self.sts_endpoint)),
            ("External ID", self.external_id.clone()),
            ("Trusted principal", self.trusted_principal.clone()),
            ("Session tags", tags),
        ]
    }

    pub fn to_json(&self) -> Value {
        let models = self.models.iter().map(|model| {
            json!({
                "name": model.name,
                "model_id": model.model_id,
                "kind": model.kind,
                "region": model.region,
                "destinations": model.destinations,
                "operation": model.operation.name(),
            })
        });
        json!({
            "role_arn": self.role_arn,
            "account": self.account,
            "partition": self.partition,
            "sts_endpoint": self.sts_endpoint,
            "external_id": self.external_id,
            "trusted_principal": self.trusted_principal,
            "session_tags": self.session_tags,
            "models": models.collect::<Vec<_>>(),
        })
    }
}
