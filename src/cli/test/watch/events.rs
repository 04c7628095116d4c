//! What wakes a waiting watcher: the file system, a key, Ctrl-C.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use notify::event::ModifyKind;
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::cli::Failure;

pub(super) enum Wake {
    Changed(Vec<PathBuf>),
    /// The system has lost count.
    Lost,
    Key(Key),
    Interrupt,
}

/// A key that the watcher knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    All,
    Open,
    Quit,
}

/// The folders that are listened to, each without those below it.
pub(super) struct Events {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
}

impl Events {
    pub(super) fn new(sender: Sender<Wake>) -> Result<Events, Failure> {
        let tell = move |event: notify::Result<Event>| {
            // Nobody listens any more: the process ends.
            drop(wake(event).map(|wake| sender.send(wake)));
        };
        let watcher = RecommendedWatcher::new(tell, Config::default()).map_err(|cause| failed(&cause))?;
        Ok(Events { watcher, folders: BTreeSet::new() })
    }

    /// Listens to `folders`, and to no others.
    pub(super) fn follow(&mut self, folders: BTreeSet<PathBuf>) -> Result<(), Failure> {
        let mut paths = self.watcher.paths_mut();
        for gone in self.folders.difference(&folders) {
            // One that was removed is not listened to anyway.
            drop(paths.remove(gone));
        }
        let mut followed = BTreeSet::new();
        for folder in folders {
            let known = self.folders.contains(&folder);
            match if known { Ok(()) } else { paths.add(&folder, RecursiveMode::NonRecursive) } {
                Ok(()) => drop(followed.insert(folder)),
                Err(_) if !folder.is_dir() => (),
                Err(cause) => return Err(failed(&cause)),
            }
        }
        paths.commit().map_err(|cause| failed(&cause))?;
        self.folders = followed;
        Ok(())
    }

    /// A folder at one of `paths`, or below it, may be another one now.
    pub(super) fn forget(&mut self, paths: &BTreeSet<PathBuf>) {
        self.folders.retain(|folder| !folder.ancestors().any(|path| paths.contains(path)));
    }
}

fn wake(event: notify::Result<Event>) -> Option<Wake> {
    let Ok(event) = event else { return Some(Wake::Lost) };
    if event.need_rescan() {
        return Some(Wake::Lost);
    }
    let mut paths = event.paths;
    match event.kind {
        // Reading is none of our business, our own least of all.
        EventKind::Access(_) => return None,
        EventKind::Modify(ModifyKind::Name(_)) => (),
        // That a folder holds other files is told of these.
        EventKind::Modify(_) => paths.retain(|path| !path.is_dir()),
        _ => (),
    }
    (!paths.is_empty()).then_some(Wake::Changed(paths))
}

fn failed(cause: &notify::Error) -> Failure {
    let help = match cause.kind {
        notify::ErrorKind::MaxFilesWatch => "raise `fs.inotify.max_user_watches`, or name fewer folders",
        _ => "run without `--watch`",
    };
    Failure::Environment {
        message: format!("can't listen for changes: {cause}"),
        help: Some(help.to_owned()),
    }
}
