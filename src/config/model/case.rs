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
    /// What the case shows.
    pub description: Option<String>,
    /// A `.csv` or `.jsonl` file with a row for each case. Columns are variables and `expect.FIELD.PREDICATE`.
    #[cfg_attr(test, schemars(transform = form::DATA_FILE.text()))]
    pub each: Option<String>,
    /// Values of the variables: literals, `{ env = "NAME" }` or `{ file = "PATH" }`.
    #[cfg_attr(test, schemars(transform = form::VARIABLE_NAME.keys()))]
    pub variables: Map<String, Value>,
    /// What each mapped field must be, by field; `error` for a call that must be refused.
    pub expect: Expect,
    /// `false` for no snapshot, or how this case's snapshot is compared.
    pub snapshot: Option<SnapshotSwitch>,
    /// Tags to select the case by.
    #[cfg_attr(test, schemars(transform = form::TAG.items()))]
    pub tags: Vec<String>,
    /// `warn` reports a failure and does not fail the run; `error` is the default.
    pub severity: Option<CaseSeverity>,
    /// How often a live run calls the case.
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000)))]
    pub repeat: Option<u32>,
    /// How many of the repeated calls must pass.
    #[cfg_attr(test, schemars(range(min = 1, max = 10_000)))]
    pub require: Option<u32>,
}

/// What a failing case does to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CaseSeverity {
    #[default]
    Error,
    Warn,
}
