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
    let others = find_partitions(subject).into_iter().filter(|(_, of, _)| *of != ours);
    let finding = |(what, of, at): (&str, &str, Span)| {
        Finding::new(
            Code::PartitionMismatch,
            at,
            format!("{what} is in the partition `{of}`, but {region} is in `{ours}`"),
        )
        .related(subject.places.value("/region"), format!("in `{ours}`"))
        .help(format!("write `arn:{ours}:…` and endpoints of `{ours}`, or change `region`"))
    };
    others.map(finding).collect()
}

/// The values that have a partition: their name, the partition, and their place.
fn find_partitions(subject: Subject<'_>) -> Vec<(&'static str, &str, Span)> {
    let mut found = Vec::new();
    let model = subject.typed.model_id.as_deref().and_then(Arn::parse);
    if let Some(arn) = model.filter(|arn| partition::partition(arn.partition).is_some()) {
        found.push(("the model's ARN", arn.partition, subject.places.value("/model_id")));
    }
    for hop in subject.credentials.iter().flat_map(|credentials| &credentials.hops) {
        let at = |key| hop.places.get(key).unwrap_or(hop.places.header()).clone();
        if let Some(arn) = Arn::parse(&hop.role_arn) {
            found.push(("the role", arn.partition, at(Key::RoleArn)));
        }
        match hop.sts_endpoint.as_deref().map(sts_host) {
            Some(StsHost::Regional(region) | StsHost::Vpc(region)) => {
                found.push(("the STS endpoint", partition::partition_of(region).id, at(Key::StsEndpoint)));
            }
            Some(StsHost::Global) => found.push(("the STS endpoint", "aws", at(Key::StsEndpoint))),
            _ => (),
        }
    }
    found
}
