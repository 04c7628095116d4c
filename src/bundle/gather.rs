//! Collects the files that go into a bundle: those that the run reads, with secrets masked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::manifest::REPOSITORY;
use super::mask::{FileKind, MaskedFile, Unmaskable, mask_file};
use crate::check::Checked;
use crate::config::preferences::SETTINGS_FILES;
use crate::config::root::Root;
use crate::files::containment::real_path;
use crate::files::fence::Fence;
use crate::files::{Base, FIXTURE_LIMIT, ReadError};
use crate::run::Plan;
use crate::snapshot::{OutsideRoot, pending_path};

/// The files of a bundle, by their name in it.
pub type Files = BTreeMap<String, MaskedFile>;

/// Why the files that a run reads can't be put into a bundle.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    #[error("`{}` is outside the repository, so it can't be in a bundle", path.display())]
    OutsideRepository { path: PathBuf },
    #[error("all configs are below `{folder}`, and no file marks the root of their repository")]
    UnmarkedRoot { folder: String },
    #[error("{0}, so it can't be in a bundle")]
    TooLarge(ReadError),
    #[error(transparent)]
    Unreadable(ReadError),
    #[error("`{name}` can't be in a bundle: {why}")]
    Secret { name: String, why: Unmaskable },
    #[error("two different files would have the name `{name}` in the bundle")]
    NameClash { name: String },
    #[error("`--output`: the bundle would overwrite `{}`, which the run reads", path.display())]
    OverwritesInput { path: PathBuf },
    #[error("`{}` points outside the repository, so it can't be in a bundle", path.display())]
    OutsideLink { path: PathBuf },
    #[error(transparent)]
    Pending(#[from] OutsideRoot),
}

impl GatherError {
    pub fn help(&self) -> Option<&'static str> {
        match self {
            GatherError::OutsideRepository { .. } => {
                Some("create an empty `bedrock-check.toml` in the folder that contains all files")
            }
            GatherError::UnmarkedRoot { .. } => Some(
                "create an empty `bedrock-check.toml` in the folder that contains all files, and run there",
            ),
            GatherError::TooLarge(_) => Some("exclude its case with `-k`, `--model` or `--tag`"),
            GatherError::Secret { .. } => Some("remove the secret from the file, and revoke it"),
            GatherError::NameClash { .. } => {
                Some("a path contains a symlink to another folder; pass the path without it")
            }
            GatherError::OverwritesInput { .. } => Some("name another file, such as `evidence.zip`"),
            GatherError::OutsideLink { .. } => Some("replace the symlink by the file"),
            GatherError::Unreadable(_) | GatherError::Pending(_) => None,
        }
    }
}

/// The folders that the files of a bundle are read from, and the path that it is written to.
pub struct BundlePaths<'a> {
    pub root: &'a Root,
    pub base: &'a Base,
    /// The value of `INSTA_PENDING_DIR`.
    pub pending_dir: Option<&'a Path>,
    /// The path of the bundle. No gathered file may be at this path.
    pub target: &'a Path,
}

/// Collects the files that the cases of `plan` read: configs, data, settings, fixtures and snapshots.
pub fn gather(places: &BundlePaths<'_>, checked: &Checked, plan: &Plan<'_>) -> Result<Files, GatherError> {
    check_root(places.root, checked)?;
    let fence = Fence::new(&places.root.path);
    let mut files = Gathering { places, fence, target: real_path(places.target), files: Files::new() };
    for suite in &checked.suites {
        files.add(FileKind::Toml, &suite.path)?;
    }
    for path in &checked.read_log.entries().files {
        files.add(FileKind::Data, path)?;
    }
    files.add_settings()?;
    for case in plan.cases.iter().map(|planned| planned.case) {
        files.add(FileKind::Fixture, &case.fixture_path)?;
        if case.snapshot.is_some() {
            files.add(FileKind::Snapshot, &case.snapshot_path)?;
            files.add_pending(&case.snapshot_path)?;
        }
    }
    Ok(files.files)
}

