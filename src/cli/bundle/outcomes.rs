//! What became of each case, as the JSON Lines of a run tell it.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::Failure;
use crate::files::read_text;
use crate::report::lines::Run;

/// Outcomes by config file and `model::case`.
pub(super) type Outcomes = BTreeMap<(String, String), String>;

/// The run that the file at `path` tells.
pub(super) fn run(path: &Path) -> Result<Run, Failure> {
    let text = read_text(path, crate::bundle::FILE_LIMIT).map_err(Failure::usage)?;
    let mut run = Run::default();
    for line in text.lines() {
        let line = serde_json::from_str(line).map_err(|cause| unreadable(&cause.to_string()))?;
        run.take(line).map_err(|cause| unreadable(&cause.to_string()))?;
    }
    Ok(run)
}

fn unreadable(why: &str) -> Failure {
    Failure::Usage { message: format!("`{}` can't be read: {why}", crate::bundle::RUN), help: None }
}

/// The outcomes of `run`, with configs named as `name` says.
pub(super) fn of(run: &Run, name: impl Fn(&str) -> String) -> Outcomes {
    run.cases.iter().map(|case| ((name(&case.config), case.id.clone()), case.outcome.clone())).collect()
}

/// How many cases had which outcome.
pub(super) fn counted(outcomes: &Outcomes) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes.values() {
        *counts.entry(outcome.clone()).or_default() += 1;
    }
    counts
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
