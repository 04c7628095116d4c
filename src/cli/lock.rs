//! Runs that write fixtures or snapshots wait for each other, so that no fixture is from one run and its snapshot from
//! another.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::output::Output;
use crate::files::{FolderLock, describe_io_error};

/// The lock of a run that writes. If the file system can't lock, the run continues without one.
#[derive(Debug)]
pub(super) struct RunLock {
    _lock: Option<FolderLock>,
}

/// Waits until no other run writes below `root`. Only the end of the process ends the wait, so no handler for Ctrl-C may
/// be set.
pub(super) fn wait_for_other_runs(root: &Path, output: &Output) -> RunLock {
    let never = CancellationToken::new();
    wait_unless_cancelled(root, &never, output).unwrap_or(RunLock { _lock: None })
}

/// Like [`wait_for_other_runs`]; returns `None` when `interrupted` is cancelled.
pub(super) fn wait_unless_cancelled(
    root: &Path,
    interrupted: &CancellationToken,
    output: &Output,
) -> Option<RunLock> {
    let mut is_announced = false;
    while !interrupted.is_cancelled() {
        match FolderLock::try_acquire(root) {
            Ok(Some(lock)) => return Some(RunLock { _lock: Some(lock) }),
            Ok(None) if is_announced => sleep(PAUSE),
            Ok(None) => {
                output.print_always("waiting for another run in this repository…");
                is_announced = true;
            }
            Err(cause) => {
                let cause = describe_io_error(&cause);
                output.print_message(&format!(
                    "warning: can't lock `{}`: {cause}; don't record or accept in two runs at the same time",
                    root.display()
                ));
                return Some(RunLock { _lock: None });
            }
        }
    }
    None
}

const PAUSE: Duration = Duration::from_millis(50);
