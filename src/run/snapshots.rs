//! Compares a case's mapped output with its accepted snapshot.

use std::io;
use std::path::PathBuf;

use serde_json::Value;

use super::outcome::{Changed, Outcome, Written};
use super::plan::Planned;
use crate::config::model::FieldPolicy;
use crate::diagnose::{Code, Finding, Secret, Sources, Span, secrets};
use crate::diff::diff;
use crate::files::fence::Fence;
use crate::files::layout;
use crate::snapshot::{self, Accepted, Action, Comparison, Header, Policy, Update};

/// How a run compares and updates snapshots.
#[derive(Clone, Debug)]
pub struct SnapshotOptions {
    pub update: Update,
    /// `INSTA_REQUIRE_FULL_MATCH`: the comparison includes the header and trailing whitespace.
    pub full_match: bool,
    /// `INSTA_PENDING_DIR`; paths in it are relative to `root`.
    pub pending_dir: Option<PathBuf>,
    pub root: PathBuf,
    /// Whether findings of cases keep their help. It is removed in a bundle, which can't be corrected, recorded or accepted.
    pub shows_help: bool,
}

/// The result of comparing a case with its snapshot. Nothing is written yet.
#[derive(Debug)]
pub(super) struct ComparedOutput {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub changed: Option<Changed>,
    write: Write,
}

#[derive(Debug)]
enum Write {
    Nothing,
    /// The output matches, so a pending file of an earlier run is obsolete.
    ClearPending,
    Pending(String),
    Accept(String),
}

/// Compares `mapped` with the accepted output of the case.
pub(super) fn compare(
    planned: &Planned<'_>,
    policy: &Policy,
    mapped: &[(String, Value)],
    options: &SnapshotOptions,
    sources: &Sources,
) -> ComparedOutput {
    let contents = snapshot::render_contents(&policy.apply(mapped));
    reject_secrets(planned, compare_contents(planned, &contents, options, sources))
}

/// Compares the output of a live call with the accepted output, and writes nothing.
///
/// Models word their answers differently each time, so fields without a policy in the config are compared by their shape.
/// A case without an accepted output passes.
pub(super) fn compare_live(
    planned: &Planned<'_>,
    policy: &Policy,
    mapped: &[(String, Value)],
    sources: &Sources,
) -> ComparedOutput {
    let accepted = match snapshot::read_from(&planned.case.snapshot_path, &planned.suite.base) {
        Ok(Some(accepted)) => accepted.text(),
        Ok(None) => return ComparedOutput::pass(Write::Nothing),
        Err(error) => return ComparedOutput::error(unreadable(planned, &error, sources)),
    };
    let policy = policy.clone().with_default(FieldPolicy::Shape);
    let new = snapshot::render_contents(&policy.apply(mapped));
    // A snapshot written by another tool may not parse; then its text is compared.
    let old = snapshot::parse_contents(&accepted)
        .map_or(accepted, |fields| snapshot::render_contents(&policy.apply(&fields)));
    if old.trim_end() == new.trim_end() {
        return ComparedOutput::pass(Write::Nothing);
    }
    let message = format!("the live output of `{}` differs from the accepted output", planned.case.id);
    let lines = diff(&old, &new).lines().collect::<Vec<_>>().join("\n");
    let finding = Finding::new(Code::SnapshotDiffers, planned.case.at.clone(), message)
        .note(format!("{}\n{lines}", planned.case.snapshot_path.display()))
        .help("record the case again if the new output is right, or set how the fields may vary with `snapshot.fields`");
    let outcome = Outcome::Differs;
    ComparedOutput { outcome, findings: vec![finding], changed: None, write: Write::Nothing }
}

/// Replaces the result by an error if a file with a secret would be written. Output of a model or a config may contain
/// secrets, which must not be committed.
fn reject_secrets(planned: &Planned<'_>, compared: ComparedOutput) -> ComparedOutput {
    let (Write::Pending(text) | Write::Accept(text)) = &compared.write else { return compared };
    match secrets(text).first() {
        Some(secret) => ComparedOutput::error(contains_secret(planned, secret)),
        None => compared,
    }
}

