//! How the tool runs: `bedrock-check.toml` or `.config/bedrock-check.toml`. Never model content.
//!
//! The doc comments are the descriptions in the published schema.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

#[cfg(test)]
use super::model::form;

/// The settings of a repository. A flag of the same name wins.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "bedrock-check settings", extend("$id" = "urn:bedrock-check:settings:1")))]
#[serde(default)]
pub struct Settings {
    /// Where answers come from: `replay` (the default), `record-missing`, `record-stale`, `record-all` or `live`.
    pub mode: Option<Mode>,
    /// How many cases run at once. The default is the number of processors.
    pub jobs: Option<NonZeroUsize>,
    /// Stop after so many failures.
    pub max_fail: Option<NonZeroUsize>,
    /// What a run that selects no case does: `fail` (the default), `warn` or `pass`.
    pub no_tests: Option<NoTests>,
    /// When to use colours: `auto` (the default), `always` or `never`.
    pub color: Option<ColorChoice>,
    /// Globs of config files to leave out, as in a `.gitignore` at the root.
    #[cfg_attr(test, schemars(inner(length(min = 1))))]
    pub exclude: Vec<String>,
    /// Reports to write, each `FORMAT=PATH`.
    #[cfg_attr(test, schemars(transform = form::REPORT.items()))]
    pub report: Vec<String>,
    /// What happens to snapshots that are new or differ, as `INSTA_UPDATE` says it.
    pub update: Option<SnapshotUpdate>,
    /// What fixtures and snapshots that belong to no case do: `ignore`, `warn` (the default), `reject` (the default in CI), `delete` after a run in which nothing failed, or `auto`: `delete`, in CI `reject`.
    pub unreferenced: Option<Unreferenced>,
    /// How often a call that can be retried is tried again: 3 by default; 0 for never.
    #[cfg_attr(test, schemars(range(max = 20)))]
    pub retries: Option<u32>,
    /// Seconds before the first of these retries, and the unit of the growing pauses: 0.5 by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 60.0)))]
    pub retry_pause: Option<f64>,
    /// Calls a minute, for each model and Region.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Input and output tokens a minute, for each model and Region.
    pub tokens_per_minute: Option<NonZeroU32>,
    /// USD that a run may cost. It ends before the call that could pass it.
    #[cfg_attr(test, schemars(range(min = 0.0)))]
    pub max_cost: Option<f64>,
    /// How long calls may take.
    pub timeout: Timeouts,
    /// Prices by model ID, over those that bedrock-check knows.
    #[cfg_attr(test, schemars(transform = form::MODEL_ID.keys()))]
    pub prices: BTreeMap<String, Price>,
    /// Severity of warnings, hints and what rests on knowledge of AWS, by code: `error`, `warning`, `hint` or `off`. Other errors stay errors.
    #[cfg_attr(test, schemars(schema_with = "crate::schema::published::severity_table"))]
    pub severity: BTreeMap<String, Level>,
}

impl Settings {
    /// The keys that an environment variable can set.
    pub const KEYS: [&str; 14] = [
        "mode",
        "jobs",
        "max_fail",
        "no_tests",
        "color",
        "exclude",
        "report",
        "update",
        "unreferenced",
        "retries",
        "retry_pause",
        "requests_per_minute",
        "tokens_per_minute",
        "max_cost",
    ];
}

/// How long things may take, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Timeouts {
    /// Until a connection stands: 5 by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub connect: Option<f64>,
    /// Until the answer begins: 60 by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub first_byte: Option<f64>,
    /// One call, from the connection to the end of the answer: 300 by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub call: Option<f64>,
    /// One case, with its retries and pauses: 600 by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub case: Option<f64>,
    /// The whole run: no limit by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub run: Option<f64>,
}

/// What a model's tokens cost, in USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("required" = ["input", "output"])))]
#[serde(default)]
pub struct Price {
    /// A million input tokens.
    #[cfg_attr(test, schemars(range(min = 0.0)))]
    pub input: f64,
    /// A million output tokens.
    #[cfg_attr(test, schemars(range(min = 0.0)))]
    pub output: f64,
}

/// Where answers come from: fixtures, without network and credentials, or Bedrock. `live` writes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    #[default]
    Replay,
    RecordMissing,
    RecordStale,
    RecordAll,
    Live,
}

impl Mode {
    pub fn name(self) -> &'static str {
        match self {
            Mode::Replay => "replay",
            Mode::RecordMissing => "record-missing",
            Mode::RecordStale => "record-stale",
            Mode::RecordAll => "record-all",
            Mode::Live => "live",
        }
    }
}

/// What a run that selects no case does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoTests {
    #[default]
    Fail,
    Warn,
    Pass,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// What happens to snapshots that are new or differ: the values of `INSTA_UPDATE`. `auto` is `no` in CI, else `new`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SnapshotUpdate {
    #[default]
    Auto,
    Always,
    New,
    Unseen,
    No,
    Force,
}

/// What files that belong to no case do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Unreferenced {
    Ignore,
    #[default]
    Warn,
    Reject,
    Delete,
    Auto,
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Error,
    Warning,
    Hint,
    Off,
}
