//! The settings of the tool: `bedrock-check.toml` or `.config/bedrock-check.toml`. They configure no models.
//!
//! The doc comments are the descriptions in the published schema.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroUsize};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

#[cfg(test)]
use super::model::form;

/// The settings of a repository. A flag of the same name overrides them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "bedrock-check settings", extend("$id" = "urn:bedrock-check:settings:1")))]
#[serde(default)]
pub struct Settings {
    /// Where answers come from: `replay` (the default), `record-missing`, `record-stale`, `record-all` or `live`. A file can only choose `replay`.
    pub mode: Option<Mode>,
    /// Number of cases that run at the same time. The default is the number of processors.
    pub jobs: Option<NonZeroUsize>,
    /// Number of failures after which the run stops.
    pub max_fail: Option<NonZeroUsize>,
    /// What a run that selects no case does: `fail` (the default), `warn` or `pass`. A file can only choose `fail`.
    pub no_tests: Option<NoTests>,
    /// When to use colours: `auto` (the default), `always` or `never`.
    pub color: Option<ColorChoice>,
    /// Globs of config files to skip, as in a `.gitignore` at the root.
    #[cfg_attr(test, schemars(inner(length(min = 1))))]
    pub exclude: Vec<String>,
    /// Reports to write, each `FORMAT=PATH`.
    #[cfg_attr(test, schemars(transform = form::REPORT.items()))]
    pub report: Vec<String>,
    /// What happens to new and changed snapshots. The values are those of `INSTA_UPDATE`. A file can only choose `auto` or `no`.
    pub update: Option<SnapshotUpdate>,
    /// What happens if fixtures or snapshots belong to no case: `ignore` them, `warn` (the default), `reject` (the default in CI) to fail the run, `delete` them after a run without failures, or `auto`: `reject` in CI, otherwise `delete`. A file can't choose `delete` or `auto`.
    pub unreferenced: Option<Unreferenced>,
    /// How often a failed call is retried, if the failure is temporary. The default is 3; 0 disables retries.
    #[cfg_attr(test, schemars(range(max = 20)))]
    pub retries: Option<u32>,
    /// Seconds before the first retry; each later pause is twice as long. The default is 0.5.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 60.0)))]
    pub retry_pause: Option<f64>,
    /// Maximum number of calls per minute, for each model and Region.
    pub requests_per_minute: Option<NonZeroU32>,
    /// Maximum number of input and output tokens per minute, for each model and Region.
    pub tokens_per_minute: Option<NonZeroU32>,
    /// Maximum cost of a run in USD. The run ends before a call that could exceed it.
    #[cfg_attr(test, schemars(range(min = 0.0)))]
    pub max_cost: Option<f64>,
    /// Hosts that configs may name as `endpoint` and `sts_endpoint`, besides AWS's own and local ones. A file can't set it.
    #[cfg_attr(test, schemars(inner(length(min = 1))))]
    pub allow_endpoint: Vec<String>,
    /// Time limits of calls, cases and the run.
    pub timeout: Timeouts,
    /// Prices by model ID. They override the built-in prices.
    #[cfg_attr(test, schemars(transform = form::MODEL_ID.keys()))]
    pub prices: BTreeMap<String, Price>,
    /// Severity of findings, by code: `error`, `warning`, `hint` or `off`. An error that prevents a run can't be changed.
    #[cfg_attr(test, schemars(schema_with = "crate::schema::published::severity_table"))]
    pub severity: BTreeMap<String, Level>,
}

impl Settings {
    /// The keys that an environment variable can set.
    pub const KEYS: [&str; 15] = [
        "allow_endpoint",
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

/// A setting with which a run could call, write, delete, or pass without a test.
pub struct RestrictedSetting {
    pub key: &'static str,
    pub flag: &'static str,
    /// The values that a settings file may choose. Only the command line and the environment may choose the others,
    /// because a settings file may be part of a change that has not been reviewed.
    pub allowed_in_files: &'static [&'static str],
}

pub const RESTRICTED_SETTINGS: [RestrictedSetting; 5] = [
    RestrictedSetting { key: "allow_endpoint", flag: "--allow-endpoint", allowed_in_files: &[] },
    RestrictedSetting { key: "mode", flag: "--mode", allowed_in_files: &["replay"] },
    RestrictedSetting { key: "update", flag: "--update", allowed_in_files: &["auto", "no"] },
    RestrictedSetting { key: "no_tests", flag: "--no-tests", allowed_in_files: &["fail"] },
    RestrictedSetting {
        key: "unreferenced",
        flag: "--unreferenced",
        allowed_in_files: &["ignore", "warn", "reject"],
    },
];

/// Time limits, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Timeouts {
    /// Until the connection is established. The default is 5.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub connect: Option<f64>,
    /// Until the answer begins. The default is 60.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub first_byte: Option<f64>,
    /// One call, from the connection to the end of the answer. The default is 300.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub call: Option<f64>,
    /// One case, including its retries and pauses. The default is 600.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub case: Option<f64>,
    /// The whole run. There is no limit by default.
    #[cfg_attr(test, schemars(range(min = 0.001, max = 86_400.0)))]
    pub run: Option<f64>,
}

/// The price of a model's tokens, in USD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(extend("required" = ["input", "output"])))]
#[serde(default)]
pub struct Price {
    /// Price of a million input tokens.
    #[cfg_attr(test, schemars(range(min = 0.0)))]
    pub input: f64,
    /// Price of a million output tokens.
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

/// What happens to new and changed snapshots. The values are those of `INSTA_UPDATE`. `auto` is `no` in CI, otherwise `new`.
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

/// What happens if fixtures or snapshots belong to no case.
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

/// The severity of a finding, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Error,
    Warning,
    Hint,
    Off,
}
