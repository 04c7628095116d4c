use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::config::{self, PlannedCase, PlannedModel};
use super::group::{Variable, form, is_long, variables};

use super::name::{Names, case_name, model_names};
use super::recording::Recording;
use crate::assemble::{Problem, assemble};
use crate::aws::family::Role;
use crate::exchange::{Answer, Exchange, Refusal, Request};
use crate::fixture::{Fixture, fingerprint};
use crate::mapping::infer::{MappedField, default_mapping, mapping_of};

/// A config, and what belongs beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub config_text: String,
    pub fixtures: Vec<ImportedFixture>,
    /// Texts that the config's variables read, such as encoded images.
    pub files: Vec<DataFile>,
    /// What a person should know: what was assumed, and what was left out.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ImportedFixture {
    pub model: String,
    pub case: String,
    pub fixture: Fixture,
}

/// A file to write beside the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Relative to the config, with `/`.
    pub path: String,
    pub text: String,
}

/// Makes one config and its fixtures out of `recordings`, each with the name of its file.
///
/// Recordings of one model share a template where their bodies differ in a few values only, and
/// their answers one mapping. Each case renders to the request of its fixture.
pub fn plan_import(recordings: Vec<(String, Recording)>) -> Import {
    let mut notes = Vec::new();
    let mut entries = Vec::new();
    for (file, recording) in recordings {
        notes.extend(recording.notes.iter().map(|note| format!("`{file}`: {note}")));
        match Outcome::of(&recording.exchange) {
            Ok(outcome) => entries.push(Entry { file, recording, outcome }),
            Err(message) => notes.push(format!("`{file}`: left out, {message}")),
        }
    }
    let mut names = Names::default();
    let models: Vec<PlannedModel> = groups(&entries).iter().map(|group| model(group, &mut names)).collect();
    let (fixtures, files) = beside(&models);
    Import { config_text: config::text(&models), fixtures, files, notes }
}

struct Entry {
    file: String,
    recording: Recording,
    outcome: Outcome,
}

enum Outcome {
    Mapped(Vec<MappedField>),
    Refused(Refusal),
}

/// The mapping that fits what `exchange` answered; `None` if that is no whole answer.
pub fn recorded_mapping(exchange: &Exchange) -> Option<Vec<MappedField>> {
    match Outcome::of(exchange) {
        Ok(Outcome::Mapped(fields)) => Some(fields),
        Ok(Outcome::Refused(_)) | Err(_) => None,
    }
}

impl Outcome {
    /// What a case expects of its answer; why there can be no such case.
    fn of(exchange: &Exchange) -> Result<Outcome, String> {
        let request = &exchange.request;
        match &exchange.answer {
            Answer::Refusal(refusal) => Ok(Outcome::Refused(refusal.clone())),
            Answer::Response(response) => {
                Ok(Outcome::Mapped(mapping_of(request, &response.headers, &response.body)))
            }
            Answer::Stream(stream) => {
                let whole = assemble(stream);
                match whole.problem {
                    None => Ok(Outcome::Mapped(mapping_of(request, &whole.headers, &whole.body))),
                    Some(Problem::Refused(refusal)) => Ok(Outcome::Refused(refusal)),
                    Some(Problem::Incomplete { message }) => Err(message),
                }
            }
        }
    }
}

impl Entry {
    fn request(&self) -> &Request {
        &self.recording.exchange.request
    }
}

/// Entries that become one model.
struct Group<'a> {
    entries: Vec<&'a Entry>,
    /// `None` as long as all of its answers are errors: any mapping will do.
    mapping: Option<&'a [MappedField]>,
}

/// The entries by model, in the order of each model's first entry.
///
/// Errors come second: they join the model whose answers tell the mapping.
fn groups(entries: &[Entry]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_request: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let (mapped, refused): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| matches!(entry.outcome, Outcome::Mapped(_)));
    for entry in mapped.into_iter().chain(refused) {
        let mapping = match &entry.outcome {
            Outcome::Mapped(mapping) => Some(mapping.as_slice()),
            Outcome::Refused(_) => None,
        };
        let same = by_request.entry(key(entry.request())).or_default();
        let fits = |index: &&usize| mapping.is_none() || groups[**index].mapping == mapping;
        if let Some(index) = same.iter().find(fits) {
            groups[*index].entries.push(entry);
        } else {
            same.push(groups.len());
            groups.push(Group { entries: vec![entry], mapping });
        }
    }
    groups.into_iter().flat_map(split).collect()
}

