//! Which addresses a webhook may lead to: nothing on this machine or in its networks, unless the
//! configuration allows it. Whoever can write a webhook could otherwise ask, from here, what only
//! this machine may ask (SSRF). The address that was judged is the one that is connected to, so that a
//! name that changes its mind in between gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether it is a public address of one host.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    !(address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || first == 0
        || first >= 240
        // Shared by a provider's customers; of benchmarks; of protocols.
        || (first == 100 && second & 0xc0 == 64)
        || (first == 198 && second & 0xfe == 18)
        || (first == 192 && second == 0 && third == 0))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let embedded = |address: Ipv6Addr| {
        let [.., high, low] = address.segments();
        Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
    };
    match (first, second) {
        // NAT64: what it stands for counts.
        (0x64, 0xff9b) => is_public_v4(embedded(address)),
        // Teredo and 6to4 carry IPv4 addresses of their own.
        // And some addresses are for documents alone.
        (0x2001, 0 | 0xdb8) | (0x2002, _) => false,
        // Everything public is in 2000::/3.
        _ => first & 0xe000 == 0x2000,
    }
}
