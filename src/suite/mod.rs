//! Prepares a config file for a run: parses bodies, compiles paths and expectations, reads values.
//!
//! Everything is compiled once for a model and shared by its cases.

mod body;
mod budget;
mod build;
mod cases;
mod credentials;
mod definition;
mod expectations;
mod keys;
mod masked_values;
mod missing;
mod places;
mod probe;
mod rows;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

pub use budget::CaseBudget;
pub use build::{Context, build, operation, read_model};
pub use credentials::{Credentials, Hop, Source, read_credentials};
pub use definition::DefinitionHash;
pub use expectations::{Expectation, Expectations, ExpectedRefusal, MEASURES, Measure};
pub use keys::KeyPlaces;
pub use masked_values::MaskedValues;
pub use missing::all_expect_errors;
pub use places::{MappingPlaces, TextPlace};
pub use probe::UnprobedClaim;

use crate::aws::cause::{self, Cause, Key, Member};
use crate::config::model::Claim;
use crate::config::variables::DeclaredVariable;
use crate::diagnose::{FileId, Span};
use crate::exchange::{Headers, Operation, Request};
use crate::files::Base;
use crate::mapping::Mapping;
use crate::snapshot::Policy;
use crate::template::Template;

/// The models of one config file.
#[derive(Debug)]
pub struct Suite {
    pub file: FileId,
    pub path: PathBuf,
    /// The folder that this path and the paths of the cases are relative to.
    pub base: Base,
    /// The path from the repository's root with `/`, as snapshots write their source.
    pub source: String,
    /// Files that values and cases come from, including files that could not be read.
    pub read_files: BTreeSet<PathBuf>,
    pub models: Vec<Model>,
}

/// One model, ready to call.
#[derive(Debug)]
pub struct Model {
    pub name: String,
    /// The model's name in its header.
    pub at: Span,
    pub enabled: bool,
    pub operation: Operation,
    pub region: String,
    pub model_id: String,
    pub headers: Headers,
    /// An endpoint other than the default of the Region.
    pub endpoint: Option<String>,
    pub fips: bool,
    pub dual_stack: bool,
    /// The credentials of its calls; `None` for the default chain of the AWS SDKs.
    pub credentials: Option<Arc<Credentials>>,
    pub places: KeyPlaces,
    pub tags: Vec<String>,
    pub variables: Vec<DeclaredVariable>,
    pub template: Template,
    pub mapping: Mapping,
    pub mapping_places: MappingPlaces,
    pub cases: Vec<Case>,
    /// For each claim, a copy of the model with the one case that proves it. Probes have no probes.
    pub probes: Vec<Model>,
    /// Claims that no case can be generated for.
    pub unprobed: Vec<UnprobedClaim>,
}

/// One case, ready to run.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    /// `model::case`.
    pub id: String,
    /// The case's name in the config.
    pub at: Span,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// The claim that the case was generated to prove.
    pub claim: Option<Claim>,
    /// Whether a failure is reported without failing the run.
    pub warns: bool,
    /// The number of calls in a live run.
    pub repeat: u32,
    /// How many of these calls must pass.
    pub require: u32,
    pub values: BTreeMap<String, Value>,
    /// Values from the environment, which findings must not show.
    pub masked_values: MaskedValues,
    /// The environment variables that values were read from, by the model's variables.
    pub from_environment: BTreeMap<String, String>,
    pub definition: DefinitionHash,
    pub expect: Expectations,
    /// `None` if the case has no snapshot.
    pub snapshot: Option<Policy>,
    pub fixture_path: PathBuf,
    pub snapshot_path: PathBuf,
}

impl Suite {
    /// Every model that is called: the configured models, each followed by its probes.
    pub fn models_with_probes(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().flat_map(|model| std::iter::once(model).chain(&model.probes))
    }

    /// Every case with the model that it calls: a model's own cases, followed by those of its probes.
    pub fn cases(&self) -> impl Iterator<Item = (&Model, &Case)> {
        self.models_with_probes().flat_map(|model| model.cases.iter().map(move |case| (model, case)))
    }
}

impl Model {
    /// A model that no config declares, to list the available models of `region` with the default
    /// credential chain.
    ///
    /// # Panics
    ///
    /// Never: an empty object is a valid body.
    pub fn for_listing(region: &str, at: &Span) -> Model {
        Model {
            name: "models".to_owned(),
            at: at.clone(),
            enabled: true,
            operation: Operation::InvokeModel,
            region: region.to_owned(),
            model_id: String::new(),
            headers: Headers::new(),
            endpoint: None,
            fips: false,
            dual_stack: false,
            credentials: None,
            places: KeyPlaces::all_at(at.clone()),
            tags: Vec::new(),
            variables: Vec::new(),
            template: Template::parse("{}").expect("an empty object is a body"),
            mapping: Mapping::default(),
            mapping_places: MappingPlaces::default(),
            cases: Vec::new(),
            probes: Vec::new(),
            unprobed: Vec::new(),
        }
    }

    /// The features that the model claims to have.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        let proven = self.probes.iter().flat_map(|probe| &probe.cases).filter_map(|case| case.claim);
        proven.chain(self.unprobed.iter().map(|unprobed| unprobed.claim))
    }

    /// The place of `key` in the model or in its credentials; if the config doesn't set the key, the header
    /// of its table.
    pub fn locate_key(&self, key: Key) -> Span {
        if key == Key::Body {
            return self.places.body(None).unwrap_or_else(|| self.at.clone());
        }
        match self.credentials.as_ref().filter(|_| key.is_of_credentials()) {
            Some(credentials) => credentials.places.get(key).unwrap_or(credentials.places.header()).clone(),
            None => self.places.get(key).unwrap_or(&self.at).clone(),
        }
    }

    /// The place of the key that caused a refusal. In a body, the place of the member that `message` names.
    pub fn locate_cause(&self, cause: &Cause, message: &str) -> Span {
        let range = match cause::find_member(message).filter(|_| cause.key == Key::Body) {
            Some(Member::Path(steps)) => {
                self.template.locate(&steps.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Some(Member::Named(names)) => {
                self.template.locate_named(&names.iter().map(String::as_str).collect::<Vec<_>>())
            }
            None => None,
        };
        let member = range.and_then(|range| self.places.body(Some(&range)));
        member.unwrap_or_else(|| self.locate_key(cause.key))
    }

    /// The request that the case sends to Bedrock.
    ///
    /// # Panics
    ///
    /// If a variable has no value: [`build`] reports those, and a suite with findings is not run.
    pub fn request(&self, case: &Case) -> Request {
        let body = self.template.fill(&case.values).expect("every placeholder has a value");
        self.request_with_body(body)
    }

    /// The request and the exact text of the body that is sent.
    ///
    /// # Panics
    ///
    /// As [`Model::request`].
    pub fn render_request(&self, case: &Case) -> (Request, String) {
        let rendered = self.template.render(&case.values).expect("every placeholder has a value");
        (self.request_with_body(rendered.value), rendered.text)
    }

    /// The request without a body.
    pub fn request_without_body(&self) -> Request {
        self.request_with_body(Value::Null)
    }

    fn request_with_body(&self, body: Value) -> Request {
        Request {
            operation: self.operation,
            region: self.region.clone(),
            model_id: self.model_id.clone(),
            headers: self.headers.clone(),
            body,
        }
    }
}
