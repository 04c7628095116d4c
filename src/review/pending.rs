//! Finds the pending snapshots of cases, with the snapshots that were accepted before.

use std::path::{Path, PathBuf};

use super::Artifact;
use crate::diagnose::{Code, Finding, Sources, Span, secrets};
use crate::files::fence::Fence;
use crate::files::layout;
use crate::files::{FIXTURE_LIMIT, Place, read_lossy};
use crate::run::{Plan, Planned};
use crate::snapshot::{self, Accepted, Header, MergeSide, ResolvedSide, SnapshotError, split_conflict};

/// A pending snapshot of a case.
pub struct Pending<'s> {
    pub planned: Planned<'s>,
    pub kind: PendingKind,
    /// The `.snap.new` file.
    pub file: PathBuf,
    /// The place of the accepted snapshot.
    pub snapshot_place: Place,
    /// The place of `file`, which is removed after the decision. `None` for a file from a CI artifact.
    pub file_place: Option<Place>,
    /// The accepted snapshot, or `None` if nothing was accepted yet.
    pub old: Option<SnapshotText>,
    pub new: SnapshotText,
    /// The two sides of a conflict, if its markers pair.
    pub sides: Option<[ResolvedSide; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PendingKind {
    /// There is no snapshot yet.
    New,
    Changed,
    /// The snapshot contains both sides of a merge. Its text is the whole file with its markers.
    Conflict,
}

/// The header and the contents of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct SnapshotText {
    pub header: Header,
    pub contents: String,
}

/// Where pending files are searched.
pub struct PendingPlaces<'a> {
    pub root: &'a Path,
    pub pending_dir: Option<&'a Path>,
    /// If present, pending files are searched only in this artifact.
    pub artifact: Option<&'a Artifact>,
}

impl PendingPlaces<'_> {
    /// The pending file of `snapshot`, if there is one.
    fn file(&self, snapshot: &Path) -> Option<PathBuf> {
        let file = match self.artifact {
            Some(artifact) => {
                let relative = snapshot::pending_path(snapshot, self.root, Some(Path::new("."))).ok()?;
                artifact.find(relative.strip_prefix(".").unwrap_or(&relative))?
            }
            None => snapshot::pending_path(snapshot, self.root, self.pending_dir).ok()?,
        };
        file.symlink_metadata().is_ok().then_some(file)
    }
}

impl PendingKind {
    pub fn name(self) -> &'static str {
        match self {
            PendingKind::New => "new",
            PendingKind::Changed => "changed",
            PendingKind::Conflict => "conflict",
        }
    }
}

impl Pending<'_> {
    pub fn id(&self) -> &str {
        &self.planned.case.id
    }

    pub fn snapshot(&self) -> &Path {
        &self.planned.case.snapshot_path
    }

    /// The old and the new text to compare: the contents or, if these are equal or in conflict, the whole files.
    pub fn texts(&self) -> (String, String) {
        let Some(old) = &self.old else { return (String::new(), self.new.contents.clone()) };
        if self.kind == PendingKind::Conflict {
            return (
                old.contents.replace("\r\n", "\n"),
                snapshot::render(&self.new.header, &self.new.contents),
            );
        }
        if old.contents.trim_end() != self.new.contents.trim_end() {
            return (old.contents.clone(), self.new.contents.clone());
        }
        let [old, new] = [old, &self.new].map(|text| snapshot::render(&text.header, &text.contents));
        (old, new)
    }

    /// Whether `side` has the same contents as the new output.
    pub fn is_new_output(&self, side: &ResolvedSide) -> bool {
        side.accepted.text().trim_end() == self.new.contents.trim_end()
    }

    pub fn side(&self, side: MergeSide) -> Option<&ResolvedSide> {
        self.sides.iter().flatten().find(|resolved| resolved.side == side)
    }
}

impl From<&Accepted> for SnapshotText {
    fn from(accepted: &Accepted) -> SnapshotText {
        SnapshotText { header: accepted.header.clone(), contents: accepted.text() }
    }
}

/// Finds the pending snapshots of the cases in `plan`, in its order. Returns a finding for each file that can't be used.
pub fn find_pending<'s>(
    plan: &Plan<'s>,
    places: &PendingPlaces<'_>,
    sources: &Sources,
) -> (Vec<Pending<'s>>, Vec<Finding>) {
    let fence = Fence::new(places.root);
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    for planned in plan.cases.iter().filter(|planned| planned.case.snapshot.is_some()) {
        match find_of_case(*planned, places, &fence, sources) {
            Ok(pending) => found.extend(pending),
            Err(finding) => findings.push(*finding),
        }
    }
    (found, findings)
}

