//! The events that wake the watcher: changed files, keys, and Ctrl-C.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Sender;

use notify::event::ModifyKind;
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::cli::Failure;

pub(super) enum Wake {
    Changed(Vec<PathBuf>),
    /// The system dropped events, so any file may have changed.
    EventsLost,
    Key(Key),
    Interrupt,
}

/// The command of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    All,
    Open,
    Quit,
}

/// Listens to folders, but not to the folders inside of them.
pub(super) struct Events {
    watcher: RecommendedWatcher,
    folders: BTreeSet<PathBuf>,
}

impl Events {
    pub(super) fn new(sender: Sender<Wake>) -> Result<Events, Failure> {
        let forward = move |event: notify::Result<Event>| {
            // Sending fails only if the receiver is gone, because the process ends.
            drop(to_wake(event).map(|wake| sender.send(wake)));
        };
        let watcher =
            RecommendedWatcher::new(forward, Config::default()).map_err(|cause| listen_failure(&cause))?;
        Ok(Events { watcher, folders: BTreeSet::new() })
    }

    /// Listens to `folders` and to no other folder.
    pub(super) fn follow(&mut self, folders: BTreeSet<PathBuf>) -> Result<(), Failure> {
        let mut paths = self.watcher.paths_mut();
        for removed in self.folders.difference(&folders) {
            // This fails for a folder that was deleted, which needs no listener.
            drop(paths.remove(removed));
        }
        let mut followed = BTreeSet::new();
        for folder in folders {
            let known = self.folders.contains(&folder);
            match if known { Ok(()) } else { paths.add(&folder, RecursiveMode::NonRecursive) } {
                Ok(()) => drop(followed.insert(folder)),
                Err(_) if !folder.is_dir() => (),
                Err(cause) => return Err(listen_failure(&cause)),
            }
        }
        paths.commit().map_err(|cause| listen_failure(&cause))?;
        self.folders = followed;
        Ok(())
    }

    /// Forgets the folders at `paths` and below: they may have been replaced, and need a new listener.
    pub(super) fn forget(&mut self, paths: &BTreeSet<PathBuf>) {
        self.folders.retain(|folder| !folder.ancestors().any(|path| paths.contains(path)));
    }
}

fn to_wake(event: notify::Result<Event>) -> Option<Wake> {
    let Ok(event) = event else { return Some(Wake::EventsLost) };
    if event.need_rescan() {
        return Some(Wake::EventsLost);
    }
    let mut paths = event.paths;
    match event.kind {
        // Nothing changed, and our own reads cause such events, too.
        EventKind::Access(_) => return None,
        EventKind::Modify(ModifyKind::Name(_)) => (),
        // A change in a folder causes events for the files in it, too.
        EventKind::Modify(_) => paths.retain(|path| !path.is_dir()),
        _ => (),
    }
    (!paths.is_empty()).then_some(Wake::Changed(paths))
}

fn listen_failure(cause: &notify::Error) -> Failure {
    let help = match cause.kind {
        notify::ErrorKind::MaxFilesWatch => "raise `fs.inotify.max_user_watches`, or name fewer folders",
        _ => "run without `--watch`",
    };
    Failure::Environment {
        message: format!("can't listen for changes: {cause}"),
        help: Some(help.to_owned()),
    }
}
