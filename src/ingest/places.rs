//! Places for connections, of which no one network may have more than its share: whoever opens all
//! they can leaves room for everybody else. Must not know what is said on a connection.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bits of an address that belong to one network: a subscriber's prefix, an office's few lines.
const V4_BITS: u32 = 24;
const V6_BITS: u32 = 64;

/// The network that an address belongs to; `None` is this machine, which has no share of its own:
/// what comes from it is ours, or a proxy's that speaks for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Network {
    V4(u32),
    V6(u128),
}

impl Network {
    fn of(address: IpAddr) -> Option<Self> {
        match address.to_canonical() {
            IpAddr::V4(Ipv4Addr::LOCALHOST) | IpAddr::V6(Ipv6Addr::LOCALHOST) => None,
            IpAddr::V4(address) => Some(Self::V4(address.to_bits() >> (32 - V4_BITS))),
            IpAddr::V6(address) => Some(Self::V6(address.to_bits() >> (128 - V6_BITS))),
        }
    }
}

/// The places of one or more doors. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub struct Places(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    free: Arc<Semaphore>,
    /// Places that one network may have.
    share: usize,
    /// No longer than there are places.
    taken: Mutex<BTreeMap<Network, usize>>,
}

/// A place that nobody stands on yet.
#[derive(Debug)]
pub struct FreePlace {
    _permit: OwnedSemaphorePermit,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    _free: FreePlace,
    _share: Option<Share>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlace {
    /// All are taken.
    Full,
    /// The network has as many as it may have.
    NetworkFull,
}

impl NoPlace {
    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "connections_max",
            Self::NetworkFull => "network_percent_max",
        }
    }
}

#[derive(Debug)]
struct Share {
    kept: Arc<Kept>,
    network: Network,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.kept.taken();
        let left = taken.get(&self.network).copied().unwrap_or(0);
        if left > 1 {
            taken.insert(self.network, left - 1);
        } else {
            taken.remove(&self.network);
        }
    }
}

impl Kept {
    /// Whole between any two calls, whoever died.
    fn taken(&self) -> MutexGuard<'_, BTreeMap<Network, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// So many places, of which one network may have `percent`, at least one.
    #[must_use]
    pub fn new(most: usize, percent: u32) -> Self {
        let percent = usize::try_from(percent).unwrap_or(100).min(100);
        let share = most.saturating_mul(percent) / 100;
        Self(Arc::new(Kept {
            free: Arc::new(Semaphore::new(most)),
            share: share.max(1),
            taken: Mutex::default(),
        }))
    }

    /// Waits until there is a free place.
    pub async fn wait(&self) -> Option<FreePlace> {
        let free = Arc::clone(&self.0.free).acquire_owned().await;
        free.ok().map(|permit| FreePlace { _permit: permit })
    }

    /// Has somebody stand on a free place: from `address`, or `None` for a proxy that speaks for
    /// many networks.
    ///
    /// # Errors
    /// The network has its share; the free place is free again.
    pub fn give(&self, free: FreePlace, address: Option<IpAddr>) -> Result<Place, NoPlace> {
        let network = address.and_then(Network::of);
        let share = network.map(|network| self.share(network)).transpose()?;
        Ok(Place {
            _free: free,
            _share: share,
        })
    }

    /// A place for somebody from `address`, if there is one now.
    ///
    /// # Errors
    /// There is none.
    pub fn take(&self, address: IpAddr) -> Result<Place, NoPlace> {
        let free = Arc::clone(&self.0.free).try_acquire_owned();
        let free = free.map_err(|_none| NoPlace::Full)?;
        self.give(FreePlace { _permit: free }, Some(address))
    }

    fn share(&self, network: Network) -> Result<Share, NoPlace> {
        let mut taken = self.0.taken();
        let count = taken.entry(network).or_default();
        if *count >= self.0.share {
            return Err(NoPlace::NetworkFull);
        }
        *count += 1;
        Ok(Share {
            kept: Arc::clone(&self.0),
            network,
        })
    }
}
