//! The known Regions, and their STS endpoints.

use super::host::host_of_url;
use super::partition;

/// An AWS Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub name: &'static str,
    /// The ID of its partition.
    pub partition: &'static str,
    /// Whether Bedrock Runtime has an endpoint there.
    pub has_bedrock: bool,
}

/// All known Regions, in the order of their names.
pub fn regions() -> impl Iterator<Item = Region> {
    include_str!("../../data/regions.tsv").lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let (name, partition) = (cells.next()?, cells.next()?);
        Some(Region { name, partition, has_bedrock: cells.next()? == "yes" })
    })
}

/// The Region called `name`, if it is known.
pub fn region(name: &str) -> Option<Region> {
    regions().find(|region| region.name == name)
}

/// The kind of host of an STS endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StsHost<'h> {
    /// `sts.amazonaws.com`, which serves the whole partition from us-east-1.
    Global,
    /// The endpoint of a Region: standard, FIPS or dual-stack.
    Regional(&'h str),
    /// An endpoint of a VPC in a Region.
    Vpc(&'h str),
    /// A host of another AWS service.
    OtherService(&'h str),
    /// Not a host of AWS: a proxy or a test server.
    Foreign,
}

/// Classifies the host of `endpoint`, which is a URL.
pub fn sts_host(endpoint: &str) -> StsHost<'_> {
    let host = host_of_url(endpoint).unwrap_or_default();
    if host.eq_ignore_ascii_case("sts.amazonaws.com") {
        return StsHost::Global;
    }
    let Some(labels) = partition::without_dns_suffix(host) else { return StsHost::Foreign };
    let labels: Vec<&str> = labels.split('.').collect();
    match labels.as_slice() {
        ["sts" | "sts-fips", region] => StsHost::Regional(region),
        [.., "sts", region, "vpce"] => StsHost::Vpc(region),
        [service, ..] => StsHost::OtherService(service),
        [] => StsHost::Foreign,
    }
}

/// The STS endpoint of `region`.
pub fn sts_endpoint(region: &str) -> String {
    format!("https://sts.{region}.{}/", partition::partition_of(region).dns_suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_partition() {
        for region in regions() {
            assert_eq!(partition::partition_of(region.name).id, region.partition, "{}", region.name);
        }
        assert_eq!(regions().filter(|region| region.partition == "aws").count(), 34);
        assert!(region("us-east-1").unwrap().has_bedrock && !region("ap-east-1").unwrap().has_bedrock);
        assert_eq!(region("us-east-9"), None);
    }

    #[test]
    fn sts_hosts_are_classified() {
        for (endpoint, expected) in [
            ("https://sts.amazonaws.com/", StsHost::Global),
            ("https://sts.us-east-1.amazonaws.com", StsHost::Regional("us-east-1")),
            ("https://sts-fips.us-west-2.amazonaws.com/", StsHost::Regional("us-west-2")),
            ("https://sts.eu-west-1.api.aws", StsHost::Regional("eu-west-1")),
            ("https://sts.cn-north-1.amazonaws.com.cn", StsHost::Regional("cn-north-1")),
            ("https://vpce-0a1b-c2d3.sts.eu-west-1.vpce.amazonaws.com", StsHost::Vpc("eu-west-1")),
            ("https://bedrock-runtime.us-east-1.amazonaws.com", StsHost::OtherService("bedrock-runtime")),
            ("http://127.0.0.1:4566/", StsHost::Foreign),
            ("https://sts.example.com", StsHost::Foreign),
        ] {
            assert_eq!(sts_host(endpoint), expected, "{endpoint}");
        }
    }
}
