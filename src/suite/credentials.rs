//! `[credentials.NAME]`, ready to call with. Nothing here reads a secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;

use super::KeyPlaces;
use crate::config::layers::Layers;
use crate::config::model::{self, Text};
use crate::config::resolve::Places;
use crate::pointer::join;

/// As whom models are called.
#[derive(Debug)]
pub struct Credentials {
    pub name: String,
    pub source: Source,
    /// The roles to assume, one after the other; the last one calls Bedrock. None: the source itself does.
    pub hops: Vec<Hop>,
    pub mfa_serial: Option<String>,
    pub session_tags: BTreeMap<String, String>,
    pub source_identity: Option<String>,
    /// Seconds.
    pub duration: Option<u32>,
    /// Empty: any account may be called.
    pub allowed_account_ids: Vec<String>,
    /// What the role's trust policy names.
    pub trusted_principal: Option<String>,
    pub places: KeyPlaces,
}

/// Where the caller's own credentials come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The default chain of the AWS SDKs.
    Default,
    /// A profile of the shared config files.
    Profile(String),
    /// `AWS_BEARER_TOKEN_BEDROCK`.
    BedrockApiKey,
}

/// One role on the way.
#[derive(Debug)]
pub struct Hop {
    pub role_arn: String,
    pub external_id: Option<Text>,
    pub session_name: Option<String>,
    pub sts_endpoint: Option<String>,
    /// For a role of `chain`, its own; for the last one, those of the whole table.
    pub places: KeyPlaces,
}

/// The credentials that a config declares, by name. What can't be read is left out: the schema tells why.
pub fn credentials(config: &Value, layers: &Layers<'_>) -> BTreeMap<String, Arc<Credentials>> {
    let tables = config.get("credentials").and_then(Value::as_object).into_iter().flatten();
    let read = tables.filter_map(|(name, table)| {
        let typed = model::Credentials::deserialize(table).ok()?;
        let places = Places::of_table(layers, join("/credentials", name));
        Some((name.clone(), Arc::new(ready(name, typed, &places))))
    });
    read.collect()
}

fn ready(name: &str, typed: model::Credentials, places: &Places<'_>) -> Credentials {
    let own = KeyPlaces::of_credentials(places);
    let chain = typed.chain.into_iter().enumerate().filter_map(|(index, hop)| {
        Some(Hop {
            role_arn: hop.role_arn?,
            external_id: hop.external_id,
            session_name: hop.session_name,
            sts_endpoint: hop.sts_endpoint,
            places: KeyPlaces::of_hop(places, &format!("/chain/{index}")),
        })
    });
    let mut hops: Vec<Hop> = chain.collect();
    hops.extend(typed.role_arn.map(|role_arn| Hop {
        role_arn,
        external_id: typed.external_id,
        session_name: typed.session_name,
        sts_endpoint: typed.sts_endpoint,
        places: own.clone(),
    }));
    Credentials {
        name: name.to_owned(),
        source: source(typed.source.as_deref()),
        hops,
        mfa_serial: typed.mfa_serial,
        session_tags: typed.session_tags,
        source_identity: typed.source_identity,
        duration: typed.duration,
        allowed_account_ids: typed.allowed_account_ids,
        trusted_principal: typed.trusted_principal,
        places: own,
    }
}

fn source(text: Option<&str>) -> Source {
    match text {
        Some("bedrock-api-key") => Source::BedrockApiKey,
        Some(text) => {
            text.strip_prefix("profile:").map_or(Source::Default, |name| Source::Profile(name.to_owned()))
        }
        None => Source::Default,
    }
}
