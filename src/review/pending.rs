//! The pending snapshots of cases, with what was accepted before.

use std::path::{Path, PathBuf};

use super::Kept;
use crate::diagnose::{Code, Finding, Sources, Span, secrets};
use crate::files::fence::Fence;
use crate::files::layout;
use crate::files::{FIXTURE_LIMIT, read_lossy};
use crate::run::{Plan, Planned};
use crate::snapshot::{self, Accepted, Header, MergeSide, ResolvedSide, SnapshotError, split_conflict};

/// One output that waits for a person.
pub struct Pending<'s> {
    pub planned: Planned<'s>,
    pub kind: Kind,
    /// The `.snap.new` file.
    pub file: PathBuf,
    /// Whether that is what CI kept: it stays where it is.
    pub is_kept: bool,
    /// `None` if nothing was accepted yet.
    pub old: Option<Text>,
    pub new: Text,
    /// The two sides of a conflict, if its markers pair.
    pub sides: Option<[ResolvedSide; 2]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no snapshot yet.
    New,
    Changed,
    /// The snapshot holds both sides of a merge; its text is the whole file, markers and all.
    Conflict,
}

/// One side of the comparison.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub header: Header,
    pub contents: String,
}

/// Where pending files are.
pub struct Places<'a> {
    pub root: &'a Path,
    pub pending_dir: Option<&'a Path>,
    /// Look there instead.
    pub kept: Option<&'a Kept>,
}

impl Places<'_> {
    /// The pending file of `snapshot`, if there is one.
    fn file(&self, snapshot: &Path) -> Option<PathBuf> {
        let file = match self.kept {
            Some(kept) => {
                let relative = snapshot::pending_path(snapshot, self.root, Some(Path::new("."))).ok()?;
                kept.of(relative.strip_prefix(".").unwrap_or(&relative))?
            }
            None => snapshot::pending_path(snapshot, self.root, self.pending_dir).ok()?,
        };
        file.symlink_metadata().is_ok().then_some(file)
    }
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::New => "new",
            Kind::Changed => "changed",
            Kind::Conflict => "conflict",
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

    /// What is compared: the contents or, if they are the same or in conflict, the whole files.
    pub fn texts(&self) -> (String, String) {
        let Some(old) = &self.old else { return (String::new(), self.new.contents.clone()) };
        if self.kind == Kind::Conflict {
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

impl From<&Accepted> for Text {
    fn from(accepted: &Accepted) -> Text {
        Text { header: accepted.header.clone(), contents: accepted.text() }
    }
}

/// What waits for the cases of `plan`, in its order; a finding for each file that can't be used.
pub fn find<'s>(plan: &Plan<'s>, places: &Places<'_>, sources: &Sources) -> (Vec<Pending<'s>>, Vec<Finding>) {
    let fence = Fence::new(places.root);
    let (mut found, mut findings) = (Vec::new(), Vec::new());
    for planned in plan.cases.iter().filter(|planned| planned.case.snapshot.is_some()) {
        match of_case(*planned, places, &fence, sources) {
            Ok(pending) => found.extend(pending),
            Err(finding) => findings.push(*finding),
        }
    }
    (found, findings)
}

fn of_case<'s>(
    planned: Planned<'s>,
    places: &Places<'_>,
    fence: &Fence,
    sources: &Sources,
) -> Result<Option<Pending<'s>>, Box<Finding>> {
    let path = &planned.case.snapshot_path;
    let Some(file) = places.file(path) else { return Ok(None) };
    let beside = (places.pending_dir.is_none() && places.kept.is_none()).then_some(&file);
    let from = layout::folder(&planned.suite.path);
    if let Some(path) = [Some(path), beside].into_iter().flatten().find(|path| !fence.holds(path, from)) {
        return Err(Box::new(outside_root(planned, path)));
    }
    let unreadable = |path: &Path, error| Box::new(unreadable(planned, path, &error, sources));
    let new = snapshot::read(&file).map_err(|error| unreadable(&file, error))?;
    let Some(new) = new.as_ref().map(Text::from) else { return Ok(None) };
    if places.kept.is_some() {
        distrust(planned, &file, &new, sources)?;
    }
    let (kind, old) = accepted(path).map_err(|error| unreadable(path, error))?;
    let sides = old.as_ref().filter(|_| kind == Kind::Conflict).and_then(|old| split_conflict(&old.contents));
    Ok(Some(Pending { planned, kind, file, is_kept: places.kept.is_some(), old, new, sides }))
}

fn accepted(path: &Path) -> Result<(Kind, Option<Text>), SnapshotError> {
    match snapshot::read(path) {
        Ok(None) => Ok((Kind::New, None)),
        Ok(Some(accepted)) => Ok((Kind::Changed, Some(Text::from(&accepted)))),
        Err(SnapshotError::Conflict { .. }) => {
            let contents = read_lossy(path, FIXTURE_LIMIT);
            Ok((Kind::Conflict, Some(Text { header: Header::default(), contents })))
        }
        Err(error) => Err(error),
    }
}

/// What comes from elsewhere may be of another case, and nothing looked for secrets in it here.
fn distrust(planned: Planned<'_>, path: &Path, new: &Text, sources: &Sources) -> Result<(), Box<Finding>> {
    let at = || Span::file(sources.add(path, ""));
    let (id, told) = (&planned.case.id, new.header.expression.as_deref().unwrap_or_default());
    if told != id {
        let message = format!("`{}` is of `{told}`, not of `{id}`", path.display());
        let finding = Finding::new(Code::SnapshotInvalid, at(), message);
        return Err(Box::new(finding.help("take the files that CI kept for the configs as they are here")));
    }
    match secrets(&snapshot::render(&new.header, &new.contents)).first() {
        Some(secret) => {
            let message = format!("{} is in `{}`", secret.name, path.display());
            let help = "take it out of the recording, and run the case again";
            Err(Box::new(Finding::new(Code::LiteralSecret, at(), message).help(help)))
        }
        None => Ok(()),
    }
}

fn outside_root(planned: Planned<'_>, path: &Path) -> Finding {
    let message = format!("`{}` leads out of the repository", path.display());
    Finding::new(Code::FileOutsideRoot, planned.case.at.clone(), message)
        .help("replace the link by the file or folder that it leads to")
}

fn unreadable(planned: Planned<'_>, path: &Path, error: &SnapshotError, sources: &Sources) -> Finding {
    let file = sources.add(path, read_lossy(path, FIXTURE_LIMIT));
    let at = error.at().map_or_else(|| Span::file(file), |range| Span::new(file, range));
    let id = &planned.case.id;
    Finding::new(error.code(), at, error.to_string())
        .note(format!("`{}` is a snapshot of `{id}`", path.display()))
        .help(error.help())
}
