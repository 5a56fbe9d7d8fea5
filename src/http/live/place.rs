//! Places of open lines: so many in all, and of one account no more than its share, so that nobody
//! takes those of the others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All places, and who holds how many.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    most_of_one: usize,
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    all: usize,
    of: BTreeMap<String, usize>,
}

/// A place, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    account: String,
    held: Arc<Mutex<Held>>,
}

impl Places {
    pub(super) fn new(most: usize, most_of_one: usize) -> Self {
        Self {
            most,
            most_of_one,
            held: Arc::default(),
        }
    }

    /// A place for `account`, if there is one.
    pub(super) fn take(&self, account: &str) -> Option<Place> {
        let mut held = lock(&self.held);
        let own = held.of.get(account).copied().unwrap_or(0);
        if held.all >= self.most || own >= self.most_of_one {
            return None;
        }
        held.all += 1;
        held.of.insert(account.to_owned(), own + 1);
        Some(Place {
            account: account.to_owned(),
            held: Arc::clone(&self.held),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        held.all = held.all.saturating_sub(1);
        let left = held
            .of
            .get(&self.account)
            .map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            held.of.remove(&self.account);
        } else {
            held.of.insert(self.account.clone(), left);
        }
    }
}

/// Counts are whole between any two calls, whoever died.
fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
