//! A case's mapped output against its accepted snapshot.

use std::io;
use std::path::PathBuf;

use serde_json::Value;

use super::outcome::{Changed, Outcome, Written};
use super::plan::Planned;
use crate::config::model::FieldPolicy;
use crate::diagnose::{Code, Finding, Secret, Sources, Span, secrets};
use crate::diff::diff;
use crate::snapshot::{self, Accepted, Action, Comparison, Header, Policy, Update};

/// How snapshots are treated in a run.
#[derive(Clone, Debug)]
pub struct Treatment {
    pub update: Update,
    /// `INSTA_REQUIRE_FULL_MATCH`: header and trailing space count as well.
    pub full_match: bool,
    /// `INSTA_PENDING_DIR`, and the root that paths in it are relative to.
    pub pending_dir: Option<PathBuf>,
    pub root: PathBuf,
    /// Whether findings of cases say what to do: in a bundle nobody mends, records or accepts anything.
    pub advises: bool,
}

/// What comparing a case with its snapshot gave. Nothing is written yet.
#[derive(Debug)]
pub(super) struct Compared {
    pub outcome: Outcome,
    pub findings: Vec<Finding>,
    pub changed: Option<Changed>,
    write: Write,
}

#[derive(Debug)]
enum Write {
    Nothing,
    /// The output matches: a pending file of an earlier run has nothing to say any more.
    ClearPending,
    Pending(String),
    Accept(String),
}

/// Compares `mapped` with what was accepted for the case.
pub(super) fn compare(
    planned: &Planned<'_>,
    policy: &Policy,
    mapped: &[(String, Value)],
    treatment: &Treatment,
    sources: &Sources,
) -> Compared {
    let contents = snapshot::render_contents(&policy.apply(mapped));
    without_secrets(planned, unguarded(planned, &contents, treatment, sources))
}

/// Compares what a live call gave with what was accepted, and writes nothing.
///
/// Models word their answers differently each time: fields for which the config says nothing are compared
/// by their shape. Where nothing was accepted yet there is nothing to compare with.
pub(super) fn compare_live(
    planned: &Planned<'_>,
    policy: &Policy,
    mapped: &[(String, Value)],
    sources: &Sources,
) -> Compared {
    let accepted = match snapshot::read_from(&planned.case.snapshot_path, &planned.suite.base) {
        Ok(Some(accepted)) => accepted.text(),
        Ok(None) => return Compared::pass(Write::Nothing),
        Err(error) => return Compared::error(unreadable(planned, &error, sources)),
    };
    let policy = policy.clone().with_default(FieldPolicy::Shape);
    let new = snapshot::render_contents(&policy.apply(mapped));
    // What somebody else wrote may not be ours to take apart.
    let old = snapshot::parse_contents(&accepted)
        .map_or(accepted, |fields| snapshot::render_contents(&policy.apply(&fields)));
    if old.trim_end() == new.trim_end() {
        return Compared::pass(Write::Nothing);
    }
    let message = format!("the live output of `{}` is not like the accepted one", planned.case.id);
    let lines = diff(&old, &new).lines().collect::<Vec<_>>().join("\n");
    let finding = Finding::new(Code::SnapshotDiffers, planned.case.at.clone(), message)
        .note(format!("{}\n{lines}", planned.case.snapshot_path.display()))
        .help("if the new output is right, record it; say how fields vary with `snapshot.fields`");
    let outcome = Outcome::Differs;
    Compared { outcome, findings: vec![finding], changed: None, write: Write::Nothing }
}

/// What a model or a config says may hold what nobody should commit: looked at before it is written.
fn without_secrets(planned: &Planned<'_>, compared: Compared) -> Compared {
    let (Write::Pending(text) | Write::Accept(text)) = &compared.write else { return compared };
    match secrets(text).first() {
        Some(secret) => Compared::error(holds(planned, secret)),
        None => compared,
    }
}

fn unguarded(planned: &Planned<'_>, contents: &str, treatment: &Treatment, sources: &Sources) -> Compared {
    let (path, base) = (&planned.case.snapshot_path, &planned.suite.base);
    if snapshot::has_exact_text(path, base, &snapshot::render(&header(planned), contents)) {
        return unchanged(planned, contents, treatment);
    }
    match snapshot::read_from(path, base) {
        Ok(Some(accepted)) if same(planned, &accepted, contents, treatment) => {
            unchanged(planned, contents, treatment)
        }
        Ok(accepted) => changed(planned, accepted.as_ref(), contents, treatment),
        Err(error) => {
            let told = Compared::error(unreadable(planned, &error, sources));
            if error.code() == Code::SnapshotConflict {
                resolving(planned, contents, treatment, told)
            } else {
                told
            }
        }
    }
}

/// Leaves the output pending beside a snapshot that holds both sides of a merge: to accept it resolves the conflict.
fn resolving(planned: &Planned<'_>, contents: &str, treatment: &Treatment, told: Compared) -> Compared {
    match snapshot::decide(treatment.update, Comparison::Changed) {
        Action::Pending => {
            Compared { write: Write::Pending(snapshot::render(&header(planned), contents)), ..told }
        }
        Action::Accept | Action::Nothing => told,
    }
}

