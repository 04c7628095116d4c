//! Checks that role, STS endpoint, Region and model are in one partition of AWS: credentials of one
//! partition are not valid in another.

use super::Subject;
use crate::aws::arn::Arn;
use crate::aws::cause::Key;
use crate::aws::partition;
use crate::aws::region::{StsHost, sts_host};
use crate::diagnose::{Code, Finding, Span};

/// Reports everything that is in another partition than the Region that the model is called in.
pub(super) fn check(subject: Subject<'_>) -> Vec<Finding> {
    let Some(region) = subject.typed.region.as_deref() else { return Vec::new() };
    let ours = partition::partition_of(region).id;
    let said = said(subject);
    let others = said.into_iter().filter(|(_, of, _)| *of != ours);
    let finding = |(what, of, at): (&str, &str, Span)| {
        Finding::new(
            Code::PartitionMismatch,
            at,
            format!("{what} is of the partition `{of}`, and {region} is of `{ours}`"),
        )
        .related(subject.places.value("/region"), format!("of `{ours}`"))
        .help(format!("write `arn:{ours}:…` and endpoints of `{ours}`, or another `region`"))
    };
    others.map(finding).collect()
}

/// The values that have a partition: their name, the partition, and their place.
fn said(subject: Subject<'_>) -> Vec<(&'static str, &str, Span)> {
    let mut said = Vec::new();
    let model = subject.typed.model_id.as_deref().and_then(Arn::parse);
    if let Some(arn) = model.filter(|arn| partition::partition(arn.partition).is_some()) {
        said.push(("the model's ARN", arn.partition, subject.places.value("/model_id")));
    }
    for hop in subject.credentials.iter().flat_map(|credentials| &credentials.hops) {
        let at = |key| hop.places.get(key).unwrap_or(hop.places.header()).clone();
        if let Some(arn) = Arn::parse(&hop.role_arn) {
            said.push(("the role", arn.partition, at(Key::RoleArn)));
        }
        match hop.sts_endpoint.as_deref().map(sts_host) {
            Some(StsHost::Regional(region) | StsHost::Vpc(region)) => {
                said.push(("the STS endpoint", partition::partition_of(region).id, at(Key::StsEndpoint)));
            }
            Some(StsHost::Global) => said.push(("the STS endpoint", "aws", at(Key::StsEndpoint))),
            _ => (),
        }
    }
    said
}
