//! What became of every value, per gateway and day of receipt (contract C2).

use std::fmt::Debug;

use crate::calendar::Day;
use crate::park::GatewayNo;
use crate::reading::Taken;

use super::StoreFault;
use super::Visit;

/// Counts in values; a message that cannot be read counts 1. Trial messages are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that came.
    pub received: i64,
    /// Kept: first values of their key, and `bad` ones.
    pub stored: i64,
    /// Same key and same value as one kept before.
    pub duplicate: i64,
    /// Same key, other value: kept as a further revision.
    pub conflict: i64,
    /// Set aside with a code, not replayed since.
    pub quarantined: i64,
    /// Refused outright.
    pub refused: i64,
    /// Committed, not yet folded.
    pub pending: i64,
    /// How many of `received` came at QoS 0, which nobody can promise.
    pub unpromised: i64,
}

impl Counts {
    /// What a message adds when it is committed: its readings are `pending` until they are folded.
    #[must_use]
    pub fn of(taken: &Taken) -> Self {
        let readings = taken.readings.iter();
        let pending = readings
            .map(|reading| i64::try_from(reading.values.len()).unwrap_or(i64::MAX))
            .fold(0, i64::saturating_add);
        let set_aside = taken.set_aside.iter();
        let quarantined = set_aside
            .map(|part| i64::from(part.values))
            .fold(0, i64::saturating_add);
        let refused = i64::from(taken.refused);
        let received = pending + quarantined + refused;
        Self {
            received,
            quarantined,
            refused,
            pending,
            unpromised: if taken.unpromised { received } else { 0 },
            ..Self::default()
        }
    }

    /// Whether the equation of contract C2 holds.
    #[must_use]
    pub const fn balance(&self) -> bool {
        self.received
            == self.stored
                + self.duplicate
                + self.conflict
                + self.quarantined
                + self.refused
                + self.pending
    }

    /// Adds `other`, field by field.
    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.stored += other.stored;
        self.duplicate += other.duplicate;
        self.conflict += other.conflict;
        self.quarantined += other.quarantined;
        self.refused += other.refused;
        self.pending += other.pending;
        self.unpromised += other.unpromised;
    }
}

/// The counts of contract C2. Each is written in the transaction it describes.
pub trait Conservation: Debug + Send + Sync {
    /// Counts by day of receipt then gateway; of one day, or of all.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn counts(
        &self,
        day: Option<Day>,
        visit: Visit<'_, (Day, GatewayNo, Counts)>,
    ) -> Result<(), StoreFault>;

    /// The same over all days, by gateway: at hand, however many days there are.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn totals(&self, visit: Visit<'_, (GatewayNo, Counts)>) -> Result<(), StoreFault>;

    /// Folds what was committed before the call, so that nothing of it is pending any more.
    /// Waits until that is done.
    ///
    /// # Errors
    /// [`StoreFault`] when folding did not come to its end.
    fn settle(&self) -> Result<(), StoreFault>;
}
