use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::config::{PlannedCase, PlannedModel, VariableValue, render_config};
use super::group::{Variable, find_variables, is_long, structure};
use super::name::{Names, case_name, model_names};
use super::recording::Recording;
use crate::assemble::{Problem, assemble};
use crate::aws::family::Role;
use crate::exchange::{Answer, Exchange, Refusal, Request};
use crate::files::layout::{file_slug, slug};
use crate::fixture::{Fixture, fingerprint};
use crate::mapping::infer::{MappedField, default_mapping, fit_mapping};

/// A config, and the files that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    pub config_text: String,
    pub fixtures: Vec<ImportedFixture>,
    /// Files that the config's variables read, such as encoded images.
    pub files: Vec<DataFile>,
    /// Notes for the user about assumptions and skipped recordings.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ImportedFixture {
    pub model: String,
    pub case: String,
    pub fixture: Fixture,
}

/// A file to write next to the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    /// Relative to the config, with `/`.
    pub path: String,
    pub text: String,
}

/// Plans one config and its fixtures from `recordings`, each with the name of its file.
///
/// Recordings become cases of one model if their bodies differ only in a few values and their answers have the same
/// mapping. Each case renders to the request of its fixture.
pub fn plan_import(recordings: Vec<(String, Recording)>) -> Import {
    let mut notes = Vec::new();
    let mut entries = Vec::new();
    for (file, recording) in recordings {
        notes.extend(recording.notes.iter().map(|note| format!("`{file}`: {note}")));
        match Expectation::from_exchange(&recording.exchange) {
            Ok(expectation) => entries.push(Entry { file, recording, expectation }),
            Err(message) => notes.push(format!("`{file}`: skipped, because {message}")),
        }
    }
    let mut names = Names::default();
    let models: Vec<PlannedModel> =
        group_by_model(&entries).iter().map(|group| plan_model(group, &mut names)).collect();
    let (fixtures, files) = fixtures_and_files(&models);
    Import { config_text: render_config(&models), fixtures, files, notes }
}

struct Entry {
    file: String,
    recording: Recording,
    expectation: Expectation,
}

/// What a case expects of its answer.
enum Expectation {
    /// A response with these fields.
    Mapped(Vec<MappedField>),
    Refused(Refusal),
}

/// The mapping for the answer of `exchange`. `None` if the answer is a refusal or incomplete.
pub fn recorded_mapping(exchange: &Exchange) -> Option<Vec<MappedField>> {
    match Expectation::from_exchange(exchange) {
        Ok(Expectation::Mapped(fields)) => Some(fields),
        Ok(Expectation::Refused(_)) | Err(_) => None,
    }
}

