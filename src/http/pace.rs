//! How often one may ask: by account, and whoever is nobody in particular by network. Everybody has
//! a bucket that fills by the second; one that is empty says when to come again. Kept in memory,
//! bounded; nothing is recorded of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::request::Parts;
use tokio::time::Instant;

use crate::access::{Principal, Role};

use super::{Desk, Peer, Problem, Trouble};

/// How a bucket fills, and how much it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second, for as long as one likes.
    pub per_second: u32,
    /// Requests at once, after a pause.
    pub at_once: u32,
}

/// How often one may ask; `config` fills it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Whoever said who they are, with all their browsers and programs together.
    pub account: Rate,
    /// All others of one network together.
    pub network: Rate,
}

/// Who pays for a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Payer {
    /// Whoever said who they are.
    Account(String),
    /// A network, as [`Peer::network`] names it.
    Network(String),
}

#[derive(Debug, Default)]
struct Kept {
    /// Until when what was asked has used up the bucket's filling.
    spent_until: BTreeMap<Payer, Instant>,
    order: VecDeque<Payer>,
}

/// The buckets of everybody. One in a process.
#[derive(Debug)]
pub struct Pace {
    rates: Rates,
    kept: Mutex<Kept>,
}

impl Pace {
    /// Buckets that are remembered; beyond, the one begun longest ago is forgotten (contract.md C4).
    pub const BUCKETS_MAX: usize = 20_000;

    /// All buckets full.
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        Self {
            rates,
            kept: Mutex::default(),
        }
    }

    /// How many buckets are remembered.
    #[must_use]
    pub fn buckets(&self) -> usize {
        self.kept().order.len()
    }

    /// Whole between any two calls, whoever died.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one request out of the bucket.
    ///
    /// # Errors
    /// It is empty: in how many seconds to come again.
    pub fn spend(&self, payer: Payer, now: Instant) -> Result<(), u32> {
        let rate = match payer {
            Payer::Account(_) => self.rates.account,
            Payer::Network(_) => self.rates.network,
        };
        let cost = Duration::from_secs(1) / rate.per_second.max(1);
        let whole = cost.saturating_mul(rate.at_once);
        let mut kept = self.kept();
        let known = kept.spent_until.get(&payer).copied();
        let until = known.map_or(now, |until| until.max(now)) + cost;
        if let Some(early) = (until - now)
            .checked_sub(whole)
            .filter(|one| !one.is_zero())
        {
            return Err(u32::try_from(early.as_secs()).unwrap_or(u32::MAX - 1) + 1);
        }
        if known.is_none() {
            make_room(&mut kept, now);
            kept.order.push_back(payer.clone());
        }
        kept.spent_until.insert(payer, until);
        Ok(())
    }
}

/// Forgets full buckets, which are as good as none, from the oldest on; and the oldest itself where
/// there are too many.
fn make_room(kept: &mut MutexGuard<'_, Kept>, now: Instant) {
    while let Some(oldest) = kept.order.front() {
        let is_full = kept
            .spent_until
            .get(oldest)
            .is_none_or(|until| *until <= now);
        if !is_full && kept.order.len() < Pace::BUCKETS_MAX {
            return;
        }
        if let Some(oldest) = kept.order.pop_front() {
            kept.spent_until.remove(&oldest);
        }
    }
}

/// What a request costs: paid once, by the first who is known to have asked.
#[derive(Clone, Debug)]
pub(super) struct Toll {
    peer: Peer,
    is_paid: Arc<AtomicBool>,
}

impl Toll {
    pub(super) fn new(peer: Peer) -> Self {
        Self {
            peer,
            is_paid: Arc::default(),
        }
    }

    /// Whoever turned out to ask pays; the public, and in a demo everybody, as a network.
    ///
    /// # Errors
    /// 429 with when to come again.
    pub(super) fn of(parts: &Parts, desk: &Desk, who: &Principal) -> Result<(), Problem> {
        let is_nobody = who.role == Role::Public || desk.sessions.is_some();
        match parts.extensions.get::<Self>() {
            None => Ok(()),
            Some(toll) if is_nobody => toll.by_network(desk),
            Some(toll) => toll.pay(desk, Payer::Account(who.name.clone())),
        }
    }

    /// The network pays: nobody in particular asks, or with a credential that is none.
    ///
    /// # Errors
    /// 429 with when to come again.
    pub(super) fn of_nobody(parts: &Parts, desk: &Desk) -> Result<(), Problem> {
        let toll = parts.extensions.get::<Self>();
        toll.map_or(Ok(()), |toll| toll.by_network(desk))
    }

    /// See [`Toll::of_nobody`].
    pub(super) fn by_network(&self, desk: &Desk) -> Result<(), Problem> {
        self.pay(desk, Payer::Network(self.peer.network()))
    }

    /// Somebody else counts what this one sends.
    pub(super) fn waive(parts: &Parts) {
        if let Some(toll) = parts.extensions.get::<Self>() {
            toll.is_paid.store(true, Ordering::Relaxed);
        }
    }

    fn pay(&self, desk: &Desk, payer: Payer) -> Result<(), Problem> {
        if self.is_paid.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        desk.pace.spend(payer, Instant::now()).map_err(|seconds| {
            let detail = "more requests than one may send; nothing was done. Come again after the \
                          time given, and ask less often";
            Problem::new(Trouble::TooManyRequests, detail).retry_after(seconds)
        })
    }
}
