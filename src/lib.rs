//! Validates Amazon Bedrock model configs and tests them against recorded exchanges.
//!
//! The library serves the `bedrock-check` binary and its tests; it promises no stable API.
//! `ARCHITECTURE.md` describes these modules. They are listed in the order in which data passes them:

pub mod config;
pub mod schema;

pub mod expect;
pub mod mapping;
pub mod template;

pub mod check;
pub mod lint;
pub mod suite;

pub mod assemble;
pub mod aws;
pub mod estimate;
pub mod exchange;
pub mod fixture;
pub mod form;
pub mod iam;
pub mod import;
pub mod invoke;
pub mod review;
pub mod run;
pub mod snapshot;
pub mod watch;
pub mod wire;

pub mod app;
pub mod bundle;
pub mod cli;
pub mod record;
pub mod report;

pub mod diagnose;
pub mod diff;
pub mod files;
pub mod git;
pub mod json;
pub mod mask;
pub mod pattern;
pub mod pointer;
pub mod words;
