use std::process::{ExitCode, Termination};

use crate::app::Failure;

/// How a command ended. The number is the process's exit code.
///
/// CI scripts branch on these numbers, so a number is never given a second meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything that was asked for holds.
    Clean = 0,
    /// A case failed, or its snapshot differs.
    Failed = 1,
    /// The command line or a config is invalid; no case ran.
    Invalid = 2,
    /// Credentials, network or the file system refused.
    Environment = 3,
    /// The filter left no case.
    NothingSelected = 4,
    /// Something waits for a person: pending, stale, missing or unreferenced.
    Pending = 5,
    /// The budget is used up: `--max-cost`.
    Budget = 6,
    /// Ctrl-C.
    Interrupted = 130,
}

/// Most actionable first: what a person should look at before anything else.
const BY_URGENCY: [Exit; 8] = [
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
    /// The one code for a run in which all of `reasons` apply; [`Exit::Clean`] if there are none.
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
