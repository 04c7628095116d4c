//! The arguments of `bundle …`, and of `test --bundle`.

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
    /// File to write the bundle to
    #[arg(long, value_name = "FILE", default_value = "evidence.zip")]
    pub output: PathBuf,
    /// Put the value of this environment variable into the bundle, although no recording contains it; repeatable
    #[arg(long, value_name = "NAME")]
    pub env: Vec<String>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BundleCommand {
    /// Check that a bundle is intact and matches its manifest; exit with 1 if not
    Verify(VerifyBundle),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyBundle {
    /// Path of the bundle
    pub file: PathBuf,
    /// Published digest that the bundle must have: `sha256:…`
    #[arg(long, value_name = "DIGEST")]
    pub digest: Option<String>,
    /// Output format of the result
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// The arguments of `test`, which runs the cases of configs or of a bundle.
#[derive(Debug, Args)]
pub(in crate::cli) struct TestArguments {
    #[command(flatten)]
    pub test: Test,
    /// Replay the cases of this bundle, using only its files and the conditions that it recorded
    #[arg(long, value_name = "FILE", conflicts_with_all = CHANGES_THE_RUN)]
    pub bundle: Option<PathBuf>,
}

/// Arguments that would change the run that a bundle recorded, so that `--bundle` conflicts with them.
const CHANGES_THE_RUN: [&str; 21] = [
    "paths",
    "profile",
    "set",
    "ids",
    "model",
    "tag",
    "shard",
    "watch",
    "mode",
    "allow_endpoint",
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

    use super::CHANGES_THE_RUN;
    use crate::cli::arguments::Arguments;

    /// Arguments that can be combined with `--bundle`.
    const APPLIES_TO_BUNDLES: [&str; 4] = ["bundle", "jobs", "previous", "report"];

    #[test]
    fn every_flag_of_test_conflicts_with_a_bundle_or_applies_to_it() {
        let command = Arguments::command();
        let test = command.find_subcommand("test").expect("there is `test`");
        let flags = test.get_arguments().filter(|flag| !flag.is_global_set());
        let flags: BTreeSet<&str> = flags.map(|flag| flag.get_id().as_str()).collect();
        assert_eq!(flags, CHANGES_THE_RUN.into_iter().chain(APPLIES_TO_BUNDLES).collect());
    }
}