fn same(planned: &Planned<'_>, accepted: &Accepted, contents: &str, treatment: &Treatment) -> bool {
    if treatment.full_match {
        snapshot::matches_fully(accepted, &header(planned), contents)
    } else {
        snapshot::matches(accepted, contents)
    }
}

/// The output is the accepted one; `force` writes it all the same.
fn unchanged(planned: &Planned<'_>, contents: &str, treatment: &Treatment) -> Compared {
    let write = match snapshot::decide(treatment.update, Comparison::Same) {
        Action::Accept => Write::Accept(snapshot::render(&header(planned), contents)),
        _ if treatment.update == Update::No => Write::Nothing,
        Action::Pending | Action::Nothing => Write::ClearPending,
    };
    Compared::pass(write)
}

fn changed(
    planned: &Planned<'_>,
    accepted: Option<&Accepted>,
    contents: &str,
    treatment: &Treatment,
) -> Compared {
    let (kind, outcome, finding) = match accepted {
        Some(accepted) => (Comparison::Changed, Outcome::Differs, differs(planned, accepted, contents)),
        None => (Comparison::New, Outcome::New, new(planned, contents)),
    };
    let text = || snapshot::render(&header(planned), contents);
    let write = match snapshot::decide(treatment.update, kind) {
        Action::Accept => return Compared::pass(Write::Accept(text())),
        Action::Pending => Write::Pending(text()),
        Action::Nothing => Write::Nothing,
    };
    let changed = accepted.map(|accepted| Changed {
        snapshot: planned.case.snapshot_path.clone(),
        old: accepted.text(),
        new: contents.to_owned(),
        cost: None,
    });
    Compared { outcome, findings: vec![finding], changed, write }
}

impl Compared {
    fn pass(write: Write) -> Compared {
        Compared { outcome: Outcome::Pass, findings: Vec::new(), changed: None, write }
    }

    fn error(finding: Finding) -> Compared {
        Compared { outcome: Outcome::Error, findings: vec![finding], changed: None, write: Write::Nothing }
    }

    /// Does what the comparison decided. Called in plan order, from one thread.
    pub(super) fn write(&self, planned: &Planned<'_>, treatment: &Treatment) -> io::Result<Option<Written>> {
        let path = &planned.case.snapshot_path;
        let pending = snapshot::pending_path(path, &treatment.root, treatment.pending_dir.as_deref());
        let pending = pending.map_err(io::Error::other);
        match &self.write {
            Write::Nothing => Ok(None),
            Write::ClearPending => snapshot::reject(&pending?).map(|_| None),
            Write::Pending(text) => snapshot::write_pending(&pending?, text).map(|()| Some(Written::Pending)),
            Write::Accept(text) => {
                crate::files::write_whole(path, text.as_bytes())?;
                snapshot::reject(&pending?)?;
                Ok(Some(Written::Accepted))
            }
        }
    }
}

/// What stands above the contents: which case this is, of which model. No line numbers, no times.
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
    let message = format!("the mapped output of `{}` is not the accepted one", planned.case.id);
    let mut lines = diff(&accepted.text(), contents);
    if lines.is_empty() {
        // A full match compares what stands above the contents as well.
        let old = snapshot::render(&accepted.header, &accepted.text());
        lines = diff(&old, &snapshot::render(&header(planned), contents));
    }
    let diff = lines.lines().collect::<Vec<_>>().join("\n");
    Finding::new(Code::SnapshotDiffers, planned.case.at.clone(), message)
        .note(format!("{}\n{diff}", planned.case.snapshot_path.display()))
        .help(format!("if the new output is right, {}", accept(planned)))
}

fn new(planned: &Planned<'_>, contents: &str) -> Finding {
    let message = format!("`{}` has no accepted snapshot yet", planned.case.id);
    Finding::new(Code::SnapshotNew, planned.case.at.clone(), message)
        .note(format!("{}\n{}", planned.case.snapshot_path.display(), contents.trim_end()))
        .help(format!("if the output is right, {}", accept(planned)))
}

fn accept(planned: &Planned<'_>) -> String {
    let (config, id) = (planned.suite.path.display(), &planned.case.id);
    format!("accept it with `bedrock-check test {config} -k '{id}' --accept`")
}

fn holds(planned: &Planned<'_>, secret: &Secret) -> Finding {
    let message = format!("{} is in the snapshot of `{}`; it is not written", secret.name, planned.case.id);
    Finding::new(Code::LiteralSecret, planned.case.at.clone(), message)
        .help("take it out of the recording or the config, or redact its place: `snapshot = { redact = { \".output_text\" = \"[secret]\" } }`")
}

fn unreadable(planned: &Planned<'_>, error: &snapshot::SnapshotError, sources: &Sources) -> Finding {
    let path = &planned.case.snapshot_path;
    let text = planned.suite.base.read_lossy(path, crate::files::FIXTURE_LIMIT);
    let file = sources.add(path, text);
    let at = error.at().map_or_else(|| Span::file(file), |range| Span::new(file, range));
    let mut finding = Finding::new(error.code(), at, error.to_string())
        .related(planned.case.at.clone(), format!("the snapshot of `{}`", planned.case.id));
    finding.help = Some(error.help().to_owned());
    finding
}
