//! `report`: creates one report in any format from recorded runs, such as the shards of one run.

use std::io::Write;
use std::path::Path;

use super::arguments::Report;
use super::github::{Step, StepReport};
use super::output::{Forgiving, Output};
use super::report_to::{is_stdout, previous};
use super::{Ended, Exit, Failure};
use crate::app::Environment;
use crate::diagnose::visible;
use crate::files::write_whole;
use crate::record::{self, Record};
use crate::report::{DOCUMENTS, Document, Renderer};
use crate::words::nearest;

enum Target {
    JsonLines,
    GitHub,
    Document(Document),
}

/// Collects the records of the runs into the report.
enum Making {
    /// The unchanged lines.
    JsonLines(String),
    GitHub(StepReport<Vec<u8>>),
    Document(Box<dyn Renderer>),
}

pub(super) fn run(arguments: &Report, environment: Environment, output: &mut Output) -> Ended {
    let target = target(&arguments.to)?;
    let is_for_runner = matches!(target, Target::GitHub);
    let previous = match &arguments.previous {
        Some(path) => previous(path, output)?,
        None => None,
    };
    let mut making = match target {
        Target::JsonLines => Making::JsonLines(String::new()),
        Target::GitHub => Making::GitHub(StepReport::new(Step::of(&environment), previous, Vec::new())),
        Target::Document(document) => Making::Document((document.renderer)(previous)),
    };
    let lost = record::read(&arguments.files, |line, record| making.take(line, record.as_ref()));
    let lost = lost.map_err(|error| Failure::Usage {
        message: error.to_string(),
        help: Some("give files that `--report jsonl=PATH` wrote".to_owned()),
    })?;
    write(arguments.output.as_deref(), &making.finish(&lost)?, is_for_runner, output)?;
    for lost in &lost {
        output.talk(&format!("error: {}", visible(lost)));
    }
    Ok(if lost.is_empty() { Exit::Clean } else { Exit::Environment })
}

impl Making {
    fn take(&mut self, line: &str, record: Option<&Record>) {
        match (self, record) {
            (Making::JsonLines(lines), _) => lines.extend([line, "\n"]),
            (Making::GitHub(step), Some(record)) => step.take(record),
            (Making::Document(renderer), Some(record)) => renderer.take(record),
            (Making::GitHub(_) | Making::Document(_), None) => (),
        }
    }

    fn finish(self, lost: &[String]) -> std::io::Result<Vec<u8>> {
        match self {
            Making::JsonLines(lines) => Ok(lines.into_bytes()),
            Making::GitHub(step) => step.finish(lost),
            Making::Document(renderer) => Ok(renderer.finish(lost).into_bytes()),
        }
    }
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
        (_, Some(document)) => Ok(Target::Document(*document)),
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
