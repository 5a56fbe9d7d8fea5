//! What the HTTP door is told at start.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::ledger::tariff::Tariffs;

use super::{BaseMap, IdentitySettings, Network, Rates, SignIn};

/// Where a certificate and its key lie, in PEM.
#[derive(Clone, Debug)]
pub struct CertificateFiles {
    /// The chain, our own certificate first.
    pub chain: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Limits and addresses of the HTTP door; `config` fills it in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Address to listen on, beyond loopback only with TLS or a trusted proxy; port 0 takes a free
    /// one.
    pub listen: SocketAddr,
    /// With these we speak TLS ourselves.
    pub tls: Option<CertificateFiles>,
    /// Proxies whose word is taken for who asks, and by which scheme.
    pub trusted_proxies: Vec<Network>,
    /// Names besides the loopback ones that a Host header may carry.
    pub hosts: Vec<String>,
    /// Open connections.
    pub connections_max: usize,
    /// Of these, in percent, of one network.
    pub network_percent_max: u32,
    /// Request line and headers together.
    pub header_bytes_max: usize,
    /// Any request body.
    pub body_bytes_max: usize,
    /// From the connection (or the last answer) to whole headers.
    pub headers_within: Duration,
    /// From the headers to the whole body.
    pub body_within: Duration,
    /// How long an answer may lie without the client taking some of it.
    pub answer_within: Duration,
    /// How long a commit may take before the sender is asked to come again.
    pub commit_within: Duration,
    /// Events of the live line kept for readers that come back.
    pub events_kept: usize,
    /// Painted pictures kept for whoever asks next.
    pub pictures_bytes_max: usize,
    /// Big answers made at a time, and how many wait for it; more are sent away.
    pub big_at_once: usize,
    /// See `big_at_once`.
    pub big_waiting_max: usize,
    /// Bytes of large answers that are made and not yet taken; beyond, more are sent away.
    pub untaken_bytes_max: usize,
    /// How often one may ask.
    pub rates: Rates,
    /// Whether a browser may be any role by one click: `demo` says so, and nobody else can.
    pub roles_by_click: bool,
    /// How people sign in.
    pub sign_in: SignIn,
    /// Where they may sign in besides.
    pub identity: Option<IdentitySettings>,
    /// Open live lines; each browser has one for all its tabs.
    pub streams_max: usize,
    /// Of these, of one account.
    pub streams_per_account_max: usize,
    /// At least this often a live line says something.
    pub heartbeat: Duration,
    /// What lies under the parcels in the browser, besides our own drawing; mostly none.
    pub base_map: Option<BaseMap>,
    /// By which plan and prices electricity is cut into slots.
    pub tariffs: Arc<Tariffs>,
}

impl Settings {
    /// Whether nobody beyond this machine can reach it: a further host name, or a proxy, means that
    /// something passes requests on.
    #[must_use]
    pub fn is_alone(&self) -> bool {
        let is_named = !self.hosts.is_empty() || !self.trusted_proxies.is_empty();
        self.listen.ip().is_loopback() && !is_named
    }
}
