//! Where registers stand that a pass walked on: their newest days, which the next round goes on
//! with, and those before them that are not kept yet. Reading and keeping the newest day of every
//! register in every round would cost more than the walk. Knows no registry; a crash loses what
//! stands here, and the cursor has waited for it.

use std::collections::BTreeMap;

use crate::store::registry::{SeriesKey, WalkedDay};

/// Days that stand at most: some tens of megabytes.
const DAYS_MAX: usize = 16_384;

/// Walked days that are not kept yet.
#[derive(Debug, Default)]
pub(super) struct Standing {
    newest: BTreeMap<SeriesKey, WalkedDay>,
    over: Vec<WalkedDay>,
}

impl Standing {
    /// The newest day of a register, if it stands here, to walk on with; it comes back with what
    /// [`Standing::put`] is given.
    pub(super) fn take(&mut self, series: SeriesKey) -> Option<WalkedDay> {
        self.newest.remove(&series)
    }

    /// Walked days, those of a register in their order.
    pub(super) fn put(&mut self, walked: Vec<WalkedDay>) {
        for day in walked {
            let before = self.newest.insert(day.series, day);
            self.over.extend(before);
        }
    }

    /// Whether there is so much that it has to be kept.
    pub(super) fn is_full(&self) -> bool {
        self.newest.len() + self.over.len() >= DAYS_MAX
    }

    /// All that stands here, to be kept.
    pub(super) fn drain(&mut self) -> Vec<WalkedDay> {
        let mut all = std::mem::take(&mut self.over);
        all.extend(std::mem::take(&mut self.newest).into_values());
        all
    }
}