fn compare_contents(
    planned: &Planned<'_>,
    contents: &str,
    options: &SnapshotOptions,
    sources: &Sources,
) -> ComparedOutput {
    let (path, base) = (&planned.case.snapshot_path, &planned.suite.base);
    if snapshot::has_exact_text(path, base, &snapshot::render(&header(planned), contents)) {
        return unchanged(planned, contents, options);
    }
    match snapshot::read_from(path, base) {
        Ok(Some(accepted)) if matches_accepted(planned, &accepted, contents, options) => {
            unchanged(planned, contents, options)
        }
        Ok(accepted) => changed(planned, accepted.as_ref(), contents, options),
        Err(error) => {
            let compared = ComparedOutput::error(unreadable(planned, &error, sources));
            if error.code() == Code::SnapshotConflict {
                with_pending_resolution(planned, contents, options, compared)
            } else {
                compared
            }
        }
    }
}

/// Writes a pending file beside a snapshot with merge conflict markers: accepting the file resolves the conflict.
fn with_pending_resolution(
    planned: &Planned<'_>,
    contents: &str,
    options: &SnapshotOptions,
    compared: ComparedOutput,
) -> ComparedOutput {
    match snapshot::decide(options.update, Comparison::Changed) {
        Action::Pending => {
            ComparedOutput { write: Write::Pending(snapshot::render(&header(planned), contents)), ..compared }
        }
        Action::Accept | Action::Nothing => compared,
    }
}

fn matches_accepted(
    planned: &Planned<'_>,
    accepted: &Accepted,
    contents: &str,
    options: &SnapshotOptions,
) -> bool {
    if options.full_match {
        snapshot::matches_fully(accepted, &header(planned), contents)
    } else {
        snapshot::matches(accepted, contents)
    }
}

/// The output matches the accepted output. With `force` it is written nevertheless.
fn unchanged(planned: &Planned<'_>, contents: &str, options: &SnapshotOptions) -> ComparedOutput {
    let write = match snapshot::decide(options.update, Comparison::Same) {
        Action::Accept => Write::Accept(snapshot::render(&header(planned), contents)),
        _ if options.update == Update::No => Write::Nothing,
        Action::Pending | Action::Nothing => Write::ClearPending,
    };
    ComparedOutput::pass(write)
}

fn changed(
    planned: &Planned<'_>,
    accepted: Option<&Accepted>,
    contents: &str,
    options: &SnapshotOptions,
) -> ComparedOutput {
    let (kind, outcome, finding) = match accepted {
        Some(accepted) => (Comparison::Changed, Outcome::Differs, differs(planned, accepted, contents)),
        None => (Comparison::New, Outcome::New, not_accepted(planned, contents)),
    };
    let text = || snapshot::render(&header(planned), contents);
    let write = match snapshot::decide(options.update, kind) {
        Action::Accept => return ComparedOutput::pass(Write::Accept(text())),
        Action::Pending => Write::Pending(text()),
        Action::Nothing => Write::Nothing,
    };
    let changed = accepted.map(|accepted| Changed {
        snapshot: planned.case.snapshot_path.clone(),
        old: accepted.text(),
        new: contents.to_owned(),
        cost: None,
    });
    ComparedOutput { outcome, findings: vec![finding], changed, write }
}

impl ComparedOutput {
    fn pass(write: Write) -> ComparedOutput {
        ComparedOutput { outcome: Outcome::Pass, findings: Vec::new(), changed: None, write }
    }

    fn error(finding: Finding) -> ComparedOutput {
        ComparedOutput {
            outcome: Outcome::Error,
            findings: vec![finding],
            changed: None,
            write: Write::Nothing,
        }
    }

