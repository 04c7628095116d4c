//! Checks the Region that a model is called in.

use super::Subject;
use crate::aws::region::{region, regions};
use crate::diagnose::{Code, Finding};
use crate::words::nearest;

/// Reports a Region that is not in the list, or that has no Bedrock in the list. The list may be older than
/// the Region.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let Some(name) = subject.typed.region.as_deref() else { return Vec::new() };
    // The Region doesn't choose the endpoint if the config sets one.
    if subject.typed.endpoint.is_some() {
        return Vec::new();
    }
    let finding =
        |message: String| Finding::new(Code::RegionUnknown, subject.places.value("/region"), message);
    let with_bedrock = || regions().filter(|region| region.has_bedrock).map(|region| region.name);
    let found = match region(name) {
        Some(region) if region.has_bedrock => None,
        Some(_) => Some(
            finding(format!("Bedrock is not known to be available in {name}"))
                .help("call the model in another Region"),
        ),
        None => Some(finding(format!("`{name}` is not a known Region")).suggest(
            nearest(name, with_bedrock()),
            "write the Region's code, such as `us-east-1`; the list may be older than the Region",
        )),
    };
    found.into_iter().collect()
}
