//! The command line. Doc comments are the help texts.

mod bundle;
mod iam;
mod models;
mod review;
mod test;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use bundle::{BundleArguments, BundleCommand, MakeBundle, TestArguments, VerifyBundle};
pub(super) use iam::{CallerArguments, IamCheck, IamCommand, IamPolicy, IamTicket, IamTrust};
pub(super) use models::{ModelsCommand, ModelsList, ModelsResolve};
pub(super) use review::{AcceptArguments, PendingArguments, ReviewArguments};
pub(super) use test::{SelectionArguments, Test};

use crate::config::settings::{ColorChoice, Mode};
use crate::run::{Selection, SelectionError, Shard};

/// Validates Amazon Bedrock model configs and tests them against recorded exchanges
#[derive(Debug, Parser)]
#[command(name = "bedrock-check", version, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

/// Flags of every command. `--help` lists them after the command's own flags.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", display_order = 100)]
    pub color: Option<ColorChoice>,
    /// Print less; `-qq` prints only the verdict
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "verbose")]
    #[arg(display_order = 101)]
    pub quiet: u8,
    /// Print more: every case with its mapped output
    #[arg(short, long, global = true, display_order = 102)]
    pub verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check config files without running a case; needs no network and no credentials
    Validate(Validate),
    /// Run the cases against their recorded exchanges
    #[command(visible_alias = "run")]
    Test(Box<TestArguments>),
    /// Call the model for each case that has no recording, and record the answer: `test --mode record-missing`
    Record(Box<Test>),
    /// Run only the cases that prove the features that models claim in `[models.NAME.features]`
    Probe(Box<Test>),
    /// List the cases that `test` would run
    List(List),
    /// List the pending snapshots; exit with 5 if there are any
    Pending(PendingArguments),
    /// Compare pending snapshots with the accepted ones
    Diff(ReviewArguments),
    /// Review pending snapshots one by one in the terminal: accept, reject or skip
    Review(ReviewArguments),
    /// Accept pending snapshots: all of them, or the named ones
    Accept(AcceptArguments),
    /// Delete pending snapshots: all of them, or the named ones
    Reject(ReviewArguments),
    /// Create a config and fixtures from recorded exchanges
    Import(Import),
    /// Call a model once, and print the raw response and the mapped fields
    Invoke(Invoke),
    /// Propose a mapping for a model from a recorded response or from its family
    Map(Map),
    /// Check a model's access step by step: caller, roles, account, model, and a call for one token
    Doctor(Doctor),
    /// Estimate calls, tokens and the highest possible price before a run
    Plan(Plan),
    /// Identify a model ID, and list the known models
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Write and check the IAM policies that the models need
    #[command(subcommand)]
    Iam(IamCommand),
    /// Print a model's values in the order of the platform's form
    Show(ShowModel),
    /// Create one report from the runs (or shards) that `--report jsonl=PATH` recorded
    Report(Report),
    /// Pack a run and the files that it read into one archive that others can verify and replay
    Bundle(BundleArguments),
    /// Maintain recordings
    #[command(subcommand)]
    Fixtures(FixturesCommand),
    /// Show the effective config
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the JSON Schema that this binary understands
    Schema(SchemaArguments),
    /// Explain the code of a finding; without a code, list all codes
    Explain(Explain),
}

/// The configs, and the values that override theirs.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Configs {
    /// Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml` [default: here]
    pub paths: Vec<PathBuf>,
    /// Override keys of the configs with those of `[profile.NAME]`
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Set one key of the configs, such as `models.claude.region=eu-west-1`
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    pub configs: Configs,
    /// Output format of the findings
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
    /// Write a report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html` or `pr-comment`, `=PATH`;
    /// or `github`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<String>,
    /// Check only TOML syntax and the JSON Schema, as an editor does
    #[arg(long)]
    pub schema_only: bool,
}

/// The output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Terminal,
    Json,
}

/// Selects cases by name, model and tag.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Filter {
    /// Only cases whose `model::case` contains this text (ignoring case), or matches this glob or `/regex/`; repeatable
    #[arg(short = 'k', long = "filter", value_name = "PATTERN")]
    pub ids: Vec<String>,
    /// Only cases of models that match this glob; repeatable
    #[arg(long, value_name = "GLOB")]
    pub model: Vec<String>,
    /// Only cases with this tag; repeatable
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only cases that prove a claim. `probe` sets it.
    #[arg(skip)]
    pub only_probes: bool,
}

