//! The command line: reads arguments and environment, prints, decides the exit code. Nothing else does.

mod arguments;
mod bundle;
mod config;
mod diff_tool;
mod doctor;
mod environment;
mod exit;
mod explain;
mod fixtures;
mod git;
mod github;
mod guard;
mod iam;
mod import;
mod import_case;
mod invoke;
mod list;
mod live;
mod map;
mod models;
mod models_list;
mod next;
mod output;
mod plan;
mod probe;
mod progress;
mod report;
mod report_to;
mod review;
mod schema;
mod session;
mod settings;
mod show;
mod test;
mod validate;

use std::ffi::OsString;

use clap::Parser;
use clap::error::ErrorKind;

use arguments::{Arguments, Command, ConfigCommand, FixturesCommand, ModelsCommand};
use environment::Environment;
use output::Output;

use crate::diagnose::Code;

pub use exit::Exit;

/// Runs the command that `arguments` name, the program's own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let environment = Environment::of_process();
    let mut output = Output::new(&arguments.global, &environment);
    let ended = match &arguments.command {
        Command::Validate(arguments) => validate::run(arguments, environment, &mut output),
        Command::Test(arguments) => bundle::test(arguments, environment, &mut output),
        Command::Record(arguments) => test::record(arguments, environment, &mut output),
        Command::Probe(arguments) => probe::run(arguments, environment, &mut output),
        Command::List(arguments) => list::run(arguments, environment, &mut output),
        Command::Pending(arguments) => review::pending(arguments, environment, &mut output),
        Command::Diff(arguments) => review::diff(arguments, environment, &mut output),
        Command::Review(arguments) => review::review(arguments, environment, &mut output),
        Command::Accept(arguments) => review::accept(arguments, environment, &mut output),
        Command::Reject(arguments) => review::reject(arguments, environment, &mut output),
        Command::Import(arguments) => import::run(arguments, environment, &mut output),
        Command::Invoke(arguments) => invoke::run(arguments, environment, &mut output),
        Command::Map(arguments) => map::run(arguments, environment, &mut output),
        Command::Doctor(arguments) => doctor::run(arguments, environment, &mut output),
        Command::Plan(arguments) => plan::run(arguments, environment, &mut output),
        Command::Models(ModelsCommand::Resolve(arguments)) => {
            models::run(arguments, &environment, &mut output)
        }
        Command::Models(ModelsCommand::List(arguments)) => {
            models_list::run(arguments, environment, &mut output)
        }
        Command::Fixtures(FixturesCommand::Scrub(arguments)) => {
            fixtures::scrub(arguments, environment, &mut output)
        }
        Command::Report(arguments) => report::run(arguments, environment, &mut output),
        Command::Bundle(arguments) => bundle::run(arguments, environment, &mut output),
        Command::Iam(command) => iam::run(command, environment, &mut output),
        Command::Show(arguments) => show::run(arguments, environment, &mut output),
        Command::Config(ConfigCommand::Show(arguments)) => config::run(arguments, environment, &mut output),
        Command::Schema(arguments) => schema::run(arguments, &mut output),
        Command::Explain(arguments) => explain::run(arguments, &mut output),
    };
    ended.unwrap_or_else(|failure| output.failure(&failure))
}

/// Help and version are answers; anything else is a mistake on the command line.
fn usage(error: &clap::Error) -> Exit {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // A closed pipe is the reader's choice.
    drop(error.print());
    if asked { Exit::Clean } else { Exit::Invalid }
}

/// Why a command ended before it could answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{message}")]
    Usage { message: String, help: Option<String> },
    #[error("{message}")]
    NoConfig { message: String, help: String },
    #[error("{0}")]
    Output(#[from] std::io::Error),
    #[error("{message}")]
    Environment { message: String, help: Option<String> },
}

impl Failure {
    fn usage(error: impl std::fmt::Display) -> Failure {
        Failure::Usage { message: error.to_string(), help: None }
    }

    fn exit(&self) -> Exit {
        match self {
            Failure::Usage { .. } => Exit::Invalid,
            Failure::NoConfig { .. } => Exit::NothingSelected,
            Failure::Output(_) | Failure::Environment { .. } => Exit::Environment,
        }
    }

    fn code(&self) -> Option<Code> {
        matches!(self, Failure::NoConfig { .. }).then_some(Code::NoConfig)
    }

    fn help(&self) -> Option<&str> {
        match self {
            Failure::Usage { help, .. } | Failure::Environment { help, .. } => help.as_deref(),
            Failure::NoConfig { help, .. } => Some(help),
            Failure::Output(_) => None,
        }
    }
}

type Ended = Result<Exit, Failure>;
