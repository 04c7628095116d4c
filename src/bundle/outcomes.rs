//! The outcomes of the cases of a run, and how two runs differ in them.

use std::collections::BTreeMap;

use crate::record::{Named, Run};
use crate::run::Outcome;

/// Outcomes by config file and case ID (`MODEL::CASE`).
pub type Outcomes = BTreeMap<(String, String), Named<Outcome>>;

/// The outcomes of `run`. `name` converts the path of a config to its name.
pub fn case_outcomes(run: &Run, name: impl Fn(&str) -> String) -> Outcomes {
    run.cases.iter().map(|case| ((name(&case.config), case.id.clone()), case.outcome.clone())).collect()
}

/// The number of cases of `run` by outcome.
pub(super) fn count_outcomes(run: &Run) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for case in &run.cases {
        *counts.entry(case.outcome.to_string()).or_default() += 1;
    }
    counts
}

/// Describes each case whose outcome differs.
pub fn describe_differences(before: &Outcomes, now: &Outcomes) -> Vec<String> {
    let mut texts = Vec::new();
    for ((config, id), outcome) in before {
        match now.get(&(config.clone(), id.clone())) {
            Some(same) if same == outcome => (),
            Some(other) => texts.push(format!("`{id}` of {config} was `{outcome}` and is `{other}`")),
            None => texts.push(format!("`{id}` of {config} was `{outcome}` and has not run")),
        }
    }
    let new = now.iter().filter(|(case, _)| !before.contains_key(case));
    texts.extend(new.map(|((config, id), outcome)| format!("`{id}` of {config} is new, `{outcome}`")));
    texts
}
