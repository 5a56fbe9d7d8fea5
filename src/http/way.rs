//! By which way a request came: from whom, and whether anybody between could read it. The socket
//! says so; a header only where a proxy that the configuration names wrote it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, header};

use super::{Peer, Problem, Trouble};

/// What proxies add on the way: who asked them, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";
/// And by which scheme.
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// A range of addresses, as `10.1.0.0/16`, `fd00::/8` or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// Why a text is no network to trust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANetwork {
    /// Neither an address nor a range.
    #[error("`{0}` is no network: write an address, as 10.1.0.5, or a range, as 10.1.0.0/16")]
    Unreadable(String),
    /// It would believe anybody.
    #[error("`{0}` holds every address there is: name the proxy's own")]
    Everything(String),
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let unreadable = || NotANetwork::Unreadable(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_cause| unreadable())?;
        let address = address.to_canonical();
        let most = width(address);
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_cause| unreadable())?,
            None => most,
        };
        match bits {
            0 => Err(NotANetwork::Everything(text.to_owned())),
            bits if bits > most => Err(unreadable()),
            bits => Ok(Self { address, bits }),
        }
    }
}

impl Network {
    /// Whether `address` is one of it; an IPv4 address written as IPv6 is the IPv4 address.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

/// Whether the host that is asked for is this machine by its own name.
fn names_loopback(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let name = host.map(|host| match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|one| one.is_ascii_digit()) => name,
        _ => host,
    });
    name.is_none_or(|name| matches!(name, "localhost" | "127.0.0.1" | "[::1]"))
}

const fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// How a connection stands: its other end, and whether we speak TLS on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) address: IpAddr,
    pub(super) has_tls: bool,
}

/// The way of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Who asks.
    pub(super) peer: Peer,
    /// Nobody between who asks and us could read it: TLS of ours, or of a proxy that is trusted.
    pub(super) is_sealed: bool,
    /// It did not leave this machine.
    pub(super) is_local: bool,
}

impl Way {
    /// Of a request that came over no socket: one of our own.
    pub(super) const LOCAL: Self = Self {
        peer: Peer(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
        is_sealed: false,
        is_local: true,
    };

    /// What the socket says, and behind one of `proxies` what that one says.
    pub(super) fn of(standing: Standing, headers: &HeaderMap, proxies: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| proxies.iter().any(|proxy| proxy.holds(address));
        let is_passed_on = headers.contains_key(FORWARDED_FOR);
        if !is_passed_on || !is_trusted(standing.address) {
            // A proxy that does not say for whom it asks is not taken for somebody at this machine.
            let is_here = standing.address.to_canonical().is_loopback();
            let is_proxy = is_trusted(standing.address) && !names_loopback(headers);
            return Self {
                peer: Peer(standing.address),
                is_sealed: standing.has_tls,
                is_local: is_here && !is_proxy,
            };
        }
        let lines = headers.get_all(FORWARDED_FOR).iter();
        let lines: Vec<&str> = lines.map(|line| line.to_str().unwrap_or("?")).collect();
        let mut asked = standing.address;
        // From the nearest on, as long as those who say so are to be believed.
        for hop in lines.join(",").rsplit(',').map(address_of) {
            if !is_trusted(asked) {
                break;
            }
            let Some(hop) = hop else { break };
            asked = hop;
        }
        let mut schemes = headers.get_all(FORWARDED_PROTO).iter();
        let scheme = match (schemes.next(), schemes.next()) {
            (Some(only), None) => only.as_bytes(),
            _ => b"",
        };
        let is_tls = scheme.eq_ignore_ascii_case(b"https");
        let is_here = |address: IpAddr| address.to_canonical().is_loopback();
        Self {
            peer: Peer(asked),
            // The way from a trusted proxy to us is the operator's own.
            is_sealed: is_tls,
            is_local: is_here(standing.address) && is_here(asked),
        }
    }

    /// Refuses what came readable over a network: it may hold a password, and its answer may hold
    /// anything.
    ///
    /// # Errors
    /// 403 with what to do.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.is_sealed || self.is_local {
            return Ok(());
        }
        let detail = "this way could be read by others: use https. Behind a proxy of \
                      http.trusted_proxies, it sends X-Forwarded-For and X-Forwarded-Proto: https";
        Err(Problem::new(Trouble::TlsRequired, detail))
    }
}

/// One hop of X-Forwarded-For; some write a port behind it.
fn address_of(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|found| found.ip());
    text.parse().ok().or_else(with_port)
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}
