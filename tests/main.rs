//! One binary for all integration tests: it links once. One module a topic.

#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    unreachable_pub,
    clippy::too_many_lines,
    reason = "tests make files, read the environment and tell what they measured"
)]

mod common;
mod demo;
mod pages;
mod stand_in;
mod streams;

mod accepting;
mod answers;
mod asking;
mod bad_input;
mod bundle;
mod bundle_places;
mod bundle_refused;
mod bundle_secrets;
mod cargo_insta;
mod causes;
mod cli;
mod corpus;
mod cost;
mod discovery;
mod docs;
mod example;
mod expect;
mod explanations;
mod faults;
mod features;
mod fixture;
mod frames;
mod help;
mod iam;
mod iam_check;
mod iam_differential;
mod identity;
mod import;
mod import_case;
mod interrupt;
mod isolation;
mod jsonpath;
mod knowledge;
mod layers;
mod leaks;
mod limits;
mod map;
mod mapping;
mod models;
mod probe;
mod recording;
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
mod running;
mod schema;
mod selecting;
mod settings;
mod shards;
mod snapshot;
mod template;
mod tidy;
mod toml_suite;
mod traps;
mod unreferenced;
mod watch;
