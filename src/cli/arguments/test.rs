//! The arguments of `test`, `record` and `probe`.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::Args;

use super::{Configs, Filter};
use crate::config::settings::{Mode, NoTests, SnapshotUpdate, Unreferenced};
use crate::run::Shard;

#[derive(Clone, Debug, Default, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are on or off")]
pub(in crate::cli) struct Test {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub filter: Filter,
    /// Split the selected cases into N equal parts, and run part M; `list --shard` shows its cases
    #[arg(long, value_name = "M/N")]
    pub shard: Option<Shard>,
    /// Where responses come from [default: replay]
    #[arg(long, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// A host that configs may name as `endpoint` or `sts_endpoint`, besides AWS's own; repeatable
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
    /// How often to retry a call that failed for a temporary reason [default: 3]
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,
    /// Maximum cost of the run in USD; it stops before a call that could exceed it
    #[arg(long, value_name = "USD", value_parser = usd)]
    pub max_cost: Option<f64>,
    /// Maximum calls a minute, for each model and Region
    #[arg(long, value_name = "N", value_parser = count_u32)]
    pub requests_per_minute: Option<NonZeroU32>,
    /// Maximum tokens a minute, for each model and Region
    #[arg(long, value_name = "N", value_parser = count_u32)]
    pub tokens_per_minute: Option<NonZeroU32>,
    /// How many cases to run at once [default: the number of processors]
    #[arg(short, long, value_name = "N", value_parser = count)]
    pub jobs: Option<NonZeroUsize>,
    /// Stop after this many failures
    #[arg(long, value_name = "N", value_parser = count)]
    pub max_fail: Option<NonZeroUsize>,
    /// Stop after the first failure
    #[arg(long, conflicts_with = "max_fail")]
    pub fail_fast: bool,
    /// What to do if no case is selected [default: fail]
    #[arg(long, value_name = "WHAT")]
    pub no_tests: Option<NoTests>,
    /// Write a report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html` or `pr-comment`, `=PATH` or
    /// `=-`; or `github`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<String>,
    /// JSON Lines of an earlier run, for `html`, `markdown` and `pr-comment` to compare with
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// Wait for changes, and rerun the affected cases; replay only
    #[arg(long, conflicts_with_all = ["report", "shard"])]
    pub watch: bool,
    /// Accept new and changed snapshots
    #[arg(long, conflicts_with_all = ["check", "update"])]
    pub accept: bool,
    /// Write nothing, not even pending snapshots
    #[arg(long, conflicts_with = "update")]
    pub check: bool,
    /// What to do with new and changed snapshots [default: from `INSTA_UPDATE` and `CI`]
    #[arg(long, value_name = "WHAT")]
    pub update: Option<SnapshotUpdate>,
    /// What to do about fixtures and snapshots that no case uses [default: warn; in CI: reject]
    #[arg(long, value_name = "WHAT")]
    pub unreferenced: Option<Unreferenced>,
}

/// The arguments that select the cases of a run.
#[derive(Clone, Copy)]
pub(in crate::cli) struct SelectionArguments<'a> {
    pub configs: &'a Configs,
    pub filter: &'a Filter,
    pub shard: Option<Shard>,
}

impl Test {
    pub(in crate::cli) fn selection(&self) -> SelectionArguments<'_> {
        SelectionArguments { configs: &self.configs, filter: &self.filter, shard: self.shard }
    }
}

fn count(text: &str) -> Result<NonZeroUsize, NotACount> {
    text.parse().map_err(|_| NotACount)
}

fn count_u32(text: &str) -> Result<NonZeroU32, NotACount> {
    text.parse().map_err(|_| NotACount)
}

fn usd(text: &str) -> Result<f64, NotAnAmount> {
    let sum: f64 = text.trim_start_matches('$').parse().map_err(|_| NotAnAmount)?;
    if sum.is_finite() && sum >= 0.0 { Ok(sum) } else { Err(NotAnAmount) }
}

/// The text is not an amount of money.
#[derive(Debug, thiserror::Error)]
#[error("expected an amount in USD, such as `0.50`")]
struct NotAnAmount;

/// The text is not a positive whole number.
#[derive(Debug, thiserror::Error)]
#[error("expected a whole number, 1 or more")]
struct NotACount;
