use std::process::{ExitCode, Termination};

use crate::app::Failure;

/// How a command ended. The number is the process's exit code.
///
/// CI scripts branch on these numbers, so a number is never given a second meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Every check passed, or the command had nothing to check.
    Clean = 0,
    /// A case failed, or its snapshot differs.
    Failed = 1,
    /// The command line or a config is invalid; no case ran.
    Invalid = 2,
    /// Credentials, the network or the file system failed.
    Environment = 3,
    /// No case is selected.
    NothingSelected = 4,
    /// A person must decide about something: a pending, stale, missing or unreferenced file.
    Pending = 5,
    /// The budget is used up: `--max-cost`.
    Budget = 6,
    /// The terminal was closed (`SIGHUP`).
    HungUp = 129,
    /// Interrupted with Ctrl-C (`SIGINT`).
    Interrupted = 130,
    /// Terminated (`SIGTERM`).
    Terminated = 143,
}

/// The order in which a person should look at the reasons.
const BY_URGENCY: [Exit; 10] = [
    Exit::Terminated,
    Exit::HungUp,
    Exit::Interrupted,
    Exit::Invalid,
    Exit::Environment,
    Exit::Failed,
    Exit::Pending,
    Exit::Budget,
    Exit::NothingSelected,
    Exit::Clean,
];

impl Exit {
    /// The exit code of a run to which all `reasons` apply: the most urgent one, or [`Exit::Clean`] without a reason.
    pub fn most_urgent(reasons: &[Exit]) -> Exit {
        let urgent = BY_URGENCY.into_iter().find(|exit| reasons.contains(exit));
        urgent.unwrap_or(Exit::Clean)
    }
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Exit {
        match failure {
            Failure::Usage { .. } => Exit::Invalid,
            Failure::NoConfig { .. } => Exit::NothingSelected,
            Failure::Output(_) | Failure::Environment { .. } => Exit::Environment,
        }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{self, Clean, Environment, Failed, Invalid, NothingSelected, Pending};

    #[track_caller]
    fn check(reasons: &[Exit], expected: Exit) {
        assert_eq!(Exit::most_urgent(reasons), expected, "{reasons:?}");
    }

    #[test]
    fn the_most_urgent_reason_wins() {
        check(&[], Clean);
        check(&[Failed, Environment], Environment);
        check(&[Pending, Failed], Failed);
        check(&[NothingSelected, Pending], Pending);
        check(&[Environment, Invalid, Failed], Invalid);
    }
}
