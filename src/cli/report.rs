//! `report`: recorded runs into any format; the shards of a run become one report.

use std::io::Write;
use std::path::Path;

use super::arguments::Report;
use super::github::Step;
use super::output::{Forgiving, Output};
use super::report_to::{is_stdout, previous};
use super::{Ended, Exit, Failure};
use crate::app::Environment;
use crate::diagnose::visible;
use crate::files::write_whole;
use crate::report::{DOCUMENTS, Render, Runs};
use crate::words::nearest;

enum Target {
    JsonLines,
    GitHub,
    Document(Render),
}

pub(super) fn run(arguments: &Report, environment: Environment, output: &mut Output) -> Ended {
    let target = target(&arguments.to)?;
    let mut runs = Runs::read(&arguments.files).map_err(|error| Failure::Usage {
        message: error.to_string(),
        help: Some("give files that `--report jsonl=PATH` wrote".to_owned()),
    })?;
    runs.run.previous = match &arguments.previous {
        Some(path) => previous(path, output)?,
        None => None,
    };
    let mut document = Vec::new();
    match target {
        Target::JsonLines => document.extend_from_slice(runs.text.as_bytes()),
        Target::Document(render) => document.extend_from_slice(render(&runs.run).as_bytes()),
        Target::GitHub => Step::of(&environment).tell(&runs.run, &mut document)?,
    }
    let is_for_runner = matches!(target, Target::GitHub);
    write(arguments.output.as_deref(), &document, is_for_runner, output)?;
    for lost in &runs.run.lost {
        output.talk(&format!("error: {}", visible(lost)));
    }
    Ok(if runs.run.lost.is_empty() { Exit::Clean } else { Exit::Environment })
}

fn write(path: Option<&Path>, document: &[u8], is_for_runner: bool, output: &Output) -> std::io::Result<()> {
    if let Some(path) = path.filter(|path| !is_stdout(path)) {
        return write_whole(path, document);
    }
    if is_for_runner {
        let mut answer = Forgiving(std::io::stdout());
        answer.write_all(document)?;
        return answer.flush();
    }
    let mut answer = output.answer();
    answer.write_all(document)?;
    answer.flush()
}

fn target(name: &str) -> Result<Target, Failure> {
    let document = DOCUMENTS.iter().find(|document| document.name == name);
    match (name, document) {
        ("jsonl", _) => Ok(Target::JsonLines),
        ("github", _) => Ok(Target::GitHub),
        (_, Some(document)) => Ok(Target::Document(document.render)),
        (_, None) => {
            let names = DOCUMENTS.iter().map(|document| document.name).chain(["jsonl", "github"]);
            let names: Vec<&str> = names.collect();
            let help = match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the formats are `{}`", names.join("`, `")),
            };
            Err(Failure::Usage { message: format!("there is no format `{name}`"), help: Some(help) })
        }
    }
}
