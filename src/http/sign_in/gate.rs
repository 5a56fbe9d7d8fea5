//! How often one may try: wrong attempts are counted by account and network first, so that nobody
//! locks somebody else out from where that one sits; then by account over all networks, from which
//! browsers are exempt in which the account signed in before; then by network over all accounts.
//!
//! An attempt counts from its beginning, so that many at once are no way around. Accounts that do
//! not exist are counted as if they did. Kept in memory, bounded.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::calendar::Moment;
use crate::http::Peer;

/// Counts that are remembered; beyond, the one begun longest ago is forgotten (contract.md C4).
const COUNTS_MAX: usize = 20_000;

/// So many times the wrong attempts of one pair lock an account from everywhere, and a network
/// for all accounts.
const ACCOUNT_TIMES: u32 = 20;
const NETWORK_TIMES: u32 = 200;

/// So many times are refused requests of nobody in particular recorded a minute from one network.
const RECORD_TIMES: u32 = 12;

/// What is counted: whose, from where.
type Key = (String, String);

/// Everywhere, or everybody.
const ANY: &str = "*";

#[derive(Clone, Copy, Debug)]
struct Count {
    wrong: u32,
    newest: Moment,
}

#[derive(Debug, Default)]
struct Kept {
    counts: BTreeMap<Key, Count>,
    order: VecDeque<Key>,
}

/// Counts of wrong attempts.
#[derive(Debug)]
pub(in crate::http) struct Gate {
    wrong_max: u32,
    locked_for: Duration,
    kept: Mutex<Kept>,
}

/// An attempt that was let in and counts as wrong until it is said to be right.
#[derive(Debug)]
pub(in crate::http) struct Attempt(Vec<Key>);

impl Gate {
    pub(in crate::http) fn new(wrong_max: u32, locked_for: Duration) -> Self {
        Self {
            wrong_max,
            locked_for,
            kept: Mutex::default(),
        }
    }

    /// Lets an attempt on `account` in; `device` is the mark of a browser in which it signed in
    /// before.
    ///
    /// # Errors
    /// Too many were wrong: how many seconds to wait.
    pub(in crate::http) fn begin(
        &self,
        account: &str,
        from: Peer,
        device: Option<&str>,
        now: Moment,
    ) -> Result<Attempt, u32> {
        let key = |account: &str, from: String| (account.to_owned(), from);
        let limits = match device {
            Some(device) => vec![(key(account, format!("device {device}")), self.wrong_max)],
            None => vec![
                (key(account, from.network()), self.wrong_max),
                (
                    key(account, ANY.to_owned()),
                    self.wrong_max.saturating_mul(ACCOUNT_TIMES),
                ),
                (
                    key(ANY, from.network()),
                    self.wrong_max.saturating_mul(NETWORK_TIMES),
                ),
            ],
        };
        let mut kept = self.kept();
        for (key, most) in &limits {
            if let Some(seconds) = kept.locked(key, *most, self.locked_for, now) {
                return Err(seconds);
            }
        }
        let keys: Vec<Key> = limits.into_iter().map(|(key, _)| key).collect();
        for key in &keys {
            kept.count(key, now);
        }
        Ok(Attempt(keys))
    }

    /// The attempt was right in all parts: what was wrong before on this account from here is
    /// forgotten.
    pub(in crate::http) fn right(&self, attempt: &Attempt) {
        let mut kept = self.kept();
        if let Some(first) = attempt.0.first() {
            kept.counts.remove(first);
        }
        for key in attempt.0.iter().skip(1) {
            kept.uncount(key);
        }
    }

    /// The attempt was right so far, or nobody looked at it: it does not count.
    pub(in crate::http) fn release(&self, attempt: &Attempt) {
        let mut kept = self.kept();
        for key in &attempt.0 {
            kept.uncount(key);
        }
    }

    /// Whether one more refused request of nobody in particular from `network` is recorded.
    pub(in crate::http) fn lets_record(&self, network: &str, now: Moment) -> bool {
        let key = (String::new(), network.to_owned());
        let minute = Duration::from_mins(1);
        let mut kept = self.kept();
        let most = self.wrong_max.saturating_mul(RECORD_TIMES);
        if kept.locked(&key, most, minute, now).is_some() {
            return false;
        }
        kept.count(&key, now);
        true
    }

    /// Whole between any two calls, whoever died.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// How many seconds more `key` is locked for; what is over is forgotten. A clock that was set
    /// back lengthens no lock beyond `locked_for`.
    fn locked(&mut self, key: &Key, most: u32, locked_for: Duration, now: Moment) -> Option<u32> {
        let count = self.counts.get_mut(key)?;
        if now.ms_since(count.newest) < 0 {
            count.newest = now;
        }
        let whole = i64::try_from(locked_for.as_millis()).unwrap_or(i64::MAX);
        let left = whole - now.ms_since(count.newest);
        if left <= 0 {
            self.counts.remove(key);
            return None;
        }
        (count.wrong >= most).then(|| u32::try_from(left / 1000 + 1).unwrap_or(u32::MAX))
    }

    fn count(&mut self, key: &Key, now: Moment) {
        if let Some(count) = self.counts.get_mut(key) {
            count.wrong = count.wrong.saturating_add(1);
            count.newest = now;
            return;
        }
        while self.order.len() >= COUNTS_MAX {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            self.counts.remove(&oldest);
        }
        self.order.push_back(key.clone());
        let count = Count {
            wrong: 1,
            newest: now,
        };
        self.counts.insert(key.clone(), count);
    }

    fn uncount(&mut self, key: &Key) {
        if let Some(count) = self.counts.get_mut(key) {
            count.wrong = count.wrong.saturating_sub(1);
        }
    }
}
