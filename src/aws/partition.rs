//! Partitions, which decide the ARNs and host names of a Region's services.
//!
//! The source is `partitions.json` of AWS's endpoint rules.

/// An AWS partition.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// Its name in ARNs.
    pub id: &'static str,
    pub dns_suffix: &'static str,
    pub dual_stack_suffix: &'static str,
    /// The prefixes of its Regions' names.
    region_prefixes: &'static [&'static str],
}

const PARTITIONS: [Partition; 8] = [
    Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        region_prefixes: &["us-gov-"],
    },
    Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        region_prefixes: &["us-iso-"],
    },
    Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        region_prefixes: &["us-isob-"],
    },
    Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        region_prefixes: &["eu-isoe-"],
    },
    Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        region_prefixes: &["us-isof-"],
    },
    Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        region_prefixes: &["eusc-"],
    },
    Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        region_prefixes: &["cn-"],
    },
    Partition {
        id: "aws",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        region_prefixes: &[""],
    },
];

/// The partition of `region`. An unknown Region is assumed to be in `aws`, the largest partition.
pub fn partition_of(region: &str) -> &'static Partition {
    let has_region =
        |partition: &&Partition| partition.region_prefixes.iter().any(|prefix| region.starts_with(prefix));
    PARTITIONS.iter().find(has_region).unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
}

/// The partition with this `id`.
pub fn partition(id: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.id == id)
}

/// Removes the DNS suffix of a partition from `host`. Returns `None` if it is not an AWS host.
pub fn without_dns_suffix(host: &str) -> Option<&str> {
    let suffixes =
        PARTITIONS.iter().flat_map(|partition| [partition.dns_suffix, partition.dual_stack_suffix]);
    let cut = suffixes.filter_map(|suffix| host.strip_suffix(suffix)?.strip_suffix('.'));
    cut.min_by_key(|rest| rest.len())
}

#[cfg(test)]
mod tests {
    use super::partition_of;

    #[test]
    fn regions_belong_to_partitions() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("ap-southeast-7", "aws"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("cn-north-1", "aws-cn"),
            ("eusc-de-east-1", "aws-eusc"),
            ("eu-isoe-west-1", "aws-iso-e"),
        ] {
            assert_eq!(partition_of(region).id, partition, "{region}");
        }
    }
}
