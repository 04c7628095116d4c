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
    /// Only part M of the N even parts that the selected cases fall into; `list --shard` names them
    #[arg(long, value_name = "M/N")]
    pub shard: Option<Shard>,
    /// Where answers come from [default: replay]
    #[arg(long, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// How often a call that can be retried is tried again [default: 3]
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,
    /// USD that the run may cost: it ends before the call that could pass it
    #[arg(long, value_name = "USD", value_parser = usd)]
    pub max_cost: Option<f64>,
    /// Calls a minute, for each model and Region
    #[arg(long, value_name = "N", value_parser = count_u32)]
    pub requests_per_minute: Option<NonZeroU32>,
    /// Tokens a minute, for each model and Region
    #[arg(long, value_name = "N", value_parser = count_u32)]
    pub tokens_per_minute: Option<NonZeroU32>,
    /// How many cases run at once [default: the number of processors]
    #[arg(short, long, value_name = "N", value_parser = count)]
    pub jobs: Option<NonZeroUsize>,
    /// Stop after so many failures
    #[arg(long, value_name = "N", value_parser = count)]
    pub max_fail: Option<NonZeroUsize>,
    /// Stop after the first failure
    #[arg(long, conflicts_with = "max_fail")]
    pub fail_fast: bool,
    /// What a run that selects no case does [default: fail]
    #[arg(long, value_name = "WHAT")]
    pub no_tests: Option<NoTests>,
    /// Write a report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html` or `pr-comment`, `=PATH` or
    /// `=-`; or `github`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<String>,
    /// The JSON Lines of an earlier run, with which `html`, `markdown` and `pr-comment` compare
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// Wait for changes, and run again what they touch; replay only
    #[arg(long, conflicts_with_all = ["report", "shard"])]
    pub watch: bool,
    /// Accept new and changed snapshots
    #[arg(long, conflicts_with_all = ["check", "update"])]
    pub accept: bool,
    /// Write nothing, not even pending snapshots
    #[arg(long, conflicts_with = "update")]
    pub check: bool,
    /// What becomes of new and changed snapshots [default: what `INSTA_UPDATE` and `CI` say]
    #[arg(long, value_name = "WHAT")]
    pub update: Option<SnapshotUpdate>,
    /// What fixtures and snapshots that belong to no case do [default: warn; in CI: reject]
    #[arg(long, value_name = "WHAT")]
    pub unreferenced: Option<Unreferenced>,
}

/// The arguments that select the cases of a run.
#[derive(Clone, Copy)]
pub(in crate::cli) struct Selected<'a> {
    pub configs: &'a Configs,
    pub filter: &'a Filter,
    pub shard: Option<Shard>,
}

impl Test {
    pub(in crate::cli) fn selected(&self) -> Selected<'_> {
        Selected { configs: &self.configs, filter: &self.filter, shard: self.shard }
    }
}

fn count(text: &str) -> Result<NonZeroUsize, NotACount> {
    text.parse().map_err(|_| NotACount)
}

fn count_u32(text: &str) -> Result<NonZeroU32, NotACount> {
    text.parse().map_err(|_| NotACount)
}

fn usd(text: &str) -> Result<f64, NotASum> {
    let sum: f64 = text.trim_start_matches('$').parse().map_err(|_| NotASum)?;
    if sum.is_finite() && sum >= 0.0 { Ok(sum) } else { Err(NotASum) }
}

/// No sum of money.
#[derive(Debug, thiserror::Error)]
#[error("expected a sum in USD, such as `0.50`")]
struct NotASum;

/// A number of things that is none.
#[derive(Debug, thiserror::Error)]
#[error("expected a whole number from 1")]
struct NotACount;
