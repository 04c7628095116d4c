//! `report`: creates one report in any format from recorded runs, such as the shards of one run.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::arguments::Report;
use super::escaped::{Content, Escaped};
use super::github::{Step, StepReport};
use super::output::{IgnoreBrokenPipe, Output};
use super::report_to::{is_stdout, read_previous, refuse_kept};
use super::{CommandResult, Exit, Failure};
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
enum ReportBuilder {
    /// The unchanged lines.
    JsonLines(String),
    GitHub(StepReport<Vec<u8>>),
    Document(Box<dyn Renderer>),
}

pub(super) fn run(arguments: &Report, environment: Environment, output: &mut Output) -> CommandResult {
    let target = parse_target(&arguments.to)?;
    if let Some(path) = arguments.output.as_deref().filter(|path| !is_stdout(path)) {
        let inputs = arguments.files.iter().chain(&arguments.previous).map(PathBuf::as_path);
        refuse_kept(&format!("`--output {}`", path.display()), path, inputs)?;
    }
    let is_for_runner = matches!(target, Target::GitHub);
    let previous = match &arguments.previous {
        Some(path) => read_previous(path, output)?,
        None => None,
    };
    let mut builder = match target {
        Target::JsonLines => ReportBuilder::JsonLines(String::new()),
        Target::GitHub => {
            ReportBuilder::GitHub(StepReport::new(Step::from_environment(&environment), previous, Vec::new()))
        }
        Target::Document(document) => ReportBuilder::Document((document.renderer)(previous)),
    };
    let missing = record::read(&arguments.files, |line, record| builder.add(line, record.as_ref()));
    let missing = missing.map_err(|error| Failure::Usage {
        message: error.to_string(),
        help: Some("give files that `--report jsonl=PATH` wrote".to_owned()),
    })?;
    write(arguments.output.as_deref(), &builder.finish(&missing)?, is_for_runner, output)?;
    for missing in &missing {
        output.print_message(&format!("error: {}", visible(missing)));
    }
    Ok(if missing.is_empty() { Exit::Clean } else { Exit::Environment })
}

impl ReportBuilder {
    fn add(&mut self, line: &str, record: Option<&Record>) {
        match (self, record) {
            (ReportBuilder::JsonLines(lines), _) => lines.extend([line, "\n"]),
            (ReportBuilder::GitHub(step), Some(record)) => step.add_record(record),
            (ReportBuilder::Document(renderer), Some(record)) => renderer.add_record(record),
            (ReportBuilder::GitHub(_) | ReportBuilder::Document(_), None) => (),
        }
    }

    fn finish(self, missing: &[String]) -> std::io::Result<Vec<u8>> {
        match self {
            ReportBuilder::JsonLines(lines) => Ok(lines.into_bytes()),
            ReportBuilder::GitHub(step) => step.finish(missing),
            ReportBuilder::Document(renderer) => Ok(renderer.finish(missing).into_bytes()),
        }
    }
}

fn write(path: Option<&Path>, document: &[u8], is_for_runner: bool, output: &Output) -> std::io::Result<()> {
    if let Some(path) = path.filter(|path| !is_stdout(path)) {
        return write_whole(path, document);
    }
    if is_for_runner {
        let mut stdout = Escaped::new(IgnoreBrokenPipe(std::io::stdout()), Content::Text);
        stdout.write_all(document)?;
        return stdout.flush();
    }
    let mut stdout = output.data_stdout();
    stdout.write_all(document)?;
    stdout.flush()
}

fn parse_target(name: &str) -> Result<Target, Failure> {
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