/// The path from the root of the repository, which is the name of the file in the bundle.
pub fn name_in_bundle(root: &Root, path: &Path) -> Result<String, GatherError> {
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
    let names = checked.suites.iter().map(|suite| name_in_bundle(root, &suite.path));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let folders: BTreeSet<_> =
        names.iter().map(|name| name.split_once('/').map(|(first, _)| first)).collect();
    match folders.first() {
        Some(Some(folder)) if folders.len() == 1 && !root.is_marked() => {
            Err(GatherError::UnmarkedRoot { folder: (*folder).to_owned() })
        }
        _ => Ok(()),
    }
}

struct Gathering<'p> {
    places: &'p BundlePaths<'p>,
    fence: Fence,
    /// The path of the bundle, with symlinks resolved.
    target: PathBuf,
    files: Files,
}

impl Gathering<'_> {
    fn add(&mut self, kind: FileKind, path: &Path) -> Result<(), GatherError> {
        let base = self.places.base;
        if !self.fence.allows(&base.locate(path), &base.locate(Path::new(""))) {
            return Err(GatherError::OutsideLink { path: path.to_owned() });
        }
        self.add_as(kind, path, path)
    }

    /// Adds the file at `path` with the name in the bundle that belongs to `named_after`. A missing file is skipped.
    fn add_as(&mut self, kind: FileKind, named_after: &Path, path: &Path) -> Result<(), GatherError> {
        self.check_target(named_after)?;
        self.check_target(path)?;
        let bytes = match self.places.base.read_bytes(path, FIXTURE_LIMIT) {
            Err(ReadError::Missing { .. }) => return Ok(()),
            Err(error @ ReadError::TooLarge { .. }) => return Err(GatherError::TooLarge(error)),
            bytes => bytes.map_err(GatherError::Unreadable)?,
        };
        let name = name_in_bundle(self.places.root, named_after)?;
        let masked = match mask_file(kind, &name, bytes) {
            Ok(masked) => masked,
            Err(why) => return Err(GatherError::Secret { name, why }),
        };
        let name = [REPOSITORY, &name].concat();
        match self.files.get(&name) {
            Some(other) if *other != masked => Err(GatherError::NameClash { name }),
            _ => {
                self.files.insert(name, masked);
                Ok(())
            }
        }
    }

    /// Adds the pending file of `snapshot`. In the bundle, it is beside the snapshot, because `INSTA_PENDING_DIR` may be
    /// outside the repository.
    fn add_pending(&mut self, snapshot: &Path) -> Result<(), GatherError> {
        let beside = snapshot.with_extension("snap.new");
        if self.places.pending_dir.is_none() {
            return self.add(FileKind::Snapshot, &beside);
        }
        let pending = pending_path(snapshot, &self.places.root.path, self.places.pending_dir)?;
        self.add_as(FileKind::Snapshot, &beside, &pending)
    }

    fn check_target(&self, path: &Path) -> Result<(), GatherError> {
        if real_path(&self.places.base.locate(path)) == self.target {
            return Err(GatherError::OverwritesInput { path: path.to_owned() });
        }
        Ok(())
    }

    /// Adds the settings file. Without one, adds an empty file that marks the root of the repository.
    fn add_settings(&mut self) -> Result<(), GatherError> {
        let root = &self.places.root.path;
        SETTINGS_FILES.iter().try_for_each(|name| self.check_target(&root.join(name)))?;
        if let Some(path) = SETTINGS_FILES.iter().map(|name| root.join(name)).find(|path| path.exists()) {
            return self.add(FileKind::Toml, &path);
        }
        let text = b"# The repository has no settings; this file marks its root.\n".to_vec();
        let settings = MaskedFile { bytes: text, changed: false };
        self.files.insert([REPOSITORY, SETTINGS_FILES[0]].concat(), settings);
        Ok(())
    }
}
