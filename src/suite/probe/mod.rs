//! What a model claims to be able to do, as cases that prove it.
//!
//! A probe is the model with another body and another mapping: same credentials, Region, model ID, endpoint, headers
//! and guardrail. It is recorded and replayed like any case, and has expectations only.

mod ask;
mod chat;
mod claude;
mod converse;
mod dialect;
mod image;
mod media;
mod question;
mod streaming;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{Case, Definition, Expectations, KeyPlaces, MappingPlaces, Model, Withheld, expectations};
use crate::aws::cause::Key;
use crate::config::model::{Claim, Expect, Features, Modality};
use crate::config::resolve::Places;
use crate::diagnose::Span;
use crate::exchange::{Headers, Operation};
use crate::files::layout;
use crate::mapping::Mapping;
use crate::template::Template;

/// A claim that no case can be made for.
#[derive(Clone, Debug)]
pub struct Unprobed {
    pub claim: Claim,
    /// Where it is claimed.
    pub at: Span,
    /// Completes "… has no probe: ".
    pub why: &'static str,
}

/// What is asked to prove a claim, and what the answer must be.
struct Asked {
    operation: Operation,
    headers: Headers,
    body: Value,
    /// A mapping table of generated fields, and expectations on them.
    mapping: Value,
    expect: Value,
}

/// The tag of every probe.
const TAG: &str = "probe";

/// Gives `model` the probes of what `features` claim.
pub(super) fn add(
    mut model: Model,
    features: &Features,
    places: &Places<'_>,
    definition: Definition,
    config: &Path,
) -> Model {
    for (claim, pointer) in features.claims() {
        let at = places.key(&pointer);
        let probe = match claim {
            Claim::Streaming => streaming::probe(&model, &at, config),
            Claim::Modality(Modality::TextToImage) => {
                image::asked(&model).map(|asked| probe(&model, claim, &at, asked, config))
            }
            claim => ask::asked(&model, claim).map(|asked| probe(&model, claim, &at, asked, config)),
        };
        match probe {
            Ok(probe) => model.probes.push(probe),
            Err(why) => model.unprobed.push(Unprobed { claim, at, why }),
        }
    }
    for case in model.probes.iter_mut().flat_map(|probe| &mut probe.cases) {
        case.definition = definition;
    }
    model
}

/// The model with another body and mapping, and one case. What is refused of these is the claim's.
fn probe(model: &Model, claim: Claim, at: &Span, asked: Asked, config: &Path) -> Model {
    let Asked { operation, headers, body, mapping, expect } = asked;
    let table = mapping.as_object().cloned().unwrap_or_default();
    let used = |field: &str| expect.get(field).is_some();
    let (mapping, _) = Mapping::compile(&table.into_iter().filter(|(field, _)| used(field)).collect());
    let fields: Vec<&str> = mapping.names().collect();
    let case = Case { expect: expected(&fields, expect, at), ..case(&model.name, claim, at, config) };
    Model {
        operation,
        headers,
        template: Template::plain(body),
        mapping_places: MappingPlaces::all_at(at.clone()),
        places: model.places.clone().without(&[Key::Operation, Key::Stream, Key::Body]),
        mapping,
        ..alike(model, at, case)
    }
}

/// The model with `case` alone.
fn alike(model: &Model, at: &Span, case: Case) -> Model {
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

/// A case that expects nothing yet.
fn case(model: &str, claim: Claim, at: &Span, config: &Path) -> Case {
    let name = claim.case();
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
        withheld: Withheld::default(),
        from_environment: BTreeMap::new(),
        definition: Definition::default(),
        expect: Expectations::default(),
        snapshot: None,
        fixture_path: layout::fixture(config, model, name),
        snapshot_path: layout::snapshot(config, model, name),
    }
}

/// The expectations of a probe: all of them are at the claim.
fn expected(fields: &[&str], expect: Value, at: &Span) -> Expectations {
    let expect: Expect = serde_json::from_value(expect).unwrap_or_default();
    expectations::compile(&expect, fields, &|_| (at.clone(), at.clone()), &mut Vec::new())
}
