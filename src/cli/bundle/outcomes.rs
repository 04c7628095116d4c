//! What became of each case, as the JSON Lines of a run tell it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::Failure;
use crate::report::Runs;
use crate::report::lines::Run;

/// Outcomes by config file and `model::case`.
pub(super) type Outcomes = BTreeMap<(String, String), String>;

/// The run that the file at `path` tells.
pub(super) fn run(path: &Path) -> Result<Run, Failure> {
    let runs = Runs::read(&[path.to_owned()]).map_err(|error| unreadable(&error.to_string()))?;
    runs.run.lost.first().map_or(Ok(()), |lost| Err(unreadable(lost)))?;
    Ok(runs.run)
}

fn unreadable(why: &str) -> Failure {
    Failure::Usage { message: format!("`{}` can't be read: {why}", crate::bundle::RUN), help: None }
}

/// The outcomes of `run`, with configs named as `name` says.
pub(super) fn of(run: &Run, name: impl Fn(&str) -> String) -> Outcomes {
    run.cases.iter().map(|case| ((name(&case.config), case.id.clone()), case.outcome.clone())).collect()
}

/// Each case that has another outcome, in words.
pub(super) fn differences(before: &Outcomes, now: &Outcomes) -> Vec<String> {
    let mut told = Vec::new();
    for ((config, id), outcome) in before {
        match now.get(&(config.clone(), id.clone())) {
            Some(same) if same == outcome => (),
            Some(other) => told.push(format!("`{id}` of {config} was `{outcome}` and is `{other}`")),
            None => told.push(format!("`{id}` of {config} was `{outcome}` and has not run")),
        }
    }
    let new = now.iter().filter(|(case, _)| !before.contains_key(case));
    told.extend(new.map(|((config, id), outcome)| format!("`{id}` of {config} is new, `{outcome}`")));
    told
}
