//! Collects the files that go into a bundle: those that the run reads, with secrets masked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::manifest::REPOSITORY;
use super::redact::{FileKind, Redacted, Unmaskable, redact};
use crate::check::Checked;
use crate::config::preferences::SETTINGS_FILES;
use crate::config::root::Root;
use crate::files::containment::real_path;
use crate::files::fence::Fence;
use crate::files::{Base, FIXTURE_LIMIT, ReadError};
use crate::run::Plan;
use crate::snapshot::{OutsideRoot, pending_path};

/// The files of a bundle, by their name in it.
pub type Files = BTreeMap<String, Redacted>;

/// Why the files that a run reads can't be put into a bundle.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    #[error("`{}` is outside of the repository, so it can't be in a bundle", path.display())]
    OutsideRepository { path: PathBuf },
    #[error("all configs are below `{folder}`, and nothing marks where their repository begins")]
    Unmarked { folder: String },
    #[error("{0}, so it can't be in a bundle")]
    TooLarge(ReadError),
    #[error(transparent)]
    Unreadable(ReadError),
    #[error("`{name}` can't be in a bundle: {why}")]
    Secret { name: String, why: Unmaskable },
    #[error("`{name}` would be two different files in the bundle")]
    TwoFiles { name: String },
    #[error("`--output`: the bundle would take the place of `{}`, which the run reads", path.display())]
    Target { path: PathBuf },
    #[error("`{}` leads out of the repository, so it can't be in a bundle", path.display())]
    Link { path: PathBuf },
    #[error(transparent)]
    Pending(#[from] OutsideRoot),
}

impl GatherError {
    pub fn help(&self) -> Option<&'static str> {
        match self {
            GatherError::OutsideRepository { .. } => {
                Some("mark the folder that holds all files with a `bedrock-check.toml`")
            }
            GatherError::Unmarked { .. } => {
                Some("run in the folder that holds all files, marked with an empty `bedrock-check.toml`")
            }
            GatherError::TooLarge(_) => Some("leave its case out, with `-k`, `--model` or `--tag`"),
            GatherError::Secret { .. } => Some("take the secret out of the file, and revoke it"),
            GatherError::TwoFiles { .. } => {
                Some("a link leads to another folder; name the folder without it")
            }
            GatherError::Target { .. } => Some("name another file, such as `evidence.zip`"),
            GatherError::Link { .. } => Some("put the file itself where the link is"),
            GatherError::Unreadable(_) | GatherError::Pending(_) => None,
        }
    }
}

/// The folders that the files of a bundle are read from, and the path that it is written to.
pub struct Places<'a> {
    pub root: &'a Root,
    pub base: &'a Base,
    /// The value of `INSTA_PENDING_DIR`.
    pub pending_dir: Option<&'a Path>,
    /// The path of the bundle. No gathered file may be at this path.
    pub target: &'a Path,
}

/// Collects the files that the cases of `plan` read: configs, data, settings, fixtures and snapshots.
pub fn gather(places: &Places<'_>, checked: &Checked, plan: &Plan<'_>) -> Result<Files, GatherError> {
    check_root(places.root, checked)?;
    let fence = Fence::new(&places.root.path);
    let mut files = Gathering { places, fence, target: real_path(places.target), files: Files::new() };
    for suite in &checked.suites {
        files.take(FileKind::Toml, &suite.path)?;
    }
    for path in &checked.reads.so_far().files {
        files.take(FileKind::Data, path)?;
    }
    files.settings()?;
    for case in plan.cases.iter().map(|planned| planned.case) {
        files.take(FileKind::Fixture, &case.fixture_path)?;
        if case.snapshot.is_some() {
            files.take(FileKind::Snapshot, &case.snapshot_path)?;
            files.pending(&case.snapshot_path)?;
        }
    }
    Ok(files.files)
}

/// The path from the root of the repository, which is the name of the file in the bundle.
pub fn name(root: &Root, path: &Path) -> Result<String, GatherError> {
    let relative = root.relative(path);
    if relative.starts_with("../") || Path::new(&relative).is_absolute() {
        return Err(GatherError::OutsideRepository { path: path.to_owned() });
    }
    Ok(relative)
}

