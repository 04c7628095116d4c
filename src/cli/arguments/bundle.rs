//! The command lines of bundles.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Configs, Filter, Format, Test};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(in crate::cli) struct BundleArguments {
    #[command(subcommand)]
    pub command: Option<BundleCommand>,
    #[command(flatten)]
    pub make: MakeBundle,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MakeBundle {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub filter: Filter,
    /// Where the bundle goes
    #[arg(long, value_name = "FILE", default_value = "evidence.zip")]
    pub output: PathBuf,
    /// Put the value of this environment variable into the bundle, which no recording shows; repeatable
    #[arg(long, value_name = "NAME")]
    pub env: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BundleCommand {
    /// Check that a bundle is whole and holds what its manifest says; exit with 1 if not
    Verify(VerifyBundle),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyBundle {
    /// The bundle
    pub file: PathBuf,
    /// The digest that the bundle must have, as it was published: `sha256:…`
    #[arg(long, value_name = "DIGEST")]
    pub digest: Option<String>,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// What `test` takes: configs, or a bundle of them.
#[derive(Debug, Args)]
pub(in crate::cli) struct TestArguments {
    #[command(flatten)]
    pub test: Test,
    /// Replay a bundle as it was made, here and from nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = SHAPING)]
    pub bundle: Option<PathBuf>,
}

/// What would make another run of it than the one that a bundle holds.
const SHAPING: [&str; 20] = [
    "paths",
    "profile",
    "set",
    "ids",
    "model",
    "tag",
    "shard",
    "watch",
    "mode",
    "retries",
    "max_cost",
    "requests_per_minute",
    "tokens_per_minute",
    "max_fail",
    "fail_fast",
    "no_tests",
    "accept",
    "check",
    "update",
    "unreferenced",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::SHAPING;
    use crate::cli::arguments::Arguments;

    /// What holds for the replay of a bundle as it does for another run.
    const SHARED: [&str; 4] = ["bundle", "jobs", "previous", "report"];

    #[test]
    fn every_flag_of_test_is_a_mistake_beside_a_bundle_or_holds_for_it() {
        let command = Arguments::command();
        let test = command.find_subcommand("test").expect("there is `test`");
        let flags = test.get_arguments().filter(|flag| !flag.is_global_set());
        let flags: BTreeSet<&str> = flags.map(|flag| flag.get_id().as_str()).collect();
        assert_eq!(flags, SHAPING.into_iter().chain(SHARED).collect());
    }
}
