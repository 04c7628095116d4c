//! Limits the cases of a config: shared keys, defaults and data files can multiply.

use std::cell::Cell;

use super::Case;
use crate::diagnose::{Code, Finding};
use crate::json::memory;

/// The maximum number of cases of a config.
const CASES_LIMIT: usize = 100_000;

/// The maximum size of the values of all cases of a config, in bytes.
const VALUES_LIMIT: usize = 128 << 20;

/// The maximum number of findings of the cases of a model. Few of them are shown.
const FINDINGS_LIMIT: usize = 100_000;

/// What a data file that can't be read counts as, in bytes of values: the size of the largest one.
const FAILED_READ: usize = 4 << 20;

/// How much a config may still use; `None` if it has used too much.
#[derive(Debug)]
pub struct CaseBudget {
    left: Cell<Option<Left>>,
}

#[derive(Clone, Copy, Debug)]
struct Left {
    cases: usize,
    bytes: usize,
}

impl Default for CaseBudget {
    fn default() -> CaseBudget {
        CaseBudget { left: Cell::new(Some(Left { cases: CASES_LIMIT, bytes: VALUES_LIMIT })) }
    }
}

impl CaseBudget {
    /// Whether a case was over a limit. Further cases are not built.
    pub(super) fn is_used_up(&self) -> bool {
        self.left.get().is_none()
    }

    /// Counts a data file that could not be read, and is reported: many models could name the same large file.
    pub(super) fn count_failed_read(&self) {
        let left = self.left.get();
        let rest = left.and_then(|left| Some(Left { bytes: left.bytes.checked_sub(FAILED_READ)?, ..left }));
        self.left.set(rest);
    }

    /// Counts `case`, and returns the finding if it is over a limit. `findings` is the number of those of its model.
    pub(super) fn count(&self, case: &Case, findings: usize) -> Option<Finding> {
        let bytes = case.values.values().map(memory).sum();
        let left = self.left.get()?;
        let message = match (left.cases.checked_sub(1), left.bytes.checked_sub(bytes)) {
            _ if findings > FINDINGS_LIMIT => {
                format!("the cases of the model have more than {FINDINGS_LIMIT} findings")
            }
            (Some(cases), Some(bytes)) => {
                self.left.set(Some(Left { cases, bytes }));
                return None;
            }
            (None, _) => format!("the config has more than {CASES_LIMIT} cases"),
            (_, None) => {
                format!("the cases of the config have more than {} MiB of values", VALUES_LIMIT >> 20)
            }
        };
        self.left.set(None);
        let finding = Finding::new(Code::FileTooLarge, case.at.clone(), message);
        Some(finding.help("split the config into several files"))
    }
}
