//! The command line. Only this module reads arguments and environment variables, prints, and chooses the exit code.

mod arguments;
mod bundle;
mod config;
mod controls;
mod diff_tool;
mod doctor;
mod empty;
mod escaped;
mod exit;
mod explain;
mod fixtures;
mod github;
mod guard;
mod iam;
mod import;
mod import_case;
mod invoke;
mod list;
mod lock;
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
mod show;
mod signals;
mod test;
mod validate;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use clap::Parser;
use clap::builder::StyledStr;
use clap::error::ErrorKind;

use arguments::{Arguments, Command, ConfigCommand, FixturesCommand, ModelsCommand};
use escaped::{Content, Escaped};
use output::Output;

use crate::app::{Environment, Failure};

pub use exit::Exit;

/// Runs the command of `arguments` in `working_dir`. The first argument is the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>, working_dir: io::Result<PathBuf>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return print_usage_error(&error),
    };
    let environment = environment(working_dir);
    let mut output = Output::new(&arguments.global, &environment);
    let result = match &arguments.command {
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
    let exit = result.unwrap_or_else(|failure| output.report_failure(&failure));
    output.received.refine(exit)
}

/// Reads the environment variables of the process.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
fn environment(working_dir: io::Result<PathBuf>) -> Environment {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Environment::new(variables.collect(), working_dir.map_err(|cause| cause.to_string()))
}

/// Prints clap's error. Help and version count as success, everything else as an invalid command line.
fn print_usage_error(error: &clap::Error) -> Exit {
    let is_requested = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // The error quotes arguments, and a shell may have made them from the names of files.
    // Printing fails if the reader closed the pipe, which is not an error.
    drop(if error.use_stderr() {
        print_styled(&error.render(), io::stderr())
    } else {
        print_styled(&error.render(), io::stdout())
    });
    if is_requested { Exit::Clean } else { Exit::Invalid }
}

fn print_styled(text: &StyledStr, out: impl RawStream) -> io::Result<()> {
    let is_plain = AutoStream::choice(&out) == ColorChoice::Never;
    let (text, content) = if is_plain {
        (text.to_string(), Content::Text)
    } else {
        (text.ansi().to_string(), Content::ColoredText)
    };
    Escaped::new(out, content).write_all(text.as_bytes())
}

type CommandResult = Result<Exit, Failure>;
