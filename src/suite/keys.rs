//! The places of keys, for the findings of a run.

use std::collections::BTreeMap;
use std::ops::Range;

use super::TextPlace;
use crate::aws::cause::Key;
use crate::config::resolve::Places;
use crate::diagnose::Span;

/// The places of the keys of a model, or of the keys of credentials.
#[derive(Clone, Debug)]
pub struct KeyPlaces {
    header: Span,
    values: BTreeMap<Key, Span>,
    body: Option<TextPlace>,
}

/// The keys of a model that AWS may refuse, with their pointers.
const MODEL_KEYS: [(Key, &str); 6] = [
    (Key::Region, "/region"),
    (Key::ModelId, "/model_id"),
    (Key::Endpoint, "/endpoint"),
    (Key::Operation, "/operation"),
    (Key::Stream, "/stream"),
    (Key::Guardrail, "/guardrail"),
];

/// The keys of credentials that AWS may refuse.
const CREDENTIAL_KEYS: [(Key, &str); 10] = [
    (Key::RoleArn, "/role_arn"),
    (Key::ExternalId, "/external_id"),
    (Key::StsEndpoint, "/sts_endpoint"),
    (Key::Source, "/source"),
    (Key::SessionName, "/session_name"),
    (Key::SessionTags, "/session_tags"),
    (Key::SourceIdentity, "/source_identity"),
    (Key::Duration, "/duration"),
    (Key::MfaSerial, "/mfa_serial"),
    (Key::AllowedAccountIds, "/allowed_account_ids"),
];

impl KeyPlaces {
    pub(super) fn for_model(places: &Places<'_>, body: Option<&str>) -> KeyPlaces {
        let body = body.map(|text| TextPlace::new(places, "/request/body", text));
        KeyPlaces { body, ..KeyPlaces::new(places, &MODEL_KEYS) }
    }

    pub(super) fn for_credentials(places: &Places<'_>) -> KeyPlaces {
        KeyPlaces::new(places, &CREDENTIAL_KEYS)
    }

    /// The places of a model that no config declares: every key is at `at`.
    pub(super) fn all_at(at: Span) -> KeyPlaces {
        KeyPlaces { header: at, values: BTreeMap::new(), body: None }
    }

    /// The places of the keys of one role in `chain`.
    pub(super) fn for_hop(places: &Places<'_>, pointer: &str) -> KeyPlaces {
        let at = |key: &str| places.find(&[pointer, key].concat());
        let values = CREDENTIAL_KEYS.iter().filter_map(|(key, within)| {
            at(within).map(|found| (*key, Span::new(found.file, found.place.value)))
        });
        KeyPlaces { header: places.value(pointer), values: values.collect(), body: None }
    }

    fn new(places: &Places<'_>, keys: &[(Key, &str)]) -> KeyPlaces {
        let written = keys.iter().filter_map(|(key, pointer)| {
            places.find(pointer).map(|found| (*key, Span::new(found.file, found.place.value)))
        });
        KeyPlaces { header: places.header(), values: written.collect(), body: None }
    }

    /// Removes the places of `replaced`, which a probe sets itself: a refusal of these is not about the
    /// config's keys.
    pub(super) fn without(mut self, replaced: &[Key]) -> KeyPlaces {
        self.values.retain(|key, _| !replaced.contains(key));
        if replaced.contains(&Key::Body) {
            self.body = None;
        }
        self
    }

    /// The place of the key's value, if the config has it.
    pub fn get(&self, key: Key) -> Option<&Span> {
        self.values.get(&key)
    }

    /// The name in the table's header.
    pub fn header(&self) -> &Span {
        &self.header
    }

    /// The place of bytes `range` of the body's text, or of the whole body.
    pub fn body(&self, range: Option<&Range<usize>>) -> Option<Span> {
        self.body.as_ref().map(|body| body.locate(range))
    }
}
