//! IP addresses of `IpAddress` conditions.

use std::net::IpAddr;

/// An address or a range of them: `203.0.113.0/24`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    address: IpAddr,
    prefix: u32,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = match prefix {
            Some(prefix) => Some(prefix).filter(digits)?.parse().ok().filter(|prefix| *prefix <= bits)?,
            None => bits,
        };
        Some(Self { address, prefix })
    }

    pub(super) fn contains(self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(range), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                range.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(range), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                range.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[track_caller]
    fn check(range: &str, address: &str, expected: bool) {
        let range = Range::parse(range).expect("a range");
        assert_eq!(range.contains(address.parse().expect("an address")), expected, "{range:?} {address}");
    }

    #[test]
    fn a_range_contains_the_addresses_of_its_prefix_and_family() {
        check("203.0.113.0/24", "203.0.113.255", true);
        check("203.0.113.7/24", "203.0.113.255", true);
        check("203.0.113.0/24", "203.0.114.0", false);
        check("203.0.113.7", "203.0.113.7", true);
        check("203.0.113.7", "203.0.113.8", false);
        check("0.0.0.0/0", "203.0.113.8", true);
        check("0.0.0.0/0", "::1", false);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:DB8::1", "2001:db8:0:0:0:0:0:1", true);
        check("2001:db8::/32", "2001:db9::1", false);
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in ["", "*", "203.0.113", "203.0.113.0/33", "::/129", "::/", "::/+1", "203.0.113.0/24/1"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}
