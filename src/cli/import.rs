//! `import`: creates a config and fixtures from recorded exchanges.

use std::io::Write;

use super::arguments::Import as Arguments;
use super::controls::stop_before_next_file;
use super::import_case;
use super::lock::wait_for_other_runs;
use super::output::Output;
use super::{CommandResult, Exit, Failure};
use crate::app::Environment;
use crate::config::root::Root;
use crate::diagnose::{visible, visible_line};
use crate::import::{ReadError, WriteError, find_recordings, plan_import, read_all, write};
use crate::words::{plural, quoted_commas};

pub(super) fn run(arguments: &Arguments, environment: Environment, output: &mut Output) -> CommandResult {
    let Some(folder) = &arguments.out else {
        return import_case::run(arguments, environment, output);
    };
    let paths = find_recordings(&arguments.files).map_err(Failure::usage)?;
    if paths.is_empty() {
        let names = arguments.files.iter().map(|path| path.display().to_string());
        return Err(Failure::Usage {
            message: format!("there is no `.json` file in {}", quoted_commas(names)),
            help: Some("name recorded exchanges, one JSON file each".to_owned()),
        });
    }
    let (recordings, errors) = read_all(&paths);
    for error in &errors {
        output.print_message(&format!("warning: {}", visible(&error.to_string())));
    }
    if recordings.is_empty() {
        return Err(Failure::Usage {
            message: format!("none of {} contains a recorded model call", plural(paths.len(), "file")),
            help: Some("each JSON file must contain one exchange: `request` and `response`".to_owned()),
        });
    }
    let import = plan_import(recordings);
    for note in &import.notes {
        output.print_message(&format!("note: {}", visible(note)));
    }
    let root = Root::find(environment.working_dir()?);
    let _lock = wait_for_other_runs(&root.path, output);
    let interrupted = stop_before_next_file(output);
    let config = write(&import, folder, arguments.force).map_err(write_failure)?;
    let mut out = output.stdout();
    let fixtures = plural(import.fixtures.len(), "fixture");
    let [config, folder] = [&config, folder].map(|path| path.display().to_string());
    writeln!(out, "wrote {} and {fixtures}", visible_line(&config))?;
    writeln!(out, "  next: `bedrock-check test {} --accept`", visible_line(&folder))?;
    out.flush()?;
    if interrupted.is_cancelled() {
        return Ok(Exit::Interrupted);
    }
    Ok(if errors.iter().any(ReadError::is_invalid) { Exit::Invalid } else { Exit::Clean })
}

fn write_failure(error: WriteError) -> Failure {
    match error {
        WriteError::Io(error) => Failure::Output(error),
        error => Failure::Usage { message: error.to_string(), help: error.help().map(str::to_owned) },
    }
}
