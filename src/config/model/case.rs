use serde::Deserialize;
use serde_json::{Map, Value};

#[cfg(test)]
use super::form;
use super::{Expect, SnapshotSwitch};

/// One test case.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("required" = ["name"])))]
#[serde(default)]
pub struct Case {
    /// Name of the case, unique in its model.
    #[cfg_attr(test, schemars(transform = form::CASE_NAME.text()))]
    pub name: String,
    /// What the case tests.
    pub description: Option<String>,
    /// A `.csv` or `.jsonl` file. Each row becomes a case. The columns are variables and `expect.FIELD.PREDICATE`.
    #[cfg_attr(test, schemars(transform = form::DATA_FILE.text()))]
    pub each: Option<String>,
    /// Values of the variables: literals, `{ env = "NAME" }` or `{ file = "PATH" }`.
    #[cfg_attr(test, schemars(transform = form::VARIABLE_NAME.keys()))]
    pub variables: Map<String, Value>,
    /// Predicates on mapped fields, by field. Use `error` for a call that AWS must refuse.
    pub expect: Expect,
    /// How mapped output is compared with the case's snapshot. `false` for no snapshot.
    pub snapshot: Option<SnapshotSwitch>,
    /// Tags to select the case by.
    #[cfg_attr(test, schemars(transform = form::TAG.items()))]
    pub tags: Vec<String>,
    /// `error` (the default): a failure of the case fails the run. `warn`: the failure is only reported.
    pub severity: Option<CaseSeverity>,
    /// How many calls a live run makes for the case.
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000)))]
    pub repeat: Option<u32>,
    /// How many of the repeated calls must pass.
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000)))]
    pub require: Option<u32>,
}

/// Whether a failure of the case fails the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CaseSeverity {
    #[default]
    Error,
    Warn,
}
