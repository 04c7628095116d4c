//! One binary for all integration tests: it links once. Each topic has a module.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    clippy::too_many_lines,
    reason = "tests write files, read the environment and print what they measured"
)]

// Shared by the tests.
mod common;
mod demo_project;
mod mock_server;

mod answer_kinds;
mod aws_facts;
mod bad_input;
mod bundle;
mod bundle_contents;
mod bundle_invalid;
mod bundle_secrets;
mod cargo_insta;
mod case_selection;
mod cli;
mod concurrent_runs;
mod config_discovery;
mod config_layers;
mod docs_examples;
mod earlier_recordings;
mod endpoint_hosts;
mod event_stream;
mod example;
mod expect;
mod explain_examples;
mod feature_claims;
mod file_names;
mod fixture;
mod fuzz_corpus;
mod generated_docs;
mod help;
mod hidden_characters;
#[cfg(target_os = "linux")]
mod hostile;
mod iam;
mod iam_check;
mod iam_differential;
mod identity;
mod import;
mod import_case;
mod interrupt;
mod invoke_doctor_plan;
mod isolation;
mod jsonpath;
#[cfg(unix)]
mod killed_runs;
mod limits;
mod map_infer;
mod mapping;
mod models;
mod network_faults;
mod output_streams;
mod planted_secrets;
mod probe;
mod recorded_exchanges;
mod recording;
mod refusal_causes;
mod report_targets;
mod reports;
mod reports_github;
mod reports_html;
mod reports_merged;
mod reports_sarif;
mod reports_tap;
mod review;
mod review_conflict;
mod review_terminal;
mod rows;
mod run_outcomes;
mod schema;
mod secrets_and_symlinks;
mod settings;
mod setup_mistakes;
mod shards;
mod snapshot_format;
mod snapshot_updates;
mod special_files;
mod swapped_folders;
mod template;
mod tidy;
mod token_bounds;
mod toml_suite;
mod unreferenced;
mod untrusted_git;
mod watch;
mod wording;
