//! Generates cases that prove the features that a model claims.
//!
//! A probe is the model with another body and another mapping. Its credentials, Region, model ID, endpoint,
//! headers and guardrail are the same. It is recorded and replayed like any case, and has expectations but
//! no snapshot.

mod chat;
mod claude;
mod converse;
mod dialect;
mod image;
mod media;
mod question;
mod request;
mod streaming;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{
    Case, DefinitionHash, Expectations, KeyPlaces, MappingPlaces, MaskedValues, Model, expectations,
};
use crate::aws::cause::Key;
use crate::config::model::{Claim, Expect, Features, Modality};
use crate::config::resolve::Places;
use crate::diagnose::Span;
use crate::exchange::{Headers, Operation};
use crate::files::layout;
use crate::mapping::Mapping;
use crate::pattern::Patterns;
use crate::template::Template;

/// A claim that no case can be generated for.
#[derive(Clone, Debug)]
pub struct UnprobedClaim {
    pub claim: Claim,
    /// The place of the claim.
    pub at: Span,
    /// The reason, as the end of the message "the claim … has no probe: ".
    pub reason: &'static str,
}

/// A request that proves a claim, and the expectations on its answer.
struct ProbeRequest {
    operation: Operation,
    headers: Headers,
    body: Value,
    /// A mapping table as a config would have it.
    mapping: Value,
    /// Expectations on the fields of `mapping`.
    expect: Value,
}

/// The tag of every probe.
const TAG: &str = "probe";

/// Adds to `model` a probe for each claim of `features`.
pub(super) fn add_probes(
    mut model: Model,
    features: &Features,
    places: &Places<'_>,
    definition: DefinitionHash,
    config: &Path,
) -> Model {
    for (claim, pointer) in features.claims() {
        let at = places.key(&pointer);
        let probe = match claim {
            Claim::Streaming => streaming::build_probe(&model, &at, config),
            Claim::Modality(Modality::TextToImage) => {
                image::probe_request(&model).map(|request| build_probe(&model, claim, &at, request, config))
            }
            claim => request::probe_request(&model, claim)
                .map(|request| build_probe(&model, claim, &at, request, config)),
        };
        match probe {
            Ok(probe) => model.probes.push(probe),
            Err(reason) => model.unprobed.push(UnprobedClaim { claim, at, reason }),
        }
    }
    for case in model.probes.iter_mut().flat_map(|probe| &mut probe.cases) {
        case.definition = definition;
    }
    model
}

/// Copies the model with another body and mapping, and one case. If AWS refuses the operation or the body, this is
/// reported at the claim.
fn build_probe(model: &Model, claim: Claim, at: &Span, request: ProbeRequest, config: &Path) -> Model {
    let ProbeRequest { operation, headers, body, mapping, expect } = request;
    let table = mapping.as_object().cloned().unwrap_or_default();
    let used = |field: &str| expect.get(field).is_some();
    let (mapping, _) = Mapping::compile(&table.into_iter().filter(|(field, _)| used(field)).collect());
    let fields: Vec<&str> = mapping.names().collect();
    let case = Case {
        expect: compile_expectations(&fields, expect, at),
        ..new_case(&model.name, claim, at, config)
    };
    Model {
        operation,
        headers,
        template: Template::from_value(body),
        mapping_places: MappingPlaces::all_at(at.clone()),
        places: model.places.clone().without(&[Key::Operation, Key::Stream, Key::Body]),
        mapping,
        ..copy_with_case(model, at, case)
    }
}

/// A copy of the model with `case` as its only case.
fn copy_with_case(model: &Model, at: &Span, case: Case) -> Model {
    Model {
        name: model.name.clone(),
        at: at.clone(),
        enabled: model.enabled,
        operation: model.operation,
        region: model.region.clone(),
        model_id: model.model_id.clone(),
        headers: model.headers.clone(),
        endpoint: model.endpoint.clone(),
        fips: model.fips,
        dual_stack: model.dual_stack,
        credentials: model.credentials.clone(),
        places: KeyPlaces::clone(&model.places),
        tags: model.tags.clone(),
        variables: model.variables.clone(),
        template: model.template.clone(),
        mapping: model.mapping.clone(),
        mapping_places: model.mapping_places.clone(),
        cases: vec![case],
        probes: Vec::new(),
        unprobed: Vec::new(),
    }
}

/// A case without expectations.
fn new_case(model: &str, claim: Claim, at: &Span, config: &Path) -> Case {
    let name = claim.case_name();
    Case {
        id: format!("{model}::{name}"),
        name: name.to_owned(),
        at: at.clone(),
        description: Some(format!("proves the claim `{}`", claim.name())),
        tags: vec![TAG.to_owned()],
        claim: Some(claim),
        warns: false,
        repeat: 1,
        require: 1,
        values: BTreeMap::new(),
        masked_values: MaskedValues::default(),
        from_environment: BTreeMap::new(),
        definition: DefinitionHash::default(),
        expect: Expectations::default(),
        snapshot: None,
        fixture_path: layout::fixture_path(config, model, name),
        snapshot_path: layout::snapshot_path(config, model, name),
    }
}

/// The expectations of a probe. Their place is the claim.
fn compile_expectations(fields: &[&str], expect: Value, at: &Span) -> Expectations {
    let expect: Expect = serde_json::from_value(expect).unwrap_or_default();
    let places = |_: &str| (at.clone(), at.clone());
    expectations::compile(&expect, fields, &places, &Patterns::default(), &mut Vec::new())
}