impl Filter {
    pub(super) fn selection(&self) -> Result<Selection, SelectionError> {
        let selection = Selection::new(&self.ids, &self.model, &self.tag)?;
        Ok(if self.only_probes { selection.only_probes() } else { selection })
    }
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Recorded runs, such as the shards of one run
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Format of the report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html`, `github` or `pr-comment`
    #[arg(long, value_name = "FORMAT")]
    pub to: String,
    /// File to write the report to [default: standard output]
    #[arg(long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// JSON Lines of an earlier run, for `html`, `markdown` and `pr-comment` to compare with
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub filter: Filter,
    /// Only the cases that `test --shard M/N` would run
    #[arg(long, value_name = "M/N")]
    pub shard: Option<Shard>,
    /// Output format of the list
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// Recorded exchanges, one JSON file each, or folders of them
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Folder to write the config and its fixtures into
    #[arg(long, value_name = "DIR", required_unless_present = "case")]
    pub out: Option<PathBuf>,
    /// Replace existing files
    #[arg(long, conflicts_with = "case")]
    pub force: bool,
    /// Write the recording as the fixture of this existing case, `model::case`
    #[arg(long, value_name = "ID", conflicts_with = "out")]
    pub case: Option<String>,
    /// Config of the case, or a folder that contains it [default: here]
    #[arg(long, value_name = "PATH", requires = "case")]
    pub config: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Invoke {
    /// Name of the model in its config
    pub model: String,
    #[command(flatten)]
    pub configs: Configs,
    /// Value of a variable, instead of its default; repeatable
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "case")]
    pub var: Vec<String>,
    /// Send the request of this case of the model
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// A host that configs may name as `endpoint` or `sts_endpoint`, besides AWS's own; repeatable
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
    /// Output format of the response
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Map {
    /// Name of the model in its config
    pub model: String,
    #[command(flatten)]
    pub configs: Configs,
    /// Find the paths of the output text and the token counts
    #[arg(long, required = true)]
    pub infer: bool,
    /// Use the recording of this case [default: the first case with a recorded answer]
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// Write the mapping into the model's config, and keep its comments and layout
    #[arg(long)]
    pub write: bool,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Name of the model in its config
    pub model: String,
    #[command(flatten)]
    pub configs: Configs,
    /// A host that configs may name as `endpoint` or `sts_endpoint`, besides AWS's own; repeatable
    #[arg(long, value_name = "HOST")]
    pub allow_endpoint: Vec<String>,
    /// Output format of the steps
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    pub configs: Configs,
    #[command(flatten)]
    pub filter: Filter,
    /// Only the cases that `test --shard M/N` would run
    #[arg(long, value_name = "M/N")]
    pub shard: Option<Shard>,
    /// Mode of the run to plan [default: live, which calls the model for every case]
    #[arg(long, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// Output format of the plan
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ShowModel {
    /// Name of the model in its config
    #[arg(value_name = "MODEL")]
    pub name: String,
    #[command(flatten)]
    pub configs: Configs,
    /// Output format of the values
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Print every effective value
    Show(Show),
}

#[derive(Debug, Subcommand)]
pub(super) enum FixturesCommand {
    /// Remove account IDs, request IDs and secrets from existing recordings
    Scrub(Scrub),
}

#[derive(Debug, Args)]
pub(super) struct Scrub {
    #[command(flatten)]
    pub configs: Configs,
    /// Write no file; exit with 5 if there is something to scrub
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub configs: Configs,
    /// Show where each value comes from
    #[arg(long)]
    pub origin: bool,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Print the schema of the settings file instead
    #[arg(long)]
    pub settings: bool,
    /// Print the schema of the request bodies of a family of models: `anthropic-messages`, `converse`, …
    #[arg(long, value_name = "FAMILY", conflicts_with = "settings")]
    pub family: Option<String>,
    /// Print the schema of the family's response bodies instead
    #[arg(long, requires = "family")]
    pub response: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Code of a finding, such as `unknown-key`, or ID of a refusal's cause, such as `sts-denied`
    pub code: Option<String>,
}
