//! Builds a model that is ready to run from the typed model of a config.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::budget::CaseBudget;
use super::cases::{self, CaseBuilder};
use super::definition::hash_definition;
use super::missing::missing_keys;
use super::values::Reader;
use super::{Credentials, KeyPlaces, MappingPlaces, Model, body, probe};
use crate::aws::model_id;
use crate::config::model::{self, Api};
use crate::config::resolve::{Places, ResolvedModel};
use crate::config::value::ValueSources;
use crate::config::variables;
use crate::diagnose::{Code, Finding, Sources};
use crate::exchange::{Headers, Operation};
use crate::files::layout;
use crate::mapping::infer;
use crate::mapping::{Mapping, MappingError};
use crate::pattern::Patterns;
use crate::pointer::join;
use crate::template::Template;

/// The inputs that all models of one config are built with.
pub struct Context<'a> {
    pub config: &'a Path,
    pub value_sources: &'a ValueSources,
    /// Receives the data files of cases, so that findings can point into them.
    pub sources: &'a Sources,
    /// The credentials that the config declares.
    pub credentials: &'a BTreeMap<String, Arc<Credentials>>,
    /// Collects the files that values and cases come from.
    pub read_files: &'a RefCell<BTreeSet<PathBuf>>,
    pub patterns: &'a Patterns,
    pub budget: &'a CaseBudget,
}

/// Reads the model into its type, with a finding if a value has the wrong type.
///
/// A key with such a value is left out, so that mistakes in the other keys are found too.
///
/// A model without a mapping gets the mapping of its family.
pub fn read_model(resolved: &ResolvedModel<'_>) -> (model::Model, Option<Finding>) {
    let (mut model, finding) = deserialize(resolved);
    if let (true, Some(model_id)) = (model.mapping.is_empty(), &model.model_id) {
        let template = model.request.body.as_deref().and_then(|text| Template::parse(text).ok());
        let body = template.map(|template| template.fill_with_nulls()).unwrap_or_default();
        let model_id = model_id::clean_paste(model_id).model_id;
        model.mapping = infer::default_mapping_table(operation(&model), &model_id, &body).unwrap_or_default();
    }
    (model, finding)
}

fn deserialize(resolved: &ResolvedModel<'_>) -> (model::Model, Option<Finding>) {
    let cause = match model::Model::deserialize(resolved.value.as_ref()) {
        Ok(model) => return (model, None),
        Err(cause) => cause,
    };
    let message = format!("the model `{}` can't be read: {cause}", resolved.name);
    let finding = Finding::new(Code::InvalidValue, resolved.places.header(), message);
    let mut readable_keys = Map::new();
    for (key, value) in resolved.value.as_object().into_iter().flatten() {
        let alone = |value: &Value| Value::Object(Map::from_iter([(key.clone(), value.clone())]));
        let is_readable = |value: &Value| model::Model::deserialize(&alone(value)).is_ok();
        match value {
            value if is_readable(value) => drop(readable_keys.insert(key.clone(), value.clone())),
            Value::Array(items) if items.iter().any(Value::is_object) => {
                // An unreadable case stays as an empty one, so that the others keep their index.
                let keep = |item: &Value| if is_readable(&json!([item])) { item.clone() } else { json!({}) };
                readable_keys.insert(key.clone(), Value::Array(items.iter().map(keep).collect()));
            }
            _ => (),
        }
    }
    (model::Model::deserialize(&Value::Object(readable_keys)).unwrap_or_default(), Some(finding))
}

/// The maximum number of variables of a model.
const VARIABLES_LIMIT: usize = 1_000;

/// Builds one model, or `None` if it can't run. All findings are collected, not only the first.
pub fn build(
    resolved: &ResolvedModel<'_>,
    typed: &model::Model,
    context: &Context<'_>,
) -> (Option<Model>, Vec<Finding>) {
    let mut findings = Vec::new();
    let places = &resolved.places;
    let declared = variables::declared_variables(&typed.variables);
    if declared.len() > VARIABLES_LIMIT {
        let message = format!("the model `{}` has more than {VARIABLES_LIMIT} variables", resolved.name);
        let finding = Finding::new(Code::FileTooLarge, places.key("/variables"), message);
        return (None, vec![finding.help("combine variables, or split the model into several")]);
    }
    let template = typed.request.body.as_deref().and_then(|text| body::parse(text, places, &mut findings));
    if let Some(template) = &template {
        let text = typed.request.body.as_deref().unwrap_or_default();
        body::check_names(template, text, &declared, resolved, &mut findings);
    }
    let mapping = compile_mapping(typed, places, &mut findings);
    let reader = Reader {
        model: &resolved.name,
        declared: &declared,
        places,
        folder: layout::config_folder(context.config),
        value_sources: context.value_sources,
        sources: context.sources,
        read_files: context.read_files,
        patterns: context.patterns,
    };
    reader.check_declarations(&mut findings);
    let definition = hash_definition(&resolved.value);
    let builder = CaseBuilder {
        config: context.config,
        model: &resolved.name,
        defaults: reader.read_defaults(&mut findings),
        fields: cases::declared_fields(&typed.mapping),
        template: template.as_ref(),
        typed,
        raw: &resolved.value,
        definition,
        reader,
        budget: context.budget,
        sources: context.sources,
    };
    let cases = builder.build(&mut findings);
    findings.extend(missing_keys(resolved, typed));
    findings.extend(check_endpoint_keys(resolved, typed));
    findings.extend(check_reserved_headers(resolved, typed));
    let model = template.and_then(|template| assemble(resolved, typed, context, template, mapping, cases));
    let with_probes =
        model.map(|model| probe::add_probes(model, &typed.features, places, definition, context.config));
    (with_probes, findings)
}

