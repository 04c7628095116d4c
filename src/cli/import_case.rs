//! `import FILE --case ID`: writes a recording as the fixture of an existing case.

use std::io::Write;

use serde_json::Map;

use super::arguments::{Configs, Import};
use super::lock::wait_for_other_runs;
use super::output::Output;
use super::session;
use super::{CommandResult, Exit, Failure};
use crate::app::Environment;
use crate::diagnose::{visible, visible_line};
use crate::files::fence::Fence;
use crate::files::layout;
use crate::import::{CaseError, read, render_fixture};
use crate::run::{Plan, Planned, Selection};
use crate::words::nearest;

pub(super) fn run(arguments: &Import, environment: Environment, output: &mut Output) -> CommandResult {
    let [file] = arguments.files.as_slice() else {
        return Err(Failure::usage("`--case` takes one recording"));
    };
    let id = arguments.case.as_deref().unwrap_or_default();
    let recording = read(file).map_err(Failure::usage)?;
    let session = session::start(environment, Map::new(), output)?;
    let _lock = wait_for_other_runs(&session.root.path, output);
    let configs = Configs { paths: arguments.config.clone(), ..Configs::default() };
    let Some(checked) = session::check_valid(&session, &configs, Vec::new(), output)? else {
        return Ok(Exit::Invalid);
    };
    let plan = Plan::new(&checked.suites, &Selection::default());
    let planned = find_case(&plan, id)?;
    let request = planned.model.request(planned.case);
    let text = render_fixture(recording, id, &request).map_err(|error| case_failure(&error, output))?;
    let path = &planned.case.fixture_path;
    let place = Fence::new(&session.root.path).place(path, layout::config_folder(&planned.suite.path))?;
    place.write(text.as_bytes())?;
    let mut out = output.stdout();
    writeln!(out, "wrote {}", visible_line(&path.display().to_string()))?;
    out.flush()?;
    Ok(Exit::Clean)
}

fn find_case<'p, 's>(plan: &'p Plan<'s>, id: &str) -> Result<&'p Planned<'s>, Failure> {
    let ids = plan.cases.iter().map(|planned| planned.case.id.as_str());
    plan.cases.iter().find(|planned| planned.case.id == id).ok_or_else(|| Failure::Usage {
        message: format!("no config has the case `{id}`"),
        help: Some(match nearest(id, ids) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`bedrock-check list` shows all cases".to_owned(),
        }),
    })
}

fn case_failure(error: &CaseError, output: &Output) -> Failure {
    if let CaseError::OtherRequest { diff, .. } = error {
        for line in diff {
            output.print_message(&visible(line));
        }
    }
    Failure::Usage { message: error.to_string(), help: Some(error.help().to_owned()) }
}