    /// Writes or removes files as the comparison decided. Called in the order of the plan, on one thread.
    pub(super) fn write(
        &self,
        planned: &Planned<'_>,
        options: &SnapshotOptions,
        fence: &Fence,
    ) -> io::Result<Option<Written>> {
        let path = &planned.case.snapshot_path;
        let from = layout::config_folder(&planned.suite.path);
        let pending_dir = options.pending_dir.as_deref();
        let pending = || snapshot::pending_path(path, &options.root, pending_dir).map_err(io::Error::other);
        let pending_place = || fence.place(&pending()?, pending_dir.unwrap_or(from));
        match &self.write {
            Write::Nothing => Ok(None),
            Write::ClearPending => {
                // Most cases have no pending file, and resolving its path takes longer than this.
                if pending()?.symlink_metadata().is_ok() {
                    snapshot::reject(&pending_place()?)?;
                }
                Ok(None)
            }
            Write::Pending(text) => {
                snapshot::write_pending(&pending_place()?, text).map(|()| Some(Written::Pending))
            }
            Write::Accept(text) => {
                fence.place(path, from)?.write(text.as_bytes())?;
                snapshot::reject(&pending_place()?)?;
                Ok(Some(Written::Accepted))
            }
        }
    }
}

/// The header above the contents: the case and its model. It has no line numbers and no times, which would change too often.
fn header(planned: &Planned<'_>) -> Header {
    Header {
        source: planned.suite.source.clone(),
        description: planned.case.description.clone(),
        expression: Some(planned.case.id.clone()),
        info: vec![
            ("model_id".to_owned(), planned.model.model_id.clone()),
            ("operation".to_owned(), planned.model.operation.name().to_owned()),
        ],
    }
}

fn differs(planned: &Planned<'_>, accepted: &Accepted, contents: &str) -> Finding {
    let message = format!("the mapped output of `{}` differs from the accepted snapshot", planned.case.id);
    let mut lines = diff(&accepted.text(), contents);
    if lines.is_empty() {
        // The contents match, so the full match failed because of the header.
        let old = snapshot::render(&accepted.header, &accepted.text());
        lines = diff(&old, &snapshot::render(&header(planned), contents));
    }
    let diff = lines.lines().collect::<Vec<_>>().join("\n");
    Finding::new(Code::SnapshotDiffers, planned.case.at.clone(), message)
        .note(format!("{}\n{diff}", planned.case.snapshot_path.display()))
        .help(format!("if the new output is right, {}", accept_command(planned)))
}

fn not_accepted(planned: &Planned<'_>, contents: &str) -> Finding {
    let message = format!("`{}` has no accepted snapshot yet", planned.case.id);
    Finding::new(Code::SnapshotNew, planned.case.at.clone(), message)
        .note(format!("{}\n{}", planned.case.snapshot_path.display(), contents.trim_end()))
        .help(format!("if the output is right, {}", accept_command(planned)))
}

fn accept_command(planned: &Planned<'_>) -> String {
    let (config, id) = (planned.suite.path.display(), &planned.case.id);
    format!("accept it with `bedrock-check test {config} -k '{id}' --accept`")
}

fn contains_secret(planned: &Planned<'_>, secret: &Secret) -> Finding {
    let message =
        format!("the snapshot of `{}` would contain {}, so it was not written", planned.case.id, secret.name);
    Finding::new(Code::LiteralSecret, planned.case.at.clone(), message)
        .help("remove it from the recording or the config, or redact its field: `snapshot = { redact = { \".output_text\" = \"[secret]\" } }`")
}

fn unreadable(planned: &Planned<'_>, error: &snapshot::SnapshotError, sources: &Sources) -> Finding {
    let path = &planned.case.snapshot_path;
    let text = planned.suite.base.read_lossy(path, crate::files::FIXTURE_LIMIT);
    let file = sources.add(path, text);
    let at = error.range().map_or_else(|| Span::file(file), |range| Span::new(file, range));
    let mut finding = Finding::new(error.code(), at, error.to_string())
        .related(planned.case.at.clone(), format!("the snapshot of `{}`", planned.case.id));
    finding.help = Some(error.help().to_owned());
    finding
}
