//! `map MODEL --infer`: proposes a mapping for a model, from a recorded response or from its family.

use std::io::Write;

use serde_json::Map;

use super::arguments::Map as Arguments;
use super::output::Output;
use super::session;
use super::{CommandResult, Exit, Failure};
use crate::app::Environment;
use crate::check::{Checked, Purpose};
use crate::config::edit::{Line, with_mapping};
use crate::diagnose::{Finding, Severity, visible, visible_line};
use crate::files::fence::Fence;
use crate::files::{self, layout};
use crate::fixture;
use crate::import::{recorded_mapping, toml_entry};
use crate::mapping::infer::{MappedField, default_mapping};
use crate::suite::{Case, Model, Suite};
use crate::words::nearest;

pub(super) fn run(arguments: &Arguments, environment: Environment, output: &mut Output) -> CommandResult {
    let session = session::start(environment, Map::new(), output)?;
    let checked = session.check_with(&arguments.configs, Vec::new(), Purpose::Run)?;
    let Some((suite, model)) = find_model(&checked, &arguments.model) else {
        // Print the errors that may have kept the model from being read.
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let errors: Vec<Finding> = errors.cloned().collect();
        session::print_to_stderr(&session, &errors, output)?;
        return Err(unknown_model(&checked, &arguments.model));
    };
    let (fields, source) = infer(model, arguments.case.as_deref())?;
    if fields.is_empty() {
        return Err(unknown_family(model));
    }
    let mut out = output.stdout();
    writeln!(out, "[models.{}.mapping]  # {}", visible_line(&model.name), visible_line(&source))?;
    let lines: Vec<_> = fields.iter().map(toml_entry).collect();
    for (key, value) in &lines {
        writeln!(out, "{}", visible(&format!("{key} = {value}")))?;
    }
    out.flush()?;
    if arguments.write {
        write(suite, model, &lines, &Fence::new(&session.root.path))?;
        output.print_message(&format!("wrote {}", suite.path.display()));
    }
    Ok(Exit::Clean)
}

type ModelInSuite<'c> = (&'c Suite, &'c Model);

fn models(checked: &Checked) -> impl Iterator<Item = ModelInSuite<'_>> {
    checked.suites.iter().flat_map(|suite| suite.models.iter().map(move |model| (suite, model)))
}

/// Finds the model even if its mapping or another model is invalid.
fn find_model<'c>(checked: &'c Checked, name: &str) -> Option<ModelInSuite<'c>> {
    models(checked).find(|(_, model)| model.name == name)
}

fn unknown_model(checked: &Checked, name: &str) -> Failure {
    let near = nearest(name, models(checked).map(|(_, model)| model.name.as_str()));
    Failure::Usage {
        message: format!("no config has the model `{name}`, or it can't be read"),
        help: near.map(|near| format!("did you mean `{near}`?")),
    }
}

/// Infers the mapping from the first recorded answer, or else from the family. Also returns which of the two it was.
fn infer(model: &Model, case: Option<&str>) -> Result<(Vec<MappedField>, String), Failure> {
    let cases = model.cases.iter().filter(|other| case.is_none_or(|name| other.name == name));
    let mut recorded = cases.filter_map(|case| Some((case, infer_from_recording(case)?)));
    if let Some((case, fields)) = recorded.next() {
        return Ok((fields, format!("from the recording of `{}`", case.id)));
    }
    if let Some(name) = case {
        let message = format!("`{}::{name}` has no recorded answer", model.name);
        return Err(Failure::Usage { message, help: Some("record it, or omit `--case`".to_owned()) });
    }
    Ok((
        default_mapping(&model.request_without_body()),
        "from its family, because no answer is recorded".to_owned(),
    ))
}

/// Infers the mapping from the response in the case's fixture, if it contains one.
fn infer_from_recording(case: &Case) -> Option<Vec<MappedField>> {
    let stored = fixture::read(&case.fixture_path).ok()??;
    recorded_mapping(&stored.fixture.exchange)
}

fn write(suite: &Suite, model: &Model, lines: &[Line], fence: &Fence) -> Result<(), Failure> {
    let failure = |error: &dyn std::fmt::Display| Failure::Environment {
        message: format!("can't write `{}`: {error}", suite.path.display()),
        help: None,
    };
    let text = files::read_text(&suite.path, files::CONFIG_LIMIT).map_err(|error| failure(&error))?;
    let text = with_mapping(&text, &model.name, lines).map_err(|error| failure(&error))?;
    let place = fence.place(&suite.path, layout::config_folder(&suite.path));
    place.and_then(|place| place.write(text.as_bytes())).map_err(|error| failure(&error))
}

fn unknown_family(model: &Model) -> Failure {
    Failure::Usage {
        message: format!("the family of `{}` is unknown, and no response is recorded", model.model_id),
        help: Some(format!("record a case first: `bedrock-check record --model {}`", model.name)),
    }
}
