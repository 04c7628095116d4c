//! Explains why a run has no case, and how to change that.

use super::arguments::Filter;
use crate::check::Checked;
use crate::run::Plan;
use crate::suite::Suite;

/// The reason why an empty plan has no case.
pub(super) fn explain_empty_plan(plan: &Plan<'_>) -> &'static str {
    if plan.deselected > 0 {
        "no case matches the filter; `bedrock-check list` shows all cases"
    } else if plan.disabled > 0 {
        "every model with a case is disabled; remove `enabled = false`"
    } else {
        "the configs have no case; add `[[models.NAME.cases]]`"
    }
}

/// The message for `probe` if no case proves a claim; `None` for other commands, or if there is such a case.
pub(super) fn explain_missing_probes(filter: &Filter, checked: &Checked) -> Option<&'static str> {
    let mut cases = checked.suites.iter().flat_map(Suite::cases);
    let nothing = filter.only_probes && !cases.any(|(_, case)| case.claim.is_some());
    nothing.then_some(
        "no model claims a feature that a probe can prove; declare one in `[models.NAME.features]`",
    )
}
