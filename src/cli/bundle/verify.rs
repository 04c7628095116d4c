//! `bundle verify`: checks a bundle against its manifest.

use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use crate::bundle::{Manifest, VerifiedBundle, verify};
use crate::cli::arguments::{Format, VerifyBundle};
use crate::cli::output::Output;
use crate::cli::{CommandResult, Exit, Failure};
use crate::diagnose::{short, visible_line};
use crate::files::archive::ARCHIVE_LIMIT;
use crate::files::read_bytes;
use crate::report::Verbosity;
use crate::run::Outcome;
use crate::words::plural;

pub(super) fn run(arguments: &VerifyBundle, output: &Output) -> CommandResult {
    let expected = arguments.digest.as_deref().map(parse_digest).transpose()?;
    let bytes = read_bundle(&arguments.file)?;
    let verified = verify(&bytes, &mut |_, _| Ok(()));
    let mut problems: Vec<String> = Vec::new();
    match &verified {
        Ok(verified) => {
            problems.extend(expected.and_then(|expected| digest_mismatch(&verified.digest, &expected)));
        }
        Err(found) => problems.extend(found.iter().map(ToString::to_string)),
    }
    let json = arguments.json || arguments.format == Format::Json;
    match verified {
        _ if json => print_json(&problems, verified.as_ref().ok(), output)?,
        Ok(verified) if problems.is_empty() => print_summary(&arguments.file, &verified, output)?,
        _ => print_problems(&arguments.file, &problems, output),
    }
    Ok(if problems.is_empty() { Exit::Clean } else { Exit::Failed })
}

pub(super) fn read_bundle(file: &Path) -> Result<Vec<u8>, Failure> {
    read_bytes(file, ARCHIVE_LIMIT).map_err(Failure::usage)
}

/// Prints the first problems of the bundle `file`.
pub(super) fn print_problems(file: &Path, problems: &[String], output: &Output) {
    const SHOWN: usize = 20;
    // In characters: a malicious bundle may contain names that fill the screen.
    const SHOWN_OF_ONE: usize = 500;
    for problem in problems.iter().take(SHOWN) {
        let problem = short(problem, SHOWN_OF_ONE);
        output.print_always(&format!("error: {}: {problem}", file.display()));
    }
    if problems.len() > SHOWN {
        output.print_always(&format!("error: {} more are not shown", problems.len() - SHOWN));
    }
}

/// Parses a digest of the command line into lowercase hex digits.
fn parse_digest(text: &str) -> Result<String, Failure> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hex.to_ascii_lowercase());
    }
    Err(Failure::Usage {
        message: format!("`--digest {text}`: expected `sha256:` and 64 digits of hex"),
        help: Some("copy the digest that `bundle` or `sha256sum` printed".to_owned()),
    })
}

fn digest_mismatch(found: &str, expected: &str) -> Option<String> {
    let message =
        || format!("its digest is sha256:{found}, expected sha256:{expected}; this is a different bundle");
    (found != expected).then(message)
}

fn print_json(
    problems: &[String],
    verified: Option<&VerifiedBundle>,
    output: &Output,
) -> std::io::Result<()> {
    let digest = verified.map(|verified| format!("sha256:{}", verified.digest));
    let manifest = verified.map(|verified| &verified.manifest);
    let document = json!({
        "valid": problems.is_empty(),
        "problems": problems,
        "digest": digest,
        "manifest": manifest,
    });
    output.print_document(&document)
}

fn print_summary(file: &Path, verified: &VerifiedBundle, output: &Output) -> std::io::Result<()> {
    if output.verbosity <= Verbosity::Verdict {
        return Ok(());
    }
    let manifest = &verified.manifest;
    let masked = manifest.files.iter().filter(|file| file.masked).count();
    let masked = if masked > 0 { format!(", secrets masked in {masked}") } else { String::new() };
    let rows = [
        ("digest", format!("sha256:{}", verified.digest)),
        ("made by", made_by(manifest)),
        ("cases", count_outcomes(manifest)),
        ("files", format!("{}{masked}", manifest.files.len())),
    ];
    let mut out = output.stdout();
    writeln!(out, "{} matches its manifest", visible_line(&file.display().to_string()))?;
    for (title, row) in rows {
        writeln!(out, "  {title:<8} {}", short(&row, 300))?;
    }
    out.flush()
}

fn made_by(manifest: &Manifest) -> String {
    let tool = format!("{} {}", manifest.tool.name, manifest.tool.version);
    let git = manifest.git.as_ref().map(|git| match git.changed.len() {
        0 => format!(", of commit {}", git.commit),
        changed => format!(", of commit {} with {} changed since", git.commit, plural(changed, "file")),
    });
    tool + &git.unwrap_or_default()
}

fn count_outcomes(manifest: &Manifest) -> String {
    let count = |outcome: Outcome| manifest.outcomes.get(outcome.name()).copied().unwrap_or(0);
    let counts = Outcome::ALL.into_iter().filter(|outcome| count(*outcome) > 0);
    let counts: Vec<String> = counts.map(|outcome| outcome.counted(count(outcome))).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}