impl Expectation {
    /// The error is the reason why `exchange` can't become a case.
    fn from_exchange(exchange: &Exchange) -> Result<Expectation, String> {
        let request = &exchange.request;
        match &exchange.answer {
            Answer::Refusal(refusal) => Ok(Expectation::Refused(refusal.clone())),
            Answer::Response(response) => {
                Ok(Expectation::Mapped(fit_mapping(request, &response.headers, &response.body)))
            }
            Answer::Stream(stream) => {
                let whole = assemble(stream);
                match whole.problem {
                    None => Ok(Expectation::Mapped(fit_mapping(request, &whole.headers, &whole.body))),
                    Some(Problem::Refused(refusal)) => Ok(Expectation::Refused(refusal)),
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
    /// `None` if all answers are refusals, which fit any mapping.
    mapping: Option<&'a [MappedField]>,
}

/// Groups the entries by model, in the order of each model's first entry.
///
/// Refusals are grouped last: they join a model whose mapping is known from its other answers.
fn group_by_model(entries: &[Entry]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_request: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let (mapped, refused): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| matches!(entry.expectation, Expectation::Mapped(_)));
    for entry in mapped.into_iter().chain(refused) {
        let mapping = match &entry.expectation {
            Expectation::Mapped(mapping) => Some(mapping.as_slice()),
            Expectation::Refused(_) => None,
        };
        let same = by_request.entry(model_key(entry.request())).or_default();
        let fits = |index: &&usize| mapping.is_none() || groups[**index].mapping == mapping;
        if let Some(index) = same.iter().find(fits) {
            groups[*index].entries.push(entry);
        } else {
            same.push(groups.len());
            groups.push(Group { entries: vec![entry], mapping });
        }
    }
    groups.into_iter().flat_map(split_if_too_varied).collect()
}

/// The parts of a request that are the same for all cases of one model.
fn model_key(request: &Request) -> String {
    let Request { operation, region, model_id, headers, body } = request;
    format!("{operation} {region} {model_id:?} {headers:?} {}", structure(body))
}

/// Splits a group by request if its template would have too many variables. Several templates without variables are
/// easier to read then.
fn split_if_too_varied(group: Group<'_>) -> Vec<Group<'_>> {
    let bodies: Vec<&Value> = group.entries.iter().map(|entry| &entry.request().body).collect();
    if find_variables(&bodies).iter().filter(|variable| differs(variable, &bodies)).count() <= VARIABLES_LIMIT
    {
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

fn plan_model<'a>(group: &Group<'a>, names: &mut Names) -> PlannedModel<'a> {
    let request = group.entries[0].request();
    let mapping = group.mapping.map_or_else(|| default_mapping(request), <[MappedField]>::to_vec);
    let output = mapping.iter().find(|field| matches!(field.role, Role::Output | Role::Fallback));
    let output =
        if group.mapping.is_none() { "error" } else { output.map_or("response", |field| &field.field) };
    let name =
        names.choose(&model_names(request, output, &case_name(&group.entries[0].file))).replace(' ', "-");
    let bodies: Vec<&Value> = group.entries.iter().map(|entry| &entry.request().body).collect();
    let variables = find_variables(&bodies);
    let mut case_names = Names::default();
    let cases = group.entries.iter().map(|entry| {
        let case = case_names.choose(&[case_name(&entry.file)]);
        plan_case(entry, case, &name, &variables)
    });
    PlannedModel { request, mapping, cases: cases.collect(), variables, name }
}

fn plan_case<'a>(entry: &'a Entry, case: String, model: &str, variables: &[Variable]) -> PlannedCase<'a> {
    let values = variables.iter().filter_map(|variable| {
        let value = entry.request().body.pointer(variable.pointers.first()?)?;
        let path = || format!("data/{}/{}-{}.txt", file_slug(model), slug(&case), variable.name);
        let file = (is_long(value) && can_be_in_file(value)).then(path);
        Some((variable.name.clone(), VariableValue { value, file }))
    });
    let values = values.collect();
    let refusal = match &entry.expectation {
        Expectation::Refused(refusal) => Some(refusal),
        Expectation::Mapped(_) => None,
    };
    PlannedCase { values, refusal, recording: &entry.recording, name: case }
}

/// Whether a file keeps `value` unchanged. Reading the file may drop a byte-order mark, and an editor may change line
/// endings and white space at the end.
fn can_be_in_file(value: &Value) -> bool {
    value.as_str().is_some_and(|text| {
        text.len() < 4 << 20
            && !text.contains('\r')
            && !text.starts_with('\u{feff}')
            && text.trim_end() == text
    })
}

fn fixtures_and_files(models: &[PlannedModel<'_>]) -> (Vec<ImportedFixture>, Vec<DataFile>) {
    let (mut fixtures, mut files) = (Vec::new(), BTreeSet::new());
    for (model, case) in models.iter().flat_map(|model| model.cases.iter().map(move |case| (model, case))) {
        let fixture = case.recording.clone().into_fixture(format!("{}::{}", model.name, case.name));
        fixtures.push(ImportedFixture { model: model.name.clone(), case: case.name.clone(), fixture });
        let written =
            case.values.iter().filter_map(|(_, value)| Some((value.file.clone()?, value.value.as_str()?)));
        files.extend(written.map(|(path, text)| (path, text.to_owned())));
    }
    let files = files.into_iter().map(|(path, text)| DataFile { path, text }).collect();
    (fixtures, files)
}