fn assemble(
    resolved: &ResolvedModel<'_>,
    typed: &model::Model,
    context: &Context<'_>,
    template: Template,
    mapping: Mapping,
    cases: Vec<super::Case>,
) -> Option<Model> {
    let credentials = typed.credentials.as_ref().and_then(|name| context.credentials.get(name));
    Some(Model {
        name: resolved.name.clone(),
        at: resolved.places.header(),
        enabled: typed.enabled.unwrap_or(true),
        operation: operation(typed),
        region: typed.region.clone()?,
        model_id: typed.model_id.clone()?,
        headers: headers(typed),
        endpoint: typed.endpoint.clone(),
        fips: typed.fips.unwrap_or(false),
        dual_stack: typed.dual_stack.unwrap_or(false),
        credentials: credentials.cloned(),
        places: KeyPlaces::for_model(&resolved.places, typed.request.body.as_deref()),
        tags: typed.tags.clone(),
        variables: variables::declared_variables(&typed.variables),
        template,
        mapping,
        mapping_places: MappingPlaces::new(&resolved.places, &typed.mapping),
        cases,
        probes: Vec::new(),
        unprobed: Vec::new(),
    })
}

/// The operation that the model's keys select.
pub fn operation(typed: &model::Model) -> Operation {
    match (typed.operation.unwrap_or_default(), typed.stream.unwrap_or(false)) {
        (Api::Invoke, false) => Operation::InvokeModel,
        (Api::Invoke, true) => Operation::InvokeModelWithResponseStream,
        (Api::Converse, false) => Operation::Converse,
        (Api::Converse, true) => Operation::ConverseStream,
    }
}

/// The headers of the call: those of the config, and those of the guardrail.
fn headers(typed: &model::Model) -> Headers {
    let mut headers: Headers =
        typed.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    let guardrail = typed.guardrail.clone().unwrap_or_default();
    let mut set = |name: &str, value: Option<String>| {
        value.map(|value| headers.insert(format!("x-amzn-bedrock-{name}"), value));
    };
    set("guardrailidentifier", guardrail.identifier);
    set("guardrailversion", guardrail.version);
    set("trace", guardrail.trace.map(|on| if on { "ENABLED" } else { "DISABLED" }.to_owned()));
    headers
}

fn compile_mapping(typed: &model::Model, places: &Places<'_>, findings: &mut Vec<Finding>) -> Mapping {
    let (mapping, errors) = Mapping::compile(&typed.mapping);
    findings.extend(errors.iter().map(|error| mapping_finding(error, places)));
    mapping
}

fn mapping_finding(error: &MappingError, places: &Places<'_>) -> Finding {
    let pointer = format!("/mapping{}", error.pointer);
    let at = match &error.at {
        Some(range) => places.span_in_string(&pointer, range),
        None if error.code() == Code::UnknownKey => places.key(&pointer),
        None => places.value(&pointer),
    };
    let mut finding = Finding::new(error.code(), at, error.to_string());
    finding.help = error.help();
    finding
}

/// Reports `fips` and `dual_stack` if `endpoint` is set: they only select one of AWS's endpoints of the Region.
fn check_endpoint_keys<'a>(
    resolved: &'a ResolvedModel<'_>,
    typed: &model::Model,
) -> impl Iterator<Item = Finding> + 'a {
    let rows = [("fips", typed.fips), ("dual_stack", typed.dual_stack)];
    let has_endpoint = typed.endpoint.is_some();
    let ignored = rows.into_iter().filter(move |(_, on)| has_endpoint && *on == Some(true));
    ignored.map(|(key, _)| {
        let message = format!("`{key}` has no effect if `endpoint` is set");
        Finding::new(Code::InvalidValue, resolved.places.value(&format!("/{key}")), message)
            .related(resolved.places.value("/endpoint"), "calls go to this endpoint")
            .help("remove one of the two")
    })
}

/// Reports headers that every call sets itself: the body's length, the connection, the signature.
fn check_reserved_headers<'a>(
    resolved: &'a ResolvedModel<'_>,
    typed: &'a model::Model,
) -> impl Iterator<Item = Finding> + 'a {
    const RESERVED: [&str; 7] = [
        "authorization",
        "connection",
        "content-length",
        "host",
        "transfer-encoding",
        "x-amz-date",
        "x-amz-security-token",
    ];
    let reserved = typed.headers.keys().filter(|name| RESERVED.contains(&name.to_lowercase().as_str()));
    reserved.map(|name| {
        let at = resolved.places.key(&join("/headers", name));
        let message = format!("`{name}` can't be set: every call sets this header itself");
        Finding::new(Code::InvalidValue, at, message).help("remove it")
    })
}
