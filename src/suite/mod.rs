//! A config file made ready to run: bodies parsed, paths and expectations compiled, values read.
//!
//! Everything is compiled once for a model and borrowed by its cases.

mod body;
mod build;
mod cases;
mod credentials;
mod definition;
mod expectations;
mod keys;
mod missing;
mod places;
mod probe;
mod rows;
mod values;
mod withheld;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

pub use build::{Context, build, operation, typed};
pub use credentials::{Credentials, Hop, Source, credentials};
pub use definition::Definition;
pub use expectations::{Expectation, Expectations, ExpectedRefusal, MEASURES, Measure};
pub use keys::KeyPlaces;
pub use missing::all_expect_errors;
pub use places::{MappingPlaces, TextPlace};
pub use probe::Unprobed;
pub use withheld::Withheld;

use crate::aws::cause::{self, Cause, Key, Member};
use crate::config::model::Claim;
use crate::config::variables::Declared;
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
    /// Where this path and those of the cases start.
    pub base: Base,
    /// The path from the repository's root with `/`, as snapshots name their source.
    pub source: String,
    /// Files that values and cases come from, also those that could not be read.
    pub reads: BTreeSet<PathBuf>,
    pub models: Vec<Model>,
}

/// One model, ready to ask.
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
    /// Not its Region's own endpoint.
    pub endpoint: Option<String>,
    pub fips: bool,
    pub dual_stack: bool,
    /// As whom it is called; `None` for the default chain of the AWS SDKs.
    pub credentials: Option<Arc<Credentials>>,
    pub places: KeyPlaces,
    pub tags: Vec<String>,
    pub variables: Vec<Declared>,
    pub template: Template,
    pub mapping: Mapping,
    pub mapping_places: MappingPlaces,
    pub cases: Vec<Case>,
    /// What it claims, as models of one case that prove it; they have none themselves.
    pub probes: Vec<Model>,
    /// Claims that no case can be made for.
    pub unprobed: Vec<Unprobed>,
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
    /// What it proves, if it was made for that.
    pub claim: Option<Claim>,
    /// A failure is reported and does not fail the run.
    pub warns: bool,
    /// How often a live run calls it, and how many of the calls must pass.
    pub repeat: u32,
    pub require: u32,
    pub values: BTreeMap<String, Value>,
    /// Of the values, what came from the environment.
    pub withheld: Withheld,
    /// Which variables of the environment hold values, by the model's variables.
    pub from_environment: BTreeMap<String, String>,
    pub definition: Definition,
    pub expect: Expectations,
    /// `None` if the case has no snapshot.
    pub snapshot: Option<Policy>,
    pub fixture_path: PathBuf,
    pub snapshot_path: PathBuf,
}

impl Suite {
    /// Every model as it is asked: as it is written, and as what proves its claims.
    pub fn asked(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().flat_map(|model| std::iter::once(model).chain(&model.probes))
    }

    /// Every case with the model to ask: those that were written, and behind them what proves the model's claims.
    pub fn cases(&self) -> impl Iterator<Item = (&Model, &Case)> {
        self.asked().flat_map(|model| model.cases.iter().map(move |case| (model, case)))
    }
}

impl Model {
    /// A model of no config, called in `region` as whom the default chain names: to ask for what there is.
    ///
    /// # Panics
    ///
    /// Never: an empty object is a body.
    pub fn of_no_config(region: &str, at: &Span) -> Model {
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
            places: KeyPlaces::nowhere(at.clone()),
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

    /// What the model claims to be able to do.
    pub fn claims(&self) -> impl Iterator<Item = Claim> {
        let proven = self.probes.iter().flat_map(|probe| &probe.cases).filter_map(|case| case.claim);
        proven.chain(self.unprobed.iter().map(|unprobed| unprobed.claim))
    }

    /// Where `key` was written: in the model or in its credentials; else the name of the table that it is a key of.
    pub fn place(&self, key: Key) -> Span {
        if key == Key::Body {
            return self.places.body(None).unwrap_or_else(|| self.at.clone());
        }
        match self.credentials.as_ref().filter(|_| key.is_of_credentials()) {
            Some(credentials) => credentials.places.get(key).unwrap_or(credentials.places.header()).clone(),
            None => self.places.get(key).unwrap_or(&self.at).clone(),
        }
    }

    /// Where what a refusal is about was written: down to the member of the body that its message names.
    pub fn place_of(&self, cause: &Cause, message: &str) -> Span {
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
        member.unwrap_or_else(|| self.place(cause.key))
    }

    /// What the case asks of Bedrock.
    ///
    /// # Panics
    ///
    /// If a variable has no value: [`build`] reports those, and a suite with findings is not run.
    pub fn request(&self, case: &Case) -> Request {
        let body = self.template.fill(&case.values).expect("every placeholder has a value");
        self.request_of(body)
    }

    /// The same with the text of the body as it goes over the wire.
    ///
    /// # Panics
    ///
    /// As [`Model::request`].
    pub fn rendered(&self, case: &Case) -> (Request, String) {
        let rendered = self.template.render(&case.values).expect("every placeholder has a value");
        (self.request_of(rendered.value), rendered.text)
    }

    /// The call of the model without what it asks.
    pub fn call(&self) -> Request {
        self.request_of(Value::Null)
    }

    fn request_of(&self, body: Value) -> Request {
        Request {
            operation: self.operation,
            region: self.region.clone(),
            model_id: self.model_id.clone(),
            headers: self.headers.clone(),
            body,
        }
    }
}
