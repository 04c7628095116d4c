//! Checks a policy: which needed rights it lacks, and which unneeded rights it grants.

mod broad;
mod lacks;
mod names;
mod read;
mod trust;

pub use lacks::without_sids;
pub use read::{Document, read};
pub use trust::{TrustCheck, check as trust};

use super::call::ModelCall;
use super::permissions::{Right, Rights};
use crate::diagnose::Finding;
use crate::words::{first_few, quoted};

/// Calls, each with the rights that it needs.
pub type Needs<'m> = [(ModelCall<'m>, Rights)];

/// Checks a permission policy of `role`. The findings are in the order of their places.
pub fn permissions(document: &Document, needs: &Needs<'_>, role: Option<&str>) -> Vec<Finding> {
    let mut findings = lacks::check(document, needs, role);
    findings.extend(broad::check(document, needs));
    findings.extend(names::check(document));
    sorted(findings)
}

fn sorted(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| (&a.at.span, a.code).cmp(&(&b.at.span, b.code)));
    findings.dedup();
    findings
}

/// The rights that the calls need, with duplicates.
fn all_rights<'n>(needs: &'n Needs<'_>) -> impl Iterator<Item = &'n Right> {
    needs.iter().flat_map(|(_, needed)| &needed.rights)
}

/// Lists `names`, up to a limit.
fn list_names(names: &[String]) -> String {
    const LIMIT: usize = 8;
    first_few(names.iter().map(quoted), LIMIT, " and ")
}
