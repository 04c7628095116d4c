//! `import FILE --case ID`: a recording as the fixture of a case that a config has.

use std::io::Write;

use serde_json::Map;

use super::arguments::{Configs, Import};
use super::environment::Environment;
use super::import;
use super::output::Output;
use super::session::Session;
use super::{Ended, Exit, Failure};
use crate::diagnose::{nearest, secrets, visible};
use crate::exchange::Request;
use crate::files::write_whole;
use crate::fixture::{Fixture, Origin, Provenance, fingerprint, request_diff};
use crate::import::Recording;
use crate::run::{Plan, Planned, Selection};

pub(super) fn run(arguments: &Import, environment: Environment, output: &mut Output) -> Ended {
    let [file] = arguments.files.as_slice() else {
        return Err(Failure::usage("`--case` takes one recording"));
    };
    let id = arguments.case.as_deref().unwrap_or_default();
    let recording = import::read(file).map_err(Failure::usage)?;
    let session = Session::start(environment, Map::new(), output)?;
    let configs = Configs { paths: arguments.config.clone(), ..Configs::default() };
    let Some(checked) = session.check_whole(&configs, Vec::new(), output)? else {
        return Ok(Exit::Invalid);
    };
    let plan = Plan::new(&checked.suites, &Selection::default());
    let planned = find(&plan, id)?;
    let request = planned.model.request(planned.case);
    check_request(&recording, &request, id, output)?;
    let path = &planned.case.fixture_path;
    write_whole(path, text_of(recording, id)?.as_bytes())?;
    let mut out = output.answer();
    writeln!(out, "wrote {}", path.display())?;
    out.flush()?;
    Ok(Exit::Clean)
}

fn find<'p, 's>(plan: &'p Plan<'s>, id: &str) -> Result<&'p Planned<'s>, Failure> {
    let ids = plan.cases.iter().map(|planned| planned.case.id.as_str());
    plan.cases.iter().find(|planned| planned.case.id == id).ok_or_else(|| Failure::Usage {
        message: format!("no config has the case `{id}`"),
        help: Some(match nearest(id, ids) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`bedrock-check list` shows them all".to_owned(),
        }),
    })
}

/// A recording of another request would be stale as soon as it is written.
fn check_request(recording: &Recording, request: &Request, id: &str, output: &Output) -> Result<(), Failure> {
    if fingerprint(&recording.exchange.request) == fingerprint(request) {
        return Ok(());
    }
    for line in request_diff(&recording.exchange.request, request).lines() {
        output.talk(&visible(&line));
    }
    Err(Failure::Usage {
        message: format!("the recording is of another request than `{id}` makes: recorded (-), now (+)"),
        help: Some("change the case, or record what it asks now; nothing was written".to_owned()),
    })
}

fn text_of(recording: Recording, id: &str) -> Result<String, Failure> {
    let source = Provenance { origin: Origin::Imported, from: recording.from };
    let text = Fixture { case: id.to_owned(), source, exchange: recording.exchange }.render();
    match secrets(&text).first() {
        None => Ok(text),
        Some(secret) => Err(Failure::Usage {
            message: format!("{} would be written into the fixture", secret.name),
            help: Some("revoke it, take it out of the recording, and import again".to_owned()),
        }),
    }
}