/// Refuses an unmarked root if all configs are in one folder below it.
///
/// Without a settings file, the working directory counts as the root. If all configs are in one of its folders,
/// that folder may be the repository, and the names in the bundle would contain a folder of this machine.
fn check_root(root: &Root, checked: &Checked) -> Result<(), GatherError> {
    let names = checked.suites.iter().map(|suite| name(root, &suite.path));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let folders: BTreeSet<_> =
        names.iter().map(|name| name.split_once('/').map(|(first, _)| first)).collect();
    match folders.first() {
        Some(Some(folder)) if folders.len() == 1 && !root.is_marked() => {
            Err(GatherError::Unmarked { folder: (*folder).to_owned() })
        }
        _ => Ok(()),
    }
}

struct Gathering<'p> {
    places: &'p Places<'p>,
    fence: Fence,
    /// The path of the bundle, with symlinks resolved.
    target: PathBuf,
    files: Files,
}

impl Gathering<'_> {
    fn take(&mut self, kind: FileKind, path: &Path) -> Result<(), GatherError> {
        let base = self.places.base;
        if !self.fence.holds(&base.locate(path), &base.locate(Path::new(""))) {
            return Err(GatherError::Link { path: path.to_owned() });
        }
        self.take_from(kind, path, path)
    }

    /// Adds the file at `path` under the name that a file at `place` would have. A missing file is skipped.
    fn take_from(&mut self, kind: FileKind, place: &Path, path: &Path) -> Result<(), GatherError> {
        self.check_target(place)?;
        self.check_target(path)?;
        let bytes = match self.places.base.read_bytes(path, FIXTURE_LIMIT) {
            Err(ReadError::Missing { .. }) => return Ok(()),
            Err(error @ ReadError::TooLarge { .. }) => return Err(GatherError::TooLarge(error)),
            bytes => bytes.map_err(GatherError::Unreadable)?,
        };
        let name = name(self.places.root, place)?;
        let redacted = match redact(kind, &name, bytes) {
            Ok(redacted) => redacted,
            Err(why) => return Err(GatherError::Secret { name, why }),
        };
        let name = [REPOSITORY, &name].concat();
        match self.files.get(&name) {
            Some(other) if *other != redacted => Err(GatherError::TwoFiles { name }),
            _ => {
                self.files.insert(name, redacted);
                Ok(())
            }
        }
    }

    /// Adds the pending file of `snapshot` as if it were beside it, because `INSTA_PENDING_DIR` may be outside the
    /// repository.
    fn pending(&mut self, snapshot: &Path) -> Result<(), GatherError> {
        let beside = snapshot.with_extension("snap.new");
        if self.places.pending_dir.is_none() {
            return self.take(FileKind::Snapshot, &beside);
        }
        let pending = pending_path(snapshot, &self.places.root.path, self.places.pending_dir)?;
        self.take_from(FileKind::Snapshot, &beside, &pending)
    }

    fn check_target(&self, path: &Path) -> Result<(), GatherError> {
        if real_path(&self.places.base.locate(path)) == self.target {
            return Err(GatherError::Target { path: path.to_owned() });
        }
        Ok(())
    }

    /// Adds the settings file. Without one, adds an empty file that marks the root of the repository.
    fn settings(&mut self) -> Result<(), GatherError> {
        let root = &self.places.root.path;
        SETTINGS_FILES.iter().try_for_each(|name| self.check_target(&root.join(name)))?;
        if let Some(path) = SETTINGS_FILES.iter().map(|name| root.join(name)).find(|path| path.exists()) {
            return self.take(FileKind::Toml, &path);
        }
        let text = b"# The repository has no settings; this file marks its root.\n".to_vec();
        let settings = Redacted { bytes: text, changed: false };
        self.files.insert([REPOSITORY, SETTINGS_FILES[0]].concat(), settings);
        Ok(())
    }
}
