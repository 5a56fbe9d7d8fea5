//! From where a request comes: the address of the socket, or what a trusted proxy says it was
//! (`way.rs`); never what a header of anybody else claims.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::way::Way;
use super::{Desk, Problem};

/// Bits of an address that belong to one network: a subscriber's prefix, an office's few lines.
const V4_BITS: u32 = 24;
const V6_BITS: u32 = 64;

/// The other end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Its address as the log has it.
    #[must_use]
    pub fn address(self) -> String {
        self.0.to_canonical().to_string()
    }

    /// The network it belongs to, as far as attempts are counted.
    #[must_use]
    pub fn network(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => {
                let kept = address.to_bits() >> (32 - V4_BITS) << (32 - V4_BITS);
                format!("{}/{V4_BITS}", Ipv4Addr::from_bits(kept))
            }
            IpAddr::V6(address) => {
                let kept = address.to_bits() >> (128 - V6_BITS) << (128 - V6_BITS);
                format!("{}/{V6_BITS}", std::net::Ipv6Addr::from_bits(kept))
            }
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address())
    }
}

impl FromRequestParts<Desk> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _desk: &Desk) -> Result<Self, Problem> {
        let known = parts.extensions.get::<Self>().copied();
        Ok(known.unwrap_or(Way::LOCAL.peer))
    }
}
