//! Partitions: which ARNs and hosts a Region's services have.
//!
//! Source: `partitions.json` of AWS's endpoint rules.

/// One partition of AWS.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// As ARNs name it.
    pub id: &'static str,
    pub dns_suffix: &'static str,
    pub dual_stack_suffix: &'static str,
    /// What its Regions start with.
    regions: &'static [&'static str],
}

const PARTITIONS: [Partition; 8] = [
    Partition {
        id: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_suffix: "api.aws",
        regions: &["us-gov-"],
    },
    Partition {
        id: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_suffix: "api.aws.ic.gov",
        regions: &["us-iso-"],
    },
    Partition {
        id: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_suffix: "api.aws.scloud",
        regions: &["us-isob-"],
    },
    Partition {
        id: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_suffix: "api.cloud-aws.adc-e.uk",
        regions: &["eu-isoe-"],
    },
    Partition {
        id: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_suffix: "api.aws.hci.ic.gov",
        regions: &["us-isof-"],
    },
    Partition {
        id: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_suffix: "api.amazonwebservices.eu",
        regions: &["eusc-"],
    },
    Partition {
        id: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_suffix: "api.amazonwebservices.com.cn",
        regions: &["cn-"],
    },
    Partition { id: "aws", dns_suffix: "amazonaws.com", dual_stack_suffix: "api.aws", regions: &[""] },
];

/// The partition of `region`; a Region that nobody knows is taken for one of the largest partition.
pub fn of_region(region: &str) -> &'static Partition {
    let fits = |partition: &&Partition| partition.regions.iter().any(|start| region.starts_with(start));
    PARTITIONS.iter().find(fits).unwrap_or(&PARTITIONS[PARTITIONS.len() - 1])
}

/// The partition that ARNs name `id`.
pub fn named(id: &str) -> Option<&'static Partition> {
    PARTITIONS.iter().find(|partition| partition.id == id)
}

/// `host` without the suffix that AWS's hosts of some partition have.
pub fn without_suffix(host: &str) -> Option<&str> {
    let suffixes =
        PARTITIONS.iter().flat_map(|partition| [partition.dns_suffix, partition.dual_stack_suffix]);
    let cut = suffixes.filter_map(|suffix| host.strip_suffix(suffix)?.strip_suffix('.'));
    cut.min_by_key(|rest| rest.len())
}

#[cfg(test)]
mod tests {
    use super::of_region;

    #[test]
    fn regions_tell_their_partition() {
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
            assert_eq!(of_region(region).id, partition, "{region}");
        }
    }
}