fn find_of_case<'s>(
    planned: Planned<'s>,
    places: &PendingPlaces<'_>,
    fence: &Fence,
    sources: &Sources,
) -> Result<Option<Pending<'s>>, Box<Finding>> {
    let path = &planned.case.snapshot_path;
    let Some(file) = places.file(path) else { return Ok(None) };
    let in_repository = (places.pending_dir.is_none() && places.artifact.is_none()).then_some(&file);
    let from = layout::config_folder(&planned.suite.path);
    if let Some(path) =
        [Some(path), in_repository].into_iter().flatten().find(|path| !fence.allows(path, from))
    {
        return Err(Box::new(outside_root(planned, path)));
    }
    let place =
        |path: &Path, from| fence.place(path, from).map_err(|_| Box::new(outside_root(planned, path)));
    let snapshot_place = place(path, from)?;
    let in_artifact = places.artifact.is_some();
    let file_place = (!in_artifact).then(|| place(&file, places.pending_dir.unwrap_or(from))).transpose()?;
    let unreadable = |path: &Path, error| Box::new(unreadable(planned, path, &error, sources));
    let new = snapshot::read(&file).map_err(|error| unreadable(&file, error))?;
    let Some(new) = new.as_ref().map(SnapshotText::from) else { return Ok(None) };
    if places.artifact.is_some() {
        check_artifact_file(planned, &file, &new, sources)?;
    }
    let (kind, old) = read_accepted(path).map_err(|error| unreadable(path, error))?;
    let sides =
        old.as_ref().filter(|_| kind == PendingKind::Conflict).and_then(|old| split_conflict(&old.contents));
    Ok(Some(Pending { planned, kind, file, snapshot_place, file_place, old, new, sides }))
}

fn read_accepted(path: &Path) -> Result<(PendingKind, Option<SnapshotText>), SnapshotError> {
    match snapshot::read(path) {
        Ok(None) => Ok((PendingKind::New, None)),
        Ok(Some(accepted)) => Ok((PendingKind::Changed, Some(SnapshotText::from(&accepted)))),
        Err(SnapshotError::Conflict { .. }) => {
            let contents = read_lossy(path, FIXTURE_LIMIT);
            Ok((PendingKind::Conflict, Some(SnapshotText { header: Header::default(), contents })))
        }
        Err(error) => Err(error),
    }
}

/// Checks that a file from an artifact belongs to the case and contains no secret. A pending file of a local run needs
/// no such check.
fn check_artifact_file(
    planned: Planned<'_>,
    path: &Path,
    new: &SnapshotText,
    sources: &Sources,
) -> Result<(), Box<Finding>> {
    let at = || Span::file(sources.add(path, ""));
    let id = &planned.case.id;
    let found = new.header.expression.as_deref().unwrap_or_default();
    if found != id {
        let message = format!("`{}` is a snapshot of `{found}`, not of `{id}`", path.display());
        let finding = Finding::new(Code::SnapshotInvalid, at(), message);
        return Err(Box::new(finding.help("use the artifact of a CI run with the same configs")));
    }
    match secrets(&snapshot::render(&new.header, &new.contents)).first() {
        Some(secret) => {
            let message = format!("`{}` contains {}", path.display(), secret.name);
            let help = "remove it from the recording, and run the case again";
            Err(Box::new(Finding::new(Code::LiteralSecret, at(), message).help(help)))
        }
        None => Ok(()),
    }
}

fn outside_root(planned: Planned<'_>, path: &Path) -> Finding {
    let message = format!("`{}` points outside the repository", path.display());
    Finding::new(Code::FileOutsideRoot, planned.case.at.clone(), message)
        .help("replace the symlink by the file or folder that it points to")
}

fn unreadable(planned: Planned<'_>, path: &Path, error: &SnapshotError, sources: &Sources) -> Finding {
    let file = sources.add(path, read_lossy(path, FIXTURE_LIMIT));
    let at = error.range().map_or_else(|| Span::file(file), |range| Span::new(file, range));
    let id = &planned.case.id;
    Finding::new(error.code(), at, error.to_string())
        .note(format!("`{}` is a snapshot of `{id}`", path.display()))
        .help(error.help())
}
