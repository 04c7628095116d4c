//! The command line. Doc comments are the help texts.

mod bundle;
mod iam;
mod models;
mod review;
mod test;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use bundle::{BundleArguments, BundleCommand, MakeBundle, TestArguments, VerifyBundle};
pub(super) use iam::{Callers, IamCheck, IamCommand, IamPolicy, IamTicket, IamTrust};
pub(super) use models::{ModelsCommand, ModelsList, ModelsResolve};
pub(super) use review::{AcceptArguments, PendingArguments, Reviewed};
pub(super) use test::{Selected, Test};

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

/// Flags of every command. They are listed behind its own.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", display_order = 100)]
    pub color: Option<ColorChoice>,
    /// Tell less; twice: only the verdict
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "verbose")]
    #[arg(display_order = 101)]
    pub quiet: u8,
    /// Tell more: every case with its mapped output
    #[arg(short, long, global = true, display_order = 102)]
    pub verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check config files; no network, no credentials, nothing is run
    Validate(Validate),
    /// Run the cases against their recorded exchanges
    #[command(visible_alias = "run")]
    Test(Box<TestArguments>),
    /// Call what has no recording yet, and record it: `test --mode record-missing`
    Record(Box<Test>),
    /// Prove what models claim in `[models.NAME.features]`: `test` for these cases alone
    Probe(Box<Test>),
    /// List the cases that `test` would run
    List(List),
    /// List the snapshots that wait to be accepted; exit with 5 if there are any
    Pending(PendingArguments),
    /// Show what waits against what was accepted
    Diff(Reviewed),
    /// Go through what waits, on a terminal: accept, reject or skip
    Review(Reviewed),
    /// Accept what waits: all of it, or what is named
    Accept(AcceptArguments),
    /// Throw away what waits: all of it, or what is named
    Reject(Reviewed),
    /// Make a config and fixtures out of recorded exchanges
    Import(Import),
    /// Call a model once: the raw response, then the mapped fields
    Invoke(Invoke),
    /// Propose a model's mapping, out of a recorded response or of its family
    Map(Map),
    /// Go through a model's trust chain step by step: caller, roles, account, model, a call of one token
    Doctor(Doctor),
    /// Tell calls, tokens and the worst price before anything is spent
    Plan(Plan),
    /// Say what a model ID names, and which models there are
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Write and check the IAM policies that the models need
    #[command(subcommand)]
    Iam(IamCommand),
    /// Print a model as the platform's form asks for it, field by field
    Show(ShowModel),
    /// Make a report of runs that `--report jsonl=PATH` recorded; shards become one report
    Report(Report),
    /// Pack a run and all that it read into one archive: evidence that others can check and replay
    Bundle(BundleArguments),
    /// Look after recordings
    #[command(subcommand)]
    Fixtures(FixturesCommand),
    /// Show the effective config
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the JSON Schema that this binary understands
    Schema(SchemaArguments),
    /// Explain a finding's code; without one, list them all
    Explain(Explain),
}

/// Which configs, and what is laid over them.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Configs {
    /// Config files, or folders to search for `bedrock.toml` and `*.bedrock.toml` [default: here]
    pub paths: Vec<PathBuf>,
    /// Lay `[profile.NAME]` over the configs
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
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
    /// Write a report: `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html` or `pr-comment`, `=PATH`;
    /// or `github`; repeatable
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<String>,
    /// Only TOML and JSON Schema, as an editor checks it
    #[arg(long)]
    pub schema_only: bool,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Terminal,
    Json,
}

/// Which cases.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Filter {
    /// Only cases whose `model::case` has this part in any case, or matches this glob or `/regex/`; repeatable
    #[arg(short = 'k', long = "filter", value_name = "PATTERN")]
    pub ids: Vec<String>,
    /// Only cases of models that match this glob; repeatable
    #[arg(long, value_name = "GLOB")]
    pub model: Vec<String>,
    /// Only cases with this tag; repeatable
    #[arg(long, value_name = "TAG")]
    pub tag: Vec<String>,
    /// Only what proves a claim: `probe` sets it.
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
    /// Recorded runs, such as the shards of one
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// `jsonl`, `junit`, `sarif`, `tap`, `markdown`, `html`, `github` or `pr-comment`
    #[arg(long, value_name = "FORMAT")]
    pub to: String,
    /// Where the report goes [default: standard output]
    #[arg(long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// The JSON Lines of an earlier run, with which `html`, `markdown` and `pr-comment` compare
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
    /// How the list is written
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
    /// Replace files that are there
    #[arg(long, conflicts_with = "case")]
    pub force: bool,
    /// Write the one recording as the fixture of this case, `model::case`, which is there already
    #[arg(long, value_name = "ID", conflicts_with = "out")]
    pub case: Option<String>,
    /// Where the case's config is [default: here]
    #[arg(long, value_name = "PATH", requires = "case")]
    pub config: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Invoke {
    /// Name of the model in its config
    pub model: String,
    #[command(flatten)]
    pub configs: Configs,
    /// Value of a variable; repeatable. Without it the variable's default counts
    #[arg(long, value_name = "NAME=VALUE", conflicts_with = "case")]
    pub var: Vec<String>,
    /// Ask what this case of the model asks
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// How the response is written
    #[arg(long, value_name = "FORMAT", default_value = "terminal")]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Map {
    /// Name of the model in its config
    pub model: String,
    #[command(flatten)]
    pub configs: Configs,
    /// Find output text and token counts
    #[arg(long, required = true)]
    pub infer: bool,
    /// Use the recording of this case [default: the first that has an answer]
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// Put the mapping into the model's file; comments and layout stay
    #[arg(long)]
    pub write: bool,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Name of the model in its config
    pub model: String,
    #[command(flatten)]
    pub configs: Configs,
    /// How the steps are written
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
    /// The run to plan for [default: live, which calls every case]
    #[arg(long, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// How the plan is written
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
    /// How the sheet is written
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
    /// Take accounts, request IDs and secrets out of recordings that are there
    Scrub(Scrub),
}

#[derive(Debug, Args)]
pub(super) struct Scrub {
    #[command(flatten)]
    pub configs: Configs,
    /// Write nothing; exit with 5 if there is something to scrub
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub configs: Configs,
    /// Say where each value comes from
    #[arg(long)]
    pub origin: bool,
}

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Print the schema of the settings file instead
    #[arg(long)]
    pub settings: bool,
    /// Print what a family of models takes in its request bodies: `anthropic-messages`, `converse`, …
    #[arg(long, value_name = "FAMILY", conflicts_with = "settings")]
    pub family: Option<String>,
    /// Print what the family answers instead
    #[arg(long, requires = "family")]
    pub response: bool,
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Code of a finding, such as `unknown-key`, or cause of a refusal, such as `sts-denied`
    pub code: Option<String>,
}
