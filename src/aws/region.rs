//! Regions that are known, and the STS endpoints of each.

use super::partition;

/// A Region of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    pub name: &'static str,
    /// ID of its partition.
    pub partition: &'static str,
    /// Whether Bedrock Runtime has an endpoint there.
    pub has_bedrock: bool,
}

/// Every Region that is known, by name.
pub fn regions() -> impl Iterator<Item = Region> {
    include_str!("../../data/regions.tsv").lines().skip(1).filter_map(|line| {
        let mut cells = line.split('\t');
        let (name, partition) = (cells.next()?, cells.next()?);
        Some(Region { name, partition, has_bedrock: cells.next()? == "yes" })
    })
}

/// The Region `name`, if it is known.
pub fn region(name: &str) -> Option<Region> {
    regions().find(|region| region.name == name)
}

/// What the host of an STS endpoint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StsHost<'h> {
    /// `sts.amazonaws.com`: one for the whole partition, in us-east-1.
    Global,
    /// A Region's own, plain, FIPS or dual stack.
    Regional(&'h str),
    /// An endpoint of a VPC, in a Region.
    Vpc(&'h str),
    /// Another service's host at AWS.
    OtherService(&'h str),
    /// Nothing of AWS: a proxy, a test.
    Foreign,
}

/// What the host of `endpoint`, a URL, is to STS.
pub fn sts_host(endpoint: &str) -> StsHost<'_> {
    let without_scheme = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let host = without_scheme.split(['/', ':']).next().unwrap_or_default();
    if host.eq_ignore_ascii_case("sts.amazonaws.com") {
        return StsHost::Global;
    }
    let Some(labels) = partition::without_suffix(host) else { return StsHost::Foreign };
    let labels: Vec<&str> = labels.split('.').collect();
    match labels.as_slice() {
        ["sts" | "sts-fips", region] => StsHost::Regional(region),
        [.., "sts", region, "vpce"] => StsHost::Vpc(region),
        [service, ..] => StsHost::OtherService(service),
        [] => StsHost::Foreign,
    }
}

/// The endpoint of STS in `region`.
pub fn sts_endpoint(region: &str) -> String {
    format!("https://sts.{region}.{}/", partition::of_region(region).dns_suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_of_its_partition() {
        for region in regions() {
            assert_eq!(partition::of_region(region.name).id, region.partition, "{}", region.name);
        }
        assert_eq!(regions().filter(|region| region.partition == "aws").count(), 34);
        assert!(region("us-east-1").unwrap().has_bedrock && !region("ap-east-1").unwrap().has_bedrock);
        assert_eq!(region("us-east-9"), None);
    }

    #[test]
    fn hosts_of_sts_are_told_apart() {
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
