//! IP addresses of `IpAddress` conditions.

use std::net::IpAddr;

use ipnet::IpNet;

/// Parses an address or a range of addresses: `203.0.113.0/24`, `2001:db8::/32`. Bits after the prefix are ignored.
///
/// The address is parsed by std, since `ipnet` accepts `010.0.0.1`, which some programs read as octal.
pub(super) fn range(text: &str) -> Option<IpNet> {
    let Some((address, prefix)) = text.split_once('/') else {
        return text.parse().ok().map(|address: IpAddr| address.into());
    };
    // The number parser accepts a plus sign.
    if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    IpNet::new(address.parse().ok()?, prefix.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, address: &str, expected: bool) {
        let range = range(text).expect("a range");
        let address: IpAddr = address.parse().expect("an address");
        assert_eq!(range.contains(&address), expected, "{range} {address}");
    }

    #[test]
    fn a_range_contains_the_addresses_of_its_prefix_and_family() {
        check("203.0.113.0/24", "203.0.113.255", true);
        check("203.0.113.7/24", "203.0.113.255", true);
        check("203.0.113.7/24", "203.0.113.0", true);
        check("203.0.113.0/24", "203.0.114.0", false);
        check("203.0.113.7", "203.0.113.7", true);
        check("203.0.113.7", "203.0.113.8", false);
        check("0.0.0.0/0", "203.0.113.8", true);
        check("0.0.0.0/0", "::1", false);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:DB8::1", "2001:db8:0:0:0:0:0:1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("2001:db8::7/126", "2001:db8::4", true);
        check("2001:db8::7/126", "2001:db8::8", false);
        check("0.0.0.0/0", "::ffff:203.0.113.8", false);
    }

    #[test]
    fn invalid_ranges_are_refused() {
        for text in [
            "",
            "*",
            "203.0.113",
            "203.0.113.0/33",
            "::/129",
            "::/",
            "::/+1",
            "203.0.113.0/24/1",
            "010.0.0.0/8",
            "10.0.0.0/ 8",
            "[::1]/128",
        ] {
            assert_eq!(range(text), None, "{text}");
        }
    }
}
