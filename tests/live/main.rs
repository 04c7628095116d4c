//! The real binary against third-party servers that speak STS and Bedrock: `bash tests/support/live.sh`.
//!
//! Where these differ from AWS is written in CONTRIBUTING.md; nothing of that is asserted here.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    unreachable_pub,
    reason = "tests make files, read the environment and tell what they skip"
)]

#[path = "../common.rs"]
#[allow(dead_code, reason = "shared with the other suite")]
mod common;
mod counting;
mod peer;

mod bedrock;
mod faults;
mod policies;
