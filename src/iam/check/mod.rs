//! What a given policy lacks, and what it grants too much.

mod broad;
mod lacks;
mod names;
mod read;
mod trust;

pub use lacks::without_names;
pub use read::{Document, read};
pub use trust::{Trusted, check as trust};

use super::call::Asked;
use super::permissions::{Right, Rights};
use crate::diagnose::Finding;
use crate::words::{first_few, quoted};

/// Calls with the rights that they need.
pub type Needs<'m> = [(Asked<'m>, Rights)];

/// What is wrong with a permission policy of `role`, in the order of its places.
pub fn permissions(document: &Document, needs: &Needs<'_>, role: Option<&str>) -> Vec<Finding> {
    let mut findings = lacks::check(document, needs, role);
    findings.extend(broad::check(document, needs));
    findings.extend(names::check(document));
    in_order(findings)
}

fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by(|a, b| (&a.at.span, a.code).cmp(&(&b.at.span, b.code)));
    findings.dedup();
    findings
}

/// Every right that some call needs.
fn all<'n>(needs: &'n Needs<'_>) -> impl Iterator<Item = &'n Right> {
    needs.iter().flat_map(|(_, needed)| &needed.rights)
}

/// `names`, shortened where nobody reads them all.
fn few(names: &[String]) -> String {
    const MOST: usize = 8;
    first_few(names.iter().map(quoted), MOST, " and ")
}
