//! The arguments of the commands for pending snapshots.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Filter, Format};
use crate::snapshot::MergeSide;

/// Selects pending snapshots.
#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct ReviewArguments {
    /// Config files, folders to search for them, snapshots (`.snap`, `.snap.new`), cases (`model::case`) [default: all here]
    #[arg(value_name = "PATH|CASE")]
    pub targets: Vec<PathBuf>,
    /// Override keys of the configs with those of `[profile.NAME]`
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Set one key of the configs, such as `models.claude.region=eu-west-1`
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub filter: Filter,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PendingArguments {
    #[command(flatten)]
    pub review: ReviewArguments,
    /// Output format of the list
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AcceptArguments {
    #[command(flatten)]
    pub review: ReviewArguments,
    /// Accept pending files from this folder or ZIP archive that CI saved, instead of those here
    #[arg(long, value_name = "DIR|ZIP")]
    pub from: Option<PathBuf>,
    /// Only resolve merge conflicts in snapshots: keep this side instead of the new output
    #[arg(long, conflicts_with = "from")]
    pub side: Option<SideArgument>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum SideArgument {
    Ours,
    Theirs,
}

impl From<SideArgument> for MergeSide {
    fn from(side: SideArgument) -> MergeSide {
        match side {
            SideArgument::Ours => MergeSide::Ours,
            SideArgument::Theirs => MergeSide::Theirs,
        }
    }
}
