//! `test --bundle`: the run of a bundle again, from the bundle alone.

use std::io;
use std::path::Path;

use super::inside::{here, replay, scratch, write};
use super::outcomes::{self, differences};
use super::verify::{complain, read};
use crate::app::Environment;
use crate::bundle::{REPOSITORY, RUN, Verified, verify};
use crate::cli::arguments::Test;
use crate::cli::output::Output;
use crate::cli::{Ended, Exit, Failure};
use crate::diagnose::{short, visible};

pub(super) fn run(file: &Path, arguments: &Test, environment: Environment, output: &mut Output) -> Ended {
    let scratch = scratch()?;
    let unpack = &mut |name: &str, contents: &[u8]| {
        write(&scratch.path().join(name), contents).map_err(|failure| io::Error::other(failure.to_string()))
    };
    let verified = match verify(&read(file)?, unpack) {
        Ok(verified) => verified,
        Err(problems) => {
            complain(file, &problems.iter().map(ToString::to_string).collect::<Vec<_>>(), output);
            return Ok(Exit::Invalid);
        }
    };
    let before = outcomes::run(&scratch.path().join(RUN))?;
    let told = scratch.path().join("now.jsonl");
    let mut report =
        arguments.report.iter().map(|report| from_here(report)).collect::<Result<Vec<_>, _>>()?;
    report.push(format!("jsonl={}", told.display()));
    let previous = arguments.previous.as_ref().map(|path| here().map(|here| here.join(path))).transpose()?;
    let again = Test { report, previous, jobs: arguments.jobs, ..Test::default() };
    let repository = scratch.path().join(REPOSITORY);
    let exit = replay(&repository, &verified.manifest.conditions, again, &environment, output)?;
    let now = outcomes::run(&told)?;
    let other = differences(&outcomes::of(&before, str::to_owned), &outcomes::of(&now, str::to_owned));
    compare(file, &verified, &other, output);
    Ok(if other.is_empty() { exit } else { Exit::most_urgent(&[exit, Exit::Failed]) })
}

/// `FORMAT=PATH` with a path that means the same in another working directory.
fn from_here(report: &str) -> Result<String, Failure> {
    match report.split_once('=') {
        Some((format, path)) if !path.is_empty() && path != "-" => {
            Ok(format!("{format}={}", here()?.join(path).display()))
        }
        _ => Ok(report.to_owned()),
    }
}

/// Tells whether this was the run that the bundle recorded.
fn compare(file: &Path, verified: &Verified, other: &[String], output: &Output) {
    const SHOWN: usize = 20;
    let file = file.display().to_string();
    let (file, tool) = (visible(&file), &verified.manifest.tool);
    if other.is_empty() {
        output.talk(&format!("{file}: the outcomes are those that it recorded"));
        output.talk(&format!("digest: sha256:{}", verified.digest));
        return;
    }
    output.say(&format!("error: {file}: {} not as it recorded", outcomes_are(other.len())));
    for other in other.iter().take(SHOWN) {
        output.say(&format!("  = note: {}", short(other, 500)));
    }
    if other.len() > SHOWN {
        output.say(&format!("  = note: {} more", other.len() - SHOWN));
    }
    let made = format!("it was made by {} {}", tool.name, tool.version);
    output.say(&format!("  = help: {}; this is version {}", short(&made, 200), env!("CARGO_PKG_VERSION")));
}

fn outcomes_are(count: usize) -> String {
    if count == 1 { "1 outcome is".to_owned() } else { format!("{count} outcomes are") }
}
