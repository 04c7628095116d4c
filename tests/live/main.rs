//! The real binary against third-party servers that speak STS and Bedrock: `bash tests/support/live.sh`.
//!
//! CONTRIBUTING.md lists where these servers differ from AWS; no test asserts such a difference.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    unreachable_pub,
    reason = "tests write files, read the environment and print what they skip"
)]

#[path = "../common.rs"]
#[allow(dead_code, reason = "shared with the other suite")]
mod common;
mod counting_proxy;
mod servers;

mod bedrock;
mod policies;
mod transport_faults;
