//! `bundle verify`: checks a bundle against its manifest.

use std::io::Write as _;
use std::path::Path;

use serde_json::json;

use crate::bundle::{Manifest, Verified, verify};
use crate::cli::arguments::{Format, VerifyBundle};
use crate::cli::output::Output;
use crate::cli::{Ended, Exit, Failure};
use crate::diagnose::{short, visible};
use crate::files::archive::ARCHIVE_LIMIT;
use crate::files::read_bytes;
use crate::report::Verbosity;
use crate::run::Outcome;
use crate::words::plural;

pub(super) fn run(arguments: &VerifyBundle, output: &Output) -> Ended {
    let expected = arguments.digest.as_deref().map(digest).transpose()?;
    let bytes = read(&arguments.file)?;
    let verified = verify(&bytes, &mut |_, _| Ok(()));
    let mut problems: Vec<String> = Vec::new();
    match &verified {
        Ok(verified) => problems.extend(expected.and_then(|expected| other(&verified.digest, &expected))),
        Err(found) => problems.extend(found.iter().map(ToString::to_string)),
    }
    let json = arguments.json || arguments.format == Format::Json;
    match verified {
        _ if json => print(&problems, verified.as_ref().ok(), output)?,
        Ok(verified) if problems.is_empty() => tell(&arguments.file, &verified, output)?,
        _ => complain(&arguments.file, &problems, output),
    }
    Ok(if problems.is_empty() { Exit::Clean } else { Exit::Failed })
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    read_bytes(file, ARCHIVE_LIMIT).map_err(Failure::usage)
}

/// Prints the first problems of the bundle `file`.
pub(super) fn complain(file: &Path, problems: &[String], output: &Output) {
    const SHOWN: usize = 20;
    // In characters: a malicious bundle may contain names that fill the screen.
    const SHOWN_OF_ONE: usize = 500;
    for problem in problems.iter().take(SHOWN) {
        let problem = short(problem, SHOWN_OF_ONE);
        output.say(&format!("error: {}: {problem}", visible(&file.display().to_string())));
    }
    if problems.len() > SHOWN {
        output.say(&format!("error: {} more are not shown", problems.len() - SHOWN));
    }
}

/// Parses a digest of the command line into lowercase hex digits.
fn digest(text: &str) -> Result<String, Failure> {
    let hex = text.strip_prefix("sha256:").unwrap_or(text);
    if hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(hex.to_ascii_lowercase());
    }
    Err(Failure::Usage {
        message: format!("`--digest {text}`: expected `sha256:` and 64 digits of hex"),
        help: Some("copy what `bundle` printed, or `sha256sum`".to_owned()),
    })
}

fn other(found: &str, expected: &str) -> Option<String> {
    let told = || format!("its digest is sha256:{found}, expected sha256:{expected}; it is another bundle");
    (found != expected).then(told)
}

fn print(problems: &[String], verified: Option<&Verified>, output: &Output) -> std::io::Result<()> {
    let digest = verified.map(|verified| format!("sha256:{}", verified.digest));
    let manifest = verified.map(|verified| &verified.manifest);
    let told = json!({
        "valid": problems.is_empty(),
        "problems": problems,
        "digest": digest,
        "manifest": manifest,
    });
    let mut out = output.answer();
    writeln!(out, "{told:#}")?;
    out.flush()
}

fn tell(file: &Path, verified: &Verified, output: &Output) -> std::io::Result<()> {
    if output.verbosity <= Verbosity::Verdict {
        return Ok(());
    }
    let manifest = &verified.manifest;
    let redacted = manifest.files.iter().filter(|file| file.redacted).count();
    let redacted = if redacted > 0 { format!(", secrets masked in {redacted}") } else { String::new() };
    let rows = [
        ("digest", format!("sha256:{}", verified.digest)),
        ("made by", made_by(manifest)),
        ("cases", cases(manifest)),
        ("files", format!("{}{redacted}", manifest.files.len())),
    ];
    let mut out = output.answer();
    writeln!(out, "{} holds what its manifest says", visible(&file.display().to_string()))?;
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

fn cases(manifest: &Manifest) -> String {
    let count = |outcome: Outcome| manifest.outcomes.get(outcome.name()).copied().unwrap_or(0);
    let counts = Outcome::ALL.into_iter().filter(|outcome| count(*outcome) > 0);
    let counts: Vec<String> = counts.map(|outcome| outcome.counted(count(outcome))).collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}
