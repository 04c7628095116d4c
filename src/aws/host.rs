//! The hosts of AWS's services that this program calls. Source: AWS's endpoint rules, and "Interface endpoints" in the
//! VPC guide for the names of private endpoints.

use std::net::IpAddr;

use super::partition::partition_of;

/// The services that may be called at the `endpoint` of a model: Bedrock Runtime, its control plane, and Mantle.
pub const BEDROCK: [&str; 3] = ["bedrock-runtime", "bedrock", "bedrock-mantle"];

/// The service that may be called at an `sts_endpoint`.
pub const STS: [&str; 1] = ["sts"];

/// Whether `url` is an endpoint of one of `services`, or a loopback address.
///
/// The name must match exactly: any AWS customer can create other AWS names, such as those of API Gateway.
pub fn is_service_endpoint(url: &str, services: &[&str]) -> bool {
    let Some((scheme, host)) = split_url(url) else { return false };
    let host = host.to_ascii_lowercase();
    is_loopback(&host) || scheme == "https" && services.iter().any(|service| is_service_host(&host, service))
}

/// The host in `url`, without scheme, port and path.
pub fn host_of_url(url: &str) -> Option<&str> {
    split_url(url).map(|(_, host)| host)
}

/// The host of `url`, or `url` itself if it is not a URL.
pub fn host_or_url(url: &str) -> String {
    host_of_url(url).unwrap_or(url).to_owned()
}

fn split_url(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    if authority.contains(['@', '\\']) {
        return None;
    }
    let host = match authority.strip_prefix('[') {
        Some(address) => address.split_once(']')?.0,
        None => authority.split(':').next()?,
    };
    Some((scheme, host))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Whether `host` is a public name of `service` (standard, FIPS or dual-stack) or the name of a VPC endpoint for it.
fn is_service_host(host: &str, service: &str) -> bool {
    if host == "sts.amazonaws.com" {
        return service == "sts";
    }
    let (first, rest) = host.split_once('.').unwrap_or((host, ""));
    let is_vpc_endpoint = first.starts_with("vpce-") && !first.starts_with("vpce-svc-");
    let host = if is_vpc_endpoint { rest } else { host };
    let Some(region) = host.split('.').nth(1).filter(|region| is_region(region)) else { return false };
    let partition = partition_of(region);
    let names = [service.to_owned(), format!("{service}-fips")];
    names.iter().any(|name| {
        if is_vpc_endpoint {
            host == format!("{name}.{region}.vpce.{}", partition.dns_suffix)
        } else {
            host == format!("{name}.{region}.{}", partition.dns_suffix)
                || host == format!("{name}.{region}.{}", partition.dual_stack_suffix)
        }
    })
}

fn is_region(label: &str) -> bool {
    let ends_in_digit = label.ends_with(|char: char| char.is_ascii_digit());
    label.matches('-').count() >= 2 && ends_in_digit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_names_of_the_service_are_its_endpoints() {
        for url in [
            "https://bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.amazonaws.com:443/path",
            "https://BEDROCK-RUNTIME.us-east-1.amazonaws.com",
            "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
            "https://bedrock-runtime.eu-west-1.api.aws",
            "https://bedrock-runtime.us-iso-east-1.c2s.ic.gov",
            "https://bedrock-runtime.eusc-de-east-1.amazonaws.eu",
            "https://bedrock.us-west-2.amazonaws.com",
            "https://bedrock-mantle.us-east-1.api.aws/v1",
            "https://vpce-0a1b2c3d-e4f5.bedrock-runtime.eu-west-1.vpce.amazonaws.com",
            "https://vpce-0a1b2c3d-e4f5-eu-west-1a.bedrock-runtime.eu-west-1.vpce.amazonaws.com",
            "http://localhost:4566",
            "http://127.0.0.1:1234/",
            "http://127.1.2.3",
            "https://[::1]:8443/",
        ] {
            assert!(is_service_endpoint(url, &BEDROCK), "{url}");
        }
        for url in [
            "http://bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.amazonaws.com.example.com",
            "https://bedrock-runtime.us-east-1.example.com",
            "https://evil-bedrock-runtime.us-east-1.amazonaws.com",
            "https://bedrock-runtime.us-east-1.amazonaws.com@example.com",
            "https://example.com#bedrock-runtime.us-east-1.amazonaws.com",
            "https://example.com\\@bedrock-runtime.us-east-1.amazonaws.com",
            "https://abcdefghij.execute-api.us-east-1.amazonaws.com",
            "https://bedrock-runtime.execute-api.us-east-1.amazonaws.com",
            "https://bedrock-runtime.s3.amazonaws.com",
            "https://bedrock-runtime.amazonaws.com",
            "https://bedrock-runtime.us-east-1.elb.amazonaws.com",
            "https://vpce-svc-0a1b.us-east-1.vpce.amazonaws.com",
            "https://vpce-0a1b-c2d3.vpce-svc-0a1b.us-east-1.vpce.amazonaws.com",
            "https://vpce-svc-0a1b.bedrock-runtime.us-east-1.vpce.amazonaws.com",
            "https://bedrock-runtime.us-east-1.vpce.amazonaws.com",
            "https://bedrock-runtime.cn-north-1.amazonaws.com",
            "https://sts.us-east-1.amazonaws.com",
            "https://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://169.254.169.254/",
            "http://2130706433/",
            "https://",
            "bedrock-runtime.us-east-1.amazonaws.com",
        ] {
            assert!(!is_service_endpoint(url, &BEDROCK), "{url}");
        }
        for (url, expected) in [
            ("https://sts.amazonaws.com/", true),
            ("https://sts.us-east-1.amazonaws.com/", true),
            ("https://sts-fips.us-west-2.amazonaws.com", true),
            ("https://vpce-0a1b-c2d3.sts.eu-west-1.vpce.amazonaws.com", true),
            ("https://bedrock-runtime.us-east-1.amazonaws.com", false),
            ("https://sts.example.com", false),
        ] {
            assert_eq!(is_service_endpoint(url, &STS), expected, "{url}");
        }
    }
}
