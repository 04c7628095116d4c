//! What a platform's support asks for to register a role: who may become it, where, and for which models.

use serde_json::{Value, json};

use super::caller::by_role;
use super::trust::{shown, trust};
use crate::aws::arn::Arn;
use crate::aws::catalogue::Destinations;
use crate::aws::model_id::ModelId;
use crate::aws::partition;
use crate::exchange::Operation;
use crate::suite::{Credentials, Hop, Model};

/// A role, and the models that are called as it.
#[derive(Debug)]
pub struct Request<'m> {
    pub role_arn: Option<&'m str>,
    pub account: Option<String>,
    pub partition: &'static str,
    /// `None`: that of the caller's Region.
    pub sts_endpoint: Option<&'m str>,
    /// By name if a variable holds it.
    pub external_id: Option<String>,
    pub trusted_principal: Option<String>,
    pub session_tags: Vec<&'m str>,
    pub models: Vec<Called<'m>>,
}

/// A model as it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called<'m> {
    pub name: &'m str,
    pub model_id: &'m str,
    pub kind: &'static str,
    pub region: &'m str,
    /// Where calls may be answered.
    pub destinations: Vec<&'m str>,
    pub operation: Operation,
}

/// One request for each role. `account` is that of the command line.
pub fn requests<'m>(models: &[&'m Model], account: Option<&str>) -> Vec<Request<'m>> {
    by_role(models).into_iter().map(|(role, models)| request(role, &models, account)).collect()
}

/// The calls of `models`: what proves a model's claims is told only where it is another call.
fn rows<'m>(models: &[&'m Model]) -> Vec<Called<'m>> {
    let mut rows: Vec<Called<'m>> = models.iter().map(|model| called(model)).collect();
    rows.dedup();
    rows
}

fn request<'m>(role_arn: Option<&'m str>, models: &[&'m Model], account: Option<&str>) -> Request<'m> {
    let credentials: Option<&'m Credentials> = models.iter().find_map(|model| model.credentials.as_deref());
    let hop: Option<&'m Hop> = credentials.and_then(|credentials| credentials.hops.last());
    let arn = role_arn.and_then(Arn::parse);
    let of_region = models.first().map_or("aws", |model| partition::of_region(&model.region).id);
    let of_role = arn.and_then(|arn| partition::named(arn.partition)).map(|partition| partition.id);
    let allowed = credentials.and_then(|credentials| credentials.allowed_account_ids.first().cloned());
    let tags = credentials.into_iter().flat_map(|credentials| credentials.session_tags.keys());
    Request {
        role_arn,
        account: account.map(str::to_owned).or(arn.map(|arn| arn.account.to_owned())).or(allowed),
        partition: of_role.unwrap_or(of_region),
        sts_endpoint: hop.and_then(|hop| hop.sts_endpoint.as_deref()),
        external_id: hop.and_then(|hop| hop.external_id.as_ref()).map(shown),
        trusted_principal: credentials.and_then(|credentials| Some(trust(credentials).ok()?.principal)),
        session_tags: tags.map(String::as_str).collect(),
        models: rows(models),
    }
}

fn called(model: &Model) -> Called<'_> {
    let id = ModelId::parse(&model.model_id);
    let destinations = match id.profile().and_then(|profile| profile.destinations(&model.region)) {
        Some(Destinations::Regions(regions)) => regions,
        Some(Destinations::Everywhere) => vec!["every commercial Region"],
        None if id.geography.is_some() => vec!["unknown"],
        None => vec![model.region.as_str()],
    };
    Called {
        name: &model.name,
        model_id: &model.model_id,
        kind: id.kind.name(),
        region: &model.region,
        destinations,
        operation: model.operation,
    }
}

impl Request<'_> {
    /// The fields of a request and their values, in the order in which support asks.
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