/// What the requests of one model share.
fn key(request: &Request) -> String {
    let Request { operation, region, model_id, headers, body } = request;
    format!("{operation} {region} {model_id:?} {headers:?} {}", form(body))
}

/// A template with a great many variables is harder to read than several without.
fn split(group: Group<'_>) -> Vec<Group<'_>> {
    let bodies: Vec<&Value> = group.entries.iter().map(|entry| &entry.request().body).collect();
    if variables(&bodies).iter().filter(|variable| differs(variable, &bodies)).count() <= VARIABLES_LIMIT {
        return vec![group];
    }
    let mut split: Vec<Group<'_>> = Vec::new();
    for entry in group.entries {
        let same =
            |other: &&mut Group<'_>| fingerprint(other.entries[0].request()) == fingerprint(entry.request());
        match split.iter_mut().find(same) {
            Some(known) => known.entries.push(entry),
            None => split.push(Group { entries: vec![entry], mapping: group.mapping }),
        }
    }
    split
}

const VARIABLES_LIMIT: usize = 8;

fn differs(variable: &Variable, bodies: &[&Value]) -> bool {
    let values: Vec<_> = bodies.iter().map(|body| body.pointer(&variable.pointers[0])).collect();
    values.windows(2).any(|pair| pair[0] != pair[1])
}

fn model<'a>(group: &Group<'a>, names: &mut Names) -> PlannedModel<'a> {
    let request = group.entries[0].request();
    let mapping = group.mapping.map_or_else(|| default_mapping(request), <[MappedField]>::to_vec);
    let output = mapping.iter().find(|field| matches!(field.role, Role::Output | Role::Fallback));
    let output =
        if group.mapping.is_none() { "error" } else { output.map_or("response", |field| &field.field) };
    let name =
        names.free(&model_names(request, output, &case_name(&group.entries[0].file))).replace(' ', "-");
    let bodies: Vec<&Value> = group.entries.iter().map(|entry| &entry.request().body).collect();
    let variables = variables(&bodies);
    let mut case_names = Names::default();
    let cases = group.entries.iter().map(|entry| {
        let case = case_names.free(&[case_name(&entry.file)]);
        planned_case(entry, case, &name, &variables)
    });
    PlannedModel { request, mapping, cases: cases.collect(), variables, name }
}

fn planned_case<'a>(entry: &'a Entry, case: String, model: &str, variables: &[Variable]) -> PlannedCase<'a> {
    let values = variables.iter().filter_map(|variable| {
        let value = entry.request().body.pointer(variable.pointers.first()?)?;
        let path = || format!("data/{model}/{}-{}.txt", crate::files::layout::slug(&case), variable.name);
        let file = (is_long(value) && survives_a_file(value)).then(path);
        Some((variable.name.clone(), config::Given { value, file }))
    });
    let values = values.collect();
    let refusal = match &entry.outcome {
        Outcome::Refused(refusal) => Some(refusal),
        Outcome::Mapped(_) => None,
    };
    PlannedCase { values, refusal, recording: &entry.recording, name: case }
}

/// Whatever reads the file may drop a byte-order mark, and an editor may change the ends of its lines.
fn survives_a_file(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        text.len() < 4 << 20
            && !text.contains('\r')
            && !text.starts_with('\u{feff}')
            && text.trim_end() == text
    })
}

fn beside(models: &[PlannedModel<'_>]) -> (Vec<ImportedFixture>, Vec<DataFile>) {
    let (mut fixtures, mut files) = (Vec::new(), BTreeSet::new());
    for (model, case) in models.iter().flat_map(|model| model.cases.iter().map(move |case| (model, case))) {
        let fixture = case.recording.clone().into_fixture(format!("{}::{}", model.name, case.name));
        fixtures.push(ImportedFixture { model: model.name.clone(), case: case.name.clone(), fixture });
        let given =
            case.values.iter().filter_map(|(_, given)| Some((given.file.clone()?, given.value.as_str()?)));
        files.extend(given.map(|(path, text)| (path, text.to_owned())));
    }
    let files = files.into_iter().map(|(path, text)| DataFile { path, text }).collect();
    (fixtures, files)
}
