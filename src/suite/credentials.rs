//! Prepares `[credentials.NAME]` for calls. No secret is read here.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;

use super::KeyPlaces;
use crate::config::layers::Layers;
use crate::config::model::{self, StringOrEnv};
use crate::config::resolve::Places;
use crate::pointer::join;

/// The credentials that models are called with.
#[derive(Debug)]
pub struct Credentials {
    pub name: String,
    pub source: Source,
    /// The roles to assume, one after the other; the last one calls Bedrock. If empty, the source does.
    pub hops: Vec<Hop>,
    pub mfa_serial: Option<String>,
    pub session_tags: BTreeMap<String, String>,
    pub source_identity: Option<String>,
    /// Seconds.
    pub duration: Option<u32>,
    /// If empty, any account may be called.
    pub allowed_account_ids: Vec<String>,
    /// The principal that the role's trust policy trusts.
    pub trusted_principal: Option<String>,
    pub places: KeyPlaces,
}

/// Where the credentials come from that assume the first role, or call Bedrock if there are no roles.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The default chain of the AWS SDKs.
    Default,
    /// A profile of the shared config files.
    Profile(String),
    /// `AWS_BEARER_TOKEN_BEDROCK`.
    BedrockApiKey,
}

/// One role to assume.
#[derive(Debug)]
pub struct Hop {
    pub role_arn: String,
    pub external_id: Option<StringOrEnv>,
    pub session_name: Option<String>,
    pub sts_endpoint: Option<String>,
    /// For a role of `chain`, the keys of its entry; for the last role, the keys of the whole table.
    pub places: KeyPlaces,
}

/// The credentials that a config declares, by name. Unreadable ones are left out: the schema check
/// reports them.
pub fn read_credentials(config: &Value, layers: &Layers<'_>) -> BTreeMap<String, Arc<Credentials>> {
    let tables = config.get("credentials").and_then(Value::as_object).into_iter().flatten();
    let read = tables.filter_map(|(name, table)| {
        let typed = model::Credentials::deserialize(table).ok()?;
        let places = Places::from_table(layers, join("/credentials", name));
        Some((name.clone(), Arc::new(prepare(name, typed, &places))))
    });
    read.collect()
}

fn prepare(name: &str, typed: model::Credentials, places: &Places<'_>) -> Credentials {
    let own = KeyPlaces::for_credentials(places);
    let chain = typed.chain.into_iter().enumerate().filter_map(|(index, hop)| {
        Some(Hop {
            role_arn: hop.role_arn?,
            external_id: hop.external_id,
            session_name: hop.session_name,
            sts_endpoint: hop.sts_endpoint,
            places: KeyPlaces::for_hop(places, &format!("/chain/{index}")),
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
        source: parse_source(typed.source.as_deref()),
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

fn parse_source(text: Option<&str>) -> Source {
    match text {
        Some("bedrock-api-key") => Source::BedrockApiKey,
        Some(text) => {
            text.strip_prefix("profile:").map_or(Source::Default, |name| Source::Profile(name.to_owned()))
        }
        None => Source::Default,
    }
}
