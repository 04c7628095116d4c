//! The files that a bundle holds: those that the run reads, each without secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::app::{SETTINGS_FILES, Session};
use crate::bundle::{FileKind, REPOSITORY, Redacted, redact};
use crate::check::Checked;
use crate::cli::Failure;
use crate::files::containment::real_path;
use crate::files::fence::Fence;
use crate::files::{FIXTURE_LIMIT, ReadError, read_bytes};
use crate::run::Plan;
use crate::snapshot::pending_path;

/// Files by their name in the bundle.
pub(super) type Files = BTreeMap<String, Redacted>;

/// What the cases of `plan` read: configs, data, settings, recordings, snapshots. None of it is at `target`.
pub(super) fn gather(
    session: &Session,
    checked: &Checked,
    plan: &Plan<'_>,
    target: &Path,
) -> Result<Files, Failure> {
    check_root(session, checked)?;
    let fence = Fence::new(&session.root.path);
    let mut files = Gathering { session, fence, target: real_path(target), files: Files::new() };
    for suite in &checked.suites {
        files.take(FileKind::Toml, &suite.path)?;
    }
    for path in &checked.reads.so_far().files {
        files.take(FileKind::Data, path)?;
    }
    files.settings()?;
    let pending_dir = session.environment.non_empty("INSTA_PENDING_DIR").map(Path::new);
    for case in plan.cases.iter().map(|planned| planned.case) {
        files.take(FileKind::Fixture, &case.fixture_path)?;
        if case.snapshot.is_some() {
            files.take(FileKind::Snapshot, &case.snapshot_path)?;
            files.pending(&case.snapshot_path, pending_dir)?;
        }
    }
    Ok(files.files)
}

/// The name in the bundle of the file at `path`.
pub(super) fn name(session: &Session, path: &Path) -> Result<String, Failure> {
    let relative = session.root.relative(path);
    if relative.starts_with("../") || Path::new(&relative).is_absolute() {
        return Err(Failure::Usage {
            message: format!("`{}` is outside of the repository, so it can't be in a bundle", path.display()),
            help: Some("mark the folder that holds all files with a `bedrock-check.toml`".to_owned()),
        });
    }
    Ok(relative)
}

/// Without a mark the working directory is the root. It is that of the configs only if they have no other
/// folder in common, which would be one of this machine.
fn check_root(session: &Session, checked: &Checked) -> Result<(), Failure> {
    let names = checked.suites.iter().map(|suite| name(session, &suite.path));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let folders: BTreeSet<_> =
        names.iter().map(|name| name.split_once('/').map(|(first, _)| first)).collect();
    match folders.first() {
        Some(Some(folder)) if folders.len() == 1 && !session.root.is_marked() => Err(Failure::Usage {
            message: format!(
                "all configs are below `{folder}`, and nothing marks where their repository begins"
            ),
            help: Some(
                "run in the folder that holds all files, marked with an empty `bedrock-check.toml`"
                    .to_owned(),
            ),
        }),
        _ => Ok(()),
    }
}

struct Gathering<'s> {
    session: &'s Session,
    fence: Fence,
    /// Where the bundle goes.
    target: PathBuf,
    files: Files,
}

impl Gathering<'_> {
    fn take(&mut self, kind: FileKind, path: &Path) -> Result<(), Failure> {
        self.check_fence(path)?;
        self.take_from(kind, path, path)
    }

    /// Takes the file at `path` as the one at `place`. What isn't there is not there in the bundle either.
    fn take_from(&mut self, kind: FileKind, place: &Path, path: &Path) -> Result<(), Failure> {
        self.check_target(place)?;
        self.check_target(path)?;
        let bytes = match read_bytes(path, FIXTURE_LIMIT) {
            Err(ReadError::Missing { .. }) => return Ok(()),
            Err(error @ ReadError::TooLarge { .. }) => {
                return Err(Failure::Usage {
                    message: format!("{error}, so it can't be in a bundle"),
                    help: Some("leave its case out, with `-k`, `--model` or `--tag`".to_owned()),
                });
            }
            bytes => bytes.map_err(Failure::usage)?,
        };
        let name = name(self.session, place)?;
        let redacted = redact(kind, &name, bytes).map_err(|why| Failure::Usage {
            message: format!("`{name}` can't be in a bundle: {why}"),
            help: Some("take the secret out of the file, and revoke it".to_owned()),
        })?;
        let name = [REPOSITORY, &name].concat();
        match self.files.get(&name) {
            Some(other) if *other != redacted => Err(Failure::Usage {
                message: format!("`{name}` would be two different files in the bundle"),
                help: Some("a link leads to another folder; name the folder without it".to_owned()),
            }),
            _ => {
                self.files.insert(name, redacted);
                Ok(())
            }
        }
    }

    /// Takes what waits for `snapshot`, as if it waited beside it. `INSTA_PENDING_DIR` may be anywhere.
    fn pending(&mut self, snapshot: &Path, pending_dir: Option<&Path>) -> Result<(), Failure> {
        let beside = snapshot.with_extension("snap.new");
        if pending_dir.is_none() {
            return self.take(FileKind::Snapshot, &beside);
        }
        let pending = pending_path(snapshot, &self.session.root.path, pending_dir);
        self.take_from(FileKind::Snapshot, &beside, &pending.map_err(Failure::usage)?)
    }

    fn check_target(&self, path: &Path) -> Result<(), Failure> {
        if real_path(path) != self.target {
            return Ok(());
        }
        Err(Failure::Usage {
            message: format!(
                "`--output`: the bundle would take the place of `{}`, which the run reads",
                path.display()
            ),
            help: Some("name another file, such as `evidence.zip`".to_owned()),
        })
    }

    fn check_fence(&self, path: &Path) -> Result<(), Failure> {
        if self.fence.holds(path, Path::new("")) {
            return Ok(());
        }
        Err(Failure::Usage {
            message: format!("`{}` leads out of the repository, so it can't be in a bundle", path.display()),
            help: Some("put the file itself where the link is".to_owned()),
        })
    }

    /// The settings. Without any, an empty file: it marks where the repository begins.
    fn settings(&mut self) -> Result<(), Failure> {
        let root = &self.session.root.path;
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
